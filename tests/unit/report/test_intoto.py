from __future__ import annotations

import json
from typing import Any

import pytest
from google.protobuf import json_format
from in_toto_attestation.predicates.test_result.v0 import test_result_pb2
from in_toto_attestation.v1 import statement_pb2
from in_toto_attestation.v1.statement import Statement

from pytest_golive.facts.outcome import Outcome, Severity, Word
from pytest_golive.report.intoto import statement
from pytest_golive.report.ticket.content import Told
from tests.unit.report.red_runs import SEAL, hostile, made_up, many, planned, red, run_of


def written(told: Told, **changes: object) -> dict[str, Any]:
    """Return the statement as another program reads it."""
    file = told.file.model_copy(update=changes)
    made: dict[str, Any] = json.loads(json.dumps(statement(file, told.rules, SEAL, [("golive.yaml", "cd" * 32)])))
    return made


@pytest.mark.parametrize("told", [red(), many(20), run_of([])], ids=["red", "many", "empty"])
def test_it_is_what_the_framework_reads(told: Told) -> None:
    """Statement, predicate and every descriptor in it, by the framework's own reader."""
    made = written(told)
    predicate = json_format.ParseDict(made["predicate"], test_result_pb2.TestResult())

    Statement.copy_from_pb(json_format.ParseDict(made, statement_pb2.Statement())).validate()
    assert made["_type"] == "https://in-toto.io/Statement/v1"
    assert made["predicateType"] == "https://in-toto.io/attestation/test-result/v0.1"
    assert predicate.result == "FAILED"
    assert predicate.configuration[0].digest["sha256"] == SEAL.sha256


def test_hostile_names_are_text() -> None:
    """Names are what anybody wrote; they are written so that they can be read."""
    json_format.ParseDict(written(hostile())["predicate"], test_result_pb2.TestResult())


def test_the_subject_is_what_was_tested() -> None:
    """The commit; in a rehearsal, or without a repository, the ledger: nothing is claimed of the team's commit."""
    told = run_of([planned("timely", made_up("AA-01", "holds"), Outcome.PASSED)])
    ledger = [{"name": "ledger.jsonl", "digest": {"sha256": "ab" * 32}}]

    assert written(told)["subject"] == [
        {"name": "shop", "digest": {"gitCommit": "0f3c9d2e5b7a41c68d90e1f2a3b4c5d6e7f80912"}}
    ]
    assert written(told, rehearsal=True)["subject"] == ledger
    assert written(told, commit=None)["subject"] == ledger


@pytest.mark.parametrize(
    ("word", "result"),
    [(Word.GO, "PASSED"), (Word.GO_WITH_WAIVERS, "WARNED"), (Word.NO_GO, "FAILED"), (Word.INCONCLUSIVE, "FAILED")],
)
def test_the_result_is_the_word(word: Word, result: str) -> None:
    """What could not be told lets nothing through."""
    assert written(run_of([]), verdict=word)["predicate"]["result"] == result


def test_every_outcome_has_its_list() -> None:
    """What keeps the verdict from a GO is a failed test; of minor severity it is a warning; the rest is in no list."""
    rows = [planned("timely", made_up(f"AA-{outcome.rank:02}", "holds"), outcome) for outcome in Outcome]
    minor = planned("timely", made_up("AA-50", "holds", Severity.MINOR), Outcome.FAILED)
    predicate = written(run_of([*rows, minor]))["predicate"]

    assert predicate["passedTests"] == ["timely/AA-07", "timely/AA-08"]
    assert predicate["warnedTests"] == ["timely/AA-04", "timely/AA-05", "timely/AA-06", "timely/AA-50"]
    assert predicate["failedTests"] == ["timely/AA-00", "timely/AA-01", "timely/AA-02"]


def test_the_configuration_names_what_it_rests_upon() -> None:
    """The ledger with what was asked for, and the files the run was configured with."""
    ledger, file = written(run_of([]))["predicate"]["configuration"]

    assert ledger["annotations"] == {
        "verdict": "INCONCLUSIVE",
        "scope": "full",
        "environment": "staging",
        "suites": ["prerelease"],
        "rehearsal": False,
        "run": "1a2b3c4d",
    }
    assert file == {"name": "golive.yaml", "digest": {"sha256": "cd" * 32}}
