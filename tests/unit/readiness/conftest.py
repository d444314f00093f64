from __future__ import annotations

from typing import Any

from pytest_golive.facts.finding import Finding
from pytest_golive.facts.outcome import Outcome
from pytest_golive.readiness.plan import Plan, PlannedCheck, PlannedRule
from pytest_golive.readiness.results import Result
from pytest_golive.vendors.rule import Rule


def rule(rule_id: str = "UPZ-10", /, **changes: Any) -> Rule:
    """Return a rule of the pre-release suite that one check decides."""
    told: dict[str, Any] = {
        "id": rule_id,
        "title": f"{rule_id} holds",
        "section": "1",
        "suites": ["prerelease"],
        "severity": "major",
        "about": "environment",
        "stage": "before",
        "decided_by": [{"check": f"{rule_id.lower().replace('-', '_')}_holds"}],
        "source": "x",
        "fix": "mend it",
    }
    return Rule.model_validate(told | changes)


def plan_of(*rules: Rule, checks_each: int = 1) -> Plan:
    """Return a plan in which each rule is decided by checks called UPZ-10/1, UPZ-10/2 …"""
    checks: dict[str, PlannedCheck] = {}
    planned = []
    for each in rules:
        ids = [f"{each.id}/{number + 1}" for number in range(checks_each)]
        planned.append(PlannedRule(each, "uppzy", tuple(ids)))
        for one in ids:
            checks[one] = PlannedCheck(one, "", "uppzy", "staging", (each.id,), each.suites, each.severity)
    return Plan(checks, tuple(planned))


def result(check: str, outcome: str, seen: str = "", /, **more: Any) -> Result:
    """Return how a check ended, and what it saw."""
    finding = Finding("it must", "this", seen) if seen else None
    return Result(check, f"golive/x.py::{check}", Outcome(outcome), finding=finding, **more)


def results(*each: Result) -> dict[str, Result]:
    """Return results by check."""
    return {one.check: one for one in each}
