"""Whether a customer can be put into every status there is."""

from __future__ import annotations

from pytest_golive.facts.body_path import at
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck

STATUSES = ("preferred", "hold_shipment", "hold_all", "normal")


def test_customer_takes_every_status(golive: Golive, planned: PlannedCheck) -> None:
    """A customer is created as normal, takes each status in turn, and shows it when it is read.

    If this fails: a customer on hold may be shipped to; do not rely on the status the finding names.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    arguments = golive.examples(planned.vendor, planned.environment).arguments("create_customer")
    created = vendor.call("create_customer", **arguments)
    created.must_fit()
    customer = str(created.json["id"])
    created.must("begin as normal", created.json["status"] == "normal", actual=f"status is {created.json['status']!r}")
    for status in STATUSES:
        changed = vendor.call("update_customer", customer_id=customer, status=status)
        changed.must_fit()
        read = vendor.call("get_customer", customer_id=customer)
        read.must_succeed()
        for answer in (changed, read):
            seen = at(answer.json, "status")
            answer.must(f"show the status {status} that was set", seen == status, actual=f"status is {seen!r}")
