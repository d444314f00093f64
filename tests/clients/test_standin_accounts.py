"""Whose a request is, which key it carried, how secure its connection was, and what lies behind the stand-in."""

from __future__ import annotations

import asyncio
import base64
import gzip
import json
import re
import socket
import ssl
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest

from pytest_golive.clients.certificates import Proof, certificates
from pytest_golive.clients.error_body import _made, _put, error_response, phrase_of
from pytest_golive.clients.script import Script, Step
from pytest_golive.clients.standin import Loop, StandIn, StandInError
from pytest_golive.clients.standin.attribution import Asked, Sent, attributed
from pytest_golive.clients.standin.keys import Keys
from pytest_golive.clients.vendor_behind import EmbeddedVendor, ForwardedVendor
from pytest_golive.contract.judge import validator
from pytest_golive.credentials.secret import fingerprint
from pytest_golive.sandbox.http import Headers, Request, Response
from pytest_golive.vendors.library import read_pack, read_schema

NOTHING = Script()
KEY = "tly_live_0123456789abcdef+/="


@pytest.fixture(scope="module")
def loop() -> Iterator[Loop]:
    with Loop() as running:
        yield running


def stood_in(loop: Loop, script: Script = NOTHING, vendor: str = "timely") -> StandIn:
    standin = StandIn(EmbeddedVendor(vendor), script, loop=loop, mask=lambda text: text, fingerprint=fingerprint)
    standin.arm()
    return standin


# ---------------------------------------------------------------------- whose a request is


def asked(call: str, operation: str, **arguments: object) -> Asked:
    return Asked(call, operation, arguments)


def sent(
    operation: str | None,
    *under_way: Asked,
    target: str = "/v1/contacts",
    body: object = None,
    key: str = "",
    answer: bytes = b"",
) -> Sent:
    content = body if isinstance(body, bytes) else b"" if body is None else json.dumps(body).encode()
    return Sent(operation, target, content, key, under_way, answer)


ANA = asked("c1", "create_contact", customer_name="Ana", tags=["new"])
BEA = asked("c2", "create_contact", customer_name="Bea", tags=["new"])
LIST = asked("c3", "list_contacts", search="Ana Lima")
LISTED = asked("c4", "list_contacts", search="Bea")


@pytest.mark.parametrize(
    ("requests", "calls"),
    [
        ([sent("list_contacts")], [None]),
        ([sent("get_me", LIST)], ["c3"]),
        ([sent("create_contact", ANA, LIST)], ["c1"]),
        ([sent("get_me", ANA, LIST)], [None]),
        ([sent("create_contact", ANA, BEA, body={"name": {"full": "Bea"}})], ["c2"]),
        ([sent("create_contact", ANA, BEA, body={"name": "Cleo"})], [None]),
        ([sent("list_contacts", LIST, LISTED, target="/v1/contacts?q=Ana+Lima")], ["c3"]),
        ([sent("list_contacts", LIST, LISTED, target="/v1/contacts?q=Ana%20Lima&page=2")], ["c3"]),
        ([sent("create_contact", ANA, BEA, body=b"--x\r\n\r\nBea\r\n--x--\r\n")], ["c2"]),
        ([sent("list_contacts", LIST, asked("c5", "list_contacts", search="Ana Lima"))], [None]),
        (
            [
                sent("create_contact", ANA, key="k-1"),
                sent("create_contact", ANA, BEA, key="k-1"),
                sent("create_contact", ANA, BEA, key="k-2"),
            ],
            ["c1", "c1", None],
        ),
        (
            [
                sent("list_contacts", LIST, answer=b'{"next": "cursor-4711"}'),
                sent("list_contacts", LIST, LISTED, target="/v1/contacts?cursor=cursor-4711"),
                sent(None, LIST, LISTED, target="/v1/jobs/cursor-4711"),
                sent(None, LIST, LISTED, target="/v1/jobs/next"),
            ],
            ["c3", "c3", "c3", None],
        ),
    ],
)
def test_requests_are_given_to_calls(requests: list[Sent], calls: list[str | None]) -> None:
    """One under way: it. Several: by operation, arguments, idempotency key, what an earlier answer led to; or none."""
    assert attributed(requests, read_pack("timely")) == calls


def test_a_call_made_of_several_operations_has_the_requests_of_all(loop: Loop) -> None:
    """A question is submitted and polled for, beside a listing; polls go to the call whose answer named the job."""
    asks = [asked(name, "chat_async_and_wait", session_id=name, message="Hello") for name in ("s-one", "s-two")]
    other = asked("c9", "get_limits")
    path = "/api/v1/m2m/tenants/t/sites/s/chat"
    requests = [
        sent(
            "chat_async", *asks, other, target=path, body={"session_id": "s-two"}, answer=b'{"request_id":"req_abc123"}'
        ),
        sent("get_chat_request", *asks, other, target=f"{path}/requests/req_abc123"),
        sent("get_limits", *asks, other, target="/api/v1/m2m/tenants/t/limits"),
    ]

    assert attributed(requests, read_pack("uppzy")) == ["s-two", "s-two", "c9"]


def test_the_stand_in_knows_which_call_is_under_way(loop: Loop) -> None:
    """What comes when no call is under way belongs to none."""
    standin = stood_in(loop)
    headers = {"x-api-key": standin.vendor.api_key}
    with httpx.Client(base_url=standin.base_url, headers=headers, trust_env=False, verify=False) as client:
        client.get("/contacts")
        standin.begin_call("c1", "list_contacts", None)
        client.get("/contacts")
        standin.end_call("c1")
        client.get("/contacts")

    assert [each.call for each in standin.stop().attempts] == [None, "c1", None]


# ---------------------------------------------------------------------- which key it carried


@pytest.fixture
def keys() -> Keys:
    return Keys(read_pack("timely"), [KEY, ""], fingerprint, lambda text: text.replace(KEY, "[key]"))


PRINT = fingerprint(KEY)


@pytest.mark.parametrize(
    ("target", "fields", "body", "found"),
    [
        ("/a", (("X-API-KEY", KEY),), b"", (PRINT, "header")),
        ("/a", (("Authorization", f"Bearer {KEY}"),), b"", (PRINT, "header")),
        ("/a", (("x-api-key", "another-key"),), b"", (fingerprint("another-key"), "header")),
        ("/a?key=tly_live_0123456789abcdef%2B%2F%3D", (("x-api-key", KEY),), b"", (PRINT, "query")),
        (f"/a/{KEY.replace('/', '%2f')}/b", (), b"", (PRINT, "path")),
        ("/a", (), json.dumps({"key": KEY}).replace("/", "\\/").encode(), (PRINT, "body")),
        ("/a?key=1", (("Accept", "*/*"),), b'{"a": "\\u00e9"}', None),
    ],
)
def test_the_key_of_a_request_is_known_by_its_fingerprint(
    keys: Keys, target: str, fields: tuple[tuple[str, str], ...], body: bytes, found: tuple[str, str] | None
) -> None:
    """Wherever it stood; an address is worse than a header."""
    carried = keys.carried(target, fields, body)

    assert (None if carried is None else (carried.fingerprint, carried.place)) == found


def test_no_credential_stands_in_what_is_kept(keys: Keys) -> None:
    """Fingerprints in the usual headers, masks everywhere else; what holds no secret is left as it is, to the byte."""
    fields = (
        ("x-api-key", KEY),
        ("Authorization", "Bearer other"),
        ("Proxy-Authorization", "Basic abc"),
        ("Cookie", "sid=1; b=2"),
        ("X-Debug", f"key={KEY}"),
        ("Authorization", "opaque"),
    )

    assert keys.hidden(fields) == (
        ("x-api-key", PRINT),
        ("Authorization", f"Bearer {fingerprint('other')}"),
        ("Proxy-Authorization", f"Basic {fingerprint('abc')}"),
        ("Cookie", fingerprint("sid=1; b=2")),
        ("X-Debug", "key=[key]"),
        ("Authorization", fingerprint("opaque")),
    )
    assert keys.masked(f"a {KEY} b".encode()) == b"a [key] b"
    assert keys.masked(b"\xff\xfe\x00") == b"\xff\xfe\x00"


@pytest.mark.parametrize("scheme", ["Bearer", "Basic"])
def test_a_key_has_one_fingerprint_in_every_scheme(scheme: str) -> None:
    """Also within Basic, where it is a user's name."""
    keys = Keys(read_pack("augno"), [KEY], fingerprint, lambda text: text)
    written = KEY if scheme == "Bearer" else base64.b64encode(f"{KEY}:".encode()).decode()
    fields = (("authorization", f"{scheme} {written}"),)
    carried = keys.carried("/a", fields, b"")

    assert keys.hidden(fields) == (("authorization", f"{scheme} {PRINT}"),)
    assert carried is not None
    assert (carried.fingerprint, carried.place) == (PRINT, "header")


def test_the_vendor_s_keys_are_masked_in_the_whole_trace(loop: Loop) -> None:
    """In targets, bodies and answers; also keys the client was never given by name."""
    standin = stood_in(loop, Script(steps={"list_contacts": (Step(500, body=b"you sent {target}"),)}))
    key, replaced = standin.vendor.api_key, standin.vendor.replaced_key
    with httpx.Client(trust_env=False, verify=False) as client:
        client.get(f"{standin.base_url}/contacts", params={"key": key})
        client.post(f"{standin.base_url}/contacts", json={"note": replaced})

    seen = standin.stop()
    assert not any(secret in repr(seen) for secret in (key, replaced))
    assert seen.attempts[0].target == f"/v1/contacts?key=[timely.api_key {fingerprint(key)}]"
    assert seen.attempts[0].answer == f"you sent /v1/contacts?key=[timely.api_key {fingerprint(key)}]".encode()
    assert [(each.credential, each.credential_in) for each in seen.attempts] == [
        (fingerprint(key), "query"),
        (fingerprint(replaced), "body"),
    ]


# ---------------------------------------------------------------------- how secure a connection was


@pytest.mark.parametrize(
    ("proof", "refused"),
    [
        ("good", None),
        ("self_signed", "unable to get local issuer certificate"),
        ("wrong_host", "Hostname mismatch"),
        ("expired", "certificate has expired"),
    ],
)
def test_only_the_right_certificate_is_accepted(loop: Loop, proof: Proof, refused: str | None) -> None:
    """By a client that knows the authority and verifies; why a handshake failed is kept."""
    standin = stood_in(loop, Script(tls=proof))
    context = ssl.create_default_context(cafile=standin.environ()["SSL_CERT_FILE"])
    with httpx.Client(verify=context, trust_env=False) as client:
        if refused is None:
            client.get(f"{standin.base_url}/contacts")
            client.get(f"{standin.addresses()['elsewhere']}/x")
            plain = client.get(f"{standin.addresses()['plain']}/x").headers["location"]
            assert plain == f"{standin.addresses()['vendor']}/x"
        else:
            with pytest.raises(httpx.ConnectError, match=refused):
                client.get(f"{standin.base_url}/contacts")
    deadline = time.monotonic() + 5
    while not standin.seen().connections[0].closed_at and time.monotonic() < deadline:
        time.sleep(0.01)

    seen = standin.stop()
    first = seen.connections[0]
    assert standin.base_url.startswith("https://localhost:")
    assert first.server_name == "localhost"
    assert first.closed_by == "client"
    if refused is None:
        assert (first.tls, first.handshake) == ("TLSv1.3", "")
        assert [(each.listener, each.scheme) for each in seen.attempts] == [
            ("vendor", "https"),
            ("elsewhere", "https"),
            ("plain", "http"),
        ]
    else:
        assert first.tls is None
        assert re.fullmatch("tlsv1 alert unknown ca|sslv3 alert .*|the client left|ssl/tls alert .*", first.handshake)
        assert seen.attempts == ()


def test_a_client_that_verifies_nothing_gets_in_everywhere(loop: Loop) -> None:
    """Which is how it is found out."""
    standin = stood_in(loop, Script(tls="self_signed"))
    with httpx.Client(verify=False, trust_env=False) as client:
        client.get(f"{standin.base_url}/contacts")

    seen = standin.stop()
    assert [each.status for each in seen.attempts] == [401]
    assert seen.connections[0].tls == "TLSv1.3"


def test_what_speaks_no_tls_fails_its_handshake(loop: Loop) -> None:
    """Plain http sent to https makes no attempt."""
    standin = stood_in(loop, Script(tls="good"))
    port = int(standin.base_url.split(":")[2].split("/")[0])
    with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
        connection.sendall(b"GET / HTTP/1.1\r\n\r\n")
        while connection.recv(1024):
            pass

    seen = standin.stop()
    assert (seen.attempts, seen.connections[0].handshake) == ((), "http request")


def test_a_reset_over_tls_is_one(loop: Loop) -> None:
    """Not an orderly end, which TLS says in a message of its own."""
    standin = stood_in(loop, Script(tls="good", steps={"list_contacts": (Step(breaks="reset"), Step(breaks="close"))}))
    context = ssl.create_default_context(cafile=standin.environ()["SSL_CERT_FILE"])
    port = int(standin.base_url.split(":")[2].split("/")[0])
    ends: list[str] = []
    for _ in range(2):
        with (
            socket.create_connection(("127.0.0.1", port), timeout=5) as plain,
            context.wrap_socket(plain, server_hostname="localhost", suppress_ragged_eofs=False) as secured,
        ):
            secured.sendall(b"GET /v1/contacts HTTP/1.1\r\nHost: x\r\n\r\n")
            try:
                ends.append("close" if secured.recv(100) == b"" else "answer")
            except OSError:
                ends.append("reset")

    assert ends == ["reset", "close"]
    assert [each.status for each in standin.stop().attempts] == [None, None]


def test_clients_are_told_of_the_authority_and_of_nothing_else(monkeypatch: pytest.MonkeyPatch) -> None:
    """One file, without a private key; plain http needs none of it."""
    monkeypatch.setenv("JAVA_TOOL_OPTIONS", "-Xmx64m")
    environ = certificates().environ()
    java = environ.pop("JAVA_TOOL_OPTIONS").split()

    assert set(environ) == {
        "SSL_CERT_FILE",
        "NODE_EXTRA_CA_CERTS",
        "REQUESTS_CA_BUNDLE",
        "CURL_CA_BUNDLE",
        "DENO_CERT",
    }
    assert java[0] == "-Xmx64m"
    assert Path(java[1].removeprefix("-Djavax.net.ssl.trustStore=")).is_file()
    assert java[2] == "-Djavax.net.ssl.trustStorePassword=golive"
    (path,) = set(environ.values())
    text = Path(path).read_text(encoding="ascii")
    assert text.count("BEGIN CERTIFICATE") == 1
    assert "PRIVATE" not in text


# ---------------------------------------------------------------------- what lies behind


@pytest.mark.parametrize("vendor", ["augno", "selwise", "timely", "uppzy"])
@pytest.mark.parametrize("status", [400, 401, 403, 404, 408, 409, 418, 429, 500, 502, 503, 504])
def test_scripted_errors_are_written_as_the_vendor_does(vendor: str, status: int) -> None:
    """They fit the vendor's own schema of errors and say the status where it is repeated."""
    behind = EmbeddedVendor(vendor)
    answer = behind.refusal(status)
    body = json.loads(answer.body)

    assert answer.status == status
    assert [error.message for error in validator(read_schema(vendor, behind.pack.errors.body)).iter_errors(body)] == []
    assert set(behind.pack.answer_headers) <= set(answer.headers)


def test_an_error_may_have_a_code_and_a_text_of_its_own() -> None:
    """What goes with the code in the pack goes with it here."""
    answer = error_response(read_pack("augno"), 409, "idempotency_in_progress", message="Wait a moment.")

    assert json.loads(answer.body)["error"] == {
        "code": "idempotency_in_progress",
        "type": "idempotency_error",
        "message": "Wait a moment.",
        "param": None,
        "doc_url": "https://docs.example/errors",
        "is_transient": True,
        "quota": None,
        "request_log_url": None,
    }
    assert json.loads(error_response(read_pack("timely"), 503).body)["error"]["code"] == "SERVICE_UNAVAILABLE"
    assert (phrase_of(499), phrase_of(599), phrase_of(404)) == ("Client Error", "Server Error", "Not Found")


def test_an_error_is_made_of_whatever_schema_a_pack_has() -> None:
    """Fields of every kind, fixed ones, open ones; paths that the schema does not name are put in."""
    schema = {
        "type": "object",
        "properties": {
            "ok": {"type": "boolean"},
            "kind": {"const": "error"},
            "level": {"enum": ["fatal", "minor"]},
            "count": {"type": "integer"},
            "details": {"type": ["array"], "items": True},
            "text": {"type": "string"},
            "more": True,
            "odd": {"type": []},
            "nothing": {"type": ["string", "null"]},
        },
    }
    body = _made(schema, "No.")
    _put(body, "error.code", "E1")
    _put(body, "text.code", "lost")

    assert body == {
        "ok": False,
        "kind": "error",
        "level": "fatal",
        "count": 0,
        "details": [],
        "text": "No.",
        "more": "No.",
        "odd": None,
        "nothing": None,
        "error": {"code": "E1"},
    }


def test_each_embedded_vendor_is_one_of_its_own() -> None:
    """Keys and things of one drive are unknown to the next; a profile is another brand."""
    first, second = EmbeddedVendor("timely"), EmbeddedVendor("timely")
    other_brand = EmbeddedVendor("augno", "openmrp")

    assert first.api_key != second.api_key
    assert set(first.secrets()) == {"api_key", "previous_api_key", "service_api_key"}
    assert first.operation_of("GET", "/v1/contacts") == "list_contacts"
    assert first.operation_of("TRACE", "/v1/contacts") is None
    assert first.operation_of("GET", "/elsewhere") is None
    assert other_brand.pack.versioning is not None
    assert other_brand.pack.versioning.header == "OpenMRP-Version"
    assert other_brand.further["version"]


@pytest.mark.parametrize(
    ("pinned", "statuses"), [("", [200, 400]), ("1.0.forge-preview.3", [200, 400]), ("2.1", [200, 200])]
)
def test_the_version_that_a_team_has_pinned_is_served(pinned: str, statuses: list[int]) -> None:
    """Beside the one that the pack describes; no other one."""
    behind = EmbeddedVendor("augno", version=pinned)
    answers = []
    for version in ("1.0.forge-preview.3", "2.1"):
        fields = [("Authorization", f"Bearer {behind.api_key}"), ("Augno-Version", version)]
        request = Request("GET", "/v1/catalog/units", headers=Headers(fields))
        answers.append(behind.answer(request, "/v1/catalog/units").status)

    assert answers == statuses


def test_a_vendor_behind_that_fails_answers_and_is_loud(loop: Loop) -> None:
    """500, and the stand-in goes on; but what its client did with that says nothing of the client."""
    behind = EmbeddedVendor("timely")

    def failing(request: Request) -> Response:
        raise RuntimeError("no such table")

    behind.app = failing  # type: ignore[assignment]
    standin = StandIn(behind, NOTHING, loop=loop, mask=lambda text: text, fingerprint=fingerprint)
    with httpx.Client(trust_env=False) as client:
        answer = client.get(f"{standin.base_url}/contacts")

    assert (answer.status_code, answer.json()) == (500, {"error": "sandbox failure"})
    with pytest.raises(StandInError) as told:
        standin.stop()
    assert str(told.value) == (
        "the embedded Timely.ai failed at GET /v1/contacts: RuntimeError: no such table; "
        "what its client did says nothing"
    )


def test_a_failure_of_the_stand_in_itself_is_loud(loop: Loop) -> None:
    """A client that saw it saw no vendor: nothing may be judged."""

    def failing(answer: Response) -> Response:
        raise ValueError("a change that cannot be made")

    standin = stood_in(loop, Script(then={"*": Step(change=failing)}))
    with httpx.Client(trust_env=False, verify=False) as client, pytest.raises(httpx.TransportError):
        client.get(f"{standin.base_url}/contacts")

    with pytest.raises(StandInError) as told:
        standin.stop()
    assert str(told.value) == (
        "the stand-in failed, so what its client did says nothing: ValueError: a change that cannot be made"
    )
    assert str(told.value.__cause__) == "a change that cannot be made"


def test_requests_are_handed_on_to_a_real_vendor(loop: Loop) -> None:
    """As they are: path below its base, query, headers, body; its answer comes back as it is, compressed or not."""
    reached: list[tuple[str, str, str, bytes]] = []

    def real(request: httpx.Request) -> httpx.Response:
        reached.append((request.method, str(request.url), request.headers.get("x-api-key", ""), request.content))
        if request.url.path.endswith("/agents"):
            raise httpx.ConnectError("nobody there")
        packed = gzip.compress(b'{"data": []}')
        return httpx.Response(200, headers={"X-Real": "1", "Content-Encoding": "gzip"}, content=packed)

    behind = ForwardedVendor(
        read_pack("timely"),
        "https://staging.example/timely/v1",
        KEY,
        {"workspace_id": "w"},
        transport=httpx.MockTransport(real),
        replaced_key="old-key-of-before",
    )
    standin = StandIn(behind, Script(), loop=loop, mask=lambda text: text, fingerprint=fingerprint)
    with httpx.Client(base_url=standin.base_url, headers={"x-api-key": KEY}, trust_env=False, verify=False) as client:
        listed = client.get("/contacts?a=%2F&a=2")
        made = client.post("/contacts", json={"a": 1})
        unreachable = client.get("/agents")

    seen = standin.seen()
    with pytest.raises(StandInError) as told:
        standin.stop()
    assert str(told.value) == ("GET /v1/agents did not reach Timely.ai: ConnectError; what its client did says nothing")
    assert reached == [
        ("GET", "https://staging.example/timely/v1/contacts?a=%2F&a=2", KEY, b""),
        ("POST", "https://staging.example/timely/v1/contacts", KEY, b'{"a":1}'),
        ("GET", "https://staging.example/timely/v1/agents", KEY, b""),
    ]
    assert (listed.json(), listed.headers["x-real"], made.status_code) == ({"data": []}, "1", 200)
    assert "content-encoding" not in listed.headers
    assert unreachable.status_code == 502
    assert [each.credential for each in seen.attempts] == [PRINT] * 3
    assert set(behind.secrets()) == {"api_key", "previous_api_key"}


def test_a_body_larger_than_the_vendor_takes_is_counted_whole(loop: Loop) -> None:
    """And refused by the vendor."""
    standin = stood_in(loop, vendor="uppzy")
    content = b"x" * (10 * 1024 * 1024 + 5)
    url = f"{standin.base_url}/m2m/sites/{standin.vendor.ids['site_id']}/documents/text"
    with httpx.Client(headers={"x-api-key": standin.vendor.api_key}, trust_env=False, verify=False) as client:
        answer = client.post(url, content=content)

    (attempt,) = standin.stop().attempts
    assert answer.status_code in {400, 413}
    assert attempt.body_size == len(content)
    assert len(attempt.body) == 65536


# ---------------------------------------------------------------------- the loop


def test_the_loop_knows_by_how_much_it_was_late(loop: Loop) -> None:
    """What holds it up is measured; what was before does not count."""
    began = time.monotonic()
    loop.asyncio.call_soon_threadsafe(time.sleep, 0.2)
    time.sleep(0.1)
    during = loop.lag_since(began)
    time.sleep(0.3)
    after = loop.lag_since(began)

    assert during >= 0.05
    assert after >= 0.15
    assert loop.lag_since(time.monotonic()) < after


def test_work_that_takes_too_long_is_given_up(loop: Loop) -> None:
    """A stand-in never hangs its lab."""

    async def for_ever() -> None:
        await asyncio.sleep(60)

    with pytest.raises(TimeoutError):
        loop.run(for_ever(), seconds=0.05)


def test_a_loop_ends_with_its_thread() -> None:
    """Stopping twice is no mistake."""
    own = Loop()
    own.stop()
    own.stop()

    assert not any(thread.name == "golive-standin" and not thread.is_alive() for thread in threading.enumerate())
