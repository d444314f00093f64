"""Signatures of Ed25519. The package `cryptography` makes them; it is imported once one is needed."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

LENGTH = 32
"""Bytes of a private key's seed, and of a public key."""

MISSING = "ed25519 signatures need the package cryptography: pip install 'pytest-golive[ed25519]'"


def signature(key: bytes, message: bytes) -> bytes:
    """Return the signature of a message.

    Args:
        key: the seed, or seed and public key in one as libsodium and Go write them.
        message: what is signed.

    Raises:
        ValueError: the key is none.
        ModuleNotFoundError: cryptography is not installed.
    """
    return _private(key).sign(message)


def public_of(key: bytes) -> bytes:
    """Return the public key of a private one; see :func:`signature` for what is raised."""
    return _private(key).public_key().public_bytes_raw()


def fits(public: bytes, signed: bytes, message: bytes) -> bool:
    """Whether a signature is one of this message by the owner of this public key.

    Raises:
        ModuleNotFoundError: cryptography is not installed.
    """
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ModuleNotFoundError:
        raise ModuleNotFoundError(MISSING, name="cryptography") from None
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signed, message)
    except InvalidSignature:
        return False
    return True


def _private(key: bytes) -> Ed25519PrivateKey:
    try:
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    except ModuleNotFoundError:
        raise ModuleNotFoundError(MISSING, name="cryptography") from None
    if len(key) not in {LENGTH, 2 * LENGTH}:
        raise ValueError(
            f"the private key has {len(key)} bytes; ed25519 has {LENGTH}, or {2 * LENGTH} with the public one"
        )
    private = Ed25519PrivateKey.from_private_bytes(key[:LENGTH])
    if key[LENGTH:] and private.public_key().public_bytes_raw() != key[LENGTH:]:
        raise ValueError("the private key and the public key beside it do not belong together")
    return private
