"""Authenticity: what the time of a comparison may tell. A hint, and never more: a network is noisy."""

from __future__ import annotations

import math
import statistics
import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from pytest_golive.handlers.catalogue import fault
from pytest_golive.handlers.forging import Placed, signature_in
from pytest_golive.handlers.parcel import Parcel
from pytest_golive.handlers.sender import send
from pytest_golive.handlers.trial import Trial

PAIRS = 200
"""Refusals of either kind that are timed."""

FEWEST = 20
"""Below so many of either kind nothing is said."""

MOST_SECONDS = 10.0
"""How long that may take; a handler far away is timed less often."""

SIGNIFICANT = 0.001


@fault("WH-19")
def telling_time(trial: Trial) -> None:
    """Signatures wrong in their last character alone, and in their first, in turns; never a failure."""
    parcel = trial.genuine()
    placed = signature_in(trial.lab, parcel)
    if placed is None:
        trial.cannot_tell("to find the signature in its header", "it stands in none")
    near, far = _timed(trial, _wrong_at(parcel, placed, -1), _wrong_at(parcel, placed, 0))
    if len(near) < FEWEST:
        trial.cannot_tell(
            f"at least {FEWEST} pairs of refusals to compare", f"{len(near)} came within {MOST_SECONDS:g} s"
        )
    p = rank_test(near, far)
    told = (
        f"refusing a signature wrong at its end took {statistics.median(near) * 1000:.2f} ms in the median, "
        f"one wrong at its start {statistics.median(far) * 1000:.2f} ms (rank test, n = 2 x {len(near)}, p = {p:.2g})"
    )
    if p < SIGNIFICANT:
        trial.warn(f"a hint that the comparison tells how far a signature is right: {told}; {trial.fault.fix}")
    else:
        trial.note(f"no hint that the comparison tells anything: {told}")


def rank_test(one: Sequence[float], other: Sequence[float]) -> float:
    """Return the two-sided p of the rank test by Mann and Whitney, in the normal approximation with ties."""
    joined = sorted([*one, *other])
    ranks = _ranks(joined)
    n, m = len(one), len(other)
    total = n + m
    u = sum(ranks[value] for value in one) - n * (n + 1) / 2
    ties = sum(count**3 - count for count in Counter(joined).values())
    variance = n * m / 12 * (total + 1 - ties / (total * (total - 1)))
    if variance <= 0:
        return 1.0
    away = max(0.0, abs(u - n * m / 2) - 0.5)
    return math.erfc(away / math.sqrt(2 * variance))


def _ranks(joined: Sequence[float]) -> dict[float, float]:
    """Return the rank of each value; equal ones share the middle of theirs."""
    ranks: dict[float, float] = {}
    before = 0
    for value, count in Counter(joined).items():
        ranks[value] = before + (count + 1) / 2
        before += count
    return ranks


@dataclass(frozen=True, slots=True)
class _Timing:
    status: int | None
    seconds: float


def _timed(trial: Trial, near: Parcel, far: Parcel) -> tuple[list[float], list[float]]:
    """Return how long refusals took, pair by pair; which of a pair goes first is left to chance."""
    chance = trial.chance()
    until = time.monotonic() + MOST_SECONDS
    kept: tuple[list[float], list[float]] = ([], [])
    while len(kept[0]) < PAIRS and time.monotonic() < until:
        order = chance.sample((0, 1), 2)
        pair = {which: _asked(trial, (near, far)[which]) for which in order}
        if any(timing.status is None or not 400 <= timing.status <= 499 for timing in pair.values()):
            trial.cannot_tell("refusals to compare", f"answers of {pair[0].status} and {pair[1].status}")
        for which, timing in pair.items():
            kept[which].append(timing.seconds)
    return kept


def _asked(trial: Trial, parcel: Parcel) -> _Timing:
    # Past the evidence of the check: hundreds of equal refusals show nobody anything.
    receipt = send(parcel, timeout_seconds=trial.lab.limit_seconds)
    return _Timing(receipt.status, receipt.seconds or 0.0)


def _wrong_at(parcel: Parcel, placed: Placed, position: int) -> Parcel:
    """Return a parcel whose signature is wrong in one character."""
    letters = list(placed.signature)
    # A base64 signature ends in `=`, which is none of its letters.
    at = len(placed.signature.rstrip("=")) - 1 if position < 0 else position
    letters[at] = "0" if letters[at] != "0" else "1"
    return parcel.with_header(placed.name, placed.value("".join(letters)))
