"""What a test reported, as a result: from the plain values that travel on pytest's report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import asdict, replace
from typing import Any

import pytest

from pytest_golive import shipped
from pytest_golive.facts.finding import Finding
from pytest_golive.facts.ledger import Decided, Observed, Record
from pytest_golive.facts.outcome import Outcome, Severity
from pytest_golive.readiness.plan import Plan, PlannedCheck
from pytest_golive.readiness.results import Result

RERUN = frozenset({"rerun", "retried"})
"""Outcomes that plugins give a report of a test which is run again: only the last attempt counts."""

PATH = "golive/people/test_gaps.py"
"""Where the tests of accepted gaps stand."""


def result_of(report: pytest.TestReport, told: Mapping[str, Any], attempts: int = 0) -> Result:
    """Return what one phase of a test says.

    Args:
        report: pytest's report of it.
        told: what golive put on it.
        attempts: how often the test failed before, and was run again.
    """
    finding = told.get("finding")
    result = Result(
        check=told["check"],
        test=report.nodeid,
        outcome=Outcome(told["outcome"]),
        severity=Severity(told["severity"]),
        rules=tuple(told["rules"]),
        title=told["title"],
        vendor=told["vendor"],
        operation=told["operation"],
        subject=told["subject"],
        fault=told["fault"],
        seconds=report.duration,
        finding=None if finding is None else Finding(**{**finding, "exchanges": tuple(finding["exchanges"])}),
        observations=tuple(told["observations"]),
        warnings=tuple(told["warnings"]),
        notes=tuple(told["notes"]),
        key=told["key"],
    )
    if not attempts or result.outcome is not Outcome.PASSED:
        return result
    times = "once" if attempts == 1 else f"{attempts} times"
    warning = f"flaky: it failed {times}, then passed"
    return replace(result, outcome=Outcome.WARNED, warnings=(*result.warnings, warning))


def facts_of(result: Result, phase: Any) -> Iterator[Record]:
    """Yield what the ledger keeps of a phase."""
    told_apart = (("observed", result.observations), ("warned", result.warnings), ("noted", result.notes))
    for kind, texts in told_apart:
        for text in texts:
            yield Observed(result.check, kind, text)  # type: ignore[arg-type]
    finding = result.finding
    yield Decided(
        check=result.check,
        test=result.test,
        phase=phase,
        outcome=result.outcome,
        seconds=round(result.seconds, 3),
        actual=finding.actual if finding is not None else "",
        requirement=finding.requirement if finding is not None else "",
        severity=result.severity,
        rules=result.rules,
        title=result.title,
        vendor=result.vendor,
        key=result.key,
    )


def crashed(report: pytest.TestReport, plan: Plan) -> dict[str, Any]:
    """Describe a test whose process died: it has no words of its own."""
    check = check_of(report.nodeid)
    planned = plan.checks.get(check)
    finding = Finding(
        requirement=planned.title if planned is not None else report.nodeid,
        expected="the test to come to its end",
        actual=str(report.longrepr).strip().splitlines()[-1] if report.longrepr else "the worker died",
    )
    return {
        "check": check if planned is not None else report.nodeid,
        "phase": "crash",
        "outcome": Outcome.FAILED,
        "severity": planned.severity if planned is not None else Severity.MAJOR,
        "rules": planned.rules if planned is not None else (),
        "title": planned.title if planned is not None else "",
        "vendor": (planned.vendor or None) if planned is not None else None,
        "operation": planned.operation if planned is not None else None,
        "subject": planned.subject if planned is not None else None,
        "fault": planned.fault if planned is not None else None,
        "finding": asdict(finding),
        "observations": (),
        "warnings": (),
        "notes": (),
        "exchanges": (),
        "key": "",
    }


def check_of(test: str) -> str:
    """Return the check that a node id of a shipped test stands for, empty for a test of the team's own."""
    return test.rpartition("::")[2].removeprefix("test_") if shipped.is_shipped_id(test) else ""


def need_reports(planned: PlannedCheck, *, needed: bool) -> Iterator[pytest.TestReport]:
    """Yield pytest's reports of the test that says whether a waiver was needed: only the end of a run can tell."""
    nodeid = f"{PATH}::test_{planned.id}"
    rules = ", ".join(planned.rules)
    actual = f"{rules} holds without it: take it out, or name the environment it is for; {planned.fix}"
    finding = Finding("a waiver has to be needed", "a rule that does not hold", actual)
    for when in ("setup", "call", "teardown"):
        failed = when == "call" and not needed
        report = pytest.TestReport(
            nodeid=nodeid,
            location=(PATH, 0, f"test_{planned.id}"),
            keywords={},
            outcome="failed" if failed else "passed",
            longrepr=f"{planned.title}: {actual}" if failed else None,
            when=when,
        )
        if when == "call":
            report.golive = {  # type: ignore[attr-defined]
                "check": planned.id,
                "phase": when,
                "outcome": (Outcome.PASSED if needed else Outcome.FAILED).value,
                "severity": planned.severity.value,
                "rules": list(planned.rules),
                "title": planned.title,
                "vendor": planned.vendor or None,
                "operation": None,
                "subject": None,
                "fault": None,
                "finding": asdict(finding) if failed else None,
                "observations": (),
                "warnings": (),
                "notes": (),
                "exchanges": (),
                "key": "",
            }
        yield report
