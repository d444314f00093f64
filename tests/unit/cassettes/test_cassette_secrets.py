"""No byte of a cassette gives a secret away."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from urllib.parse import quote

import httpx
import pytest

from pytest_golive.cassettes.filtering import Called, Filter
from pytest_golive.cassettes.secret_fields import is_secret
from pytest_golive.cassettes.standin import secret_of, stand_in
from pytest_golive.cassettes.tape import Mode
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.credentials.secret import Secret, StandIn, fingerprint
from tests.unit.cassettes.conftest import KEY, URL, Lab

MASK = f"[shop.api_key {fingerprint(KEY)}]"
ISSUED = "whsec_R4nd0mIssued5ecretValue99"


def texts(folder: Path) -> str:
    """Return everything that was written."""
    return "\n".join(path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file())


def test_a_configured_key_is_nowhere(lab: Lab) -> None:
    """Sent in a header, echoed in body, address and headers, in every encoding."""
    encodings = [
        KEY,
        KEY[::-1],
        quote(KEY),
        base64.b64encode(KEY.encode()).decode(),
        KEY.encode().hex(),
        json.dumps(KEY),
    ]

    def echo(request: httpx.Request) -> httpx.Response:
        headers = {"content-type": "application/json", "x-request-id": KEY, "set-cookie": KEY, "authorization": KEY}
        return httpx.Response(200, headers=headers, json={"echo": encodings, KEY: 1, "text": f"key={KEY}"})

    def calls(client: httpx.Client) -> None:
        sent = {"x-api-key": KEY, "authorization": f"Bearer {KEY}", "cookie": KEY, "idempotency-key": KEY}
        client.post(f"{URL}/a?api_key={KEY}", headers=sent, json={"note": KEY})
        client.post(f"{URL}/b", content=f"key={KEY}".encode())

    recordings = lab.run(Mode.ALL, calls, echo)

    written = texts(lab.shelf.root)
    assert recordings.leaks == []
    assert Redactor([Secret(KEY, "shop.api_key")]).holds(written) == ()
    assert MASK in written
    for header in ("x-api-key", "authorization", "cookie"):
        assert f"{header}:" not in written.lower()


def test_an_echoed_key_comes_back_in_a_replay(lab: Lab) -> None:
    """A check that compares what the vendor echoes finds what it sent: a stand-in on both sides."""
    lab.run(
        Mode.ALL,
        lambda client: client.post(f"{URL}/a", json={"note": KEY}),
        lambda request: httpx.Response(200, json=json.loads(request.content)),
    )
    from pytest_golive.cassettes.environments import recorded_environments

    recorded, _ = recorded_environments(lab.shelf)
    other = recorded["staging"].targets["shop"].credentials["api_key"]
    seen: list[object] = []

    lab.run(
        Mode.NONE,
        lambda client: seen.append(client.post(f"{URL}/a", json={"note": other.reveal()}).json()),
        where=recorded["staging"],
    )

    assert seen == [{"note": other.reveal()}]
    assert other.reveal() != KEY
    assert (other.reveal()[:8], other.reveal()[-4:]) == (KEY[:8], KEY[-4:])
    assert other.fingerprint == fingerprint(KEY)


def test_a_secret_that_is_issued_gets_a_stand_in(lab: Lab) -> None:
    """Nobody configured it; its field says what it is, and it is the same wherever it comes again."""

    def vendor(request: httpx.Request) -> httpx.Response:
        if request.url.path.endswith("/hooks"):
            return httpx.Response(201, json={"id": 1, "webhookSecret": ISSUED})
        return httpx.Response(200, json={"seen": request.url.path.rpartition("/")[2]})

    def calls(client: httpx.Client) -> None:
        secret = client.post(f"{URL}/hooks", json={}).json()["webhookSecret"]
        seen.append((secret, client.get(f"{URL}/by-secret/{secret}").json()["seen"]))

    seen: list[tuple[str, str]] = []
    lab.run(Mode.ALL, calls, vendor)
    lab.run(Mode.NONE, calls)

    assert seen[0] == (ISSUED, ISSUED)
    assert seen[1][0] == seen[1][1] != ISSUED
    assert seen[1][0].startswith("whsec_")
    assert len(seen[1][0]) == len(ISSUED)
    assert ISSUED not in texts(lab.shelf.root)


def test_a_secret_seen_before_it_is_known_is_taken_out_too(lab: Lab) -> None:
    """It came under a harmless name first, and was told to be a secret later."""
    answers = iter([{"note": ISSUED}, {"secret": ISSUED}])
    lab.run(
        Mode.ALL,
        lambda client: [client.get(f"{URL}/a"), client.get(f"{URL}/b")],
        lambda _: httpx.Response(200, json=next(answers)),
    )

    assert ISSUED not in texts(lab.shelf.root)


def test_a_recording_that_would_leak_is_not_written(lab: Lab) -> None:
    """Bytes that are no text cannot be masked: the run says where the secret stands, and there is no file."""
    picture = b"\x89PNG\xff" + KEY.encode() + b"\x00"
    recordings = lab.run(
        Mode.ALL,
        lambda client: client.get(f"{URL}/picture", extensions={"golive_operation": "get_picture"}),
        lambda _: httpx.Response(200, content=picture, headers={"content-type": "image/png"}),
    )

    assert recordings.leaks == [
        (
            "golive-cassettes/staging/prerelease/checks/limits_answer/shop.yaml was not written: "
            "it would give away shop.api_key in the body of the answer to get_picture"
        )
    ]
    assert not lab.file().exists()


@pytest.mark.parametrize(
    ("name", "value", "secret"),
    [
        ("secret", "abcdefgh12", True),
        ("api_key_secret", "abcdefgh12", True),
        ("apiSecret", "abcdefgh12", True),
        ("access_token", "abcdefgh12", True),
        ("Authorization", "Bearer abc", True),
        ("password", "hunter22", True),
        ("api_key", "abcdefgh12", True),
        ("key", "a1b2c3d4e5f6g7h8", True),
        ("key", "order_created_event", False),
        ("key", "abc123", False),
        ("secret", "short", False),
        ("secret", 12345678, False),
        ("secret", "whsec_****1234", False),
        ("secret", "[shop.api_key 0123456789ab]", False),
        ("next_page_token", "abcdefgh12", False),
        ("token_type", "abcdefgh12", False),
        ("idempotency_key", "abcdefgh12", False),
        ("natural_key", "abcdefgh12", False),
        ("title", "abcdefgh12", False),
        ("", "abcdefgh12", False),
    ],
)
def test_which_fields_are_secrets(name: str, value: object, secret: bool) -> None:
    """By name, and never what is plainly something else."""
    assert is_secret(name, value) is secret


def test_a_stand_in_has_the_shape_and_nothing_more() -> None:
    """Letters and digits are replaced by their kind, public beginnings stay; there is no way back without the salt."""
    one, other = (stand_in(KEY, salt) for salt in (b"a" * 32, b"b" * 32))

    assert one != other != KEY
    assert [len(one), one[:8]] == [len(KEY), "sk_live_"]
    assert [c.isdigit() for c in one] == [c.isdigit() for c in KEY]
    assert one == stand_in(KEY, b"a" * 32)
    assert stand_in("deadbeef00112233", b"a").strip("0123456789abcdef") == ""
    assert stand_in("upz_live_0123456789", b"a", ["upz_live_"]).startswith("upz_live_")
    assert not stand_in("sk_live_0123", b"a").startswith("sk_live_0")


def test_a_secret_that_was_sent_is_itself_or_a_stand_in() -> None:
    """Workers get value and fingerprint."""
    real = secret_of(KEY, "shop.api_key", fingerprint(KEY))
    other = secret_of("sk_live_Aa1Bb2Cc3Dd4", "shop.api_key", fingerprint(KEY))

    assert (type(real), type(other)) == (Secret, StandIn)
    assert real.fingerprint == other.fingerprint


def test_what_looks_like_a_vendors_key_is_one() -> None:
    """Nobody configured it, its field has a harmless name, and the pack knows how such keys look."""
    clean = Filter(Redactor(), ["upz_"], [r"\bupz_[A-Za-z0-9]{20,}\b"])
    found = "upz_Zq8Lw3Tn5Vb7Xc9Rd1Fg"

    made = json.loads(clean.body(json.dumps({"note": f"use {found}!"}).encode(), "application/json"))["note"]

    assert found not in made
    assert made.startswith("use upz_")
    assert clean.held(found) == ("a secret the vendor issued",)


def test_a_report_of_fingerprints_stays_as_it_is() -> None:
    """There the name promises a key and the value is a fingerprint."""
    report = httpx.Response(200, json={"shop": {"api_key": "0123456789ab"}})
    called = Called("deployment", frozenset({"content-type"}), frozenset(), fingerprints=True)

    kept = Filter(Redactor()).response(report, called, limited=False)

    assert json.loads(kept["body"]["string"]) == {"shop": {"api_key": "0123456789ab"}}


def test_a_parameter_whose_name_says_secret(lab: Lab) -> None:
    """Nobody configured it; in the replay another one stands there, and it is the same call."""
    lab.run(Mode.ALL, lambda client: client.get(f"{URL}/a?access_token={ISSUED}&page=2"))
    seen: list[int] = []

    lab.run(Mode.NONE, lambda client: seen.append(client.get(f"{URL}/a?access_token=another-one-1&page=2").status_code))

    assert seen == [200]
    assert ISSUED not in texts(lab.shelf.root)
    assert "access_token=whsec_" in texts(lab.shelf.root)
