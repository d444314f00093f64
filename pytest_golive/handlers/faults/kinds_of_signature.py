"""Authenticity: one kind of signature counts, in whatever place of its header."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator
from functools import partial

from pytest_golive.handlers.catalogue import fault
from pytest_golive.handlers.forging import (
    Entry,
    Placed,
    digest,
    entry_of,
    is_message,
    message_of,
    signature_in,
    signed_by,
    stamp_now,
    stamped,
)
from pytest_golive.handlers.parcel import Parcel
from pytest_golive.handlers.trial import Trial
from pytest_golive.signing import public_of

UNKNOWN_VERSIONS = (9, 0)
"""Versions of a signature that no vendor of golive's has."""

LONGER = "0123456789abcdef" * 8
"""What a kind of signature to come may look like: longer than any of today's."""


@fault("WH-07")
def another_kind(trial: Trial) -> None:
    """The right digest under another name, digests of weaker kinds, and one that needs no secret at all."""
    scheme = trial.lab.setup.scheme
    weaker = _confused if scheme.asymmetric else _renamed_algorithms if is_message(scheme) else _weaker
    for parcel in weaker(trial):
        trial.must_refuse(parcel, trial.send(parcel))


@fault("WH-09")
def any_of_several(trial: Trial) -> None:
    """The right signature first, last and in the middle of others, all written alike."""
    right = trial.lab.secret("secret")
    for said, before, after in (("behind another", 1, 0), ("before another", 0, 1), ("between two", 1, 1)):
        keys = [*_wrong(trial, before), right, *_wrong(trial, after)]
        parcel = trial.genuine(
            secret=keys[0], further_secrets=keys[1:], said=f"a delivery with its right signature {said}"
        )
        trial.must_accept(parcel, trial.send(parcel))


@fault("WH-10")
def unknown_versions(trial: Trial) -> None:
    """Entries of versions to come, before the right signature and behind it."""
    if is_message(trial.lab.setup.scheme):
        _further_signatures(trial)
        return
    entry = entry_of(trial.lab.setup.scheme)
    for version in UNKNOWN_VERSIONS:
        for said in ("before", "behind"):
            parcel = trial.genuine()
            placed = _placed(trial, parcel)
            label = entry.of_version(version) if entry is not None else None
            if entry is None or label is None:
                trial.cannot_tell("signatures that tell their version", "the vendor's tell none")
            value = _with_entry(placed, entry, f"{label}{LONGER}", first=said == "before")
            sent = parcel.with_header(placed.name, value)
            sent = sent.saying(f"a delivery with an entry {label!r} {said} its signature")
            trial.must_accept(sent, trial.send(sent))


def _further_signatures(trial: Trial) -> None:
    """A signature by somebody else, of a kind to come, before the right one and behind it."""
    for said in ("before", "behind"):
        parcel = trial.genuine(said=f"a delivery with a signature of an unknown algorithm {said} its own")
        for name, further in (
            ("Signature-Input", 'later=("@method");alg="golive-later"'),
            ("Signature", f"later=:{base64.b64encode(LONGER.encode()).decode()}:"),
        ):
            own = parcel.header(name) or ""
            parcel = parcel.with_header(name, f"{further}, {own}" if said == "before" else f"{own}, {further}")
        trial.must_accept(parcel, trial.send(parcel))


def _wrong(trial: Trial, count: int) -> list[str]:
    return [trial.wrong_secret() for _ in range(count)]


def _with_entry(placed: Placed, entry: Entry, further: str, *, first: bool) -> str:
    """Return the header's value with one more entry before the signature's, or behind it."""
    if not first:
        return f"{placed.value()}{entry.separator}{further}"
    head = placed.before.removesuffix(entry.label)
    return placed.value(before=f"{head}{further}{entry.separator}{entry.label}")


def _weaker(trial: Trial) -> Iterator[Parcel]:
    lab = trial.lab
    kind = lab.setup.scheme.hash
    for name, change in _other_names(trial):
        parcel = trial.genuine()
        placed = _placed(trial, parcel)
        sent = parcel.with_header(placed.name, placed.value(before=change(placed.before)))
        yield sent.saying(f"a delivery with its right digest under the name {name!r}")
    for said, weaker, keyed in (
        ("an HMAC by SHA-1", "sha1", True),
        (f"a {kind.upper()} digest that needs no secret", kind, False),
    ):
        if keyed and weaker == kind:
            continue
        parcel = trial.genuine()
        stamp = stamp_now(lab)
        # Time and all are signed anew, as this kind signs them.
        placed = _placed(trial, stamped(lab, parcel, stamp))
        made = digest(lab, message_of(lab, parcel, stamp), weaker, keyed=keyed)
        sent = stamped(lab, parcel, stamp)
        for before in dict.fromkeys((placed.before, placed.before.replace(kind, weaker))):
            yield sent.with_header(placed.name, placed.value(made, before=before)).saying(f"a delivery with {said}")
    yield from _unsigned(trial)


def _confused(trial: Trial) -> Iterator[Parcel]:
    """Yield what whoever has the public key alone can sign: with it as the secret of an HMAC, or by nothing at all."""
    lab, scheme = trial.lab, trial.lab.setup.scheme
    public = public_of(scheme, lab.secret("secret"))
    strategy = "http_message" if is_message(scheme) else "hmac"
    keyed = scheme.model_copy(
        update={"strategy": strategy, "algorithm": "hmac-sha256", "secret_prefix": scheme.public_prefix}
    )
    labels = [keyed]
    if not is_message(scheme):
        # The name that one shared secret's signatures have, and the own one's.
        headers = {name: value.replace("v1a,", "v1,") for name, value in scheme.headers.items()}
        labels.append(keyed.model_copy(update={"headers": headers}))
    for each in labels:
        parcel = signed_by(lab, trial.genuine(), each, secret=public)
        yield parcel.saying("a delivery with an HMAC whose secret is the public key")
    yield from _renamed_algorithms(trial) if is_message(scheme) else _unsigned(trial)


def _renamed_algorithms(trial: Trial) -> Iterator[Parcel]:
    """Yield deliveries whose algorithm is another one than they were signed by."""
    for name in ("none", "rsa-v1_5-sha256"):
        parcel = trial.genuine()
        told = re.sub(';alg="[^"]*"', "", parcel.header("Signature-Input") or "")
        sent = parcel.with_header("Signature-Input", f'{told};alg="{name}"')
        yield sent.saying(f"a delivery whose algorithm was changed to {name!r}")


def _unsigned(trial: Trial) -> Iterator[Parcel]:
    parcel = trial.genuine()
    yield parcel.with_header(_placed(trial, parcel).name, "none").saying("a delivery signed by the kind 'none'")


def _other_names(trial: Trial) -> Iterator[tuple[str, Callable[[str], str]]]:
    """Yield names that a digest of this scheme does not have, and what puts them in its own one's place."""
    kind = trial.lab.setup.scheme.hash
    before = _placed(trial, trial.genuine()).before
    label = re.search("v[0-9]+[=,]$", before)
    if kind in before:
        for other in ("sha1", "md5"):
            yield f"{other}=", partial(_renamed, kind, other)
    elif label is not None:
        for number in UNKNOWN_VERSIONS:
            other = re.sub("[0-9]+", str(number), label[0])
            yield other, partial(_renamed, label[0], other)
    else:
        yield "sha1=", lambda there: f"{there}sha1="


def _renamed(old: str, new: str, before: str) -> str:
    return before.replace(old, new)


def _placed(trial: Trial, parcel: Parcel) -> Placed:
    placed = signature_in(trial.lab, parcel)
    if placed is None:
        trial.cannot_tell("to find the signature in its header", "it stands in none")
    return placed
