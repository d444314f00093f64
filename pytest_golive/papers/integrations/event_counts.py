"""How many events were expected and how many arrived, day by day, as the team counts them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pytest_golive.papers.changes.states import provider_of
from pytest_golive.papers.text.reading import Paper
from pytest_golive.papers.text.record_times import moment_of
from pytest_golive.papers.text.rows import Row, rows_in

DAY = r"day|date|datum|tag|fecha|data|dia|día|at|time|from|week|period|since|bucket|ts|timestamp"
PROVIDER = r"provider|integration|destination|anbieter|proveedor|provedor|target|channel|ziel"
EVENT = r"event(?:_?name)?|ereignis|evento|name"
EXPECTED = (
    r"(?:\w+_)?(?:expected|source|emitted|produced|erwartet|esperad[oa]s?)(?:_\w+)?"
    r"|(?:\w+_)?(?:sent|gesendet|enviad[oa]s?)|ours|should|shop(?:_\w+)?|orders|in|count|total"
)
ARRIVED = (
    r"(?:\w+_)?(?:arrived|received|downstream|delivered|forwarded|success(?:es)?|reported)(?:_\w+)?"
    r"|actual|angekommen|empfangen|recibid[oa]s?|recebid[oa]s?|llegad[oa]s?|count_provider|out|in_provider"
)


@dataclass(frozen=True, slots=True)
class Count:
    """The events of one kind on one day.

    Attributes:
        place: file and line.
        day: the day.
        provider: to which provider.
        event: the canonical name.
        expected: how many the source has, after consent and filters; None where that is not told.
        arrived: how many arrived downstream; None where that is not told.
    """

    place: str
    day: date
    provider: str
    event: str
    expected: float | None
    arrived: float | None


@dataclass(frozen=True, slots=True)
class Sum:
    """What came of the events of some days.

    Attributes:
        expected: how many were expected.
        arrived: how many arrived.
        days: on how many days.
    """

    expected: float = 0.0
    arrived: float = 0.0
    days: int = 0


def counts_in(papers: Sequence[Paper]) -> list[Count]:
    """Return the counts that papers hold; rows that name no day, event or number are left out.

    Raises:
        Garbled: one is not the data that its name says.
    """
    return [count for row in rows_in(papers) if (count := _count(row)) is not None]


def summed(counts: Iterable[Count]) -> Sum:
    """Return the sum of counts; of days on which one of both is not told, neither counts."""
    whole = [each for each in counts if each.expected is not None and each.arrived is not None]
    return Sum(
        sum(each.expected or 0.0 for each in whole),
        sum(each.arrived or 0.0 for each in whole),
        len({each.day for each in whole}),
    )


def _count(row: Row) -> Count | None:
    at = moment_of(row.told(DAY)[1])
    event, provider = row.told(EVENT)[1], provider_of(row.told(PROVIDER)[1] or row.name)
    if at is None or not event or not provider:
        return None
    expected, arrived = _number(row.told(EXPECTED)[1]), _number(row.told(ARRIVED)[1])
    if expected is None and arrived is None:
        return None
    return Count(row.place, at.date(), provider, event.strip(), expected, arrived)


def _number(text: str) -> float | None:
    plain = re.sub(r"(?<=\d)[\s,'.](?=\d{3}(?:\D|$))", "", text.strip())
    return float(plain) if re.fullmatch(r"\d+(?:\.\d+)?", plain) else None


def by_event(counts: Iterable[Count]) -> Mapping[tuple[str, str], list[Count]]:
    """Return counts by provider and event."""
    found: dict[tuple[str, str], list[Count]] = {}
    for each in counts:
        found.setdefault((each.provider, each.event), []).append(each)
    return found
