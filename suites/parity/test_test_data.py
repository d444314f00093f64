"""Whether what was made for tests got into production."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_golive.exchange.vendor import Vendor
from pytest_golive.exchange.walk import walk
from pytest_golive.facts.body_path import at
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck

SHOWN = 5


def test_production_holds_no_test_data(golive: Golive, planned: PlannedCheck) -> None:
    """Nothing in production has a name by which tests name things.

    If this fails: delete what the finding lists, or rename what is real and only sounds like a test.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    if not vendor.permit.production:
        _decided_elsewhere(golive, vendor)
        return
    markers = vendor.setting("test_markers")
    found = [told for operation in _named_listings(vendor) for told in _marked(golive, vendor, operation, markers)]
    golive.must(
        f"{vendor.permit.environment} must not hold test data",
        not found,
        expected=f"no name that begins with {' or '.join(map(repr, markers))}",
        actual=f"{len(found)} found: {', '.join(found[:SHOWN])}",
    )


def _decided_elsewhere(golive: Golive, vendor: Vendor) -> None:
    __tracebackhide__ = True
    where = vendor.permit.environment
    if golive.releases_to is None:
        place = f"environments.{where}.releases_to"
        golive.not_verified(f"{place} is missing: no production to look for test data in", key=place)
    vendor.note(f"decided in {golive.releases_to}: {where} is made for tests")


def _named_listings(vendor: Vendor) -> list[str]:
    """Return the listings that show names which this API lets its callers choose."""
    creations = (each.creates for each in vendor.pack.operations.values() if _used(vendor, each.feature))
    listings = (creates.listing for creates in creations if creates is not None)
    named = [listing.operation for listing in listings if listing is not None and listing.name is not None]
    return [name for name in dict.fromkeys(named) if _used(vendor, vendor.operation(name).feature)]


def _used(vendor: Vendor, feature: str | None) -> bool:
    return feature is None or vendor.has(feature)


def _marked(golive: Golive, vendor: Vendor, operation: str, markers: Sequence[str]) -> list[str]:
    __tracebackhide__ = True
    listings = (each.creates.listing for each in vendor.pack.operations.values() if each.creates)
    listing = next(each for each in listings if each is not None and each.operation == operation)
    arguments = golive.examples(vendor.name, vendor.permit.environment).arguments(operation)
    walked = walk(vendor, operation, **arguments)
    if not walked.ended:
        vendor.warn(f"{operation} has more than {len(walked.items)} items: the rest was not looked at")
    names = [str(at(item, listing.name or "") or "") for item in walked.items]
    return [f"{name} in {operation}" for name in names if name.lower().startswith(tuple(map(str.lower, markers)))]
