from __future__ import annotations

from dataclasses import replace

from pytest_golive.facts.outcome import Outcome, Severity
from pytest_golive.readiness.plan import Plan, PlannedRule
from pytest_golive.readiness.verdict import DecidedRule
from pytest_golive.report.sides import YOUR_FILES, YOURS, Side, Standing, next_steps, side_of, standings, told
from pytest_golive.shipped import suites_folder
from pytest_golive.vendors.rule import Part
from tests.unit.report.red_runs import made_up


def decided(
    rule: str, outcome: Outcome, folder: str = "", severity: Severity = Severity.MAJOR, key: str = ""
) -> DecidedRule:
    """Return how a rule stands that a check in this folder of the suites decided."""
    tests = (f"golive/{folder}/test_x.py::test_x",) if folder else ()
    return DecidedRule(rule, "holds", "timely", outcome, severity, decided_by=tests, key=key)


def plan_of(**parts: Part) -> Plan:
    """Return a plan with rules that are decided by these parts."""
    rules = [made_up(name.replace("_", "-"), "holds") for name in parts]
    named = zip(rules, parts.values(), strict=True)
    return Plan(
        {}, tuple(PlannedRule(rule.model_copy(update={"decided_by": (part,)}), "timely") for rule, part in named)
    )


def test_what_decides_a_rule_says_whose_it_is() -> None:
    """Labs, files and metrics look at the team; a person's word is a person's; calls look at the vendor."""
    plan = plan_of(
        AA_01=Part(check="x"),
        AA_02=Part(handler="WH-01"),
        AA_03=Part(client="CL-01"),
        AA_04=Part(static="files"),
        AA_05=Part(metric="errors"),
        AA_06=Part(attestation="done"),
    )
    sides = [side_of(rule, decided(rule.rule.id, Outcome.PASSED, "contract")) for rule in plan.rules]

    assert sides == [Side.VENDOR, Side.YOURS, Side.YOURS, Side.YOURS, Side.YOURS, Side.PEOPLE]


def test_a_check_is_whose_its_suite_is() -> None:
    """A check that looks at files or configuration is the team's, one that did not report the vendor's."""
    (rule,) = plan_of(AA_01=Part(check="x")).rules

    found = [side_of(rule, decided("AA-01", Outcome.PASSED, each)) for each in ("source", "handlers", "people", "")]

    assert found == [Side.YOURS, Side.YOURS, Side.PEOPLE, Side.VENDOR]
    assert side_of(None, decided("SHOP-07", Outcome.PASSED)) is Side.YOURS


def test_files_of_the_team_may_stand_beside_calls_to_the_vendor() -> None:
    """Each file that is named is there."""
    (rule,) = plan_of(AA_01=Part(check="x")).rules
    suites = suites_folder()

    assert [name for name in YOUR_FILES if not (suites / name).is_file()] == []
    assert [name for name in YOURS if not (suites / name).is_dir()] == []
    for name in YOUR_FILES:
        told = replace(decided("AA-01", Outcome.PASSED), decided_by=(f"golive/{name}::test_x[timely]",))
        assert side_of(rule, told) is Side.YOURS


def test_settled_is_what_nobody_has_to_see_to() -> None:
    """Waived and warned rules are, pending ones are not; what does not apply is nobody's."""
    plan = plan_of(AA_01=Part(check="x"), AA_02=Part(attestation="done"))
    rules = [decided("SHOP-01", outcome) for outcome in Outcome]

    found = standings(plan, [*rules, decided("AA-01", Outcome.PASSED, "contract"), decided("AA-02", Outcome.FAILED)])

    assert found == (Standing(Side.YOURS, 5, 9), Standing(Side.VENDOR, 1, 1), Standing(Side.PEOPLE, 0, 1))
    assert told(found) == "your side 5 of 9 · vendor 1 of 1 · people 0 of 1"
    assert standings(Plan(), []) == ()


def test_what_failed_comes_first() -> None:
    """Blockers before others, then the keys that most rules wait for; three steps are enough for one run."""
    plan = plan_of(AA_01=Part(check="x"), AA_02=Part(check="x"))
    waiting = [decided(f"AA-1{number}", Outcome.NOT_VERIFIED, key="monitoring") for number in range(3)]
    one = decided("AA-20", Outcome.NOT_VERIFIED, key="handlers")
    minor = decided("AA-30", Outcome.FAILED, severity=Severity.MINOR)
    major, blocker = decided("AA-01", Outcome.FAILED), decided("AA-02", Outcome.FAILED, severity=Severity.BLOCKER)

    assert next_steps(plan, [one, minor, *waiting, major, blocker]) == (
        "put AA-02 right (blocker): Wait as long as the vendor says",
        "put AA-01 right (major): Wait as long as the vendor says",
        "name `monitoring` in golive.yaml: 3 rules wait for it",
    )
    assert next_steps(plan, [one, decided("SHOP-01", Outcome.FAILED)]) == (
        "put SHOP-01 right (major)",
        "name `handlers` in golive.yaml: 1 rule waits for it",
    )
    assert next_steps(plan, [minor]) == ()
