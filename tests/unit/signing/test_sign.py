from __future__ import annotations

import base64
import hashlib
import hmac

import pytest

from pytest_golive.signing import PRESETS, Scheme, new_secret, sign
from pytest_golive.signing.scheme import KNOWN

BODY = '{"name":"Zoë","note":"{timestamp}"}'.encode()
SECRET = "a-secret-for-tests"
NOON = 1_777_896_000.75


def scheme(**changes: object) -> Scheme:
    return Scheme.model_validate({"title": "t", "strategy": "hmac", "headers": {"X-Sig": "{signature}"}, **changes})


def digest(message: bytes, key: bytes = SECRET.encode(), kind: str = "sha256") -> bytes:
    return hmac.new(key, message, kind).digest()


@pytest.mark.parametrize("kind", ["sha256", "sha1", "sha512"])
def test_the_body_is_signed_byte_by_byte(kind: str) -> None:
    """A body may hold braces and any letters; nothing in it is a placeholder."""
    assert sign(scheme(hash=kind), SECRET, BODY) == {"X-Sig": digest(BODY, kind=kind).hex()}


def test_a_body_that_is_no_text_is_signed_too() -> None:
    """Bytes are bytes."""
    assert sign(scheme(), SECRET, b"\xff\x00{}") == {"X-Sig": digest(b"\xff\x00{}").hex()}


def test_a_signature_in_base64() -> None:
    """Standard alphabet, padded."""
    expected = base64.b64encode(digest(BODY)).decode()

    assert sign(scheme(encoding="base64"), SECRET, BODY) == {"X-Sig": expected}


@pytest.mark.parametrize(
    ("written", "text"),
    [
        ("unix_seconds", "1777896000"),
        ("unix_milliseconds", "1777896000750"),
        ("rfc3339", "2026-05-04T12:00:00Z"),
    ],
)
def test_the_time_is_signed_as_it_is_written(written: str, text: str) -> None:
    """Header and signed bytes hold the same text."""
    stamped = scheme(
        signed="{timestamp}.{body}", headers={"X-Sig": "{signature}", "X-Time": "{timestamp}"}, timestamp=written
    )

    assert sign(stamped, SECRET, BODY, timestamp=NOON) == {
        "X-Sig": digest(text.encode() + b"." + BODY).hex(),
        "X-Time": text,
    }


@pytest.mark.parametrize(
    ("written", "secret"),
    [
        ("utf-8", "pre_" + SECRET),
        ("base64", "pre_" + base64.b64encode(SECRET.encode()).decode()),
        ("base64", "pre_" + base64.b64encode(SECRET.encode()).decode().rstrip("=")),
        ("base64", base64.b64encode(SECRET.encode()).decode()),
        ("hex", "pre_" + SECRET.encode().hex()),
    ],
)
def test_the_key_is_read_out_of_the_secret(written: str, secret: str) -> None:
    """Without its prefix, by its encoding, padded or not."""
    assert sign(scheme(secret_encoding=written, secret_prefix="pre_"), secret, BODY) == {"X-Sig": digest(BODY).hex()}


@pytest.mark.parametrize(
    ("written", "secret", "message"),
    [
        ("base64", "not base64 at all!", "the signing secret is no base64"),
        ("hex", "xyz", "the signing secret is no hex"),
        ("utf-8", "", "the signing secret is empty"),
        ("utf-8", "pre_", "the signing secret is empty"),
    ],
)
def test_a_secret_that_holds_no_key_is_told_without_repeating_it(written: str, secret: str, message: str) -> None:
    """A mistake of configuration, in words that can be logged."""
    with pytest.raises(ValueError, match=f"^{message}$"):
        sign(scheme(secret_encoding=written, secret_prefix="pre_"), secret, BODY)


def test_a_rotation_signs_with_every_secret() -> None:
    """The signatures stand one after the other, joined as the scheme says."""
    rotating = scheme(signed="{timestamp}.{body}", headers={"X-Sig": "t={timestamp},v1={signature}"}, several=",v1=")
    old, new = (digest(b"1777896000." + BODY, key).hex() for key in (b"old-secret", b"new-secret"))

    assert sign(rotating, "new-secret", BODY, timestamp=NOON, further_secrets=["old-secret"]) == {
        "X-Sig": f"t=1777896000,v1={new},v1={old}"
    }


def test_a_scheme_of_one_signature_takes_the_first_secret() -> None:
    """It has no way to write a second one."""
    assert sign(scheme(), SECRET, BODY, further_secrets=["other"]) == {"X-Sig": digest(BODY).hex()}


@pytest.mark.parametrize(
    ("strategy", "headers", "expected"),
    [
        ("bearer", {"Authorization": "Bearer {secret}"}, {"Authorization": f"Bearer {SECRET}"}),
        ("api_key", {"{header_name}": "{secret}"}, {"X-Shop-Key": SECRET}),
        ("none", {}, {}),
        (
            "basic",
            {"Authorization": "Basic {basic}"},
            {"Authorization": "Basic " + base64.b64encode(f"zoë:{SECRET}".encode()).decode()},
        ),
    ],
)
def test_what_was_agreed_is_sent_as_it_is(strategy: str, headers: dict[str, str], expected: dict[str, str]) -> None:
    """Schemes without a signature."""
    agreed = scheme(strategy=strategy, headers=headers)

    assert sign(agreed, SECRET, BODY, username="zoë", header_name="X-Shop-Key") == expected


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"headers": {"X": "{timestamp}{signature}"}},
            "'{timestamp}{signature}' needs {timestamp}, and none was given",
        ),
        ({"signed": "{timestamp}.{body}"}, "'{timestamp}.' needs {timestamp}, and none was given"),
        (
            {"strategy": "api_key", "headers": {"{header_name}": "{secret}"}},
            "'{header_name}' needs {header_name}, and none was given",
        ),
    ],
)
def test_what_a_scheme_needs_has_to_be_given(changes: dict[str, object], message: str) -> None:
    """An empty place in a signature would be found much later."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011  # its text is compared whole
        sign(scheme(**changes), SECRET, BODY)

    assert str(caught.value) == message


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        (
            {"headers": {"X": "{signatur}"}},
            f"'{{signatur}}' names {{signatur}}; there are: {', '.join(KNOWN)}",
        ),
        ({"headers": {"X": "{secret}"}}, "no header carries the {signature}"),
        ({"strategy": "bearer", "headers": {}}, "no header carries the secret"),
    ],
)
def test_a_scheme_that_proves_nothing_is_refused(changes: dict[str, object], message: str) -> None:
    """When it is read, not when it is used."""
    with pytest.raises(ValueError) as caught:  # noqa: PT011  # its text is compared
        scheme(**changes)

    assert f"Value error, {message} [" in str(caught.value)


@pytest.mark.parametrize("encoding", ["utf-8", "base64", "hex"])
def test_new_secrets_are_long_and_fit(encoding: str) -> None:
    """At least 256 bits, never twice the same."""
    made = {new_secret(scheme(secret_encoding=encoding, secret_prefix="pre_")) for _ in range(20)}

    assert len(made) == 20
    assert all(one.startswith("pre_") and len(one) >= 4 + 43 for one in made)
    assert all(sign(scheme(secret_encoding=encoding, secret_prefix="pre_"), one, BODY) for one in made)


def test_the_presets_write_what_their_models_write() -> None:
    """Each header by hand, once."""
    raw = b"0123456789abcdef"
    whsec = "whsec_" + base64.b64encode(raw).decode()

    # The tests of two keys and of messages have these.
    elsewhere = {"standard_webhooks_v1a", "rfc9421_hmac", "rfc9421_ed25519"}

    told = {
        name: sign(preset, whsec, BODY, timestamp=NOON, event_id="msg_1")
        for name, preset in PRESETS.items()
        if name not in elsewhere
    }

    assert told == {
        "standard_webhooks": {
            "webhook-id": "msg_1",
            "webhook-timestamp": "1777896000",
            "webhook-signature": "v1,"
            + base64.b64encode(hmac.new(raw, b"msg_1.1777896000." + BODY, hashlib.sha256).digest()).decode(),
        },
        "stripe": {"Stripe-Signature": f"t=1777896000,v1={digest(b'1777896000.' + BODY, whsec.encode()).hex()}"},
        "github": {"X-Hub-Signature-256": f"sha256={digest(BODY, whsec.encode()).hex()}"},
    }
