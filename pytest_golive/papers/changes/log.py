"""The log of changes: one entry per change, as headings, items, rows of a table, YAML, JSON or CSV."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import yaml

from pytest_golive.papers.text.passages import passages
from pytest_golive.papers.text.reading import Paper

ROTATION = re.compile(
    r"rotat|rotier|rotaci|rotaç|(?:new|replac|renew|chang|neue[rn]?|ersetz|tausch|cambi|troc|substitu|nuev"
    r"|nov)\w*\b.{0,40}"
    r"(?:key|secret|schlüssel|clave|chave|credential|token)|(?:key|secret|schlüssel|clave|chave|token)s?\b.{0,40}"
    r"(?:replaced|renewed|changed|ersetzt|getauscht|cambiad|trocad|substitu)",
    re.IGNORECASE,
)
OWNER = re.compile(
    r"\b(?:owner|owned|by|team|lead|responsib\w+|author|assignee|verantwortlich\w*|von|durch|equipo|equipe"
    r"|respons[aá]ve\w*"
    r"|por|dono|dueño)\b|[\w.+-]+@[\w-]+\.\w+|(?<!\w)@[\w-]{2,}",
    re.IGNORECASE,
)
WAY_BACK = re.compile(
    r"roll(?:ed|ing)?[ _-]?back|back[ -]?out|way back|revert|fall ?back|restor|zurück|rückfall|old key (?:stays"
    r"|remains|kept)"
    r"|volver|vuelta atrás|reversi|retorno|voltar",
    re.IGNORECASE,
)
TICKET = re.compile(r"\b[A-Z][A-Z0-9]+-\d+\b|https?://\S+|(?<!\w)#\d{2,}\b|\bCHG\w*\d+\b")

_DAY = re.compile(r"\b(20\d\d)[-/.](\d{1,2})[-/.](\d{1,2})\b")
_DAY_FIRST = re.compile(r"\b(\d{1,2})[./](\d{1,2})[./](20\d\d)\b")
_MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"]
_WORDED = re.compile(r"\b(?:(\d{1,2})\.?\s+)?([A-Z][a-z]{2})[a-z]*\.?\s+(?:(\d{1,2}),?\s+)?(20\d\d)\b")


@dataclass(frozen=True, slots=True)
class Entry:
    """One change.

    Attributes:
        place: file and line, or file and number of the record.
        text: all that is told about it.
    """

    place: str
    text: str

    @property
    def day(self) -> date | None:
        """The first day that it tells; None where it tells none."""
        return next(days_in(self.text), None)


def entries_of(paper: Paper) -> tuple[Entry, ...]:
    """Return the entries of a log; the same text may be part of two, where one stands below another."""
    records = _records(paper)
    if records is not None:
        return tuple(
            Entry(f"{paper.name}: entry {number}", _flat(each)) for number, each in enumerate(records, start=1)
        )
    own = passages(paper)[1:]
    below = [Entry(each.place, f"{each.title}\n{each.body}") for each in own]
    return tuple(below) if below else tuple(Entry(f"{paper.name}:1", line) for line in paper.text.split("\n\n"))


def newest(entries: tuple[Entry, ...]) -> Entry | None:
    """Return the entry of the latest day; where none tells a day, the first."""
    dated = [each for each in entries if each.day is not None]
    if dated:
        return max(dated, key=lambda each: each.day or date.min)
    return entries[0] if entries else None


def _records(paper: Paper) -> list[Any] | None:
    try:
        if paper.name.endswith((".yaml", ".yml")):
            held = yaml.safe_load(paper.text)
        elif paper.name.endswith(".json"):
            held = json.loads(paper.text)
        elif paper.name.endswith((".jsonl", ".ndjson")):
            held = [json.loads(line) for line in paper.text.splitlines() if line.strip()]
        elif paper.name.endswith((".csv", ".tsv")):
            held = list(csv.DictReader(io.StringIO(paper.text), delimiter="\t" if paper.name.endswith(".tsv") else ","))
        else:
            return None
    except (ValueError, yaml.YAMLError, csv.Error):
        return None
    if isinstance(held, dict):
        held = next((value for value in held.values() if isinstance(value, list)), [held])
    return held if isinstance(held, list) else None


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return "\n".join(f"{name}: {_flat(each)}" for name, each in value.items() if each not in (None, ""))
    return ", ".join(map(_flat, value)) if isinstance(value, list) else str(value)


def days_in(text: str) -> Iterator[date]:
    """Yield the days that a text tells, as it writes them."""
    for match in _DAY.finditer(text):
        yield from _day(match[1], match[2], match[3])
    for match in _DAY_FIRST.finditer(text):
        yield from _day(match[3], match[2], match[1])
    for match in _WORDED.finditer(text):
        month = match[2].casefold()
        if month in _MONTHS and (match[1] or match[3]):
            yield from _day(match[4], str(_MONTHS.index(month) + 1), match[1] or match[3])


def _day(year: str, month: str, day: str) -> Iterator[date]:
    try:
        yield date(int(year), int(month), int(day))
    except ValueError:
        return


def rotations(paper: Paper) -> tuple[Entry, ...]:
    """Return the entries about a replaced key: of those with a day the narrowest, else all."""
    found = [each for each in entries_of(paper) if ROTATION.search(each.text)]
    dated = [each for each in found if each.day is not None]
    narrow = [each for each in dated if not any(_holds(each, other) for other in dated)]
    return tuple(narrow or found)


def _holds(outer: Entry, inner: Entry) -> bool:
    return inner is not outer and len(inner.text) < len(outer.text) and inner.text.partition("\n")[0] in outer.text
