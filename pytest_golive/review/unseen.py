"""What a vendor saw and our own log does not have: a gap in it, or somebody else with our key. Pure functions."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from pytest_golive.review.action import Action
from pytest_golive.review.trends import TooLittle, Trend
from pytest_golive.review.window import Window

SPARE_SHARE, SPARE = 0.10, 10
"""So much more the vendor may have seen: metrics are told from scrapes, and clocks differ."""


def days_unseen(seen: Iterable[datetime], own: Mapping[int, float], window: Window) -> tuple[Trend | TooLittle, ...]:
    """Return the days on which the vendor saw far more calls than our log has.

    Args:
        seen: when the vendor saw a call.
        own: our calls, by the day of the window.
        window: whole days that both logs cover.
    """
    if window.seconds <= 0:
        return (TooLittle("a whole day that both logs cover", "none"),)
    days = Counter((at - window.start).days for at in seen)
    expected = "each call that the vendor saw to stand in our own log"
    return tuple(
        Trend(
            "", expected, f"{_day(window, day)}: the vendor saw {count:,} calls, we have {own.get(day, 0):,.0f}", _LOOK
        )
        for day, count in sorted(days.items())
        if _is_more(count, own.get(day, 0.0))
    )


def changes_unseen(changed: float, writes: float) -> tuple[Trend, ...]:
    """Return whether the vendor recorded changes by more calls of our key than our log has writes.

    A write that changes nothing is recorded by nobody, so there may be fewer changes.
    """
    if not _is_more(changed, writes):
        return ()
    expected = "no more changes with this key than our own log has writes"
    return (Trend("", expected, f"changes by {changed:,.0f} calls, and {writes:,.0f} writes of ours", _LOOK),)


_LOOK = Action.LOOK_INTO


def _is_more(seen: float, own: float) -> bool:
    return seen > own * (1 + SPARE_SHARE) + SPARE


def _day(window: Window, number: int) -> str:
    return f"the day from {window.start + timedelta(days=number):%Y-%m-%d %H:%M} UTC on"
