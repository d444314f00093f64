from __future__ import annotations

import ast

import pytest

from pytest_golive.facts.outcome import Severity, Suite
from pytest_golive.shipped import suites_folder
from pytest_golive.vendors.library import read_rules

RULES = read_rules("augno")

BLOCKERS = "11 21 22 28 29 30 35 36 41 43 44 47"
"""Where data is doubled or lost, a key gets out, or production is taken for a sandbox."""

AFTER = "43 47 48 49 51 52"

ON_WEBHOOKS = "04 25 26 27 28 29 30"

SUITES = {
    Suite.PRERELEASE: [number for number in range(1, 53) if number not in {32, 49}],
    Suite.POSTROTATION: [2, 19, 21, 27, 32, 33, 34, 41, 42, 43, 44, 47],
    Suite.WEEKLY: [2, 3, 4, 5, 7, 11, 15, 17, 18, 20, 21, 23, 24, 25, 26, 29, 31, 32, 34, 35, 44, 46, 48, 49],
}

UNDECIDED = "12 15 16 26 28 29 30 31 40 45 51"
"""What this version decides nothing of: a person, a lab or the repository does."""


def test_there_are_52_rules_in_order() -> None:
    """The ids are stable: AUG-01 to AUG-52, none missing, none twice."""
    assert [rule.id for rule in RULES] == [_id(number) for number in range(1, 53)]


@pytest.mark.parametrize("suite", Suite)
def test_a_suite_holds_its_rules(suite: Suite) -> None:
    """No rule slips out of a suite, and none into one."""
    assert [rule.id for rule in RULES if suite in rule.suites] == [*map(_id, SUITES[suite])]


def test_blockers_are_those_that_hurt() -> None:
    """Papers and people are at most major."""
    assert [rule.id for rule in RULES if rule.severity is Severity.BLOCKER] == _ids(BLOCKERS)


def test_what_needs_a_deploy_is_looked_at_after_it() -> None:
    """Before, it is due and not failed."""
    assert [rule.id for rule in RULES if rule.stage == "after"] == _ids(AFTER)


def test_without_webhooks_their_rules_do_not_apply() -> None:
    """The vendor has none that anyone can use yet."""
    assert [rule.id for rule in RULES if rule.needs.feature == "webhooks"] == _ids(ON_WEBHOOKS)


def test_rules_that_no_check_decides_are_known() -> None:
    """Every other rule is decided by a check, at least in part."""
    assert [rule.id for rule in RULES if not any(part.check for part in rule.decided_by)] == _ids(UNDECIDED)


def test_a_check_that_a_rule_names_exists() -> None:
    """By its name in the suites."""
    named = {part.check for rule in RULES for part in rule.decided_by if part.check}
    functions = {
        node.name.removeprefix("test_")
        for path in suites_folder().rglob("test_*.py")
        for node in ast.parse(path.read_bytes()).body
        if isinstance(node, ast.FunctionDef)
    }

    assert named - functions == set()


def test_titles_tell_rules_apart() -> None:
    """A report shows each title on one line, and no two are the same."""
    titles = [rule.title for rule in RULES]

    assert len({*titles}) == len(titles)
    assert [title for title in titles if len(title) > 110] == []


@pytest.mark.parametrize(
    ("kind", "key"),
    [("attestation", "attestations"), ("client", "clients"), ("handler", "handlers")],
)
def test_a_part_waits_for_its_key(kind: str, key: str) -> None:
    """A rule that cannot be decided yet names the key of golive.yaml to add."""
    waiting = [rule for rule in RULES if any(part.kind == kind for part in rule.decided_by)]

    assert waiting != []
    assert [rule.id for rule in waiting if key not in rule.needs.keys] == []


def _id(number: int) -> str:
    return f"AUG-{number:02d}"


def _ids(numbers: str) -> list[str]:
    return [f"AUG-{number}" for number in numbers.split()]
