"""Every event of every pack that sends webhooks: as the pack has it, and as it comes over the wire."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest
from jsonschema import Draft202012Validator, FormatChecker

from pytest_golive.facts.body_path import at, holds
from pytest_golive.facts.once import Once
from pytest_golive.sandbox.courier import Courier, Endpoint, ManualClock
from pytest_golive.sandbox.deliveries.destination import destination
from pytest_golive.sandbox.http import Request, Response
from pytest_golive.sandbox.server import Server
from pytest_golive.sandbox.world import Sandbox
from pytest_golive.signing import new_secret, sign, verify
from pytest_golive.vendors.library import packs, read_pack, read_schema, schemas_folder
from pytest_golive.vendors.webhooks import Webhooks

FORMATS = FormatChecker(formats=("email", "uuid", "date"))


def webhooks_of(vendor: str) -> Webhooks:
    webhooks = read_pack(vendor).webhooks
    assert webhooks is not None, f"{vendor} sends webhooks"
    return webhooks


SENDING = [vendor for vendor in packs() if read_pack(vendor).webhooks is not None]
EVENTS = [(vendor, event) for vendor in SENDING for event in sorted(webhooks_of(vendor).events)]
SCHEMES = [(vendor, name) for vendor in SENDING for name in sorted(webhooks_of(vendor).signing)]


@dataclass
class Delivered:
    """What one vendor's handler got: every event, as it is and as a test event."""

    endpoint: Endpoint
    requests: dict[tuple[str, bool], Request]

    def body(self, event: str, *, test: bool = False) -> Any:
        return json.loads(self.requests[event, test].body)


def delivered_by(vendor: str) -> Delivered:
    """Start the vendor, and have it deliver each of its events."""
    got: dict[str, Request] = {}

    def handler(request: Request) -> Response:
        got[str(at(json.loads(request.body), webhooks_of(vendor).event_id))] = request
        return Response(200)

    with Server(handler) as server:
        where = destination(read_pack(vendor), f"{server.url}/hook")
        with Sandbox([vendor], deliver={vendor: where}, clock=ManualClock()) as sandbox:
            courier: Courier = sandbox.couriers[vendor]
            (endpoint,) = (one for one in courier.endpoints() if one.url == where.endpoint.url)
            sent = {
                (event, test): courier.deliver(endpoint, event, test=test, wait=True)
                for event in webhooks_of(vendor).events
                for test in (False, True)
            }
    return Delivered(endpoint, {one: got[event_id] for one, event_id in sent.items()})


@pytest.fixture(scope="module")
def once() -> Once:
    """Each vendor delivers once for all tests of this module."""
    return Once()


@pytest.fixture
def delivered(once: Once, vendor: str) -> Delivered:
    """What the vendor delivered."""
    made: Delivered = once.get(vendor, lambda: delivered_by(vendor))
    return made


def misfits(vendor: str, file: str, body: Any) -> list[str]:
    validator = Draft202012Validator(read_schema(vendor, file), format_checker=FORMATS)
    return [f"{error.json_path}: {error.message}" for error in validator.iter_errors(body)]


def test_three_vendors_send_webhooks() -> None:
    """Or else the tests below would test nothing."""
    assert {"augno", "selwise", "timely"} <= set(SENDING)


@pytest.mark.parametrize(("vendor", "event"), EVENTS)
def test_a_delivery_fits_the_schema_of_its_event(vendor: str, event: str, delivered: Delivered) -> None:
    """The pack's example, in the pack's envelope."""
    body = delivered.body(event)
    webhooks = webhooks_of(vendor)

    assert misfits(vendor, webhooks.events[event].json_schema, body) == []
    assert at(body, webhooks.event) == event
    assert datetime.fromisoformat(at(body, webhooks.occurred_at)).timestamp() == ManualClock().now()


@pytest.mark.parametrize(("vendor", "event"), EVENTS)
def test_a_test_delivery_fits_a_schema_too(vendor: str, event: str, delivered: Delivered) -> None:
    """That of its event, or of what test events are called."""
    body = delivered.body(event, test=True)
    called = at(body, webhooks_of(vendor).event)
    events = webhooks_of(vendor).events
    file = events[called].json_schema if called in events else f"events/{called}.json"

    assert misfits(vendor, file, body) == []


@pytest.mark.parametrize(("vendor", "event"), EVENTS)
def test_a_delivery_verifies(vendor: str, event: str, delivered: Delivered) -> None:
    """By the scheme and the secret of its endpoint."""
    endpoint = delivered.endpoint
    scheme = webhooks_of(vendor).signing[endpoint.scheme or webhooks_of(vendor).usual]
    for test in (False, True):
        request = delivered.requests[event, test]

        verify(scheme, [endpoint.secret], request.headers, request.body, now=ManualClock().now())


@pytest.mark.parametrize(("vendor", "event"), EVENTS)
def test_the_paths_of_the_pack_lead_somewhere(vendor: str, event: str, delivered: Delivered) -> None:
    """To the subject and to the time that orders events; to tenant and mode of the endpoint."""
    body, webhooks, endpoint = delivered.body(event), webhooks_of(vendor), delivered.endpoint
    fact = webhooks.events[event]

    for path in (fact.subject, fact.changed_at, webhooks.mode):
        assert path is None or holds(body, path), path
    assert webhooks.tenant is None or (endpoint.tenant and at(body, webhooks.tenant) == endpoint.tenant)
    if webhooks.event_id_header is not None:
        assert delivered.requests[event, False].headers[webhooks.event_id_header] == at(body, webhooks.event_id)


@pytest.mark.parametrize("vendor", SENDING)
def test_every_schema_of_an_event_is_of_one(vendor: str) -> None:
    """None is left over, but for what test events are called."""
    webhooks = webhooks_of(vendor)
    named = {fact.json_schema for fact in webhooks.events.values()}
    called = webhooks.test_event.get(webhooks.event)
    files = {f"events/{file.name}" for file in (schemas_folder() / vendor / "events").glob("*.json")}

    assert files == named | ({f"events/{called}.json"} if called else set())


@pytest.mark.parametrize(("vendor", "name"), SCHEMES)
def test_every_scheme_signs_what_it_verifies_and_writes_it_as_it_says(vendor: str, name: str) -> None:
    """With one secret, and with two where it can."""
    scheme = webhooks_of(vendor).signing[name]
    old, new = new_secret(scheme), new_secret(scheme)
    further: dict[str, Any] = {"username": "shop", "header_name": "X-Shop-Key"}
    headers = sign(scheme, new, b"{}", timestamp=1.0, event_id="e", webhook_id="w", further_secrets=[old], **further)

    verify(scheme, [new], headers, b"{}", now=1.0, **further)
    if scheme.several is not None:
        verify(scheme, [old], headers, b"{}", now=1.0, **further)
    if scheme.matches is not None:
        carriers = [one for one, template in scheme.headers.items() if "{signature}" in template]
        assert [bool(re.search(scheme.matches, headers[one])) for one in carriers] == [True]
