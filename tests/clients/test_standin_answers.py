"""The stand-in over real sockets: what it answers, how it breaks, and that it accounts for all of it exactly."""

from __future__ import annotations

import hashlib
import json
import socket
import struct
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from email.utils import parsedate_to_datetime
from itertools import pairwise

import httpx
import pytest

from pytest_golive.clients.script import REAL, Script, Step
from pytest_golive.clients.standin import Loop, StandIn
from pytest_golive.clients.standin.serving import AFTER_CLOSE
from pytest_golive.clients.vendor_behind import EmbeddedVendor
from pytest_golive.credentials.secret import fingerprint
from pytest_golive.sandbox.http import Response

NOTHING = Script()

LOADED = 0.5
"""Seconds by which a machine under load may be late."""

EARLY = 0.005
"""Seconds that two clocks' roundings may differ by."""


@pytest.fixture(scope="module")
def loop() -> Iterator[Loop]:
    with Loop() as running:
        yield running


Opened = Callable[..., StandIn]


@pytest.fixture
def opened(loop: Loop) -> Iterator[Opened]:
    """Open stand-ins that are stopped at the end, armed unless told otherwise."""
    standins: list[StandIn] = []

    def make(script: Script = NOTHING, vendor: str = "timely", *, armed: bool = True) -> StandIn:
        made = StandIn(EmbeddedVendor(vendor), script, loop=loop, mask=lambda text: text, fingerprint=fingerprint)
        standins.append(made)
        if armed:
            made.arm()
        return made

    yield make
    for standin in standins:
        standin.stop()


def script(*steps: Step, operation: str = "list_contacts", **more: object) -> Script:
    return Script(steps={operation: steps}, **more)  # type: ignore[arg-type]


@contextmanager
def calling(standin: StandIn, seconds: float = 5.0, **more: object) -> Iterator[httpx.Client]:
    headers = {"x-api-key": standin.vendor.api_key}
    with httpx.Client(
        base_url=standin.base_url,
        headers=headers,
        trust_env=False,
        timeout=seconds,
        verify=False,  # one test is about certificates, and has a client of its own
        **more,  # type: ignore[arg-type]
    ) as client:
        yield client


def connect(standin: StandIn, listener: str = "vendor") -> socket.socket:
    host, port = standin.addresses()[listener].partition("//")[2].split(":")
    return socket.create_connection((host, int(port)), timeout=5)


def received(connection: socket.socket) -> bytes:
    """Return what comes until the other side closes."""
    content = b""
    while piece := connection.recv(65536):
        content += piece
    return content


def raw(standin: StandIn, sent: bytes, listener: str = "vendor") -> bytes:
    """Send bytes as they are, and return what comes until the stand-in closes."""
    with connect(standin, listener) as connection:
        connection.sendall(sent)
        return received(connection)


def until(holds: Callable[[], bool]) -> None:
    """Wait until something holds; for what happens in the stand-in after a client has done its part."""
    deadline = time.monotonic() + 5
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.01)


def test_without_a_step_the_vendor_answers_truly(opened: Opened) -> None:
    """What is created is there afterwards, and no step is said to have fired."""
    standin = opened()
    with calling(standin) as client:
        made = client.post("/contacts", json={"customer_name": "Ana"})
        there = client.get("/contacts", params={"search": "Ana"})

    seen = standin.stop()
    assert made.status_code == 201
    assert "Ana" in there.text
    assert [(each.operation, each.status, each.fired) for each in seen.attempts] == [
        ("create_contact", 201, ""),
        ("list_contacts", 200, ""),
    ]
    assert seen.unfired == ()


def test_steps_come_in_order_and_then_it_is_over(opened: Opened) -> None:
    """429 and 503, written as the vendor writes them, then the real answer; each is told as what it was."""
    standin = opened(script(Step(429, headers=(("Retry-After", "2"),)), Step(503, said="an outage")))
    with calling(standin) as client:
        answers = [client.get("/contacts") for _ in range(3)]

    seen = standin.stop()
    assert [answer.status_code for answer in answers] == [429, 503, 200]
    assert answers[0].headers["retry-after"] == "2"
    assert answers[1].json()["error"]["status"] == 503
    assert [each.fired for each in seen.attempts] == ["429, Retry-After: 2", "an outage", ""]


def test_before_it_is_armed_nothing_happens_and_nothing_is_used_up(opened: Opened) -> None:
    """Warming up costs no step."""
    standin = opened(script(Step(503)), armed=False)
    with calling(standin) as client:
        warm = client.get("/contacts").status_code
        standin.arm()
        answers = [client.get("/contacts").status_code for _ in range(2)]

    assert (warm, answers) == (200, [503, 200])


def test_further_requests_get_what_then_says(opened: Opened) -> None:
    """`then` goes on for ever; operations that are not named have "*", with one count for all of them."""
    standin = opened(
        Script(steps={"list_contacts": (Step(503),), "*": (Step(500),)}, then={"list_contacts": Step(502)})
    )
    with calling(standin) as client:
        listed = [client.get("/contacts").status_code for _ in range(3)]
        others = [client.get("/conversations").status_code, client.get("/agents").status_code]

    assert (listed, others) == ([503, 502, 502], [500, 200])


def test_a_step_may_be_chosen_by_what_is_asked(opened: Opened) -> None:
    """The second page fails, however often the first is read; where nothing is chosen, the steps go on."""

    def choose(operation: str, came: int, query: Mapping[str, str], headers: Mapping[str, str]) -> Step | None:
        asked.append((operation, came, headers["x-api-key"] != ""))
        return Step(500) if query.get("page") == "2" else None

    asked: list[tuple[str, int, bool]] = []
    standin = opened(script(Step(418, body=b"{}"), choose=choose))
    with calling(standin) as client:
        pages = [client.get("/contacts", params={"page": page}).status_code for page in (1, 2, 1)]

    assert pages == [418, 500, 200]
    assert asked == [("list_contacts", 0, True), ("list_contacts", 1, True), ("list_contacts", 2, True)]


def test_what_was_never_taken_is_told(opened: Opened) -> None:
    """By operation and number; a real answer is nobody's duty to fetch."""
    standin = opened(
        Script(
            steps={"list_contacts": (Step(503), REAL, Step(breaks="reset")), "get_me": (REAL,)},
            then={"create_contact": Step(500, happens=True), "list_contacts": Step(503)},
        )
    )
    with calling(standin) as client:
        client.get("/contacts")

    assert standin.stop().unfired == (
        "list_contacts, request 3: a reset in the place of an answer",
        "create_contact, always: 500, the vendor got the request",
    )


@pytest.mark.parametrize(
    ("step", "status", "counted"),
    [
        (Step(500), 500, 0),
        (Step(500, happens=True), 500, 1),
        (Step(breaks="reset"), None, 0),
        (Step(breaks="reset", happens=True), None, 1),
        (Step(breaks="close", happens=True), None, 1),
        (Step(breaks="reset_before_reading"), None, 0),
        (Step(breaks="reset_in_answer"), 201, 1),
        (Step(503, breaks="close_in_answer"), 503, 0),
        (Step(202), 202, 1),
        (Step(200, body=b'{"id": "made up"}'), 200, 0),
    ],
    ids=lambda value: getattr(value, "breaks", None) or None,
)
def test_what_a_failure_leaves_at_the_vendor(opened: Opened, step: Step, status: int | None, counted: int) -> None:
    """A write that failed may have happened or not; the script says which."""
    standin = opened(script(step, operation="create_contact"))
    with calling(standin) as client:
        with suppress(httpx.TransportError):
            client.post("/contacts", json={"customer_name": "Nobody else"})
        found = client.get("/contacts", params={"search": "Nobody else"}).json()

    assert len(found["data"]) == counted
    assert standin.stop().attempts[0].status == status


BREAKS: dict[str, tuple[type[Exception], bool]] = {
    "reset_before_reading": (httpx.TransportError, False),
    "reset": (httpx.ReadError, False),
    "reset_in_answer": (httpx.ReadError, True),
    "close": (httpx.RemoteProtocolError, False),
    "close_in_answer": (httpx.RemoteProtocolError, True),
    "bad_chunk": (httpx.RemoteProtocolError, True),
    "hang": (httpx.ReadTimeout, False),
    "hang_in_answer": (httpx.ReadTimeout, True),
}


@pytest.mark.parametrize("breaks", BREAKS)
def test_a_connection_breaks_as_it_is_told_to(opened: Opened, breaks: str) -> None:
    """The client sees exactly this failure; answers that were begun have a status; the next request is served."""
    standin = opened(script(Step(breaks=breaks)))  # type: ignore[arg-type]
    failure, begun = BREAKS[breaks]
    hangs = breaks.startswith("hang")
    with calling(standin) as client:
        with pytest.raises(failure):
            client.get("/contacts", timeout=0.3 if hangs else 5.0)
        again = client.get("/contacts").status_code

    first, second = standin.stop().attempts
    assert again == second.status == 200
    assert (first.status == 200, first.answered_at is not None) == (begun, begun)
    assert first.fired != ""
    assert (first.left_at is not None, first.ended_at is not None) == (hangs, not hangs)
    assert first.connection != second.connection


def test_a_reset_is_a_reset_and_a_close_a_close(opened: Opened) -> None:
    """RST where a reset is said, FIN where a close is: what the kernel tells a client."""
    standin = opened(script(Step(breaks="reset"), Step(breaks="close"), Step(breaks="reset_in_answer")))
    ends: list[str] = []
    for _ in range(3):
        with connect(standin) as connection:
            connection.sendall(b"GET /v1/contacts HTTP/1.1\r\nHost: x\r\n\r\n")
            try:
                while connection.recv(65536):
                    pass
                ends.append("close")
            except ConnectionResetError:
                ends.append("reset")

    assert ends == ["reset", "close", "reset"]


def test_waits_are_kept_to_the_millisecond(opened: Opened) -> None:
    """The head comes after the wait, however long the vendor took of it; bytes of the body one by one."""
    standin = opened(script(Step(wait=0.3), Step(200, body=b"12345", pause=0.05), Step(503, wait=0.2)))
    took: list[float] = []
    with calling(standin) as client:
        for _ in range(3):
            began = time.monotonic()
            client.get("/contacts")
            took.append(time.monotonic() - began)

    late, slow, failed = standin.stop().attempts
    assert took[0] >= 0.3 - EARLY
    assert took[1] >= 0.25 - EARLY
    assert took[2] >= 0.2 - EARLY
    assert late.answered_at is not None
    assert late.body_at is not None
    assert 0.3 - EARLY <= late.answered_at - late.body_at < 0.3 + LOADED
    assert slow.answered_at is not None
    assert slow.ended_at is not None
    assert slow.ended_at - slow.answered_at >= 0.25 - EARLY
    assert [late.fired, slow.fired, failed.fired] == [
        "the real answer, after 0.3 s",
        "200, a byte every 0.05 s",
        "503, after 0.2 s",
    ]


def test_gaps_between_attempts_are_exact(opened: Opened) -> None:
    """What lies between the end of an answer and the next request is what the client waited, never less."""
    standin = opened(script(Step(503), Step(503)))
    with calling(standin) as client:
        for _ in range(3):
            client.get("/contacts")
            time.sleep(0.1)

    attempts = standin.stop().attempts
    gaps = [after.at - before.over_at for before, after in pairwise(attempts)]
    assert min(gaps) >= 0.1
    assert min(gaps) < 0.1 + LOADED


def test_a_client_that_leaves_is_seen_leaving(opened: Opened) -> None:
    """When it left, and that its answer never ended, so that a short timeout can be measured."""
    standin = opened(script(Step(wait=5.0), Step(breaks="hang")))
    for seconds in (0.2, 0.3):
        with calling(standin, seconds=seconds) as client, pytest.raises(httpx.ReadTimeout):
            client.get("/contacts")

    attempts = standin.stop().attempts
    stayed = [each.left_at - each.at for each in attempts if each.left_at is not None]
    assert [each.ended_at for each in attempts] == [None, None]
    assert 0.2 - EARLY <= stayed[0] < 0.2 + LOADED
    assert 0.3 - EARLY <= stayed[1] < 0.3 + LOADED


def test_what_was_sent_is_kept_to_the_byte(opened: Opened) -> None:
    """Order and spelling of headers, path and query as sent, size and hash of the body, host and connection."""
    standin = opened()
    body = json.dumps({"customer_name": "Zoë " + "x" * 70_000}).encode()
    head = (
        f"POST /v1/contacts?a=%20b HTTP/1.1\r\nhOsT: shop.example:81\r\nX-API-Key: {standin.vendor.api_key}\r\n"
        f"X-Two: 1\r\nx-two: 2\r\nContent-Type: application/json\r\ncontent-length: {len(body)}\r\n"
        "Connection: close\r\n\r\n"
    )
    received = raw(standin, head.encode() + body)

    (attempt,) = standin.stop().attempts
    assert received.startswith(b"HTTP/1.1 400 Bad Request\r\nDate: ")
    assert attempt.headers == (
        ("hOsT", "shop.example:81"),
        ("X-API-Key", fingerprint(standin.vendor.api_key)),
        ("X-Two", "1"),
        ("x-two", "2"),
        ("Content-Type", "application/json"),
        ("content-length", str(len(body))),
        ("Connection", "close"),
    )
    assert (attempt.method, attempt.target, attempt.host) == ("POST", "/v1/contacts?a=%20b", "shop.example:81")
    assert (attempt.body_size, attempt.body_sha256) == (len(body), hashlib.sha256(body).hexdigest())
    assert attempt.body == body[:65536]
    assert attempt.operation == "create_contact"


def test_bodies_in_chunks_and_asked_leave_for_are_read(opened: Opened) -> None:
    """As curl and streaming clients send them, in pieces and with trailers."""
    standin = opened()
    head = f"POST /v1/contacts HTTP/1.1\r\nHost: x\r\nx-api-key: {standin.vendor.api_key}\r\nConnection: close\r\n"
    head += "Content-Type: application/json\r\n"
    pieces = [
        (head + "Expect: 100-continue\r\nTransfer-Encoding: chunked\r\n\r\n").encode(),
        b'e;ext=1\r\n{"customer_nam\r\n',
        b'9\r\ne":"Ana"}\r\n0\r\nX-Trailer: 1\r\n\r\n',
    ]
    with connect(standin) as connection:
        connection.sendall(pieces[0])
        leave = connection.recv(65536)
        for piece in pieces[1:]:
            connection.sendall(piece)
            time.sleep(0.02)
        answer = connection.recv(65536)

    (attempt,) = standin.stop().attempts
    assert leave == b"HTTP/1.1 100 Continue\r\n\r\n"
    assert answer.startswith(b"HTTP/1.1 201 ")
    assert attempt.body == b'{"customer_name":"Ana"}'
    assert attempt.body_at is not None
    assert attempt.body_at >= attempt.at + 0.02


def test_requests_sent_in_one_go_are_answered_in_order(opened: Opened) -> None:
    """Pipelined; all of them arrived at the same time, whenever they were answered."""
    standin = opened(script(Step(wait=0.2)))
    one = f"GET /v1/contacts?page=%d HTTP/1.1\r\nHost: x\r\nx-api-key: {standin.vendor.api_key}\r\n%s\r\n"
    received = raw(standin, (one % (1, "") + one % (2, "Connection: close\r\n")).encode())

    seen = standin.stop()
    assert received.count(b"HTTP/1.1 200 OK") == 2
    assert seen.attempts[0].at == seen.attempts[1].at
    assert [each.query for each in seen.attempts] == ["page=1", "page=2"]
    assert [connection.requests for connection in seen.connections] == [2]


@pytest.mark.parametrize(
    ("sent", "told", "closed_by"),
    [
        (b"\x16\x03\x01\x02\x00\x01", "the client began TLS where plain http is spoken", "client"),
        (b"GET /\r\n\r\n", "what was sent is no HTTP request", "standin"),
        (b"GET / HTTP/1.1\r\nNo colon\r\n\r\n", "what was sent is no HTTP request", "standin"),
        (b"GET / HTTP", "what was sent is no HTTP request", "client"),
        (b"", "", "client"),
    ],
)
def test_what_is_no_request_is_said_of_its_connection(opened: Opened, sent: bytes, told: str, closed_by: str) -> None:
    """It makes no attempt."""
    standin = opened()
    with connect(standin) as connection:
        connection.sendall(sent)
        connection.settimeout(0.1)
        with suppress(TimeoutError):
            while connection.recv(65536):
                pass
    until(lambda: all(each.closed_at is not None for each in standin.seen().connections))

    seen = standin.stop()
    assert seen.attempts == ()
    assert [(each.handshake, each.closed_by) for each in seen.connections] == [(told, closed_by)]


@pytest.mark.parametrize(
    "bad",
    [
        b"Content-Length: many\r\n\r\n",
        b"Transfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"Transfer-Encoding: chunked\r\n\r\n2\r\n{}{}\r\n",
        b"Transfer-Encoding: gzip\r\n\r\n",
    ],
)
def test_a_body_without_an_end_is_refused(opened: Opened, bad: bytes) -> None:
    """400 in the vendor's words, and the connection ends; the attempt has no whole body."""
    standin = opened()
    received = raw(standin, b"POST /v1/contacts HTTP/1.1\r\nHost: x\r\n" + bad)

    (attempt,) = standin.stop().attempts
    assert received.startswith(b"HTTP/1.1 400 ")
    assert b"Connection: close" in received
    assert (attempt.status, attempt.body_at) == (400, None)


def test_a_client_that_leaves_within_its_body_made_half_a_request(opened: Opened) -> None:
    """What arrived is counted; nothing was answered."""
    standin = opened()
    with connect(standin) as connection:
        connection.sendall(b"POST /v1/contacts HTTP/1.1\r\nHost: x\r\nContent-Length: 99\r\n\r\nhalf")
        time.sleep(0.05)
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    until(lambda: standin.seen().attempts[0].left_at is not None)

    (attempt,) = standin.stop().attempts
    assert (attempt.body, attempt.body_size, attempt.body_at) == (b"half", 4, None)
    assert (attempt.status, attempt.ended_at) == (None, None)
    assert attempt.left_at is not None


def test_answer_headers_are_those_of_the_step(opened: Opened) -> None:
    """They replace the same names, twice where they are said twice; dates count from the answer's own Date."""
    standin = opened(
        script(
            Step(
                429,
                headers=(
                    ("Retry-After", "1"),
                    ("Retry-After", "9"),
                    ("content-type", "text/html"),
                    ("X-When", "{date+3}"),
                    ("X-Past", "{date-60}"),
                    ("X-Now", "{date}"),
                    ("Location", "{elsewhere}{target}"),
                ),
                body=b"<p>{plain}</p>",
            )
        )
    )
    received = raw(standin, b"GET /v1/contacts?a=1 HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n").decode()

    head, _, body = received.partition("\r\n\r\n")
    fields = [line.split(": ", 1) for line in head.split("\r\n")[1:]]
    values = {line[0]: line[1] for line in fields}
    date = parsedate_to_datetime(values["Date"])
    assert [value for name, value in fields if name == "Retry-After"] == ["1", "9"]
    assert [value for name, value in fields if name.lower() == "content-type"] == ["text/html"]
    assert (parsedate_to_datetime(values["X-When"]) - date).total_seconds() == 3
    assert (parsedate_to_datetime(values["X-Past"]) - date).total_seconds() == -60
    assert values["X-Now"] == values["Date"]
    assert values["Location"] == f"{standin.addresses()['elsewhere']}/v1/contacts?a=1"
    assert body == f"<p>{standin.addresses()['plain']}</p>"


def test_an_answer_can_be_changed_shortened_informed_and_chunked(opened: Opened) -> None:
    """The real answer as the script changes it; interim answers before it; a wrong length; chunks."""

    def other(response: Response) -> Response:
        return Response(response.status, {**response.headers, "X-Changed": "1"}, b"[]")

    standin = opened(
        script(
            Step(change=other),
            Step(informs=(103,)),
            Step(200, body=b"abc", headers=(("Content-Length", "2"),)),
            Step(200, body=b"abc", headers=(("Transfer-Encoding", "chunked"),)),
            Step(204),
        )
    )
    key = f"x-api-key: {standin.vendor.api_key}\r\n"
    request = f"GET /v1/contacts HTTP/1.1\r\nHost: x\r\n{key}Connection: close\r\n\r\n".encode()
    changed, informed, short, chunked, empty = (raw(standin, request) for _ in range(5))

    assert changed.endswith(b"\r\n\r\n[]")
    assert b"\r\nX-Changed: 1\r\n" in changed
    assert informed.startswith(b"HTTP/1.1 103 Interim\r\n\r\nHTTP/1.1 200 OK\r\n")
    assert b"\r\nContent-Length: 2\r\n" in short
    assert short.endswith(b"\r\n\r\nabc")
    assert chunked.endswith(b"\r\n\r\n3\r\nabc\r\n0\r\n\r\n")
    assert b"Content-Length" not in chunked
    assert b"Content-Length" not in empty
    assert empty.endswith(b"\r\n\r\n")


def test_a_large_answer_ends_when_its_last_byte_left(opened: Opened) -> None:
    """Not when it was begun: the client reads slowly."""
    standin = opened(script(Step(200, body=b"x" * 20_000_000)))
    with connect(standin) as connection:
        connection.sendall(b"GET /v1/contacts HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n")
        size = len(connection.recv(1))  # it has begun
        time.sleep(0.3)
        while piece := connection.recv(1 << 20):
            size += len(piece)

    (attempt,) = standin.stop().attempts
    assert size > 20_000_000
    assert attempt.answered_at is not None
    assert attempt.ended_at is not None
    assert attempt.ended_at - attempt.answered_at >= 0.2
    assert len(attempt.answer) == 65536


def test_a_connection_that_is_told_to_be_over_may_not_be_used(opened: Opened) -> None:
    """Who uses it all the same is seen doing so; httpx does not."""
    standin = opened(script(Step(closes=True), Step(closes=True), Step(503, closes=True)))
    with calling(standin) as client:
        answers = [client.get("/contacts") for _ in range(2)]
    with connect(standin) as connection:
        request = f"GET /v1/contacts HTTP/1.1\r\nHost: x\r\nx-api-key: {standin.vendor.api_key}\r\n\r\n".encode()
        connection.sendall(request)
        connection.recv(65536)
        time.sleep(0.02)
        connection.sendall(request)
        with pytest.raises(ConnectionResetError):
            received(connection)

    attempts = standin.stop().attempts
    assert [answer.headers["connection"] for answer in answers] == ["close", "close"]
    assert len({each.connection for each in attempts[:2]}) == 2
    assert [each.fired for each in attempts[2:]] == ["503, Connection: close", AFTER_CLOSE]
    assert attempts[2].connection == attempts[3].connection


def test_an_idle_connection_is_closed_without_a_word(opened: Opened) -> None:
    """After as many seconds as the step says; one that is used sooner goes on."""
    standin = opened(script(Step(idles=0.2), Step(idles=0.1)))
    with calling(standin) as client:
        client.get("/contacts")
        client.get("/contacts")
        time.sleep(0.3)
        after = client.get("/contacts").status_code

    seen = standin.stop()
    assert after == 200
    assert [each.connection for each in seen.attempts] == [0, 0, 1]
    assert [each.closed_by for each in seen.connections] == ["standin", "client"]
    assert seen.connections[0].closed_at is not None
    assert seen.attempts[1].ended_at is not None
    assert seen.connections[0].closed_at - seen.attempts[1].ended_at >= 0.1 - EARLY


def test_the_other_listeners_have_answers_of_their_own(opened: Opened) -> None:
    """Another host knows nothing, the proxy leads nowhere, plain http points to the vendor, without a script."""
    standin = opened(Script(steps={"@elsewhere": (REAL, Step(200, body=b"{}"))}))
    places = standin.addresses()
    answers: list[tuple[int, str]] = []
    with httpx.Client(trust_env=False, verify=False) as client:
        for url in (
            f"{places['elsewhere']}/v1/contacts",
            f"{places['elsewhere']}/v1/contacts",
            f"{places['plain']}/v1/a",
        ):
            answer = client.get(url)
            answers.append((answer.status_code, answer.headers.get("location", "")))
    proxied = raw(
        standin, b"GET http://x.example/a?b=1 HTTP/1.1\r\nHost: x.example\r\nConnection: close\r\n\r\n", "proxy"
    )
    tunnel = raw(standin, b"CONNECT x.example:443 HTTP/1.1\r\nConnection: close\r\n\r\n", "proxy")

    attempts = standin.stop().attempts
    assert answers == [(404, ""), (200, ""), (308, f"{places['vendor']}/v1/a")]
    assert proxied.startswith(b"HTTP/1.1 502 Bad Gateway")
    assert tunnel.startswith(b"HTTP/1.1 502 Bad Gateway")
    assert [(each.listener, each.method, each.target, each.host) for each in attempts[3:]] == [
        ("proxy", "GET", "http://x.example/a?b=1", "x.example"),
        ("proxy", "CONNECT", "x.example:443", "x.example:443"),
    ]
    assert attempts[0].host == places["elsewhere"].removeprefix("http://")
    assert places["elsewhere"].startswith("http://localhost:")


def test_localhost_is_reached_by_both_families(opened: Opened) -> None:
    """A client that prefers IPv6 finds the other host as well, where the machine has IPv6."""
    standin = opened()
    port = int(standin.addresses()["elsewhere"].rpartition(":")[2])
    reached = []
    for family, address in ((socket.AF_INET, "127.0.0.1"), (socket.AF_INET6, "::1")):
        with suppress(OSError), socket.socket(family) as connection:
            connection.settimeout(2)
            connection.connect((address, port))
            reached.append(family)
    try:
        with socket.create_server(("::1", 0), family=socket.AF_INET6):
            has_both = True
    except OSError:
        has_both = False

    assert reached == [socket.AF_INET, socket.AF_INET6][: 1 + has_both]


def test_new_connections_are_refused_once_it_is_armed(opened: Opened) -> None:
    """Open ones are closed; nobody else gets the port."""
    standin = opened(Script(connects="refused"), armed=False)
    with calling(standin) as client:
        before = client.get("/contacts").status_code
        standin.arm()
        with pytest.raises(httpx.ConnectError):
            client.get("/contacts")

    seen = standin.stop()
    assert (before, len(seen.attempts)) == (200, 1)
    assert [each.closed_by for each in seen.connections] == ["standin"]


def test_new_connections_are_left_unanswered_once_it_is_armed(opened: Opened) -> None:
    """As where every packet is swallowed: only a timeout of the client's own ends it."""
    standin = opened(Script(connects="silent"), armed=False)
    with calling(standin) as client:
        before = client.get("/contacts").status_code
        standin.arm()
        with pytest.raises(httpx.ConnectTimeout):
            client.get("/contacts", timeout=0.3)

    assert before == 200
    assert len(standin.stop().attempts) == 1


def test_stopping_ends_what_hangs_and_tells_what_was_open(opened: Opened) -> None:
    """A client that waits for ever is cut; its attempt has no end."""
    standin = opened(script(Step(breaks="hang")))
    with connect(standin) as connection:
        connection.sendall(b"GET /v1/contacts HTTP/1.1\r\nHost: x\r\n\r\n")
        time.sleep(0.1)
        seen = standin.stop()
        with pytest.raises(ConnectionResetError):
            connection.recv(1)

    (attempt,), (joined,) = seen.attempts, seen.connections
    assert (attempt.ended_at, attempt.left_at, joined.closed_at, joined.closed_by) == (None, None, None, None)
    assert standin.stop() is seen
    with pytest.raises(ConnectionRefusedError):
        connect(standin)


def test_an_answer_may_wait_for_the_next_request(opened: Opened) -> None:
    """It is answered when that one arrives, over whichever connection; or after so long at most."""
    late, following = Step(200, body=b"late", until_next=True, wait=5.0), Step(200, body=b"next", wait=0.3)
    alone = Step(200, body=b"late", until_next=True, wait=0.1)
    standin = opened(script(late, following, late, following, alone))
    request = b"GET /v1/contacts HTTP/1.1\r\nHost: x\r\n\r\n"
    with connect(standin) as first:
        first.sendall(request)
        until(lambda: len(standin.seen().attempts) == 1)
        with connect(standin) as second:
            second.sendall(request)
            assert first.recv(65536).endswith(b"late")
            assert second.recv(65536).endswith(b"next")
    with connect(standin) as both:
        both.sendall(request)
        until(lambda: len(standin.seen().attempts) == 3)
        both.sendall(request)
        answers = b""
        while b"next" not in answers:
            answers += both.recv(65536)
        assert 0 < answers.index(b"late") < answers.index(b"next")

    with calling(standin) as client:
        assert client.get("/contacts").text == "late"

    attempts = standin.stop().attempts
    assert [each.fired for each in attempts[:2]] == ["200, once the next one has arrived", "200, after 0.3 s"]
    assert attempts[0].answered_at is not None
    assert attempts[1].answered_at is not None
    assert attempts[1].at <= attempts[0].answered_at <= attempts[1].answered_at - 0.2
    assert attempts[2].connection == attempts[3].connection
