"""What people said, on its way from golive.yaml into plan and verdict file."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest

from pytest_golive.facts.outcome import Suite
from pytest_golive.manifest.model import Manifest
from pytest_golive.options import SANDBOX, Choice
from pytest_golive.people.claims import claim_named
from pytest_golive.people.days import last_day
from pytest_golive.people.judging import end_of
from pytest_golive.people.register import Register, example_register, register_of
from pytest_golive.readiness.last_run import memory
from pytest_golive.readiness.people_cases import MISSING_FILE, People
from pytest_golive.report.verdict_file import GapEntry, WordEntry
from pytest_golive.sandbox.rehearsal import EXAMPLE

EXAMPLE_WORDS = EXAMPLE / "attestations.yaml"
"""What the people of the example project vouch for."""


def registered(config: pytest.Config, choice: Choice, manifest: Manifest, folder: Path) -> Register:
    """Return what people said that concerns the chosen environment.

    Raises:
        Mistakes: everything that is wrong in the files that golive.yaml names.
    """
    last_go = memory(config.rootpath, choice.environment).last_go((Suite.PRERELEASE.value,))
    typed = "" if choice.manifest is None else f" --manifest {choice.manifest}"
    return register_of(
        manifest, choice.environment, folder, since=None if last_go is None else last_go.commit, typed=typed
    )


def rehearsed(vendors: tuple[str, ...]) -> Register:
    """Return what the people of the example project said."""
    return example_register(EXAMPLE_WORDS, SANDBOX, vendors)


def people_of(register: Register, choice: Choice) -> People:
    """Return the same as the plan needs it."""
    return People(
        judged=register.judged,
        gaps=register.gaps,
        ceiling=register.ceiling,
        unapproved=register.unapproved,
        attested=MISSING_FILE in register.files,
        watched=register.watched,
        deploy=register.deploy,
        before=Suite.PRERELEASE in choice.suites,
        now=register.now,
    )


def gap_entries(register: Register) -> Iterator[GapEntry]:
    """Yield the gaps that people accept, as the verdict file has them: waivers first."""
    for gap in sorted(register.gaps, key=lambda gap: gap.kind != "waiver"):
        if gap.kind == "waiver" or gap.is_counted:
            yield GapEntry(
                kind=gap.kind,
                name=gap.name,
                rules=gap.rules,
                vendor=gap.vendor,
                reason=gap.reason,
                owner=gap.owner,
                approver=gap.approver,
                until=gap.until,
                place=gap.place,
                counts=gap.is_counted,
                problem=gap.problem,
                warning=gap.warning,
            )


def word_entries(register: Register) -> Iterator[WordEntry]:
    """Yield what people vouched for, as the verdict file has it."""
    for (vendor, rule), judged in register.judged.items():
        claim, record = claim_named(vendor, rule), judged.record
        if claim is None or record is None:
            continue
        yield WordEntry(
            rule=rule,
            vendor=vendor,
            statement=record.statement,
            by=record.by,
            role=record.role,
            at=record.at,
            until=last_day(end_of(claim, record)),
            evidence=record.evidence,
            state=judged.state,
            told=judged.text,
        )


def files_of(register: Register, manifest: Path | None) -> Mapping[str, Path]:
    """Return the files that a verdict rests upon, by the names it tells them by."""
    named = {} if manifest is None else {"golive.yaml": manifest}
    return {**named, **register.files}
