"""Signatures by hand: where one stands in its header, and headers as a careless or a hostile sender writes them."""

from __future__ import annotations

import base64
import hashlib
import hmac
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass

from pytest_golive.handlers.lab import Lab
from pytest_golive.handlers.parcel import Parcel
from pytest_golive.signing import sign
from pytest_golive.signing.key import key_in
from pytest_golive.signing.scheme import Scheme, filled, written
from pytest_golive.signing.signer import signature, signed_bytes

ED25519_BYTES = 64
"""Bytes of a signature."""

SEPARATORS = " ,;"
"""What stands between the entries of a header with several signatures."""


@dataclass(frozen=True, slots=True)
class Placed:
    """Where the signature stands.

    Attributes:
        name: of its header.
        before: what stands before it in the value.
        signature: it.
        after: what stands behind it.
    """

    name: str
    before: str
    signature: str
    after: str

    def value(self, text: str | None = None, *, before: str | None = None) -> str:
        """Return the header's value with another text in the signature's place, or before it."""
        there = self.signature if text is None else text
        return f"{self.before if before is None else before}{there}{self.after}"


@dataclass(frozen=True, slots=True)
class Entry:
    """How one of several signatures is written.

    Attributes:
        separator: between two of them.
        label: what stands before one, with its version.
    """

    separator: str
    label: str

    def of_version(self, number: int) -> str | None:
        """Return the label of another version; None where it tells none."""
        other = re.sub("[0-9]+", str(number), self.label)
        return other if other != self.label else None


def signature_in(lab: Lab, parcel: Parcel) -> Placed | None:
    """Return where a parcel's signature stands; None where nothing is signed."""
    scheme = lab.setup.scheme
    length = ED25519_BYTES if scheme.asymmetric else hashlib.new(scheme.hash).digest_size
    in_hex = scheme.encoding == "hex" and not is_message(scheme)
    size = 2 * length if in_hex else 4 * ((length + 2) // 3)
    letters = "[0-9a-f]" if in_hex else "[A-Za-z0-9+/=]"
    for name, template in scheme.headers.items():
        found = re.search(f"{letters}{{{size}}}", parcel.header(name) or "")
        if "{signature}" in template and found is not None:
            value = found.string
            return Placed(name, value[: found.start()], found[0], value[found.end() :])
    return None


def entry_of(scheme: Scheme) -> Entry | None:
    """Return how one of several signatures is written; None where a header holds one alone."""
    if scheme.several is None:
        return None
    label = scheme.several.lstrip(SEPARATORS)
    return Entry(scheme.several.removesuffix(label), label)


def is_message(scheme: Scheme) -> bool:
    """Whether a request is signed as RFC 9421 says, and its headers are structured fields."""
    return scheme.strategy == "http_message"


def signed_by(
    lab: Lab, parcel: Parcel, scheme: Scheme, *, secret: str | None = None, at: float | None = None
) -> Parcel:
    """Return a parcel that is signed in another way, with another secret, or at another time."""
    made = sign(
        scheme,
        lab.secret("secret") if secret is None else secret,
        parcel.body,
        timestamp=time.time() if at is None else at,
        event_id=parcel.event_id,
        webhook_id=f"golive-{lab.setup.vendor}",
        url=parcel.url,
        headers={name: value for name, value in parcel.headers if isinstance(value, str)},
    )
    for name, value in made.items():
        parcel = parcel.with_header(name, value)
    return parcel


def message_of(lab: Lab, parcel: Parcel, stamp: str) -> bytes:
    """Return the bytes that are signed where the time is written as `stamp`."""
    return signed_bytes(lab.setup.scheme, parcel.body, _values(lab, parcel, stamp))


def right_signature(lab: Lab, parcel: Parcel, stamp: str) -> str:
    """Return the signature that would be right for a parcel as it is."""
    return signature(lab.setup.scheme, lab.secret("secret"), message_of(lab, parcel, stamp))


def stamped(lab: Lab, parcel: Parcel, stamp: str) -> Parcel:
    """Return a parcel whose time is written as `stamp`, and signed so.

    In a structured field it is put into its place alone: what is no whole number is none there, whoever signed it.
    """
    if is_message(lab.setup.scheme):
        told = re.sub("created=[0-9]+", f"created={stamp}", parcel.header("Signature-Input") or "")
        return parcel.with_header("Signature-Input", told)
    values = {**_values(lab, parcel, stamp), "signature": right_signature(lab, parcel, stamp)}
    for name, value in lab.setup.scheme.headers.items():
        parcel = parcel.with_header(filled(name, values), filled(value, values))
    return parcel


def without_time(lab: Lab, parcel: Parcel) -> Parcel:
    """Return a parcel that tells no time, signed as if the time were empty."""
    scheme = lab.setup.scheme
    if is_message(scheme):
        kept_parameters = tuple(name for name in scheme.parameters if name not in {"created", "expires"})
        return signed_by(lab, parcel, scheme.model_copy(update={"parameters": kept_parameters}))
    values = {**_values(lab, parcel, ""), "signature": right_signature(lab, parcel, "")}
    for name, template in lab.setup.scheme.headers.items():
        kept = re.sub(r"(?:[a-z]+=)?{timestamp}[,; ]*", "", template)
        parcel = parcel.with_header(name, filled(kept, values)) if kept else parcel.without_header(name)
    return parcel


def digest(lab: Lab, message: bytes, kind: str, *, keyed: bool = True) -> str:
    """Return a digest of another kind than the scheme's, or one that needs no secret, written as the scheme does."""
    scheme = lab.setup.scheme
    if keyed:
        made = hmac.digest(key_in(scheme, lab.secret("secret")), message, kind)
    else:
        made = hashlib.new(kind, message).digest()
    return made.hex() if scheme.encoding == "hex" else base64.b64encode(made).decode()


def stamp_now(lab: Lab) -> str:
    """Return the time of now as the scheme writes it."""
    return written(lab.setup.scheme, time.time())


def _values(lab: Lab, parcel: Parcel, stamp: str) -> Mapping[str, str]:
    return {"timestamp": stamp, "event_id": parcel.event_id, "webhook_id": f"golive-{lab.setup.vendor}"}
