"""Takes files of records apart: YAML, JSON, CSV, or text with front matter, fields, headings or a table."""

from __future__ import annotations

import csv
import io
import json
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import takewhile
from pathlib import PurePosixPath
from typing import Any

import yaml

from pytest_golive.papers.text.passages import Heading, Passage, headings_of, lines_of, passages
from pytest_golive.papers.text.reading import Paper

_FRONT = re.compile(r"\A(---|\+\+\+)[ \t]*\n(.*?)\n\1[ \t]*(?:\n|\Z)", re.DOTALL)
_DATED_TITLE = re.compile(r"\b20\d\d[-/.]\d\d?[-/.]\d\d?\b|\b\d\d?[./]\d\d?[./]20\d\d\b|\b[A-Z]{2,8}-\d+\b|#\d+\b")
_MARKED = re.compile(r"\s{0,3}(#{1,6}|={1,6})\s+(\S.*?)(?:\s+[#=]+)?\s*")
_BORDER = re.compile(r"\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?")
_LISTS = re.compile(
    r"incident|record|entr(?:y|ies)|item|outage|^(?:data|results?|issues|tickets|rows|values)$|changes?\b|vorf[aä]ll|störung|ocorr|registr|cambio|mudan",
    re.IGNORECASE,
)
"""How a list of records is called."""

_SUMMARY = re.compile(r"summary|overview|happened|impact|problem|zusammenfassung|geschah|resum|pasó|aconteceu")
_SEVERAL = 2
_DEEPEST = 6

IsRecord = Callable[[Mapping[str, str]], bool]
"""Whether these fields are those of a record; what is written around records is none."""


@dataclass(frozen=True, slots=True)
class Record:
    """One record.

    Attributes:
        place: file, with the line or the number of the record where it holds several.
        fields: name in lower case, words joined by _ -> what is told.
        text: all that it tells, one thing a line.
    """

    place: str
    fields: Mapping[str, str]
    text: str


def records_in(paper: Paper, is_record: IsRecord) -> tuple[Record, ...]:
    """Return the records of a file; none where it is empty or cannot be read as what its name says."""
    data = _structured(paper)
    if data is not None:
        return tuple(_from_data(paper, data, is_record))
    return tuple(_from_text(paper, is_record))


def plain_name(name: str) -> str:
    """Return the name of a field in lower case, with _ between its words: `startedAt` as started_at."""
    apart = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name.strip().strip("*_`:?"))
    return re.sub(r"[\s.\-/\u2013\u2014\u2192]+", "_", re.sub(r"\s*\(.*\)\s*$", "", apart).strip().casefold())


def _structured(paper: Paper) -> Any:
    """Return the data of a file that programs read; None of a text."""
    suffix = PurePosixPath(paper.name).suffix.lower()
    try:
        if suffix in {".yaml", ".yml"}:
            # As text, whatever it may look like: a time stays as it was written.
            return [each for each in yaml.load_all(paper.text, yaml.BaseLoader) if each]
        if suffix == ".json":
            return json.loads(paper.text) if paper.text.strip() else []
        if suffix in {".jsonl", ".ndjson"}:
            return [json.loads(line) for line in paper.text.splitlines() if line.strip()]
        if suffix in {".csv", ".tsv"}:
            first = paper.text.lstrip().partition("\n")[0]
            return list(csv.DictReader(io.StringIO(paper.text.strip()), delimiter=max(",;\t|", key=first.count)))
    except (ValueError, yaml.YAMLError, csv.Error, RecursionError):
        return None
    return None


def _from_data(paper: Paper, data: Any, is_record: IsRecord) -> Iterator[Record]:
    found = list(_mappings(data, is_record))
    for number, each in enumerate(found, start=1):
        place = paper.name if len(found) == 1 else f"{paper.name}: record {number}"
        fields = _fields(each)
        yield Record(place, fields, "\n".join(_lines(each)))


def _mappings(data: Any, is_record: IsRecord, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """Yield the mappings that are records: those of a list, those named by their ids, or the whole."""
    if depth > _DEEPEST:
        return
    if isinstance(data, list):
        for each in data:
            yield from _mappings(each, is_record, depth + 1)
    elif isinstance(data, dict):
        plain = {name: value for name, value in data.items() if not isinstance(value, (dict, list))}
        if is_record(_fields(plain)):
            yield data
            return
        inner = list(_inner(data, is_record, depth, is_container=not plain))
        yield from inner or ([data] if data else ())


def _inner(
    data: Mapping[str, Any], is_record: IsRecord, depth: int, *, is_container: bool
) -> Iterator[Mapping[str, Any]]:
    """Yield the records that a mapping holds; a list of a record's own, as its timeline, holds none."""
    for name, value in data.items():
        if isinstance(value, list) and (is_container or _LISTS.search(str(name))):
            yield from _mappings(value, is_record, depth + 1)
        elif isinstance(value, dict) and value and (is_container or _LISTS.search(str(name))):
            for each in _mappings(value, is_record, depth + 1):
                yield {"title": str(name), **each} if each is value else each


def _fields(data: Mapping[str, Any]) -> dict[str, str]:
    """Return all named values, those of inner mappings as well, the outer ones first."""
    found: dict[str, str] = {}
    for name, value in data.items():
        found.setdefault(plain_name(str(name)), _flat(value))
    for name, value in data.items():
        if isinstance(value, dict):
            for inner, each in _fields(value).items():
                found.setdefault(f"{plain_name(str(name))}_{inner}", each)
                found.setdefault(inner, each)
    return found


def _flat(value: Any) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{_words(str(name))}: {_flat(each)}" for name, each in value.items())
    if isinstance(value, list):
        return "; ".join(map(_flat, value))
    return "" if value is None else str(value).strip()


def _lines(data: Mapping[str, Any]) -> Iterator[str]:
    """Yield what a record tells, one thing a line, with the name it stands under."""
    for name, value in data.items():
        words = _words(str(name))
        if isinstance(value, list):
            yield from (f"{words}: {_flat(each)}" for each in value) if value else (f"{words}: none",)
        elif isinstance(value, str) and "\n" in value.strip():
            yield f"{words}:"
            yield from value.strip().split("\n")
        else:
            yield f"{words}: {_flat(value)}"


def _words(name: str) -> str:
    return plain_name(name).replace("_", " ")


def _from_text(paper: Paper, is_record: IsRecord) -> Iterator[Record]:
    front = _FRONT.match(paper.text)
    rest = paper.text[front.end() :] if front else paper.text
    given = _front_fields(front[2], is_toml=front[1] == "+++") if front else {}
    if given:
        fields = {**_told_fields(paper.name, rest), **given}
        if "title" not in fields:
            fields["title"] = _first_title(Paper(paper.name, rest))
        lines = "\n".join(f"{name.replace('_', ' ')}: {value}" for name, value in given.items())
        yield Record(paper.name, fields, f"{lines}\n{rest}")
        return
    rows = list(_rows(paper, is_record))
    if rows:
        yield from rows
        return
    sections = _sections(paper, is_record)
    for line, title, text in sections:
        place = f"{paper.name}:{line}" if len(sections) > 1 else paper.name
        fields = _told_fields(paper.name, text)
        yield Record(place, {"heading": title, **fields}, f"{title}\n{text}")


def _front_fields(text: str, *, is_toml: bool) -> dict[str, str]:
    try:
        data = tomllib.loads(text) if is_toml else yaml.load(text, yaml.BaseLoader)  # noqa: S506  # makes only texts
    except (yaml.YAMLError, ValueError):
        return {}
    return _fields(data) if isinstance(data, dict) else {}


def _told_fields(paper: str, text: str) -> dict[str, str]:
    """Return what a text tells in lines, items, rows and short sections that begin with a name."""
    found: dict[str, str] = {}
    # `**End:** 14:40` is as good as `**End**: 14:40`.
    text = re.sub(r"(\*\*|__)([^*_\n]+?)\s*:\1", r"\1\2\1:", text)
    for passage in passages(Paper(paper, text))[1:]:
        name = plain_name(passage.title)
        body = passage.body.strip()
        # A summary is told in sentences, any other value on one line.
        value = _sentences_of(passage, text) if _SUMMARY.search(name) else body.split("\n")[0].strip(" |*")
        if value:
            found.setdefault(name, value)
    return found


def _sentences_of(passage: Passage, text: str) -> str:
    """Return the first paragraph of a passage, also where its first words stand beside its name."""
    lines = text.split("\n")[passage.line - 1 :]
    first = passage.body.strip().split("\n")[0]
    if not first or first not in lines[0]:
        return passage.body.strip().split("\n\n")[0]
    return "\n".join([first, *takewhile(str.strip, lines[1:])])


def _first_title(paper: Paper) -> str:
    """Return the first heading of a text; of one without headings its first line."""
    headings = headings_of(paper)
    return headings[0].title if headings else next((line.strip() for line in lines_of(paper) if line.strip()), "")


def _rows(paper: Paper, is_record: IsRecord) -> Iterator[Record]:
    """Yield the rows of a table whose heads are the fields of a record."""
    heads: list[str] = []
    lines = paper.text.split("\n")
    for number, line in enumerate(lines):
        if not line.strip().startswith("|"):
            heads = []
            continue
        cells = [cell.strip() for cell in line.strip().strip("|").split("|")]
        following = lines[number + 1].strip() if number + 1 < len(lines) else ""
        if not heads and _BORDER.fullmatch(following) and is_record(dict.fromkeys(map(plain_name, cells), "")):
            heads = [plain_name(cell) for cell in cells] if len(cells) > _SEVERAL else []
        elif heads and not _BORDER.fullmatch(line.strip()) and any(cells):
            fields = dict(zip(heads, cells, strict=False))
            text = "\n".join(f"{name.replace('_', ' ')}: {value}" for name, value in fields.items())
            yield Record(f"{paper.name}:{number + 1}", fields, text)


def _sections(paper: Paper, is_record: IsRecord) -> list[tuple[int, str, str]]:
    """Return the parts of a text that are a record each, with line and title; the whole text where there are none."""
    lines = lines_of(paper)
    headings = headings_of(paper)
    for level in range(1, _DEEPEST):
        here = [each for each in headings if each.level == level]
        parts = [(each.line + 1, each.title, _part(lines, headings, each)) for each in here]
        named = [part for part in parts if _DATED_TITLE.search(part[1])]
        told = [part for part in parts if is_record(_told_fields(paper.name, _direct(part[2])))]
        if len(named) == 1 == len(parts) or len(named) >= _SEVERAL:
            return named
        if len(told) >= _SEVERAL:
            return told
        if named or told:
            break
    return [(1, _first_title(paper), "\n".join(lines))] if paper.text.strip() else []


def _part(lines: Sequence[str], headings: Sequence[Heading], own: Heading) -> str:
    ends = (each.line for each in headings if each.line > own.line and each.level <= own.level)
    return "\n".join(lines[own.below : next(ends, len(lines))])


def _direct(text: str) -> str:
    """Return what stands before the first heading of a text."""
    found: list[str] = []
    for line in text.split("\n"):
        if _MARKED.fullmatch(line):
            break
        found.append(line)
    return "\n".join(found)
