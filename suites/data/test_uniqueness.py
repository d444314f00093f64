"""Values that may be taken only once, and what a second creation with the same value does."""

from __future__ import annotations

from pytest_golive.exchange.answer import UNTELLING, Answer
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.vendors.operation import Unique

WORDS = {
    "second": "make another one",
    "same": "return the one that is there",
    "conflict": "refuse it as a conflict",
}


def test_unique_value_is_taken_once(golive: Golive, planned: PlannedCheck) -> None:
    """A second creation with a value that is taken does what the contract says, and no more.

    If this fails: two rows stand for one thing; look for the value before you create, and merge what is doubled.
    """
    assert planned.operation is not None, "this check is planned per operation"
    vendor, examples = golive.vendor(planned.vendor), golive.examples(planned.vendor)
    unique = vendor.operation(planned.operation).unique[planned.variant or ""]
    shared = examples.filled(unique.change)
    first = vendor.call(planned.operation, **{**examples.arguments(planned.operation), **shared})
    first.must_succeed()
    second = vendor.call(planned.operation, **{**examples.arguments(planned.operation), **shared})
    allowed = " or ".join(WORDS[each] for each in unique.accepted)
    told = f"{allowed} when {unique.title} is taken"
    if second.status in UNTELLING:
        second.cannot_tell(told)
    happened = _happened(first, second, unique)
    if happened not in unique.accepted:
        place = f"operations.{planned.operation}.unique.{planned.variant}"
        second.differs(unique.evidence, told, second.told, place)
    elif happened == "conflict" and unique.refused is not None:
        second.must_be_refused_as(told, unique.refused)


def _happened(first: Answer, second: Answer, unique: Unique) -> str:
    refused = unique.refused.statuses if unique.refused is not None else (409,)
    if second.status in refused:
        return "conflict"
    if not second.succeeded:
        return "failed"
    return "same" if first.identifier((unique.same,)) == second.identifier((unique.same,)) else "second"
