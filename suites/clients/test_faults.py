"""Whether the team's own API clients do the right thing, whatever the vendor does."""

from __future__ import annotations

import pytest

from pytest_golive.clients.trying import try_fault
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck


@pytest.mark.client
def test_client_withstands(golive: Golive, planned: PlannedCheck) -> None:
    """A fault of the catalogue is provoked by a stand-in for the vendor, and the client does what a right one does.

    If this fails: what to change stands in the finding; `golive drive` does the same at your desk, with its timeline.
    """
    assert planned.subject is not None, "planned for a client"
    assert planned.fault is not None, "planned for a fault"
    try_fault(golive.clients.lab(planned.subject), planned.fault, planned.operation)
