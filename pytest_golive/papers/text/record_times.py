"""Reads the times that people write down: ISO, day first, months by name, hours alone, seconds since 1970."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone
from typing import Any

MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "january jan januar enero janeiro janvier",
            "february feb februar febrero fevereiro fev février",
            "march mar märz mrz marzo março mars",
            "april apr abril abr avril",
            "may mai mayo maio",
            "june jun juni junio junho juin",
            "july jul juli julio julho juillet",
            "august aug agosto ago août",
            "september sep sept septiembre setembro set septembre",
            "october oct oktober okt octubre outubro out octobre",
            "november nov noviembre novembro novembre",
            "december dec dezember dez diciembre dic dezembro décembre",
        ),
        start=1,
    )
    for name in names.split()
}
"""The names of months, in the languages papers are read in."""

_CLOCK = (
    r"(?P<hour>[01]?\d|2[0-3]):(?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d)(?:[.,]\d+)?)?"
    r"\s?(?P<half>[ap]\.?m\.?\b)?\s?(?P<zone>Z\b|UTC\b|GMT\b|[+-]\d\d:?\d\d\b)?"
)
_BETWEEN = r"(?:\s*[T,]\s*|\s+(?:at|um|a las?|às|as|à)\s+|\s+)"
_DAY = (
    r"(?:(?P<year>20\d\d)[-/.](?P<month>\d{1,2})[-/.](?P<day>\d{1,2})"
    r"|(?P<day2>\d{1,2})[./](?P<month2>\d{1,2})[./](?P<year2>20\d\d)"
    r"|(?P<day3>\d{1,2})\.?\s+(?:de\s+)?(?P<name>[^\W\d_]{3,10})\.?,?\s+(?:de\s+)?(?P<year3>20\d\d)"
    r"|(?P<name2>[^\W\d_]{3,10})\.?\s+(?P<day4>\d{1,2})(?:st|nd|rd|th)?,?\s+(?P<year4>20\d\d))"
)
_WRITTEN = re.compile(
    rf"(?<![\w:.-]){_DAY}(?:{_BETWEEN}{_CLOCK})?|(?<![\w:.])(?:T)?{_CLOCK.replace('?P<', '?P<only_')}"
)
_EPOCH_FROM, _EPOCH_TO = 1_500_000_000, 4_000_000_000
_THOUSAND = 1000
_NOON = 12


def moments_in(value: Any, day: date | None = None) -> tuple[datetime, ...]:
    """Return the times that a value tells, as they stand there; without a zone they are UTC.

    Args:
        value: text, or a number of seconds or milliseconds since 1970.
        day: the day that an hour alone belongs to, until a day is told; None: hours alone tell nothing.
    """
    if isinstance(value, bool) or value is None:
        return ()
    if isinstance(value, int | float):
        return tuple(_since_1970(float(value)))
    return tuple(_told(str(value), day))


def moment_of(value: Any, day: date | None = None) -> datetime | None:
    """Return the first time that a value tells; None where it tells none."""
    return next(iter(moments_in(value, day)), None)


def days_in(text: str) -> tuple[date, ...]:
    """Return the days that a text tells."""
    return tuple(each.date() for each in _told(text, None))


def has_hour(text: str) -> bool:
    """Whether a text tells a time of the day."""
    return re.search(rf"(?<![\w:.]){_CLOCK}|T{_CLOCK.replace('?P<', '?P<t_')}", text) is not None


def _since_1970(number: float) -> Iterator[datetime]:
    seconds = number / _THOUSAND if number > _EPOCH_TO else number
    if _EPOCH_FROM <= seconds <= _EPOCH_TO:
        yield datetime.fromtimestamp(seconds, UTC)


def _told(text: str, day: date | None) -> Iterator[datetime]:
    for found in _WRITTEN.finditer(text):
        parts = found.groupdict()
        if parts["only_hour"] is not None:
            if day is not None:
                yield from _at(day, parts, "only_")
            continue
        told = _day(parts)
        if told is None:
            continue
        day = told
        if parts["hour"] is None:
            yield datetime.combine(told, time(), UTC)
        else:
            yield from _at(told, parts, "")


def _day(parts: dict[str, str | None]) -> date | None:
    year = next((parts[name] for name in ("year", "year2", "year3", "year4") if parts[name]), "0")
    day = next((parts[name] for name in ("day", "day2", "day3", "day4") if parts[name]), "0")
    named = (parts["name"] or parts["name2"] or "").casefold()
    month = MONTHS.get(named, 0) if named else int(parts["month"] or parts["month2"] or 0)
    try:
        return date(int(year or 0), month, int(day or 0))
    except ValueError:
        return None


def _at(day: date, parts: dict[str, str | None], prefix: str) -> Iterator[datetime]:
    hour, minute, second = (int(parts[f"{prefix}{name}"] or 0) for name in ("hour", "minute", "second"))
    half = (parts[f"{prefix}half"] or "").casefold()
    if half:
        hour = hour % _NOON + (_NOON if half.startswith("p") else 0)
    yield datetime.combine(day, time(hour, minute, second), _zone(parts[f"{prefix}zone"]))


def _zone(told: str | None) -> timezone:
    if not told or told[0] not in "+-":
        return UTC
    hours, minutes = int(told[1:3]), int(told[-2:])
    return timezone((1 if told[0] == "+" else -1) * timedelta(hours=hours, minutes=minutes))
