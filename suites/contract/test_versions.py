"""Whether the API version is looked at: without it nobody knows which contract an answer keeps."""

from __future__ import annotations

from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck

BOGUS = "0.0.golive-no-version"

WORDS = {
    "missing": "refuse a call that names no API version",
    "unknown": f"refuse the API version {BOGUS}, which never was",
    "too_old": "refuse the API version {old}, which is no longer served",
}


def test_version_is_demanded(golive: Golive, planned: PlannedCheck) -> None:
    """A call that names no version, or one that is not served, is refused.

    If this fails: the vendor guesses which contract you mean; what you get may change without notice.
    """
    assert planned.operation is not None, "this check is planned for one operation"
    vendor = golive.vendor(planned.vendor, planned.environment)
    versioning = vendor.pack.versioning
    assert versioning is not None, "the plan asks only vendors that have versions"
    sent = {"missing": None, "unknown": BOGUS, "too_old": versioning.old_version}[planned.variant or ""]
    refused = {"missing": versioning.missing, "unknown": versioning.unknown, "too_old": versioning.too_old}
    due = refused[planned.variant or ""]
    assert due is not None, "the plan asks only for refusals that the pack describes"
    arguments = golive.examples(planned.vendor, planned.environment).arguments(planned.operation)
    answer = vendor.call_with_headers({versioning.header: sent}, planned.operation, **arguments)
    answer.must_be_refused_as(WORDS[planned.variant or ""].format(old=versioning.old_version), due)
