from __future__ import annotations

from typing import Any

import pytest

from pytest_golive.facts.outcome import Outcome, Severity, Word
from pytest_golive.readiness.plan import Plan, PlannedRule
from pytest_golive.readiness.verdict import Incident, decide
from tests.unit.readiness.conftest import plan_of, result, results, rule


@pytest.mark.parametrize("severity", ["blocker", "major"])
@pytest.mark.parametrize(
    ("outcome", "word"),
    [
        ("failed", Word.NO_GO),
        ("inconclusive", Word.INCONCLUSIVE),
        ("not_verified", Word.INCONCLUSIVE),
        ("pending", Word.GO),
        ("waived", Word.GO_WITH_WAIVERS),
        ("observed", Word.GO),
        ("warned", Word.GO),
        ("attested", Word.GO),
        ("passed", Word.GO),
        ("not_applicable", Word.GO),
    ],
)
def test_every_outcome_of_a_deciding_rule_has_its_word(severity: str, outcome: str, word: Word) -> None:
    """Blockers and majors decide alike."""
    plan = plan_of(rule("UPZ-10", severity=severity))

    verdict = decide(plan, results(result("UPZ-10/1", outcome, "something")))

    assert verdict.word is word
    assert [each.outcome for each in verdict.rules] == [Outcome(outcome)]


@pytest.mark.parametrize("severity", ["minor", "info"])
@pytest.mark.parametrize("outcome", ["failed", "inconclusive", "not_verified", "passed"])
def test_minor_and_info_decide_nothing(severity: str, outcome: str) -> None:
    """They are counted beside the word."""
    plan = plan_of(rule("UPZ-10", severity=severity))

    verdict = decide(plan, results(result("UPZ-10/1", outcome, "something")))

    assert (verdict.word, verdict.reasons) == (Word.GO, ())


@pytest.mark.parametrize(
    ("outcome", "line"),
    [
        ("failed", "UPZ-10 major failed: it must; seen: that"),
        ("inconclusive", "UPZ-10 major inconclusive: it must; seen: that"),
        ("not_verified", "UPZ-10 major not verified: that"),
        ("waived", "UPZ-10 major waived: it must; seen: that"),
    ],
)
def test_the_line_of_a_reason(outcome: str, line: str) -> None:
    """Id, severity, outcome, what was demanded, what was seen; where nothing was tried, why."""
    verdict = decide(plan_of(rule("UPZ-10")), results(result("UPZ-10/1", outcome, "that")))

    assert verdict.reasons == (line,)


def test_a_rule_takes_the_worst_of_its_checks() -> None:
    """Whatever the order in which they reported."""
    plan = plan_of(rule("UPZ-10"), checks_each=3)
    told = [result("UPZ-10/1", "passed"), result("UPZ-10/2", "failed", "b"), result("UPZ-10/3", "not_verified", "c")]

    forwards, backwards = decide(plan, results(*told)), decide(plan, results(*reversed(told)))

    assert forwards == backwards
    assert forwards.reasons == ("UPZ-10 major failed: it must; seen: b",)
    assert len(forwards.rules[0].decided_by) == 3


def test_a_planned_check_that_did_not_report() -> None:
    """It was planned, so its silence is told, beside the pass of another check of the rule."""
    verdict = decide(plan_of(rule("UPZ-10"), checks_each=2), results(result("UPZ-10/1", "passed")))

    assert verdict.word is Word.INCONCLUSIVE
    assert verdict.reasons == ("UPZ-10 major inconclusive: UPZ-10/2 did not report",)


def test_silence_hides_no_failure() -> None:
    """A rule of which one check failed and another is missing has failed."""
    verdict = decide(plan_of(rule("UPZ-10"), checks_each=2), results(result("UPZ-10/1", "failed", "that")))

    assert verdict.word is Word.NO_GO


def test_deciding_reasons_come_first() -> None:
    """Incidents, failures before what could not be told, blockers before majors."""
    plan = plan_of(rule("UPZ-10"), rule("UPZ-11", severity="blocker"), rule("UPZ-12", severity="blocker"))
    told = results(
        result("UPZ-10/1", "failed", "a"),
        result("UPZ-11/1", "inconclusive", "b"),
        result("UPZ-12/1", "failed", "c"),
    )

    verdict = decide(plan, told, [Incident("interrupted"), Incident("a secret was seen", Word.NO_GO)])

    assert verdict.reasons == (
        "a secret was seen",
        "interrupted",
        "UPZ-12 blocker failed: it must; seen: c",
        "UPZ-10 major failed: it must; seen: a",
        "UPZ-11 blocker inconclusive: it must; seen: b",
    )


@pytest.mark.parametrize(("word", "expected"), [(Word.INCONCLUSIVE, Word.INCONCLUSIVE), (Word.NO_GO, Word.NO_GO)])
def test_an_incident_is_never_go(word: Any, expected: Word) -> None:
    """Though every check passed."""
    verdict = decide(plan_of(rule("UPZ-10")), results(result("UPZ-10/1", "passed")), [Incident("odd", word)])

    assert (verdict.word, verdict.reasons) == (expected, ("odd",))


def test_one_line_for_one_missing_key() -> None:
    """Many rules that wait for the same key are one line, with the worst severity and the first three ids."""
    rules = [rule(f"UPZ-1{n}", severity="blocker" if n == 3 else "major") for n in range(5)]
    told = results(*(result(f"{each.id}/1", "not_verified", f"no {each.id}", key="monitoring") for each in rules))

    verdict = decide(plan_of(*rules), told)

    assert verdict.reasons == (
        "5 rules not verified, up to blocker (UPZ-13, UPZ-10, UPZ-11 and 2 more): waiting for monitoring",
    )


def test_without_a_key_equal_reasons_are_one_line() -> None:
    """And different ones are not."""
    rules = [rule("UPZ-10"), rule("UPZ-11"), rule("UPZ-12")]
    told = results(
        result("UPZ-10/1", "not_verified", "not here"),
        result("UPZ-11/1", "not_verified", "not there"),
        result("UPZ-12/1", "not_verified", "not here"),
    )

    assert decide(plan_of(*rules), told).reasons == (
        "2 rules not verified, up to major (UPZ-10, UPZ-12): not here",
        "UPZ-11 major not verified: not there",
    )


def test_rules_that_wait_for_a_later_version_are_one_line() -> None:
    """They are nobody's fault in the team; a key they will need one day is named."""
    rules = [rule("UPZ-10"), rule("UPZ-11")]
    why = "this version has no check yet for: static ({})"
    told = results(*(result(f"{each.id}/1", "not_verified", why.format(each.id), key="source") for each in rules))

    assert decide(plan_of(*rules), told).reasons == (
        (
            "2 rules not verified, up to major (UPZ-10, UPZ-11): "
            "this version has no check yet for them, a later one will need source"
        ),
    )


def test_one_rule_for_two_vendors_is_two_lines() -> None:
    """A general rule that could be told for neither is not called unverified."""
    one = rule("GEN-10")
    (check,) = plan_of(one).checks.values()
    plan = Plan({"a": check, "b": check}, (PlannedRule(one, "uppzy", ("a",)), PlannedRule(one, "timely", ("b",))))

    verdict = decide(plan, results(result("a", "inconclusive", "x"), result("b", "inconclusive", "y")))

    assert verdict.reasons == (
        "GEN-10 major inconclusive: it must; seen: x",
        "GEN-10 major inconclusive: it must; seen: y",
    )


def test_partial_scope_never_says_go() -> None:
    """Everything passed, and still it is not a whole suite; what was left out is counted, not told one by one."""
    plan = plan_of(rule("UPZ-10"), rule("UPZ-11"), rule("UPZ-12"))

    verdict = decide(plan, results(result("UPZ-10/1", "passed")), scope="partial")
    whole = decide(plan_of(rule("UPZ-10")), results(result("UPZ-10/1", "passed")), scope="partial")

    assert (verdict.word, verdict.scope) == (Word.INCONCLUSIVE, "partial")
    assert verdict.reasons == ("a run of partial scope never says GO: 2 rules were left out",)
    assert whole.reasons == ("a run of partial scope never says GO",)


def test_partial_scope_says_no_go() -> None:
    """A failure is a failure."""
    verdict = decide(plan_of(rule("UPZ-10")), results(result("UPZ-10/1", "failed", "x")), scope="partial")

    assert verdict.word is Word.NO_GO


@pytest.mark.parametrize("plan", [Plan(), plan_of(rule("UPZ-10", severity="minor"))], ids=["no rules", "only a minor"])
def test_nothing_decided_is_no_go_ahead(plan: Plan) -> None:
    """A run in which nothing reported proves nothing."""
    verdict = decide(plan, {})

    assert (verdict.word, verdict.reasons[-1]) == (Word.INCONCLUSIVE, "nothing was decided")


def test_not_applicable_stands_apart() -> None:
    """A rule that does not apply neither helps nor hurts, unless its stand-in did not report."""
    plan = Plan({}, (PlannedRule(rule("UPZ-10"), "uppzy", ("a",), not_applicable="no such thing (lead)"),))

    told = decide(plan, results(result("a", "not_applicable", "no such thing")))
    silent = decide(plan, {})

    assert (told.word, told.rules[0].outcome) == (Word.GO, Outcome.NOT_APPLICABLE)
    assert silent.word is Word.INCONCLUSIVE


def test_own_tests_count_by_rule_or_by_name() -> None:
    """Tests outside the plan are joined by their marker's id, with the worst severity; others count alone."""
    told = results(
        result("t.py::a", "passed", rules=("SHOP-1",), severity=Severity.MINOR, title="One"),
        result("t.py::b", "failed", "x", rules=("SHOP-1",), severity=Severity.BLOCKER),
        result("t.py::c", "passed"),
    )

    verdict = decide(Plan(), told)

    assert [(each.rule, each.severity, each.outcome, each.title) for each in verdict.rules] == [
        ("SHOP-1", Severity.BLOCKER, Outcome.FAILED, "One"),
        ("t.py::c", Severity.MAJOR, Outcome.PASSED, ""),
    ]
    assert verdict.reasons == ("SHOP-1 blocker failed: it must; seen: x",)


def test_observations_are_told_with_the_rule() -> None:
    """An assumed fact that did not hold does not change the word."""
    told = results(result("UPZ-10/1", "observed", observations=("202 instead of 200",)))

    verdict = decide(plan_of(rule("UPZ-10")), told)

    assert (verdict.word, verdict.rules[0].why) == (Word.GO, "202 instead of 200")
