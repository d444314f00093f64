from __future__ import annotations

import hashlib
import hmac
import json
import time
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from pytest_golive.sandbox.connection import Connection
from pytest_golive.sandbox.courier import Endpoint, ManualClock
from pytest_golive.sandbox.timely import Timely
from pytest_golive.sandbox.world import Sandbox
from pytest_golive.vendors.library import read_schema

EVENTS = ["contact.created", "contact.updated"]


def told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def create(api: httpx.Client, url: str, **further: Any) -> dict[str, Any]:
    answer = api.post("/webhooks", json={"name": "crm", "url": url, "events": EVENTS, **further})
    assert answer.status_code == 201
    data: dict[str, Any] = answer.json()["data"]
    return data


def came(handler: Any, number: int) -> list[dict[str, Any]]:
    """Wait for this many deliveries, and return their bodies."""
    end = time.monotonic() + 5
    while len(handler.taken) < number and time.monotonic() < end:
        time.sleep(0.01)
    return [json.loads(request.body) for request in handler.taken]


def test_a_secret_is_shown_once(api: httpx.Client, handler: Any) -> None:
    """When the webhook is made, and never again."""
    made = create(api, handler.url)
    seen = [api.get(f"/webhooks/{made['id']}").json()["data"], api.get("/webhooks").json()["data"][0]]

    assert made["secret"]
    assert [one for one in seen if "secret" in one] == []
    assert {name: value for name, value in made.items() if name != "secret"} == seen[0] == seen[1]


def test_a_webhook_looks_as_both_pages_describe_it(api: httpx.Client, handler: Any) -> None:
    """name and is_active of the one, description, status and success_rate of the other."""
    made = create(api, handler.url, description="to the CRM")

    assert set(made) == {
        "id",
        "name",
        "description",
        "url",
        "events",
        "is_active",
        "status",
        "created_at",
        "last_delivery_at",
        "success_rate",
        "secret",
    }
    assert (made["name"], made["is_active"], made["status"], made["events"]) == ("crm", True, "active", EVENTS)
    assert (made["last_delivery_at"], made["success_rate"]) == (None, None)


def test_a_webhook_needs_no_name(api: httpx.Client, handler: Any) -> None:
    """The samples of two pages send none."""
    answer = api.post("/webhooks", json={"url": handler.url, "events": EVENTS, "description": "to the CRM"})

    assert (answer.status_code, answer.json()["data"]["name"]) == (201, None)


def test_an_address_is_registered_once(api: httpx.Client, handler: Any) -> None:
    """A second webhook of the same address is a conflict, also by a change."""
    create(api, handler.url)
    other = create(api, f"{handler.url}/2")
    again = api.post("/webhooks", json={"url": handler.url, "events": EVENTS})

    assert told(again) == (409, "DUPLICATE_WEBHOOK_URL")
    assert told(api.put(f"/webhooks/{other['id']}", json={"url": handler.url})) == (409, "DUPLICATE_WEBHOOK_URL")


@pytest.mark.parametrize(
    "change",
    [
        {"url": None},
        {"events": None},
        {"events": []},
        {"events": ["golive.unknown"]},
        {"url": "golive not a url"},
        {"url": "http://hooks.example.com/x"},
        {"url": "ftp://hooks.example.com/x"},
    ],
)
def test_a_wrong_webhook_is_refused(api: httpx.Client, change: dict[str, Any]) -> None:
    """Address and events have to be there and right."""
    body = {"name": "crm", "url": "https://hooks.example.com/x", "events": EVENTS, **change}
    body = {name: value for name, value in body.items() if value is not None}

    assert api.post("/webhooks", json=body).status_code == 400


@pytest.mark.parametrize("url", ["http://127.0.0.1:8000/x", "https://localhost/x", "http://hooks.example.com/x"])
def test_production_takes_only_public_encrypted_addresses(timely: Timely, served: Any, url: str) -> None:
    """The workspace for tests takes this machine, production does not."""
    with served(timely, "production") as client:
        answer = client.post("/webhooks", json={"url": url, "events": EVENTS})

    assert told(answer) == (400, "VALIDATION_ERROR")


def test_an_event_is_delivered_signed(api: httpx.Client, handler: Any, connection: Connection) -> None:
    """Headers, envelope and signature of the usual dialect, over the bytes that came."""
    made = create(api, handler.url)
    contact = api.post("/contacts", json={"customer_name": "Zoë", "tags": ["a"]}).json()["data"]
    (body,) = came(handler, 1)
    request = handler.taken[0]
    stamp = request.headers["X-Timely-Timestamp"]
    due = hmac.new(made["secret"].encode(), f"{stamp}.".encode() + request.body, hashlib.sha256).hexdigest()

    assert request.headers["X-Timely-Signature"] == due
    assert request.headers["X-Timely-Event-Id"] == body["event_id"]
    assert set(body) == {"event", "event_id", "timestamp", "workspace_id", "data"}
    assert (body["event"], body["workspace_id"]) == ("contact.created", connection.ids["workspace_id"])
    assert body["data"] == {
        "contact_id": contact["id"],
        "name": "Zoë",
        "phone": None,
        "email": None,
        "avatar_url": None,
        "source": "api",
        "tags": ["a"],
        "custom_fields": {},
        "assigned_to": None,
        "created_at": contact["created_at"],
    }


def test_only_subscribed_events_are_delivered(api: httpx.Client, handler: Any) -> None:
    """Of a contact that is made, changed and removed, what was asked for."""
    create(api, handler.url, events=["contact.updated", "contact.deleted"])
    contact = api.post("/contacts", json={"customer_name": "Ana"}).json()["data"]["id"]
    api.put(f"/contacts/{contact}", json={"customer_name": "Bea"})
    api.put(f"/contacts/{contact}", json={"customer_name": "Bea"})
    api.delete(f"/contacts/{contact}")
    bodies = came(handler, 2)

    assert [body["event"] for body in bodies] == ["contact.updated", "contact.deleted"]
    assert bodies[0]["data"]["changes"] == {"name": {"before": "Ana", "after": "Bea"}}


def test_every_event_that_is_caused_fits_its_schema(
    api: httpx.Client, handler: Any, timely: Timely, connection: Connection
) -> None:
    """Messages both ways, conversations, handovers, contacts, low and no credits."""
    ids = connection.ids
    events = [
        "contact.created",
        "contact.updated",
        "contact.deleted",
        "conversation.created",
        "message.received",
        "message.sent",
        "message.delivered",
        "agent.handoff_started",
        "agent.handoff_completed",
        "credit.low",
        "credit.depleted",
    ]
    create(api, handler.url, events=events)
    contact = api.post("/contacts", json={"customer_name": "Ana"}).json()["data"]["id"]
    api.put(f"/contacts/{contact}", json={"tags": ["a"]})
    api.delete(f"/contacts/{contact}")
    api.post(f"/channels/{ids['channel_id']}/conversation", json={"to": "+12025550199", "message": "hi"})
    write = f"/conversations/{ids['conversation_id']}/messages"
    api.post(write, json={"content": "Are you open?", "sender_type": "customer"})
    api.post(write, json={"content": "here", "message_type": "file", "media_url": "https://example.com/a.pdf"})
    api.post(f"/chats/{ids['conversation_id']}/start-human")
    for used in (799, 999):  # one more is low, and then none are left
        timely.workspace().agents[ids["agent_id"]].credits_used = used
        api.post(f"/agents/{ids['agent_id']}/conversation", json={"message": "Are you open?"})
    bodies = came(handler, 16)
    misfits = [
        (body["event"], error.message)
        for body in bodies
        for error in Draft202012Validator(read_schema("timely", f"events/{body['event']}.json")).iter_errors(body)
    ]

    assert misfits == []
    assert {body["event"] for body in bodies} == set(events)


def test_a_test_delivery_really_goes_out(api: httpx.Client, handler: Any) -> None:
    """Once, signed, under a name of its own; the answer is told."""
    made = create(api, handler.url)
    good = api.post(f"/webhooks/{made['id']}/test").json()["data"]
    handler.status = 500
    bad = api.post(f"/webhooks/{made['id']}/test").json()["data"]
    bodies = came(handler, 2)

    assert (good["success"], good["status_code"]) == (True, 204)
    assert isinstance(good["response_time_ms"], int)
    assert (bad["success"], bad["status_code"]) == (False, 500)
    assert [(body["event"], body["data"]) for body in bodies] == [("webhook.test", {"test": True})] * 2
    assert [*Draft202012Validator(read_schema("timely", "events/webhook.test.json")).iter_errors(bodies[0])] == []


def test_a_test_delivery_to_nobody_is_no_success(api: httpx.Client) -> None:
    """A receiver that is down is told, not an error of the call; there are numbers all the same."""
    made = create(api, "http://127.0.0.1:9/hook")
    answer = api.post(f"/webhooks/{made['id']}/test")

    assert answer.status_code == 200
    assert (answer.json()["data"]["success"], answer.json()["data"]["status_code"]) == (False, 0)
    assert isinstance(answer.json()["data"]["response_time_ms"], int)
    assert told(api.post("/webhooks/nobody/test")) == (404, "WEBHOOK_NOT_FOUND")


def test_deliveries_are_listed_as_both_pages_describe_them(api: httpx.Client, handler: Any) -> None:
    """The newest first, without the id of the event."""
    made = create(api, handler.url)
    api.post("/contacts", json={"customer_name": "Ana"})
    came(handler, 1)
    api.post(f"/webhooks/{made['id']}/test")
    rows = api.get(f"/webhooks/{made['id']}/deliveries").json()["data"]

    assert set(rows[0]) == {
        "id",
        "webhook_id",
        "event",
        "event_type",
        "status",
        "status_code",
        "http_status",
        "response_time_ms",
        "attempt",
        "next_retry_at",
        "created_at",
        "delivered_at",
    }
    assert [(row["event"], row["status"], row["status_code"], row["attempt"]) for row in rows] == [
        ("webhook.test", "success", 204, 1),
        ("contact.created", "success", 204, 1),
    ]
    assert told(api.get("/webhooks/nobody/deliveries")) == (404, "WEBHOOK_NOT_FOUND")


def test_a_webhook_that_is_switched_off_gets_nothing(api: httpx.Client, handler: Any) -> None:
    """And is inactive by both pages."""
    made = create(api, handler.url)
    changed = api.put(f"/webhooks/{made['id']}", json={"is_active": False}).json()["data"]
    api.post("/contacts", json={"customer_name": "Ana"})
    api.put(f"/webhooks/{made['id']}", json={"is_active": True})
    api.post("/contacts", json={"customer_name": "Bea"})
    bodies = came(handler, 1)

    assert (changed["is_active"], changed["status"]) == (False, "inactive")
    assert [body["data"]["name"] for body in bodies] == ["Bea"]


def test_a_removed_webhook_is_gone(api: httpx.Client, handler: Any) -> None:
    """It gets nothing more, and its deliveries are gone with it."""
    made = create(api, handler.url)
    removed = api.delete(f"/webhooks/{made['id']}")
    api.post("/contacts", json={"customer_name": "Ana"})

    assert removed.json() == {"data": {"deleted": True}}
    assert told(api.get(f"/webhooks/{made['id']}")) == (404, "WEBHOOK_NOT_FOUND")
    assert came(handler, 0) == []


def test_what_is_refused_comes_again_until_the_webhook_is_failing(timely: Timely, handler: Any) -> None:
    """After 5, 15, 60, 300 and 900 s with a new signature and the same body; then it is failing, and still active."""
    clock = ManualClock()
    handler.status = 503
    with Sandbox(("timely",), apps={"timely": timely}, clock=clock) as running:
        headers = {"x-api-key": running.connection("timely").api_key}
        with httpx.Client(base_url=running.base_url("timely"), headers=headers, trust_env=False) as api:
            made = create(api, handler.url)
            api.post("/contacts", json={"customer_name": "Ana"})
            for number, wait in enumerate((5, 15, 60, 300, 900), 1):
                came(handler, number)
                _until(lambda number=number: len(_rows(api, made, "failed")) == number)
                clock.advance(wait)
            came(handler, 6)
            _until(lambda: len(_rows(api, made, "failed")) == 6)
            rows = _rows(api, made, "failed")
            shown = api.get(f"/webhooks/{made['id']}").json()["data"]

    assert [row["attempt"] for row in rows] == [6, 5, 4, 3, 2, 1]
    assert len({request.body for request in handler.taken}) == 1
    assert len({request.headers["X-Timely-Signature"] for request in handler.taken}) == 6
    assert (shown["is_active"], shown["status"], shown["success_rate"]) == (True, "failing", 0)


def test_an_endpoint_can_be_registered_from_outside(timely: Timely, handler: Any) -> None:
    """As `golive sandbox --deliver` does: for every event, with a secret that is known."""
    with Sandbox(("timely",), apps={"timely": timely}) as running:
        timely.deliver_to(Endpoint(id="desk", url=handler.url, secret="desk-secret"))
        headers = {"x-api-key": running.connection("timely").api_key}
        with httpx.Client(base_url=running.base_url("timely"), headers=headers, trust_env=False) as api:
            api.post("/contacts", json={"customer_name": "Ana"})
            listed = [each["url"] for each in api.get("/webhooks").json()["data"]]
        bodies = came(handler, 1)
    request = handler.taken[0]
    signed = f"{request.headers['X-Timely-Timestamp']}.".encode() + request.body

    assert listed == [handler.url]
    assert bodies[0]["event"] == "contact.created"
    assert request.headers["X-Timely-Signature"] == hmac.new(b"desk-secret", signed, hashlib.sha256).hexdigest()


def test_the_scheme_of_an_endpoint_from_outside_is_kept(timely: Timely, handler: Any) -> None:
    """Also when it is changed through the API."""
    with Sandbox(("timely",), apps={"timely": timely}) as running:
        timely.deliver_to(Endpoint(id="desk", url=handler.url, secret="desk-secret", scheme="sig_b"))
        headers = {"x-api-key": running.connection("timely").api_key}
        with httpx.Client(base_url=running.base_url("timely"), headers=headers, trust_env=False) as api:
            hook = api.get("/webhooks").json()["data"][0]["id"]
            api.put(f"/webhooks/{hook}", json={"name": "desk"})
            api.post("/contacts", json={"customer_name": "Ana"})
        came(handler, 1)
    request = handler.taken[0]

    assert request.headers["X-Timely-Signature"] == (
        "sha256=" + hmac.new(b"desk-secret", request.body, hashlib.sha256).hexdigest()
    )


def test_production_has_a_webhook_with_a_past(timely: Timely, served: Any) -> None:
    """So that there is something to read; its address is public and encrypted."""
    with served(timely, "production") as client:
        (hook,) = client.get("/webhooks").json()["data"]
        rows = client.get(f"/webhooks/{hook['id']}/deliveries").json()

    assert hook["url"].startswith("https://")
    assert (rows["meta"]["total"], {row["status"] for row in rows["data"]}) == (4, {"success"})


def _rows(api: httpx.Client, hook: dict[str, Any], status: str) -> list[dict[str, Any]]:
    rows = api.get(f"/webhooks/{hook['id']}/deliveries").json()["data"]
    return [row for row in rows if row["status"] == status]


def _until(holds: Any) -> None:
    end = time.monotonic() + 5
    while not holds():
        assert time.monotonic() < end
        time.sleep(0.01)
