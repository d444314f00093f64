"""The database of the history: SQLite in a file of the project, or PostgreSQL. Needs SQLAlchemy; imported when used."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pytest_golive.history.kept import KeptRun

MISSING = "it needs SQLAlchemy: pip install 'pytest-golive[history]'"

WAIT_SECONDS = 30
"""How long one run waits for another that is writing."""

CONNECT_SECONDS = 10


class HistoryProblem(Exception):
    """The history cannot be read or written; the text says why, and holds no password."""


def file_of(root: Path) -> Path:
    """Return where the history of a project lies by default."""
    return root / ".golive" / "history.sqlite"


def is_available() -> bool:
    """Whether SQLAlchemy is installed."""
    from importlib.util import find_spec

    return find_spec("sqlalchemy") is not None


class History:
    """The runs of a project, or of many. One object is for one thread; many processes may write at once.

    Args:
        place: a file for SQLite, or the URL of a database.

    Raises:
        HistoryProblem: SQLAlchemy or a driver is missing, nobody answers, or a newer golive wrote it.
    """

    def __init__(self, place: Path | str) -> None:
        if not is_available():
            raise HistoryProblem(MISSING)
        self._engine = _engine(place)
        self.title = self._engine.url.render_as_string(hide_password=True)
        from pytest_golive.history.tables import NewerLayout, brought_up_to_date

        try:
            with self._transaction() as connection:
                brought_up_to_date(connection)
        except NewerLayout as error:
            self.close()
            raise HistoryProblem(f"{self.title}: {error}") from None
        except HistoryProblem:
            self.close()
            raise

    def close(self) -> None:
        """Close all connections."""
        self._engine.dispose()

    def keep(self, run: KeptRun) -> None:
        """Write a run, whole or not at all.

        Raises:
            HistoryProblem: it cannot be written.
        """
        from pytest_golive.history.tables import FINGERPRINTS, RESULTS, RUNS

        row = {name: getattr(run, name) for name in _PLAIN} | {"suites": ",".join(run.suites), "commit_id": run.commit}
        with self._transaction() as connection:
            made = connection.execute(RUNS.insert().values(**row)).inserted_primary_key
            assert made is not None, "the key of a row that was just written"
            for table, names, told in (
                (RESULTS, ("vendor", "rule", "outcome"), run.results),
                (FINGERPRINTS, ("vendor", "credential", "fingerprint"), run.fingerprints),
            ):
                rows = [dict(zip(names, (*key, value), strict=True), run_id=made[0]) for key, value in told.items()]
                if rows:
                    connection.execute(table.insert(), rows)

    def runs(self, project: str, environment: str | None = None, limit: int | None = None) -> tuple[KeptRun, ...]:
        """Return the runs of a project, the newest first.

        Raises:
            HistoryProblem: they cannot be read.
        """
        from sqlalchemy import select

        from pytest_golive.history.tables import FINGERPRINTS, RESULTS, RUNS

        asked = select(RUNS).where(RUNS.c.project == project).order_by(RUNS.c.id.desc()).limit(limit)
        if environment is not None:
            asked = asked.where(RUNS.c.environment == environment)
        with self._transaction() as connection:
            found = connection.execute(asked).mappings().all()
            ids = [row["id"] for row in found]
            results, fingerprints = (
                _by_run(connection.execute(select(table).where(table.c.run_id.in_(ids))))
                for table in (RESULTS, FINGERPRINTS)
            )
        return tuple(
            KeptRun(
                **{name: row[name] for name in _PLAIN},
                suites=tuple(row["suites"].split(",")),
                commit=row["commit_id"],
                results=results.get(row["id"], {}),
                fingerprints=fingerprints.get(row["id"], {}),
            )
            for row in found
        )

    @contextmanager
    def _transaction(self) -> Iterator[Any]:
        from sqlalchemy.exc import SQLAlchemyError

        try:
            with self._engine.begin() as connection:
                yield connection
        except SQLAlchemyError as error:
            told = str(getattr(error, "orig", None) or error).strip().splitlines()[0]
            raise HistoryProblem(f"{self.title}: {told}") from None


_PLAIN = ("run", "project", "environment", "verdict", "started", "finished", "version")


def _by_run(rows: Any) -> dict[int, dict[tuple[str, str], str]]:
    found: dict[int, dict[tuple[str, str], str]] = {}
    for run, vendor, name, value in rows:
        found.setdefault(run, {})[vendor, name] = value
    return found


def _engine(place: Path | str) -> Any:
    from sqlalchemy import URL, create_engine, event, make_url
    from sqlalchemy.exc import ArgumentError

    if isinstance(place, Path):
        try:
            place.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise HistoryProblem(f"{place.parent} cannot be made: {error.strerror}") from None
        url = URL.create("sqlite", database=str(place))
    else:
        try:
            url = make_url(place)
        except ArgumentError:
            raise HistoryProblem("history.url is no URL of a database, as postgresql://host/name") from None
    if url.drivername in {"postgres", "postgresql"}:
        url = url.set(drivername="postgresql+psycopg")
    try:
        engine = create_engine(url, connect_args=_options(url.get_backend_name()))
    except (ArgumentError, ImportError) as error:
        raise HistoryProblem(f"{url.drivername} cannot be used: {error}; install 'pytest-golive[history]'") from None
    if url.get_backend_name() == "sqlite":
        # Python's driver begins transactions when it pleases: here the writer is alone from the first statement on.
        event.listen(engine, "connect", lambda connection, _: setattr(connection, "isolation_level", None))
        event.listen(engine, "begin", lambda connection: connection.exec_driver_sql("BEGIN IMMEDIATE"))
    return engine


def _options(backend: str) -> Mapping[str, Any]:
    if backend == "sqlite":
        return {"timeout": WAIT_SECONDS}
    return {"connect_timeout": CONNECT_SECONDS} if backend == "postgresql" else {}
