"""Whether the logs were watched for a business cycle after a change, as its record tells."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from itertools import pairwise

from pytest_golive.changes.fault import Fault, at
from pytest_golive.changes.recorded import was_rolled_back
from pytest_golive.papers.changes.recorded import LAYER, Change, Step

CYCLE_SLACK = timedelta(hours=12)
"""Somebody who looks every day does not look at the same minute."""


def not_watched(change: Change, days: float, now: datetime, superseded: datetime | None = None) -> Iterator[Fault]:
    """Yield how a change of longer ago than a cycle was not watched: no look, a day without one, no end, no name.

    Args:
        change: the record.
        days: length of a business cycle.
        now: the time.
        superseded: when the same provider was changed again; watching goes on with that change.
    """
    begun = _begun(change)
    if begun is None or LAYER in change.targets or was_rolled_back(change) or now < begun + timedelta(days=days):
        return
    due = begun + timedelta(days=days)
    due = due if superseded is None or superseded > due else superseded
    ends, looks = change.of("end"), _looks(change, begun)
    until = max((_to_the_end(each) for step in ends for each in step.times), default=None)
    last = max([*map(_to_the_end, looks), *([until] if until else [])], default=None)
    if last is None:
        yield Fault(change.place, f"nothing says that the logs were watched after {change.name}")
        return
    if last < due - CYCLE_SLACK:
        told = f"the logs were watched until {last:%Y-%m-%d} after {change.name}, one cycle ends on {due:%Y-%m-%d}"
        yield Fault(change.place, told)
    if len(looks) > 1 and (gap := _gap([begun, *looks], due)):
        yield Fault(
            change.place, f"after {change.name} nobody looked at the logs from {gap[0]:%Y-%m-%d} to {gap[1]:%Y-%m-%d}"
        )
    if superseded is not None and superseded <= begun + timedelta(days=days):
        return
    if not ends:
        yield Fault(change.place, f"nobody ended the watch after {change.name}")
    elif not any(step.by or _names_somebody(step) for step in ends) and not change.owner:
        yield Fault(at(change, ends[-1]), f"the end of the watch after {change.name} names nobody")


def is_being_watched(change: Change, days: float, now: datetime) -> bool:
    """Whether the cycle after a change is not over yet."""
    begun = _begun(change)
    return (
        begun is not None
        and LAYER not in change.targets
        and not was_rolled_back(change)
        and begun <= now < begun + timedelta(days=days)
    )


def ends_on(change: Change, days: float) -> str:
    """Return the day on which the cycle after a change is over; empty where its own day is not told."""
    begun = _begun(change)
    return f"{begun + timedelta(days=days):%Y-%m-%d}" if begun is not None else ""


def _to_the_end(told: datetime) -> datetime:
    """Return a time; of a day without an hour, its end."""
    return told + timedelta(days=1) if told.time() == told.min.time() else told


def _begun(change: Change) -> datetime | None:
    if change.at is not None:
        return change.at
    return datetime.fromisoformat(f"{change.day}T00:00:00+00:00") if change.day is not None else None


def _looks(change: Change, begun: datetime) -> list[datetime]:
    steps = change.of("logs", "watch")
    return sorted(each for step in steps for each in step.times if each >= begun)


def _gap(looks: Sequence[datetime], due: datetime) -> tuple[datetime, datetime] | None:
    """Return the first span of working days without a look; None where there is none."""
    for earlier, later in pairwise(looks):
        if earlier >= due:
            return None
        between = [earlier.date() + timedelta(days=n) for n in range(1, (later.date() - earlier.date()).days)]
        if any(day.weekday() < 5 and day < due.date() for day in between):
            return earlier, later
    return None


def _names_somebody(step: Step) -> bool:
    words = re.findall(r"\b[A-ZÀ-Þ][^\W\d_]{1,}\b|@[\w-]+", step.text)
    known = {
        "Watched",
        "Until",
        "Monitoring",
        "Monitor",
        "End",
        "Ended",
        "Signed",
        "Logs",
        "Beobachtung",
        "Beendet",
        "UTC",
    }
    return any(word not in known for word in words)
