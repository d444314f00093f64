"""Whether a delivery is genuine, judged as a careful receiver does: over the raw bytes, before anything is parsed."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence

from pytest_golive.signing import ed25519
from pytest_golive.signing.key import public_key_in
from pytest_golive.signing.message import verify_message
from pytest_golive.signing.request import Request
from pytest_golive.signing.scheme import PLACEHOLDER, Scheme, read
from pytest_golive.signing.signer import sign, signature, signed_bytes
from pytest_golive.signing.verdict import NotGenuine, Reason, check_age

__all__ = ["NotGenuine", "Reason", "verify"]

SEPARATORS = " ,;"
"""What stands between the entries of a header with several signatures."""


def verify(  # noqa: PLR0913  # schemes look at different things
    scheme: Scheme,
    secrets: Sequence[str],
    headers: Mapping[str, str],
    body: bytes,
    *,
    now: float,
    username: str = "",
    header_name: str = "",
    method: str = "POST",
    url: str = "",
) -> None:
    """Accept a delivery that one of the secrets proves.

    Args:
        scheme: how deliveries are proven.
        secrets: the secrets that are valid now; more than one during a rotation. Schemes with two keys take either,
            the public one is enough.
        headers: of the delivery, by name in any case.
        body: of the delivery, as it came.
        now: Unix seconds to judge the delivery's time by.
        username: who sends, for `basic`.
        header_name: the header that was agreed, for schemes whose header is chosen with the endpoint.
        method: of the request, for http_message.
        url: the whole address that was sent to, for http_message.

    Raises:
        NotGenuine: it is not proven.
        ValueError: no secret was given, or one holds no key.
        ModuleNotFoundError: the scheme is one of ed25519, and cryptography is not installed.
    """
    if scheme.strategy == "none":
        return
    if not secrets:
        raise ValueError("there is no secret to verify with")
    given = {name.lower(): value for name, value in headers.items()}
    if scheme.strategy == "http_message":
        verify_message(scheme, secrets, Request(method, url, given, body), now)
    elif scheme.signs:
        _verify_signature(scheme, secrets, given, body, now)
    else:
        _verify_agreed(scheme, secrets, given, username, header_name)


def _verify_agreed(
    scheme: Scheme, secrets: Sequence[str], given: Mapping[str, str], username: str, header_name: str
) -> None:
    """Accept headers that never change: a token, a password, a key."""
    right = [sign(scheme, secret, b"", username=username, header_name=header_name) for secret in secrets]
    for name in right[0]:
        value = _header(given, name)
        # All are compared, whichever fits: how long it takes tells nothing.
        fits = [hmac.compare_digest(value.encode("utf-8", "replace"), one[name].encode()) for one in right]
        if not any(fits):
            raise NotGenuine("wrong", f"{name} is not what was agreed")


def _verify_signature(
    scheme: Scheme, secrets: Sequence[str], given: Mapping[str, str], body: bytes, now: float
) -> None:
    values: dict[str, str] = {}
    signatures: list[str] = []
    for name, template in scheme.headers.items():
        found, candidates = _parts(scheme, name, template, _header(given, name))
        values |= found
        signatures += candidates
    if "timestamp" in values:
        _verify_time(scheme, values["timestamp"], now)
    message = signed_bytes(scheme, body, values)
    fits = [_fits(scheme, secret, one, message) for one in signatures for secret in secrets]
    if not any(fits):
        raise NotGenuine("wrong", "no signature fits the body and the secret")


def _fits(scheme: Scheme, secret: str, text: str, message: bytes) -> bool:
    if scheme.strategy == "ed25519":
        signed = bytes.fromhex(text) if scheme.encoding == "hex" else base64.b64decode(text)
        return ed25519.fits(public_key_in(scheme, secret), signed, message)
    return hmac.compare_digest(text.encode(), signature(scheme, secret, message).encode())


def _verify_time(scheme: Scheme, text: str, now: float) -> None:
    try:
        age = now - read(scheme, text)
    except ValueError:
        raise NotGenuine("malformed", f"the time of the delivery is not written as {scheme.timestamp}") from None
    check_age(scheme, age)


def _header(given: Mapping[str, str], name: str) -> str:
    if name.lower() not in given:
        raise NotGenuine("missing", f"{name} is missing")
    return given[name.lower()]


def _parts(scheme: Scheme, name: str, template: str, value: str) -> tuple[dict[str, str], list[str]]:
    """Return what a header says by its template: the placeholders' values, and the signatures in it."""
    reading = _entries if scheme.several is not None and "{signature}" in template else _whole
    values, signatures = reading(scheme, template, value)
    well_formed = [one for one in signatures if _is_signature(scheme, one)]
    if values is None or (signatures and not well_formed):
        raise NotGenuine("malformed", f"{name} is not written as {template}")
    return values, well_formed


def _whole(scheme: Scheme, template: str, value: str) -> tuple[dict[str, str] | None, list[str]]:
    """Read a header that holds what its template says and nothing else."""
    del scheme
    pattern = "".join(
        f"(?P<{piece}>.+)" if position % 2 else re.escape(piece)
        for position, piece in enumerate(PLACEHOLDER.split(template))
    )
    match = re.fullmatch(pattern, value)
    if match is None:
        return None, []
    values = match.groupdict()
    return values, [values.pop("signature")] if "signature" in values else []


def _entries(scheme: Scheme, template: str, value: str) -> tuple[dict[str, str] | None, list[str]]:
    """Read a header of several entries, each with its label; entries with other labels are passed over."""
    pieces = PLACEHOLDER.split(template)
    values: dict[str, str] = {}
    for label, name in zip(pieces[::2], pieces[1::2], strict=False):
        if name != "signature":
            found = _labelled(label, value)
            if not found:
                return None, []
            values[name] = found[0]
    signatures = _labelled(scheme.several or "", value)
    return values if signatures else None, signatures


def _labelled(label: str, value: str) -> list[str]:
    label = label.lstrip(SEPARATORS)
    return re.findall(rf"(?:^|[{SEPARATORS}]){re.escape(label)}([^{SEPARATORS}]+)", value)


def _is_signature(scheme: Scheme, text: str) -> bool:
    size = 2 * ed25519.LENGTH if scheme.strategy == "ed25519" else hashlib.new(scheme.hash).digest_size
    if scheme.encoding == "hex":
        return re.fullmatch(rf"[0-9a-f]{{{2 * size}}}", text) is not None
    padded = "=" * (-size % 3)
    return re.fullmatch(rf"[A-Za-z0-9+/]{{{4 * -(-size // 3) - len(padded)}}}{padded}", text) is not None
