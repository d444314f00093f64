"""Rules that nothing decides here: shown, never green."""

from __future__ import annotations

from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck


def test_rule_is_decided(golive: Golive, planned: PlannedCheck) -> None:
    """A rule without a check is not verified, and says which part of it is missing.

    If this is skipped: decide the rule by hand until a check exists, and keep the proof in the release ticket.
    """
    golive.not_verified(planned.reason, key=planned.key)
