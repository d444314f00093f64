"""The headers that prove a delivery."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Mapping, Sequence

from pytest_golive.signing import ed25519
from pytest_golive.signing.key import key_in
from pytest_golive.signing.message import message_values
from pytest_golive.signing.request import Request
from pytest_golive.signing.scheme import Scheme, filled, written


def sign(  # noqa: PLR0913  # schemes sign different things
    scheme: Scheme,
    secret: str,
    body: bytes,
    *,
    timestamp: float | None = None,
    event_id: str = "",
    webhook_id: str = "",
    username: str = "",
    header_name: str = "",
    further_secrets: Sequence[str] = (),
    method: str = "POST",
    url: str = "",
    headers: Mapping[str, str] | None = None,
) -> dict[str, str]:
    """Return the headers that prove where a delivery comes from, by name.

    Args:
        scheme: how.
        secret: the secret that sender and receiver share: a signing secret, a token, a password.
        body: the bytes that are sent.
        timestamp: Unix seconds of this attempt; only schemes that write no time do without.
        event_id: id of the event, for schemes that sign it.
        webhook_id: id of the endpoint, for schemes that tell it.
        username: who sends, for `basic`.
        header_name: the header that was agreed, for schemes whose header is chosen with the endpoint.
        further_secrets: secrets that are valid beside the first during a rotation. A scheme with `several` signs with
            every one of them, any other with the first alone.
        method: of the request, for http_message.
        url: the whole address that is sent to, for http_message.
        headers: those of the request that are signed with it, for http_message; by name in any case.

    Raises:
        ValueError: the secret holds no key, or the scheme needs a value that was not given.
        ModuleNotFoundError: the scheme is one of ed25519, and cryptography is not installed.
    """
    values = {
        "event_id": event_id,
        "webhook_id": webhook_id,
        "secret": secret,
        "username": username,
        "basic": base64.b64encode(f"{username}:{secret}".encode()).decode(),
    }
    if header_name:
        values["header_name"] = header_name
    if timestamp is not None:
        values["timestamp"] = written(scheme, timestamp)
    used = (secret, *further_secrets) if scheme.several is not None else (secret,)
    if scheme.strategy == "http_message":
        covered = {name.lower(): value for name, value in (headers or {}).items()}
        values |= message_values(scheme, used, Request(method, url, covered, body), timestamp)
    elif scheme.signs:
        message = signed_bytes(scheme, body, values)
        values["signature"] = (scheme.several or "").join(signature(scheme, one, message) for one in used)
    return {filled(name, values): filled(value, values) for name, value in scheme.headers.items()}


def signed_bytes(scheme: Scheme, body: bytes, values: Mapping[str, str]) -> bytes:
    """Return the bytes that are signed.

    Raises:
        ValueError: the scheme needs a value that is not given.
    """
    # Around the body, and not through it: a body is bytes, and may hold braces.
    return body.join(filled(part, values).encode() for part in scheme.signed.split("{body}"))


def signature(scheme: Scheme, secret: str, message: bytes) -> str:
    """Return one signature, without what the header has around it.

    Raises:
        ValueError: the secret holds no key.
    """
    key = key_in(scheme, secret)
    digest = ed25519.signature(key, message) if scheme.strategy == "ed25519" else hmac.digest(key, message, scheme.hash)
    return digest.hex() if scheme.encoding == "hex" else base64.b64encode(digest).decode()
