"""What people said, in plan and verdict."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from pytest_golive.facts.outcome import Outcome, Severity, Suite, Word
from pytest_golive.people.deploy import Deploy
from pytest_golive.people.gaps import Gap
from pytest_golive.people.judging import Judged
from pytest_golive.readiness.people_cases import People
from pytest_golive.readiness.plan import Ground, Plan, make_plan
from pytest_golive.readiness.verdict import decide, needs_of_waivers
from pytest_golive.vendors.library import read_pack
from tests.unit.readiness.conftest import plan_of, result, results, rule

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
PACK = read_pack("uppzy")


def planned(people: People, *rules: Any, **ground: Any) -> Plan:
    """Return the plan of Uppzy's rules in staging."""
    return make_plan(Ground("staging", frozenset({Suite.PRERELEASE}), people=people, **ground), [(PACK, rules)])


def waiver(*rules: str, **more: Any) -> Gap:
    """Return a waiver that holds."""
    return Gap("waiver", rules[0], "w.yaml:3", rules, None, "known", "Ben", "Ana", "2026-12-31", **more)


NOT_YET = "due after the deploy, which environments.production.deployment.deployed tells"


def deployed(day: int) -> Deploy:
    """Return that the release was deployed on a day of November."""
    return Deploy("production", datetime(2026, 11, day, tzinfo=UTC), is_told=True)


TEXT = "known (accepted by Ana until 2026-12-31; Ben closes it)"


@pytest.mark.parametrize(
    ("judged", "reason", "problem", "key"),
    [
        (Judged("holds", "Ana, until …"), "Ana, until …", "", ""),
        (Judged("missing", "nobody; type: …"), "nobody; type: …", "", "attestations"),
        (Judged("wrong", "a.yaml:3: changed"), "", "a.yaml:3: changed", ""),
    ],
)
def test_a_word_is_a_check(judged: Judged, reason: str, problem: str, key: str) -> None:
    """It carries what the word is worth."""
    plan = planned(People(judged={("uppzy", "UPZ-10"): judged}), rule(decided_by=[{"attestation": "We did."}]))

    (check,) = plan.checks.values()

    assert check.id == "person_vouches[UPZ-10]"
    assert (check.statement, check.reason, check.problem, check.key) == ("We did.", reason, problem, key)
    assert plan.rules[0].undecided == ()


def test_one_word_serves_all_parts_that_need_one() -> None:
    """With monitoring that a person looks at, metric and attestation are one record."""
    both = rule(decided_by=[{"metric": "few errors?"}, {"attestation": "We did."}], needs={"keys": ["monitoring"]})

    watched, unwatched = planned(People(watched=True), both), planned(People(), both)

    assert list(watched.checks) == ["person_vouches[UPZ-10]"]
    assert watched.rules[0].undecided == ()
    assert list(unwatched.checks) == ["person_vouches[UPZ-10]", "rule_is_decided[UPZ-10]"]
    assert unwatched.rules[0].undecided == ("metric (few errors?)",)


def test_metrics_that_golive_reads_elsewhere_need_no_word() -> None:
    """Only rules about the team's monitoring are a matter of looking at it."""
    plan = planned(People(watched=True), rule(decided_by=[{"metric": "few errors?"}]))

    assert list(plan.checks) == ["rule_is_decided[UPZ-10]"]


def test_a_waiver_is_three_tests() -> None:
    """In time, needed, few; and the rule's check may fail."""
    plan = planned(People(gaps=(waiver("UPZ-10"),)), rule(decided_by=[{"attestation": "We did."}]))

    assert list(plan.checks) == [
        "person_vouches[UPZ-10]",
        "accepted_gap_is_in_time[UPZ-10]",
        "accepted_gap_is_needed[UPZ-10]",
        "accepted_gaps_are_few[ceiling]",
    ]
    assert plan.checks["person_vouches[UPZ-10]"].waived == TEXT
    assert [check.id for check in plan.about_gaps()] == list(plan.checks)[1:]


def test_a_waiver_that_does_not_count_waives_nothing() -> None:
    """It is told by its own test."""
    plan = planned(People(gaps=(waiver("UPZ-10", problem="over"),)), rule(decided_by=[{"attestation": "We did."}]))

    assert plan.rules[0].waived == ""
    assert plan.checks["accepted_gap_is_in_time[UPZ-10]"].problem == "w.yaml:3: over"
    assert list(plan.checks) == ["person_vouches[UPZ-10]", "accepted_gap_is_in_time[UPZ-10]"]


def test_a_waiver_of_a_rule_that_is_not_in_this_run() -> None:
    """Of another suite or vendor: nothing is said of it here."""
    plan = planned(People(gaps=(waiver("UPZ-11"),)), rule(decided_by=[{"attestation": "We did."}]))

    assert list(plan.checks) == ["person_vouches[UPZ-10]", "accepted_gaps_are_few[ceiling]"]


def test_a_check_of_two_rules_has_to_hold_for_the_other() -> None:
    """The verdict waives the one, and the other fails."""
    told = {"decided_by": [{"check": "base_url_is_explicit"}]}
    plan = planned(People(gaps=(waiver("UPZ-10"),)), rule(**told), rule("UPZ-11", **told))

    check = plan.checks["base_url_is_explicit[uppzy]"]
    verdict = decide(plan, results(result(check.id, "failed", "that")), scope="partial")

    assert check.waived == ""
    assert [(each.rule, each.outcome, each.why) for each in verdict.rules] == [
        ("UPZ-10", Outcome.WAIVED, f"{TEXT}; it must; seen: that"),
        ("UPZ-11", Outcome.FAILED, "it must; seen: that"),
    ]


@pytest.mark.parametrize(
    ("deploy", "before", "pending", "ahead"),
    [
        (
            Deploy("production"),
            True,
            NOT_YET,
            False,
        ),
        (Deploy("production"), False, "", False),
        (
            Deploy("production", is_told=True),
            True,
            NOT_YET,
            True,
        ),
        (
            Deploy("production", datetime(2026, 11, 20, tzinfo=UTC), is_told=True),
            True,
            "due after the deploy, until 2026-11-27",
            False,
        ),
        (deployed(1), True, "", False),
        (None, True, "", False),
    ],
)
def test_what_follows_the_deploy(deploy: Deploy | None, before: bool, pending: str, ahead: bool) -> None:
    """Not due before it, and for seven days after it."""
    people = People(deploy=deploy, before=before, now=NOW)
    plan = planned(people, rule(stage="after", decided_by=[{"metric": "?"}]), rule("UPZ-11"))

    assert [each.pending for each in plan.rules] == [pending, ""]
    assert plan.rules[0].is_ahead is ahead
    assert plan.checks["rule_is_decided[UPZ-10]"].pending == pending


@pytest.mark.parametrize(
    ("outcome", "is_ahead", "becomes"),
    [
        ("not_verified", False, "pending"),
        ("inconclusive", False, "pending"),
        ("failed", False, "failed"),
        ("failed", True, "pending"),
        ("passed", True, "passed"),
    ],
)
def test_what_is_not_due_is_pending(outcome: str, is_ahead: bool, becomes: str) -> None:
    """What fails has failed, unless golive.yaml says that the release is not deployed yet."""
    plan = plan_of(rule())
    due = replace(plan, rules=(replace(plan.rules[0], pending="due after the deploy", is_ahead=is_ahead),))

    verdict = decide(due, results(result("UPZ-10/1", outcome, "that")))

    assert verdict.rules[0].outcome == Outcome(becomes)
    assert (verdict.word is Word.GO) is (becomes != "failed")
    if becomes == "pending":
        assert verdict.rules[0].why == "due after the deploy"


def test_silence_is_neither_waived_nor_pending() -> None:
    """What did not report is missed."""
    plan = plan_of(rule())
    waived = replace(plan, rules=(replace(plan.rules[0], waived=TEXT, pending="later"),))

    assert decide(waived, {}).rules[0].outcome is Outcome.INCONCLUSIVE


@pytest.mark.parametrize(
    ("outcome", "needed"),
    [
        ("waived", [True]),
        ("failed", [True]),
        ("not_verified", [True]),
        ("inconclusive", [True]),
        ("passed", [False]),
        ("attested", [False]),
        ("pending", []),
    ],
)
def test_whether_a_waiver_was_needed(outcome: str, needed: list[bool]) -> None:
    """Told by what became of the rule; of what is not due, or did not report, nothing can be said."""
    plan = planned(People(gaps=(waiver("UPZ-10"),)), rule(decided_by=[{"attestation": "We did."}]))

    assert [need for _, need in needs_of_waivers(plan, results(result("person_vouches[UPZ-10]", outcome)))] == needed
    assert [*needs_of_waivers(plan, {})] == []


def test_a_test_of_a_gap_that_did_not_report_is_missed() -> None:
    """And one that could not be told is told."""
    plan = planned(People(gaps=(waiver("UPZ-10"),)), rule(decided_by=[{"attestation": "We did."}]))
    vouched = result("person_vouches[UPZ-10]", "waived")
    broken = result("accepted_gaps_are_few[ceiling]", "inconclusive", "broke", severity=Severity.MAJOR)

    verdict = decide(plan, results(vouched, broken))

    assert (verdict.word, verdict.reasons) == (
        Word.INCONCLUSIVE,
        ("accepted_gap_is_in_time[UPZ-10] did not report", "accepted gaps: it must; seen: broke"),
    )
    assert decide(plan, results(vouched), scope="partial").reasons == ("a run of partial scope never says GO",)
