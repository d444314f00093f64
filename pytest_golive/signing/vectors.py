"""Deliveries by which anybody can try a verifier: of each scheme, genuine ones and forged ones, each with its verdict.

What is expected is said here, case by case; nothing is asked of :func:`verify`.
"""
# ruff: noqa: S105  # an encoding's name is no password

from __future__ import annotations

import base64
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pytest_golive.signing.key import public_of
from pytest_golive.signing.scheme import PLACEHOLDER, Scheme, written
from pytest_golive.signing.signer import sign
from pytest_golive.signing.verdict import Reason

AT = 1_777_896_000
"""2026-05-04T12:00:00Z: when the deliveries are sent."""

PLAIN = (
    '{"event":"message.received","event_id":"evt_vector_0001","timestamp":"2026-05-04T12:00:00Z",'
    '"workspace_id":"ws_vector","data":{"message_id":"msg_vector_1","content":"olá"}}'
).encode()
ODD = rb'{ "event": "message.received", "event_id": "evt_vector_0002", "data": {"content": "ol\u00e1"} }'

URL = "https://shop.example/hooks?tenant=7"
TYPE = {"Content-Type": "application/json"}


@dataclass(frozen=True, slots=True)
class Vector:
    """One delivery, and what is right to say of it.

    Attributes:
        id: its name within the scheme.
        said: what is special about it, in words.
        secrets: what the receiver has.
        headers: as they come.
        body: as it comes.
        now: Unix seconds on the receiver's clock.
        reason: why it is no proof; None: it is genuine.
        method: of the request.
        url: it came to.
    """

    id: str
    said: str
    secrets: tuple[str, ...]
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    now: float = AT
    reason: Reason | None = None
    method: str = "POST"
    url: str = URL

    def plain(self) -> dict[str, Any]:
        """Return it as a file holds it."""
        return {
            "id": self.id,
            "said": self.said,
            "secrets": list(self.secrets),
            "method": self.method,
            "url": self.url,
            "headers": dict(self.headers),
            "body_base64": base64.b64encode(self.body).decode(),
            "now": self.now,
            "verdict": "refused" if self.reason else "genuine",
            "reason": self.reason,
        }


@dataclass(frozen=True, slots=True)
class Parties:
    """Who signs with what, in the vectors of one scheme. Made for them, and used nowhere else.

    Attributes:
        scheme: how.
        secret: the one that is valid.
        previous: the one before it.
        foreign: one that was never valid here.
        username: who sends, for `basic`.
        header_name: the header that was agreed.
    """

    scheme: Scheme
    secret: str
    previous: str
    foreign: str
    username: str = "shop"
    header_name: str = "X-Shop-Key"

    def signed(self, body: bytes = PLAIN, secret: str | None = None, **changes: Any) -> dict[str, str]:
        """Return the headers of a delivery."""
        values: dict[str, Any] = {
            "timestamp": AT,
            "event_id": "evt_vector_0001",
            "webhook_id": "wh_1",
            "username": self.username,
            "header_name": self.header_name,
            "url": URL,
            "headers": TYPE,
        }
        return {**TYPE, **sign(self.scheme, secret or self.secret, body, **(values | changes))}

    def receiver(self, *secrets: str) -> tuple[str, ...]:
        """Return what a receiver has of these secrets: the public keys, where there are two."""
        return tuple(public_of(self.scheme, one) for one in secrets) if self.scheme.asymmetric else secrets

    @property
    def genuine(self) -> Vector:
        """The delivery that all others are made of."""
        return Vector(
            "genuine", "compact JSON with a letter beyond ASCII", self.receiver(self.secret), self.signed(), PLAIN
        )


def vectors(parties: Parties) -> tuple[Vector, ...]:
    """Return all vectors of a scheme."""
    from pytest_golive.signing.message_vectors import message_vectors

    scheme = parties.scheme
    if scheme.strategy == "none":
        return (replace(parties.genuine, said="nothing proves it, and nothing is asked for"),)
    made = [*_genuine(parties), *_rotation(parties), *_without_headers(parties)]
    if not scheme.signs:
        return (*made, *_agreed(parties))
    made += [*_forged(parties), *_times(parties)]
    made += message_vectors(parties) if scheme.strategy == "http_message" else _spoilt(parties)
    return tuple(made)


def _genuine(parties: Parties) -> Iterator[Vector]:
    usual = parties.genuine
    yield usual
    bodies = {
        "odd_spacing": ("spaces and an escape that nobody would write so: only the raw bytes verify", ODD),
        "empty_body": ("no body at all", b""),
        "no_text": ("a body that is neither UTF-8 nor JSON", b"\xff\x00{timestamp}\r\n"),
    }
    for name, (said, body) in bodies.items():
        yield replace(usual, id=f"genuine_{name}", said=said, headers=parties.signed(body), body=body)
    for name, cased in (("lower", str.lower), ("upper", str.upper)):
        headers = {cased(key): value for key, value in usual.headers.items()}
        yield replace(usual, id=f"genuine_{name}_case", said=f"header names in {name} case", headers=headers)


def _rotation(parties: Parties) -> Iterator[Vector]:
    usual, new, old = parties.genuine, parties.secret, parties.previous
    by_old = parties.signed(secret=old)
    yield replace(
        usual,
        id="overlap_previous",
        said="during the overlap: the sender still has the previous secret, the receiver takes both",
        secrets=parties.receiver(new, old),
        headers=by_old,
    )
    yield replace(
        usual,
        id="overlap_current",
        said="during the overlap: the sender has the new secret already, the receiver takes both",
        secrets=parties.receiver(new, old),
    )
    yield replace(
        usual, id="overlap_over", said="the overlap is over: the previous secret", headers=by_old, reason="wrong"
    )
    yield replace(
        usual,
        id="foreign",
        said="another sender's secret",
        headers=parties.signed(secret=parties.foreign),
        reason="wrong",
    )
    if parties.scheme.several is not None:
        both = parties.signed(further_secrets=[old])
        for name, secret in (("current", new), ("previous", old)):
            yield replace(
                usual,
                id=f"both_sign_receiver_has_{name}",
                said=f"signed with both secrets; the receiver has the {name} one alone",
                secrets=parties.receiver(secret),
                headers=both,
            )
        yield replace(
            usual,
            id="both_sign_receiver_has_foreign",
            said="signed with both secrets; the receiver has neither",
            secrets=parties.receiver(parties.foreign),
            headers=both,
            reason="wrong",
        )


def _without_headers(parties: Parties) -> Iterator[Vector]:
    usual = parties.genuine
    proof = [name for name in usual.headers if name not in TYPE]
    for name in proof:
        rest = {key: value for key, value in usual.headers.items() if key != name}
        yield replace(usual, id=f"without_{_slug(name)}", said=f"no {name}", headers=rest, reason="missing")
    yield replace(usual, id="without_proof", said="nothing that proves it", headers=TYPE, reason="missing")


def _agreed(parties: Parties) -> Iterator[Vector]:
    usual = parties.genuine
    name, value = next((name, value) for name, value in usual.headers.items() if name not in TYPE)
    changes = {
        "empty": ("an empty value", ""),
        "shortened": ("the last character is missing", value[:-1]),
        "lengthened": ("one character more", f"{value}0"),
        "other_letters": ("letters in the other case", value.swapcase()),
        "beyond_ascii": ("a letter beyond ASCII at the end", f"{value}é"),
    }
    for key, (said, changed) in changes.items():
        headers = {**usual.headers, name: changed}
        yield replace(usual, id=f"value_{key}", said=said, headers=headers, reason="wrong")


def _forged(parties: Parties) -> Iterator[Vector]:
    usual = parties.genuine
    bodies = {
        "first_byte": ("the first byte is another", b"[" + PLAIN[1:]),
        "value": ("one letter of a value is another", PLAIN.replace(b"ws_vector", b"ws_vectos")),
        "trailing_newline": ("a line end was added", PLAIN + b"\n"),
        "truncated": ("the last byte is missing", PLAIN[:-1]),
        "emptied": ("the body is gone", b""),
        "escaped": ("the same JSON, written anew with an escape", PLAIN.replace("á".encode(), rb"\u00e1")),
        "of_another": ("the body of another delivery", ODD),
    }
    for name, (said, body) in bodies.items():
        yield replace(usual, id=f"body_{name}", said=said, body=body, reason="wrong")


def _times(parties: Parties) -> Iterator[Vector]:
    usual, limit = parties.genuine, parties.scheme.tolerance_seconds
    if not parties.scheme.signs_time or limit is None:
        return
    whole = int(limit)
    yield replace(usual, id="time_oldest", said=f"{whole} s old: just in time", now=AT + whole)
    yield replace(usual, id="time_newest", said=f"{whole} s ahead: just in time", now=AT - whole)
    yield replace(usual, id="time_old", said=f"{whole + 1} s old", now=AT + whole + 1, reason="stale")
    yield replace(usual, id="time_ahead", said=f"{whole + 1} s ahead", now=AT - whole - 1, reason="stale")
    yield replace(usual, id="time_replayed", said="sent again a day later", now=AT + 86_400, reason="stale")


def _spoilt(parties: Parties) -> Iterator[Vector]:
    """Yield deliveries whose headers were changed, of schemes that fill a template."""
    yield from _spoilt_signatures(parties)
    scheme, usual = parties.scheme, parties.genuine
    for name, other in (("timestamp", written(scheme, AT + 1)), ("event_id", "evt_vector_0002")):
        there = written(scheme, AT) if name == "timestamp" else "evt_vector_0001"
        if f"{{{name}}}" not in scheme.signed:
            continue
        headers = _with_value(scheme, usual.headers, name, there, other)
        said = f"{name} was changed after it was signed"
        yield replace(usual, id=f"{name}_changed", said=said, headers=headers, reason="wrong")
        if name == "timestamp":
            headers = _with_value(scheme, usual.headers, name, there, "soon")
            yield replace(
                usual, id="timestamp_no_time", said="a time that is none", headers=headers, reason="malformed"
            )


def _spoilt_signatures(parties: Parties) -> Iterator[Vector]:
    scheme, usual = parties.scheme, parties.genuine
    name, template = next((key, value) for key, value in scheme.headers.items() if "{signature}" in value)
    value = usual.headers[name]
    proof = template.partition("{signature}")[0].replace("{timestamp}", written(scheme, AT))
    digits = value.removeprefix(proof)
    wrong = ("0" if scheme.encoding == "hex" else "A") * len(digits.rstrip("="))
    forms: dict[str, tuple[str, str, Reason]] = {
        "zeros": ("well-formed digits that fit nothing", proof + wrong + digits[len(wrong) :], "wrong"),
        "empty": ("an empty header", "", "malformed"),
        "cut": ("the first half of the digits", proof + digits[: len(digits) // 2], "malformed"),
        "lengthened": ("two digits more", f"{value}00", "malformed"),
        "no_digits": ("letters that are no digits", proof + "?" * len(digits), "malformed"),
        "beyond_ascii": ("letters beyond ASCII", proof + "é" * len(digits), "malformed"),
        "not_a_header": ("something else entirely", "undefined", "malformed"),
    }
    if proof:
        forms["bare"] = ("the digits alone, without what has to stand before them", digits, "malformed")
    if scheme.encoding == "hex":
        forms["upper_case"] = (
            "digits in upper case, which the sender never writes",
            proof + digits.upper(),
            "malformed",
        )
    for key, (said, changed, reason) in forms.items():
        yield replace(usual, id=f"signature_{key}", said=said, headers={**usual.headers, name: changed}, reason=reason)
    if scheme.several is not None:
        other = scheme.several.replace("v1", "v9")
        headers = {**usual.headers, name: f"{value}{other}{'0' * 64}"}
        yield replace(
            usual, id="signature_of_a_later_kind", said="a second signature, of a kind to come", headers=headers
        )
        forged = f"{proof}{wrong}{digits[len(wrong) :]}{scheme.several}{digits}"
        headers = {**usual.headers, name: forged}
        yield replace(usual, id="signature_second_fits", said="the second of two signatures fits", headers=headers)


def _with_value(scheme: Scheme, headers: Mapping[str, str], name: str, there: str, other: str) -> dict[str, str]:
    """Return headers in which a placeholder has another value, the signature staying as it is."""
    changed = dict(headers)
    for header, template in scheme.headers.items():
        if name in PLACEHOLDER.findall(template):
            changed[header] = headers[header].replace(there, other)
    return changed


def _slug(name: str) -> str:
    return name.lower().replace("-", "_")


def parties_of(scheme: Scheme, name: str) -> Parties:
    """Return who signs with what in the vectors of a scheme; the same for the same name."""
    secrets: Sequence[str] = [f"{name}-vector-secret-{number:02}" for number in (1, 2, 3)]
    if scheme.secret_encoding == "base64":
        keys = [f"{one:.<32.32}".encode() for one in (f"{number:02}-{name}" for number in (1, 2, 3))]
        secrets = [scheme.secret_prefix + base64.b64encode(key).decode() for key in keys]
    elif scheme.secret_encoding == "hex":
        secrets = [scheme.secret_prefix + one.encode().hex() for one in secrets]
    return Parties(scheme, *secrets)
