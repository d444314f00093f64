"""Vectors of HTTP Message Signatures: what goes wrong with coverage, parameters and structured fields."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from pytest_golive.signing.message import content_digest
from pytest_golive.signing.scheme import Scheme
from pytest_golive.signing.vectors import AT, ODD, TYPE, URL, Parties, Vector
from pytest_golive.signing.verdict import Reason


def message_vectors(parties: Parties) -> Iterator[Vector]:
    """Yield the vectors that only these schemes have."""
    yield from _requests(parties)
    yield from _coverage(parties)
    yield from _inputs(parties)
    yield from _signatures(parties)


def _requests(parties: Parties) -> Iterator[Vector]:
    usual, scheme = parties.genuine, parties.scheme
    yield replace(usual, id="method_changed", said="the same as a PUT", method="PUT", reason="wrong")
    yield replace(usual, id="url_changed", said="sent to another tenant", url=URL.replace("7", "8"), reason="wrong")
    yield replace(
        usual, id="host_changed", said="sent to another host", url=URL.replace("shop", "mall"), reason="wrong"
    )
    yield replace(
        usual,
        id="type_changed",
        said="another Content-Type",
        headers={**usual.headers, "Content-Type": "text/plain"},
        reason="wrong",
    )
    yield replace(
        usual,
        id="digest_redone",
        said="another body, and the digest made anew for it",
        headers={**usual.headers, "Content-Digest": content_digest(scheme, ODD)},
        body=ODD,
        reason="wrong",
    )
    other = scheme.model_copy(update={"digest": "sha-512"})
    yield replace(
        usual,
        id="digest_sha_512",
        said="the digest is the longer one of the two",
        headers=_signed(parties, other),
    )


def _coverage(parties: Parties) -> Iterator[Vector]:
    usual, scheme = parties.genuine, parties.scheme
    for name in scheme.covers:
        fewer = scheme.model_copy(update={"covers": tuple(one for one in scheme.covers if one != name)})
        yield replace(
            usual,
            id=f"uncovered_{name.lstrip('@').replace('-', '_')}",
            said=f"rightly signed, and {name} is not covered",
            headers={**usual.headers, **_signed(parties, fewer)},
            reason="malformed",
        )
    more = scheme.model_copy(update={"covers": (*scheme.covers, "@authority", '@query-param;name="tenant"')})
    yield replace(usual, id="covers_more", said="more is covered than was asked for", headers=_signed(parties, more))
    turned = scheme.model_copy(update={"covers": scheme.covers[::-1]})
    yield replace(usual, id="covers_turned", said="the same in another order", headers=_signed(parties, turned))


def _inputs(parties: Parties) -> Iterator[Vector]:
    usual, scheme = parties.genuine, parties.scheme
    told = usual.headers["Signature-Input"]
    changes: dict[str, tuple[str, str, Reason]] = {
        "created_later": ("the time was changed", told.replace(str(AT), str(AT + 1)), "wrong"),
        "created_text": ("the time is text", told.replace(str(AT), '"soon"'), "malformed"),
        "created_gone": ("no time", told.replace(f";created={AT}", ""), "malformed"),
        "algorithm": ("another algorithm", told.replace(scheme.algorithm, "rsa-v1_5-sha256"), "malformed"),
        "label": ("a label that Signature does not have", told.replace(scheme.label, "other", 1), "malformed"),
        "broken": ("no structured field", told.replace("(", "", 1), "malformed"),
        "empty": ("empty", "", "malformed"),
    }
    for name, (said, changed, reason) in changes.items():
        headers = {**usual.headers, "Signature-Input": changed}
        yield replace(usual, id=f"input_{name}", said=f"Signature-Input: {said}", headers=headers, reason=reason)
    limited = scheme.model_copy(update={"parameters": (*scheme.parameters, "expires"), "expires_seconds": 60.0})
    headers = _signed(parties, limited)
    yield replace(usual, id="expires_now", said="in its last second", headers=headers, now=AT + 60)
    yield replace(usual, id="expired", said="a second after it expired", headers=headers, now=AT + 61, reason="stale")


def _signatures(parties: Parties) -> Iterator[Vector]:
    usual, label = parties.genuine, parties.scheme.label
    value = usual.headers["Signature"]
    changes: dict[str, tuple[str, str, Reason]] = {
        "zeros": ("well-formed bytes that fit nothing", f"{label}=:{'A' * 43}=:", "wrong"),
        "no_bytes": ("no bytes at all", f"{label}=::", "wrong"),
        "text": ("text where bytes are due", f'{label}="abc"', "malformed"),
        "bare": ("the digits alone", value.removeprefix(f"{label}=").strip(":"), "malformed"),
        "beyond_ascii": ("letters beyond ASCII", f"{label}=:{'é' * 44}:", "malformed"),
        "empty": ("empty", "", "malformed"),
    }
    for name, (said, changed, reason) in changes.items():
        headers = {**usual.headers, "Signature": changed}
        yield replace(usual, id=f"signature_{name}", said=f"Signature: {said}", headers=headers, reason=reason)
    told = usual.headers["Signature-Input"]
    headers = {
        **usual.headers,
        "Signature-Input": f'proxy=("@method");created={AT}, {told}',
        "Signature": f"proxy=:{'A' * 43}=:, {value}",
    }
    yield replace(usual, id="signature_second_fits", said="one more signature, by somebody else", headers=headers)


def _signed(parties: Parties, scheme: Scheme) -> dict[str, str]:
    """Return the headers of the usual delivery, signed in another way."""
    return {**TYPE, **replace(parties, scheme=scheme).signed()}
