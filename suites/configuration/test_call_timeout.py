"""How long the integration waits for any call."""

from __future__ import annotations

from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck

SHORTEST_SECONDS = 15.0
"""The vendor's figure: waiting shorter gives up on answers that are still coming."""

LONGEST_SECONDS = 120.0
"""Waiting longer keeps a worker busy with a vendor that is silent."""


def test_call_timeout_is_long_enough(golive: Golive, planned: PlannedCheck) -> None:
    """There is a timeout, as long as the vendor asks for, and not so long that workers wait for ever.

    If this fails: set the timeout of the HTTP client, and the same in request_timeout_seconds.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    seconds = float(vendor.setting("request_timeout_seconds"))
    golive.must(
        "every call needs a timeout that the vendor's answers fit into",
        SHORTEST_SECONDS <= seconds <= LONGEST_SECONDS,
        expected=f"{SHORTEST_SECONDS:g} to {LONGEST_SECONDS:g} s",
        actual=f"request_timeout_seconds is {seconds:g}",
    )
