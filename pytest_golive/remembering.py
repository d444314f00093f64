"""A run beside the last one of the same environment, and what is kept of it for the next."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import asdict

from pytest_golive.readiness.last_run import Remembered, changed, compared, memory, outcomes_of
from pytest_golive.readiness.verdict import DecidedRule
from pytest_golive.report.files import CannotWrite, replace
from pytest_golive.report.verdict_file import ChangedEntry, ComparedEntry, VerdictFile
from pytest_golive.run import Run


def with_past(file: VerdictFile, rules: Sequence[DecidedRule], run: Run) -> VerdictFile:
    """Return the verdict file with what changed since the last run and the last GO, where the run was a whole one."""
    if run.choice.scope == "partial":
        return file
    kept = memory(run.root, run.choice.environment)
    since = compared(rules, kept.last(file.suites))
    since_go = changed(file.commit, file.hashes, kept.last_go(file.suites))
    return file.model_copy(
        update={
            "compared": None if since is None else ComparedEntry(**asdict(since)),
            "since_go": None if since_go is None else ChangedEntry(**asdict(since_go)),
        }
    )


def remember(file: VerdictFile, rules: Sequence[DecidedRule], run: Run) -> None:
    """Keep what a whole run said; not of a replay, which says what another run said already."""
    recordings = run.golive.recordings
    if run.choice.scope == "partial" or (recordings is not None and recordings.replays):
        return
    kept = memory(run.root, run.choice.environment)
    told = Remembered(file.finished or file.started, file.verdict.value, file.commit, file.hashes, outcomes_of(rules))
    with contextlib.suppress(CannotWrite):  # the next run has nothing to compare with, and says nothing of it
        replace(kept.path, kept.keep(file.suites, told))
