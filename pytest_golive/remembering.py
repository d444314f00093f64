"""A run beside the last one of the same environment, and what is kept of it for the next."""

from __future__ import annotations

import contextlib
from collections.abc import Sequence
from dataclasses import asdict
from dataclasses import replace as replace_in
from pathlib import Path

from pytest_golive.credentials.secret import Secret
from pytest_golive.credentials.source import SourceProblem, read
from pytest_golive.facts.moment import moment
from pytest_golive.history.kept import KeptRun
from pytest_golive.history.store import History, HistoryProblem, file_of, is_available
from pytest_golive.manifest.model import Manifest
from pytest_golive.readiness.last_run import Remembered, changed, compared, memory, outcomes_of
from pytest_golive.readiness.verdict import DecidedRule
from pytest_golive.report.files import CannotWrite, replace
from pytest_golive.report.verdict_file import ChangedEntry, ComparedEntry, VerdictFile
from pytest_golive.rotation.past import AFTER_A_ROTATION, Past, moment_of
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


def history_of(manifest: Manifest, folder: Path) -> tuple[Secret | None, tuple[str, ...]]:
    """Return the URL of the history's database, and what a reader has to know where it cannot be read.

    Who has no access to it, on a desk of their own, can still run everything.
    """
    if manifest.history is None:
        return None, ()
    try:
        return Secret(read(manifest.history.url, folder), "history.url"), ()
    except SourceProblem as problem:
        return None, (f"history.url: {problem}; this run is kept in the project's own file",)


def keep(file: VerdictFile, run: Run) -> str:
    """Keep a whole run in the history; return why it is not kept where it should be, "" where all is well.

    Rehearsals and replays say nothing new, and are not kept. Without SQLAlchemy only who has asked for a history hears
    of it.
    """
    recordings = run.golive.recordings
    if run.sandbox or run.choice.scope == "partial" or (recordings is not None and recordings.replays):
        return ""
    if run.history is None and not is_available():
        return ""
    try:
        history = History(run.history.reveal() if run.history is not None else file_of(run.root))
        try:
            history.keep(_kept(file, run))
        finally:
            history.close()
    except HistoryProblem as problem:
        return run.redactor.scrub(f"this run is not in the history: {problem}")
    return ""


def note_rotation(file: VerdictFile, run: Run) -> str:
    """Note what a run after a rotation said, also one of a few rules: later runs judge the order of the steps by it.

    Returns:
        Why it is not noted where it should be, "" where all is well.
    """
    recordings = run.golive.recordings
    replays = recordings is not None and recordings.replays
    if run.sandbox or replays or AFTER_A_ROTATION not in file.suites:
        return ""
    kept = _kept(file, run)
    # Kept times are those of the clock; what is judged later reads the clock that checks read.
    ended = moment()
    lasted = moment_of(kept.finished) - moment_of(kept.started)
    kept = replace_in(kept, started=(ended - lasted).isoformat(), finished=ended.isoformat())
    try:
        Past(run.root).note(run.choice.environment, kept)
    except OSError as error:
        return f"this run is not noted for the rotation: {error.strerror}"
    return ""


def _kept(file: VerdictFile, run: Run) -> KeptRun:
    return KeptRun(
        run=run.id,
        project=run.project,
        environment=run.choice.environment,
        suites=tuple(sorted(file.suites)),
        verdict=file.verdict.value,
        started=file.started,
        finished=file.finished or file.started,
        commit=file.commit or "",
        version=file.version,
        results={(rule.vendor or "", rule.rule): rule.outcome.value for rule in file.rules},
        fingerprints={
            (vendor, name): secret.fingerprint
            for vendor, target in run.golive.environment.targets.items()
            for name, secret in target.credentials.items()
        },
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
