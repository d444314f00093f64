"""Freshness: a time that is missing, written oddly or in another unit, however rightly it is signed."""

from __future__ import annotations

import time
from collections.abc import Iterator

from pytest_golive.handlers.catalogue import fault
from pytest_golive.handlers.forging import is_message, signed_by, stamp_now, stamped, without_time
from pytest_golive.handlers.parcel import Parcel, Receipt
from pytest_golive.handlers.trial import Trial

NO_TIMES = ("", "abc", "nan", "inf", "-inf", "1e999", "9" * 400, "-1", "0x10", "\u00b2")
"""What is no time of today in anybody's notation. Of a NaN no comparison holds, not even that it is too old."""


@fault("WH-25")
def odd_time(trial: Trial) -> None:
    """No time, what is none, and the right one in a notation that only lenient parsers read."""
    lab = trial.lab
    missing = without_time(lab, trial.genuine()).saying("a delivery without its time")
    _must_be_a_refusal(trial, missing, trial.send(missing))
    for stamp in NO_TIMES:
        shown = repr(stamp) if len(stamp) < 20 else f"{len(stamp)} digits"
        parcel = stamped(lab, trial.genuine(), stamp).saying(f"a delivery with {shown} as its time")
        _must_be_a_refusal(trial, parcel, trial.send(parcel))
    for said, stamp in _lenient(stamp_now(lab)):
        parcel = stamped(lab, trial.genuine(), stamp).saying(f"a delivery whose time is written with {said}")
        receipt = trial.send(parcel)
        trial.must_not_fail(parcel, receipt)
        if receipt.accepted:
            trial.warn(f"{parcel.said} {receipt.told}; whoever reads digits only is on the safe side")


@fault("WH-27")
def other_units(trial: Trial) -> None:
    """The time of now in the units that the vendor does not write.

    Who reads it in one of those refuses all that is genuine, and takes what is written in that unit.
    """
    usual = trial.genuine(trial.some_event, said="a genuine delivery")
    receipt = trial.send(usual)
    for unit, moment in _units(time.time()):
        if f"unix_{unit}" == trial.lab.setup.scheme.timestamp:
            continue
        parcel = _in_unit(trial, moment).saying(f"a delivery whose time is written in {unit}")
        other = trial.send(parcel)
        if receipt.accepted:
            _must_be_a_refusal(trial, parcel, other)
        elif other.accepted:
            instead = f"one whose time is written in {unit} {other.told}"
            trial.must(False, expected="a 2xx", actual=f"{usual.said} {receipt.told}, and {instead}")
    if not receipt.accepted:
        trial.lab.control()


def _units(now: float) -> Iterator[tuple[str, float]]:
    yield from (("seconds", now), ("milliseconds", now * 1000), ("microseconds", now * 1_000_000))


def _in_unit(trial: Trial, moment: float) -> Parcel:
    lab = trial.lab
    parcel = trial.genuine(trial.some_event)
    if is_message(lab.setup.scheme):
        return signed_by(lab, parcel, lab.setup.scheme, at=moment)
    return stamped(lab, parcel, f"{moment:.0f}")


def _lenient(stamp: str) -> Iterator[tuple[str, str]]:
    """Yield notations in which the same time is right for some parsers, and no vendor writes it."""
    yield "a sign", f"+{stamp}"
    if stamp.isdecimal():
        yield "a fraction", f"{stamp}.0"
        yield "an underscore", f"{stamp[0]}_{stamp[1:]}"
        yield "a letter that counts as a digit", f"{stamp}\u00b2"


def _must_be_a_refusal(trial: Trial, parcel: Parcel, receipt: Receipt) -> None:
    status = receipt.status or 0
    trial.must(400 <= status <= 499, expected="a 4xx", actual=f"{parcel.said} {receipt.told}")
