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
