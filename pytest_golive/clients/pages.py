"""Listings as a vendor might list them: any number of pages, made of one real item, in the shape of its answers."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import parse_qsl, urlencode

from pytest_golive.clients.examples import Examples
from pytest_golive.clients.script import Script, Step
from pytest_golive.clients.trace import Attempt
from pytest_golive.clients.vendor_behind import StoodIn
from pytest_golive.facts.body_path import at
from pytest_golive.vendors.operation import Paging
from pytest_golive.vendors.pack import Pack

USUAL_SIZE = 20
MOST_SIZE = 100
"""Items on a page at most, where the pack does not say what the largest one is."""

FEW = 20
"""Items on a page of a listing without an end, of which a client may read hundreds."""

DRAGGED = 100
"""Pages of a listing without an end that come slowly: whoever reads on is at the end of its time before they are."""

CURSOR = "golive-page-"


class Pages:
    """A listing of so many pages, all of them full but the last one, which holds half as many.

    Args:
        pack: of the vendor.
        listing: name of the operation.
        count: pages; 0: it never ends.
        empty: numbers of pages on which nothing stands.
        failing: numbers of pages that are answered 500.
        repeats: without an end: every page names the same next one.
        wait: seconds before each answer; without an end: before those that take their time.
        most: without an end: so many requests are answered at once, and as many as `DRAGGED` more take their time;
            then there is an end all the same, so that a drive comes to its own.
    """

    def __init__(
        self,
        pack: Pack,
        listing: str,
        count: int = 3,
        *,
        empty: frozenset[int] = frozenset(),
        failing: frozenset[int] = frozenset(),
        repeats: bool = False,
        wait: float = 0.0,
        most: int = 0,
    ) -> None:
        paging = pack.operations[listing].paging
        assert paging is not None, "a listing"
        self.listing = listing
        self.count = count
        self.paging: Paging = paging
        self._pack = pack
        self._empty = empty
        self._failing = failing
        self._repeats = repeats
        self._wait = wait
        self._most = most
        self._template: Any = None
        self._items: list[Any] = []
        self._size = 0

    def prepare(self, vendor: StoodIn) -> None:
        """Look how the vendor lists, and at an item of its."""
        self._template, self._items = Examples(vendor).first_page(self.listing)

    def script(self) -> Script:
        """Return the script that lists these pages."""
        return Script(choose=self._chosen)

    @property
    def tells(self) -> bool:
        """Whether answers say that there are further pages: a total, or where to go on."""
        return bool(self.paging.total or self.paging.total_pages or self.paging.next)

    def number_of(self, attempt: Attempt) -> int:
        """Return which page a request asks for, from 1; 0 for one that does not exist."""
        return self._number(_query_of(attempt))

    def asked_for(self, attempts: Iterable[Attempt]) -> set[int]:
        """Return the numbers of the pages that were asked for."""
        return {self.number_of(attempt) for attempt in attempts}

    def ids(self) -> list[str]:
        """Return the ids of all items, as often as they are listed."""
        return [
            str(self._id(number, place)) for number in range(1, self.count + 1) for place in range(self._on(number))
        ]

    def _chosen(self, operation: str, before: int, query: Mapping[str, str], headers: Mapping[str, str]) -> Step | None:
        del headers
        if operation != self.listing or not self._items:
            return None
        self._size = self._size or self._asked_size(query)
        number = self._number(query)
        if number in self._failing:
            return Step(status=500, said=f"500 for page {number}")
        goes_on = number < self.count if self.count else before < self._most + DRAGGED
        wait = self._wait if self.count or before >= self._most else 0.0
        of = f" of {self.count}" if self.count else ", and more to come"
        body = json.dumps(self._body(number, query, goes_on)).encode()
        headers_ = (("Content-Type", "application/json"),)
        return Step(status=200, headers=headers_, body=body, wait=wait, said=f"page {number}{of}")

    def _body(self, number: int, query: Mapping[str, str], goes_on: bool) -> Any:
        items = [self._item(*place) for place in self._places(number, query)]
        if isinstance(self._template, list):
            return items
        body = copy.deepcopy(self._template)
        _put(body, next(path for path in self.paging.items if isinstance(at(body, path), list)), items)
        pages = self.count or number + goes_on
        for path in self.paging.total_pages:
            _put(body, path, pages)
            _put(body, _beside(path, "page"), number)
            _put(body, _beside(path, "per_page"), self._size)
        for path in self.paging.total:
            _put(body, path, len(self.ids()) if self.count else pages * self._size)
        if self.paging.style == "offset":
            _put(body, "offset", self._start(query))
            _put(body, "limit", self._size)
        for way in self.paging.next:
            following = 2 if self._repeats else number + 1
            onward = f"{CURSOR}{following}" if goes_on else None
            _put(body, way.path, self._url(onward, query) if way.kind == "url" and onward else onward)
            _put(body, _beside(way.path, "has_next_page"), goes_on)
            _put(body, _beside(way.path, "has_more"), goes_on)
        return body

    def _places(self, number: int, query: Mapping[str, str]) -> list[tuple[int, int]]:
        """Return page and place of each item that an answer lists."""
        if self.paging.style != "offset" or not self.count:
            return [(number, place) for place in range(self._on(number))]
        start = self._start(query)
        return [] if number in self._empty else self._all()[start : start + self._size]

    def _all(self) -> list[tuple[int, int]]:
        return [(number, place) for number in range(1, self.count + 1) for place in range(self._on(number))]

    def _start(self, query: Mapping[str, str]) -> int:
        said = query.get(self.paging.page or "", "")
        return int(said) if said.isdecimal() else 0

    def _url(self, cursor: str, query: Mapping[str, str]) -> str:
        path = self._pack.base_url.path + self._pack.operations[self.listing].path
        return f"{path}?{urlencode({**query, self.paging.page or 'cursor': cursor})}"

    def _item(self, number: int, place: int) -> Any:
        item = copy.deepcopy(self._items[0])
        if isinstance(item, dict):
            for field in self.paging.id:
                if field in item:
                    item[field] = self._id(number, place)
        return item

    def _id(self, number: int, place: int) -> str | int:
        """Return an id that looks like the vendor's, and that no other item of these has."""
        known = next((self._items[0].get(field) for field in self.paging.id if field in self._items[0]), "")
        if isinstance(known, int):
            return 1_000_000 + (number if self.count else 0) * 1000 + place
        # The end is replaced: what stands before it, a prefix or the form of a UUID, is how ids begin.
        end = f"{number if self.count else 0:02x}{place:04x}"
        return f"{str(known)[: -len(end)]}{end}"

    def _on(self, number: int) -> int:
        if number in self._empty or (self.count and not 1 <= number <= self.count):
            return 0
        return max(1, self._size // 2) if number == self.count else self._size

    def _asked_size(self, query: Mapping[str, str]) -> int:
        asked = next((query[name] for name in self.paging.size if query.get(name, "").isdecimal()), "")
        size = int(asked) if asked and int(asked) > 0 else self.paging.default_size or USUAL_SIZE
        return min(size, (self.paging.largest or MOST_SIZE) if self.count else FEW)

    def _number(self, query: Mapping[str, str]) -> int:
        said = query.get(self.paging.page or "", "")
        if self.paging.style == "cursor":
            rest = said.removeprefix(CURSOR)
            return int(rest) if said != rest and rest.isdecimal() else 1
        if self.paging.style == "offset":
            start = self._start(query)
            beyond = self.count and start >= len(self._all()) > 0
            return self.count + 1 if beyond else start // max(1, self._size) + 1
        return int(said) if said.lstrip("-").isdecimal() else 1


def _query_of(attempt: Attempt) -> dict[str, str]:
    return dict(parse_qsl(attempt.query, keep_blank_values=True))


def _beside(path: str, name: str) -> str:
    """Return the path of a neighbour: meta.total_pages -> meta.page."""
    head, dot, _ = path.rpartition(".")
    return f"{head}{dot}{name}"


def _put(body: Any, path: str, value: Any) -> None:
    """Put a value where one of that name stands already; nowhere else."""
    *way, last = path.split(".")
    for name in way:
        body = body.get(name) if isinstance(body, dict) else None
    if isinstance(body, dict) and last in body:
        body[last] = value
