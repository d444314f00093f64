"""What content that was published did to answers and calls: pure functions, from figures before and after to findings.

A figure that rose after a batch is laid to it only where nothing else explains it: it had not risen already before the
batch began, and it did not rise as well where the batch has no part.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pytest_golive.review.action import Action
from pytest_golive.review.content.rising import (
    DAY,
    NOTHING,
    Figure,
    Measure,
    Split,
    as_a_week_ago,
    explained,
    hour_of,
    next_hour,
)
from pytest_golive.review.trends import TooLittle, Trend
from pytest_golive.review.window import WEEK, Window

APART = timedelta(hours=12)
"""Batches that are closer together are judged as one: nobody can tell what each of them did."""

LONGEST = timedelta(days=14)
"""Batches that follow each other for longer than this without time between them cannot be judged."""

MOST_NAMED = 4
"""Batches that a sentence names one by one."""

KNOWN = timedelta(weeks=6)
"""Older batches play no part."""


@dataclass(frozen=True, slots=True)
class Rollout:
    """A batch of content, or several that came too closely to be told apart.

    Attributes:
        names: of the batches.
        begun: when the first document was published.
        ended: when the last one was.
        documents: their ids.
        taken_back: whether they were taken back since.
    """

    names: tuple[str, ...]
    begun: datetime
    ended: datetime
    documents: tuple[str, ...] = ()
    taken_back: bool = False

    @property
    def told(self) -> str:
        """The batches as a sentence names them."""
        if len(self.names) == 1:
            return f"batch {self.names[0]}"
        if len(self.names) > MOST_NAMED:
            return f"the {len(self.names)} batches {self.names[0]} to {self.names[-1]}"
        return f"batches {', '.join(self.names[:-1])} and {self.names[-1]}"

    def joined(self, other: Rollout) -> Rollout:
        """Return this and a later one as one."""
        return Rollout(
            (*self.names, *other.names),
            self.begun,
            max(self.ended, other.ended),
            (*self.documents, *other.documents),
            self.taken_back and other.taken_back,
        )


@dataclass(frozen=True, slots=True)
class Doubt:
    """A figure rose after a batch, and something else may be the cause.

    Attributes:
        expected: what would have been right.
        actual: what was seen, and what else explains it.
    """

    expected: str
    actual: str


@dataclass(frozen=True, slots=True)
class Early:
    """A batch is too new to say anything.

    Attributes:
        until: when it is a day old.
    """

    until: datetime


Said = Trend | TooLittle | Doubt | Early | None


def effects(
    figure: Figure, measure: Measure, rollouts: Sequence[Rollout], now: datetime
) -> Iterator[tuple[Rollout, Said]]:
    """Yield the batches of the last fortnight with what each did to a figure, against the seven days before it.

    Args:
        figure: the share.
        measure: tells it for a span of whole hours.
        rollouts: all batches, in the order of their times.
        now: the end of what is known, a full hour.
    """
    told = together(figure, measure, [each for each in rollouts if now - KNOWN < each.begun < now])
    for place, rollout in enumerate(told):
        following = hour_of(told[place + 1].begun) if place + 1 < len(told) else now
        until = min(now, following, next_hour(rollout.ended) + WEEK)
        if until + WEEK <= now or rollout.taken_back:
            continue
        if rollout.ended - rollout.begun > LONGEST:
            yield rollout, TooLittle("time between batches, to see what each of them did", f"none in {rollout.told}")
            continue
        if now < next_hour(rollout.ended) + DAY:
            yield rollout, Early(next_hour(rollout.ended) + DAY)
            continue
        previous = told[place - 1].ended if place else None
        yield rollout, effect(figure, measure, rollout, until, previous)


def effect(figure: Figure, measure: Measure, rollout: Rollout, until: datetime, previous: datetime | None) -> Said:
    """Return what a batch did to a figure.

    Args:
        figure: the share.
        measure: tells it for a span of whole hours.
        rollout: the batch.
        until: the end of what is looked at.
        previous: when the batch before it ended; None where there is none.
    """
    begin, end = hour_of(rollout.begun), next_hour(rollout.ended)
    after, before, span = measure(Window(end, until)), measure(Window(begin - WEEK, begin)), "in the 7 days before"
    if previous is not None and begin - WEEK < previous <= begin - APART:
        since = measure(Window(next_hour(previous), begin))
        # What the batch before did is not this one's doing.
        if since.own.of >= figure.least:
            before, span = since, "between the batch before and this one"
    if after.own.of < figure.least or before.own.of < figure.least:
        return TooLittle(
            f"{figure.least} {figure.unit} before and after {rollout.told}",
            f"{before.own.of:,.0f} and {after.own.of:,.0f}",
        )
    if not figure.rose(after.own, before.own):
        return None
    told = f"{figure.what}: {after.own.told} since, {before.own.told} {span}"
    other = explained(figure, measure, begin, Window(end, until), (before, after))
    if other:
        return Doubt(figure.expected, f"{rollout.told}: {told}, but {other}: it need not be the cause")
    return Trend(rollout.told, figure.expected, told, Action.ROLL_BACK)


def together(figure: Figure, measure: Measure, rollouts: Sequence[Rollout]) -> tuple[Rollout, ...]:
    """Return the batches, those joined that have too little time or too few figures between them."""
    joined: list[Rollout] = []
    for rollout in rollouts:
        if joined and not _are_apart(figure, measure, joined[-1], rollout):
            joined[-1] = joined[-1].joined(rollout)
        else:
            joined.append(rollout)
    return tuple(joined)


def went_on(figure: Figure, measure: Measure, before: Sequence[Rollout], following: Rollout) -> Said:
    """Return whether a batch followed though a figure had risen since those before it.

    Args:
        figure: the share.
        measure: tells it for a span of whole hours.
        before: the batches before it, in their order: as many of the last are looked at as it takes to tell.
        following: the batch that followed.
    """
    now, first, end = Split(NOTHING), before[-1], hour_of(following.begun)
    for candidate in reversed(before):
        start = max(next_hour(candidate.ended), end - WEEK)
        if start > next_hour(candidate.ended) and candidate is not before[-1]:
            break
        first = candidate
        now = measure(Window(start, end)) if start < end else now
        if now.own.of >= figure.least:
            break
    begin = hour_of(first.begun)
    then = measure(Window(begin - WEEK, begin))
    if now.own.of < figure.least or then.own.of < figure.least:
        return TooLittle(
            f"{figure.least} {figure.unit} before {first.told} and until {following.told} began",
            f"{then.own.of:,.0f} and {now.own.of:,.0f}",
        )
    since = Window(next_hour(first.ended), end)
    if not figure.rose(now.own, then.own) or as_a_week_ago(figure, measure, begin, since, (then.own, now.own)):
        return None
    told = f"{figure.what} had risen: {now.own.told} since {first.told}, {then.own.told} in the 7 days before it"
    other = explained(figure, measure, begin, None, (then, now))
    if other:
        told += f" ({other}: {first.told} need not be the cause)"
    return Trend(following.told, figure.expected, told, Action.PAUSE)


def _are_apart(figure: Figure, measure: Measure, earlier: Rollout, later: Rollout) -> bool:
    if later.begun - earlier.ended < APART:
        return False
    if later.begun - earlier.ended >= WEEK:
        return True
    return measure(Window(next_hour(earlier.ended), hour_of(later.begun))).own.of >= figure.least
