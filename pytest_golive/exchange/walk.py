"""A listing walked through, page by page, in the style the pack names."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pytest_golive.exchange.answer import Answer
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.body_path import at, first_at
from pytest_golive.facts.outcome import Evidence
from pytest_golive.vendors.operation import Paging

MOST_PAGES = 20
"""Pages of a listing that are walked through; a vendor's thousands of items are not worth the calls."""

Item = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Page:
    """One page of a listing.

    Attributes:
        answer: what came back.
        items: what it lists.
        total: how many items the vendor says there are in all; None where it does not say.
        total_pages: how many pages; None where it does not say.
        goes_on: whether the vendor says that there are more, as far as the style tells.
    """

    answer: Answer
    items: Sequence[Item]
    total: int | None
    total_pages: int | None
    goes_on: bool


@dataclass(frozen=True, slots=True)
class Walk:
    """A walk, as far as it went.

    Attributes:
        pages: in order.
        ended: whether the listing came to its end; False where it went on for longer than is worth the calls.
    """

    pages: tuple[Page, ...]
    ended: bool

    @property
    def items(self) -> list[Item]:
        """Every item, in the order it was listed; one that was listed twice stands there twice."""
        return [item for page in self.pages for item in page.items]


def walk(
    vendor: Vendor,
    operation: str,
    *,
    size: int | None = None,
    most: int = MOST_PAGES,
    between: Callable[[int], object] | None = None,
    **arguments: Any,
) -> Walk:
    """Walk through a listing until it ends.

    Args:
        vendor: whose.
        operation: the listing.
        size: items a page shall hold; None for the vendor's own size.
        most: pages after which the walk is given up.
        between: called before each page but the first, with its number.
        arguments: further arguments of the operation.

    Raises:
        CheckFailed: a page was refused, or holds no list.
        CannotTell: the vendor limits the rate, or does not answer.
    """
    gone: list[Page] = []
    ways = _ways(vendor, operation, size, arguments)
    for page in ways:
        gone.append(page)
        if page.goes_on and len(gone) == most:
            return Walk(tuple(gone), ended=False)
        if page.goes_on and between is not None:
            between(len(gone) + 1)
    return Walk(tuple(gone), ended=True)


def pages_of(vendor: Vendor, operation: str, *, size: int | None = None, **arguments: Any) -> Iterator[Page]:
    """Yield a listing's pages one by one: each is asked for when it is wanted.

    Raises:
        CheckFailed: a page was refused, or holds no list.
        CannotTell: the vendor limits the rate, or does not answer.
    """
    return _ways(vendor, operation, size, arguments)


def _ways(vendor: Vendor, operation: str, size: int | None, arguments: Mapping[str, Any]) -> Iterator[Page]:
    paging = vendor.operation(operation).paging
    sized = {**arguments, **(dict.fromkeys(paging.size, size) if paging is not None and size is not None else {})}
    style = paging.style if paging is not None else "none"
    if paging is None or style == "none" or (style != "cursor" and paging.page is None):
        yield page_of(vendor.call(operation, **sized), paging)
    elif style == "cursor":
        yield from _by_cursor(vendor, operation, paging, sized)
    elif style == "offset":
        yield from _by_offset(vendor, operation, paging, sized, size)
    else:
        yield from _by_number(vendor, operation, paging, sized)


def _by_number(vendor: Vendor, operation: str, paging: Paging, arguments: Mapping[str, Any]) -> Iterator[Page]:
    assert paging.page is not None, "a numbered page has a parameter"
    # The first page is asked for by name only where that is not the usual one: some vendors count from nought.
    page = page_of(vendor.call(operation, **arguments), paging)
    known: list[Item] = []
    for number in itertools.count(2):
        known += page.items
        yield page
        if not page.goes_on:
            return
        answer = vendor.call(operation, **{**arguments, paging.page: number})
        if answer.status in {400, 404} and page.total_pages is None:
            return  # behind the last page some vendors answer that there is none
        page = page_of(answer, paging, before=known)


def _by_offset(
    vendor: Vendor, operation: str, paging: Paging, arguments: Mapping[str, Any], size: int | None
) -> Iterator[Page]:
    assert paging.page is not None, "an offset has a parameter"
    offset = 0
    due = size or paging.default_size
    while True:
        asked = {**arguments, **({paging.page: offset} if offset else {})}
        page = page_of(vendor.call(operation, **asked), paging)
        offset += len(page.items)
        behind = page.total is not None and offset >= page.total
        short = due is not None and len(page.items) < due
        goes_on = bool(page.items) and not behind and not short
        yield Page(page.answer, page.items, page.total, page.total_pages, goes_on)
        if not goes_on:
            return


def _by_cursor(vendor: Vendor, operation: str, paging: Paging, arguments: Mapping[str, Any]) -> Iterator[Page]:
    answer = vendor.call(operation, **arguments)
    while True:
        page = page_of(answer, paging)
        yield page
        way = way_on(page, paging)
        if way is None:
            return
        kind, value = way
        if kind == "url":
            answer = vendor.follow(operation, value)
        else:
            answer = vendor.call(operation, **{**arguments, str(paging.page): value})


def way_on(page: Page, paging: Paging) -> tuple[str, str] | None:
    """Return how to go on behind a page: ``url`` or ``cursor``, and its value; None at the end."""
    body = page.answer.json
    for each in paging.next:
        value = at(body, each.path)
        if isinstance(value, str) and value:
            return each.kind, value
    return None


def page_of(answer: Answer, paging: Paging | None, before: Sequence[Item] = ()) -> Page:
    """Read one page.

    Args:
        answer: the vendor's answer.
        paging: the style of the listing.
        before: what earlier pages held: a vendor that does not know the parameter gives the first page again.

    Raises:
        CheckFailed: it was refused, or holds no list.
    """
    __tracebackhide__ = True
    answer.must_succeed()
    body = answer.json
    places = [at(body, path) for path in (paging.items if paging is not None else ("",))]
    lists = [place for place in places if isinstance(place, list)]
    if not lists and paging is not None and paging.evidence is Evidence.ASSUMED and not answer.vendor.strict:
        answer.cannot_tell("hold a list of items")  # where the items stand is only assumed
    answer.must("hold a list of items", lists)
    items = [item for item in lists[0] if isinstance(item, Mapping)]
    total = _number(body, paging.total if paging is not None else ())
    total_pages = _number(body, paging.total_pages if paging is not None else ())
    page = Page(answer, items, total, total_pages, goes_on=False)
    goes_on = _goes_on(page, paging, before) if paging is not None else False
    return Page(answer, items, total, total_pages, goes_on)


def _goes_on(page: Page, paging: Paging, before: Sequence[Item]) -> bool:
    if paging.style == "cursor":
        return way_on(page, paging) is not None
    if paging.style != "page_number" or paging.page is None:
        return False
    number = int(page.answer.asked.get(paging.page, 1))
    if page.total_pages is not None:
        return number < page.total_pages
    # Nothing tells the end but a page that is short, or brings nothing new.
    new = [item for item in page.items if item not in before]
    return bool(new) and (not before or len(page.items) * (number - 1) >= len(before))


def _number(body: Any, paths: tuple[str, ...]) -> int | None:
    value = first_at(body, paths)
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def id_in(item: Item, names: Sequence[str]) -> str:
    """Return the id of an item; empty where it has none."""
    return next((str(value) for name in names if (value := at(item, name)) not in (None, "")), "")
