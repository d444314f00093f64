"""Days and times as people write them in records: ISO, day first, with the name of the month, or a clock alone."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone, tzinfo

_MONTHS: dict[str, int] = {
    name: number
    for number, names in enumerate(
        (
            "jan ene",
            "feb fev",
            "mar mär mrz",
            "apr abr",
            "may mai",
            "jun",
            "jul",
            "aug ago",
            "sep set",
            "oct okt out",
            "nov",
            "dec dez dic",
        ),
        start=1,
    )
    for name in names.split()
}

_HOURS = {
    "Z": 0,
    "UTC": 0,
    "GMT": 0,
    "WET": 0,
    "BST": 1,
    "CET": 1,
    "MEZ": 1,
    "CEST": 2,
    "MESZ": 2,
    "EET": 2,
    "BRT": -3,
    "ART": -3,
    "EDT": -4,
    "EST": -5,
    "CDT": -5,
    "ET": -5,
    "CT": -6,
    "CST": -6,
    "MT": -7,
    "MST": -7,
    "PDT": -7,
    "PT": -8,
    "PST": -8,
}
"""Zones that are written by their name -> hours before UTC's clock."""

_NAMED = "|".join(sorted(_HOURS, key=len, reverse=True))
_ZONE = rf"(?:\s*(?P<zone>[+-](?:0\d|1[0-4]):?[0-5]\d|(?:{_NAMED})(?![A-Za-z])))?"
_CLOCK = (
    r"(?P<hour>[01]?\d|2[0-3])[:h](?P<minute>[0-5]\d)(?::(?P<second>[0-5]\d)(?:[.,]\d+)?)?"
    rf"(?:\s*(?P<half>[AaPp])\.?[Mm]\b\.?)?{_ZONE}"
)
_TAIL = rf"(?:(?:T|,?\s+(?:at\s+|um\s+|a las\s+|às\s+)?|\s*@\s*){_CLOCK})?"
_DATED = (
    re.compile(rf"\b(?P<year>20\d\d)[-/.](?P<month>\d\d?)[-/.](?P<day>\d\d?){_TAIL}"),
    re.compile(rf"\b(?P<day>\d\d?)[./](?P<month>\d\d?)[./](?P<year>20\d\d){_TAIL}"),
    re.compile(
        rf"\b(?P<day>\d\d?)(?:st|nd|rd|th)?\.?\s+(?:de\s+)?(?P<name>[^\W\d_]{{3,10}})\.?,?\s+(?:de\s+)?(?P<year>20\d\d){_TAIL}"
    ),
    re.compile(rf"\b(?P<name>[A-Z][a-z]{{2,8}})\.?\s+(?P<day>\d\d?)(?:st|nd|rd|th)?,?\s+(?P<year>20\d\d){_TAIL}"),
)
_ALONE = re.compile(rf"(?<![\d:.,T+]){_CLOCK}(?![\d:])")
_OFFSET = re.compile(r"\s*-(\d\d):(\d\d)")

EARLIER_HOURS = 6
"""A clock that shows so much less than the moment before it is the next day's."""


@dataclass(frozen=True, slots=True)
class Moment:
    """A day, or a time of it.

    Attributes:
        at: the time in UTC; of a day, its beginning.
        is_day: whether only the day was told.
        is_zoned: whether the zone was told.
    """

    at: datetime
    is_day: bool = False
    is_zoned: bool = False

    @property
    def until(self) -> datetime:
        """The end of what was told: of a day its end, else the time itself."""
        return self.at + timedelta(days=1) if self.is_day else self.at

    @property
    def told(self) -> str:
        """As people write it."""
        return f"{self.at:%Y-%m-%d}" if self.is_day else f"{self.at:%Y-%m-%d %H:%M} UTC"


def moments_in(text: str, zone: tzinfo = UTC, after: datetime | None = None) -> tuple[Moment, ...]:
    """Return what a text tells, in its order.

    Args:
        text: a line or a value.
        zone: of the times that tell none.
        after: the moment that a clock without a day follows; None: such a clock tells nothing.
    """
    found: list[tuple[int, int, Moment]] = []
    for pattern in _DATED:
        for match in pattern.finditer(text):
            if all(match.end() <= begun or match.start() >= ended for begun, ended, _ in found):
                found += [(match.start(), _end_of(match), each) for each in _dated(match, zone)]
    found.sort(key=lambda each: each[0])
    if after is not None or found:
        found += list(_alone(text, zone, after, list(found)))
    return tuple(moment for _, _, moment in sorted(found, key=lambda each: each[0]))


def without_moments(text: str) -> str:
    """Return a text without its days and times, so that their figures are not taken for others."""
    for pattern in _DATED:
        text = pattern.sub(" ", text)
    return _ALONE.sub(" ", text)


def zone_in(text: str) -> tzinfo:
    """Return the zone that a record tells first; UTC where it tells none."""
    for pattern in (*_DATED, _ALONE):
        for match in pattern.finditer(text):
            if given := _zone_of(match):
                return _zone(given)
    return UTC


def _zone_of(match: re.Match[str]) -> str:
    """Return the zone of a clock; in `10:00-10:45` the second clock is none."""
    given = match["zone"] or ""
    offset = _OFFSET.fullmatch(given)
    is_span = offset and "T" not in match[0] and (offset[1], offset[2]) > (match["hour"].zfill(2), match["minute"])
    return "" if is_span else given


def _end_of(match: re.Match[str]) -> int:
    return match.end() if _zone_of(match) or not match["zone"] else match.start("zone")


def _dated(match: re.Match[str], zone: tzinfo) -> Iterator[Moment]:
    groups = match.groupdict()
    number = int(match["day"])
    month = _MONTHS.get((groups.get("name") or "")[:3].casefold(), 0) if groups.get("name") else int(match["month"])
    if month > 12 >= number:  # 11/20/2026, as in the United States
        month, number = number, month
    try:
        day = date(int(match["year"]), month, number)
    except ValueError:
        return
    yield _moment(day, match, zone)


def _moment(day: date, match: re.Match[str], zone: tzinfo) -> Moment:
    given = _zone_of(match)
    where = _zone(given) if given else zone
    if match["hour"] is None:
        return Moment(datetime(day.year, day.month, day.day, tzinfo=where).astimezone(UTC), is_day=True)
    hour = int(match["hour"])
    if match["half"]:
        hour = hour % 12 + (12 if match["half"] in "pP" else 0)
    second = int(match["second"] or 0)
    at = datetime(day.year, day.month, day.day, hour, int(match["minute"]), second, tzinfo=where)
    return Moment(at.astimezone(UTC), is_zoned=bool(given))


def _alone(
    text: str, zone: tzinfo, after: datetime | None, dated: list[tuple[int, int, Moment]]
) -> Iterator[tuple[int, int, Moment]]:
    """Yield the clocks without a day: of the day written before them in the text, else of the one they follow."""
    place = 0
    while match := _ALONE.search(text, place):
        place = max(_end_of(match), match.start() + 1)
        if any(begun <= match.start() < ended for begun, ended, _ in dated):
            continue
        before = [moment.at for begun, _, moment in dated if begun < match.start()]
        reference = before[-1] if before else after
        if reference is None:
            continue
        given = _zone_of(match)
        own = _zone(given) if given else zone
        moment = _moment(reference.astimezone(own).date(), match, own)
        if moment.at < reference - timedelta(hours=EARLIER_HOURS):
            moment = Moment(moment.at + timedelta(days=1), is_zoned=moment.is_zoned)
        yield match.start(), _end_of(match), moment


def _zone(text: str) -> tzinfo:
    if text in _HOURS:
        return timezone(timedelta(hours=_HOURS[text]))
    sign = -1 if text[0] == "-" else 1
    return timezone(sign * timedelta(hours=int(text[1:3]), minutes=int(text[-2:])))
