"""Gaps that people accept, in whole runs: expected failures until a day, few, needed, and told first."""

from __future__ import annotations

import pytest

from tests.plugin.conftest import Project
from tests.plugin.people_project import day, outcomes, prerelease, waiver, waivers
from tests.unit.people.repository import repository

TESTS = """
@pytest.mark.prerelease
@pytest.mark.rule(id="SHOP-01", title="one holds")
def test_one():
    assert 1 == 2

@pytest.mark.prerelease
@pytest.mark.rule(id="SHOP-02", title="two holds")
def test_two():
    pass

@pytest.mark.prerelease
@pytest.mark.rule(id="SHOP-03", title="three holds")
def test_three():
    pytest.skip("no account yet")
"""


def test_a_gap_that_is_accepted_is_no_obstacle(project: Project) -> None:
    """GO WITH WAIVERS: the test is an expected failure, and the gap stands first in terminal and verdict file."""
    waivers(project, waiver("SHOP-01"), waiver("SHOP-03", 10))
    project.tests(TESTS)
    repository(project.folder).commit("shop.py", "Cleo Lee <cleo@shop.example>")

    ran = prerelease(project)

    assert (ran.code, ran.word) == (0, "GO WITH WAIVERS")
    assert ran.verdict["reasons"] == [
        "SHOP-01 major waived: one holds; seen: assert 1 == 2",
        "SHOP-03 major waived: three holds; seen: no account yet",
    ]
    accepted = [(each["name"], each["problem"], each["warning"]) for each in ran.verdict["accepted"]]
    soon = f"it is accepted until {day(10)} only: close it, or accept it anew"
    assert accepted == [("SHOP-01", "", ""), ("SHOP-03", "", soon)]
    first = f"waiver SHOP-01: is being mended (accepted by Ana until {day(60)}; Ben closes it)"
    assert ran.lines.index(first) < next(number for number, line in enumerate(ran.lines) if "SHOP-01 major" in line)
    assert outcomes(ran.verdict) == {
        "test_one": "waived",
        "test_two": "passed",
        "test_three": "waived",
        "test_accepted_gap_is_in_time[SHOP-01]": "passed",
        "test_accepted_gap_is_in_time[SHOP-03]": "warned",
        "test_accepted_gaps_are_few[ceiling]": "passed",
        "test_accepted_gap_is_needed[SHOP-01]": "passed",
        "test_accepted_gap_is_needed[SHOP-03]": "passed",
    }
    assert ran.result.parseoutcomes() == {"passed": 6, "xfailed": 2}


def test_a_gap_nobody_needs_accepted_is_an_error(project: Project) -> None:
    """The rule holds: what accepts that it does not has to go."""
    waivers(project, waiver("SHOP-01"), waiver("SHOP-02"), waiver("SHOP-03"))
    project.tests(TESTS)

    ran = prerelease(project)

    told = (
        "waiver SHOP-02: SHOP-02 holds without it: take it out, or name the environment it is for; see waivers.yaml:5"
    )
    assert (ran.code, ran.word, ran.verdict["reasons"]) == (1, "NO-GO", [told])
    assert outcomes(ran.verdict)["test_accepted_gap_is_needed[SHOP-02]"] == "failed"


def test_a_gap_whose_day_is_over(project: Project) -> None:
    """It is NO-GO, and the test fails as it would without."""
    waivers(project, waiver("SHOP-01", -1), waiver("SHOP-03"))
    project.tests(TESTS)

    ran = prerelease(project)

    assert (ran.code, ran.word) == (1, "NO-GO")
    assert ran.verdict["reasons"] == [
        f"waiver SHOP-01: waivers.yaml:4: it was accepted until {day(-1)}, and that is over",
        "SHOP-01 major failed: one holds; seen: assert 1 == 2",
    ]


def test_too_many_gaps(project: Project) -> None:
    """The file of waivers says how many a release may carry."""
    waivers(project, waiver("SHOP-01"), waiver("SHOP-03"), ceiling=1)
    project.tests(TESTS)

    ran = prerelease(project)

    told = "accepted gaps: 2 are accepted, and 1 may be: SHOP-01, SHOP-03"
    assert (ran.code, ran.word, ran.verdict["reasons"]) == (1, "NO-GO", [told])


def test_a_waiver_of_nothing(project: Project) -> None:
    """An id that no collected test has is told; nobody would ever miss it."""
    waivers(project, waiver("SHOP-01"), waiver("SHOP-03"), waiver("SHOP-09"))
    project.tests(TESTS)

    ran = prerelease(project)

    told = "waiver SHOP-09: no rule and no collected test has the id SHOP-09; see waivers.yaml:6"
    assert (ran.code, ran.word, ran.verdict["reasons"]) == (1, "NO-GO", [told])


def test_a_blocker_of_the_teams_own_cannot_be_waived(project: Project) -> None:
    """The run ends before anything is tried."""
    waivers(project, waiver("SHOP-05"))
    project.tests(
        "@pytest.mark.prerelease\n@pytest.mark.rule(id='SHOP-05', severity='blocker')\n"
        "def test_five():\n    assert False\n"
    )

    ran = prerelease(project)

    assert ran.code == 4
    assert "ERROR: test_shop.py:4: SHOP-05 is a blocker: it cannot be waived" in ran.lines
    assert ran.word == "INCONCLUSIVE"


def test_a_wrong_file_ends_the_run(project: Project) -> None:
    """Before anything is tried, with all of its mistakes."""
    waivers(project, waiver("TIM-05"), waiver("SHOP-01", approver="Ben"))
    project.tests(TESTS)

    ran = prerelease(project)

    assert ran.code == 4
    assert [line.removeprefix("ERROR: ") for line in ran.lines if "waivers.yaml" in line] == [
        "waivers.yaml:4: waivers[0].rule: TIM-05 is a blocker: it cannot be waived",
        "waivers.yaml:5: waivers[1].approver: is the owner; somebody else has to accept the gap",
    ]
    assert not (project.folder / "golive-verdict.json").exists()


def test_a_waiver_covers_a_test_that_broke_before_it_began(project: Project) -> None:
    """A fixture that fails is a gap like any other; one that fails afterwards is not."""
    waivers(project, waiver("SHOP-01"), waiver("SHOP-02"))
    project.tests(
        "@pytest.fixture\ndef account():\n    raise RuntimeError('none')\n"
        "@pytest.mark.prerelease\n@pytest.mark.rule(id='SHOP-01')\ndef test_one(account):\n    pass\n"
        "@pytest.fixture\ndef late():\n    yield\n    raise RuntimeError('afterwards')\n"
        "@pytest.mark.prerelease\n@pytest.mark.rule(id='SHOP-02')\ndef test_two(late):\n    pass\n"
    )

    ran = prerelease(project)

    assert (ran.own("SHOP-01")["outcome"], ran.own("SHOP-02")["outcome"]) == ("waived", "failed")


def test_a_test_of_two_rules_is_waived_with_both(project: Project) -> None:
    """One that is not waived has to hold."""
    waivers(project, waiver("SHOP-01"))
    project.tests(
        "@pytest.mark.prerelease\n@pytest.mark.rule(id='SHOP-01')\n@pytest.mark.rule(id='SHOP-02')\n"
        "def test_both():\n    assert False\n"
    )

    ran = prerelease(project)

    assert ran.word == "NO-GO"
    assert (ran.own("SHOP-01")["outcome"], ran.own("SHOP-02")["outcome"]) == ("failed", "failed")


@pytest.mark.parametrize("narrow", [("-k", "two"), ("--golive-only", "SHOP-02")])
def test_part_of_a_run_judges_no_waiver_as_needless(project: Project, narrow: tuple[str, ...]) -> None:
    """What was left out may need it."""
    waivers(project, waiver("SHOP-01"), waiver("SHOP-02"), waiver("SHOP-03"))
    project.tests(TESTS)

    ran = prerelease(project, *narrow)

    assert ran.code == 0
    assert "is_needed" not in ran.text


def test_a_waiver_is_the_same_with_workers(project: Project) -> None:
    """xdist's workers know what is waived, and the controller what was needed."""
    waivers(project, waiver("SHOP-01"), waiver("SHOP-02"), waiver("SHOP-03"))
    project.tests(TESTS)

    ran = prerelease(project, "-n", "2")

    assert ran.word == "NO-GO"
    assert [each.partition(":")[0] for each in ran.verdict["reasons"]] == ["waiver SHOP-02"]
    assert outcomes(ran.verdict)["test_one"] == "waived"
