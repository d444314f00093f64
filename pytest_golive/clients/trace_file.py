"""Traces as files of JSON lines: written from a drive, read from anywhere that logs requests.

The first line may say what the file is, ``{"golive_trace": 1, "name": …, "zero": …}``; every other one is a request,
``{"attempt": {…}}``, a connection or a call, with the names of :mod:`pytest_golive.clients.trace`. A line without any
of these is a request. ``method`` and ``target`` or ``url`` are all that a request needs beside its time; times are
seconds since the trace's zero, or a date and time with an offset.
"""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import MISSING, asdict, fields, replace
from datetime import datetime
from difflib import get_close_matches
from typing import Any, TypeVar, get_args

from pytest_golive.clients.trace import KEPT_BYTES, Attempt, Call, Connection, Fields, Outcome, Trace

KINDS: dict[str, type[Attempt] | type[Connection] | type[Call]] = {
    "attempt": Attempt,
    "connection": Connection,
    "call": Call,
}
WHOLE = ("name", "zero", "lag_seconds", "log", "leaks", "unfired", "leak_places", "keys", "ids", "lates")
HEADS = ("golive_trace", *WHOLE)
TIMES = ("at", "body_at", "answered_at", "ended_at", "left_at", "opened_at", "closed_at", "began_at")
NUMBERS = frozenset({"number", "connection", "body_size", "status", "requests"})
TEXTS = frozenset(
    {"method", "target", "listener", "scheme", "host", "operation", "call", "credential", "fired", "crash"}
)
BODIES = ("body", "answer")
HEADERS = ("headers", "answer_headers")
ALSO = ("url", "body_base64", "answer_base64")
LONGEST_TRACE = 1e6
"""Numbers above this are seconds since 1970, below it since the trace's zero."""

Row = TypeVar("Row", Attempt, Connection, Call)


class UnreadableTrace(ValueError):
    """A file is no trace; says which line, and what is wrong with it."""

    def __init__(self, line: int, problem: str) -> None:
        self.line = line
        super().__init__(f"line {line}: {problem}" if line else problem)


def written(trace: Trace) -> Iterator[str]:
    """Yield the lines of a trace's file, without their line ends."""
    head = {name: getattr(trace, name) for name in WHOLE if getattr(trace, name)}
    yield _line({"golive_trace": 1, **head})
    for kind, rows in (("attempt", trace.attempts), ("connection", trace.connections), ("call", trace.calls)):
        for row in rows:
            yield _line({kind: _as_json(row)})


def read(lines: Iterable[str], *, name: str = "trace") -> Trace:
    """Return the trace that lines tell.

    Args:
        lines: JSON, one object each; empty ones are skipped.
        name: of the trace, where the file does not say.

    Raises:
        UnreadableTrace: a line is no JSON object, lacks what it needs, or names what nobody knows.
    """
    head: dict[str, Any] = {}
    rows: dict[str, list[tuple[int, dict[str, Any]]]] = {kind: [] for kind in KINDS}
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        said = _object(line, number)
        if "golive_trace" in said:
            head = _head(said, number)
            continue
        kind = next((one for one in KINDS if one in said and isinstance(said[one], dict)), "attempt")
        rows[kind].append((number, said[kind] if kind in said and len(said) == 1 else said))
    zero = head.get("zero") or _earliest(rows["attempt"])
    return Trace(
        name=str(head.get("name", name)),
        attempts=_numbered([_row(Attempt, said, line, zero) for line, said in rows["attempt"]]),
        connections=tuple(_row(Connection, said, line, zero) for line, said in rows["connection"]),
        calls=tuple(_row(Call, said, line, zero) for line, said in rows["call"]),
        log=tuple(map(str, head.get("log", ()))),
        leaks=tuple(map(str, head.get("leaks", ()))),
        zero=zero,
        lag_seconds=float(head.get("lag_seconds", 0.0)),
        unfired=tuple(map(str, head.get("unfired", ()))),
        leak_places=tuple((str(name), str(place)) for name, place in head.get("leak_places", ())),
        keys=tuple(map(str, head.get("keys", ()))),
        lates=tuple((float(noticed), float(late)) for noticed, late in head.get("lates", ())),
        ids={str(name): str(value) for name, value in dict(head.get("ids", {})).items()},
    )


def _as_json(row: Attempt | Connection | Call) -> dict[str, Any]:
    said = asdict(row)
    defaults = {one.name: one.default for one in fields(row) if one.default is not MISSING}
    for name in BODIES:
        if isinstance(said.get(name), bytes):
            said.update(_body(name, said.pop(name)))
    return {name: value for name, value in said.items() if name not in defaults or value != defaults[name]}


def _body(name: str, body: bytes) -> dict[str, str]:
    try:
        return {name: body.decode("utf-8")} if body else {}
    except UnicodeDecodeError:
        return {f"{name}_base64": base64.b64encode(body).decode("ascii")}


def _line(value: Mapping[str, Any]) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))


def _object(line: str, number: int) -> dict[str, Any]:
    try:
        said = json.loads(line)
    except ValueError:
        raise UnreadableTrace(number, "it is not JSON") from None
    if not isinstance(said, dict):
        raise UnreadableTrace(number, "it is no JSON object")
    return said


def _head(said: dict[str, Any], number: int) -> dict[str, Any]:
    if said["golive_trace"] != 1:
        raise UnreadableTrace(number, f"golive_trace: {said['golive_trace']!r} is not known; it is 1")
    _must_be_known(said, HEADS, number)
    for name in ("zero", "lag_seconds"):
        if not isinstance(said.get(name, 0.0), int | float):
            raise UnreadableTrace(number, f"{name}: {said[name]!r} is no number of seconds")
    return said


def _earliest(rows: Iterable[tuple[int, Mapping[str, Any]]]) -> float:
    """Return the trace's zero where nobody says it: the earliest of the requests whose times are dates."""
    found = []
    for _, said in rows:
        at = said.get("at", said.get("time"))
        try:
            since = datetime.fromisoformat(at).timestamp() if isinstance(at, str) else float(at or 0)
        except (ValueError, TypeError):
            continue
        found += [since] if since > LONGEST_TRACE else []
    return min(found, default=0.0)


def _row(kind: type[Row], said: Mapping[str, Any], line: int, zero: float) -> Row:
    names: tuple[str, ...] = tuple(one.name for one in fields(kind))
    _must_be_known(said, (*names, *ALSO) if kind is Attempt else names, line)
    values: dict[str, Any] = dict(said)
    if kind is Attempt:
        values = _request(values, line)
    for name in TIMES:
        if values.get(name) is not None:
            values[name] = _time(values[name], name, line, zero)
    if kind is Attempt:
        values.setdefault("number", 0)
    for one in fields(kind):
        if one.default is MISSING and values.get(one.name) is None:
            raise UnreadableTrace(line, f"{one.name} is missing")
    _must_fit(values, line)
    try:
        return kind(**values)
    except TypeError as problem:
        raise UnreadableTrace(line, str(problem)) from None


def _must_fit(values: Mapping[str, Any], line: int) -> None:
    """Refuse numbers that are none, texts that are none, and outcomes that nobody knows."""
    for name, value in values.items():
        if name in NUMBERS and value is not None and (not isinstance(value, int) or isinstance(value, bool)):
            raise UnreadableTrace(line, f"{name}: {value!r} is no whole number")
        if name in TEXTS and value is not None and not isinstance(value, str):
            raise UnreadableTrace(line, f"{name}: {value!r} is no text")
    if "outcome" in values and values["outcome"] not in get_args(Outcome):
        raise UnreadableTrace(line, f"outcome: {values['outcome']!r} is none of {', '.join(get_args(Outcome))}")


def _request(values: dict[str, Any], line: int) -> dict[str, Any]:
    url = values.pop("url", None)
    if isinstance(url, str):
        scheme, _, rest = url.rpartition("://")
        host, slash, path = rest.partition("/")
        values.setdefault("target", f"{slash or '/'}{path}")
        values.setdefault("host", host)
        values.setdefault("scheme", scheme or "http")
    if isinstance(values.get("method"), str):
        values["method"] = values["method"].upper()
    for name in HEADERS:
        values[name] = _fields(values.get(name, ()), name, line)
    for name in BODIES:
        values[name] = _bytes(values.pop(name, None), values.pop(f"{name}_base64", None), name, line)
    body = values["body"]
    if "body_sha256" not in values and body:
        values["body_sha256"] = hashlib.sha256(body).hexdigest()
    values.setdefault("body_size", len(body))
    values["body"], values["answer"] = body[:KEPT_BYTES], values["answer"][:KEPT_BYTES]
    return values


def _fields(said: Any, name: str, line: int) -> Fields:
    if isinstance(said, dict):
        return tuple((str(key), str(value)) for key, value in said.items())
    pairs = said if isinstance(said, list | tuple) else None
    if pairs is None or not all(isinstance(pair, list | tuple) and len(pair) == 2 for pair in pairs):
        raise UnreadableTrace(line, f"{name} is neither an object nor a list of pairs")
    return tuple((str(key), str(value)) for key, value in pairs)


def _bytes(text: Any, encoded: Any, name: str, line: int) -> bytes:
    if isinstance(encoded, str):
        try:
            return base64.b64decode(encoded, validate=True)
        except ValueError:
            raise UnreadableTrace(line, f"{name}_base64 is not base64") from None
    if text is None or isinstance(text, str):
        return (text or "").encode("utf-8")
    return json.dumps(text, ensure_ascii=False).encode("utf-8")


def _time(said: Any, name: str, line: int, zero: float) -> float:
    if isinstance(said, int | float) and not isinstance(said, bool):
        return float(said) - zero if said > LONGEST_TRACE else float(said)
    try:
        return datetime.fromisoformat(said).timestamp() - zero
    except (ValueError, TypeError):
        raise UnreadableTrace(line, f"{name}: {said!r} is neither seconds nor a date and time") from None


def _must_be_known(said: Mapping[str, Any], known: Iterable[str], line: int) -> None:
    names = list(known)
    for name in said:
        if name not in names:
            near = get_close_matches(name, names, 1)
            also = f"; did you mean {near[0]}?" if near else f"; known are: {', '.join(names)}"
            raise UnreadableTrace(line, f"nobody knows {name}{also}")


def _numbered(attempts: list[Attempt]) -> tuple[Attempt, ...]:
    ordered = sorted(attempts, key=lambda one: one.at)
    return tuple(replace(one, number=number) for number, one in enumerate(ordered))
