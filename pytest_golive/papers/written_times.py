"""Times as people and programs write them into logs: moments and days, in UTC where nothing else is said."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import lru_cache

DAY = timedelta(days=1)

_ISO = re.compile(
    r"(?<!\d)(20\d\d)[-/.](\d{1,2})[-/.](\d{1,2})"
    r"(?:[T ,]\s?(\d{1,2}):(\d\d)(?::(\d\d)(?:[.,]\d+)?)?\s?(Z|UTC|GMT|[+-]\d\d:?\d\d)?)?(?!\d)"
)
_DAY_FIRST = re.compile(
    r"(?<!\d)(\d{1,2})\.\s?(\d{1,2})\.\s?(20\d\d)(?:,?\s+(?:um\s)?(\d{1,2}):(\d\d)(?::(\d\d))?(?:\s?Uhr)?)?(?!\d)"
)
_EPOCH = re.compile(r"1[5-9]\d{8}(\d{3})?(?:\.\d+)?")


@dataclass(frozen=True, slots=True, order=True)
class Moment:
    """A time that was written down.

    Attributes:
        start: when it begins, in UTC.
        end: when it ends: the same for a moment, the next midnight for a day.
    """

    start: datetime
    end: datetime

    @property
    def is_exact(self) -> bool:
        """Whether more is told than the day."""
        return self.start == self.end

    @property
    def told(self) -> str:
        """The time as people write it."""
        return f"{self.start:%Y-%m-%d %H:%M} UTC" if self.is_exact else f"{self.start:%Y-%m-%d}"


@lru_cache(maxsize=50_000)
def moments(text: str) -> tuple[Moment, ...]:
    """Return the times that a text tells, in its order; what could be a day or a month is no time."""
    whole = _EPOCH.fullmatch(text.strip())
    if whole is not None:
        seconds = float(text) / (1000 if whole[1] else 1)
        at = datetime.fromtimestamp(seconds, UTC)
        return (Moment(at, at),)
    found = [(match.start(), moment) for match in _ISO.finditer(text) for moment in _iso(match)]
    found += [(match.start(), moment) for match in _DAY_FIRST.finditer(text) for moment in _day_first(match)]
    return tuple(moment for _, moment in sorted(found))


def first(text: str) -> Moment | None:
    """Return the first time that a text tells."""
    return next(iter(moments(text)), None)


def _iso(match: re.Match[str]) -> Iterator[Moment]:
    year, month, day, hour, minute, second, zone = match.groups()
    yield from _moment((year, month, day), (hour, minute, second), zone)


def _day_first(match: re.Match[str]) -> Iterator[Moment]:
    day, month, year, hour, minute, second = match.groups()
    yield from _moment((year, month, day), (hour, minute, second), None)


def _moment(day: tuple[str, ...], clock: tuple[str | None, ...], zone: str | None) -> Iterator[Moment]:
    try:
        at = datetime(*map(int, day), *(int(part or 0) for part in clock), tzinfo=UTC)  # type: ignore[arg-type,misc]
    except ValueError:
        return
    if clock[0] is None:
        yield Moment(at, at + DAY)
        return
    at -= _offset(zone)
    yield Moment(at, at)


def _offset(zone: str | None) -> timedelta:
    if zone is None or zone[0] not in "+-":
        return timedelta(0)
    plain = zone[1:].replace(":", "")
    offset = timedelta(hours=int(plain[:2]), minutes=int(plain[2:]))
    return -offset if zone[0] == "-" else offset
