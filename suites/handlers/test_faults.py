"""Whether the team's own webhook handlers do the right thing, whatever arrives."""

from __future__ import annotations

import pytest

from pytest_golive.golive import Golive
from pytest_golive.handlers.trying import try_fault
from pytest_golive.readiness.plan import PlannedCheck


@pytest.mark.handler
def test_handler_withstands(golive: Golive, planned: PlannedCheck) -> None:
    """A fault of the catalogue is provoked, and the handler does what a right one does.

    If this fails: what to change stands in the finding; `golive deliver` sends the same to a handler at your desk.
    """
    assert planned.subject is not None, "planned for a handler"
    assert planned.fault is not None, "planned for a fault"
    try_fault(golive.handler(planned.subject), planned.fault)
