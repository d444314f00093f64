"""Signing secrets: the key that is written in one, and new ones."""
# ruff: noqa: S105  # an encoding's name is no password

from __future__ import annotations

import base64
import binascii
import secrets

from pytest_golive.signing.scheme import Scheme

LENGTH = 32
"""Bytes of a new key."""


def key_in(scheme: Scheme, secret: str) -> bytes:
    """Return the bytes that sign, as the scheme reads them out of a secret.

    Raises:
        ValueError: the secret holds none. The message does not repeat it.
    """
    text = secret.removeprefix(scheme.secret_prefix)
    try:
        key = _decoded(scheme, text)
    except (ValueError, binascii.Error):
        raise ValueError(f"the signing secret is no {scheme.secret_encoding}") from None
    if not key:
        raise ValueError("the signing secret is empty")
    return key


def public_key_in(scheme: Scheme, secret: str) -> bytes:
    """Return the key that verifies, of a public key or of the private one it belongs to.

    Raises:
        ValueError: the text holds none. The message does not repeat it.
    """
    from pytest_golive.signing import ed25519

    if scheme.public_prefix and secret.startswith(scheme.public_prefix):
        try:
            key = _decoded(scheme, secret.removeprefix(scheme.public_prefix))
        except (ValueError, binascii.Error):
            raise ValueError(f"the public key is no {scheme.secret_encoding}") from None
        if len(key) != ed25519.LENGTH:
            raise ValueError(f"the public key has {len(key)} bytes; ed25519 has {ed25519.LENGTH}")
        return key
    return ed25519.public_of(key_in(scheme, secret))


def public_of(scheme: Scheme, secret: str) -> str:
    """Return the public key of a private one, written as the scheme writes it.

    Raises:
        ValueError: the secret holds no key.
    """
    key = public_key_in(scheme, secret)
    text = key.hex() if scheme.secret_encoding == "hex" else base64.b64encode(key).decode()
    return scheme.public_prefix + text


def new_secret(scheme: Scheme) -> str:
    """Return a secret that nobody has, written as the scheme reads it."""
    if scheme.secret_encoding == "base64":
        return scheme.secret_prefix + base64.b64encode(secrets.token_bytes(LENGTH)).decode()
    if scheme.secret_encoding == "hex":
        return scheme.secret_prefix + secrets.token_hex(LENGTH)
    return scheme.secret_prefix + secrets.token_urlsafe(LENGTH)


def _decoded(scheme: Scheme, text: str) -> bytes:
    if scheme.secret_encoding == "base64":
        # Secrets are handed out with and without the padding.
        return base64.b64decode(text + "=" * (-len(text) % 4), validate=True)
    if scheme.secret_encoding == "hex":
        return bytes.fromhex(text)
    return text.encode()
