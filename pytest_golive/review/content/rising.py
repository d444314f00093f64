"""Shares that content may raise, when one has risen, and what else may explain that: pure functions."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise

from pytest_golive.review.shares import Share, chance_of_more, lower_bound, percent
from pytest_golive.review.thresholds import Thresholds
from pytest_golive.review.window import WEEK, Window

HOUR = timedelta(hours=1)
DAY = timedelta(days=1)

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
        return _grew(now, before, growth, thresholds.sure)

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


def explained(
    figure: Figure, measure: Measure, begin: datetime, since: Window | None, seen: tuple[Split, Split]
) -> str:
    """Return what else explains that a figure rose after a batch; empty where nothing does.

    Args:
        figure: the share.
        measure: tells it for a span of whole hours.
        begin: the hour in which the batch began.
        since: the time after it; None where it does not matter how the share went on.
        seen: the share before the batch, and after it.
    """
    before, after = seen
    lately = measure(Window(begin - DAY, begin)).own
    earlier = measure(Window(begin - WEEK, begin - DAY)).own
    half = earlier.value + (after.own.value - earlier.value) / 2
    if lately.hits and lately.value >= half and chance_of_more(lately, earlier) < LIKELY:
        return f"that share had risen before it began, to {lately.told} in the day before"
    return (
        _elsewhere(figure, before, after)
        or (as_a_week_ago(figure, measure, begin, since, (before.own, after.own)) if since else "")
        or (_for_a_while(figure, measure, since, (before.own, after.own)) if since else "")
    )


def _elsewhere(figure: Figure, before: Split, after: Split) -> str:
    known = min(before.others.of, after.others.of) >= figure.least
    if not known:
        return f"too few calls {figure.elsewhere} are counted to compare with" if figure.needs_others else ""
    half = (after.own.value - before.own.value) / 2
    as_much = after.others.value - before.others.value >= half and chance_of_more(after.others, before.others) < LIKELY
    if as_much or figure.rose(after.others, before.others):
        return f"that share rose {figure.elsewhere} as well, to {after.others.told} from {before.others.told}"
    return ""


def as_a_week_ago(figure: Figure, measure: Measure, begin: datetime, since: Window, seen: tuple[Share, Share]) -> str:
    """Return whether the share was as high in the same days of the week before: at weekends, say."""
    before, after = seen
    then = Window(since.start - WEEK, min(begin, since.end - WEEK))
    if then.seconds <= 0 or 2 * then.seconds > WEEK.total_seconds():
        return ""
    share = measure(then).own
    if share.of < figure.least or share.value < before.value + (after.value - before.value) / 2:
        return ""
    return f"in the same days of the week before it was {share.told} as well"


def _for_a_while(figure: Figure, measure: Measure, since: Window, seen: tuple[Share, Share]) -> str:
    """Return which third of the time since a batch shows nothing of a rise: what content does stays."""
    before, after = seen
    bounds = [
        since.start,
        *(hour_of(since.start + number * (since.end - since.start) / 3) for number in (1, 2)),
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


def hour_of(at: datetime) -> datetime:
    """Return the full hour that a time lies in: figures are asked for by whole hours, as logs keep their sums."""
    return at.replace(minute=0, second=0, microsecond=0)


def next_hour(at: datetime) -> datetime:
    """Return a time, or the full hour after it where it is none."""
    return at if at == hour_of(at) else hour_of(at) + HOUR
