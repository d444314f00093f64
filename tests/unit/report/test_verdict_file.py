from __future__ import annotations

import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from pytest_golive.facts.finding import Finding
from pytest_golive.facts.outcome import Outcome, Severity, Suite, Word
from pytest_golive.readiness.results import Result
from pytest_golive.readiness.verdict import DecidedRule, Verdict
from pytest_golive.report.schema_files import verdict_schema
from pytest_golive.report.verdict_file import UNFINISHED, VerdictFile, beside, counted, finished

START = VerdictFile(
    verdict=Word.INCONCLUSIVE,
    scope="full",
    environment="staging",
    suites=(Suite.PRERELEASE,),
    project="shop",
    started="2026-11-21T09:00:00Z",
    finished=None,
    commit=None,
    reasons=(UNFINISHED,),
    notes=("a note",),
)
FINDING = Finding(
    "waits", "3.0 s", "0.0 s", fix="honour Retry-After", rerun="pytest …", curl="curl …", exchanges=("x",)
)
RESULT = Result(
    check="waits[timely]",
    test="golive/clients/test_waits.py::test_waits[timely]",
    outcome=Outcome.FAILED,
    severity=Severity.BLOCKER,
    rules=("TIM-12", "CL-17", "WH-03"),
    vendor="timely",
    operation="list_contacts",
    seconds=3.20049,
    finding=FINDING,
    key="clients",
)
RULE = DecidedRule(
    "TIM-12",
    "Waits",
    "timely",
    Outcome.FAILED,
    Severity.BLOCKER,
    decided_by=(RESULT.test,),
    why="0.0 s",
    in_part=("m",),
)


def written(rules: tuple[DecidedRule, ...] = (RULE,)) -> dict[str, Any]:
    """Return the file of a finished run as another program reads it."""
    verdict = Verdict(Word.NO_GO, ("TIM-12 blocker failed: 0.0 s",), rules, "full")
    file = finished(START, verdict, {RESULT.check: RESULT}, "2026-11-21T09:01:10Z", ["a note", "another"])
    told: dict[str, Any] = json.loads(json.dumps(file.model_dump(mode="json")))
    return told


def test_the_published_layout() -> None:
    """Every key other programs rely on, with its name and its type."""
    told = written()

    assert {name: told[name] for name in told if name not in {"results", "rules"}} == {
        "golive": 1,
        "verdict": "NO-GO",
        "scope": "full",
        "environment": "staging",
        "suites": ["prerelease"],
        "project": "shop",
        "started": "2026-11-21T09:00:00Z",
        "finished": "2026-11-21T09:01:10Z",
        "commit": None,
        "reasons": ["TIM-12 blocker failed: 0.0 s"],
        "sides": [{"side": "your side", "settled": 0, "total": 1}],
        "next": ["put TIM-12 right (blocker)"],
        "run": "",
        "version": "",
        "rehearsal": False,
        "notes": ["a note", "another"],
        "without_check": [],
        "accepted": [],
        "attestations": [],
        "hashes": {},
        "compared": None,
        "since_go": None,
        "flaky": [],
    }
    (result,) = told["results"]
    assert {name: result[name] for name in result if name != "finding"} == {
        "check": "golive/clients/test_waits.py::test_waits[timely]",
        "rules": ["TIM-12"],
        "faults": ["CL-17", "WH-03"],
        "vendor": "timely",
        "subject": None,
        "operation": "list_contacts",
        "outcome": "failed",
        "severity": "blocker",
        "seconds": 3.2,
        "observations": [],
        "warnings": [],
        "notes": [],
    }
    assert result["finding"] == {
        "requirement": "waits",
        "expected": "3.0 s",
        "actual": "0.0 s",
        "fix": "honour Retry-After",
        "rerun": "pytest …",
        "curl": "curl …",
        "exchanges": ["x"],
        "key": "clients",
    }
    (rule,) = told["rules"]
    assert {"rule", "vendor", "outcome", "severity", "decided_by"} <= set(rule)
    assert (rule["rule"], rule["decided_by"], rule["undecided"]) == ("TIM-12", [RESULT.test], ["m"])


@pytest.mark.parametrize("file", [START.model_dump(mode="json"), written()], ids=["unfinished", "finished"])
def test_it_fits_its_published_schema(file: dict[str, Any]) -> None:
    """What stands there from the start of a run, and what stands there at its end."""
    errors = Draft202012Validator(verdict_schema()).iter_errors(json.loads(json.dumps(file)))

    assert [error.message for error in errors] == []


def test_unfinished_is_never_green() -> None:
    """The file of the start says so in its word, its reason and its empty end."""
    told = START.model_dump(mode="json")

    assert (told["verdict"], told["finished"], told["reasons"]) == (
        "INCONCLUSIVE",
        None,
        ["the run did not finish"],
    )
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ", told["started"])


def decided(outcome: str, severity: str) -> DecidedRule:
    """Return a rule that ended so."""
    return DecidedRule("A-10", "", None, Outcome(outcome), Severity(severity))


def test_rules_are_counted_worst_first() -> None:
    """In words."""
    rules = [decided("passed", "major"), decided("not_verified", "major"), decided("passed", "info")]

    assert (counted(rules), counted([])) == ("1 not verified, 2 passed", "none")


def test_beside_the_word() -> None:
    """Failed and unverified rules that do not decide; nothing where there are none."""
    rules = [
        decided("failed", "minor"),
        decided("inconclusive", "info"),
        decided("not_verified", "minor"),
        decided("failed", "blocker"),
    ]

    assert beside(rules) == "minor and info, not deciding: 1 failed, 2 unverified"
    assert beside([decided("failed", "major"), decided("passed", "minor")]) == ""
