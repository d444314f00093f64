"""When calls failed far more than usual, and what the traffic looked like then: pure functions over parts of a week."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pytest_golive.review.action import Action
from pytest_golive.review.shares import Share, lower_bound, percent
from pytest_golive.review.thresholds import Thresholds
from pytest_golive.review.traffic import Row, Slot, status_class
from pytest_golive.review.trends import TooLittle, Trend
from pytest_golive.review.window import Window

HOUR = 3600
"""Seconds of the parts that incidents are looked for in."""

LEAST_FAILED = 5
"""Fewer failures within a part of a week are no incident: a vendor may fail now and then."""

GROWN = 3.0
"""So many times the usual share a part of a week has to fail."""

RATE_SECONDS = 300
"""Seconds of the parts that bursts are looked for in: five scrapes of a metric that is scraped every minute."""

LIMITED_SHARE = 0.05
"""A part of a week in which more calls than this got 429 is one of too many requests: the alert's own limit."""

BURST = 2.0
"""So many times the rate that 95 of 100 parts of the week stay below is a burst."""

SHOWN = 3


@dataclass(frozen=True, slots=True)
class Incident:
    """A span in which calls failed far more than usual.

    Attributes:
        window: when, in whole parts.
        endpoints: what failed, the most first.
        failed: how many of the calls of these endpoints.
    """

    window: Window
    endpoints: tuple[str, ...]
    failed: Share

    @property
    def told(self) -> str:
        """The span and its failures, as a finding writes them."""
        where = ", ".join(self.endpoints[:SHOWN]) or "calls"
        return f"{self.window.told}: {self.failed.told} failed of {where}"


def fails(row: Row) -> bool:
    """Whether a row is of calls that the vendor failed: 5xx, or no answer at all."""
    return status_class(row.label("status")) in {"5xx", "none"}


def is_limited(row: Row) -> bool:
    """Whether a row is of calls that were too many."""
    return row.label("status") == "429"


def incidents(
    slots: Sequence[Slot], usual: Mapping[str, Share], thresholds: Thresholds, seconds: int = HOUR
) -> tuple[Incident, ...]:
    """Return the spans of a week in which the vendor failed surely more than it may, and far more than usual.

    Args:
        slots: the week's calls by endpoint and status.
        usual: endpoint -> the share that failed so in the four weeks before.
        thresholds: what may fail, and how sure it has to be.
        seconds: how long each part is.
    """
    calls, failed = _cells(slots)
    # As many parts are looked at, as unlikely chance has to be in each of them.
    sure = thresholds.sure / max(1, len(calls))
    found: dict[datetime, list[str]] = {}
    for (start, endpoint), hits in failed.items():
        share = Share(hits, calls[start, endpoint])
        most = max(thresholds.error_share, GROWN * usual.get(endpoint, Share(0, 0)).value)
        if hits >= LEAST_FAILED and lower_bound(share, sure) > most:
            found.setdefault(start, []).append(endpoint)
    return tuple(_incident(span, found, calls, failed, seconds) for span in _joined(sorted(found), seconds))


def _cells(slots: Sequence[Slot]) -> tuple[dict[tuple[datetime, str], float], dict[tuple[datetime, str], float]]:
    calls: dict[tuple[datetime, str], float] = {}
    failed: dict[tuple[datetime, str], float] = {}
    for slot in slots:
        key = (slot.start, slot.row.label("endpoint"))
        calls[key] = calls.get(key, 0.0) + slot.row.value
        if fails(slot.row):
            failed[key] = failed.get(key, 0.0) + slot.row.value
    return calls, failed


def _joined(starts: Sequence[datetime], seconds: int) -> list[list[datetime]]:
    """Return the parts as spans; a single part between two of them belongs to both."""
    spans: list[list[datetime]] = []
    for start in starts:
        if spans and (start - spans[-1][-1]).total_seconds() <= 2 * seconds:
            spans[-1].append(start)
        else:
            spans.append([start])
    return spans


def _incident(
    starts: Sequence[datetime],
    found: Mapping[datetime, Sequence[str]],
    calls: Mapping[tuple[datetime, str], float],
    failed: Mapping[tuple[datetime, str], float],
    seconds: int,
) -> Incident:
    window = Window(starts[0], starts[-1] + timedelta(seconds=seconds))
    named = {endpoint for start in starts for endpoint in found[start]}
    inside = [key for key in calls if window.start <= key[0] < window.end and key[1] in named]
    hits = {name: sum(failed.get(key, 0.0) for key in inside if key[1] == name) for name in named}
    share = Share(sum(hits.values()), sum(calls[key] for key in inside))
    return Incident(window, tuple(sorted(named, key=lambda name: (-hits[name], name))), share)


@dataclass(frozen=True, slots=True)
class Shape:
    """What the traffic looked like during an incident: what its record has to hold.

    Attributes:
        calls: all calls meanwhile.
        usual: as many as there usually are in these hours of the week.
        mix: endpoint -> its calls.
        seconds: within how many seconds 95 of 100 calls were done; None where nobody keeps durations.
        usual_seconds: the same for the week before.
    """

    calls: float
    usual: float
    mix: Mapping[str, float]
    seconds: float | None
    usual_seconds: float | None

    @property
    def told(self) -> str:
        """The shape as one writes it down."""
        most = sorted(self.mix.items(), key=lambda pair: (-pair[1], pair[0]))
        mix = ", ".join(f"{name or '(none)'} {percent(count / self.calls)}" for name, count in most[:SHOWN])
        further = f" and {len(most) - SHOWN} more" if len(most) > SHOWN else ""
        took = "" if self.seconds is None else f"; 95 of 100 within {self.seconds:.2g} s"
        took += "" if self.usual_seconds is None or not took else f", {self.usual_seconds:.2g} s in the week before"
        return f"{self.calls:,.0f} calls, {self.usual:,.0f} usually: {mix}{further}{took}"


def bursts(
    slots: Sequence[Slot], week: Window, thresholds: Thresholds, seconds: int = RATE_SECONDS
) -> tuple[Trend, ...]:
    """Return the times of too many requests that came with a burst of calls: far more a minute than the week has.

    Args:
        slots: the week's calls by status, in parts of so many seconds.
        week: the week they are of.
        thresholds: how sure it has to be.
        seconds: how long each part is.
    """
    calls: dict[datetime, float] = {}
    limited: dict[datetime, float] = {}
    for slot in slots:
        calls[slot.start] = calls.get(slot.start, 0.0) + slot.row.value
        if is_limited(slot.row):
            limited[slot.start] = limited.get(slot.start, 0.0) + slot.row.value
    parts = max(1, round(week.seconds / seconds))
    usual = _quantile(list(calls.values()), parts, 0.95)
    sure = thresholds.sure / parts
    times = [
        start
        for start, hits in limited.items()
        if hits >= LEAST_FAILED and lower_bound(Share(hits, calls[start]), sure) > LIMITED_SHARE
    ]
    found = []
    for span in _joined(sorted(times), seconds):
        peak = max(calls[start] for start in span)
        # A count moves by its square root, by chance alone.
        if peak - BURST * usual > 3 * peak**0.5:
            found.append(_burst(Window(span[0], span[-1] + timedelta(seconds=seconds)), peak, usual, seconds))
    return tuple(found)


def _burst(window: Window, peak: float, usual: float, seconds: int) -> Trend:
    minutes = seconds / 60
    expected = f"at most {BURST:g} times the calls a minute that 95 of 100 times of the week stay below"
    rates = f"{peak / minutes:.0f} calls a minute while 429 came, {usual / minutes:.1f} at 95 of 100 times"
    actual = f"{rates} ({window.told})"
    return Trend("", expected, actual, Action.TUNE_RETRIES)


def _quantile(values: Sequence[float], of: int, share: float) -> float:
    """Return a quantile of so many values; those that are not there are zero."""
    ordered = sorted(values)
    at = round(share * (of - 1)) - (of - len(ordered))
    return ordered[at] if 0 <= at < len(ordered) else 0.0


def coarse(slots: Sequence[Slot], calls: float, seconds: int) -> TooLittle | None:
    """Return that a source does not tell parts of a week apart: a metric that is scraped more rarely than they are."""
    told = sum(slot.row.value for slot in slots)
    if told >= 0.5 * calls:
        return None
    return TooLittle(f"calls told for each {_length(seconds)}", f"{told:,.0f} of {calls:,.0f} are")


def _length(seconds: int) -> str:
    return f"{seconds // 60} minutes" if seconds < HOUR else f"{seconds // HOUR} h"
