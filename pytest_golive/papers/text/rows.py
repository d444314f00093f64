"""Rows of a note: data, CSV, tables of a page, or sections with a line for each value; each with what it is about."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pytest_golive.papers.changes.fields import snake, text_of
from pytest_golive.papers.text.passages import LEAD, headings_of, lines_of
from pytest_golive.papers.text.reading import Paper
from pytest_golive.papers.text.structured import Garbled, Lined, documents_of, is_data, read_data

_DIVIDER = re.compile(r":?-{2,}:?")
_MARKS = re.compile(r"\*\*|__|`")
_ITEM = re.compile(r"\s*(?:[-*+•]|\d+[.)])\s+")


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        place: file and line.
        name: what it is about: the key or the heading above it, or its first cell.
        cells: what it tells, by name in lower case with `_` between words.
    """

    place: str
    name: str
    cells: Mapping[str, str]

    def told(self, *patterns: str) -> tuple[str, str]:
        """Return name and value of the first cell whose name is one of these patterns; empty texts where none is."""
        for pattern in patterns:
            for name, value in self.cells.items():
                if value.strip() and re.fullmatch(pattern, name):
                    return name, value
        return "", ""

    @property
    def text(self) -> str:
        """All its words."""
        return " ".join([self.name, *(f"{name} {value}" for name, value in self.cells.items())])


def rows_in(papers: Sequence[Paper], about: str = "") -> list[Row]:
    """Return the rows of notes, as they come.

    Args:
        papers: the notes.
        about: a pattern: what stands below a key of this kind is one row, however deep it goes.

    Raises:
        Garbled: one is not the data that its name says.
    """
    return [row for paper in papers for row in _rows(paper, about)]


def _rows(paper: Paper, about: str) -> Iterator[Row]:
    documents = documents_of(paper) if is_data(paper) else _inline(paper)
    if documents is None:
        yield from _of_page(paper)
        return
    for each in documents:
        yield from _of_data(paper.name, each, "", {}, about)


def _inline(paper: Paper) -> list[Any] | None:
    if not re.match(r"\s*[\[{]", paper.text):
        return None
    try:
        return read_data(paper.text)
    except Garbled:
        return None


def _of_data(paper: str, held: Any, name: str, above: Mapping[str, str], about: str) -> Iterator[Row]:
    if isinstance(held, list):
        for each in held:
            yield from _of_data(paper, each, name, above, about)
    elif isinstance(held, Lined) and about and re.search(about, name, re.IGNORECASE):
        yield Row(f"{paper}:{held.line}", name, {**above, **_flat(held)})
    elif isinstance(held, Lined):
        cells = {snake(key): text_of(value) for key, value in held.items() if not _is_nested(value)}
        inner = {key: value for key, value in held.items() if _is_nested(value)}
        own = {**above, **cells}
        if cells and not any(isinstance(value, Lined) and len(value) > 1 for value in inner.values()) and len(own) > 1:
            flat = {
                f"{snake(key)}_{snake(sub)}": text_of(each)
                for key, value in inner.items()
                for sub, each in _pairs(value)
            }
            yield Row(f"{paper}:{held.line}", name or next(iter(cells.values())), {**own, **flat})
            return
        for key, value in inner.items():
            yield from _of_data(paper, value, key, own, about)


def _flat(held: Mapping[str, Any], before: str = "") -> dict[str, str]:
    """Return all values below a mapping; `limit: {value: 5, per: minute}` also as one text."""
    cells: dict[str, str] = {}
    for key, value in held.items():
        name = f"{before}{snake(key)}"
        if isinstance(value, Mapping):
            cells |= _flat(value, f"{name}_")
            cells.setdefault(
                name, " ".join(f"{'per ' if 'per' in snake(one) else ''}{text_of(each)}" for one, each in value.items())
            )
        else:
            cells[name] = text_of(value)
    return cells


def _is_nested(value: Any) -> bool:
    return isinstance(value, Mapping) or (isinstance(value, list) and any(isinstance(each, Mapping) for each in value))


def _pairs(value: Any) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        yield from ((str(name), each) for name, each in value.items())


def _of_page(paper: Paper) -> Iterator[Row]:
    lines = lines_of(paper)
    yield from _of_tables(paper.name, lines)
    headings = headings_of(paper)
    for position, heading in enumerate(headings):
        end = headings[position + 1].line if position + 1 < len(headings) else len(lines)
        cells: dict[str, str] = {}
        for line in lines[heading.below : end]:
            led = LEAD.fullmatch(_ITEM.sub("", _MARKS.sub("", line)))
            if led and not line.lstrip().startswith("|"):
                cells.setdefault(snake(led[1]), led[2].strip())
        if cells:
            yield Row(f"{paper.name}:{heading.line + 1}", heading.title, cells)


def _of_tables(paper: str, lines: Sequence[str]) -> Iterator[Row]:
    head: list[str] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip().startswith("|"):
            head = []
            continue
        cells = [_MARKS.sub("", cell).strip() for cell in line.strip().strip("|").split("|")]
        if all(_DIVIDER.fullmatch(cell) or not cell for cell in cells):
            continue
        if not head:
            head = [snake(re.sub(r"[()\[\]/]+", " ", cell)).strip("_") for cell in cells]
        else:
            yield Row(f"{paper}:{number}", cells[0], dict(zip(head, cells, strict=False)))
