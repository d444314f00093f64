"""Whether customers get in."""

from __future__ import annotations

from pytest_golive.exchange.cleaning import items_of
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck

HEALTHY = frozenset({"active", "connected"})
"""What the vendor's pages call a channel that works."""


def test_channel_is_active(golive: Golive, planned: PlannedCheck) -> None:
    """The configured channel works, and the configured agent stands behind it; without one, all of the agent's do.

    If this fails: messages of customers do not arrive; connect the channel again in the dashboard.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    agent, due = vendor.id("agent_id"), vendor.target.ids.get("channel_id")
    listed = items_of(vendor, "list_channels")
    found = [each for each in listed if (each.get("id") == due if due else each.get("agent_id") == agent)]
    golive.must(
        f"channel {due} has to be there" if due else f"agent {agent} has to have a channel",
        found,
        expected="a channel",
        actual=f"none among {len(listed)} channels",
    )
    broken = [f"{each.get('name')} is {each.get('status')}" for each in found if each.get("status") not in HEALTHY]
    golive.must("channels have to work", not broken, expected="active or connected", actual="; ".join(broken))
    others = [
        f"{each.get('name')} belongs to {each.get('agent_id')}" for each in found if each.get("agent_id") != agent
    ]
    golive.must("the channel has to lead to the agent", not others, expected=agent, actual="; ".join(others))
