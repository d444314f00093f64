"""Whether the log of changes tells of one: near its day, by the name of what changed, with old and new value."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cache
from itertools import pairwise

from pytest_golive.papers.changes.log import Entry, entries_of
from pytest_golive.papers.text.moments import moments_in, without_moments
from pytest_golive.papers.text.reading import Paper

_HEADING = re.compile(r"\s{0,3}(#{1,6}|={1,6})\s+(\S.*)")
_LEADING = re.compile(r"[\s#=*_|>\-+\[\]]*(?:v?\d+\.\d+(?:\.\d+)?[\])]*\s*(?:[-–—(:,]|\s)\s*)?")  # noqa: RUF001
_PLACE = re.compile(r":(\d+)$")
_NO_FIGURE = re.compile(
    r"\b[A-Z][A-Z0-9]+-\d+\b|#\d+\b|\bv?\d+\.\d+\.\d+\b|https?://\S+|\bUPZ-\d+\b|\b429\b|\b[45]xx\b"
)
"""Digits that are no value: of tickets, versions, addresses and statuses."""

LONGEST = 700
"""A longer passage is about several changes: each of its items is looked at for itself."""

_FIGURES = {
    "0": "zero none off null",
    "1": "one once a ein eine einmal uno una um uma",
    "2": "two twice zwei dos dois duas",
    "3": "three drei tres três",
    "4": "four vier cuatro quatro",
    "5": "five fünf cinco",
    "6": "six sechs seis",
    "7": "seven sieben siete sete",
    "8": "eight acht ocho oito",
    "9": "nine neun nueve nove",
    "10": "ten zehn diez dez",
    "true": "on enabled yes active an ja sí sim",
    "false": "off disabled no inactive aus nein não nao",
}
"""Values -> how they are written as words."""


@dataclass(frozen=True, slots=True)
class Dated:
    """Something that a log tells, with the day it stands under.

    Attributes:
        place: file and line, or number of the record.
        text: all that is told.
        day: the day; None where neither it nor what it stands under tells one.
    """

    place: str
    text: str
    day: date | None


@cache
def dated_entries(papers: tuple[Paper, ...]) -> tuple[Dated, ...]:
    """Return what a log tells, one thing each; long passages only by their items."""
    return tuple(each for paper in papers for each in _of(paper))


def _of(paper: Paper) -> Iterator[Dated]:
    entries = entries_of(paper)
    if is_structured(paper):
        yield from (Dated(each.place, each.text, _own_day(each)) for each in entries)
        return
    days = days_of(paper)
    titles = _titles_of(paper.text)
    for entry in entries:
        number = int(entry.place.rpartition(":")[2]) - 1
        below = days[number : number + entry.text.count("\n") + 1]
        # What spans several days is no entry, but a chapter of the log.
        if len(entry.text) <= LONGEST and len(set(below)) == 1:
            yield Dated(entry.place, f"{titles[number]}\n{entry.text}", below[0])
    for number, text in _paragraphs(paper.text):
        yield Dated(f"{paper.name}:{number + 1}", f"{titles[number]}\n{text}", days[number])


def _own_day(entry: Entry) -> date | None:
    return next((each.at.date() for each in moments_in(entry.text)), None)


def is_structured(paper: Paper) -> bool:
    """Whether a log is made of records, as YAML, JSON or CSV."""
    return not all(_PLACE.search(each.place) for each in entries_of(paper))


def days_of(paper: Paper) -> list[date | None]:
    """Return for each line the day it stands under: its own, that of a line that begins with one, or of a heading."""
    found: list[date | None] = []
    levels: list[tuple[int, date | None]] = []
    leading: date | None = None
    for line in paper.text.split("\n"):
        own = next((each.at.date() for each in moments_in(line)), None)
        heading = _HEADING.match(line)
        if heading:
            level = len(heading[1])
            levels = [each for each in levels if each[0] < level]
            levels.append((level, own or (levels[-1][1] if levels else None)))
            leading = None
        elif own is not None and begins_with_a_day(line):
            leading = own
        # A day in the middle of a line may be any: that of a plan, or of another change.
        found.append(leading or (levels[-1][1] if levels else None) or own)
    return found


def begins_with_a_day(line: str) -> bool:
    """Whether a line of a log begins with the day of what follows."""
    rest = _LEADING.sub("", line, count=1)
    return bool(re.match(r"\d{1,4}[-./ ]|[A-Z][a-z]{2,8}\.? \d", rest))


def _titles_of(text: str) -> list[str]:
    """Return for each line the heading it stands under."""
    found: list[str] = []
    title = ""
    for line in text.split("\n"):
        heading = _HEADING.match(line)
        title = heading[2] if heading else title
        found.append(title)
    return found


def _paragraphs(text: str) -> Iterator[tuple[int, str]]:
    """Yield items and paragraphs with the number of their first line, wrapped lines joined."""
    begun, held = 0, ""
    for number, line in enumerate(text.split("\n")):
        starts = bool(re.match(r"\s*(?:[-*+•|]|\d+[.)])\s*|\s{0,3}#", line))
        if not line.strip() or starts:
            if held:
                yield begun, held
            begun, held = number, line.strip()
        elif held:
            held += f" {line.strip()}"
        else:
            begun, held = number, line.strip()
    if held:
        yield begun, held


def near(entries: Iterable[Dated], days: Sequence[date], within: int) -> tuple[Dated, ...]:
    """Return the entries that may be about changes of these days; those that stand under no day may be of any.

    Args:
        entries: what the log tells.
        days: when something was changed.
        within: how many days an entry may be before the first of them, or after the last.
    """
    room = timedelta(days=within)
    first, last = min(days) - room, max(days) + room
    return tuple(each for each in entries if each.day is None or first <= each.day <= last)


def naming(entries: Iterable[Dated], words: str) -> tuple[Dated, ...]:
    """Return the entries that speak of something.

    Args:
        entries: what the log tells.
        words: a pattern of what it may be called.
    """
    pattern = re.compile(words, re.IGNORECASE)
    return tuple(each for each in entries if pattern.search(each.text) or pattern.search(each.text.replace("_", " ")))


def tells_both(entries: Sequence[Dated], values: Sequence[str], scales: Sequence[float] = (1,)) -> bool:
    """Whether one of the entries tells an old and a new value: of the whole way, or each step in entries of its own.

    Args:
        entries: those that speak of what changed.
        values: what it was, and what it became, one after another.
        scales: what a number may be multiplied by where it is told in another unit.
    """
    if any(_tells(each, values[0], scales) and _tells(each, values[-1], scales) for each in entries):
        return True
    steps = list(pairwise(values))
    return all(any(_tells(each, old, scales) and _tells(each, new, scales) for each in entries) for old, new in steps)


def _tells(entry: Dated, value: str, scales: Sequence[float]) -> bool:
    text = without_moments(_NO_FIGURE.sub(" ", entry.text)).casefold()
    number = _number(value)
    if number is None:
        parts = [value.casefold(), *_FIGURES.get(value, "").split()]
        return any(re.search(rf"(?<!\w){re.escape(part)}(?!\w)", text) for part in parts)
    figures = re.findall(r"(?<![\w.])\d+(?:[.,]\d+)?", text)
    told = {_number(each) for each in (*figures, *(each.replace(",", "") for each in figures))}
    if any(round(number * scale, 6) in told for scale in scales):
        return True
    return any(re.search(rf"(?<!\w){word}(?!\w)", text) for word in _FIGURES.get(value, "").split() if len(word) > 1)


def _number(text: str) -> float | None:
    try:
        return round(float(text.replace(",", ".")), 6)
    except ValueError:
        return None
