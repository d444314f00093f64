"""Where in the lines of a log a field stands, and how its many ways to be written become one, as SQL."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from pytest_golive.review.sources.log_lines import text

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

SNIFFED_LINES = 20_000
"""Lines of the first and of the last file that are looked at to find out where fields stand: some are rare."""

_TEMPLATES = ("template", "route")
"""Names of fields that hold no ids end so."""

_ID = (
    r"/([0-9]+|[0-9a-fA-F]{8}-[0-9a-fA-F-]{27}|[A-Za-z]{1,10}[_-][A-Za-z0-9_-]*[0-9][A-Za-z0-9_-]*"
    r"|[A-Za-z0-9]*[0-9][A-Za-z0-9]{5,})(/|$)"
)
"""A part of a path that is no name: a number, a UUID, something like `cus_4f9a` or `4f9a8b7c`."""


def json_columns(connection: DuckDBPyConnection, names: Sequence[str]) -> Mapping[str, Any]:
    """Return the fields of the first lines, one object inside of another."""
    merged: dict[str, Any] = {}
    for name in dict.fromkeys((names[0], names[-1])):
        rows = connection.execute(
            f"SELECT json FROM read_ndjson_objects([{text(name)}], ignore_errors = true, "  # noqa: S608  # escaped
            f"maximum_object_size = 16777216) LIMIT {SNIFFED_LINES}"
        ).fetchall()
        for (line,) in rows:
            _merge(merged, _read_line(line))
    return merged


def _read_line(text: str | None) -> Mapping[str, Any]:
    try:
        line = json.loads(text or "")
    except ValueError:
        return {}
    return line if isinstance(line, dict) else {}


def _merge(known: dict[str, Any], line: Mapping[str, Any]) -> None:
    for name, value in line.items():
        if isinstance(value, dict):
            inner = known.setdefault(name, {})
            if isinstance(inner, dict):
                _merge(inner, value)
        elif not isinstance(known.get(name), dict):
            known[name] = None


def placed(places: Sequence[str], columns: Mapping[str, Any]) -> tuple[str, ...]:
    """Return the SQL that reads each of these fields that lines have: services may write one thing in several ways."""
    found = (path for place in places for path in _paths(place, columns))
    return tuple(dict.fromkeys(_read_by(path) for path in found))


def _read_by(path: Sequence[str]) -> str:
    top = _quoted(path[0])
    return top if len(path) == 1 else f"{top}->>{text(_pointer(path[1:]))}"


def top_of(place: str) -> str:
    """Return the name of the column that a field stands in."""
    return _unquoted(place.split("->>", maxsplit=1)[0].strip())


def _paths(place: str, columns: Mapping[str, Any], into: int = 2) -> Iterator[tuple[str, ...]]:
    """Yield where a dotted name stands: as one name, or as objects in objects; also inside of `attributes`."""
    if place in columns:
        if not isinstance(columns[place], dict):
            yield (place,)
        return
    head, dot, rest = place.partition(".")
    while dot:
        inner = columns.get(head)
        if isinstance(inner, dict):
            for path in _paths(rest, inner, 0):
                yield (head, *path)
        more, dot, rest = rest.partition(".")
        head = f"{head}.{more}"
    if into:
        for name, inner in columns.items():
            if isinstance(inner, dict):
                for path in _paths(place, inner, into - 1):
                    yield (name, *path)


def _pointer(path: Sequence[str]) -> str:
    return "$" + "".join(f'."{name}"' for name in path)


def _quoted(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'


def _unquoted(name: str) -> str:
    return name[1:-1].replace('""', '"')


# ---------------------------------------------------------------- values


def as_text(places: Sequence[str]) -> str:
    """Return the SQL for a text; empty where a line has none."""
    return f"coalesce({', '.join(f'TRY_CAST({place} AS VARCHAR)' for place in places)}, '')" if places else "''"


def as_kind(places: Sequence[str], kind: str) -> str:
    """Return the SQL for a value of a kind; NULL where a line has none that is of it."""
    return f"coalesce({', '.join(f'TRY_CAST({place} AS {kind})' for place in places)})" if places else f"NULL::{kind}"


def as_status(places: Sequence[str]) -> str:
    """Return the SQL for a status of HTTP, or its class: `503`, `5xx`; other words in such a field are none."""
    whole = (f"regexp_replace(TRY_CAST({place} AS VARCHAR), '[.]0$', '')" for place in places)
    told = ", ".join(f"nullif(regexp_extract({each}, '^[1-5]([0-9][0-9]|xx|XX)$'), '')" for each in whole)
    return f"coalesce({told}, '')" if places else "''"


def as_error(places: Sequence[str]) -> str:
    """Return the SQL for what went wrong; the words for nothing are none."""
    none = "'', 'false', 'null', 'none', 'nil', 'undefined', '0', '-'"
    told = ", ".join(
        f"CASE WHEN lower(TRY_CAST({place} AS VARCHAR)) NOT IN ({none}) THEN TRY_CAST({place} AS VARCHAR) END"
        for place in places
    )
    return f"coalesce({told}, '')" if places else "''"


def as_endpoint(places: Sequence[str]) -> str:
    """Return the SQL for an endpoint: of an address its path, with `{id}` in the place of ids."""
    told = ", ".join(f"nullif({_path(place)}, '')" for place in places)
    return f"coalesce({told}, '')" if places else "''"


def _path(place: str) -> str:
    told = f"TRY_CAST({place} AS VARCHAR)"
    if place.rstrip("\"'").endswith(_TEMPLATES):
        return told
    path = f"regexp_replace(regexp_replace({told}, '^[a-zA-Z]+://[^/]*', ''), '[?#].*$', '')"
    for _ in range(2):  # an id right after an id
        path = f"regexp_replace({path}, '{_ID}', '/{{id}}\\2', 'g')"
    return path


def as_seconds(places: Sequence[str], in_milliseconds: Sequence[str]) -> str:
    """Return the SQL for a duration in seconds."""
    told = [f"TRY_CAST({place} AS DOUBLE)" for place in places]
    told += [f"TRY_CAST({place} AS DOUBLE) / 1000" for place in in_milliseconds]
    return f"coalesce({', '.join(told)})" if told else "NULL::DOUBLE"


def as_retries(places: Sequence[str], tries: Sequence[str]) -> str:
    """Return the SQL for how many tries came before; a number of tries begins with one."""
    told = [f"TRY_CAST({place} AS BIGINT)" for place in places]
    told += [f"greatest(TRY_CAST({place} AS BIGINT) - 1, 0)" for place in tries]
    return f"coalesce({', '.join([*told, '0'])})"


def as_moment(places: Sequence[str]) -> str:
    """Return the SQL for a time: with an offset, or in UTC; numbers are seconds since 1970, or parts of them."""
    return f"coalesce({', '.join(map(_moment, places))})"


def _moment(place: str) -> str:
    number = f"TRY_CAST({place} AS DOUBLE)"
    seconds = (
        f"CASE WHEN {number} > 1e17 THEN {number} / 1e9 WHEN {number} > 1e14 THEN {number} / 1e6 "
        f"WHEN {number} > 1e11 THEN {number} / 1e3 ELSE {number} END"
    )
    told = f"TRY_CAST({place} AS VARCHAR)"
    return (
        f"to_timestamp({seconds}), TRY_CAST({place} AS TIMESTAMPTZ), "
        f"TRY_CAST(replace({told}, ',', '.') AS TIMESTAMPTZ), try_strptime({told}, '%d/%b/%Y:%H:%M:%S %z')"
    )
