"""The same write sent twice, as after a timeout or a double click."""

from __future__ import annotations

from pytest_golive.demands.repetition import must_repeat_well
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck


def test_repeated_write_does_what_the_contract_says(golive: Golive, planned: PlannedCheck) -> None:
    """A repeated call makes another thing, changes nothing or is refused: whichever the contract says.

    If this fails: never repeat this call blindly; look first what the earlier one did.
    """
    assert planned.operation is not None, "this check is planned per operation"
    vendor = golive.vendor(planned.vendor, planned.environment)
    must_repeat_well(vendor, golive.examples(planned.vendor), planned.operation)
