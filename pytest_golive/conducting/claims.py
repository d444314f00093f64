"""What a check uses while it runs, so that no two checks disturb each other.

A check that compares what was there before and after would take what another one creates meanwhile for its own. So
each check claims places: everything, one vendor in one environment, one of that vendor's listings.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from enum import Enum
from functools import cache
from typing import Any

from pytest_golive.contract.bad_input import bad_inputs
from pytest_golive.exchange.call import body_arguments, given_name
from pytest_golive.facts.outcome import Effects
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.vendors.library import handler_faults, read_schema
from pytest_golive.vendors.operation import Operation
from pytest_golive.vendors.pack import Pack

REFERENCE = re.compile(r"{(?:answer|own|first):(\w+)")
"""Another operation's example, or listing, in an example's arguments."""

LONG_SECONDS = 30.0
"""An operation that may take longer than this is asked early: its answer is what the run waits for in the end."""


CALL_SECONDS = 60.0
"""What a call usually promises to end within."""

LASTING = frozenset({"CL-20", "CL-27", "CL-28", "CL-30", "CL-35", "CL-36", "CL-37", "CL-39", "CL-40", "CL-44", "CL-45"})
"""Faults at which a right client may use all the time that a call has."""


class Use(Enum):
    """How a check uses a place."""

    BESIDE = "is there, and minds nobody but one who wants the place alone"
    READS = "walks through a listing, which must stay as it is meanwhile"
    ADDS = "adds things under names of its own, and finds them by these"
    WATCHES = "changes nothing, and wants nothing to change"
    COMPARES = "looks what there is before and after, for things without a name"
    ALONE = "wants the place for itself"


BEARS: Mapping[Use, frozenset[Use]] = {
    Use.BESIDE: frozenset({Use.BESIDE}),
    Use.READS: frozenset({Use.READS}),
    Use.WATCHES: frozenset({Use.WATCHES}),
    Use.ADDS: frozenset({Use.ADDS, Use.COMPARES}),
    Use.COMPARES: frozenset({Use.ADDS, Use.COMPARES}),
    Use.ALONE: frozenset(),
}
"""Which uses of one place go together.

Two that compare may take for their own what the other one made; they find nothing less for it. So what one of them
finds in company counts only once it has found it alone: :func:`alone`.
"""

Place = tuple[str, ...]
Claims = Mapping[Place, Use]

EVERYTHING: Claims = {(): Use.ALONE}
"""What a test of the team's own claims: golive does not know what it touches."""

BESIDE_OTHERS: Claims = {(): Use.BESIDE}
"""What a test of the team's own claims that says of itself that it may run beside others."""


def disturb(one: Claims, other: Claims) -> bool:
    """Whether one of two checks may take for its own what the other one makes."""
    return any(use is Use.COMPARES and other.get(place) is Use.COMPARES for place, use in one.items())


def alone(claims: Claims) -> Claims:
    """Return the claims of a check that compares once more, with nobody beside it."""
    return {place: Use.ALONE if use is Use.COMPARES else use for place, use in claims.items()}


def claims_of(planned: PlannedCheck, pack: Pack) -> Claims:
    """Return what a planned check uses."""
    if planned.fault is not None:
        return BESIDE_OTHERS  # it goes to a program of the team's own, which knows whose turn it is
    vendor = (planned.environment, planned.vendor)
    if planned.alone is not None:
        changes = is_flow(planned) or planned.effects is not Effects.NONE
        return {(): Use.BESIDE, vendor: Use.ALONE if changes else Use.WATCHES}
    claims: dict[Place, Use] = {(): Use.BESIDE, vendor: Use.BESIDE}
    for operation in _operations(planned, pack):
        for listing in _filled_by(pack, operation):
            claims[(*vendor, listing)] = Use.ADDS
    own = pack.operations.get(planned.operation or "")
    if own is None:
        return claims
    if own.paging is not None and own.effects is Effects.NONE:
        claims |= _walks(planned, pack, planned.operation or "")
    if planned.bad_input is not None and own.creates is not None and own.creates.listing is not None:
        named = planned.bad_input in _cases_with_a_name(pack, planned.operation or "")
        claims[(*vendor, own.creates.listing.operation)] = Use.ADDS if named else Use.COMPARES
    return claims


def is_flow(planned: PlannedCheck) -> bool:
    """Whether a check changes settings step by step, and puts them back: about no single operation."""
    return planned.alone is not None and planned.operation is None


def hold_back(claims: Claims) -> bool:
    """Whether a check wants a vendor to itself: it comes last, when there are no others to wait for it."""
    return any(use in {Use.ALONE, Use.WATCHES} for place, use in claims.items() if len(place) < 3)


def _walks(planned: PlannedCheck, pack: Pack, listing: str) -> Claims:
    """Return what a walk through a listing uses; one that inserts something on its way leaves no other in peace."""
    vendor = (planned.environment, planned.vendor)
    if planned.effects is Effects.NONE:
        return {(*vendor, listing): Use.READS}
    makers = [
        name
        for name, each in pack.operations.items()
        if each.creates is not None and each.creates.listing is not None and each.creates.listing.operation == listing
    ]
    filled: dict[Place, Use] = {(*vendor, each): Use.ADDS for maker in makers for each in _filled_by(pack, maker)}
    return {**filled, (*vendor, listing): Use.ALONE}


def patience_seconds(planned: PlannedCheck, pack: Pack) -> float:
    """Return how long a check may have to wait for its vendor, or a program in its lab; 0 for one that ends soon."""
    if planned.fault is not None:
        return _seconds_in_the_lab(planned.fault)
    names = set(_operations(planned, pack))
    if planned.bad_input is None:
        # One that sends bad input shares its examples; any other may need some of its own.
        names = {name for each in names for name in _needed(pack, each, set())}
    longest = max((_longest_seconds(pack.operations[name]) for name in names), default=0.0)
    return longest if longest > LONG_SECONDS else 0.0


def _seconds_in_the_lab(fault: str) -> float:
    """Return how early a fault is to be tried: what lasts first, what holds up all others at a handler last."""
    handler = handler_faults().get(fault)
    if handler is None:
        return CALL_SECONDS if fault in LASTING else 1.0
    return 0.0 if handler.alone else 2.0 if handler.section == "order" else 1.0


def _longest_seconds(operation: Operation) -> float:
    budget = operation.polling.budget_seconds if operation.polling is not None else 0.0
    return max(operation.timeout_seconds, budget)


def _operations(planned: PlannedCheck, pack: Pack) -> Iterator[str]:
    """Yield the operations a check is about: its own, else all that its allowance opens."""
    if planned.operation is not None:
        yield from (name for name in (planned.operation,) if name in pack.operations)
    elif planned.allow is not None:
        yield from (name for name, each in pack.operations.items() if each.allowance == planned.allow)


@cache
def _names_in(value: str) -> tuple[str, ...]:
    return tuple(REFERENCE.findall(value))


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for each in value.values():
            yield from _texts(each)
    elif isinstance(value, Iterable):
        for each in value:
            yield from _texts(each)


_FILLED: dict[tuple[int, str], tuple[str, ...]] = {}
"""Packs are read once and kept, so that their identity tells them apart, profiles included."""


def _filled_by(pack: Pack, operation: str) -> tuple[str, ...]:
    """Return the listings to which a call of this operation may add something, its examples' own calls included."""
    key = (id(pack), operation)
    if key not in _FILLED:
        makers = (pack.operations[name].creates for name in _needed(pack, operation, set()))
        listings = (maker.listing.operation for maker in makers if maker is not None and maker.listing is not None)
        _FILLED[key] = tuple(dict.fromkeys(listings))
    return _FILLED[key]


def _needed(pack: Pack, operation: str, seen: set[str]) -> Iterator[str]:
    """Yield an operation and those that its example needs the answers of."""
    if operation in seen or operation not in pack.operations:
        return
    seen.add(operation)
    yield operation
    for text in _texts(pack.operations[operation].example):
        for name in _names_in(text):
            yield from _needed(pack, name, seen)


_NAMED: dict[tuple[int, str], frozenset[str]] = {}


def _cases_with_a_name(pack: Pack, operation: str) -> frozenset[str]:
    """Return the bad inputs that leave the name of what would be created as it is: by that name it is found."""
    key = (id(pack), operation)
    if key not in _NAMED:
        _NAMED[key] = frozenset(_named(pack, operation))
    return _NAMED[key]


def _named(pack: Pack, operation: str) -> Iterator[str]:
    model = pack.operations[operation]
    if model.request is None:
        return
    valid = body_arguments(model, model.example)
    due = given_name(model, valid)
    for bad in bad_inputs(pack, model, read_schema(pack.vendor, model.request.json_schema)):
        body = bad.body(valid)
        if due and isinstance(body, Mapping) and given_name(model, body) == due:
            yield bad.id
