"""Whether the vendor says no where it has to, and in the words the contract gives for programs."""

from __future__ import annotations

from pytest_golive.exchange.corruption import corrupted
from pytest_golive.exchange.unlike import unlike
from pytest_golive.golive import Golive
from pytest_golive.readiness.cases import path_id
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.vendors.fact import Refused


def test_call_without_a_key_is_refused(golive: Golive, planned: PlannedCheck) -> None:
    """A reading operation answers nobody who does not prove who he is.

    If this fails: what is read here is open to anyone who finds the address; tell the vendor before you release.
    """
    assert planned.operation is not None, "this check is planned per operation"
    vendor = golive.vendor(planned.vendor, planned.environment)
    arguments = golive.examples(planned.vendor, planned.environment).arguments(planned.operation)
    ways_in = vendor.pack.authentication_of(vendor.operation(planned.operation))
    refused = Refused(evidence=ways_in.evidence, source=ways_in.source, statuses=ways_in.refused, codes=ways_in.codes)
    answer = vendor.call_with_key(None, planned.operation, **arguments)
    answer.must_be_refused_as("refuse a call without a key", refused)
    wrong = corrupted(vendor.key(ways_in.credential))
    # All letters but one are the key's own: it must be as invisible in evidence as the key.
    golive.redactor.add(wrong)
    answer = vendor.call_with_key(wrong, planned.operation, **arguments)
    answer.must_be_refused_as("refuse a key of which one letter was changed", refused)


def test_unknown_id_is_not_found(golive: Golive, planned: PlannedCheck) -> None:
    """An id that nobody has is refused as such, and not taken for an empty answer.

    If this fails: your client cannot tell a thing that is gone from one that is there; do not build on this answer.
    """
    assert planned.operation is not None, "this check is planned per operation"
    vendor = golive.vendor(planned.vendor, planned.environment)
    operation = vendor.operation(planned.operation)
    name, refused = path_id(vendor.pack, operation), operation.unknown_id or vendor.pack.errors.unknown_id
    assert name is not None, "the plan asks only for operations that read one thing"
    assert refused is not None, "the plan asks only where the pack says how it is refused"
    arguments = golive.examples(planned.vendor, planned.environment).arguments(planned.operation)
    answer = vendor.call(planned.operation, **{**arguments, name: unlike(str(arguments[name]))})
    answer.must_be_refused_as(f"refuse a {name} that nobody has", refused)
