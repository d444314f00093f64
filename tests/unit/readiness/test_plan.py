from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pytest_golive.facts.outcome import Effects, Severity, Suite
from pytest_golive.opening import rehearsal_note
from pytest_golive.readiness.plan import UNDECIDED, Ground, Plan, make_plan
from pytest_golive.vendors.library import read_pack
from pytest_golive.vendors.rule import Rule
from tests.unit.readiness.conftest import rule

GROUND = Ground("staging", frozenset({Suite.PRERELEASE}))
PACK = read_pack("uppzy")


def plan(*rules: Rule, ground: Ground = GROUND) -> Plan:
    """Return the plan for one vendor."""
    return make_plan(ground, [(PACK, rules)])


def test_only_the_chosen_suites() -> None:
    """A weekly rule is no part of a pre-release run."""
    made = plan(rule("UPZ-10"), rule("UPZ-11", suites=["weekly"]), rule("UPZ-12", suites=["weekly", "prerelease"]))

    assert [each.rule.id for each in made.rules] == ["UPZ-10", "UPZ-12"]


def test_only_the_rules_asked_for() -> None:
    """By exact id."""
    made = plan(rule("UPZ-10"), rule("UPZ-100"), ground=replace(GROUND, only=frozenset({"UPZ-10"})))

    assert [each.rule.id for each in made.rules] == ["UPZ-10"]


def test_a_check_that_two_rules_ask_for_runs_once() -> None:
    """It decides both, in all their suites, with the worst severity and the most of effects."""
    part = {"check": "shared", "allow": None}
    writing = {"check": "shared", "allow": "chat_smoke"}
    made = plan(
        rule("UPZ-10", decided_by=[part], severity="minor"),
        rule("UPZ-11", decided_by=[writing], severity="blocker", suites=["prerelease", "weekly"]),
    )

    (check,) = made.checks.values()

    assert check.rules == ("UPZ-10", "UPZ-11")
    assert check.suites == (Suite.PRERELEASE, Suite.WEEKLY)
    assert (check.severity, check.effects) == (Severity.BLOCKER, Effects.IRREVERSIBLE)
    assert check.id == "shared[uppzy]"


def test_a_part_may_count_in_some_suites_only() -> None:
    """A change that is tried out before a release is no part of a weekly look, and is not marked as one."""
    parts = [{"check": "change", "suites": ["prerelease"]}, {"check": "look"}]
    changing = rule("UPZ-10", decided_by=parts, suites=["prerelease", "weekly"])
    weekly = plan(changing, ground=replace(GROUND, suites=frozenset({Suite.WEEKLY})))

    assert {check.check: check.suites for check in plan(changing).checks.values()} == {
        "change": (Suite.PRERELEASE,),
        "look": (Suite.PRERELEASE, Suite.WEEKLY),
    }
    assert [check.check for check in weekly.checks.values()] == ["look"]


def test_a_rule_without_a_check_is_shown() -> None:
    """A stand-in says what is missing, and for which key of golive.yaml it waits."""
    part = {"static": "no key in the bundle"}
    made = plan(rule("UPZ-10", decided_by=[part], needs={"keys": ["source.bundles"]}))

    (check,) = made.checks.values()

    assert (check.check, check.case, check.key) == (UNDECIDED, "UPZ-10", "source.bundles")
    assert check.reason == "this version has no check yet for: static (no key in the bundle)"


def test_the_sandbox_counts_rules_without_a_check() -> None:
    """A rehearsal decides what it can, and says how much it left out."""
    made = plan(rule("UPZ-10"), rule("UPZ-11", decided_by=[{"metric": "x"}]), ground=replace(GROUND, sandbox=True))

    assert [each.rule.id for each in made.rules] == ["UPZ-10"]
    assert [each.rule.id for each in made.without_check] == ["UPZ-11"]


def test_what_a_rehearsal_does_not_try_is_told_apart() -> None:
    """What waits for the team's own programs and figures, and what nothing decides yet."""
    ground = replace(GROUND, sandbox=True)
    rules = [rule("UPZ-10"), rule("UPZ-11", decided_by=[{"check": "look"}, {"metric": "x"}])]
    told = "rehearsal: 2 rules are tried (1 of them in part)"

    assert rehearsal_note(plan(*rules, ground=ground)) == told
    rules += [rule("UPZ-12", decided_by=[{"check": "look_at_home", "rehearsed": False}])]
    told += "; 1 more only where your own programs and figures are"
    assert rehearsal_note(plan(*rules, ground=ground)) == told
    rules += [rule("UPZ-13", decided_by=[{"static": "x"}]), rule("UPZ-14", decided_by=[{"metric": "x"}])]
    told += "; 2 have no check yet, `golive rules --missing` lists them"
    assert rehearsal_note(plan(*rules, ground=ground)) == told


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"not_applicable": {"UPZ-10": "no such thing (lead)"}}, "no such thing (lead)"),
        ({"features": {"uppzy": {"feedback": False}}}, "the feature feedback is switched off in golive.yaml"),
    ],
)
def test_what_does_not_apply_says_why(changes: dict[str, Any], reason: str) -> None:
    """Declared by name in golive.yaml, or about a part of the API that is not used."""
    made = plan(rule("UPZ-10", needs={"feature": "feedback"}), ground=replace(GROUND, **changes))

    (planned,) = made.rules
    (check,) = made.checks.values()

    assert planned.not_applicable == reason
    assert check.reason == f"not applicable: {reason}"


def test_what_holds_in_production_too_is_looked_at_there() -> None:
    """By reading only: a part that needs an allowance stays where the run is."""
    ground = replace(GROUND, releases_to="production")
    made = plan(
        rule("UPZ-10", about="both"),
        rule("UPZ-11", about="both", decided_by=[{"check": "writes", "allow": "chat_smoke"}]),
        rule("UPZ-12", about="environment"),
        ground=ground,
    )

    there = [each.id for each in made.checks.values() if each.environment == "production"]

    assert there == ["upz_10_holds[uppzy@production]"]


def test_each_operation_is_a_case_of_its_own() -> None:
    """With its own allowance and effects; operations that need something created first are not read by themselves."""
    reads = plan(rule("UPZ-10", decided_by=[{"check": "fits", "each": "read_operation"}])).checks.values()
    bad = plan(rule("UPZ-10", decided_by=[{"check": "refuses", "each": "invalid"}])).checks.values()

    assert {each.effects for each in reads} == {Effects.NONE}
    assert all(each.case == f"uppzy-{each.operation}" for each in reads)
    assert "get_chat_request" not in {each.operation for each in reads}
    for each in bad:
        assert each.operation is not None
        assert each.effects is PACK.operations[each.operation].effects
        assert each.allow == PACK.operations[each.operation].allowance


def test_bad_data_is_never_sent_to_production() -> None:
    """Nor is the same data sent twice."""
    parts = [{"check": "refuses", "each": "invalid"}, {"check": "repeats", "each": "duplicate"}]
    made = plan(rule("UPZ-10", decided_by=parts), ground=replace(GROUND, production=True))

    assert made.rules[0].not_applicable == "bad and repeated data is never sent to production"


def test_ids_tell_cases_apart() -> None:
    """Every check of the whole book has its own id, and it names no rule twice."""
    from pytest_golive.vendors.library import general_rules, read_rules

    made = make_plan(
        replace(GROUND, suites=frozenset(Suite), releases_to="production"),
        [(PACK, (*read_rules("uppzy"), *general_rules()))],
    )

    assert all(check.id == name for name, check in made.checks.items())
    assert all(len(check.rules) == len(set(check.rules)) for check in made.checks.values())
    assert {name for each in made.rules for name in each.checks} == set(made.checks)
    assert made.of("no_such_check") == ()
