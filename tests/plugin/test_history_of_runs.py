"""Whole runs outside of the sandbox are kept in the history, and nothing about it turns a verdict."""

from __future__ import annotations

from contextlib import closing

import pytest

from pytest_golive.history.store import History, file_of
from tests.plugin.conftest import Project
from tests.plugin.people_project import ALONE

pytest.importorskip("sqlalchemy")

OWN = "@pytest.mark.weekly\n@pytest.mark.rule(id='SHOP-07')\ndef test_own(golive):\n    {body}\n"
PASSWORD = "s3cr3t-of-the-database"


def _ran(project: Project, body: str = "pass", more: str = "", *options: str) -> tuple[int, list[str]]:
    project.write("golive.yaml", ALONE.format(more=more))
    project.tests(OWN.format(body=body))
    ran = project.run_warm("-m", "weekly", "--env", "staging", *options)
    return ran.code, ran.lines


def test_whole_runs_are_kept(project: Project) -> None:
    """Also those that failed; not those of one rule."""
    assert _ran(project)[0] == 0
    assert _ran(project, "assert False")[0] == 1
    _ran(project, "pass", "", "--golive-only", "SHOP-07")

    with closing(History(file_of(project.folder))) as history:
        found = history.runs("shop")
    assert [(run.verdict, run.environment, run.suites) for run in found] == [
        ("NO-GO", "staging", ("weekly",)),
        ("GO", "staging", ("weekly",)),
    ]
    assert [dict(run.results) for run in found] == [{("", "SHOP-07"): "failed"}, {("", "SHOP-07"): "passed"}]


def test_a_database_that_is_away_turns_no_verdict(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told, without the password; who has no access to it keeps the run in the project's own file."""
    monkeypatch.setenv("HISTORY_URL", f"postgresql://golive:{PASSWORD}@127.0.0.1:9/golive")
    more = "history: {url: {env: HISTORY_URL}}"

    code, lines = _ran(project, "pass", more)

    (told,) = [line for line in lines if "history" in line]
    assert code == 0
    assert told.startswith("this run is not in the history: postgresql+psycopg://golive:***@127.0.0.1:9/golive: ")
    assert PASSWORD not in "\n".join(lines)
    assert not file_of(project.folder).exists()
    monkeypatch.delenv("HISTORY_URL")
    code, lines = _ran(project, "pass", more)
    assert code == 0
    told = "history.url: environment variable HISTORY_URL is not set; this run is kept in the project's own file"
    assert told in lines
    assert file_of(project.folder).exists()
