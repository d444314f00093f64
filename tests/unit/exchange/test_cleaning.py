from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from pytest_golive.exchange.cleaning import EndlessListing, filled, items_of, remove_all
from pytest_golive.exchange.journal import Created, Journal
from pytest_golive.exchange.permit import Permit
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.exchange.walk import MOST_PAGES
from pytest_golive.facts.finding import CannotTell, CheckFailed
from pytest_golive.sandbox.http import Request, Response, json_response
from tests.unit.exchange.conftest import MakeVendor, Talk, listed

DOCUMENT = Created("r", "staging", "uppzy", "create_text_document", "document", "golive_document_r_1", id="doc_1")
SESSION = Created("r", "staging", "uppzy", "chat", "session", "golive_session_r_2", id="golive_session_r_2")
DELETED = json_response(200, {"deleted": 1})


def _sent(talk: Talk, operation: str) -> list[Any]:
    return [json.loads(request.body) for name, request in talk.heard if name == operation]


def test_what_was_created_is_removed_by_its_id(talk: Talk, vendor: Vendor, journal: Journal) -> None:
    """And struck out in the journal."""
    talk.say("delete_documents", DELETED)
    talk.say("close_session", json_response(200, {"status": "ok"}))
    for thing in (DOCUMENT, SESSION):
        journal.intend(thing)

    assert remove_all(journal.left(), {"uppzy": vendor}, journal) == ()
    assert journal.left() == ()
    assert talk.called == ["close_session", "delete_documents"]
    assert _sent(talk, "delete_documents") == [{"document_ids": ["doc_1"]}]
    assert _sent(talk, "close_session") == [{"session_id": "golive_session_r_2"}]


def test_what_is_gone_already_counts_as_removed(talk: Talk, vendor: Vendor, journal: Journal) -> None:
    """A check may have removed it."""
    talk.say("delete_documents", json_response(404, {}))

    assert remove_all([DOCUMENT], {"uppzy": vendor}, journal) == ()


def test_a_refused_removal_of_what_is_no_longer_listed_leaves_nothing_behind(
    talk: Talk, vendor: Vendor, journal: Journal
) -> None:
    """Some vendors fail on what is gone."""
    talk.say("delete_documents", json_response(500, {}))
    talk.say("list_documents", listed({"id": "doc_2", "title": "another"}))

    assert remove_all([DOCUMENT], {"uppzy": vendor}, journal) == ()


def test_what_cannot_be_removed_is_told_and_stays_in_the_journal(talk: Talk, vendor: Vendor, journal: Journal) -> None:
    """The others go all the same."""
    talk.say("delete_documents", json_response(403, {"error": "no"}))
    talk.say("list_documents", listed({"id": "doc_1", "title": DOCUMENT.name}))
    talk.say("close_session", json_response(200, {"status": "ok"}))
    for thing in (SESSION, DOCUMENT):
        journal.intend(thing)
    left = remove_all(journal.left(), {"uppzy": vendor}, journal)

    assert left == ('left behind: document doc_1 at uppzy: 403 {"error": "no"}',)
    assert journal.left() == (DOCUMENT,)


def test_what_was_never_answered_is_found_by_its_name(talk: Talk, vendor: Vendor, journal: Journal) -> None:
    """On whatever page it is, and more than once if it is there more than once."""
    pages = {
        "1": [{"id": f"doc_{number}", "title": "another"} for number in range(2)],
        "2": [{"id": "doc_8", "title": DOCUMENT.name}, {"document_id": "doc_9", "title": DOCUMENT.name}],
        "3": [],
    }
    talk.say("list_documents", lambda request: listed(*pages[request.query.get("page", "1")]))
    talk.say("delete_documents", DELETED)

    assert remove_all([replace(DOCUMENT, id=None)], {"uppzy": vendor}, journal) == ()
    assert _sent(talk, "delete_documents") == [{"document_ids": ["doc_8"]}, {"document_ids": ["doc_9"]}]


def test_what_is_not_listed_was_not_made(talk: Talk, vendor: Vendor, journal: Journal) -> None:
    """Then there is nothing to remove."""
    talk.say("list_documents", listed())

    assert remove_all([replace(DOCUMENT, id=None)], {"uppzy": vendor}, journal) == ()
    assert talk.called == ["list_documents"]


def test_a_listing_that_fails_leaves_the_question_open(talk: Talk, vendor: Vendor, journal: Journal) -> None:
    """What may be there is told by its name."""
    talk.say("list_documents", json_response(500, {"error": "no"}))

    assert remove_all([replace(DOCUMENT, id=None)], {"uppzy": vendor}, journal) == (
        'left behind: document golive_document_r_1 at uppzy: 500 {"error": "no"}',
    )


def test_what_nothing_removes_is_told(vendor: Vendor, journal: Journal) -> None:
    """Whatever the reason: no call for it, an operation of an older pack, a vendor that is not there any more."""
    other = replace(DOCUMENT, operation="send_feedback")
    older = replace(DOCUMENT, operation="create_picture")
    elsewhere = replace(DOCUMENT, vendor="timely")

    assert remove_all([other, older, elsewhere], {"uppzy": vendor}, journal) == (
        "left behind: document doc_1 at uppzy: the vendor's API has no call to remove it",
        "left behind: document doc_1 at uppzy: the vendor's API has no call to remove it",
        "left behind: document doc_1 at timely: timely is not in staging",
    )


def test_what_may_not_be_removed_here_is_told(make_vendor: MakeVendor, journal: Journal) -> None:
    """With the key that would allow it."""
    vendor = make_vendor(permit=Permit("production", production=True, allowed=frozenset()))

    assert remove_all([DOCUMENT], {"uppzy": vendor}, journal) == (
        (
            "left behind: document doc_1 at uppzy: delete_documents is irreversible and production is marked "
            "production: add `document_round_trip` to environments.production.allow to allow it"
        ),
    )


def test_an_unreachable_vendor_leaves_everything(make_vendor: MakeVendor, journal: Journal) -> None:
    """One line for each thing."""
    vendor = make_vendor(base_url="http://127.0.0.1:9/api/v1")
    left = remove_all([DOCUMENT, SESSION], {"uppzy": vendor}, journal)

    assert [line.partition(" at uppzy: ")[0] for line in left] == [
        "left behind: document doc_1",
        "left behind: session golive_session_r_2",
    ]


@pytest.mark.parametrize(
    "body",
    [
        {"items": [{"id": "doc_1"}]},
        {"documents": [{"id": "doc_1"}]},
        [{"id": "doc_1"}],
        {"items": [{"id": "doc_1"}, "no item"]},
    ],
)
def test_items_are_taken_from_where_the_vendor_puts_them(talk: Talk, vendor: Vendor, body: Any) -> None:
    """The pack names the places."""
    talk.say("list_documents", json_response(200, body), listed())

    assert items_of(vendor, "list_documents") == [{"id": "doc_1"}]


def test_a_listing_without_a_list_is_a_failure(talk: Talk, vendor: Vendor) -> None:
    """Never an empty one."""
    talk.say("list_documents", json_response(200, {"things": []}))

    with pytest.raises(CheckFailed) as failed:
        items_of(vendor, "list_documents")
    assert (failed.value.finding.requirement, failed.value.finding.actual) == (
        "list_documents has to hold a list of items",
        '200 {"things": []}',
    )


def test_where_the_items_stand_is_only_assumed(talk: Talk, make_vendor: MakeVendor) -> None:
    """So at a real vendor nothing can be said of a listing that holds them elsewhere."""
    talk.say("list_documents", json_response(200, {"things": []}))

    with pytest.raises(CannotTell) as untold:
        items_of(make_vendor(strict=False), "list_documents")
    assert (untold.value.finding.requirement, untold.value.finding.actual) == (
        "list_documents has to hold a list of items",
        '200 {"things": []}',
    )


def _pages(size: int, total: int) -> Any:
    def reply(request: Request) -> Response:
        begin = (int(request.query.get("page", "1")) - 1) * size
        return listed(*({"id": f"doc_{number}"} for number in range(begin, min(begin + size, total))))

    return reply


@pytest.mark.parametrize(("total", "calls"), [(0, 1), (2, 2), (3, 2), (7, 3), (9, 4)])
def test_a_listing_is_walked_to_its_end(talk: Talk, vendor: Vendor, total: int, calls: int) -> None:
    """Until a page is shorter than the first one; the size of a page is the vendor's."""
    talk.say("list_documents", _pages(3, total))

    assert len(items_of(vendor, "list_documents")) == total
    assert len(talk.heard) == calls


@pytest.mark.parametrize("status", [400, 404])
def test_no_page_behind_the_last_one_is_the_end(talk: Talk, vendor: Vendor, status: int) -> None:
    """Some vendors refuse to give one."""
    talk.say("list_documents", listed({"id": "doc_1"}), json_response(status, {}))

    assert items_of(vendor, "list_documents") == [{"id": "doc_1"}]


def test_a_page_that_fails_is_a_failure(talk: Talk, vendor: Vendor) -> None:
    """Half a listing is none."""
    talk.say("list_documents", listed({"id": "doc_1"}), json_response(500, {}))

    with pytest.raises(CheckFailed):
        items_of(vendor, "list_documents")


def test_a_vendor_that_knows_no_pages_is_not_asked_for_ever(talk: Talk, vendor: Vendor) -> None:
    """The same page again brings nothing new."""
    talk.say("list_documents", listed({"id": "doc_1"}, {"id": "doc_2"}))

    assert len(items_of(vendor, "list_documents")) == 2
    assert len(talk.heard) == 2


def test_a_listing_without_pages_is_asked_for_once(talk: Talk, vendor: Vendor) -> None:
    """The pack says how a listing is walked through."""
    talk.say("list_usage_history", listed({"period": "2026-11"}))

    assert len(items_of(vendor, "list_usage_history")) == 1
    assert len(talk.heard) == 1


def test_an_endless_listing_tells_nothing(talk: Talk, vendor: Vendor) -> None:
    """What is not on the pages that were looked at may still be there."""
    talk.say("list_documents", _pages(2, 1000))

    with pytest.raises(EndlessListing) as endless:
        items_of(vendor, "list_documents")
    assert (endless.value.finding.requirement, endless.value.finding.actual) == (
        "list_documents has to end within 20 pages to be searched whole",
        "more than 40 items",
    )
    assert len(talk.heard) == MOST_PAGES


def test_an_id_is_filled_in_at_any_depth() -> None:
    """Whatever the removal is called with."""
    arguments = {"ids": ["{id}"], "by": {"name": "x-{id}"}, "count": 1}

    assert filled(arguments, "doc_1") == {"ids": ["doc_1"], "by": {"name": "x-doc_1"}, "count": 1}
