from __future__ import annotations

import json
import re
import time
from collections.abc import Callable, Iterator
from typing import Any

import httpx
import pytest
from jsonschema import Draft202012Validator

from pytest_golive.sandbox.augno import Augno
from pytest_golive.sandbox.connection import Connection
from pytest_golive.sandbox.courier import Courier, Endpoint
from pytest_golive.sandbox.http import Request, Response
from pytest_golive.sandbox.server import Server
from pytest_golive.vendors.library import read_schema

Events = Callable[[int], list[dict[str, Any]]]

UNIT = {
    "name": "Dozen-x1",
    "abbreviation": "dzx1",
    "type": "quantity",
    "ratio_numerator": "12",
    "ratio_denominator": "1",
    "offset_numerator": "0",
    "offset_denominator": "1",
}


class Inbox:
    """A handler that accepts what comes, and keeps it."""

    def __init__(self) -> None:
        self.requests: list[Request] = []

    def __call__(self, request: Request) -> Response:
        self.requests.append(request)
        return Response(204)

    def wait_for(self, count: int) -> None:
        """Wait until so many have come, and see that no more do."""
        deadline = time.monotonic() + 10
        while len(self.requests) < count and time.monotonic() < deadline:
            time.sleep(0.01)
        time.sleep(0.05)
        assert len(self.requests) == count


@pytest.fixture
def inbox() -> Inbox:
    return Inbox()


@pytest.fixture
def url(inbox: Inbox) -> Iterator[str]:
    """Where the handler listens."""
    with Server(inbox) as server:
        yield server.url


@pytest.fixture
def courier(augno: Augno) -> Iterator[Courier]:
    """Brings the events."""
    augno.courier = Courier(augno.pack)
    yield augno.courier
    augno.courier.close()
    assert augno.courier.failures == []


@pytest.fixture
def endpoint(augno: Augno, courier: Courier, url: str) -> Endpoint:
    """A handler of the sandbox."""
    made = Endpoint(id="wh_1", url=url, secret="whsec_golive")
    augno.deliver_to(made)
    return made


@pytest.fixture
def events(inbox: Inbox, endpoint: Endpoint) -> Events:
    """Waits for so many events, and returns what came."""

    def wait(count: int) -> list[dict[str, Any]]:
        inbox.wait_for(count)
        return [json.loads(request.body) for request in inbox.requests]

    return wait


def test_what_is_done_is_told(api: httpx.Client, events: Events, connection: Connection) -> None:
    """A creation, a change with what was before, a deletion; each fits its schema."""
    unit = api.post("/v1/catalog/units", json=UNIT).json()
    path = f"/v1/catalog/units/{unit['id']}"
    changed = api.patch(path, json={"name": "Twelve"}).json()
    api.delete(path)
    told = {event["type"]: event for event in events(3)}

    assert set(told) == {"unit.created", "unit.updated", "unit.deleted"}
    assert told["unit.created"]["data"] == {"object": unit, "previous": None}
    assert told["unit.updated"]["data"] == {"object": changed, "previous": {"name": "Dozen-x1"}}
    assert told["unit.deleted"]["data"] == {"object": changed, "previous": None}
    assert {event["account"] for event in told.values()} == {connection.ids["account_id"]}
    assert {event["mode"] for event in told.values()} == {"test"}
    for name, event in told.items():
        assert [*Draft202012Validator(read_schema("augno", f"events/{name}.json")).iter_errors(event)] == []


def test_every_kind_of_object_is_told_of(api: httpx.Client, events: Events, connection: Connection) -> None:
    """With the states of an order, in the shape of their schemas."""
    ids = connection.ids
    address = api.post("/v1/sales/addresses", json={"name": "A", "country": "US"}).json()["id"]
    api.post("/v1/finance/payment-terms", json={"name": "Net 37"})
    api.post("/v1/sales/account-groups", json={"name": "Friends", "type": "type_group"})
    api.patch(f"/v1/sales/customers/{ids['order_customer_id']}", json={"status": "preferred"})
    api.patch(f"/v1/catalog/products/{ids['order_product_id']}", json={"notes": "n"})
    order = api.post(
        "/v1/sales/sales-orders",
        json={
            "buyer_account_id": ids["order_customer_id"],
            "bill_to_address_id": address,
            "ship_to_address_id": address,
            "priority_code": "low",
            "lines": [
                {"product_id": ids["order_product_id"], "quantity": {"value": "1", "unit_id": ids["order_unit_id"]}}
            ],
        },
    ).json()["id"]
    api.put(f"/v1/sales/sales-orders/{order}/actions/issue", json={"notify_customer": False})
    api.put(f"/v1/sales/sales-orders/{order}/actions/close")
    told = events(10)
    misfits = {
        event["type"]: [
            error.message
            for error in Draft202012Validator(read_schema("augno", f"events/{event['type']}.json")).iter_errors(event)
        ]
        for event in told
    }

    assert misfits == {
        name: []
        for name in (
            "address.created",
            "payment_term.created",
            "account_group.created",
            "customer.updated",
            "product.updated",
            "sales_order.created",
            "sales_order.updated",
            "sales_order.issued",
            "sales_order.fulfilled",
        )
    }


def test_deliveries_are_signed(api: httpx.Client, events: Events, inbox: Inbox) -> None:
    """In the vendor's headers."""
    api.post("/v1/catalog/units", json=UNIT)
    events(1)
    headers = inbox.requests[0].headers

    assert re.fullmatch(r"t=[0-9]+,v1=[0-9a-f]{64}", headers["augno-signature"])
    assert headers["user-agent"] == "Augno-Webhooks/1"


def test_production_is_told_apart(
    augno: Augno, courier: Courier, inbox: Inbox, url: str, production: httpx.Client, api: httpx.Client
) -> None:
    """A handler of production gets its events, as live ones, and no others."""
    account = augno.connections()["production"].ids["account_id"]
    endpoint = Endpoint(id="wh_2", url=url, secret="whsec_golive", tenant=account)
    augno.deliver_to(endpoint)
    api.post("/v1/catalog/units", json=UNIT)
    production.post("/v1/catalog/units", json={**UNIT, "name": "Live"})
    inbox.wait_for(1)
    (request,) = inbox.requests

    assert (endpoint.mode, json.loads(request.body)["mode"], json.loads(request.body)["account"]) == (
        "live",
        "live",
        account,
    )


def test_without_a_courier_there_is_nobody_to_deliver(augno: Augno) -> None:
    """The sandbox gives one."""
    with pytest.raises(RuntimeError, match=r"^webhooks need a courier; the sandbox gives one$"):
        augno.deliver_to(Endpoint(id="wh_1", url="http://127.0.0.1:1", secret="whsec_golive"))


def test_refused_writes_and_replays_are_not_told(api: httpx.Client, events: Events) -> None:
    """What did not happen, or not again, is no event."""
    headers = {"Idempotency-Key": "k1"}
    for _ in range(2):
        api.post("/v1/catalog/units", json=UNIT, headers=headers)
    api.post("/v1/catalog/units", json=UNIT)
    api.post("/v1/finance/payment-terms", json={"name": "Net 37"})

    assert [event["type"] for event in events(2)].count("unit.created") == 1
