"""Data that is incomplete or invalid: one change to a valid call at a time, never a failure, nothing created."""

from __future__ import annotations

from pytest_golive.demands.refusal import must_refuse
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck


def test_incomplete_data_is_refused(golive: Golive, planned: PlannedCheck) -> None:
    """A write that lacks something is refused, and leaves nothing behind.

    If this fails: refuse such input in your client; a 5xx or something created is for the vendor to mend.
    """
    _must_refuse(golive, planned)


def test_invalid_data_is_refused(golive: Golive, planned: PlannedCheck) -> None:
    """A write with something wrong in it is refused, and leaves nothing behind.

    If this fails: refuse such input in your client; a 5xx or something created is for the vendor to mend.
    """
    _must_refuse(golive, planned)


def _must_refuse(golive: Golive, planned: PlannedCheck) -> None:
    __tracebackhide__ = True
    assert planned.operation is not None, "this check is planned per operation"
    assert planned.bad_input is not None, "this check is planned per bad input"
    vendor = golive.vendor(planned.vendor, planned.environment)
    must_refuse(vendor, golive.examples(planned.vendor), planned.operation, planned.bad_input)
