"""Hours without a call in which there always are some: nights, weekends and a holiday are none. Pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pytest_golive.review.action import Action
from pytest_golive.review.traffic import Slot
from pytest_golive.review.trends import TooLittle, Trend, Warned
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
        by_night: whether it begins or ends with a night: then the day may have been a shorter one.
    """

    window: Window
    missed: float
    by_night: bool = False


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
        nights = _nights(hours, begin, end, least)
        if missed >= LEAST_MISSED and not _is_a_day_off(nights, end - begin):
            found.append(Gap(Window(hours[begin], hours[end - 1] + HOUR), missed, any(nights)))
    return tuple(found)


def judged(week: Sequence[Slot], before: Sequence[Slot], when: Window) -> tuple[Trend | Warned | TooLittle, ...]:
    """Return the gaps of a week as findings, or that there is too little to tell one.

    One that begins or ends with a night is a warning: half a day off looks the same.
    """
    weeks = {(when.start - slot.start) // WEEK for slot in before}
    if len(weeks) < WEEKS:
        return (TooLittle(f"calls in each of the {WEEKS} weeks before", f"in {len(weeks)} of them"),)
    return tuple(_judged(gap) for gap in gaps(week, before, when))


def _judged(gap: Gap) -> Trend | Warned:
    told = f"none from {gap.window.told}, where there usually are {gap.missed:,.0f}"
    if gap.by_night:
        return Warned(f"calls: {told}; it was a shorter day, or something stood still")
    return Trend("", "calls in each hour in which there always are some", told, Action.LOOK_INTO)


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


def _nights(hours: Sequence[datetime], begin: int, end: int, least: Mapping[datetime, float]) -> tuple[bool, bool]:
    """Return whether the hours before a silence are a night, and those behind it; what is not known may be one."""

    def is_night(numbers: range) -> bool:
        return all(least[hours[number]] < 0.5 for number in numbers if 0 <= number < len(hours))

    return is_night(range(begin - NIGHT, begin)), is_night(range(end, end + NIGHT))


def _is_a_day_off(nights: tuple[bool, bool], length: int) -> bool:
    """Whether a silence is a whole day, or the first or last of its hours.

    A day that begins later or ends earlier by an hour or two is one after the clocks were changed.
    """
    return all(nights) or (any(nights) and length <= SHIFTED)
