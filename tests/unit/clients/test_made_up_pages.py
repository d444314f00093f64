"""Made-up listings look as the vendor's own do, in each style of paging."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pytest_golive.clients.pages import DRAGGED, Pages
from pytest_golive.clients.script import Step
from pytest_golive.clients.trace import Attempt
from pytest_golive.clients.vendor_behind import EmbeddedVendor
from pytest_golive.contract.judge import mismatches, validator
from pytest_golive.vendors.library import read_schema


def pages_of(vendor: str, listing: str, **knobs: Any) -> Pages:
    behind = EmbeddedVendor(vendor)
    pages = Pages(behind.pack, listing, **knobs)
    pages.prepare(behind)
    return pages


def step(pages: Pages, before: int = 0, **query: str) -> Step:
    choose = pages.script().choose
    assert choose is not None
    chosen = choose(pages.listing, before, query, {})
    assert chosen is not None
    return chosen


def body(pages: Pages, before: int = 0, **query: str) -> Any:
    return json.loads(step(pages, before, **query).body or b"")


def ids(listed: list[dict[str, Any]]) -> list[str]:
    return [str(item["id"]) for item in listed]


@pytest.mark.parametrize(
    ("vendor", "listing"),
    [
        ("timely", "list_contacts"),
        ("timely", "list_webhooks"),
        ("augno", "list_units"),
        ("augno", "list_sales_orders"),
        ("selwise", "list_integration_logs"),
    ],
)
def test_a_made_up_page_fits_the_vendors_schema(vendor: str, listing: str) -> None:
    pages = pages_of(vendor, listing)
    described = EmbeddedVendor(vendor).pack.operations[listing]

    first = step(pages)

    schema = read_schema(vendor, described.response.json_schema)
    assert (first.status, first.said) == (200, "page 1 of 3")
    assert mismatches(validator(schema), json.loads(first.body or b"")) == ()


def test_numbered_pages_tell_how_many_there_are() -> None:
    pages = pages_of("timely", "list_contacts")

    first, last, beyond = (body(pages, page=number, per_page="10") for number in ("1", "3", "4"))

    assert first["meta"] == {"page": 1, "per_page": 10, "total": 25, "total_pages": 3}
    assert last["meta"]["page"] == 3
    assert [len(each["data"]) for each in (first, last, beyond)] == [10, 5, 0]
    everything = [one for number in "123" for one in ids(body(pages, page=number, per_page="10")["data"])]
    assert everything == pages.ids()
    assert len(set(everything)) == 25


def test_cursors_lead_on_until_the_last_page() -> None:
    pages = pages_of("augno", "list_units")

    first = body(pages, limit="2")
    onward = first["page_info"]["next_page_url"]
    last = body(pages, limit="2", cursor="golive-page-3")

    assert onward == "/v1/catalog/units?limit=2&cursor=golive-page-2"
    assert first["page_info"]["has_next_page"] is True
    assert (last["page_info"]["next_page_url"], last["page_info"]["has_next_page"]) == (None, False)


def test_offsets_say_how_many_items_there_are() -> None:
    pages = pages_of("selwise", "list_integration_logs")

    first, second = (body(pages, limit="10", offset=offset) for offset in ("0", "10"))

    assert [first["total"], first["limit"], first["offset"], second["offset"]] == [25, 10, 0, 10]
    assert [*ids(first["items"]), *ids(second["items"])] == pages.ids()[:20]
    assert ids(body(pages, limit="10", offset="17")["items"]) == pages.ids()[17:]
    assert body(pages, limit="10", offset="25")["items"] == []
    places = [f"/v1/x?limit=10&offset={offset}" for offset in (0, 10, 20, 25)]
    assert [pages.number_of(Attempt(0, 0.0, "GET", place)) for place in places] == [1, 2, 3, 4]


def test_pages_may_be_empty_or_fail() -> None:
    pages = pages_of("timely", "list_contacts", empty=frozenset({2}), failing=frozenset({3}))

    empty = body(pages, page="2")

    assert (empty["data"], empty["meta"]["total_pages"]) == ([], 3)
    assert (step(pages, page="3").status, step(pages, page="3").said) == (500, "500 for page 3")


def test_a_listing_without_an_end_goes_on_until_golive_ends_it() -> None:
    numbered = pages_of("timely", "list_contacts", count=0, most=5, wait=0.5)
    ended = 5 + DRAGGED
    same = pages_of("augno", "list_units", count=0, most=5, repeats=True)

    assert [body(numbered, before, page="7")["meta"]["total_pages"] for before in (4, ended)] == [8, 7]
    assert [step(numbered, before, page="7").wait for before in (4, 5)] == [0.0, 0.5]
    assert step(numbered, page="7").said == "page 7, and more to come"
    assert "cursor=golive-page-2" in body(same, 3, cursor="golive-page-2")["page_info"]["next_page_url"]
    assert body(same, ended, cursor="golive-page-2")["page_info"]["next_page_url"] is None


def test_which_page_a_request_asks_for() -> None:
    pages = pages_of("timely", "list_contacts")
    attempts = [Attempt(0, 0.0, "GET", f"/v1/contacts{query}") for query in ("", "?page=2", "?page=0&x=1", "?page=a")]

    assert [pages.number_of(each) for each in attempts] == [1, 2, 0, 1]
    assert pages.asked_for(attempts) == {0, 1, 2}


def test_other_operations_are_left_alone() -> None:
    choose = pages_of("timely", "list_contacts").script().choose

    assert choose is not None
    assert choose("get_me", 0, {}, {}) is None


def test_a_listing_that_tells_nothing_is_known() -> None:
    assert pages_of("timely", "list_contacts").tells
    assert not Pages(EmbeddedVendor("uppzy").pack, "list_documents").tells
