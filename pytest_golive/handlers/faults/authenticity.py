"""Authenticity: only what the vendor sent counts."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from pytest_golive.handlers.catalogue import fault
from pytest_golive.handlers.forging import signature_in
from pytest_golive.handlers.parcel import Parcel
from pytest_golive.handlers.trial import Trial
from pytest_golive.signing.scheme import written

PARTS: Mapping[str, Callable[[str], str]] = {
    "the first 8 characters of its signature": lambda right: right[:8],
    "the first half of its signature": lambda right: right[: len(right) // 2],
    "all but the last character of its signature": lambda right: right[:-1],
    "a letter appended to its signature": lambda right: right + "0",
}
"""What a careless comparison takes for the right signature."""

MALFORMED = (
    "no-signature",
    ",",
    "v1,,,",
    "t=,v1=",
    "sha256",
    "a  b",
    "====",
    "\u00e9\u00ff",
    "-1",
    "9" * 400,
    "x" * 4000,
)
"""What stands in the place of a signature or a time."""


@fault("WH-01")
def unsigned(trial: Trial) -> None:
    """Each header that proves where a delivery comes from, left out by itself, then all of them."""
    whole = trial.genuine()
    lacking: list[tuple[str, ...]] = [(name,) for name in whole.proof]
    if len(lacking) > 1:
        lacking.append(whole.proof)
    for names in lacking:
        parcel = trial.genuine().without_header(*names).saying(f"a delivery without {' and '.join(names)}")

        trial.must_refuse(parcel, trial.send(parcel))


@fault("WH-02")
def wrong_secret(trial: Trial) -> None:
    """Everything right but the secret, which is a new one of the same form."""
    parcel = trial.genuine(secret=trial.wrong_secret(), said="a delivery signed with another secret")

    trial.must_refuse(parcel, trial.send(parcel))


@fault("WH-03")
def tampered_body(trial: Trial) -> None:
    """One byte of the body is another one than when it was signed; the JSON stays valid."""
    parcel = trial.genuine()
    sent = parcel.with_body(tampered(parcel)).saying("a delivery whose body was changed after signing")

    trial.must_refuse(sent, trial.send(sent))


@fault("WH-04")
def signature_of_another(trial: Trial) -> None:
    """The proof of one genuine delivery under the body of another one."""
    one, other = trial.genuine(), trial.genuine()
    trial.given(one, acts=False)
    parcel = other.saying("a delivery with the signature of another one")
    for name in one.proof:
        parcel = parcel.with_header(name, one.header(name) or "")

    trial.must_refuse(parcel, trial.send(parcel))


@fault("WH-05")
def empty_signature(trial: Trial) -> None:
    """Headers that are there and say nothing: empty, and with what stands before a signature alone."""
    whole = trial.genuine()
    for name in whole.proof:
        parcel = trial.genuine().with_header(name, "").saying(f"a delivery with an empty {name}")
        trial.must_refuse(parcel, trial.send(parcel))
    placed = signature_in(trial.lab, whole)
    if placed is not None and (placed.before or placed.after):
        parcel = trial.genuine()
        name, value = placed.name, f"{placed.before}{placed.after}"
        parcel = parcel.with_header(name, value).saying(f"a delivery with nothing after {placed.before!r} in {name}")
        trial.must_refuse(parcel, trial.send(parcel))


@fault("WH-06")
def part_of_a_signature(trial: Trial) -> None:
    """Beginnings of the right signature, and the right one with something appended."""
    for said, change in PARTS.items():
        parcel = trial.genuine()
        placed = signature_in(trial.lab, parcel)
        if placed is None:
            trial.cannot_tell("to find the signature in its header", "it stands in none")
        sent = parcel.with_header(placed.name, f"{placed.before}{change(placed.signature)}{placed.after}")
        sent = sent.saying(f"a delivery with {said}")
        trial.must_refuse(sent, trial.send(sent))


@fault("WH-08")
def malformed_signature(trial: Trial) -> None:
    """Signature headers that no vendor writes: whoever decodes them without care fails over them."""
    for value in MALFORMED:
        parcel = trial.genuine()
        for name in parcel.proof:
            sent = parcel.with_header(name, value).saying(f"a delivery with {shortened(value)} as its {name}")
            receipt = trial.send(sent)
            trial.must(
                not receipt.failed and not receipt.accepted,
                expected="a 4xx",
                actual=f"{sent.said} {receipt.told}",
            )


@fault("WH-11")
def overlap_of_a_rotation(trial: Trial) -> None:
    """During a rotation the vendor signs with the old secret, then with the new one, or with both."""
    old, new = trial.lab.secret("previous_secret"), trial.lab.secret("secret")
    both = trial.lab.setup.scheme.several is not None
    sent = [
        trial.genuine(secret=old, said="a delivery signed with the previous secret"),
        trial.genuine(secret=new, said="a delivery signed with the new secret"),
    ]
    if both:
        sent.append(trial.genuine(secret=old, further_secrets=[new], said="a delivery signed with both secrets"))
    for parcel in sent:
        trial.must_accept(parcel, trial.send(parcel))


@fault("WH-12")
def retired_secret(trial: Trial) -> None:
    """The secret that was rotated out, after its overlap."""
    secret = trial.lab.secret("retired_secret")
    parcel = trial.genuine(secret=secret, said="a delivery signed with the retired secret")

    trial.must_refuse(parcel, trial.send(parcel))


@fault("WH-14")
def raw_bytes(trial: Trial) -> None:
    """The same event in other bytes, each signed as it is sent: whoever signs what he wrote anew refuses it."""
    for said, body in (
        ("blanks between its parts", lambda raw: _written(raw, separators=(" , ", " : "))),
        ("its fields in another order", lambda raw: _written(dict(reversed(json.loads(raw).items())))),
        ("its lines indented", lambda raw: _written(raw, indent=3)),
        ("a line end behind it", lambda raw: raw + b"\n"),
        ("a letter written as \\u0065", lambda raw: raw.replace(b"e", b"\\u0065", 1)),
    ):
        parcel = trial.genuine(body=body, said=f"a delivery with {said}")
        trial.must_accept(parcel, trial.send(parcel))


@fault("WH-16")
def case_of_names(trial: Trial) -> None:
    """All header names in capitals, and in small letters."""
    for said, change in (("capitals", str.upper), ("small letters", str.lower)):
        parcel = trial.genuine(said=f"a delivery with its header names in {said}")
        sent = parcel.with_names((change(name), value) for name, value in parcel.headers)
        trial.must_accept(sent, trial.send(sent))


@fault("WH-17")
def time_changed_after_signing(trial: Trial) -> None:
    """The signed time moved by a second, everything else as it was; then the id, where it is signed."""
    now = time.time()
    parcel = trial.genuine(sent_at=now)
    scheme = trial.lab.setup.scheme
    there, moved = written(scheme, now), written(scheme, now - 1)
    sent = parcel.saying("a delivery whose time was changed after signing")
    for name in parcel.proof:
        sent = sent.with_header(name, (parcel.header(name) or "").replace(there, moved))

    trial.must_refuse(sent, trial.send(sent))
    if "{event_id}" in scheme.signed:
        _id_changed_after_signing(trial)


def _id_changed_after_signing(trial: Trial) -> None:
    """Another id in the header, by which a handler that trusts it takes a replay for something new."""
    parcel = trial.genuine()
    other = f"{parcel.event_id[:-1]}{'0' if parcel.event_id[-1:] != '0' else '1'}"
    sent = parcel.saying("a delivery whose id was changed after signing")
    for name, template in trial.lab.setup.scheme.headers.items():
        if "{event_id}" in template:
            sent = sent.with_header(name, (parcel.header(name) or "").replace(parcel.event_id, other))

    receipt = trial.send(sent)

    trial.must_refuse(sent, receipt)
    trial.must_refuse(sent, receipt, effect_of=other)


@fault("WH-18")
def signature_elsewhere(trial: Trial) -> None:
    """What proves the delivery stands in the query, and in no header."""
    parcel = trial.genuine()
    query = urlencode({name: parcel.header(name) or "" for name in parcel.proof})
    sent = replace(parcel.without_proof(), url=f"{parcel.url}?{query}", said="a delivery with its proof in the query")

    trial.must_refuse(sent, trial.send(sent))


@fault("WH-20")
def foreign_secret(trial: Trial) -> None:
    """The secret of another environment."""
    secret = trial.lab.secret("foreign_secret")
    parcel = trial.genuine(secret=secret, said="a delivery signed with another environment's secret")

    trial.must_refuse(parcel, trial.send(parcel))


def shortened(value: str) -> str:
    """Return a header's value as a finding shows it."""
    return repr(value) if len(value) <= 20 else f"{value[:3]!r}… ({len(value)} characters)"


def tampered(parcel: Parcel) -> bytes:
    """Return the body with one letter changed: the event is about another thing now, and still well formed."""
    subject = parcel.subject.encode()
    if subject and subject in parcel.body:
        return parcel.body.replace(subject, subject[:-1] + (b"x" if subject[-1:] != b"x" else b"y"))
    # White space before the end changes the bytes and not the meaning.
    return parcel.body[:-1] + b" " + parcel.body[-1:]


def _written(event: Any, **how: Any) -> bytes:
    known = json.loads(event) if isinstance(event, bytes) else event
    return json.dumps(known, ensure_ascii=False, **how).encode()
