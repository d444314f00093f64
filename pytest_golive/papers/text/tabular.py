"""Rows of a paper that is a table: CSV, JSON, JSON lines, YAML, Markdown or AsciiDoc; columns by many names."""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import yaml

from pytest_golive.papers.text.passages import lines_of
from pytest_golive.papers.text.reading import Paper

_RULE_OF_A_TABLE = re.compile(r"[\s|:=+-]+")
_ID = re.compile(r"[a-z]{2,6}_\w+")
"""How the ids of vendors look: a map of them is a mapping of nothing else."""

_FEWEST = 2
_LINK = re.compile(r"\[([^\]]*)\]\(([^)\s]*)[^)]*\)")


class NoTable(Exception):
    """Nothing in a paper can be read as rows; the message says why."""


@dataclass(frozen=True, slots=True)
class Line:
    """One row.

    Attributes:
        place: file and line, or file and number of the record.
        told: what it tells, as the asker calls it; empty text where it is silent.
        name: what it is about: its first cell, or the name it stands under.
        text: all of its cells.
    """

    place: str
    told: Mapping[str, str]
    name: str
    text: str = ""


Columns = Mapping[str, tuple[str, ...]]
"""What a row may tell -> the columns it may stand in, in small letters with underscores."""


def table_of(paper: Paper, columns: Columns) -> tuple[Line, ...]:
    """Read the rows of a paper.

    Raises:
        NoTable: there is none.
    """
    try:
        found = list(_records(paper))
    except (ValueError, yaml.YAMLError, csv.Error) as problem:
        raise NoTable(str(problem).splitlines()[0]) from None
    lines = [Line(place, _told(record, columns), _name(record), " ".join(record.values())) for place, record in found]
    kept = tuple(line for line in lines if any(line.told.values()))
    if not kept:
        raise NoTable(f"no row tells {' or '.join(columns)}")
    return kept


def plain(column: str) -> str:
    """Return a column's name in small letters, words joined by underscores: `Signing Secret` as signing_secret."""
    return re.sub(r"[^a-zà-ÿß0-9]+", "_", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", column).casefold()).strip("_")


def _records(paper: Paper) -> Iterator[tuple[str, Mapping[str, str]]]:
    suffix = paper.name.rpartition(".")[2].lower()
    text = paper.text.strip()
    if suffix in {"yaml", "yml"}:
        yield from _numbered(paper, _flat(yaml.load(text, yaml.BaseLoader)))  # noqa: S506  # text only
    elif suffix in {"jsonl", "ndjson"}:
        yield from _numbered(paper, _flat([json.loads(line) for line in text.splitlines() if line.strip()]))
    elif suffix == "json" or text.startswith(("{", "[{")):
        yield from _numbered(paper, _flat(json.loads(text)))
    elif suffix in {"csv", "tsv"}:
        first = text.partition("\n")[0]
        rows = csv.DictReader(io.StringIO(text), delimiter=max(",;\t|", key=first.count))
        for number, row in enumerate(rows, start=2):
            yield f"{paper.name}:{number}", {str(name): _text(value) for name, value in row.items()}
    else:
        yield from _written(paper)


def _numbered(paper: Paper, records: Iterable[Mapping[str, str]]) -> Iterator[tuple[str, Mapping[str, str]]]:
    for number, record in enumerate(records, start=1):
        yield f"{paper.name}: entry {number}", record


def _flat(value: Any, name: str = "", above: Mapping[str, str] | None = None) -> Iterator[Mapping[str, str]]:
    """Yield the records below a value: items of lists, and mappings that hold no further ones."""
    around = dict(above or {})
    if isinstance(value, list):
        for each in value:
            if isinstance(each, dict | list):
                yield from _flat(each, name, around)
            else:
                yield {**around, "name": _text(each)}
    elif isinstance(value, dict):
        if value and all(isinstance(each, str) and _ID.fullmatch(each) for each in value.values()):
            yield from ({**around, "kind": name, "key": str(key), "vendor_id": each} for key, each in value.items())
            return
        # Beside values of its own, a mapping is one of them: where a secret lies, and no record.
        plain_values = sum(not isinstance(each, dict | list) for each in value.values())
        inner = {
            str(key): each
            for key, each in value.items()
            if _holds_records(each) and (isinstance(each, list) or plain_values < _FEWEST)
        }
        own = {str(key): _text(each) for key, each in value.items() if str(key) not in inner}
        if not inner:
            yield {"name": name, **around, **own} if name else {**around, **own}
        for key, each in inner.items():
            yield from _flat(each, key, {**around, **own})


def _holds_records(value: Any) -> bool:
    return isinstance(value, dict) or (isinstance(value, list) and any(isinstance(each, dict) for each in value))


def _written(paper: Paper) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Yield the rows of the tables of a text; the first row of each names its columns."""
    columns: list[str] = []
    for number, line in enumerate(lines_of(paper), start=1):
        bare = line.strip()
        if not bare.startswith("|") or bare.startswith("|==="):
            columns = []
            continue
        cells = [cell.strip() for cell in re.split(r"(?<!\\)\|", bare.strip("|"))]
        if not columns:
            columns = cells
        elif not _RULE_OF_A_TABLE.fullmatch(bare):
            yield f"{paper.name}:{number}", dict(zip(columns, cells, strict=False))


def _told(record: Mapping[str, str], columns: Columns) -> dict[str, str]:
    by_name = {plain(name): _bare(value) for name, value in record.items() if name and value.strip()}
    exact = {told: next((by_name[name] for name in names if name in by_name), "") for told, names in columns.items()}
    taken = {name for names in columns.values() for name in names}
    # Where no column bears the very name, one counts that has it among its words: `Test or evidence`.
    loose = {name: value for name, value in by_name.items() if name not in taken}
    return {
        told: value or next((each for name, each in loose.items() if set(name.split("_")) & set(columns[told])), "")
        for told, value in exact.items()
    }


def _name(record: Mapping[str, str]) -> str:
    return _bare(next((value for value in record.values() if value.strip()), ""))


def _bare(text: str) -> str:
    """Return a cell without the signs that only make it look like something; a link as its words and its target."""
    return _LINK.sub(lambda match: f"{match[1]} {match[2]}".strip(), text).strip().strip("`*_").strip()


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name}: {_text(each)}" for name, each in value.items())
    if isinstance(value, list):
        return ", ".join(_text(each) for each in value)
    return "" if value is None else str(value).strip()
