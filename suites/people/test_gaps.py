"""Gaps that people accept: waivers, and blockers that somebody declared not applicable."""

from __future__ import annotations

from pytest_golive.golive import Golive
from pytest_golive.readiness.people_cases import OF_THE_TEAM
from pytest_golive.readiness.plan import PlannedCheck


def test_accepted_gap_is_in_time(golive: Golive, planned: PlannedCheck) -> None:
    """The gap is accepted by somebody who did not write the change, and the day until which it is has not passed.

    If this fails: close the gap; or accept it anew, with a reason why it can still be borne.
    """
    golive.must(
        "a gap has to be accepted until a day that has not passed, by somebody who did not write the change",
        not planned.problem,
        expected=planned.statement,
        actual=planned.problem,
    )
    if planned.variant == OF_THE_TEAM and golive.collected_rules is not None:
        golive.must(
            "a gap has to be one of a rule that there is",
            golive.collected_rules & set(planned.rules),
            expected="a collected test with the marker of this rule",
            actual=f"no rule and no collected test has the id {planned.rules[0]}; {planned.fix}",
        )
    if planned.warning:
        golive.warn(planned.warning)


def test_accepted_gaps_are_few(golive: Golive, planned: PlannedCheck) -> None:
    """No more gaps are accepted than the file of waivers allows.

    If this fails: close gaps; or raise `ceiling` in the file of waivers, which a reviewer sees.
    """
    golive.must(
        "no more gaps may be accepted than the file of waivers allows",
        not planned.problem,
        expected=planned.statement,
        actual=planned.problem,
    )
