"""The schemes of the packs against signatures that were made elsewhere, and against the library of their standard."""

from __future__ import annotations

import base64
from datetime import UTC, datetime

import pytest
import standardwebhooks
import svix.webhooks

from pytest_golive.signing import PRESETS, new_secret, sign, verify
from pytest_golive.vendors.library import read_pack
from pytest_golive.vendors.webhooks import SigningScheme

SECRET = "timely-vector-secret-01"
AT = 1_777_896_000

PLAIN = (
    '{"event":"message.received","event_id":"evt_vector_0001","timestamp":"2026-05-04T12:00:00Z",'
    '"workspace_id":"ws_vector","data":{"message_id":"msg_vector_1","content":"olá"}}'
).encode()
ODD = rb'{ "event": "message.received", "event_id": "evt_vector_0002", "data": {"content": "ol\u00e1"} }'

PLAIN_TIMED = "858b9a83a02e68cc7b8b9147ac8ca4caa33d0ec77e3058e797882cf87e09f998"
PLAIN_BODY = "e405ec9d5882e6f512f59ac5db13bb4a3dc90d87422074de7619f0f6cd1aca38"
ODD_TIMED = "f9b96e8f388e37d683fb111b400e5c6da3b16a8074702743925598c01439a902"
ODD_BODY = "c5db30f60028b6286c20b8668f8e9f6ed2882af487facd44ae608afb22905676"


def scheme(vendor: str, name: str) -> SigningScheme:
    webhooks = read_pack(vendor).webhooks
    assert webhooks is not None, f"{vendor} sends webhooks"
    return webhooks.signing[name]


@pytest.mark.parametrize(
    ("name", "body", "expected"),
    [
        ("sig_a", PLAIN, {"X-Timely-Signature": PLAIN_TIMED, "X-Timely-Timestamp": str(AT)}),
        ("sig_a", ODD, {"X-Timely-Signature": ODD_TIMED, "X-Timely-Timestamp": str(AT)}),
        ("sig_b", PLAIN, {"X-Timely-Signature": f"sha256={PLAIN_BODY}"}),
        ("sig_b", ODD, {"X-Timely-Signature": f"sha256={ODD_BODY}"}),
        (
            "sig_c",
            PLAIN,
            {
                "X-Webhook-Signature": f"sha256={PLAIN_TIMED}",
                "X-Webhook-Timestamp": str(AT),
                "X-Webhook-ID": "wh_1",
            },
        ),
    ],
)
def test_timely_signs_as_the_vectors_say(name: str, body: bytes, expected: dict[str, str]) -> None:
    """Letters beyond ASCII, and JSON that nobody would write so."""
    headers = sign(scheme("timely", name), SECRET, body, timestamp=AT, webhook_id="wh_1")

    assert headers == expected
    verify(scheme("timely", name), [SECRET], headers, body, now=AT)


def test_the_usual_scheme_of_timely_is_the_one_of_its_guide() -> None:
    """Time and body, and the bare digits."""
    webhooks = read_pack("timely").webhooks

    assert webhooks is not None
    assert webhooks.usual == "sig_a"


def test_augno_lists_time_and_signatures() -> None:
    """Digits made with OpenSSL: `printf '1777896000.{}' | openssl dgst -sha256 -hmac augno-vector-secret`."""
    headers = sign(scheme("augno", "timestamped"), "augno-vector-secret", b"{}", timestamp=AT)

    assert headers == {
        "Augno-Signature": "t=1777896000,v1=eb5bfedc3cabd7e523b87a0068ac0649fd14a65519024ad35a10981caac8032c"
    }


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("hmac", {"X-Selwise-Signature": "sha256=ab6b7854ba7a66ae40524e3ec7fcb7e34880e1fbbf30a221a0c275f992ba63a7"}),
        (
            "signature",
            {"X-Selwise-Signature": "t=1777896000,v1=a23cb0ac309092b958981b7c9054f7ec4b0634521e659b7f1cabce508829f2c1"},
        ),
        ("bearer", {"Authorization": "Bearer selwise-vector-secret"}),
        ("basic", {"Authorization": "Basic c2hvcDpzZWx3aXNlLXZlY3Rvci1zZWNyZXQ="}),
        ("api_key", {"X-Shop-Key": "selwise-vector-secret"}),
        ("none", {}),
    ],
)
def test_selwise_proves_deliveries_in_six_ways(name: str, expected: dict[str, str]) -> None:
    """Digits made with OpenSSL, as above."""
    secret = "selwise-vector-secret"

    headers = sign(scheme("selwise", name), secret, b"{}", timestamp=AT, username="shop", header_name="X-Shop-Key")

    assert headers == expected
    verify(scheme("selwise", name), [secret], headers, b"{}", now=AT, username="shop", header_name="X-Shop-Key")


def test_standard_webhooks_are_what_their_library_verifies() -> None:
    """Ours by theirs, one and two signatures."""
    preset = PRESETS["standard_webhooks"]
    old, new = new_secret(preset), new_secret(preset)
    now = datetime.now(UTC).timestamp()

    headers = sign(preset, new, PLAIN, timestamp=now, event_id="msg_1", further_secrets=[old])

    for secret in (old, new):
        told = standardwebhooks.Webhook(secret).verify(PLAIN, headers)
        assert told["data"]["content"] == "olá"
    with pytest.raises(standardwebhooks.WebhookVerificationError):
        standardwebhooks.Webhook(new_secret(preset)).verify(PLAIN, headers)


def test_standard_webhooks_are_what_svix_verifies() -> None:
    """Under the standard's names and under its own, and theirs by ours."""
    preset = PRESETS["standard_webhooks"]
    secret = new_secret(preset)
    now = float(int(datetime.now(UTC).timestamp()))
    svix_ = svix.webhooks.Webhook(secret)

    headers = sign(preset, secret, PLAIN, timestamp=now, event_id="msg_1")

    svix_.verify(PLAIN, headers)
    svix_.verify(PLAIN, {name.replace("webhook-", "svix-"): value for name, value in headers.items()})
    with pytest.raises(svix.webhooks.WebhookVerificationError):
        svix.webhooks.Webhook(new_secret(preset)).verify(PLAIN, headers)
    theirs = svix_.sign("msg_1", datetime.fromtimestamp(now, UTC), PLAIN.decode())
    verify(preset, [secret], headers | {"webhook-signature": theirs}, PLAIN, now=now)


def test_what_the_library_signs_is_genuine_to_us() -> None:
    """Theirs by ours, with a second kind of signature before it."""
    preset = PRESETS["standard_webhooks"]
    secret = new_secret(preset)
    moment = datetime.fromtimestamp(AT, UTC)
    signature = standardwebhooks.Webhook(secret).sign("msg_1", moment, PLAIN.decode())
    other = "v1a," + base64.b64encode(b"0" * 64).decode()
    headers = {"webhook-id": "msg_1", "webhook-timestamp": str(AT), "webhook-signature": f"{other} {signature}"}

    verify(preset, [secret], headers, PLAIN, now=AT)
