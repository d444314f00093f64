"""HTTP Message Signatures (RFC 9421) over a request and, by its Content-Digest (RFC 9530), over its body."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Callable, Mapping, Sequence
from math import floor
from typing import TypeVar

from pytest_golive.signing import ed25519
from pytest_golive.signing.key import key_in, public_key_in
from pytest_golive.signing.request import Lacking, Request, value_of
from pytest_golive.signing.scheme import Scheme
from pytest_golive.signing.structured import Bare, InnerList, byte_strings, component, inner_lists, written
from pytest_golive.signing.verdict import REASONS, NotGenuine, check_age

Kind = TypeVar("Kind")

DIGESTS = {"sha-256": "sha256", "sha-512": "sha512"}


def message_values(scheme: Scheme, secrets: Sequence[str], request: Request, timestamp: float | None) -> dict[str, str]:
    """Return what a scheme's headers say: digest, signature input, signature; one signature for each secret.

    Raises:
        ValueError: a secret holds no key, or the scheme covers or tells what is not given.
    """
    digest = content_digest(scheme, request.body)
    signed = Request(request.method, request.url, {**request.headers, "content-digest": digest}, request.body)
    covered = InnerList(tuple(map(component, scheme.covers)), _told(scheme, timestamp))
    try:
        base = signature_base(covered, signed)
    except Lacking as lack:
        raise ValueError(f"the scheme covers {lack}, and none was given") from None
    made = {_label(scheme, number): _signature(scheme, secret, base) for number, secret in enumerate(secrets)}
    return {
        "content_digest": digest,
        "signature_input": ", ".join(f"{label}={covered.written}" for label in made),
        "signature": ", ".join(f"{label}={written(one)}" for label, one in made.items()),
    }


def content_digest(scheme: Scheme, body: bytes) -> str:
    """Return the Content-Digest of a body."""
    return f"{scheme.digest}={written(hashlib.new(DIGESTS[scheme.digest], body).digest())}"


def signature_base(covered: InnerList, request: Request) -> bytes:
    """Return the bytes that are signed.

    Raises:
        Lacking: the request has not all that is covered.
        ValueError: there is no such component, or one stands there twice.
    """
    names = [item.written for item in covered.items]
    if len(set(names)) != len(names):
        raise ValueError("a component is covered twice")
    lines = [f"{item.written}: {value_of(item, request)}" for item in covered.items]
    return "\n".join([*lines, f'"@signature-params": {covered.written}']).encode()


def verify_message(scheme: Scheme, secrets: Sequence[str], request: Request, now: float) -> None:
    """Accept a request that one of its signatures proves.

    Every valid secret is tried; `keyid` is a hint that a forger writes as well.

    Raises:
        NotGenuine: none does; says what is wrong with the one that came closest.
        ValueError: a secret holds no key.
    """
    given = request.headers
    inputs = _read(given, "Signature-Input", inner_lists)
    signatures = _read(given, "Signature", byte_strings)
    labels = [label for label in inputs if label in signatures]
    if not labels:
        raise NotGenuine("malformed", "Signature and Signature-Input have no label in common")
    refusals: list[NotGenuine] = []
    for label in labels:
        try:
            _verify_one(scheme, secrets, request, inputs[label], signatures[label], now)
        except NotGenuine as refused:
            refusals.append(refused)
        else:
            return
    raise max(refusals, key=lambda one: REASONS.index(one.reason))


def _verify_one(
    scheme: Scheme, secrets: Sequence[str], request: Request, covered: InnerList, signed: bytes, now: float
) -> None:
    _verify_coverage(scheme, covered)
    _verify_times(scheme, covered, now)
    try:
        base = signature_base(covered, request)
    except Lacking as lack:
        raise NotGenuine("missing", f"{lack} is missing") from None
    except ValueError as problem:
        raise NotGenuine("malformed", f"Signature-Input covers what cannot be told: {problem}") from None
    fits = [_fits(scheme, secret, signed, base) for secret in secrets]
    if not any(fits):
        raise NotGenuine("wrong", "no signature fits the request and the secret")
    if any(item.name == "content-digest" for item in covered.items):
        _verify_digest(request)


def _verify_coverage(scheme: Scheme, covered: InnerList) -> None:
    there = {item.written for item in covered.items}
    for each in map(component, scheme.covers):
        if each.written not in there:
            raise NotGenuine("malformed", f"Signature-Input does not cover {each.written}")
    told = covered.parameters
    if "alg" in told and told["alg"] != scheme.algorithm:
        raise NotGenuine("malformed", f"Signature-Input does not say that alg is {scheme.algorithm}")
    if scheme.tag and told.get("tag") != scheme.tag:
        raise NotGenuine("malformed", f"Signature-Input does not say that tag is {scheme.tag}")


def _verify_times(scheme: Scheme, covered: InnerList, now: float) -> None:
    told = covered.parameters
    for name in ("created", "expires"):
        if name in scheme.parameters and name not in told:
            raise NotGenuine("malformed", f"Signature-Input does not say {name}")
        if name in told and type(told[name]) is not int:
            raise NotGenuine("malformed", f"Signature-Input does not say {name} in whole seconds")
    if "created" in told:
        check_age(scheme, now - int(told["created"]))
    if "expires" in told and now > int(told["expires"]):
        raise NotGenuine("stale", f"the signature expired {now - int(told['expires']):.0f} s ago")


def _verify_digest(request: Request) -> None:
    digests = _read(request.headers, "Content-Digest", byte_strings)
    known = {name: value for name, value in digests.items() if name in DIGESTS}
    if not known:
        raise NotGenuine("malformed", f"Content-Digest has none of {', '.join(DIGESTS)}")
    for name, value in known.items():
        if not hmac.compare_digest(hashlib.new(DIGESTS[name], request.body).digest(), value):
            raise NotGenuine("wrong", f"the {name} of Content-Digest is not that of the body")


def _read(given: Mapping[str, str], name: str, reader: Callable[[str], dict[str, Kind]]) -> dict[str, Kind]:
    if name.lower() not in given:
        raise NotGenuine("missing", f"{name} is missing")
    try:
        return reader(given[name.lower()])
    except ValueError as problem:
        raise NotGenuine("malformed", f"{name} is no structured field: {problem}") from None


def _told(scheme: Scheme, timestamp: float | None) -> dict[str, Bare]:
    if timestamp is None and {"created", "expires"} & set(scheme.parameters):
        raise ValueError("the scheme tells when a signature was made, and no time was given")
    moment = floor(timestamp or 0)
    values: dict[str, Bare] = {
        "created": moment,
        "expires": moment + floor(scheme.expires_seconds or 0),
        "keyid": scheme.key_id,
        "alg": scheme.algorithm,
        "tag": scheme.tag,
    }
    return {name: values[name] for name in scheme.parameters if values[name] != ""}


def _label(scheme: Scheme, number: int) -> str:
    return scheme.label if number == 0 else f"{scheme.label}-{number + 1}"


def _signature(scheme: Scheme, secret: str, base: bytes) -> bytes:
    key = key_in(scheme, secret)
    return ed25519.signature(key, base) if scheme.asymmetric else hmac.digest(key, base, "sha256")


def _fits(scheme: Scheme, secret: str, signed: bytes, base: bytes) -> bool:
    if scheme.asymmetric:
        return ed25519.fits(public_key_in(scheme, secret), signed, base)
    return hmac.compare_digest(_signature(scheme, secret, base), signed)
