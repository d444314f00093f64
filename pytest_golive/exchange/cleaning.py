"""What a run created is removed again: at its end, and by ``golive sweep`` after a run that was killed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pytest_golive.exchange.journal import Created, Journal
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.finding import CannotTell, CheckFailed, NotVerified
from pytest_golive.vendors.pack import Listing, Removal


def remove_all(things: Iterable[Created], vendor_of: Mapping[str, Vendor], journal: Journal) -> tuple[str, ...]:
    """Remove these things, newest first; return one line for each that is still there.

    Args:
        things: what was created.
        vendor_of: the vendors to call, by name.
        journal: where each removal is struck out.
    """
    left = []
    for thing in things:
        problem = _try(thing, vendor_of.get(thing.vendor))
        if problem is None:
            journal.remove(thing)
        else:
            left.append(f"left behind: {thing.kind} {thing.id or thing.name} at {thing.vendor}: {problem}")
    return tuple(left)


def _try(thing: Created, vendor: Vendor | None) -> str | None:
    """Return why a thing could not be removed, None once it is gone."""
    if vendor is None:
        return f"{thing.vendor} is not in {thing.environment}"
    creates = vendor.pack.operations[thing.operation].creates
    if creates is None or creates.remove is None:
        return "the vendor's API has no call to remove it"
    try:
        identifier = thing.id or _found(vendor, creates.listing, thing.name)
        return None if identifier is None else _remove(vendor, creates.remove, identifier)
    except (CannotTell, CheckFailed) as error:
        return error.finding.actual
    except NotVerified as error:
        return error.reason


def _found(vendor: Vendor, listing: Listing | None, name: str) -> str | None:
    """Look for a thing whose creation was never answered; None means that it was not made."""
    if listing is None or listing.name is None:
        return name
    for item in items_of(vendor, listing.operation):
        if item.get(listing.name) == name:
            return next((str(item[key]) for key in listing.id if item.get(key)), None)
    return None


def items_of(vendor: Vendor, operation: str, **arguments: Any) -> list[Mapping[str, Any]]:
    """Return the items of a listing's first page, wherever the vendor puts them.

    Raises:
        CheckFailed: the listing failed, or holds no list.
    """
    answer = vendor.call(operation, **arguments)
    answer.must_succeed()
    body, paging = answer.json, vendor.pack.operations[operation].paging
    for key in paging.items if paging is not None else ("",):
        found = body if key == "" else body.get(key) if isinstance(body, dict) else None
        if isinstance(found, list):
            return [item for item in found if isinstance(item, Mapping)]
    answer.fail("hold a list of items")
    return []


def _remove(vendor: Vendor, removal: Removal, identifier: str) -> str | None:
    answer = vendor.call(removal.operation, **filled(removal.arguments, identifier))
    return None if answer.succeeded or answer.status == 404 else answer.told


def filled(arguments: Any, identifier: str) -> Any:
    """Return arguments with ``{id}`` replaced by what is to be removed, at any depth."""
    if isinstance(arguments, Mapping):
        return {name: filled(value, identifier) for name, value in arguments.items()}
    if isinstance(arguments, list | tuple):
        return [filled(value, identifier) for value in arguments]
    return arguments.replace("{id}", identifier) if isinstance(arguments, str) else arguments
