"""Signatures with two keys: by the standard's rules, by another library, and when that library is not there."""

from __future__ import annotations

import base64
import sys

import pytest
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from pytest_golive.signing import PRESETS, NotGenuine, Scheme, new_secret, public_of, sign, verify
from pytest_golive.signing.key import key_in

V1A = PRESETS["standard_webhooks_v1a"]
AT = 1_777_896_000
BODY = '{"content":"olá"}'.encode()


def signed(secret: str, **changes: object) -> dict[str, str]:
    return sign(V1A, secret, BODY, timestamp=AT, event_id="msg_1", **changes)  # type: ignore[arg-type]


def test_what_is_signed_is_what_the_standard_says() -> None:
    """Id, time and body with dots between them, by the key that the secret holds."""
    secret = new_secret(V1A)
    assert secret.startswith("whsk_")

    headers = signed(secret)

    label, _, text = headers["webhook-signature"].partition(",")
    assert (label, headers["webhook-id"], headers["webhook-timestamp"]) == ("v1a", "msg_1", str(AT))
    public = Ed25519PrivateKey.from_private_bytes(key_in(V1A, secret)).public_key()
    public.verify(base64.b64decode(text), b"msg_1.1777896000." + BODY)
    with pytest.raises(InvalidSignature):
        public.verify(base64.b64decode(text), b"msg_1.1777896001." + BODY)


def test_the_public_key_is_enough_to_verify_and_cannot_sign() -> None:
    secret = new_secret(V1A)
    public = public_of(V1A, secret)

    assert public.startswith("whpk_")
    verify(V1A, [public], signed(secret), BODY, now=AT)
    verify(V1A, [secret], signed(secret), BODY, now=AT)
    with pytest.raises(ValueError, match=r"^the signing secret is no base64$"):
        signed(public)
    with pytest.raises(NotGenuine, match=r"^no signature fits the body and the secret$"):
        verify(V1A, [public_of(V1A, new_secret(V1A))], signed(secret), BODY, now=AT)


def test_a_key_with_its_public_half_beside_it_is_the_same_key() -> None:
    """As libsodium and Go write private keys."""
    secret = new_secret(V1A)
    seed = key_in(V1A, secret)
    public = base64.b64decode(public_of(V1A, secret).removeprefix("whpk_"))
    both = "whsk_" + base64.b64encode(seed + public).decode()
    crossed = "whsk_" + base64.b64encode(seed + bytes(32)).decode()

    assert signed(both) == signed(secret)
    with pytest.raises(ValueError, match=r"^the private key and the public key beside it do not belong together$"):
        signed(crossed)


def test_a_secret_of_both_kinds_is_tried_by_its_own_kind() -> None:
    """A header with v1 and v1a signatures: each receiver finds its own."""
    shared, private = new_secret(PRESETS["standard_webhooks"]), new_secret(V1A)
    one = sign(PRESETS["standard_webhooks"], shared, BODY, timestamp=AT, event_id="msg_1")
    headers = one | {"webhook-signature": f"{one['webhook-signature']} {signed(private)['webhook-signature']}"}

    verify(PRESETS["standard_webhooks"], [shared], headers, BODY, now=AT)
    verify(V1A, [public_of(V1A, private)], headers, BODY, now=AT)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "whsk_" + base64.b64encode(bytes(31)).decode(),
            "the private key has 31 bytes; ed25519 has 32, or 64 with the",
        ),
        ("whpk_" + base64.b64encode(bytes(33)).decode(), "the public key has 33 bytes; ed25519 has 32"),
        ("whpk_!", "the public key is no base64"),
    ],
)
def test_what_is_no_key_is_told_without_repeating_it(text: str, told: str) -> None:
    with pytest.raises(ValueError, match=f"^{told}"):
        verify(V1A, [text], signed(new_secret(V1A)), BODY, now=AT)


def test_digits_in_hex_do_as_well() -> None:
    plain = {"title": "t", "strategy": "ed25519", "secret_encoding": "hex", "headers": {"X-Sig": "{signature}"}}
    with pytest.raises(ValueError, match="with two keys, a public_prefix has to tell which one a text holds"):
        Scheme.model_validate(plain)
    scheme = Scheme.model_validate(plain | {"public_prefix": "public:"})
    secret = new_secret(scheme)

    headers = sign(scheme, secret, BODY)

    assert len(headers["X-Sig"]) == 128
    verify(scheme, [public_of(scheme, secret)], headers, BODY, now=AT)


def test_without_cryptography_it_is_told_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    """And everything with one key goes on working."""
    secret = new_secret(V1A)
    headers, public = signed(secret), public_of(V1A, secret)
    for name in [name for name in sys.modules if name.split(".")[0] == "cryptography"]:
        monkeypatch.delitem(sys.modules, name)
    monkeypatch.setitem(sys.modules, "cryptography", None)
    told = r"^ed25519 signatures need the package cryptography: pip install 'pytest-golive\[ed25519\]'$"

    with pytest.raises(ModuleNotFoundError, match=told):
        signed(secret)
    with pytest.raises(ModuleNotFoundError, match=told):
        verify(V1A, [public], headers, BODY, now=AT)
    assert sign(PRESETS["github"], "a-secret", BODY)["X-Hub-Signature-256"].startswith("sha256=")
