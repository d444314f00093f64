"""The same write sent again under one idempotency key, and what may follow."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pytest_golive.exchange.answer import Answer, either
from pytest_golive.exchange.call import given_name
from pytest_golive.exchange.cleaning import items_of, named
from pytest_golive.exchange.examples import Examples
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.body_path import at
from pytest_golive.facts.current import carry
from pytest_golive.vendors.pack import Idempotency

AT_ONCE = 3
"""Calls that are made at the same moment with one key."""


def must_replay(vendor: Vendor, examples: Examples, operation: str, key: str) -> None:
    """Send a write twice with the same key and body, and demand the first answer again.

    Raises:
        CheckFailed: the second call does something else.
        CannotTell: the first one did not succeed for a reason of its own.
    """
    __tracebackhide__ = True
    model, header = _model(vendor), {_model(vendor).header: key}
    arguments = examples.arguments(operation)
    first = vendor.call_with_headers(header, operation, **arguments)
    first.must_succeed()
    second = vendor.call_with_headers(header, operation, **arguments)
    told = "replay the first answer when the same call comes again with the same key"
    second.must(told, second.status == first.status, actual=f"{first.status}, then {second.told}")
    ids = [_id(vendor, operation, answer) for answer in (first, second)]
    second.must(told, ids[0] == ids[1], actual=f"it made {ids[0]}, then {ids[1]}")
    if model.replayed is not None:
        mark = second.headers.get(model.replayed, "")
        second.must(
            f"mark the replay with {model.replayed}: true", mark.lower() == "true", actual=f"{mark or 'it is absent'}"
        )
    _must_be_there_once(vendor, operation, arguments, second)


def must_refuse_another_body(vendor: Vendor, examples: Examples, operation: str, key: str) -> None:
    """Send two different writes with the same key, and demand that the second is refused.

    Raises:
        CheckFailed: it is done, or refused in another way than documented.
    """
    __tracebackhide__ = True
    model = _model(vendor)
    first = vendor.call_with_headers({model.header: key}, operation, **examples.arguments(operation))
    first.must_succeed()
    second = vendor.call_with_headers({model.header: key}, operation, **examples.arguments(operation))
    second.must_be_refused_as("refuse a key that was used with another body", model.other_body)


def must_do_once(vendor: Vendor, examples: Examples, operation: str, key: str) -> None:
    """Send the same write several times at the same moment with one key, and demand that it is done once.

    Raises:
        CheckFailed: it was done more than once, or not at all.
    """
    __tracebackhide__ = True
    model = _model(vendor)
    arguments = examples.arguments(operation)
    barrier = threading.Barrier(AT_ONCE)

    def send() -> Answer:
        barrier.wait(timeout=30)
        return vendor.call_with_headers({model.header: key}, operation, **arguments)

    answers = _at_once(carry(send))
    told = f"do a call once that comes {AT_ONCE} times at once with one key"
    done = [answer for answer in answers if answer.succeeded]
    answers[0].must(told, done, actual="; ".join(answer.told for answer in answers))
    ids = {_id(vendor, operation, answer) for answer in done}
    done[0].must(told, len(ids) == 1, actual=f"it made {either(sorted(map(str, ids)))}")
    for answer in answers:
        if not answer.succeeded:
            answer.must_be_refused_as("refuse a key whose first call still runs", model.in_progress)
    _must_be_there_once(vendor, operation, arguments, done[0])


def _at_once(send: Callable[[], Answer]) -> list[Answer]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [future.result() for future in [pool.submit(send) for _ in range(AT_ONCE)]]


def _must_be_there_once(vendor: Vendor, operation: str, arguments: Mapping[str, Any], answer: Answer) -> None:
    """Look into the listing: two things of one name may have been made though the answers are the same."""
    __tracebackhide__ = True
    creates = vendor.operation(operation).creates
    listing = creates.listing if creates is not None else None
    name = given_name(vendor.operation(operation), arguments)
    if listing is None or listing.name is None or not name:
        return
    items: Sequence[Mapping[str, Any]] = items_of(vendor, listing.operation, **named(listing, name))
    there = [item for item in items if at(item, listing.name) == name]
    answer.must(f"make one {creates.kind if creates else ''}", len(there) == 1, actual=f"{len(there)} are listed")


def _id(vendor: Vendor, operation: str, answer: Answer) -> str | None:
    creates = vendor.operation(operation).creates
    return answer.identifier(creates.id) if creates is not None else None


def _model(vendor: Vendor) -> Idempotency:
    assert vendor.pack.idempotency is not None, "the plan asks only vendors that have idempotency keys"
    return vendor.pack.idempotency
