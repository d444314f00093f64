"""Nothing that a release waits for is left to nobody."""

from __future__ import annotations

from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck


def test_every_rule_is_answered_for(golive: Golive, planned: PlannedCheck) -> None:
    """Every rule of the vendor that a release waits for has a check that can run, or a person who vouches for it.

    If this fails: add the key that the check of a rule waits for, or let somebody vouch for it: `golive attest`.
    """
    if planned.key:
        golive.not_verified(f"{planned.key} is missing: {planned.reason}", key=planned.key)
    golive.must(
        "every rule before a release needs a check, or a person who answers for it",
        not planned.problem,
        expected="the key that its check waits for, or a record in the file of attestations",
        actual=f"none has {planned.problem}",
    )
