"""Hours without a call in which there always are some: nights, weekends and a holiday are none. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pytest_golive.review.action import Action
from pytest_golive.review.traffic import Slot
from pytest_golive.review.trends import TooLittle, Trend
from pytest_golive.review.window import WEEK, Window

HOUR = timedelta(hours=1)

WEEKS = 4

LEAST_MISSED = 20.0
"""So many calls have to be missing in a row: fewer may be missing by chance, also where calls come in groups."""

NIGHT = 4
"""So many quiet hours in a row end a day."""

SHIFTED = 2
"""By so many hours a day may begin later or end earlier."""


@dataclass(frozen=True, slots=True)
class Gap:
    """Hours without a call.

    Attributes:
        window: when.
        missed: how many calls there usually are.
    """

    window: Window
    missed: float


def gaps(week: Sequence[Slot], before: Sequence[Slot], when: Window) -> tuple[Gap, ...]:
    """Return the hours of a week without a call, where each of the four weeks before had some.

    A day without any call is a holiday, as far as calls can tell: what is missing for longer shows in the volume.

    Args:
        week: its calls, by the hour.
        before: those of the four weeks before.
        when: the week.
    """
    now, usual = _sums(week), _sums(before)
    hours = [when.start + number * HOUR for number in range(round(when.seconds / 3600))]
    least = {hour: min(usual.get(hour - count * WEEK, 0.0) for count in range(1, WEEKS + 1)) for hour in hours}
    mean = {hour: sum(usual.get(hour - count * WEEK, 0.0) for count in range(1, WEEKS + 1)) / WEEKS for hour in hours}
    found = []
    for begin, end in _silences(hours, now, least):
        missed = sum(mean[hour] for hour in hours[begin:end])
        if missed >= LEAST_MISSED and not _is_a_day_off(hours, begin, end, least):
            found.append(Gap(Window(hours[begin], hours[end - 1] + HOUR), missed))
    return tuple(found)


def judged(week: Sequence[Slot], before: Sequence[Slot], when: Window) -> tuple[Trend | TooLittle, ...]:
    """Return the gaps of a week as findings, or that there is too little to tell one."""
    weeks = {(when.start - slot.start) // WEEK for slot in before}
    if len(weeks) < WEEKS:
        return (TooLittle(f"calls in each of the {WEEKS} weeks before", f"in {len(weeks)} of them"),)
    expected = "calls in each hour in which there always are some"
    return tuple(
        Trend("", expected, f"none from {gap.window.told}, where there usually are {gap.missed:,.0f}", Action.LOOK_INTO)
        for gap in gaps(week, before, when)
    )


def _sums(slots: Sequence[Slot]) -> dict[datetime, float]:
    sums: dict[datetime, float] = {}
    for slot in slots:
        sums[slot.start] = sums.get(slot.start, 0.0) + slot.row.value
    return sums


def _silences(
    hours: Sequence[datetime], now: Mapping[datetime, float], least: Mapping[datetime, float]
) -> list[tuple[int, int]]:
    """Return the longest runs of hours without a call, each of which always has some."""
    runs: list[tuple[int, int]] = []
    for number, hour in enumerate(hours):
        if now.get(hour, 0.0) >= 0.5 or least[hour] < 0.5:
            continue
        if runs and runs[-1][1] == number:
            runs[-1] = (runs[-1][0], number + 1)
        else:
            runs.append((number, number + 1))
    return runs


def _is_a_day_off(hours: Sequence[datetime], begin: int, end: int, least: Mapping[datetime, float]) -> bool:
    """Whether a silence is a whole day, or the first or last of its hours.

    A day that begins later or ends earlier by an hour or two is one after the clocks were changed.
    """
    nights = [
        all(least[hours[number]] < 0.5 for number in range(*edge) if 0 <= number < len(hours))
        for edge in ((begin - NIGHT, begin), (end, end + NIGHT))
    ]
    return all(nights) or (any(nights) and end - begin <= SHIFTED)
