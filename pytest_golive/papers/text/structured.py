"""Reads papers that hold data, YAML, JSON, JSON lines or CSV, and keeps the line each part begins at."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from pathlib import PurePosixPath
from typing import Any

import yaml

from pytest_golive.papers.text.reading import Paper

SUFFIXES = frozenset({".yaml", ".yml", ".json", ".jsonl", ".ndjson", ".csv", ".tsv"})
"""What the name of a paper with data ends with."""

_BY_LINE = {".jsonl", ".ndjson"}
_BY_ROW = {".csv", ".tsv"}


class Lined(dict[str, Any]):
    """A mapping that knows at which line of its paper it begins, from 1, and at which each of its members does."""

    line: int = 1
    lines: dict[str, int]

    def line_of(self, name: str) -> int:
        """Return the line at which a member begins."""
        return self.lines.get(name, self.line)


class Garbled(Exception):
    """It is not the data that its name says; the message says why."""


class _Loader(yaml.SafeLoader):
    """Keeps lines, and leaves times as they are written."""

    def __init__(self, text: str, first: int) -> None:
        super().__init__(text)
        self.first = first

    def as_written(self, node: yaml.ScalarNode) -> str:
        """Return what is written there."""
        return str(node.value)

    def number(self, node: yaml.ScalarNode) -> Any:
        """Return a number; `10:05` is the time that somebody wrote, and not 605."""
        written = str(node.value)
        return written if ":" in written else self.construct_yaml_int(node)

    def lined(self, node: yaml.MappingNode) -> Iterator[Lined]:
        """Make a mapping in the two steps that YAML's anchors need."""
        held = Lined()
        held.line, held.lines = node.start_mark.line + self.first, {}
        yield held
        self.flatten_mapping(node)
        for key, value in node.value:
            name = str(self.construct_object(key, deep=True))
            held[name] = self.construct_object(value, deep=True)
            held.lines[name] = key.start_mark.line + self.first


_Loader.add_constructor("tag:yaml.org,2002:map", _Loader.lined)
_Loader.add_constructor("tag:yaml.org,2002:int", _Loader.number)
_Loader.add_constructor("tag:yaml.org,2002:timestamp", _Loader.as_written)


def is_data(paper: Paper) -> bool:
    """Whether a paper's name says that it holds data."""
    return PurePosixPath(paper.name).suffix.lower() in SUFFIXES


def read_data(text: str, first: int = 1) -> list[Any]:
    """Return the documents of a YAML or JSON text.

    Args:
        text: what is written.
        first: the line of the paper that its first line is.

    Raises:
        Garbled: it is neither.
    """
    found: list[Any] = []
    try:
        # Tabs may indent JSON, and never YAML.
        loader = _Loader(text.replace("\t", "  "), first)
        try:
            while loader.check_data():  # type: ignore[no-untyped-call]
                found.append(loader.get_data())
        finally:
            loader.dispose()
    except (yaml.YAMLError, ValueError, RecursionError) as problem:
        raise Garbled(_why(problem, first)) from None
    return [each for each in found if each is not None]


def documents_of(paper: Paper) -> list[Any]:
    """Return what a paper with data holds: its documents, lines or rows.

    Raises:
        Garbled: it cannot be read as what its name says.
    """
    suffix = PurePosixPath(paper.name).suffix.lower()
    if suffix in _BY_LINE:
        lines = enumerate(paper.text.split("\n"), start=1)
        return [each for number, line in lines if line.strip() for each in read_data(line, number)]
    if suffix in _BY_ROW:
        return list(_rows(paper.text, "\t" if suffix == ".tsv" else ""))
    return read_data(paper.text)


def _rows(text: str, sign: str) -> Iterator[Lined]:
    first = text.partition("\n")[0]
    sign = sign or max(",;\t|", key=first.count)
    reader = csv.DictReader(io.StringIO(text), delimiter=sign)
    try:
        for row in reader:
            held = Lined({str(name): value for name, value in row.items() if name and value not in (None, "")})
            held.line, held.lines = reader.line_num, {}
            yield held
    except csv.Error as problem:
        raise Garbled(str(problem)) from None


def _why(problem: Exception, first: int) -> str:
    if isinstance(problem, yaml.MarkedYAMLError) and problem.problem_mark is not None:
        return f"line {problem.problem_mark.line + first}: {problem.problem}"
    return str(problem).partition("\n")[0]
