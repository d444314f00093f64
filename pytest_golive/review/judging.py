"""Turns what figures say into the outcome of a check: failed, inconclusive, or right with a warning."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pytest_golive.facts.finding import CannotTell, CheckFailed, Finding
from pytest_golive.review.review import Review
from pytest_golive.review.trends import Said, TooLittle, Trend, Warned
from pytest_golive.review.window import Window


def judge(
    said: Iterable[Said],
    review: Review,
    *,
    title: str,
    fix: str,
    warn: Callable[[str], None],
    window: Window | None = None,
) -> None:
    """End a check by what the figures say; where there is no finding and enough data, go on.

    Args:
        said: what they say.
        review: who was asked.
        title: what has to hold, for the finding.
        fix: what to do about it, behind the next action.
        warn: takes what is close to the edge.
        window: the span they are of; default: the week.

    Raises:
        CheckFailed: there is a finding.
        CannotTell: there is none, and too little data.
    """
    __tracebackhide__ = True
    everything, when = list(said), window or review.week
    found = [one for one in everything if isinstance(one, Trend)]
    if found:
        actual = "; ".join(f"{one.about}: {one.actual}" if one.about else one.actual for one in found)
        expected = "; ".join(dict.fromkeys(one.expected for one in found))
        actions = ", ".join(dict.fromkeys(str(one.action) for one in found))
        told = f"{actual} ({when.told}, by {review.traffic.title})"
        raise CheckFailed(Finding(title, expected, told, fix=f"Next action: {actions}. {fix}"))
    for one in everything:
        if isinstance(one, TooLittle):
            raise CannotTell(Finding(title, one.expected, f"{one.actual} ({when.told}, by {review.traffic.title})"))
    for one in everything:
        if isinstance(one, Warned):
            warn(f"{one.told} ({when.told}, by {review.traffic.title})")
