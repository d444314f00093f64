from __future__ import annotations

import uuid
from typing import Any

import httpx
import pytest

from pytest_golive.sandbox.selwise import Selwise
from pytest_golive.sandbox.selwise.filters import passes

PURCHASE = {"event": "purchase", "order": {"id": "o_1", "total": 50}}


def send(public: httpx.Client, *events: dict[str, Any]) -> tuple[list[str], dict[str, Any]]:
    """Send events with ids of their own; return the ids and the answer."""
    told = [{"eventId": str(uuid.uuid4()), **event} for event in events]
    answer = public.post("/events/batch", json={"events": told})
    assert answer.status_code == 202, answer.text
    return [one["eventId"] for one in told], answer.json()


def entries(api: httpx.Client, event_id: str, provider: str = "ga4") -> list[dict[str, Any]]:
    items = api.get(f"/integrations/{provider}/logs?limit=100").json()["items"]
    return [one for one in items if one["eventId"] == event_id]


def test_an_event_reaches_every_provider_that_maps_it(
    api: httpx.Client, public: httpx.Client, selwise: Selwise
) -> None:
    """Under the provider's name, once at each, and written down."""
    (event_id,), answer = send(public, PURCHASE)

    assert answer == {"accepted": 1, "rejected": []}
    assert [(one["status"], one["mappedName"]) for one in entries(api, event_id)] == [("success", "purchase")]
    assert [one["mappedName"] for one in entries(api, event_id, "meta")] == ["Purchase"]
    assert selwise.site("sandbox").receipts == [("ga4", event_id), ("meta", event_id), ("gads", event_id)]


def test_the_same_event_counts_once(api: httpx.Client, public: httpx.Client) -> None:
    """By its id, within a batch and after it."""
    event_id = str(uuid.uuid4())
    for _ in range(2):
        send(public, {**PURCHASE, "eventId": event_id}, {**PURCHASE, "eventId": event_id})

    assert len(entries(api, event_id)) == 1


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"testMode": True}, "test"),
        ({"eventFilters": {"purchase": {"enabled": False}}}, "filtered"),
        (
            {
                "eventFilters": {
                    "purchase": {
                        "enabled": True,
                        "conditions": [{"field": "order.total", "operator": "gte", "value": 100}],
                    }
                }
            },
            "filtered",
        ),
        ({"config": {"measurementId": "G-TEST000001", "apiSecret": "not the one"}}, "failed"),
        ({"enabled": False}, None),
        ({"eventMapping": {"page_view": "page_view"}}, None),
    ],
)
def test_what_holds_an_event_back_is_told(
    api: httpx.Client, public: httpx.Client, selwise: Selwise, body: dict[str, Any], status: str | None
) -> None:
    """Test mode, filters and wrong credentials are written down; what is off or not mapped leaves nothing."""
    api.put("/integrations/ga4", json=body)
    (event_id,), _ = send(public, PURCHASE)

    assert [one["status"] for one in entries(api, event_id)] == ([status] if status else [])
    assert ("ga4", event_id) not in selwise.site("sandbox").receipts


def test_what_lacks_something_is_lost_and_told(api: httpx.Client, public: httpx.Client) -> None:
    """The batch is taken, the event is not."""
    ids, answer = send(public, PURCHASE, {"event": "purchase"}, {"event": "buy"})

    assert answer == {
        "accepted": 1,
        "rejected": [
            {"eventId": ids[1], "reason": "purchase lacks its least fields"},
            {"eventId": ids[2], "reason": "buy is not a canonical event"},
        ],
    }
    assert [len(entries(api, event_id)) for event_id in ids] == [1, 0, 0]


@pytest.mark.parametrize("events", [[], [{"event": "page_view", "eventId": "e"}] * 51, [{"event": "page_view"}], "x"])
def test_a_batch_that_is_none_is_refused(public: httpx.Client, events: Any) -> None:
    """Empty, too long, without ids, no list."""
    assert public.post("/events/batch", json={"events": events}).status_code == 400


def test_an_order_is_stored_once(public: httpx.Client) -> None:
    """The second time it is a conflict."""
    first, second = (public.post("/orders", json={"orderId": "o_1", "currency": "EUR"}) for _ in range(2))

    assert (first.status_code, first.json()["orderId"]) == (201, "o_1")
    assert (second.status_code, second.json()["message"]) == (409, "order exists")


@pytest.mark.parametrize(
    "body", [{}, {"orderId": ""}, {"orderId": "o", "currency": "EURO"}, {"orderId": "o", "total": -1}]
)
def test_a_bad_order_is_refused(public: httpx.Client, body: dict[str, Any]) -> None:
    """Without its id, in no currency, for less than nothing."""
    assert public.post("/orders", json=body).status_code == 400


def test_a_visitor_is_identified_and_says_what_he_agrees_to(public: httpx.Client, selwise: Selwise) -> None:
    """The same again is the same visitor."""
    first, second = (public.post("/users/identify", json={"externalId": "u_1", "visitorId": "v"}) for _ in range(2))
    traits = public.post("/users/traits", json={"externalId": "u_1", "traits": {"plan": "trial"}})
    consent = public.post("/consent", json={"visitorId": "v", "categories": {"analytics": True}})
    known = dict(selwise.site("sandbox").consents)
    withdrawn = public.delete("/consent", params={"visitorId": "v"})

    assert [first.json(), second.json()] == [{"success": True, "merged": False}, {"success": True, "merged": True}]
    assert [traits.json(), consent.json()] == [{"success": True}] * 2
    assert selwise.site("sandbox").users["u_1"]["traits"] == {"plan": "trial"}
    assert (known, withdrawn.status_code, selwise.site("sandbox").consents) == ({"v": {"analytics": True}}, 200, {})


@pytest.mark.parametrize(
    "body",
    [
        {"necessary": True, "analytics": False, "visitorId": "v"},
        {"categories": {"necessary": True, "analytics": False}, "visitorId": "v"},
    ],
)
def test_consent_is_taken_gathered_or_not(public: httpx.Client, selwise: Selwise, body: dict[str, Any]) -> None:
    """No page shows the body, so neither form is refused."""
    answer = public.post("/consent", json=body)

    assert (answer.status_code, answer.json()) == (200, {"success": True})
    assert selwise.site("sandbox").consents == {"v": {"necessary": True, "analytics": False}}


def test_nobody_s_consent_and_traits_are_taken(public: httpx.Client) -> None:
    """Which visitor they are of may be told in a way that no page shows."""
    answers = [public.post(path, json={"plan": "trial"}) for path in ("/consent", "/users/traits")]

    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, {"success": True})] * 2


@pytest.mark.parametrize(
    ("operator", "value", "due"),
    [
        ("eq", 5, True),
        ("eq", 6, False),
        ("neq", 6, True),
        ("neq", 5, False),
        ("gt", 4, True),
        ("gt", 5, False),
        ("gte", 5, True),
        ("gte", 6, False),
        ("lt", 6, True),
        ("lt", 5, False),
        ("lte", 5, True),
        ("lte", 4, False),
        ("in", [5, 6], True),
        ("in", [6], False),
        ("not_in", [6], True),
        ("not_in", [5], False),
        ("contains", 5, False),
        ("exists", True, True),
        ("exists", False, False),
        ("gt", "4", False),
    ],
)
def test_every_operator_compares(operator: str, value: Any, due: bool) -> None:
    """Of a field that is there; a text and a number do not compare."""
    condition = {"field": "order.total", "operator": operator, "value": value}

    assert (
        passes({"purchase": {"enabled": True, "conditions": [condition]}}, "purchase", {"order": {"total": 5}}) is due
    )


@pytest.mark.parametrize(
    ("conditions", "due"),
    [
        ([{"field": "a.b", "operator": "eq", "value": 1}], False),
        ([{"field": "a.b", "operator": "neq", "value": 1}], False),
        ([{"field": "a.b", "operator": "exists", "value": False}], True),
        ([{"field": "a.b", "operator": "exists"}], False),
        ([{"field": "c", "operator": "contains", "value": "ell"}, {"field": "c", "operator": "exists"}], True),
        ([{"field": "c", "operator": "contains", "value": "ell"}, {"field": "a", "operator": "exists"}], False),
        ([], True),
    ],
)
def test_all_conditions_have_to_hold(conditions: list[dict[str, Any]], due: bool) -> None:
    """A field that is absent makes a condition false, but for the one that asks for that."""
    assert passes({"page_view": {"enabled": True, "conditions": conditions}}, "page_view", {"c": "hello"}) is due


def test_no_filter_filters_nothing() -> None:
    """An event without an entry passes; one whose entry is off does not."""
    assert passes({"purchase": {"enabled": False}}, "page_view", {})
    assert not passes({"purchase": {"enabled": False}}, "purchase", {})
