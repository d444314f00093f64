"""Runs that are kept and read again, by SQLite and by a real PostgreSQL, from many threads at once."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from pytest_golive.history import store
from pytest_golive.history.kept import KeptRun, changes, run_before
from pytest_golive.history.store import History, HistoryProblem, file_of
from tests.history.postgres_server import PASSWORD, is_here, postgres

pytest.importorskip("sqlalchemy")
pytest.importorskip("psycopg")

RUN = KeptRun(
    run="0123abcd",
    project="shop",
    environment="production",
    suites=("postrotation", "weekly"),
    verdict="NO-GO",
    started="2026-11-21T09:00:00Z",
    finished="2026-11-21T09:03:00Z",
    commit="4a8e22a",
    version="0.1.0",
    results={("uppzy", "UPZ-22"): "failed", ("", "SHOP-07"): "passed", ("timely", "CL-01"): "passed"},
    fingerprints={("uppzy", "api_key"): "5d03c20d6b3d"},
)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    if not is_here():
        pytest.skip("PostgreSQL is not installed (Debian: postgresql)")
    with postgres() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgresql"])
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Where a history without any table is."""
    if request.param == "sqlite":
        return file_of(tmp_path)
    url: str = request.getfixturevalue("server")
    _sql(url, "DROP SCHEMA public CASCADE", "CREATE SCHEMA public")
    return url


def _sql(place: Path | str, *statements: str) -> list[Any]:
    engine = store._engine(place)
    told: list[Any] = []
    try:
        with engine.begin() as connection:
            for statement in statements:
                done = connection.exec_driver_sql(statement)
                told += [tuple(row) for row in done] if done.returns_rows else []
    finally:
        engine.dispose()
    return told


def test_a_run_is_read_as_it_was_kept(place: Path | str) -> None:
    """Also by another process later; the newest first; by project and environment."""
    with closing(History(place)) as history:
        history.keep(RUN)
        history.keep(replace(RUN, run="1", environment="staging", results={}, fingerprints={}, commit=""))
        history.keep(replace(RUN, run="2", project="other"))
    with closing(History(place)) as history:
        history.keep(replace(RUN, run="3"))

        assert [run.run for run in history.runs("shop")] == ["3", "1", "0123abcd"]
        assert history.runs("shop", "production") == (replace(RUN, run="3"), RUN)
        assert history.runs("shop", "production", 1) == (replace(RUN, run="3"),)
        assert history.runs("shop", "staging")[0].results == {}
        assert history.runs("nobody") == ()


def test_many_write_at_once(place: Path | str) -> None:
    """They also make the tables at once: none fails, and none is lost."""

    def keep(number: int) -> None:
        with closing(History(place)) as history:
            history.keep(replace(RUN, run=str(number)))

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(keep, range(24)))

    with closing(History(place)) as history:
        found = history.runs("shop")
    assert {run.run for run in found} == {str(number) for number in range(24)}
    assert {len(run.results) for run in found} == {3}


def test_a_run_is_kept_whole_or_not_at_all(place: Path | str) -> None:
    with closing(History(place)) as history:
        _sql(place, "DROP TABLE golive_fingerprints")

        with pytest.raises(HistoryProblem) as problem:
            history.keep(RUN)

    assert str(problem.value).startswith(f"{history.title}: ")
    assert "golive_fingerprints" in str(problem.value)
    assert _sql(place, "SELECT count(*) FROM golive_runs") == [(0,)]


def test_an_older_layout_becomes_todays(place: Path | str, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was kept stays."""
    # Not "from … import tables": a run of pytest within a test forgets modules; the package still holds the old one.
    tables = import_module("pytest_golive.history.tables")

    with monkeypatch.context() as older:
        older.setattr(tables, "STEPS", tables.STEPS[:1])
        with closing(History(place)) as history:
            history.keep(RUN)
    assert _sql(place, "SELECT version FROM golive_history") == [(1,)]

    with closing(History(place)) as history:
        assert history.runs("shop") == (RUN,)

    assert _sql(place, "SELECT version FROM golive_history") == [(2,)]
    index = "sqlite_master WHERE name" if isinstance(place, Path) else "pg_indexes WHERE indexname"
    assert _sql(place, f"SELECT count(*) FROM {index} = 'golive_runs_by_project'") == [(1,)]


def test_a_newer_layout_is_left_alone(place: Path | str) -> None:
    History(place).close()
    _sql(place, "UPDATE golive_history SET version = 9")

    with pytest.raises(HistoryProblem, match=r": version 9 of its tables is newer than 2, the one of this golive$"):
        History(place)

    assert _sql(place, "SELECT version FROM golive_history") == [(9,)]


def test_what_cannot_be_used_is_told_without_the_password(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No URL, no such database, nobody there, no database at all, no library."""
    for place, told in (
        (f"not a url {PASSWORD}", "history.url is no URL of a database, as postgresql://host/name"),
        (f"nosql://a:{PASSWORD}@b/c", "nosql cannot be used: Can't load plugin: sqlalchemy.dialects:nosql"),
        (f"postgresql://a:{PASSWORD}@127.0.0.1:9/c", "postgresql+psycopg://a:***@127.0.0.1:9/c: connection failed: "),
    ):
        with pytest.raises(HistoryProblem) as problem:
            History(place)
        assert str(problem.value).startswith(told)
        assert PASSWORD not in str(problem.value)
    (tmp_path / "x").write_text("this is no database, but some other text of somebody's\n" * 40)
    with pytest.raises(HistoryProblem, match=r"/x: file is not a database$"):
        History(tmp_path / "x")
    with pytest.raises(HistoryProblem, match=r"/x cannot be made: File exists$"):
        History(tmp_path / "x" / "y")
    monkeypatch.setattr(store, "is_available", lambda: False)
    with pytest.raises(HistoryProblem, match=r"^it needs SQLAlchemy: pip install 'pytest-golive\[history\]'$"):
        History(tmp_path / "z")


def test_what_changed_since_the_run_before() -> None:
    """Of the same environment and suites; what is new or gone is no change."""
    now = replace(
        RUN,
        results={("uppzy", "UPZ-22"): "passed", ("", "SHOP-07"): "failed", ("uppzy", "UPZ-23"): "failed"},
        fingerprints={("uppzy", "api_key"): "81aa12345678", ("timely", "api_key"): "0123456789ab"},
    )

    assert changes(now, RUN) == (
        "uppzy.api_key: 5d03c20d6b3d is 81aa12345678 now",
        "fails now: SHOP-07, uppzy UPZ-23",
        "holds again: uppzy UPZ-22",
    )
    assert changes(now, None) == changes(RUN, RUN) == ()
    other = (replace(RUN, environment="staging"), replace(RUN, suites=("weekly",)))
    assert run_before(now, other) is None
    assert run_before(now, (*other, RUN, now)) == RUN
