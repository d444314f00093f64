"""How a run stands from its readers' side: what the team has to do, what the vendor, and what people vouch for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from pytest_golive.facts.outcome import Outcome, Severity
from pytest_golive.readiness.plan import Plan, PlannedRule
from pytest_golive.readiness.verdict import DecidedRule

YOURS = frozenset(
    {
        "cassettes",
        "clients",
        "configuration",
        "handlers",
        "papers",
        "review",
        "rotation",
        "source",
    }
)
"""Folders of the suites that look at what the team wrote and configured."""

YOUR_FILES = frozenset(
    {
        "changes/test_recorded_changes.py",
        "documents/test_sync_log.py",
        "integrations/test_arrivals.py",
        "integrations/test_integration_pages.py",
        "integrations/test_known_good.py",
        "integrations/test_limits_and_drills.py",
    }
)
"""Files that do so in a folder about the vendor."""

PEOPLE = "people"
"""The folder of the suites that asks for people's words."""

SETTLED = frozenset({Outcome.PASSED, Outcome.ATTESTED, Outcome.WARNED, Outcome.OBSERVED, Outcome.WAIVED})
"""Outcomes after which nobody has to do anything before the release."""

TOLD_STEPS = 3
"""Next steps that are told; who has done these runs golive again."""


class Side(StrEnum):
    """Who has to see to a rule."""

    YOURS = "your side"
    VENDOR = "vendor"
    PEOPLE = "people"


@dataclass(frozen=True, slots=True)
class Standing:
    """How far one side is.

    Attributes:
        side: whose.
        settled: rules after which nobody has to do anything.
        total: rules that apply.
    """

    side: Side
    settled: int
    total: int


def standings(plan: Plan, rules: Sequence[DecidedRule]) -> tuple[Standing, ...]:
    """Return how far each side is that has any rule; what is not applicable is nobody's."""
    planned = {(each.rule.id, each.vendor): each for each in plan.rules}
    settled: Counter[Side] = Counter()
    total: Counter[Side] = Counter()
    for rule in rules:
        if rule.outcome is Outcome.NOT_APPLICABLE:
            continue
        side = side_of(planned.get((rule.rule, rule.vendor or "")), rule)
        total[side] += 1
        settled[side] += rule.outcome in SETTLED
    return tuple(Standing(side, settled[side], total[side]) for side in Side if total[side])


def side_of(planned: PlannedRule | None, rule: DecidedRule) -> Side:
    """Return who has to see to a rule: what decides it first says so, and a test of the team's own is the team's."""
    if planned is None:
        return Side.YOURS
    first = planned.rule.decided_by[0]
    if first.kind == "attestation":
        return Side.PEOPLE
    if first.kind != "check":
        return Side.YOURS
    file = next(
        (test.partition("::")[0].partition("/")[2] for test in rule.decided_by if test.startswith("golive/")), ""
    )
    folder = file.partition("/")[0]
    if folder == PEOPLE:
        return Side.PEOPLE
    return Side.YOURS if folder in YOURS or file in YOUR_FILES else Side.VENDOR


def next_steps(plan: Plan, rules: Sequence[DecidedRule]) -> tuple[str, ...]:
    """Return what to do next: put right what failed, then name the keys that most rules wait for."""
    deciding = [rule for rule in rules if rule.severity.decides]
    advice = {(each.rule.id, each.vendor): each.rule.fix for each in plan.rules}
    return tuple([*_put_right(deciding, advice), *_name_keys(deciding)][:TOLD_STEPS])


def told(standing: Iterable[Standing]) -> str:
    """Return the sides in one line: "your side 9 of 31 · vendor 14 of 14"."""
    return " · ".join(f"{each.side} {each.settled} of {each.total}" for each in standing)


def _put_right(rules: Iterable[DecidedRule], advice: Mapping[tuple[str, str], str]) -> list[str]:
    failed = [rule for rule in rules if rule.outcome is Outcome.FAILED]
    failed.sort(key=lambda rule: list(Severity).index(rule.severity))
    return [
        f"put {rule.rule} right ({rule.severity})" + (f": {_first_sentence(fix)}" if fix else "")
        for rule in failed
        if (fix := advice.get((rule.rule, rule.vendor or ""), "")) is not None
    ]


def _name_keys(rules: Iterable[DecidedRule]) -> list[str]:
    waiting = Counter(rule.key for rule in rules if rule.outcome is Outcome.NOT_VERIFIED and rule.key)
    return [
        f"name `{key}` in golive.yaml: {count} rule{'s' if count > 1 else ''} wait{'' if count > 1 else 's'} for it"
        for key, count in sorted(waiting.items(), key=lambda each: (-each[1], each[0]))
    ]


def _first_sentence(text: str) -> str:
    words = " ".join(text.split())
    first, stop, _ = words.partition(". ")
    return first if stop else words.removesuffix(".")
