"""What a program cannot see, a named person vouches for, with evidence and for a while."""

from __future__ import annotations

from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck


def test_person_vouches(golive: Golive, planned: PlannedCheck) -> None:
    """Somebody has given his or her word on this rule: named, dated, with evidence, and not over.

    If this fails: look at the record that is named, and put it right or have the right person write one.
    """
    if planned.key:
        golive.not_verified(f"{planned.statement.rstrip('.')}: {planned.reason}", key=planned.key)
    golive.must(
        "a person has to vouch for it, with evidence that is still what it was",
        not planned.problem,
        expected=planned.statement,
        actual=planned.problem,
    )
    if planned.warning:
        golive.warn(planned.warning)
    golive.note(f"{planned.statement} {planned.reason}")
