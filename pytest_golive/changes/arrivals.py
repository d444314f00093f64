"""Whether events arrive: against what was expected, and after a change against the same weekdays before it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from pytest_golive.papers.changes.recorded import Change
from pytest_golive.papers.integrations.event_counts import Count, Sum, by_event, summed

FEWEST = 20
"""With fewer events a share says nothing."""

WEEK_DAYS = 7


@dataclass(frozen=True, slots=True)
class Gap:
    """Events of one kind that did not arrive.

    Attributes:
        provider: at which provider.
        event: which.
        seen: what was expected, and what arrived.
        certain: false where there are too few to tell a share.
    """

    provider: str
    event: str
    seen: Sum
    certain: bool = True

    def __str__(self) -> str:
        """Say how many of how many arrived."""
        return f"{self.seen.arrived:.0f} of {self.seen.expected:.0f} {self.event} arrived at {self.provider}"


def gaps(counts: Sequence[Count], critical: Mapping[str, Sequence[str]], most: float, since: date) -> Iterator[Gap]:
    """Yield the critical events of which more than a share is absent.

    Args:
        counts: expected and arrived, by day.
        critical: provider -> its critical events.
        most: the largest share that may be absent.
        since: the first day that counts.
    """
    for (provider, event), mine in by_event(each for each in counts if each.day >= since).items():
        seen = summed(mine)
        if event in critical.get(provider, ()) and seen.expected and seen.arrived < seen.expected * (1 - most):
            yield Gap(provider, event, seen, certain=seen.expected >= FEWEST)


def untold(counts: Sequence[Count], critical: Mapping[str, Sequence[str]], since: date) -> list[str]:
    """Return the critical events of which nothing is counted."""
    told = {key for key, mine in by_event(each for each in counts if each.day >= since).items() if summed(mine).days}
    return [f"{event} at {name}" for name, events in critical.items() for event in events if (name, event) not in told]


@dataclass(frozen=True, slots=True)
class Fall:
    """A volume that fell after a change.

    Attributes:
        change: after which.
        event: of which event.
        before: how many arrived a day before, on the same weekdays.
        after: how many arrive a day since.
    """

    change: Change
    event: str
    before: float
    after: float

    def __str__(self) -> str:
        """Say how many came before and after."""
        told = f"{self.after:.0f} a day since {self.change.name}, {self.before:.0f} on the same weekdays before"
        return f"{self.change.place}: {self.event} at {self.change.provider}: {told}"


def falls(change: Change, counts: Sequence[Count], most: float, today: date) -> Iterator[Fall]:
    """Yield the events whose volume fell after a change, unless as many fewer were expected.

    Args:
        change: the change.
        counts: expected and arrived, by day.
        most: the largest share by which the volume may fall.
        today: its own events are not over yet.
    """
    day = change.at.date() if change.at is not None else change.day
    if day is None or not change.provider:
        return
    for (provider, event), mine in by_event(counts).items():
        if provider != change.provider or change.has_planned(f"eventMapping.{event}"):
            continue
        by_day = {each.day: each for each in mine if each.arrived is not None}
        after = [each for each in (day + timedelta(days=n) for n in range(1, WEEK_DAYS + 1)) if each < today]
        pairs = [(by_day[each], old) for each in after if each in by_day and (old := _same_weekday(by_day, each, day))]
        since = sum(new.arrived or 0.0 for new, _ in pairs)
        before = sum(old.arrived or 0.0 for _, old in pairs)
        if before >= FEWEST and since < before * (1 - most) and not _fell_at_the_source(pairs, most):
            yield Fall(change, event, before / len(pairs), since / len(pairs))


def is_counted(change: Change, counts: Sequence[Count], today: date) -> bool:
    """Whether days before and after a change are counted at its provider."""
    day = change.at.date() if change.at is not None else change.day
    days = {each.day for each in counts if each.provider == change.provider and each.arrived is not None}
    return day is not None and any(each < day for each in days) and any(day < each < today for each in days)


def _same_weekday(by_day: Mapping[date, Count], day: date, change: date) -> Count | None:
    """Return the count of the same weekday, the nearest before a change."""
    weeks = (day - timedelta(days=WEEK_DAYS * number) for number in range(1, 5))
    return next((by_day[each] for each in weeks if each < change and each in by_day), None)


def _fell_at_the_source(pairs: Sequence[tuple[Count, Count]], most: float) -> bool:
    told = [(new, old) for new, old in pairs if new.expected is not None and old.expected is not None]
    new, old = sum(each.expected or 0.0 for each, _ in told), sum(each.expected or 0.0 for _, each in told)
    return bool(old) and new < old * (1 - most)
