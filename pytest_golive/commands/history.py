"""List earlier runs, the newest first, and what changed from one to the next of the same environment and suites.

They are read from the database that golive.yaml names, else from .golive/history.sqlite beside it.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_golive.commands.console import Refused, say
from pytest_golive.commands.manifest_file import USUAL, environment_must_be_known, load

if TYPE_CHECKING:
    from pytest_golive.history.kept import KeptRun
    from pytest_golive.history.store import History
    from pytest_golive.manifest.model import Manifest

FURTHER = 200
"""So many runs before those that are listed are looked through for one to compare with."""

SHORT = 12
"""Digits of a commit that are shown."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Name the options."""
    parser.add_argument("--env", metavar="NAME", help="only runs in this environment")
    parser.add_argument("--limit", metavar="N", type=_number, default=20, help="how many runs; default: 20")
    parser.add_argument("--manifest", metavar="PATH", type=Path, help="golive.yaml; default: the one here")


def run(arguments: argparse.Namespace) -> int:
    """Print the runs.

    Raises:
        Refused: golive.yaml is not right, or the history cannot be read.
    """
    from pytest_golive.history.store import HistoryProblem

    path: Path = arguments.manifest or USUAL
    manifest = load(path)
    if arguments.env is not None:
        environment_must_be_known(arguments.env, manifest)
    try:
        history = _opened(manifest, path.parent)
        try:
            found = history.runs(manifest.project, arguments.env, arguments.limit + FURTHER)
        finally:
            history.close()
    except HistoryProblem as problem:
        raise Refused(f"the history cannot be read: {problem}") from None
    if not found:
        where = f" in {arguments.env}" if arguments.env else ""
        raise Refused(f"no run of {manifest.project}{where} is kept in {history.title}")
    for line in _lines(found, arguments.limit):
        say(line)
    return 0


def _opened(manifest: Manifest, folder: Path) -> History:
    from pytest_golive.credentials.source import SourceProblem, read
    from pytest_golive.history.store import History, HistoryProblem, file_of, is_available

    if manifest.history is not None:
        try:
            return History(read(manifest.history.url, folder))
        except SourceProblem as problem:
            raise Refused(f"history.url: {problem}") from None
    file = file_of(folder)
    if is_available() and not file.is_file():
        raise HistoryProblem(f"{file} is not there: no run outside of the sandbox was kept yet")
    return History(file)


def _lines(found: tuple[KeptRun, ...], limit: int) -> Iterator[str]:
    from pytest_golive.history.kept import changes, run_before

    shown = found[:limit]
    wide = max(len(run.environment) for run in shown)
    for position, run in enumerate(shown):
        suites, commit = ",".join(run.suites), run.commit[:SHORT] or "no commit"
        moment = run.finished.replace("T", " ").removesuffix("Z")
        yield f"{moment}  {run.environment:<{wide}}  {suites}  {run.verdict}  {commit}  run {run.run}"
        yield from (f"    {line}" for line in changes(run, run_before(run, found[position + 1 :])))


def _number(text: str) -> int:
    number = int(text) if text.isascii() and text.isdecimal() else 0
    if not number:
        raise argparse.ArgumentTypeError(f"has to be a whole number from 1 on, and is {text!r}")
    return number
