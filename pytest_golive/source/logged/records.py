"""Takes logs apart into records: JSON lines in any nesting, OpenTelemetry's exports, container prefixes, plain text."""

from __future__ import annotations

import gzip
import io
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pytest_golive.source.logged.names import canonical
from pytest_golive.source.logged.plain import TIME, told_in

MOST_LINES = 200_000
"""So many lines of one log are read: any part of a day tells how records are made."""

LONGEST_LINE = 65_536
"""More of a line is not looked at."""

_CONTAINER = re.compile(r"^\d{4}-\d\d-\d\dT\S+ (?:stdout|stderr) [FP] ")
_GOES_ON = re.compile(
    r"\s|Traceback \(|Caused by: |\.\.\. \d+ more|[}\])]|at \S+\(|[\w.]+(?:Error|Exception|Timeout|Warning)\b[:(]"
)
_OF_OPENTELEMETRY = ("resourceLogs", "scopeLogs", "logRecords", "resourceSpans", "scopeSpans", "spans")
_MESSAGES = ("msg", "message", "log", "body", "event", "text", "@message", "textPayload", "MESSAGE", "short_message")
_DEEPEST = 8


@dataclass(frozen=True, slots=True)
class Record:
    """One record of a log.

    Attributes:
        file: where it stands, as people call it.
        line: its first line, from 1.
        text: all of it.
        told: what it tells, as `names` calls it.
        fields: its own fields by their dotted places; empty for plain text.
    """

    file: str
    line: int
    text: str
    told: Mapping[str, str]
    fields: Mapping[str, str]

    @property
    def place(self) -> str:
        """File and line."""
        return f"{self.file}:{self.line}"


def records_in(path: Path, told: str) -> Iterator[Record]:
    """Yield the records of a log; one that cannot be read has none."""
    yield from records_of(lines_of(path), told)


def lines_of(path: Path) -> Iterator[str]:
    """Yield the lines of a log, packed by gzip or not; one that cannot be read has none."""
    try:
        with _opened(path) as file:
            for number, line in enumerate(file):
                if number >= MOST_LINES:
                    return
                yield line[:LONGEST_LINE].rstrip("\r\n")
    except (OSError, EOFError):
        return


def _opened(path: Path) -> io.TextIOBase:
    if path.suffix in {".gz", ".gzip"}:
        return io.TextIOWrapper(gzip.open(path), encoding="utf-8", errors="replace")
    return path.open(encoding="utf-8-sig", errors="replace")


def records_of(lines: Iterable[str], file: str) -> Iterator[Record]:
    """Yield the records that lines make: what goes on below, as a stack trace, belongs to the one above."""
    begun = 0
    held: list[str] = []
    for number, raw in enumerate(lines, start=1):
        line = _CONTAINER.sub("", raw) if _CONTAINER.match(raw) and "{" in raw else raw
        if held and (not line.strip() or _goes_on(line)):
            held.append(line)
            continue
        if held:
            yield from _made(held, file, begun)
        held, begun = ([line], number) if line.strip() else ([], 0)
    if held:
        yield from _made(held, file, begun)


def _goes_on(line: str) -> bool:
    return not line.lstrip().startswith("{") and not TIME.match(line) and _GOES_ON.match(line) is not None


def _made(lines: list[str], file: str, number: int) -> Iterator[Record]:
    text = "\n".join(lines).rstrip()
    value = _json_in(lines[0])
    if value is None:
        yield Record(file, number, text, told_in(text), {})
        return
    before = lines[0][: lines[0].index("{")].strip()
    for each in _unpacked(value):
        fields = dict(_flat(each))
        told: dict[str, str] = {}
        for name, found in canonical(fields):
            told.setdefault(name, found)
        for sentence in (*(fields.get(name, "") for name in _messages(fields)), before):
            for name, found in told_in(sentence).items() if sentence else ():
                told.setdefault(name, found)
        yield Record(file, number, text, told, fields)


def _messages(fields: Mapping[str, str]) -> list[str]:
    return [place for place in fields if place.rpartition(".")[2] in _MESSAGES]


def _json_in(line: str) -> Mapping[str, Any] | None:
    """Return the object that a line is, or ends with."""
    begin = line.find("{")
    if begin < 0 or not line.rstrip().endswith("}"):
        return None
    try:
        value = json.loads(line[begin:])
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and value else None


def _unpacked(value: Mapping[str, Any], around: Mapping[str, Any] | None = None) -> Iterator[Mapping[str, Any]]:
    """Yield the records of an export of OpenTelemetry's, each with its resource; any other object is one itself."""
    above = {**(around or {}), **({"resource": value["resource"]} if isinstance(value.get("resource"), dict) else {})}
    inner = next((name for name in _OF_OPENTELEMETRY if isinstance(value.get(name), list)), None)
    if inner is None:
        yield {**above, **value}
        return
    for each in value[inner]:
        if isinstance(each, dict):
            yield from _unpacked(each, above)


def _flat(value: Any, place: str = "", deep: int = 0) -> Iterator[tuple[str, str]]:
    """Yield the fields of an object by their dotted places; pairs of key and value count as what they stand for."""
    if deep > _DEEPEST:
        return
    if isinstance(value, dict):
        for name, each in value.items():
            yield from _flat(each, f"{place}.{name}" if place else str(name), deep + 1)
    elif isinstance(value, list):
        pairs = [each for each in value if isinstance(each, dict) and isinstance(each.get("key"), str)]
        for each in pairs:
            yield from _flat(
                _plain_value(each.get("value")), f"{place}.{each['key']}" if place else each["key"], deep + 1
            )
        if not pairs:
            for each in value:
                if isinstance(each, dict):
                    yield from _flat(each, place, deep + 1)
            yield place, ", ".join(str(each) for each in value if not isinstance(each, dict | list))
    else:
        yield from _scalar(value, place, deep)


def _scalar(value: Any, place: str, deep: int) -> Iterator[tuple[str, str]]:
    text = "" if value is None else ("true" if value else "false") if isinstance(value, bool) else str(value)
    yield place, text
    # A container's log holds the program's own record as a text.
    inner = _json_in(text) if text.startswith("{") else None
    if inner is not None:
        yield from _flat(inner, "", deep + 1)


def _plain_value(value: Any) -> Any:
    """Return what a value of OpenTelemetry's stands for: `{"stringValue": "x"}` is x."""
    if isinstance(value, dict) and len(value) == 1:
        ((name, inner),) = value.items()
        if name == "arrayValue" and isinstance(inner, dict):
            return ", ".join(str(_plain_value(each)) for each in inner.get("values", ()))
        if str(name).endswith("Value"):
            return inner
    return value
