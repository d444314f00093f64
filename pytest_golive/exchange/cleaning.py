"""What a run created is removed again: at its end, and by ``golive sweep`` after a run that was killed."""

from __future__ import annotations

import itertools
import json
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pytest_golive.exchange.journal import Created, Journal
from pytest_golive.exchange.restoring import send_back
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.exchange.walk import MOST_PAGES, id_in, walk
from pytest_golive.facts.body_path import at
from pytest_golive.facts.finding import CannotTell, CheckFailed, Finding, NotVerified
from pytest_golive.vendors.operation import Listing, Removal

GONE = frozenset({404, 410})
"""Statuses that say that a thing is not there, or not there any more."""


class EndlessListing(CannotTell):
    """A listing goes on for longer than is worth the calls, so what is not found may still be there."""


def remove_all(
    things: Iterable[Created], vendor_of: Mapping[str, Vendor], journal: Journal, *, at_once: int = 1
) -> tuple[str, ...]:
    """Remove these things, newest first; return one line for each that is still there.

    Args:
        things: what was created.
        vendor_of: the vendors to call, by name.
        journal: where each removal is struck out.
        at_once: how many are removed at once. What is refused because another thing still needs it is tried again;
            a former state is put back in its turn, and nothing else is done meanwhile.
    """
    left = []
    for puts_back, group in itertools.groupby(things, key=lambda thing: thing.puts_back is not None):
        due = list(group)
        if not puts_back and at_once > 1 and len(due) > 1:
            due = _those_that_stay(due, vendor_of, journal, at_once)
        for thing in due:
            problem = _remove_one(thing, vendor_of, journal)
            if problem is not None:
                left.append(f"{_words(thing)} at {thing.vendor}: {problem}")
    return tuple(left)


def _those_that_stay(
    things: Sequence[Created], vendor_of: Mapping[str, Vendor], journal: Journal, at_once: int
) -> list[Created]:
    """Remove many things at once; return those that could not be removed in this way, in order."""
    pool = ThreadPoolExecutor(at_once, thread_name_prefix="golive-removal")
    try:
        problems = list(pool.map(lambda thing: _remove_one(thing, vendor_of, journal), things))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
    return [thing for thing, problem in zip(things, problems, strict=True) if problem is not None]


def _remove_one(thing: Created, vendor_of: Mapping[str, Vendor], journal: Journal) -> str | None:
    problem = _try(thing, vendor_of.get(thing.vendor))
    if problem is None:
        journal.remove(thing)
    return problem


def _words(thing: Created) -> str:
    if thing.puts_back is not None:
        return f"not put back: the former state of {thing.name}"
    return f"left behind: {thing.kind} {thing.id or thing.name}"


def _try(thing: Created, vendor: Vendor | None) -> str | None:
    """Return why a thing could not be removed, None once it is gone."""
    if vendor is None:
        return f"{thing.vendor} is not in {thing.environment}"
    if thing.puts_back is not None:
        return _put_back(thing, vendor)
    model = vendor.pack.operations.get(thing.operation)
    creates = model.creates if model is not None else None
    if creates is None or creates.remove is None:
        return "the vendor's API has no call to remove it"
    try:
        found = [thing.id] if thing.id else _found(vendor, creates.listing, thing.name)
        problems = [_remove(vendor, creates.remove, creates.listing, identifier) for identifier in found]
    except (CannotTell, CheckFailed) as error:
        return error.finding.actual
    except NotVerified as error:
        return error.reason
    return next(filter(None, problems), None)


def _put_back(thing: Created, vendor: Vendor) -> str | None:
    """Return why what was replaced could not be put back, None once it is there again."""
    if thing.operation not in vendor.pack.operations:
        return f"the vendor's API has no call {thing.operation}"
    try:
        answer = send_back(vendor, thing)
    except CannotTell as error:
        return error.finding.actual
    except NotVerified as error:
        return error.reason
    gone = vendor.operation(thing.operation).method == "DELETE" and answer.status == 404
    return None if answer.succeeded or gone else answer.told


def _found(vendor: Vendor, listing: Listing | None, name: str) -> list[str]:
    """Look for a thing whose creation was never answered; nothing found means that it was not made."""
    if listing is None or listing.name is None:
        return [name]
    items = items_of(vendor, listing.operation, **named(listing, name))
    return [id_of(item, listing) for item in items if at(item, listing.name) == name and id_of(item, listing)]


def named(listing: Listing, name: str) -> dict[str, Any]:
    """Return the arguments by which a listing is asked for a thing of this name."""
    given = listing.arguments.items()
    return {key: value.replace("{name}", name) if isinstance(value, str) else value for key, value in given}


def id_of(item: Mapping[str, Any], listing: Listing) -> str:
    """Return the id of an item of a listing; empty where it has none."""
    return id_in(item, listing.id)


def items_of(vendor: Vendor, operation: str, **arguments: Any) -> list[Mapping[str, Any]]:
    """Return the items of a listing, page by page, wherever the vendor puts them.

    Raises:
        CheckFailed: the listing failed, or holds no list.
        EndlessListing: it goes on for longer than is worth the calls.
    """
    paging = vendor.operation(operation).paging
    walked = walk(vendor, operation, size=paging.largest if paging is not None else None, **arguments)
    # Rows that were inserted meanwhile push others onto the next page, where they are listed once more.
    items = list({json.dumps(item, sort_keys=True): item for item in walked.items}.values())
    if walked.ended:
        return items
    requirement = f"{operation} has to end within {MOST_PAGES} pages to be searched whole"
    raise EndlessListing(Finding(requirement, f"at most {MOST_PAGES} pages", f"more than {len(items)} items"))


def _remove(vendor: Vendor, removal: Removal, listing: Listing | None, identifier: str) -> str | None:
    answer = vendor.call(removal.operation, **filled(removal.arguments, identifier))
    if answer.succeeded or answer.status in GONE:
        return None
    # A refused removal may mean that a check has removed it before.
    gone = listing is not None and identifier not in {
        id_of(item, listing) for item in items_of(vendor, listing.operation)
    }
    return None if gone else answer.told


def filled(arguments: Any, identifier: str) -> Any:
    """Return arguments with ``{id}`` replaced by what is to be removed, at any depth."""
    if isinstance(arguments, Mapping):
        return {name: filled(value, identifier) for name, value in arguments.items()}
    if isinstance(arguments, list | tuple):
        return [filled(value, identifier) for value in arguments]
    return arguments.replace("{id}", identifier) if isinstance(arguments, str) else arguments
