"""Pages, and what requests carry, judged by hand-made traces."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pytest_golive.clients.judging import paging, sending
from pytest_golive.clients.judging.flaw import Flaw
from pytest_golive.clients.policy import Policy
from pytest_golive.clients.trace import Attempt
from tests.unit.clients.traces import CREATION, LISTING, SELWISE, UNITS, called, numbered, seen, sent

LOGS = Policy.of(SELWISE, "list_integration_logs")


def page(
    number: int, total: int = 3, *, items: int = 2, status: int = 200, at: float | None = None, **query: Any
) -> Attempt:
    body = {"data": [{"id": f"{number}-{place}"} for place in range(items)], "meta": {"total_pages": total}}
    asked = "&".join(f"{name}={value}" for name, value in {"page": number, **query}.items())
    start = float(number) if at is None else at
    return sent(start, status, target=f"/v1/contacts?{asked}", answer=json.dumps(body).encode())


def cursor(here: str | None, following: str | None, at: float) -> Attempt:
    body = {"data": [{"id": str(at)}], "page_info": {"next_cursor": following}}
    target = "/v1/catalog/units" + (f"?{UNITS.paging.page}={here}" if here and UNITS.paging else "")
    return sent(at, 200, UNITS, target=target, answer=json.dumps(body).encode())


def test_the_first_page_only() -> None:
    flaw = paging.stops_at_the_first(numbered([page(1)]), LISTING, called("ok"))

    assert (
        Flaw(
            "every page to be asked for",
            "list_contacts was asked for its first page only, and the call succeeded",
            (0,),
        )
        == flaw
    )
    assert paging.stops_at_the_first(numbered([cursor(None, "x", 0)]), UNITS, called("ok", "list_units")) is not None


@pytest.mark.parametrize(
    ("pages", "outcome"),
    [([page(1, 1)], "ok"), ([page(1)], "backend"), ([page(1), page(2), page(3)], "ok"), ([], "ok")],
)
def test_not_the_first_page_only(pages: list[Attempt], outcome: Any) -> None:
    assert paging.stops_at_the_first(numbered(pages), LISTING, called(outcome)) is None


def test_stopping_before_the_last() -> None:
    attempts = numbered([page(1), page(2, items=0)])

    assert Flaw(
        "every page to be asked for",
        "list_contacts was read to page 2, which was empty, and the call succeeded",
        (0, 1),
    ) == paging.stops_before_the_last(attempts, LISTING, called("ok"))
    assert paging.stops_before_the_last(numbered([page(1), page(2), page(3)]), LISTING, called("ok")) is None
    units = numbered([cursor(None, "a", 0), cursor("a", "b", 1)])
    flaw = paging.stops_before_the_last(units, UNITS, called("ok"))
    assert flaw is not None
    assert flaw.actual == "list_units was read to page 2, and the call succeeded"


def test_pages_may_be_read_in_any_order() -> None:
    attempts = numbered([page(3, at=0), page(1, at=1), page(2, at=2)])

    assert paging.stops_before_the_last(attempts, LISTING, called("ok")) is None


def test_going_beyond_the_last() -> None:
    attempts = numbered([page(1), page(2), page(3), page(4, items=0), page(5, items=0)])

    assert Flaw(
        "no page beyond the last", "list_contacts was asked for 2 more after the last", (3, 4)
    ) == paging.goes_beyond_the_last(attempts, LISTING)
    assert paging.goes_beyond_the_last(attempts[:4], LISTING) is None
    assert paging.goes_beyond_the_last(attempts[:4], LISTING, tolerated=0) is not None


def test_walking_for_ever() -> None:
    attempts = numbered([cursor(None, "a", 0), cursor("a", "a", 1), cursor("a", "a", 2), cursor("a", "a", 3)])

    assert Flaw(
        "each page to be asked for once", "list_units was asked for the same page 3 times", (1, 2, 3)
    ) == paging.walks_for_ever(attempts, UNITS)
    assert paging.walks_for_ever(attempts[:3], UNITS) is None
    flaw = paging.walks_for_ever(numbered(page(n, 99) for n in range(1, 7)), LISTING, most_pages=5)
    assert flaw is not None
    assert (flaw.expected, flaw.actual) == ("an end after 5 pages", "list_contacts was asked for 6 pages")


def test_hiding_a_failed_page() -> None:
    attempts = numbered([page(1), page(2, status=500), page(2, status=500, at=2.5)])

    assert Flaw("the call to fail", "a page of list_contacts failed twice, and the call succeeded", (1, 2)) == (
        paging.hides_a_failed_page(attempts, LISTING, called("ok"))
    )
    assert paging.hides_a_failed_page(attempts, LISTING, called()) is None
    mended = numbered([*attempts, page(2, at=3)])
    assert paging.hides_a_failed_page(mended, LISTING, called("ok")) is None


def test_another_question_on_a_later_page() -> None:
    changed = numbered([page(1, per_page=2, search="a"), page(2, per_page=5)])

    flaw = paging.changes_its_question(changed, LISTING)

    assert flaw is not None
    assert flaw.actual == "list_contacts was asked with another per_page, search on a later page"
    assert flaw.expected == "the same question on every page"
    assert paging.changes_its_question(numbered([page(1, search="a"), page(2, search="a")]), LISTING) is None


def test_a_cursor_holds_the_question() -> None:
    first = sent(0, 200, UNITS, target="/v1/catalog/units?limit=2")

    assert paging.changes_its_question(numbered([first, cursor("a", None, 1)]), UNITS) is None


def test_too_many_pages_at_once() -> None:
    attempts = numbered(sent(0.001 * n, 200, target=f"/v1/contacts?page={n}", ended_at=1.0) for n in range(1, 11))

    assert Flaw("at most 8 pages at once", "list_contacts was asked for 10 pages at once", tuple(range(10))) == (
        paging.asks_for_too_many_at_once(attempts, LISTING)
    )
    assert paging.asks_for_too_many_at_once(attempts[:8], LISTING) is None


def test_offsets_tell_whether_there_is_more() -> None:
    assert LOGS.paging is not None
    body = json.dumps({"data": [{"id": "a"}], "total": 3}).encode()
    attempt = sent(0, 200, LOGS, target=f"/logs?{LOGS.paging.page}=1", answer=body)

    assert paging.has_more(attempt, LOGS.paging) in (True, None)


def test_a_key_at_another_host() -> None:
    away = sent(0, 302, listener="elsewhere", host="localhost:4711")

    assert Flaw("the key to go to the vendor only", "localhost:4711 was sent the key in its header", (0,)) == (
        sending.sends_its_key_elsewhere(seen([away]))
    )
    bare = sent(0, 302, listener="elsewhere", credential=None)
    assert sending.sends_its_key_elsewhere(seen([bare])) is None


def test_a_key_in_clear() -> None:
    clear = sent(0, 308, listener="plain", target="/v1/contacts")

    assert Flaw("the key to go over https only", "GET /v1/contacts carried it over http", (0,)) == (
        sending.sends_its_key_in_clear(seen([clear]))
    )
    assert sending.sends_its_key_in_clear(seen([sent(0, 200)])) is None


def test_a_key_in_the_address() -> None:
    attempts = numbered([sent(0, 200, credential_in="query", target="/v1/contacts?key=x")])

    assert Flaw("the key in a header", "GET /v1/contacts carried it in its query", (0,)) == (
        sending.carries_its_key_in_the_url(attempts, LISTING)
    )
    assert sending.carries_its_key_in_the_url(numbered([sent(0, 200)]), LISTING) is None


def test_a_refused_key_that_is_kept() -> None:
    trace = seen([sent(0, 401), sent(1, 401, call="c2")], called(), called(id="c2"))

    assert Flaw(
        "the key to be read again after a 401", "a later list_contacts carried the key that was answered 401", (0, 1)
    ) == sending.keeps_a_refused_key(trace, LISTING)
    renewed = seen([sent(0, 401), sent(1, 200, call="c2", credential="other")])
    assert sending.keeps_a_refused_key(renewed, LISTING) is None


def test_a_version_that_is_not_named() -> None:
    header, version = UNITS.version or ("", "")
    bare = numbered([sent(0, 200, UNITS)])

    assert Flaw(f"{header}: {version} on every request", "list_units was sent without it", (0,)) == (
        sending.names_no_version(bare, UNITS)
    )
    other = numbered([sent(0, 200, UNITS, headers={header: "0.9"})])
    flaw = sending.names_no_version(other, UNITS)
    assert flaw is not None
    assert flaw.actual == "list_units was sent with '0.9'"
    right = numbered([sent(0, 200, UNITS, headers={header.lower(): version})])
    assert sending.names_no_version(right, UNITS) is None


def test_an_address_that_is_built_in() -> None:
    flaw = sending.goes_past_the_address(seen([], called()))

    assert Flaw("requests at the address that it was given", "once called, and nothing arrived there") == flaw
    assert sending.goes_past_the_address(seen([sent(0, 200)], called())) is None


def test_requests_that_cannot_be_found_again() -> None:
    flaw = sending.cannot_be_found_again(seen([sent(0, 200)]))
    assert Flaw("a request id on every request", "list_contacts was sent without one", (0,)) == flaw
    same = {"headers": {"X-Request-Id": "1"}}
    flaw = sending.cannot_be_found_again(seen([sent(0, 200, **same), sent(1, 200, call="c2", **same)]))
    assert flaw is not None
    assert (flaw.expected, flaw.actual) == ("a request id of its own for each call", "two calls carried the same one")
    assert sending.cannot_be_found_again(seen([sent(0, 503, **same), sent(1, 200, **same)])) is None


@pytest.mark.parametrize(
    "agent",
    ["python-requests/2.32.3", "python-httpx/0.28.1", "Go-http-client/1.1", "node", "Python/3.12 aiohttp/3.11", ""],
)
def test_nobody_says_who_calls(agent: str) -> None:
    headers = {"User-Agent": agent} if agent else {}

    flaw = sending.does_not_say_who_calls(numbered([sent(0, 200, headers=headers)]), LISTING)

    assert flaw is not None
    assert flaw.expected == "a User-Agent with a name of its own"
    assert flaw.actual == (f"User-Agent: {agent}" if agent else "no User-Agent")


@pytest.mark.parametrize("agent", ["shop-sync/1.4", "shop-sync/1.4 python-httpx/0.28.1", "ACME (Node 22)"])
def test_somebody_says_who_calls(agent: str) -> None:
    assert sending.does_not_say_who_calls(numbered([sent(0, 200, headers={"user-agent": agent})]), LISTING) is None


def test_times_that_change() -> None:
    def event(time: str) -> bytes:
        return json.dumps({"name": "x", "events": [{"occurred_at": time}]}).encode()

    first = sent(0, 429, CREATION, body=event("2026-11-28T10:00:00Z"))
    later = sent(1, 201, CREATION, body=event("2026-11-28T10:00:01Z"))

    assert Flaw(
        "the time at which it happened, on every try",
        "create_contact was sent again with another events.0.occurred_at",
        (0, 1),
    ) == sending.changes_its_times(numbered([first, later]), CREATION)
    same = sent(1, 201, CREATION, body=event("2026-11-28T10:00:00Z"))
    assert sending.changes_its_times(numbered([first, same]), CREATION) is None


def test_a_first_step_done_twice() -> None:
    attempts = numbered([sent(0, 201, CREATION), sent(1, 503), sent(2, 201, CREATION), sent(3, 200)])

    assert Flaw(
        "list_contacts alone to be tried again",
        "create_contact was sent again after list_contacts had failed",
        (0, 1, 2),
    ) == sending.repeats_its_first_step(attempts, CREATION, LISTING)
    right = numbered([sent(0, 201, CREATION), sent(1, 503), sent(2, 200)])
    assert sending.repeats_its_first_step(right, CREATION, LISTING) is None


def test_overwriting_blindly() -> None:
    attempts = numbered([sent(0, 412, CREATION), sent(1, 200, CREATION)])

    assert Flaw(
        "what is there to be read before the next try",
        "create_contact was sent again after a 412, without reading what is there",
        (0, 1),
    ) == sending.overwrites_blindly(attempts, CREATION)
    looked = numbered([sent(0, 412, CREATION), sent(0.5, 200), sent(1, 200, CREATION)])
    assert sending.overwrites_blindly(looked, CREATION) is None
