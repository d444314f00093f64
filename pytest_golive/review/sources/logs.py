"""Traffic facts from access logs, JSON lines or Parquet, here or in object storage, through DuckDB.

What a question needs is counted inside of the engine, in one pass over the files; Python sees sums per hour.
Where parts of hours are asked for, the files are read again.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_golive.review.names import log_fields
from pytest_golive.review.sources.log_fields import (
    as_endpoint,
    as_error,
    as_kind,
    as_moment,
    as_retries,
    as_seconds,
    as_status,
    as_text,
    json_columns,
    placed,
    top_of,
)
from pytest_golive.review.sources.log_lines import (
    COUNTED,
    HOURS,
    LEVELS,
    NEEDED,
    OF_A_LINE,
    SENT_AGAIN,
    condition,
    is_of_hours,
    text,
    within,
)
from pytest_golive.review.traffic import (
    LABELS,
    Label,
    Labels,
    Level,
    NotKept,
    Question,
    Row,
    Sent,
    Slot,
    TrafficProblem,
)
from pytest_golive.review.window import Window

if TYPE_CHECKING:
    from duckdb import DuckDBPyConnection

MEMORY = "512MB"
"""What the engine may hold; what is more it keeps on disk meanwhile."""

REMOTE = ("s3://", "gs://", "gcs://", "r2://", "az://", "azure://", "abfss://", "https://", "http://")

TOLD = ("session", "message", "delivery")
"""What a line tells beside its labels, as text."""


class AccessLogs:
    """Access logs of the team's client: one line per try.

    Args:
        files: names, with * and **, or addresses in object storage; JSON lines (also gzip or zstd) or Parquet.
        fields: where a line tells what, instead of OpenTelemetry's names and the usual ones.
        where: SQL-free filters: label -> value; lines of other integrations are left out.

    Raises:
        TrafficProblem: DuckDB is not installed, or nothing can be read.
    """

    def __init__(
        self,
        files: Sequence[str],
        fields: Mapping[str, Any] | None = None,
        *,
        where: Mapping[Label, str] | None = None,
    ) -> None:
        self._files = tuple(files)
        self._fields = log_fields(fields)
        self._filter = dict(where or {})
        self._lock = threading.Lock()
        self._connection: DuckDBPyConnection | None = None
        self._found: Mapping[str, tuple[str, ...]] = {}

    @property
    def title(self) -> str:
        """What it is, as a finding names it."""
        return f"the logs {', '.join(self._files)}"

    def close(self) -> None:
        """Close the engine."""
        with self._lock:
            if self._connection is not None:
                self._connection.close()
            self._connection = None

    def counts(self, question: Question) -> tuple[Row, ...]:
        """Return sums of lines; see :meth:`Traffic.counts`."""
        with self._lock:
            connection = self._opened()
            self._need(NEEDED[question.of])
            if is_of_hours(question.window):
                return self._rows(connection, question, f"sum({COUNTED[question.of]})", "hours")
            return self._rows(connection, question, OF_A_LINE[question.of], "lines")

    def busiest(self, question: Question, seconds: int) -> float:
        """Return the most lines within one of the spans that the window falls into; see :meth:`Traffic.busiest`."""
        with self._lock:
            connection = self._opened()
            self._need(NEEDED[question.of])
            where, values = condition(question)
            told = connection.execute(
                f"SELECT max(figure) FROM (SELECT {OF_A_LINE[question.of]} AS figure FROM lines "  # noqa: S608
                f"WHERE {where} GROUP BY floor(epoch(time) / {int(seconds)}))",
                values,
            ).fetchone()
        return float(told[0] or 0) if told else 0.0

    def slots(self, question: Question, seconds: int) -> tuple[Slot, ...]:
        """Return sums of lines for each part of the window; see :meth:`Traffic.slots`."""
        with self._lock:
            connection = self._opened()
            self._need(NEEDED[question.of])
            whole = is_of_hours(question.window) and seconds % 3600 == 0
            figure = f"sum({COUNTED[question.of]})" if whole else OF_A_LINE[question.of]
            return _slots(connection, question, seconds, figure, "hours" if whole else "lines")

    def highest(self, of: Level, window: Window, where: Labels) -> float:
        """Return the most that any line tells; see :meth:`Traffic.highest`."""
        with self._lock:
            connection = self._opened()
            self._need((LEVELS[of],))
            wanted, values = within(window, where)
            told = connection.execute(
                f"SELECT max({LEVELS[of]}) FROM lines WHERE {wanted}",  # noqa: S608  # as above
                values,
            ).fetchone()
        return float(told[0] or 0) if told else 0.0

    def sent_again(self, window: Window, where: Labels, most: int, pause_seconds: float) -> tuple[Sent, ...]:
        """Return the messages that were sent in a row too often; see :meth:`Traffic.sent_again`."""
        with self._lock:
            connection = self._opened()
            self._need(("message",))
            wanted, values = within(window, where)
            query = SENT_AGAIN.format(where=wanted, pause=float(pause_seconds), most=int(most))
            rows = connection.execute(query, values).fetchall()
        return tuple(
            Sent(session, message, int(times), datetime.fromtimestamp(at, UTC)) for session, message, times, at in rows
        )

    def quantile(self, share: float, question: Question) -> tuple[Row, ...]:
        """Return an exact quantile over the lines; see :meth:`Traffic.quantile`."""
        column = {"requests": "seconds", "async_answers": "async_seconds"}.get(question.of)
        if column is None:
            raise NotKept(question.of, f"{question.of} have no duration")
        with self._lock:
            connection = self._opened()
            self._need((column, "milliseconds") if column == "seconds" else (column,))
            return self._rows(connection, question, f"quantile_cont({column}, {float(share)})", "lines")

    def quantile_slots(self, share: float, question: Question, seconds: int) -> tuple[Slot, ...]:
        """Return a quantile of each part, within a hundredth or so: of weeks of lines; see :class:`InOneLook`."""
        with self._lock:
            connection = self._opened()
            self._need(("seconds", "milliseconds"))
            return _slots(connection, question, seconds, f"approx_quantile(seconds, {float(share)})", "lines")

    @property
    def unreadable(self) -> int:
        """How many lines have no time that can be read; they count nowhere."""
        with self._lock:
            told = self._opened().execute("SELECT coalesce(sum(unreadable), 0) FROM hours").fetchone()
        return int(told[0]) if told else 0

    # The engine ---------------------------------------------------------------

    def _opened(self) -> DuckDBPyConnection:
        if self._connection is None:
            connection = _engine()
            try:
                self._read(connection)
            except Exception:
                connection.close()
                raise
            self._connection = connection
        return self._connection

    def _read(self, connection: DuckDBPyConnection) -> None:
        names = self._there()
        parquet = all(name.endswith((".parquet", ".pq")) for name in names)
        columns = _parquet_columns(connection, names) if parquet else json_columns(connection, names)
        found = {name: placed(places, columns) for name, places in self._fields.items()}
        self._found = {name: places for name, places in found.items() if places}
        if "time" not in self._found:
            raise TrafficProblem(f"{self.title}: no line has a time: {self._usual('time')}")
        source = _source(names, parquet, (place for places in self._found.values() for place in places))
        connection.execute(f"CREATE VIEW lines AS {self._lines(source)}")
        connection.execute(f"CREATE TABLE hours AS {HOURS}")

    def _lines(self, source: str) -> str:
        def of(name: str) -> tuple[str, ...]:
            return self._found.get(name, ())

        labels = {name: as_text(of(name)) for name in (*LABELS, *TOLD)}
        labels |= {"endpoint": as_endpoint(of("endpoint")), "status": as_status(of("status"))}
        kept = " AND ".join(f"{name} = {text(value)}" for name, value in self._filter.items()) or "true"
        return f"""
            SELECT * FROM (
                SELECT {as_moment(of("time"))} AS time,
                    {", ".join(f"{told} AS {name}" for name, told in labels.items())},
                    {as_seconds(of("seconds"), of("milliseconds"))} AS seconds,
                    {as_error(of("error"))} AS error,
                    {as_retries(of("resend_count"), of("tries"))} AS resend_count,
                    {as_kind(of("async_seconds"), "DOUBLE")} AS async_seconds,
                    coalesce({as_kind(of("async_timeout"), "BOOLEAN")}, false) AS async_timeout,
                    {", ".join(f"{as_kind(of(name), 'DOUBLE')} AS {name}" for name in LEVELS.values())}
                FROM {source}
            ) WHERE {kept}
        """  # noqa: S608  # names of columns are quoted, values escaped

    def _there(self) -> tuple[str, ...]:
        """Return the files that there are; patterns stay as they are in object storage."""
        found: list[str] = []
        for name in self._files:
            if name.startswith(REMOTE):
                found.append(name)
                continue
            path = Path(name)
            pattern = str(path.relative_to(path.anchor)) if path.is_absolute() else name
            found += sorted(str(each) for each in Path(path.anchor or ".").glob(pattern) if each.is_file())
        if not found:
            raise TrafficProblem(f"{self.title}: there is no such file")
        return tuple(found)

    def _need(self, names: Iterable[str]) -> None:
        wanted = tuple(names)
        if not any(name in self._found for name in wanted):
            raise NotKept(wanted[0], f"{self.title}: no line has {self._usual(*wanted)}")

    def _usual(self, *names: str) -> str:
        """Return the first of the fields that something is looked for in; all of them are many."""
        first, *others = (place for name in names for place in self._fields[name])
        return f"{first}, or another of its usual names" if others else first

    def _rows(self, connection: DuckDBPyConnection, question: Question, figure: str, table: str) -> tuple[Row, ...]:
        by = "".join(f", {name}" for name in question.by)
        where, values = condition(question)
        rows = connection.execute(
            f"SELECT {figure} AS figure{by} FROM {table} WHERE {where} GROUP BY ALL",  # noqa: S608
            values,
        ).fetchall()
        return tuple(
            Row({name: str(value) for name, value in zip(question.by, labels, strict=True)}, float(number))
            for number, *labels in rows
            if number
        )


def _engine() -> DuckDBPyConnection:
    try:
        import duckdb
    except ImportError:
        raise TrafficProblem(
            "logs are read by DuckDB, which is not installed: pip install pytest-golive[logs]"
        ) from None
    connection = duckdb.connect(":memory:")
    connection.execute(f"SET memory_limit = '{MEMORY}'")
    connection.execute("SET preserve_insertion_order = false")
    connection.execute("SET TimeZone = 'UTC'")
    return connection


def _source(names: Sequence[str], parquet: bool, places: Iterable[str]) -> str:
    files = "[" + ", ".join(text(name) for name in names) + "]"
    if parquet:
        return f"read_parquet({files}, union_by_name = true)"
    wanted = tuple(places)
    tops = dict.fromkeys(map(top_of, wanted))
    columns = ", ".join(f"{text(top)}: {text(_kind(top, wanted))}" for top in tops)
    return (
        f"read_json({files}, format = 'newline_delimited', columns = {{{columns}}}, ignore_errors = true, "
        "maximum_object_size = 16777216)"
    )


def _kind(top: str, places: Iterable[str]) -> str:
    return "JSON" if any("->>" in place and top_of(place) == top for place in places) else "VARCHAR"


def _parquet_columns(connection: DuckDBPyConnection, names: Sequence[str]) -> Mapping[str, Any]:
    rows = connection.execute(f"DESCRIBE SELECT * FROM read_parquet([{text(names[0])}])").fetchall()  # noqa: S608
    return {str(name): None for name, *_ in rows}


def _slots(
    connection: DuckDBPyConnection, question: Question, seconds: int, figure: str, table: str
) -> tuple[Slot, ...]:
    """Return a figure for each part of a window."""
    start = question.window.start.timestamp()
    part = f"CAST(floor((epoch(time) - {start}) / {int(seconds)}) AS BIGINT)"
    by = "".join(f", {name}" for name in question.by)
    where, values = condition(question)
    rows = connection.execute(
        f"SELECT {figure} AS figure, {part} AS part{by} "  # noqa: S608  # names are this module's own
        f"FROM {table} WHERE {where} GROUP BY ALL ORDER BY part",
        values,
    ).fetchall()
    return tuple(
        Slot(
            datetime.fromtimestamp(start + number * seconds, UTC),
            Row(dict(zip(question.by, map(str, labels), strict=True)), float(figure)),
        )
        for figure, number, *labels in rows
        if figure
    )
