"""Runs after a rotation are noted, whole ones and those of a few rules, and read again by later ones."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from pytest_golive.facts.outcome import Outcome, Severity, Suite, Word
from pytest_golive.remembering import note_rotation
from pytest_golive.report.verdict_file import RuleEntry, VerdictFile
from pytest_golive.rotation.past import Past, noted_in


def _file(suite: Suite = Suite.POSTROTATION) -> VerdictFile:
    rule = RuleEntry(
        rule="UPZ-66", vendor="uppzy", outcome=Outcome.PASSED, severity=Severity.BLOCKER, decided_by=("a test",)
    )
    return VerdictFile(
        verdict=Word.GO,
        scope="partial",
        environment="live",
        suites=(suite,),
        project="shop",
        started="2026-11-20T10:00:00Z",
        finished="2026-11-20T10:01:00Z",
        commit=None,
        reasons=(),
        rules=(rule,),
    )


def _run(folder: Path, **other: Any) -> Any:
    secret = SimpleNamespace(fingerprint="5d03c20d6b3d")
    targets = {"uppzy": SimpleNamespace(credentials={"api_key": secret})}
    golive = SimpleNamespace(recordings=None, environment=SimpleNamespace(targets=targets))
    told = {"id": "0123abcd", "project": "shop", "root": folder, "sandbox": False, "golive": golive}
    return SimpleNamespace(**told, choice=SimpleNamespace(environment="live"), **other)


def test_a_run_after_a_rotation_is_noted(tmp_path: Path) -> None:
    """With how long it took; its key counts, another one does not."""
    assert note_rotation(_file(), _run(tmp_path)) == ""

    (run,) = Past(tmp_path).runs("live")
    past = Past(tmp_path)
    assert (run.run, run.suites, run.results) == ("0123abcd", ("postrotation",), {("uppzy", "UPZ-66"): "passed"})
    (at,) = past.passes("live", "uppzy", "UPZ-66", ("api_key", "5d03c20d6b3d"))
    assert past.kept_since("live") == at
    assert past.passes("live", "uppzy", "UPZ-66", ("api_key", "0123456789ab")) == ()
    assert past.passes("live", "uppzy", "UPZ-67", ("api_key", "5d03c20d6b3d")) == ()
    assert [use.fingerprint for use in past.used("live", "uppzy", "api_key")] == ["5d03c20d6b3d"]


@pytest.mark.parametrize("suite", [Suite.PRERELEASE, Suite.WEEKLY])
def test_other_suites_are_not(tmp_path: Path, suite: Suite) -> None:
    assert note_rotation(_file(suite), _run(tmp_path)) == ""
    assert not noted_in(tmp_path, "live").exists()


def test_rehearsals_and_replays_are_not(tmp_path: Path) -> None:
    rehearsal, replay = _run(tmp_path), _run(tmp_path)
    rehearsal.sandbox = True
    replay.golive.recordings = SimpleNamespace(replays=True)

    assert [note_rotation(_file(), run) for run in (rehearsal, replay)] == ["", ""]
    assert not noted_in(tmp_path, "live").exists()


def test_a_file_that_cannot_be_written_turns_no_verdict(tmp_path: Path) -> None:
    (tmp_path / ".golive").write_text("a file")

    assert note_rotation(_file(), _run(tmp_path)) == "this run is not noted for the rotation: Not a directory"


@pytest.mark.parametrize(
    "line", ["", "{", "[]", '{"run": 3}', '{"run": {"run": "x"}}', '{"begun": {"at": "never"}}', '{"begun": 1}']
)
def test_what_is_not_a_run_is_passed_over(tmp_path: Path, line: str) -> None:
    note_rotation(_file(), _run(tmp_path))
    with noted_in(tmp_path, "live").open("a") as file:
        file.write(f"{line}\n")

    assert len(Past(tmp_path).runs("live")) == 1
    assert Past(tmp_path).begun("live", "uppzy") == ()
