"""Whether every rule that a release waits for has a check, or a person who answers for it."""

from __future__ import annotations

from dataclasses import replace

from pytest_golive.readiness.people_cases import MISSING_FILE, VOUCHES, People
from pytest_golive.readiness.planned import Plan, PlannedCheck

ANSWERED = "every_rule_is_answered_for"
"""The check that tells of it; what it says is known once the plan is made."""


def with_what_is_missing(
    check: PlannedCheck, people: People, plan: Plan, *, stand_in: str, no_check: str
) -> PlannedCheck:
    """Return the check with the rules that nothing answers for.

    Args:
        check: as it was planned.
        people: what people said.
        plan: the rules that a release waits for, with what people accept and what is not due yet.
        stand_in: the check that stands for a rule nothing can decide.
        no_check: how its reason begins where a rule waits for another version of golive, not for the team.
    """
    if not people.attested:
        return replace(check, key=MISSING_FILE, reason="nobody says who answers for what no check can see")
    waiting = [
        f"{rule.rule.id} ({_waits_for(own)})"
        for rule in plan.rules
        if not (rule.not_applicable or rule.waived or rule.pending)
        and (own := [plan.checks[each] for each in rule.checks])
        and all(_is_open(each, stand_in, no_check) for each in own)
    ]
    return replace(check, problem=", ".join(waiting))


def _is_open(check: PlannedCheck, stand_in: str, no_check: str) -> bool:
    if check.check == VOUCHES:
        return bool(check.key)
    return check.check == stand_in and bool(check.key) and not check.reason.startswith(no_check)


def _waits_for(checks: list[PlannedCheck]) -> str:
    return " and ".join(dict.fromkeys(check.key for check in checks))
