"""The files of a run at its start: yesterday's are replaced by "did not finish" before anything runs."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from pathlib import Path

import pytest

from pytest_golive import __version__
from pytest_golive.controller import Controller
from pytest_golive.facts.ledger import Ledger, Planned, RulePlanned, RunStarted, now
from pytest_golive.facts.outcome import Word
from pytest_golive.readiness.plan import Plan, landed
from pytest_golive.report import files as run_files
from pytest_golive.report import page
from pytest_golive.report.files import CannotWrite, Places, RunFiles
from pytest_golive.report.verdict_file import UNFINISHED, VerdictFile
from pytest_golive.run import Run
from pytest_golive.vouching import gap_entries, word_entries


def open_files(config: pytest.Config, run: Run) -> None:
    """Replace yesterday's files before anything runs: from here on only a finished run leaves a verdict.

    Raises:
        CannotWrite: one of them cannot be written.
    """
    html = config.getoption("htmlpath", None) or None
    files = run_files.run_files(
        config.rootpath,
        run.choice.scope,
        Places(
            verdict=run.choice.verdict,
            html=None if html is None else config.invocation_params.dir / Path(os.path.expandvars(html)).expanduser(),
            **run.choice.files,
        ),
    )
    if html is None and config.pluginmanager.hasplugin("html"):
        config.option.htmlpath = str(files.html)
        config.option.self_contained_html = True
    file = VerdictFile(
        verdict=Word.INCONCLUSIVE,
        scope=run.choice.scope,
        environment=run.choice.environment,
        suites=tuple(sorted(run.choice.suites)),
        project=run.project,
        started=now(),
        finished=None,
        commit=_commit(config.rootpath),
        reasons=(UNFINISHED,),
        run=run.id,
        version=__version__,
        rehearsal=run.sandbox,
        notes=(*run.notes, *(() if not run.sandbox or run.choice.only else (rehearsal_note(run.plan),))),
        without_check=tuple(planned.rule.id for planned in run.plan.without_check),
        accepted=tuple(gap_entries(run.register)),
        attestations=tuple(word_entries(run.register)),
        hashes=dict(run.hashes),
    )
    ledger = _ledger(run, files, file, has_html=config.pluginmanager.hasplugin("html"))
    config.pluginmanager.register(Controller(config, run, ledger, files, file), "golive-controller")


def _ledger(run: Run, files: RunFiles, file: VerdictFile, *, has_html: bool) -> Ledger:
    run_files.replace(files.verdict, json.dumps(file.model_dump(mode="json"), indent=1) + "\n")
    pages = [files.report, *([files.html] if has_html else [])]
    for path in pages:
        run_files.replace(path, page.unfinished_page(file))
    for other in (files.summary, files.ctrf, files.intoto):
        if other is not None:
            run_files.replace(other, f"golive: {UNFINISHED}\n" if other == files.summary else "")
    run_files.ignore_in_git(files.ledger.parent)
    try:
        ledger = Ledger(files.ledger, run.redactor.scrub_json)
    except OSError as error:
        raise CannotWrite(f"{files.ledger} cannot be written: {error.strerror}") from error
    ledger.write(
        RunStarted(
            run.id,
            file.environment,
            file.suites,
            file.scope,
            file.project,
            __version__,
            dict(run.fingerprints),
            file.commit,
            file.hashes,
            sandbox=run.sandbox,
            left_out=run.left_out,
        )
    )
    _write_plan(run, ledger)
    return ledger


def _write_plan(run: Run, ledger: Ledger) -> None:
    for name, planned in run.plan.checks.items():
        ledger.write(Planned(name, planned.rules, planned.vendor or None, planned.severity, planned.title))
    for rule in run.plan.rules:
        ledger.write(
            RulePlanned(
                rule=rule.rule.id,
                vendor=rule.vendor,
                title=rule.rule.title,
                severity=rule.rule.severity,
                checks=rule.checks,
                undecided=rule.undecided,
                not_applicable=rule.not_applicable,
                waived=rule.waived,
                pending=rule.pending,
                is_ahead=rule.is_ahead,
            )
        )


def rehearsal_note(plan: Plan) -> str:
    """Return how much of its suites a rehearsal tries, and why it does not try the rest."""
    in_part = sum(bool(planned.undecided) for planned in plan.rules)
    elsewhere = sum(any(map(landed, planned.rule.decided_by)) for planned in plan.without_check)
    told = f"rehearsal: {len(plan.rules)} rules are tried ({in_part} of them in part)"
    if elsewhere:
        told += f"; {elsewhere} more only where your own programs and figures are"
    if waiting := len(plan.without_check) - elsewhere:
        told += f"; {waiting} have no check yet, `golive rules --missing` lists them"
    return told


def _commit(root: Path) -> str | None:
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        told = subprocess.run(  # noqa: S603  # the arguments are golive's own
            ["git", "-C", str(root), "rev-parse", "HEAD"],  # noqa: S607  # git is where the user has it
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
        return told.stdout.strip() or None
    return None
