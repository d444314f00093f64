"""What happens at an embedded vendor comes to the handler by itself: signed, and as its schema says."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from pytest_golive.facts.body_path import at
from pytest_golive.sandbox.deliveries.destination import destination
from pytest_golive.sandbox.world import Sandbox
from pytest_golive.signing import verify
from pytest_golive.vendors.library import read_pack, read_schema

Until = Callable[[Callable[[], object]], None]


@pytest.fixture
def vendor() -> str:
    """The one that is started."""
    return "timely"


@pytest.fixture
def scheme() -> str | None:
    """How it signs; None for its usual way."""
    return None


@pytest.fixture
def running(vendor: str, scheme: str | None, handler: Any) -> Iterator[Sandbox]:
    """The vendor, which delivers to the handler."""
    where = destination(read_pack(vendor), handler.url, scheme=scheme)
    with Sandbox([vendor], deliver={vendor: where}) as sandbox:
        yield sandbox
    assert sandbox.server.failures == []
    assert sandbox.couriers[vendor].failures == []


def client(sandbox: Sandbox, vendor: str, **headers: str) -> httpx.Client:
    told = sandbox.describe()[vendor]
    way = read_pack(vendor).authentication
    key = {way.header: told["api_key"] if way.scheme == "plain" else f"Bearer {told['api_key']}"}
    return httpx.Client(base_url=told["base_url"], headers=key | headers, trust_env=False, verify=False, timeout=30)


def check(sandbox: Sandbox, vendor: str, handler: Any, event: str) -> Any:
    """Return the body of the latest delivery: it is of this event, genuine, and fits its schema."""
    pack, hook = read_pack(vendor), sandbox.describe()[vendor]["webhook"]
    assert pack.webhooks is not None
    request, body = handler.requests[-1], handler.bodies[-1]
    scheme = pack.webhooks.signing[hook["scheme"]]
    file = pack.webhooks.events[event].json_schema if event in pack.webhooks.events else f"events/{event}.json"

    assert at(body, pack.webhooks.event) == event
    verify(scheme, [hook["secret"]], request.headers, request.body, now=time.time())
    assert [error.message for error in Draft202012Validator(read_schema(vendor, file)).iter_errors(body)] == []
    return body


def test_a_contact_that_is_created_at_timely(running: Sandbox, handler: Any, until: Until) -> None:
    """The handler reads who it is."""
    with client(running, "timely") as api:
        made = api.post("/contacts", json={"customer_name": "Zoë", "customer_email": "zoe@example.com"}).json()["data"]
    until(lambda: handler.requests)

    body = check(running, "timely", handler, "contact.created")
    assert (body["data"]["contact_id"], body["data"]["name"]) == (made["id"], "Zoë")


@pytest.mark.parametrize("scheme", ["sig_a", "sig_b", "sig_c"])
def test_timely_keeps_to_the_scheme_that_was_asked_for(running: Sandbox, handler: Any, until: Until) -> None:
    """In test events too, and once the webhook was changed."""
    hook = running.describe()["timely"]["webhook"]["id"]
    with client(running, "timely") as api:
        told = api.post(f"/webhooks/{hook}/test").json()
        check(running, "timely", handler, "webhook.test")
        assert api.put(f"/webhooks/{hook}", json={"name": "other"}).status_code == 200
        api.post("/contacts", json={"customer_name": "Zoë"})
        until(lambda: len(handler.requests) == 2)
        rows = api.get(f"/webhooks/{hook}/deliveries").json()["data"]

    assert told["data"]["success"] is True
    check(running, "timely", handler, "contact.created")
    assert len(rows) >= 1


@pytest.mark.parametrize("vendor", ["augno"])
def test_a_unit_that_is_created_at_augno(running: Sandbox, handler: Any, until: Until) -> None:
    """In the account of the sandbox, and in test mode."""
    pack = read_pack("augno")
    assert pack.versioning is not None
    unit = {"name": "crate", "abbreviation": "crt", "type": "quantity"}
    ratio = {"ratio_numerator": "1", "ratio_denominator": "1", "offset_numerator": "0", "offset_denominator": "1"}
    with client(running, "augno", **{pack.versioning.header: pack.versioning.version}) as api:
        answer = api.post("/v1/catalog/units", json=unit | ratio)
    until(lambda: handler.requests)

    body = check(running, "augno", handler, "unit.created")
    assert (answer.status_code, body["data"]["object"]["id"]) == (201, answer.json()["id"])
    assert body["mode"] == "test"
    request = handler.requests[0]
    assert request.headers["content-type"] == "application/json; charset=utf-8"
    assert request.headers["augno-version"] == body["api_version"] == pack.versioning.version
    assert [one.retry for one in running.couriers["augno"].endpoints()] == ["test"]


@pytest.mark.parametrize("vendor", ["selwise"])
@pytest.mark.parametrize("scheme", ["hmac", "signature"])
def test_an_event_that_a_shop_sends_through_selwise(running: Sandbox, handler: Any, until: Until) -> None:
    """What the shop tells the vendor, the vendor tells the handler."""
    told = running.describe()["selwise"]
    event = {"event": "custom_event", "eventId": "e-1", "visitorId": "v-1", "sessionId": "s-1", "name": "probe"}
    with client(running, "selwise", **{"x-selwise-api-key": told["public_api_key"]}) as api:
        answer = api.post(f"/public/sites/{told['ids']['site_key']}/events/batch", json={"events": [event]})
    assert answer.status_code == 202, answer.text
    until(lambda: handler.requests)

    body = check(running, "selwise", handler, "custom_event")
    assert body["data"]["visitorId"] == "v-1"
    assert json.loads(handler.requests[0].body) == body


def test_the_schedule_that_was_asked_for_is_kept(handler: Any, until: Until) -> None:
    """By the page that has the vendor come again at once; after a change of the webhook, too."""
    handler.answers = [500, 500, 200]
    where = destination(read_pack("timely"), handler.url, retry="introduction")
    with Sandbox(["timely"], deliver={"timely": where}) as sandbox, client(sandbox, "timely") as api:
        hook = sandbox.describe()["timely"]["webhook"]["id"]
        assert api.put(f"/webhooks/{hook}", json={"name": "other"}).status_code == 200
        api.post("/contacts", json={"customer_name": "Zoë"})
        until(lambda: len(sandbox.couriers["timely"].attempts(hook)) == 2)
        until(lambda: sandbox.couriers["timely"].attempts(hook)[0].next_at)
        second, first = sandbox.couriers["timely"].attempts(hook)

    assert first.next_at is not None
    assert second.next_at is not None
    assert (first.next_at - first.at).total_seconds() < 5
    assert 60 <= (second.next_at - second.at).total_seconds() < 65
