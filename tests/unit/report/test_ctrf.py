from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft7Validator

from pytest_golive.facts.outcome import Outcome
from pytest_golive.report.ctrf import ctrf
from pytest_golive.report.ticket.content import Told
from tests.unit.report.red_runs import finding, hostile, made_up, many, planned, red, run_of

SCHEMA = Path(__file__).parent / "published" / "ctrf-schema-0.0.json"


def written(told: Told) -> dict[str, Any]:
    """Return the report as another program reads it."""
    text = json.dumps(ctrf(told.file, told.plan, told.results))
    read: dict[str, Any] = json.loads(text)
    return read


@pytest.mark.parametrize("told", [red(), many(20), hostile(), run_of([])], ids=["red", "many", "hostile", "empty"])
def test_it_fits_the_published_schema(told: Told) -> None:
    """Whatever a run was like."""
    validator = Draft7Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))

    assert [error.message for error in validator.iter_errors(written(told))] == []


def test_every_outcome_has_its_status() -> None:
    """What was not tried is skipped, what could not be told is neither green nor red; the summary counts them all."""
    rows = [planned("timely", made_up(f"AA-{outcome.rank:02}", "holds"), outcome) for outcome in Outcome]
    results = written(run_of(rows))["results"]

    assert {test["rawStatus"]: test["status"] for test in results["tests"]} == {
        "failed": "failed",
        "inconclusive": "other",
        "not_verified": "skipped",
        "pending": "pending",
        "waived": "other",
        "observed": "passed",
        "warned": "passed",
        "attested": "passed",
        "passed": "passed",
        "not_applicable": "skipped",
    }
    summary = results["summary"]
    assert [summary[name] for name in ("tests", "passed", "failed", "skipped", "pending", "other")] == [
        10,
        4,
        1,
        2,
        1,
        2,
    ]
    assert (summary["start"], summary["stop"]) == (1_795_251_600_000, 1_795_251_670_000)
    assert summary["extra"]["verdict"] == "NO-GO"
    assert results["environment"] == {
        "reportName": "golive prerelease",
        "appName": "shop",
        "testEnvironment": "staging",
        "commit": "0f3c9d2e5b7a41c68d90e1f2a3b4c5d6e7f80912",
        "extra": {"rehearsal": False},
    }


def test_a_failure_says_what_was_seen() -> None:
    """Where a dashboard shows one line, and where it shows all."""
    rule = made_up("AA-01", "Waits as long as the vendor says")
    row = planned("timely", rule, Outcome.FAILED, finding=finding(rule), operation="list_contacts", subject="crm-sync")
    (test,) = written(run_of([row]))["results"]["tests"]

    assert test["message"] == "0.0 s"
    assert "fix          Wait as long as the vendor says. Then ask again." in test["trace"].splitlines()
    assert {name: test[name] for name in ("name", "suite", "filePath", "tags", "duration")} == {
        "name": "golive/contract/test_holds.py::test_holds[timely-AA-01]",
        "suite": ["timely"],
        "filePath": "golive/contract/test_holds.py",
        "tags": ["AA-01"],
        "duration": 200,
    }
    assert test["extra"] == {
        "severity": "blocker",
        "rules": ["AA-01"],
        "vendor": "timely",
        "operation": "list_contacts",
        "subject": "crm-sync",
        "fault": None,
    }


def test_a_flaky_test_is_marked() -> None:
    """It passed, after it had failed."""
    told = run_of([planned("timely", made_up(f"AA-0{number}", "holds"), Outcome.WARNED) for number in (1, 2)])
    file = told.file.model_copy(update={"flaky": ("golive/contract/test_holds.py::test_holds[timely-AA-02]",)})

    results = written(replace(told, file=file))["results"]

    assert [test.get("flaky") for test in results["tests"]] == [None, True]
    assert results["summary"]["flaky"] == 1


def test_a_check_that_did_not_report_is_in_it() -> None:
    """A dashboard must not show fewer tests than were planned."""
    told = run_of([planned("timely", made_up("AA-01", "holds"), Outcome.PASSED)])
    (test,) = written(replace(told, results={}))["results"]["tests"]

    assert (test["name"], test["status"], test["message"]) == ("holds[timely-AA-01]", "other", "did not report")
