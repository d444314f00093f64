"""The tables of the history, and how a database of an older golive becomes one of this."""

from __future__ import annotations

from collections.abc import Callable
from itertools import count

from sqlalchemy import Column, Connection, ForeignKey, Integer, MetaData, String, Table, select, text, update

LAYOUT = MetaData()

VERSION = Table("golive_history", LAYOUT, Column("version", Integer, nullable=False))
"""One row: how many of the steps below this database has behind it."""

RUNS = Table(
    "golive_runs",
    LAYOUT,
    Column("id", Integer, primary_key=True),
    Column("run", String, nullable=False),
    Column("project", String, nullable=False),
    Column("environment", String, nullable=False),
    Column("suites", String, nullable=False),
    Column("verdict", String, nullable=False),
    Column("started", String, nullable=False),
    Column("finished", String, nullable=False),
    Column("commit_id", String, nullable=False),
    Column("version", String, nullable=False),
)

RESULTS = Table(
    "golive_results",
    LAYOUT,
    Column("run_id", ForeignKey(RUNS.c.id), primary_key=True),
    Column("vendor", String, primary_key=True),
    Column("rule", String, primary_key=True),
    Column("outcome", String, nullable=False),
)

FINGERPRINTS = Table(
    "golive_fingerprints",
    LAYOUT,
    Column("run_id", ForeignKey(RUNS.c.id), primary_key=True),
    Column("vendor", String, primary_key=True),
    Column("credential", String, primary_key=True),
    Column("fingerprint", String, nullable=False),
)

LOCK = 0x601131
"""PostgreSQL's advisory lock that only one process changes tables under."""


def _tables_of_runs(connection: Connection) -> None:
    for table in (RUNS, RESULTS, FINGERPRINTS):
        table.create(connection)


def _found_by_project(connection: Connection) -> None:
    connection.execute(text("CREATE INDEX golive_runs_by_project ON golive_runs (project, environment, id)"))


STEPS: tuple[Callable[[Connection], None], ...] = (_tables_of_runs, _found_by_project)
"""What was done to the tables, version by version. Steps are added, never changed."""


class NewerLayout(Exception):
    """A newer golive has written this database."""


def brought_up_to_date(connection: Connection) -> None:
    """Make the tables, or take an older layout to this one, within the transaction of the connection.

    Raises:
        NewerLayout: the layout is newer than this golive.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:lock)"), {"lock": LOCK})
    VERSION.create(connection, checkfirst=True)
    version = connection.execute(select(VERSION.c.version)).scalar()
    if version is None:
        connection.execute(VERSION.insert().values(version=0))
        version = 0
    if version > len(STEPS):
        raise NewerLayout(f"version {version} of its tables is newer than {len(STEPS)}, the one of this golive")
    for number, step in zip(count(version), STEPS[version:], strict=False):
        step(connection)
        connection.execute(update(VERSION).values(version=number + 1))
