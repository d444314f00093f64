"""`golive` as its user meets it: in this process where that is enough, in one of its own where it matters."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from pytest_golive.cli import main

PROGRAM = (sys.executable, "-c", "from pytest_golive.cli import main; raise SystemExit(main())")
"""What the installed `golive` does, in whatever environment these tests run."""


class Told(NamedTuple):
    """What a command left: its exit code, and the lines it wrote."""

    code: int
    out: list[str]
    err: list[str]


Command = Callable[..., Told]
Process = Callable[..., Told]


@pytest.fixture
def program() -> tuple[str, ...]:
    """The first words of a command line."""
    return PROGRAM


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty folder that commands run in, looked at through a window of 100 columns."""
    folder = tmp_path / "shop"
    folder.mkdir()
    monkeypatch.chdir(folder)
    monkeypatch.setenv("COLUMNS", "100")
    return folder


@pytest.fixture
def golive(here: Path, capsys: pytest.CaptureFixture[str]) -> Command:
    """Runs a command in this process."""
    del here

    def run(*arguments: str) -> Told:
        capsys.readouterr()
        code = main(arguments)
        written = capsys.readouterr()
        return Told(code, written.out.splitlines(), written.err.splitlines())

    return run


@pytest.fixture
def process(here: Path) -> Process:
    """Runs a command in a process of its own; further variables as keywords."""

    def run(*arguments: str, stdin: str | None = None, **variables: str) -> Told:
        done = subprocess.run(
            [*PROGRAM, *arguments],
            input=stdin,
            capture_output=True,
            text=True,
            cwd=here,
            env={**os.environ, **variables},
            timeout=60,
            check=False,
        )
        return Told(done.returncode, done.stdout.splitlines(), done.stderr.splitlines())

    return run


@pytest.fixture
def start(here: Path) -> Callable[..., subprocess.Popen[str]]:
    """Starts a command, by another program if need be, and leaves it running."""

    def run(arguments: Sequence[str], starter: Sequence[str] = ()) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [*starter, *PROGRAM, *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=here,
        )

    return run
