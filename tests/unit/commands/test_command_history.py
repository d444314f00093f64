"""`golive history`: what earlier runs said, and what changed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from pytest_golive.history.kept import KeptRun
from pytest_golive.history.store import History, file_of

pytest.importorskip("sqlalchemy")

Command = Callable[..., Any]

MANIFEST = "golive: 1\nproject: shop\nenvironments: {staging: {}, production: {production: true}}\n"


def _run(number: int, environment: str = "production", outcome: str = "passed", key: str = "5d03c20d6b3d") -> KeptRun:
    at = f"2026-11-2{number}T09:00:00Z"
    told = {("uppzy", "UPZ-22"): outcome}
    keys = {("uppzy", "api_key"): key}
    verdict = "GO" if outcome == "passed" else "NO-GO"
    commit = "4a8e22a4a8e22a4a8e22a" if number else ""
    return KeptRun(f"run{number}", "shop", environment, ("weekly",), verdict, at, at, commit, "0.1.0", told, keys)


@pytest.fixture
def kept(here: Path) -> Path:
    (here / "golive.yaml").write_text(MANIFEST)
    with closing(History(file_of(Path()))) as history:
        for run in (_run(0), _run(1, "staging"), _run(2, outcome="failed"), _run(3, key="81aa12345678")):
            history.keep(run)
    return here


def test_runs_with_what_changed(golive: Command, kept: Path) -> None:
    """The newest first; compared with the one before of the same environment, also where that is not listed."""
    newest = [
        "2026-11-23 09:00:00  production  weekly  GO  4a8e22a4a8e2  run run3",
        "    uppzy.api_key: 5d03c20d6b3d is 81aa12345678 now",
        "    holds again: uppzy UPZ-22",
    ]

    assert golive("history").out == [
        *newest,
        "2026-11-22 09:00:00  production  weekly  NO-GO  4a8e22a4a8e2  run run2",
        "    fails now: uppzy UPZ-22",
        "2026-11-21 09:00:00  staging     weekly  GO  4a8e22a4a8e2  run run1",
        "2026-11-20 09:00:00  production  weekly  GO  no commit  run run0",
    ]
    assert golive("history", "--limit", "1").out == newest
    assert golive("history", "--env", "staging").out == [
        "2026-11-21 09:00:00  staging  weekly  GO  4a8e22a4a8e2  run run1"
    ]


@pytest.mark.parametrize(
    ("manifest", "words", "told"),
    [
        ("", (), "golive.yaml is not there; `golive init` writes one"),
        (
            MANIFEST,
            (),
            (
                "the history cannot be read: .golive/history.sqlite is not there: "
                "no run outside of the sandbox was kept yet"
            ),
        ),
        (
            MANIFEST,
            ("--env", "prod"),
            "unknown environment 'prod'; did you mean production? There are: staging, production, sandbox",
        ),
        (MANIFEST, ("--limit", "0"), "argument --limit: has to be a whole number from 1 on, and is '0'"),
        (
            MANIFEST + "history: {url: {env: NO_SUCH_URL}}\n",
            (),
            "history.url: environment variable NO_SUCH_URL is not set",
        ),
    ],
)
def test_what_is_not_there_is_told(
    golive: Command, here: Path, manifest: str, words: tuple[str, ...], told: str
) -> None:
    if manifest:
        (here / "golive.yaml").write_text(manifest)

    assert golive("history", *words) == (2, [], [f"golive history: {told}"])


def test_another_project_of_the_same_database(golive: Command, kept: Path) -> None:
    (kept / "golive.yaml").write_text(MANIFEST.replace("project: shop", "project: desk"))

    told = "no run of desk is kept in sqlite:///.golive/history.sqlite"
    assert golive("history") == (2, [], [f"golive history: {told}"])
    told = "no run of desk in staging is kept in sqlite:///.golive/history.sqlite"
    assert golive("history", "--env", "staging") == (2, [], [f"golive history: {told}"])
