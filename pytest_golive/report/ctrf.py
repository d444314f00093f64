"""The results as CTRF, the common test report format that dashboards and pull request comments read."""

from __future__ import annotations

import uuid
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pytest_golive.facts.outcome import Outcome
from pytest_golive.readiness.plan import Plan
from pytest_golive.readiness.results import Result
from pytest_golive.readiness.verdict import SILENT
from pytest_golive.report.ticket.plain_text import plain, plain_json
from pytest_golive.report.verdict_file import VerdictFile

SPECIFICATION = "0.0.0"
"""Version of the format; it is not at 1.0 yet."""

STATUS = {
    Outcome.FAILED: "failed",
    Outcome.INCONCLUSIVE: "other",
    Outcome.NOT_VERIFIED: "skipped",
    Outcome.PENDING: "pending",
    Outcome.WAIVED: "other",
    Outcome.OBSERVED: "passed",
    Outcome.WARNED: "passed",
    Outcome.ATTESTED: "passed",
    Outcome.PASSED: "passed",
    Outcome.NOT_APPLICABLE: "skipped",
}

STATUSES = ("passed", "failed", "skipped", "pending", "other")


def ctrf(file: VerdictFile, plan: Plan, results: Mapping[str, Result]) -> dict[str, Any]:
    """Return the report of a run that has ended; checks that did not report are in it, too."""
    flaky = frozenset(file.flaky)
    tests = [_test(result, flaky=result.test in flaky) for result in results.values()]
    tests += [_silent(check, plan) for check in plan.checks if check not in results]
    counts = Counter(test["status"] for test in tests)
    begun, ended = _milliseconds(file.started), _milliseconds(file.finished or file.started)
    told: dict[str, Any] = {
        "reportFormat": "CTRF",
        "specVersion": SPECIFICATION,
        "reportId": str(uuid.uuid5(uuid.NAMESPACE_URL, plain(f"urn:golive:{file.run}:{file.started}"))),
        "timestamp": file.finished or file.started,
        "generatedBy": f"pytest-golive {file.version}",
        "results": {
            "tool": {"name": "pytest-golive", "version": file.version},
            "summary": {
                "tests": len(tests),
                **{status: counts[status] for status in STATUSES},
                "flaky": sum("flaky" in test for test in tests),
                "start": begun,
                "stop": ended,
                "extra": {"verdict": file.verdict.value, "scope": file.scope, "reasons": list(file.reasons)},
            },
            "tests": tests,
            "environment": _environment(file),
        },
    }
    return {name: plain_json(value) for name, value in told.items()}


def _environment(file: VerdictFile) -> dict[str, Any]:
    told = {
        "reportName": f"golive {', '.join(file.suites)}",
        "appName": file.project,
        "testEnvironment": file.environment,
        "extra": {"rehearsal": file.rehearsal},
    }
    return told | ({"commit": file.commit} if file.commit else {})


def _test(result: Result, *, flaky: bool) -> dict[str, Any]:
    test: dict[str, Any] = {
        "name": result.test or result.check,
        "status": STATUS[result.outcome],
        "duration": round(result.seconds * 1000),
        "rawStatus": result.outcome.value,
        "suite": [result.vendor or "own"],
        "filePath": result.test.partition("::")[0],
        "tags": list(result.rules),
        "extra": {
            "severity": result.severity.value,
            "rules": list(result.rules),
            "vendor": result.vendor,
            "operation": result.operation,
            "subject": result.subject,
            "fault": result.fault,
        },
    }
    if flaky:
        test |= {"flaky": True}
    if result.finding is not None:
        test |= {"message": result.finding.actual, "trace": result.finding.text()}
    return test


def _silent(check: str, plan: Plan) -> dict[str, Any]:
    planned = plan.checks[check]
    return {
        "name": check,
        "status": "other",
        "duration": 0,
        "rawStatus": Outcome.INCONCLUSIVE.value,
        "suite": [planned.vendor],
        "tags": list(planned.rules),
        "message": SILENT,
        "extra": {"severity": planned.severity.value, "rules": list(planned.rules), "vendor": planned.vendor},
    }


def _milliseconds(moment: str) -> int:
    return round(datetime.fromisoformat(moment).timestamp() * 1000)
