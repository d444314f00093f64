"""The log of changes, one change at a time: a record, a section with a title of its own, an item, a paragraph."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime

from pytest_golive.papers.changes.entries import begins_with_a_day, days_of, is_structured
from pytest_golive.papers.changes.log import entries_of
from pytest_golive.papers.text.moments import Moment, moments_in, without_moments
from pytest_golive.papers.text.passages import Heading, headings_of, lines_of
from pytest_golive.papers.text.reading import Paper

_WORD = re.compile(r"[^\W\d_]{3,}")
_CHAPTERS = frozenset(
    {
        *("unreleased", "added", "changed", "deprecated", "removed", "fixed", "security", "changes", "change", "week"),
        *("mon", "tue", "wed", "thu", "fri", "sat", "sun", "monday", "tuesday", "wednesday", "thursday", "friday"),
        *("saturday", "sunday", "release", "version", "log", "ops", "changelog", "production", "staging", "deploys"),
        *("deployments", "configuration", "config", "content", "änderungen", "cambios", "mudanças", "alterações"),
    }
)
"""Words of headings that stand over several changes."""

_NOTHING = re.compile(
    r"(?i:(?:(?:mon|tue|wed|thu|fri|sat|sun)\w* )?"
    r"(?:none|no changes?|nothing(?: changed)?|keine(?: änderung(?:en)?)?|ning\w+"
    r"|sin cambios|nenhuma(?: mudança)?|sem mudanças))?"
)
"""What is written where nothing changed."""

_BORDER = re.compile(r"[\s|:\-=+~^*_#`]*")


@dataclass(frozen=True, slots=True)
class SingleChange:
    """One change.

    Attributes:
        place: file and line, or number of the record.
        title: what it is called; of one without a name its first sentence.
        text: all that is told about it.
        at: when; None where it tells no day.
    """

    place: str
    title: str
    text: str
    at: Moment | None


def single_changes(papers: Sequence[Paper]) -> tuple[SingleChange, ...]:
    """Return the changes of a log."""
    return tuple(change for paper in papers for change in (_records(paper) if is_structured(paper) else _told(paper)))


def _records(paper: Paper) -> Iterator[SingleChange]:
    for entry in entries_of(paper):
        at = next(iter(moments_in(entry.text)), None)
        yield SingleChange(entry.place, entry.text, entry.text, at)


def _told(paper: Paper) -> Iterator[SingleChange]:
    lines = lines_of(paper)
    days = days_of(paper)
    headings = headings_of(paper)
    under = {number for each in headings for number in range(each.line, each.below)}
    taken = 0
    for number, heading in enumerate(headings):
        if heading.line < taken:
            continue
        title = _title_of(heading)
        end = next((each.line for each in headings[number + 1 :] if each.level <= heading.level), len(lines))
        inner = any(heading.line < each.line < end for each in headings)
        if title and not inner and days[heading.line] is not None:
            taken = end
            text = "\n".join(lines[heading.line : end])
            yield SingleChange(f"{paper.name}:{heading.line + 1}", title, text, _at(text, days[heading.line]))
    whole = _sections_taken(headings, lines, days)
    for begun, text in _blocks(lines, under | whole):
        if _NOTHING.fullmatch(" ".join(_WORD.findall(without_moments(text)))):
            continue
        yield SingleChange(f"{paper.name}:{begun + 1}", _first_sentence(text), text, _at(text, days[begun]))


def _sections_taken(headings: Sequence[Heading], lines: Sequence[str], days: Sequence[date | None]) -> set[int]:
    """Return the lines of sections that are one change each."""
    found: set[int] = set()
    for number, heading in enumerate(headings):
        end = next((each.line for each in headings[number + 1 :] if each.level <= heading.level), len(lines))
        inner = any(heading.line < each.line < end for each in headings)
        if _title_of(heading) and not inner and days[heading.line] is not None:
            found |= set(range(heading.line, end))
    return found


def _title_of(heading: Heading) -> str:
    """Return the words of a heading beside day, version and name of a chapter; empty where there are none."""
    plain = re.sub(r"\bv?\d+(?:\.\d+)+\b|\[[^\]]*\]", " ", without_moments(heading.title))
    words = [word for word in _WORD.findall(plain) if word.casefold() not in _CHAPTERS]
    return plain.strip(" -:()\u2013\u2014") if words else ""


def _blocks(lines: Sequence[str], left_out: set[int]) -> Iterator[tuple[int, str]]:
    """Yield items and paragraphs at the margin, with what is indented below them."""
    begun = 0
    held: list[str] = []
    for number, line in enumerate(lines):
        is_margin = bool(line.strip()) and not line[:1].isspace()
        starts = is_margin and bool(re.match(r"(?:[-*+•|]|\d+[.)])\s", line) or line.startswith("|"))
        starts = starts or (is_margin and begins_with_a_day(line))
        ends = number in left_out or _BORDER.fullmatch(line) is not None
        if (starts or ends) and held:
            yield begun, "\n".join(held)
            held = []
        if ends:
            continue
        if not held:
            begun = number
        held.append(line)
    if held:
        yield begun, "\n".join(held)


def _first_sentence(text: str) -> str:
    return re.split(r"(?<=[^\W\d_][.!?])\s", " ".join(text.split()), maxsplit=1)[0]


def _at(text: str, day: date | None) -> Moment | None:
    """Return when a change was: the time that it tells of its day, else the day."""
    if day is None:
        return None
    begin = datetime(day.year, day.month, day.day, tzinfo=UTC)
    told = moments_in(text, after=begin)
    exact = next((each for each in told if not each.is_day and each.at.date() == day), None)
    return exact or Moment(begin, is_day=True)
