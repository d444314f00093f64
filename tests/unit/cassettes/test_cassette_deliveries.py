"""A webhook delivery is kept without its proof, and is as genuine as ever when it is replayed."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from pytest_golive.cassettes.deliveries import Delivery, deliveries, headers_now, keep, read, received
from pytest_golive.cassettes.filtering import Filter
from pytest_golive.cassettes.shelf import Shelf, Unreadable
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.credentials.secret import Secret
from pytest_golive.signing.signer import sign
from pytest_golive.signing.verifier import verify
from pytest_golive.vendors.library import packs, read_pack
from pytest_golive.vendors.webhooks import Webhooks

MOMENT = datetime(2026, 11, 28, 9, 30, tzinfo=UTC)
NOW = 1_900_000_000.0
SECRET = "MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"
BODY = b'{"id":"evt_1",  "type":"unit.created","data":{"name":"Caf\xc3\xa9 \xf0\x9f\x98\x80","n":1.50}}'

SIGNED = [
    (vendor, name)
    for vendor in packs()
    if (webhooks := read_pack(vendor).webhooks) is not None
    for name, scheme in webhooks.signing.items()
    if scheme.strategy == "hmac"
]


def webhooks_of(vendor: str) -> Webhooks:
    """Return how a vendor sends."""
    webhooks = read_pack(vendor).webhooks
    assert webhooks is not None
    return webhooks


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """Return an empty folder of recordings."""
    return Shelf(tmp_path / "golive-cassettes", "staging", "prerelease")


def kept(shelf: Shelf, vendor: str, scheme: str | None = None, body: bytes = BODY) -> tuple[Delivery, Path]:
    """Keep a delivery as it comes in."""
    webhooks = webhooks_of(vendor)
    used = webhooks.signing[scheme or webhooks.usual]
    proof = sign(used, SECRET, body, timestamp=1_000.0, event_id="evt_1", webhook_id="wh_1", header_name="X-Key")
    headers = {
        "Content-Type": "application/json",
        "Cookie": "a=b",
        "X-Forwarded-For": "1.2.3.4",
        **webhooks.headers,
        **proof,
    }
    clean = Filter(Redactor([Secret(SECRET, f"{vendor}.webhook_secret")]))
    delivery = received(vendor, webhooks, headers, body, MOMENT, clean=clean, scheme=scheme)
    return delivery, keep(shelf, delivery, clean.held)


@pytest.mark.parametrize(("vendor", "scheme"), SIGNED)
def test_a_recorded_delivery_verifies_again(shelf: Shelf, vendor: str, scheme: str) -> None:
    """Read back from its file, signed with today's secret and time."""
    delivery, path = kept(shelf, vendor, scheme)
    again = read(shelf, path)
    webhooks = webhooks_of(vendor)

    headers = headers_now(again, webhooks, SECRET, NOW, webhook_id="wh_1", header_name="X-Key")

    assert again == delivery
    assert again.body == BODY
    verify(webhooks.signing[scheme], [SECRET], headers, again.body, now=NOW, header_name="X-Key")
    assert list(deliveries(shelf)) == [delivery]
    assert list(shelf.files()) == []


def test_what_is_kept(shelf: Shelf) -> None:
    """The listed headers, the body as it came, and nothing that proves anything."""
    delivery, path = kept(shelf, "augno")

    text = path.read_text()
    assert path.relative_to(shelf.home).as_posix() == "deliveries/augno/unit.created.evt_1.yaml"
    assert (delivery.event, delivery.event_id, delivery.scheme) == ("unit.created", "evt_1", "timestamped")
    assert set(delivery.headers) == {"Augno-Version", "Content-Type"}
    assert "Signature" not in text
    assert "Cookie" not in text
    assert text.startswith("# unit.created of augno: a webhook delivery, without its proof\n")


@pytest.mark.parametrize("body", [b"\x00\xff", b"", b"not json", b'{"id": 1}', b"a\r\nb"])
def test_any_body_comes_back_as_it_was(shelf: Shelf, body: bytes) -> None:
    """A sender may send anything."""
    delivery, path = kept(shelf, "augno", body=body)

    assert read(shelf, path).body == body
    assert delivery.event == "unknown"


def test_a_delivery_that_would_leak_is_not_kept(shelf: Shelf) -> None:
    """Text is masked; what cannot be is not written."""
    with pytest.raises(Unreadable) as raised:
        kept(shelf, "augno", body=b"\xff" + SECRET.encode())

    assert str(raised.value) == (
        "golive-cassettes/staging/deliveries/augno/unknown.yaml was not written: "
        "it would give away augno.webhook_secret"
    )
    _, path = kept(shelf, "augno", body=json.dumps({"id": "e", "type": "t", "note": SECRET}).encode())
    assert SECRET not in path.read_text()


def test_a_scheme_that_is_gone(shelf: Shelf) -> None:
    """A pack may have changed since."""
    delivery, path = kept(shelf, "augno")
    path.write_text(path.read_text().replace("scheme: timestamped", "scheme: old"))

    with pytest.raises(LookupError) as raised:
        headers_now(read(shelf, path), webhooks_of("augno"), SECRET, NOW)

    assert str(raised.value) == "augno proves no delivery by 'old'; there are: timestamped, timestamped_openmrp"
    assert delivery.scheme == "timestamped"


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("a: !!python/name:os.system\n", "line 1: a tag is not allowed in a cassette, but !!binary"),
        ("a: 1\n", "line 1: this is no delivery as golive writes it"),
        ("- 1\n", "line 1: this is no delivery as golive writes it"),
        ("a: [\n", "line 2: this is not YAML: did not find expected node content"),
    ],
)
def test_what_is_no_delivery(shelf: Shelf, text: str, told: str) -> None:
    """An error with its line."""
    _, path = kept(shelf, "augno")
    path.write_text(text)

    with pytest.raises(Unreadable) as raised:
        list(deliveries(shelf))

    assert str(raised.value) == f"golive-cassettes/staging/deliveries/augno/unit.created.evt_1.yaml, {told}"


def test_a_day_that_is_none(shelf: Shelf) -> None:
    """Told as such."""
    _, path = kept(shelf, "augno")
    path.write_text(path.read_text().replace("2026-11-28T09:30:00Z", "soon"))

    with pytest.raises(Unreadable, match="line 1: `recorded` has to be a time: 2026-11-28T09:00:00Z"):
        read(shelf, path)
