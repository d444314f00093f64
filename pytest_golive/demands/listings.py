"""Listings judged: everything once, in pages of any size, also while rows appear."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import parse_qsl, urlencode, urlsplit

from pytest_golive.exchange.answer import Answer
from pytest_golive.exchange.examples import Examples
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.exchange.walk import Walk, id_in, page_of, walk, way_on
from pytest_golive.vendors.operation import Operation, Paging

TRIES = 3
"""Times a walk is repeated where the listing changed meanwhile: other people work there, too."""

MOST_SIZED_PAGES = 6
"""Pages a walk in small pages may take: what goes wrong between pages shows between a few."""

SHOWN_IDS = 3

ROWS = 3
"""Rows a listing needs for a row to appear between two of its pages."""


def must_give_everything_once(vendor: Vendor, operation: str, arguments: Mapping[str, Any]) -> None:
    """Demand that walks in pages of several sizes give the same ids, each once, and the totals that are told.

    Raises:
        CheckFailed: an id is missing, doubled or without end, or a total is wrong.
    """
    __tracebackhide__ = True
    paging = _paging(vendor, operation)
    # A row that appears meanwhile repeats another one: only what comes again in every walk is the vendor's doing.
    walks = (walk(vendor, operation, **arguments) for _ in range(TRIES))
    whole = next((walked for walked in walks if _is_single(walked, paging)), None)
    whole = walk(vendor, operation, **arguments) if whole is None else whole
    _must_be_single(whole, paging, "of the vendor's own size")
    if not whole.ended:
        vendor.warn(
            f"{operation} has more than {len(whole.items)} items: only the first {len(whole.pages)} pages count"
        )
        return
    _must_tell_totals(whole, paging)
    for size in _sizes(len(whole.items), paging):
        _must_be_the_same(vendor, operation, arguments, size)


def _must_be_the_same(vendor: Vendor, operation: str, arguments: Mapping[str, Any], size: int) -> None:
    """Compare a walk in pages of one size with whole walks before and after it."""
    __tracebackhide__ = True
    paging = _paging(vendor, operation)
    for _ in range(TRIES):
        before = _ids(walk(vendor, operation, **arguments), paging)
        sized = walk(vendor, operation, size=size, most=len(before) // size + 2, **arguments)
        after = _ids(walk(vendor, operation, **arguments), paging)
        if before == after:
            _must_keep_to_size(sized, paging, size)
            _must_be_single(sized, paging, f"of {size}")
            _must_hold(sized, paging, before, size)
            _must_tell_totals(sized, paging)
            return
    vendor.warn(f"{operation} changes while it is read: pages of {size} were not judged")


def _must_hold(sized: Walk, paging: Paging, due: Sequence[str], size: int) -> None:
    __tracebackhide__ = True
    seen = _ids(sized, paging)
    last = sized.pages[-1].answer
    lost = [each for each in due if each not in seen]
    told = f"give all {len(due)} items in pages of {size}"
    _must(last, paging, told, not lost, f"{len(lost)} are missing: {_shown(lost)}")
    foreign = [each for each in seen if each not in due]
    _must(last, paging, told, not foreign, f"{len(foreign)} are not in the whole listing: {_shown(foreign)}")
    pages = f"more than {len(sized.pages)} pages"
    _must(last, paging, f"end after {math.ceil(len(due) / size)} pages of {size}", sized.ended, pages)


def _must_keep_to_size(sized: Walk, paging: Paging, size: int) -> None:
    __tracebackhide__ = True
    for page in sized.pages:
        told = f"give at most {size} items a page when {size} are asked for"
        _must(page.answer, paging, told, len(page.items) <= size, f"{len(page.items)} items")


def _must_be_single(walked: Walk, paging: Paging, told: str) -> None:
    __tracebackhide__ = True
    ids = _ids(walked, paging)
    last = walked.pages[-1].answer
    without = f"{ids.count('')} items without {' or '.join(paging.id)}"
    _must(last, paging, "give every item an id", all(ids), without)
    twice = [each for each, times in Counter(ids).items() if times > 1]
    _must(last, paging, f"give every id once in pages {told}", not twice, f"{len(twice)} come again: {_shown(twice)}")


def _is_single(walked: Walk, paging: Paging) -> bool:
    ids = _ids(walked, paging)
    return len(ids) == len(set(ids))


def _must_tell_totals(walked: Walk, paging: Paging) -> None:
    """Compare what the envelope says with what was listed; an empty listing has no page, or one."""
    __tracebackhide__ = True
    if not walked.ended:
        return
    count, pages = len(walked.items), len(walked.pages)
    for page in walked.pages:
        if page.total is not None:
            told = f"say that there are {count} items"
            _must(page.answer, paging, told, page.total == count, f"a total of {page.total}, {count} were listed")
        if page.total_pages is not None:
            right = page.total_pages == pages or (count == 0 and page.total_pages == 0)
            _must(page.answer, paging, f"say that there are {pages} pages", right, f"{page.total_pages} pages")


def _sizes(count: int, paging: Paging) -> Iterator[int]:
    """Yield sizes that a listing of so many items is walked in: all at once, an exact multiple, and with a rest."""
    largest = paging.largest or count
    if not paging.size or count == 0:
        return
    tried = set()
    exact = next((size for size in range(1, count) if count % size == 0 and count // size <= MOST_SIZED_PAGES), None)
    rest = next((size for size in range(1, count) if count % size and count / size <= MOST_SIZED_PAGES), None)
    for size in (count, exact, rest):
        if size is not None and size <= largest and size not in tried:
            tried.add(size)
            yield size


def must_bear_a_new_row(vendor: Vendor, examples: Examples, operation: str) -> None:
    """Demand that a row created between two pages loses none of those that were there.

    Raises:
        CheckFailed: the walk misses one.
    """
    __tracebackhide__ = True
    paging = _paging(vendor, operation)
    maker = next(name for name, model in vendor.pack.operations.items() if _makes(model, operation))
    arguments = examples.arguments(operation)
    while len(before := walk(vendor, operation, **arguments).items) < ROWS:
        _must_show(vendor, operation, _create(vendor, examples, maker), maker, arguments, len(before))
    for _ in range(TRIES):
        known = _ids(walk(vendor, operation, **arguments), paging)
        made: list[Answer] = []

        def insert(number: int, made: list[Answer] = made) -> None:
            if number == 2:
                made.append(_create(vendor, examples, maker))

        size = max(1, math.ceil(len(known) / ROWS))
        walked = walk(vendor, operation, size=size if paging.size else None, between=insert, **arguments)
        # A row that somebody else takes away meanwhile pulls others forward, onto a page that was read before.
        if {*known} <= {*_ids(walk(vendor, operation, **arguments), paging)}:
            _must_have_lost_nothing(vendor, operation, walked, known)
            return
    vendor.warn(f"{operation} loses rows to others while it is read: not judged")


def _must_show(
    vendor: Vendor, operation: str, made: Answer, maker: str, arguments: Mapping[str, Any], before: int
) -> None:
    """Demand that a listing holds what was created; a vendor that names no id has to list more than before."""
    __tracebackhide__ = True
    creates = vendor.operation(maker).creates
    identifier = made.identifier(creates.id) if creates is not None else None
    listed = walk(vendor, operation, **arguments)
    ids = _ids(listed, _paging(vendor, operation))
    shown = len(ids) > before if identifier is None else identifier in ids
    listed.pages[0].answer.must(f"list what {maker} created", shown, actual=f"{len(ids)} items")


def _must_have_lost_nothing(vendor: Vendor, operation: str, walked: Walk, known: Sequence[str]) -> None:
    __tracebackhide__ = True
    paging = _paging(vendor, operation)
    seen = _ids(walked, paging)
    lost = [each for each in dict.fromkeys(known) if each not in seen]
    last = walked.pages[-1].answer
    told = "give all items that were there, though one more appears between two pages"
    _must(last, paging, told, not lost, f"{len(lost)} are missing: {_shown(lost)}")
    twice = [each for each, times in Counter(seen).items() if times > 1]
    if twice:
        vendor.note(f"{operation} repeats {_shown(twice)} when a row appears meanwhile: readers have to drop doubles")


def must_bound_its_pages(vendor: Vendor, operation: str, arguments: Mapping[str, Any]) -> None:
    """Demand that a size above the largest and an altered cursor are received as the contract says.

    Raises:
        CheckFailed: they are not.
    """
    __tracebackhide__ = True
    paging = _paging(vendor, operation)
    if paging.too_large is not None and paging.largest is not None and paging.size:
        asked = paging.largest + 1
        answer = vendor.call(operation, **{**arguments, **dict.fromkeys(paging.size, asked)})
        if paging.clamps and answer.succeeded:
            items = page_of(answer, paging).items
            told = f"give at most {paging.largest} items when {asked} are asked for"
            answer.must(told, len(items) <= paging.largest, actual=f"{len(items)} items")
        else:
            answer.must_be_refused_as(f"refuse a page of {asked} items, one more than allowed", paging.too_large)
        _must_not_loop_at_nothing(vendor, operation, arguments, paging)
    if paging.altered is not None:
        _must_refuse_an_altered_cursor(vendor, operation, arguments, paging)


def _must_not_loop_at_nothing(vendor: Vendor, operation: str, arguments: Mapping[str, Any], paging: Paging) -> None:
    """Ask for pages of no items: a client that computes a size of 0 must not walk for ever."""
    __tracebackhide__ = True
    assert paging.too_large is not None, "only called where the pack says which sizes are refused"
    answer = vendor.call(operation, **{**arguments, **dict.fromkeys(paging.size, 0)})
    told = "refuse a page of 0 items"
    if not answer.succeeded:
        answer.must_be_refused_as(told, paging.too_large)
    elif not (paging.clamps and page_of(answer, paging).items):
        answer.differs(paging.too_large.evidence, told, answer.told, f"operations.{operation}.paging.too_large")


def _must_refuse_an_altered_cursor(
    vendor: Vendor, operation: str, arguments: Mapping[str, Any], paging: Paging
) -> None:
    __tracebackhide__ = True
    assert paging.altered is not None, "only called where the pack says how it is refused"
    page = page_of(vendor.call(operation, **{**arguments, **dict.fromkeys(paging.size, 1)}), paging)
    way = way_on(page, paging)
    told = "refuse a cursor that was tampered with"
    if way is None and paging.too_large is not None:
        vendor.note(f"{operation} has no second page, and so no cursor to tamper with")
        return
    if way is None:
        page.answer.cannot_tell(told, "the listing has no second page")
    kind, value = way
    if kind == "url":
        answer = vendor.follow(operation, _with_altered_cursor(value, str(paging.page)))
    else:
        answer = vendor.call(operation, **{**arguments, str(paging.page): _altered(value)})
    if answer.succeeded:
        answer.differs(paging.altered.evidence, told, answer.told, f"operations.{operation}.paging.altered")
        return
    answer.must_be_refused_as(told, paging.altered)


def _with_altered_cursor(url: str, parameter: str) -> str:
    parts = urlsplit(url)
    query = [(name, _altered(value) if name == parameter else value) for name, value in parse_qsl(parts.query)]
    return parts._replace(query=urlencode(query)).geturl()


def _altered(cursor: str) -> str:
    """Return the cursor with one letter in its middle changed."""
    middle = len(cursor) // 2
    return f"{cursor[:middle]}{'A' if cursor[middle] != 'A' else 'B'}{cursor[middle + 1 :]}"


def _must(answer: Answer, paging: Paging, what: str, holds: object, actual: str) -> None:
    """Demand something of a page: as sure as the pack is of how the listing is paged."""
    __tracebackhide__ = True
    if not holds:
        answer.differs(paging.evidence, what, actual, f"operations.{answer.operation}.paging")


def _create(vendor: Vendor, examples: Examples, maker: str) -> Answer:
    answer = vendor.call(maker, **examples.arguments(maker))
    answer.must_succeed()
    return answer


def _makes(model: Operation, listing: str) -> bool:
    return (
        model.creates is not None and model.creates.listing is not None and model.creates.listing.operation == listing
    )


def _paging(vendor: Vendor, operation: str) -> Paging:
    paging = vendor.operation(operation).paging
    assert paging is not None, f"the plan walks only through listings in pages: {operation}"
    return paging


def _ids(walked: Walk, paging: Paging) -> list[str]:
    return [id_in(item, paging.id) for item in walked.items]


def _shown(ids: Sequence[str]) -> str:
    more = f" and {len(ids) - SHOWN_IDS} more" if len(ids) > SHOWN_IDS else ""
    return ", ".join(ids[:SHOWN_IDS]) + more
