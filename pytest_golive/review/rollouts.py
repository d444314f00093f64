"""What content that was published did to answers and calls: pure functions, from figures before and after to findings.

A figure that rose after a batch is laid to it only where nothing else explains it: it had not risen already before the
batch began, and it did not rise as well where the batch has no part.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from pytest_golive.review.action import Action
from pytest_golive.review.shares import Share, chance_of_more, lower_bound, percent
from pytest_golive.review.thresholds import Thresholds
from pytest_golive.review.trends import TooLittle, Trend
from pytest_golive.review.window import WEEK, Window

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

APART = timedelta(hours=12)
"""Batches that are closer together are judged as one: nobody can tell what each of them did."""

LONGEST = timedelta(days=14)
"""Batches that follow each other for longer than this without time between them cannot be judged."""

KNOWN = timedelta(weeks=6)
"""Older batches play no part."""

LIKELY = 0.1
"""With less than this chance of being one a rise counts as another explanation: to doubt takes less than to blame."""


NOTHING = Share(0, 0)


@dataclass(frozen=True, slots=True)
class Split:
    """A share where a batch has a part, and the same share where it has none.

    Attributes:
        own: where it has a part: the site it was published to, the calls that rest on content.
        others: where it has none; of nothing where figures do not tell the two apart.
    """

    own: Share
    others: Share = NOTHING


Measure = Callable[[Window], Split]


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
        return f"batch {self.names[0]}" if len(self.names) == 1 else f"batches {_listed(self.names)}"

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
class Figure:
    """A share that a batch may raise.

    Attributes:
        what: the share, as a sentence begins: `bad ratings`.
        unit: what it is a share of.
        elsewhere: where the batch has no part: `at other sites`.
        expected: what is still right, after `before`.
        least: how many have to be counted before and after.
        rose: whether it is more than it was, by too much and not by chance.
        needs_others: whether it is laid to a batch only where it is known elsewhere, and did not rise there.
    """

    what: str
    unit: str
    elsewhere: str
    expected: str
    least: int
    rose: Callable[[Share, Share], bool]
    needs_others: bool = False


def bad_ratings(thresholds: Thresholds) -> Figure:
    """Return the share of bad ratings, as far as a batch may raise it."""
    growth = thresholds.bad_feedback_growth

    def rose(now: Share, before: Share) -> bool:
        return _grew(now, before, growth, 5 * thresholds.sure)

    return Figure(
        "bad ratings",
        "ratings",
        "at other sites",
        f"less than {growth:g} times the share of bad ratings before",
        thresholds.least_ratings,
        rose,
    )


def low_confidence(thresholds: Thresholds) -> Figure:
    """Return the share of answers of low confidence, as far as a batch may raise it."""
    points = thresholds.low_confidence_points

    def rose(now: Share, before: Share) -> bool:
        return now.value - before.value >= points and chance_of_more(now, before) <= thresholds.sure

    return Figure(
        "low confidence",
        "answers with a level",
        "at other sites",
        f"less than {100 * points:g} points more of low confidence than before",
        thresholds.least_ratings,
        rose,
    )


def server_errors(thresholds: Thresholds) -> Figure:
    """Return the share of 5xx among the calls that rest on content, as far as a batch may raise it."""

    def rose(now: Share, before: Share) -> bool:
        above = lower_bound(now, thresholds.sure) > thresholds.error_share
        return above and _grew(now, before, thresholds.error_growth, thresholds.sure)

    return Figure(
        "5xx",
        "calls",
        "of other endpoints",
        f"at most {percent(thresholds.error_share)} of 5xx, or {thresholds.error_growth:g} times the share before",
        thresholds.least_calls,
        rose,
        needs_others=True,
    )


def timeouts(thresholds: Thresholds, growth: float, fewest: float) -> Figure:
    """Return the share of timeouts, as far as a batch may raise it.

    Args:
        thresholds: how much data it takes, how sure it has to be.
        growth: by what factor they have to be above the share before.
        fewest: fewer timeouts are none.
    """

    def rose(now: Share, before: Share) -> bool:
        return now.hits >= fewest and _grew(now, before, growth, thresholds.sure)

    return Figure(
        "timeouts",
        "calls",
        "of other endpoints",
        f"less than {growth:g} times the share of timeouts before",
        thresholds.least_calls,
        rose,
        needs_others=True,
    )


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
        following = _floor(told[place + 1].begun) if place + 1 < len(told) else now
        until = min(now, following, _ceiling(rollout.ended) + WEEK)
        if until + WEEK <= now or rollout.taken_back:
            continue
        if rollout.ended - rollout.begun > LONGEST:
            yield rollout, TooLittle("time between batches, to see what each of them did", f"none in {rollout.told}")
            continue
        if now < _ceiling(rollout.ended) + DAY:
            yield rollout, Early(_ceiling(rollout.ended) + DAY)
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
    begin, end = _floor(rollout.begun), _ceiling(rollout.ended)
    if until <= end:
        return TooLittle(f"{figure.least} {figure.unit} after {rollout.told}", "none yet")
    after, before, span = measure(Window(end, until)), measure(Window(begin - WEEK, begin)), "in the 7 days before"
    if previous is not None and begin - WEEK < previous <= begin - APART:
        since = measure(Window(_ceiling(previous), begin))
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
    other = _explained(figure, measure, rollout, (before, after)) or _for_a_while(
        figure, measure, Window(end, until), (before.own, after.own)
    )
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
    now, first, end = Split(NOTHING), before[-1], _floor(following.begun)
    for candidate in reversed(before):
        start = max(_ceiling(candidate.ended), end - WEEK)
        if start > _ceiling(candidate.ended) and candidate is not before[-1]:
            break
        first = candidate
        now = measure(Window(start, end)) if start < end else now
        if now.own.of >= figure.least:
            break
    begin = _floor(first.begun)
    then = measure(Window(begin - WEEK, begin))
    if now.own.of < figure.least or then.own.of < figure.least:
        return TooLittle(
            f"{figure.least} {figure.unit} before {first.told} and until {following.told} began",
            f"{then.own.of:,.0f} and {now.own.of:,.0f}",
        )
    if not figure.rose(now.own, then.own):
        return None
    told = f"{figure.what} had risen: {now.own.told} since {first.told}, {then.own.told} in the 7 days before it"
    other = _explained(figure, measure, first, (then, now))
    if other:
        told += f" ({other}: {first.told} need not be the cause)"
    return Trend(following.told, figure.expected, told, Action.PAUSE)


def _are_apart(figure: Figure, measure: Measure, earlier: Rollout, later: Rollout) -> bool:
    if later.begun - earlier.ended < APART:
        return False
    if later.begun - earlier.ended >= WEEK:
        return True
    return measure(Window(_ceiling(earlier.ended), _floor(later.begun))).own.of >= figure.least


def _explained(figure: Figure, measure: Measure, rollout: Rollout, seen: tuple[Split, Split]) -> str:
    """Return what else explains that a figure rose after a batch; empty where nothing does."""
    before, after = seen
    begin = _floor(rollout.begun)
    lately = measure(Window(begin - DAY, begin)).own
    earlier = measure(Window(begin - WEEK, begin - DAY)).own
    half = earlier.value + (after.own.value - earlier.value) / 2
    if lately.hits and lately.value >= half and chance_of_more(lately, earlier) < LIKELY:
        return f"that share had risen before it began, to {lately.told} in the day before"
    known = min(before.others.of, after.others.of) >= figure.least
    if known and (
        figure.rose(after.others, before.others)
        or (
            after.others.value - before.others.value >= (after.own.value - before.own.value) / 2
            and chance_of_more(after.others, before.others) < LIKELY
        )
    ):
        return f"that share rose {figure.elsewhere} as well, to {after.others.told} from {before.others.told}"
    if not known and figure.needs_others:
        return f"too few calls {figure.elsewhere} are counted to compare with"
    return ""


def _for_a_while(figure: Figure, measure: Measure, since: Window, seen: tuple[Share, Share]) -> str:
    """Return which third of the time since a batch shows nothing of a rise: what content does stays."""
    before, after = seen
    bounds = [
        since.start,
        *(_floor(since.start + number * (since.end - since.start) / 3) for number in (1, 2)),
        since.end,
    ]
    for told, (start, end) in zip(("first", "second", "last"), pairwise(bounds), strict=True):
        part = measure(Window(start, end)).own if start < end else NOTHING
        rest = Share(after.hits - part.hits, after.of - part.of)
        is_flat = part.value < before.value + (after.value - before.value) / 3
        if part.of >= figure.least and is_flat and chance_of_more(rest, part) < LIKELY:
            return f"in the {told} third of that time it was {part.told} only"
    return ""


def _grew(now: Share, before: Share, factor: float, sure: float) -> bool:
    if now.hits <= 0 or not before.of or now.value <= factor * before.value:
        return False
    return chance_of_more(now, before) < sure


def _floor(at: datetime) -> datetime:
    """Return the full hour that a time lies in: figures are asked for by whole hours, as logs keep their sums."""
    return at.replace(minute=0, second=0, microsecond=0)


def _ceiling(at: datetime) -> datetime:
    return at if at == _floor(at) else _floor(at) + HOUR


def _listed(names: Sequence[str]) -> str:
    return f"{', '.join(names[:-1])} and {names[-1]}"
