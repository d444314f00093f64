"""Whether the vendor's answers have the shape that clients were written for."""

from __future__ import annotations

from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck


def test_answer_fits_its_schema(golive: Golive, planned: PlannedCheck) -> None:
    """A reading operation answers with success, in the shape the pack's schema gives.

    If this fails: what the vendor's pages state has changed, or was never so; see the schema file in the finding.
    """
    assert planned.operation is not None, "this check is planned per operation"
    vendor = golive.vendor(planned.vendor, planned.environment)
    arguments = golive.examples(planned.vendor, planned.environment).arguments(planned.operation)
    answer = vendor.call(planned.operation, **arguments)
    answer.must_fit()
    unknown = answer.unknown_fields()
    if unknown:
        vendor.note(f"{planned.operation} answers with fields {answer.schema_file} does not name: {', '.join(unknown)}")
