"""Bad input sent, and judged: refused, never a failure at the vendor, and nothing created."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Set
from typing import Any

from pytest_golive.contract.bad_input import BadInput, bad_inputs
from pytest_golive.exchange.answer import Answer, either
from pytest_golive.exchange.call import body_arguments, given_name
from pytest_golive.exchange.cleaning import EndlessListing, id_of, items_of
from pytest_golive.exchange.examples import Examples
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.body_path import at
from pytest_golive.facts.finding import CannotTell, CheckFailed
from pytest_golive.facts.outcome import Evidence
from pytest_golive.vendors.fact import Refused
from pytest_golive.vendors.library import read_schema

UNTELLING = frozenset({401, 403, 429, 503})
"""Refusals that say nothing about the data: the key, the rights, the rate, or any call for now was refused."""


def bad_input_of(vendor: Vendor, operation: str, case: str) -> BadInput:
    """Return one bad input of an operation.

    Raises:
        LookupError: the operation has no such case.
    """
    model = vendor.operation(operation)
    if model.request is not None:
        for bad in bad_inputs(vendor.pack, model, read_schema(vendor.name, model.request.json_schema)):
            if bad.id == case:
                return bad
    raise LookupError(f"{operation} of {vendor.name} has no bad input {case!r}")


def must_refuse(vendor: Vendor, examples: Examples, operation: str, case: str) -> None:
    """Send one bad input and demand that it is received as the contract says.

    Raises:
        CheckFailed: the vendor failed on it, accepted it against the contract, or created something of it.
        CannotTell: the call was refused for a reason that says nothing about the data.
    """
    __tracebackhide__ = True
    bad = bad_input_of(vendor, operation, case)
    model = vendor.operation(operation)
    arguments = examples.arguments(operation)
    valid = body_arguments(model, arguments)
    elsewhere = {name: value for name, value in arguments.items() if name not in valid} | dict(bad.elsewhere)
    body = bad.body(valid)
    given = given_name(model, body) if isinstance(body, Mapping) else ""
    # What has a name of its own is found by it; anything else only by comparing with what was there before.
    own = bool(given) and given == given_name(model, valid)
    before = {} if own else _listed(vendor, operation)
    answer = vendor.call_with_body(operation, body, **elsewhere)
    _must_be_refused(answer, bad)
    if not answer.succeeded and before is not None:
        names = {given} if own else {given, given_name(model, valid), ""}
        _must_create_nothing(vendor, operation, answer, bad, names, before)


def _must_be_refused(answer: Answer, bad: BadInput) -> None:
    __tracebackhide__ = True
    what = f"refuse the call with {either(bad.refusals)} when {bad.words}"
    if answer.status in UNTELLING and answer.status not in bad.refusals:
        answer.cannot_tell(what)
    if answer.status >= 500 and bad.known_failure is not None and not answer.vendor.strict:
        answer.vendor.observe(f"{answer.operation} fails with {answer.status} when {bad.words}: {bad.known_failure}")
        return
    if answer.status >= 500:
        answer.fail(f"{what}, never with a failure")
    if answer.succeeded:
        _accepted(answer, bad, what)
    elif answer.status not in bad.refusals:
        answer.differs(Evidence.ASSUMED, what, answer.told, f"operations.{answer.operation}")
    else:
        answer.must_explain(what, Refused(evidence=Evidence.ASSUMED, statuses=bad.refusals, codes=bad.codes))
        _note_another_param(answer, bad)


def _note_another_param(answer: Answer, bad: BadInput) -> None:
    """Tell where the error body names another field than the one that was changed."""
    path = answer.vendor.pack.errors.param
    named = at(answer.json, path) if path is not None else None
    if bad.field and named is not None and bad.field not in str(named):
        answer.vendor.note(f"{answer.operation}: `{path}` names {named!r} when {bad.words}")


def _accepted(answer: Answer, bad: BadInput, what: str) -> None:
    __tracebackhide__ = True
    if bad.tolerated is None:
        answer.differs(bad.evidence, what, answer.told, f"operations.{answer.operation} ({bad.id})")
    elif not answer.vendor.strict:
        answer.vendor.observe(f"{answer.operation} accepts a call in which {bad.words}: {bad.tolerated}")


def _listed(vendor: Vendor, operation: str) -> dict[str, Mapping[str, Any]] | None:
    """Return what there is of the kind an operation creates, by id; None where that cannot be seen.

    Raises:
        CannotTell: the listing failed, so that nothing can be said about what a call created.
    """
    creates = vendor.operation(operation).creates
    if creates is None or creates.listing is None:
        return None
    listing = creates.listing
    try:
        return {id_of(item, listing): item for item in items_of(vendor, listing.operation)}
    except EndlessListing as endless:
        vendor.warn(f"what {operation} creates cannot be seen: {endless.finding.actual} in {listing.operation}")
        return None
    except CheckFailed as failure:
        raise CannotTell(failure.finding) from None


def _must_create_nothing(
    vendor: Vendor,
    operation: str,
    answer: Answer,
    bad: BadInput,
    names: Set[str],
    before: Collection[str],
) -> None:
    """Look for what a refused call created: under a name it was given, or without a name at all."""
    __tracebackhide__ = True
    creates = vendor.operation(operation).creates
    after = _listed(vendor, operation)
    if after is None or creates is None or creates.listing is None or creates.listing.name is None:
        return
    named = {key: item.get(creates.listing.name) or "" for key, item in after.items()}
    made = [key for key, name in named.items() if key not in before and name in names]
    answer.must(
        f"create nothing when {bad.words}",
        not made,
        actual=f"answered {answer.status}, and {creates.kind} {', '.join(made)} is there all the same",
    )
