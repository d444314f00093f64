"""Drills of stopping an integration: when the alert came, when the switch was confirmed, and how long that took."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from pytest_golive.papers.changes.fields import snake, text_of
from pytest_golive.papers.changes.log import entries_of
from pytest_golive.papers.text.reading import Paper
from pytest_golive.papers.text.record_times import days_in, moment_of, moments_in
from pytest_golive.papers.text.structured import Lined, documents_of, is_data, read_data

_ALERT = (
    r"alert|alarm|detect|trigger|page[dr]?\b|begin|began|start|t0|incident|störung|beginn|inicio|início|disparo|aviso"
)
_CONFIRMED = (
    r"confirm|verif|read[\s_]?back|contain|mitigat|resolved|off\b|disabled|test[\s_]?mode|stopped|done"
    r"|end(?:ed)?\b|finish"
    r"|bestätigt|abgeschaltet|beendet|confirmad|verificad|apagad|desligad|fin\b|fim\b"
)
_TOOK = re.compile(
    r"(?P<number>\d+(?:[.,]\d+)?)\s*(?P<unit>s|secs?|seconds?|sekunden?|segundos?|m|mins?|minutes?|minuten?"
    r"|minutos?)\b",
    re.IGNORECASE,
)
_LASTED = re.compile(
    r"took|duration|time[\s_]to|lasted|within|after|elapsed|dauer|duró|duração|total|minutes|seconds", re.IGNORECASE
)


@dataclass(frozen=True, slots=True)
class Drill:
    """One drill.

    Attributes:
        place: file and line.
        day: when it was held; None where that is not told.
        took: how long it took from the alert to the confirmed switch; None where that is not told.
    """

    place: str
    day: date | None
    took: timedelta | None


def drills_of(papers: Sequence[Paper]) -> list[Drill]:
    """Return the drills that papers tell, the newest last.

    Raises:
        Garbled: one is not the data that its name says.
    """
    found = [drill for paper in papers for drill in _drills(paper)]
    return sorted(found, key=lambda each: each.day or date.min)


def _drills(paper: Paper) -> list[Drill]:
    if is_data(paper) or re.match(r"\s*[\[{]", paper.text):
        documents = documents_of(paper) if is_data(paper) else read_data(paper.text)
        return [drill for each in documents for drill in _of_data(paper.name, each)]
    entries = [each for each in entries_of(paper) if len(moments_in(each.text)) > 0 and _took(each.text) is not None]
    # The narrowest entries: a heading holds those below it.
    narrow = [each for each in entries if not any(e is not each and e.text in each.text for e in entries)]
    if narrow:
        return [Drill(each.place, each.day, _took(each.text)) for each in narrow]
    days = days_in(paper.text)
    return [Drill(f"{paper.name}:1", max(days), _took(paper.text))] if days else []


def _of_data(paper: str, held: Any) -> list[Drill]:
    if isinstance(held, list):
        return [drill for each in held for drill in _of_data(paper, each)]
    if not isinstance(held, Lined):
        return []
    inner = [value for value in held.values() if isinstance(value, list) and any(isinstance(e, Lined) for e in value)]
    steps = [one for each in inner for one in each if isinstance(one, Lined)]
    if inner and not any(_is_step(one) for one in steps):
        return [drill for each in inner for drill in _of_data(paper, each)]
    text = "\n".join(
        [*(f"{name}: {text_of(value)}" for name, value in held.items() if value not in inner), *map(text_of, steps)]
    )
    days = days_in(text)
    return [Drill(f"{paper}:{held.line}", max(days, default=None), _given(held) or _took(text))]


def _is_step(held: Mapping[str, Any]) -> bool:
    return "step" in held or "kind" in held or "action" in held or "event" in held


def _given(held: Mapping[str, Any]) -> timedelta | None:
    """Return how long a drill took, where a field says so as a bare number."""
    for name, value in held.items():
        plain = snake(name)
        if isinstance(value, int | float) and not isinstance(value, bool) and re.search(r"minutes?$|_min$", plain):
            return timedelta(minutes=value)
        if isinstance(value, int | float) and not isinstance(value, bool) and re.search(r"seconds?$|_sec$", plain):
            return timedelta(seconds=value)
    return None


def _took(text: str) -> timedelta | None:
    """Return how long it took: as it is told, or from the alert to the confirmation, or from first to last."""
    for line in text.split("\n"):
        if _LASTED.search(line) and (found := _TOOK.search(line)):
            number = float(found["number"].replace(",", "."))
            return timedelta(seconds=number) if found["unit"].casefold().startswith("s") else timedelta(minutes=number)
    day = next(iter(days_in(text)), None)
    lines = text.split("\n")
    begun = _first(lines, _ALERT, day)
    ended = [
        at
        for line in lines
        if re.search(_CONFIRMED, re.sub(r"[_-]", " ", line), re.IGNORECASE)
        for at in _of(line, day)
    ]
    if begun is not None and ended:
        return max(ended) - begun
    exact = [at for line in lines for at in _of(line, day)]
    return max(exact) - min(exact) if len(exact) > 1 else None


def _first(lines: Sequence[str], wording: str, day: date | None) -> datetime | None:
    found = [at for line in lines if re.search(wording, line, re.IGNORECASE) for at in _of(line, day)]
    return min(found, default=None)


def _of(line: str, day: date | None) -> list[datetime]:
    exact = [each for each in moments_in(line, day) if each.time() != each.min.time()]
    return exact or ([at] if (at := moment_of(line, day)) is not None and at.time() != at.min.time() else [])
