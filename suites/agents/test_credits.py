"""Whether the agent can go on answering tomorrow."""

from __future__ import annotations

from pytest_golive.facts.body_path import at
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck

LOW = 0.2
"""Share of the credits below which the vendor itself warns."""


def test_credits_are_left(golive: Golive, planned: PlannedCheck) -> None:
    """The agent has credits; few of them are a warning.

    If this fails: the agent has stopped answering, and customers write into the void; buy credits first.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    if vendor.target.settings.get("unlimited_credits") is True:
        vendor.note("settings.unlimited_credits: credits of this account do not run out")
        return
    answer = vendor.call("get_agent_credits")
    answer.must_fit()
    left, total = (at(answer.json, f"data.credits_{name}") for name in ("remaining", "total"))
    if left is None:
        answer.cannot_tell("tell how many credits remain")
    answer.must("leave the agent credits to answer with", left > 0, actual=f"{left:g} of {total or 0:g} remain")
    if total and left <= LOW * total:
        vendor.warn(f"{left:g} of {total:g} credits remain: {LOW:.0%} or less")
