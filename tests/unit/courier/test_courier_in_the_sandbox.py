from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any

import httpx
import pytest

from pytest_golive.sandbox.connection import Connection
from pytest_golive.sandbox.courier import Courier, Endpoint, FastClock, ManualClock, SendsWebhooks
from pytest_golive.sandbox.deliveries.destination import Destination, destination
from pytest_golive.sandbox.http import Request, Response
from pytest_golive.sandbox.uppzy import Uppzy
from pytest_golive.sandbox.world import Sandbox, VendorApp
from pytest_golive.signing import verify
from pytest_golive.vendors.pack import Pack

EVENTS = "thing.created, thing.deleted"


class Shop:
    """An embedded vendor that says at every request that a thing was made."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.courier: Courier | None = None

    def owns(self, path: str) -> bool:
        return path.startswith("/shop/")

    def connections(self) -> Mapping[str, Connection]:
        return {"sandbox": Connection("/shop", "key", "old", {"shop_id": "shop_1"})}

    def deliver_to(self, endpoint: Endpoint) -> None:
        endpoint.tenant = "shop_1"
        if self.courier is not None:
            self.courier.add(endpoint)

    def __call__(self, request: Request) -> Response:
        if self.courier is not None:
            self.courier.publish("thing.created", {"name": request.path}, tenant="shop_1")
        return Response(201)


class Plain:
    """One that sends webhooks by its pack, and does nothing about it."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack

    def owns(self, path: str) -> bool:
        return path.startswith("/plain/")

    def connections(self) -> Mapping[str, Connection]:
        return {"sandbox": Connection("/plain", "key", "old", {})}

    def __call__(self, request: Request) -> Response:
        return Response(200)


@pytest.fixture
def shop(pack: Pack) -> Shop:
    return Shop(pack)


@pytest.fixture
def where(pack: Pack, handler: Any) -> Destination:
    return destination(pack, handler.url)


@pytest.fixture
def sandbox(shop: Shop, where: Destination, clock: ManualClock) -> Iterator[Sandbox]:
    apps: dict[str, VendorApp] = {"shop": shop, "uppzy": Uppzy()}
    with Sandbox(apps, apps=apps, deliver={"shop": where}, clock=clock) as running:
        yield running
    assert running.server.failures == []
    assert [courier.failures for courier in running.couriers.values()] == [[]]


@pytest.fixture
def desk(sandbox: Sandbox) -> Iterator[httpx.Client]:
    with httpx.Client(base_url=sandbox.server.url, trust_env=False, verify=False, timeout=30) as client:
        yield client


def refused(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]


def test_a_vendor_that_sends_webhooks_gets_a_courier(shop: Shop, sandbox: Sandbox) -> None:
    """One that sends none has no need of it."""
    assert isinstance(shop, SendsWebhooks)
    assert shop.courier is sandbox.couriers["shop"]
    assert list(sandbox.couriers) == ["shop"]


def test_what_happens_at_the_vendor_is_delivered(
    sandbox: Sandbox, desk: httpx.Client, handler: Any, where: Destination, until: Callable[..., None], pack: Pack
) -> None:
    """By itself, signed with the secret that was told at the start."""
    desk.post("/shop/things")
    until(lambda: handler.requests)
    (request,) = handler.requests
    assert pack.webhooks is not None

    told = sandbox.describe()["shop"]["webhook"]
    assert (handler.bodies[0]["shop"], handler.bodies[0]["data"]["name"]) == ("shop_1", "/shop/things")
    assert told == {
        "id": "golive-shop",
        "url": handler.url,
        "scheme": "listed",
        "secret": where.endpoint.secret,
    }
    verify(pack.webhooks.signing[told["scheme"]], [told["secret"]], request.headers, request.body, now=1_777_896_000)
    assert "webhook" not in sandbox.describe()["uppzy"]


def test_the_desk_sends_an_event_and_tells_the_answer(desk: httpx.Client, handler: Any) -> None:
    """With all that a handler's developer wants to see."""
    handler.answers = [Response(500, body=b"no such customer")]
    answer = desk.post(
        "/golive/deliver", json={"vendor": "shop", "event": "thing.created", "data": {"name": "mine"}, "event_id": "e1"}
    )
    told = answer.json()
    row = told["deliveries"][0]
    request = row.pop("request")

    assert answer.status_code == 200
    assert told["event_ids"] == ["e1"]
    assert row == {
        "id": "attempt-1",
        "vendor": "shop",
        "endpoint_id": "golive-shop",
        "event": "thing.created",
        "event_id": "e1",
        "attempt": 1,
        "test": False,
        "status": "failed",
        "http_status": 500,
        "milliseconds": row["milliseconds"],
        "error": "answered 500",
        "at": "2026-05-04T12:00:00+00:00",
        "next_at": "2026-05-04T12:00:05+00:00",
        "response": {"body": "no such customer"},
    }
    assert json.loads(request["body"])["data"]["name"] == "mine"
    assert request["headers"]["Shop-Signature"].startswith("t=1777896000,v1=")


def test_one_vendor_that_delivers_need_not_be_named(desk: httpx.Client, handler: Any) -> None:
    """There is no doubt whose event it is."""
    assert desk.post("/golive/deliver", json={"event": "thing.deleted"}).status_code == 200
    assert handler.bodies[0]["type"] == "thing.deleted"


def test_the_desk_sends_test_events(desk: httpx.Client, handler: Any, clock: ManualClock) -> None:
    """Once."""
    handler.answers = [500]
    desk.post("/golive/deliver", json={"event": "thing.deleted", "test": True})
    clock.advance(10_000)

    assert [body["test"] for body in handler.bodies] == [True]


def test_the_desk_sends_duplicates(desk: httpx.Client, handler: Any, until: Callable[..., None]) -> None:
    """The same id as often as asked for, all at once."""
    answer = desk.post("/golive/deliver", json={"event": "thing.deleted", "event_id": "e1", "times": 5})
    until(lambda: len(handler.requests) == 5)

    assert (answer.status_code, answer.json()["event_ids"]) == (202, ["e1"])
    assert {body["id"] for body in handler.bodies} == {"e1"}


def test_the_desk_sends_bursts(desk: httpx.Client, handler: Any, until: Callable[..., None]) -> None:
    """Every event has an id of its own."""
    answer = desk.post("/golive/deliver", json={"event": "thing.deleted", "times": 40})
    until(lambda: len(handler.requests) == 40)

    assert {body["id"] for body in handler.bodies} == set(answer.json()["event_ids"])
    assert len(answer.json()["event_ids"]) == 40


def test_the_log_is_read_at_the_desk(desk: httpx.Client, handler: Any, clock: ManualClock) -> None:
    """The newest first, of one vendor or all, of one event or all, as many as wanted."""
    handler.answers = [500, 200]
    for event_id in ("e1", "e2"):
        desk.post("/golive/deliver", json={"event": "thing.deleted", "event_id": event_id})
        clock.advance(5)

    def rows(query: str = "") -> list[tuple[str, int, str]]:
        deliveries = desk.get(f"/golive/deliveries{query}").json()["deliveries"]
        return [(row["event_id"], row["attempt"], row["status"]) for row in deliveries]

    everything = [("e2", 1, "success"), ("e1", 2, "success"), ("e1", 1, "failed")]
    assert sorted(rows()) == sorted(everything)
    assert rows()[-1] == ("e1", 1, "failed")
    assert rows("?vendor=shop&event_id=e1") == [("e1", 2, "success"), ("e1", 1, "failed")]
    assert rows("?event_id=e3") == rows("?limit=0") == []
    assert len(rows("?limit=2")) == 2


def test_the_desk_tells_how_endpoints_stand(desk: httpx.Client, shop: Shop, where: Destination) -> None:
    """Active, or not."""
    row = {
        "vendor": "shop",
        "id": "golive-shop",
        "url": where.endpoint.url,
        "state": "active",
        "dead_letters": [],
    }
    assert desk.get("/golive/deliveries").json() == {"endpoints": [row], "deliveries": []}
    where.endpoint.active = False
    assert desk.get("/golive/deliveries").json()["endpoints"] == [row | {"state": "inactive"}]


@pytest.mark.parametrize(
    ("body", "told"),
    [
        (
            {"vendor": "shp", "event": "thing.created"},
            (404, "no vendor 'shp' sends webhooks here; did you mean shop? There are: shop"),
        ),
        (
            {"vendor": "uppzy", "event": "thing.created"},
            (404, "no vendor 'uppzy' sends webhooks here; there are: shop"),
        ),
        (
            {"event": "thing.create"},
            (400, f"unknown event 'thing.create' of shop; did you mean thing.created? There are: {EVENTS}"),
        ),
        ({"event": "x"}, (400, f"unknown event 'x' of shop; there are: {EVENTS}")),
        ({}, (400, "event has to be text")),
        ({"event": ""}, (400, "event has to be text")),
        ({"event": 5}, (400, "event has to be text")),
        ({"event": "x", "vendor": 5}, (400, "vendor has to be text")),
        ({"event": "x", "data": []}, (400, "data has to be an object")),
        ({"event": "x", "test": "yes"}, (400, "test has to be true or false")),
        ({"event": "x", "test": None}, (400, "test has to be true or false")),
        ({"event": "x", "event_id": ""}, (400, "event_id has to be text that is not empty")),
        *(
            ({"event": "x", "times": times}, (400, "times has to be a whole number from 1 to 1000"))
            for times in (0, 1001, True, "3", 1.5, None)
        ),
        (
            {"event": "x", "time": 3},
            (
                400,
                "unknown field 'time'; did you mean times? There are: vendor, event, data, test, times, event_id",
            ),
        ),
        ([], (400, 'the body has to be JSON: {"vendor": "…", "event": "…"}')),
    ],
)
def test_what_the_desk_cannot_do_is_told_in_one_sentence(
    desk: httpx.Client, body: Any, told: tuple[int, str], handler: Any
) -> None:
    """With the nearest right word."""
    assert refused(desk.post("/golive/deliver", json=body)) == told
    assert handler.requests == []


def test_a_body_that_is_no_json_is_told(desk: httpx.Client) -> None:
    """With what one looks like."""
    told = (400, 'the body has to be JSON: {"vendor": "…", "event": "…"}')

    assert refused(desk.post("/golive/deliver", content=b"event=x")) == told
    assert refused(desk.post("/golive/deliver")) == told


@pytest.mark.parametrize(
    ("query", "told"),
    [
        ("?limit=x", (400, "limit has to be a whole number")),
        ("?limit=-1", (400, "limit has to be a whole number")),
        ("?vendor=moon", (404, "no vendor 'moon' sends webhooks here; there are: shop")),
    ],
)
def test_the_log_is_asked_for_rightly(desk: httpx.Client, query: str, told: tuple[int, str]) -> None:
    """What is asked for wrongly is told."""
    assert refused(desk.get(f"/golive/deliveries{query}")) == told


@pytest.mark.parametrize(
    ("method", "path", "told"),
    [
        ("GET", "/golive/deliver", (405, "/golive/deliver takes POST only")),
        ("POST", "/golive/deliveries", (405, "/golive/deliveries takes GET only")),
    ],
)
def test_each_path_has_its_method(desk: httpx.Client, method: str, path: str, told: tuple[int, str]) -> None:
    """The other one is named."""
    answer = desk.request(method, path)

    assert refused(answer) == told
    assert answer.headers["Allow"] == told[1].split()[2]


def test_an_event_that_nobody_takes_is_told(desk: httpx.Client, shop: Shop, where: Destination) -> None:
    """Switched off, it gets test events all the same."""
    where.endpoint.active = False
    told = (409, "no endpoint of shop gets thing.created: it is switched off, disabled, or takes other events")

    assert refused(desk.post("/golive/deliver", json={"event": "thing.created"})) == told
    assert desk.post("/golive/deliver", json={"event": "thing.created", "test": True}).status_code == 200


def test_without_a_destination_nothing_is_delivered(shop: Shop, pack: Pack) -> None:
    """One sentence says what to do about it."""
    apps: dict[str, VendorApp] = {"shop": shop, "plain": Plain(pack)}
    with Sandbox(apps, apps=apps) as sandbox, httpx.Client(base_url=sandbox.server.url, trust_env=False) as desk:
        named = desk.post("/golive/deliver", json={"vendor": "plain", "event": "thing.created"})
        unnamed = desk.post("/golive/deliver", json={"event": "thing.created"})

        assert refused(named) == (
            409,
            "plain delivers nowhere: start golive sandbox with --deliver plain=URL",
        )
        assert refused(unnamed) == (400, "vendor is required; there are: shop, plain")
        assert desk.get("/golive/deliveries").json() == {"endpoints": [], "deliveries": []}


def test_a_vendor_that_does_nothing_about_webhooks_is_delivered_for(pack: Pack, handler: Any) -> None:
    """The desk is enough for a handler's developer."""
    apps = {"plain": Plain(pack)}
    where = destination(pack, handler.url, scheme="bearer", secret="of-the-user", secret_variable="SHOP_SECRET")
    with (
        Sandbox(apps, apps=apps, deliver={"plain": where}, clock=FastClock(10)) as sandbox,
        httpx.Client(base_url=sandbox.server.url, trust_env=False) as desk,
    ):
        desk.post("/golive/deliver", json={"event": "thing.created"})

        assert handler.requests[0].headers["authorization"] == "Bearer of-the-user"
        assert sandbox.describe()["plain"]["webhook"] == {
            "id": "golive-shop",
            "url": handler.url,
            "scheme": "bearer",
            "secret_variable": "SHOP_SECRET",
        }


def test_the_end_of_the_sandbox_is_the_end_of_its_couriers(
    sandbox: Sandbox, desk: httpx.Client, courier_threads: Callable[[], list[str]], handler: Any
) -> None:
    """No thread is left."""
    desk.post("/golive/deliver", json={"event": "thing.created"})
    assert courier_threads() == ["golive-courier-shop"]
    sandbox.stop()

    assert courier_threads() == []


@pytest.mark.parametrize(
    ("scheme", "told"),
    [
        ("basic", {"username": "golive"}),
        ("api_key", {"header_name": "X-API-Key"}),
        ("bearer", {}),
        ("listed", {}),
    ],
)
def test_a_destination_tells_what_its_scheme_needs(pack: Pack, scheme: str, told: dict[str, str]) -> None:
    """And has a secret of its own."""
    first, second = (destination(pack, "http://localhost/hook", scheme=scheme) for _ in range(2))

    assert first.described() == {
        "id": "golive-shop",
        "url": "http://localhost/hook",
        "scheme": scheme,
        "secret": first.endpoint.secret,
        **told,
    }
    assert first.endpoint.secret != second.endpoint.secret
    assert len(first.endpoint.secret) >= 32


def test_where_nothing_is_agreed_there_is_no_secret(pack: Pack) -> None:
    """None is told."""
    where = destination(pack, "http://localhost/hook", scheme="none")

    assert where.described() == {"id": "golive-shop", "url": "http://localhost/hook", "scheme": "none"}
    assert where.host == "localhost"


def test_the_desk_sends_to_the_named_handler_alone(
    sandbox: Sandbox, desk: httpx.Client, shop: Shop, handler: Any
) -> None:
    """What a client registered gets what happens at the vendor, and not what the developer asks for."""
    sandbox.couriers["shop"].add(Endpoint("wh_2", f"{handler.url}/other", "s" * 20))
    answer = desk.post("/golive/deliver", json={"event": "thing.created"})

    assert [row["endpoint_id"] for row in answer.json()["deliveries"]] == ["golive-shop"]


def test_without_a_named_handler_the_desk_sends_to_what_was_registered(pack: Pack, handler: Any) -> None:
    """On this machine; an address elsewhere is not sent to, so that it is none."""
    apps: dict[str, VendorApp] = {"plain": Plain(pack)}
    with Sandbox(apps, apps=apps) as sandbox, httpx.Client(base_url=sandbox.server.url, trust_env=False) as desk:
        courier = sandbox.couriers["plain"]
        courier.add(Endpoint("wh_1", "https://hooks.example.test/x", "s" * 20))
        before = desk.post("/golive/deliver", json={"vendor": "plain", "event": "thing.created"})
        courier.add(Endpoint("wh_2", handler.url, "s" * 20))
        after = desk.post("/golive/deliver", json={"event": "thing.created"})

    assert before.status_code == 409
    assert [row["endpoint_id"] for row in after.json()["deliveries"]] == ["wh_2"]


def test_the_vendors_own_id_of_the_endpoint_is_told(shop: Shop, pack: Pack, handler: Any) -> None:
    """A vendor that registers the handler gives it one of its kind."""

    def deliver_to(endpoint: Endpoint) -> None:
        assert shop.courier is not None
        shop.courier.add(replace(endpoint, id="wh_own"))

    shop.deliver_to = deliver_to  # type: ignore[method-assign]
    sandbox = Sandbox(["shop"], apps={"shop": shop}, deliver={"shop": destination(pack, handler.url)})
    with sandbox, httpx.Client(base_url=sandbox.server.url, trust_env=False) as desk:
        answer = desk.post("/golive/deliver", json={"event": "thing.created"})

        assert sandbox.describe()["shop"]["webhook"]["id"] == "wh_own"
        assert [row["endpoint_id"] for row in answer.json()["deliveries"]] == ["wh_own"]


def test_an_endpoint_that_lacks_something_is_told(desk: httpx.Client, where: Destination) -> None:
    """Whoever registered it hears of it when he asks for an event."""
    where.endpoint.scheme = "api_key"

    assert refused(desk.post("/golive/deliver", json={"event": "thing.created"})) == (
        400,
        "'{header_name}' needs {header_name}, and none was given",
    )
