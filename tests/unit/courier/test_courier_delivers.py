from __future__ import annotations

import base64
import re
import uuid
from collections.abc import Callable
from typing import Any

import pytest

from pytest_golive.sandbox.courier import Courier, Endpoint, ManualClock
from pytest_golive.signing import verify
from pytest_golive.vendors.library import read_pack
from pytest_golive.vendors.pack import Pack


def test_an_event_comes_in_the_vendors_envelope(courier: Courier, endpoint: Endpoint, handler: Any) -> None:
    """Every placeholder is filled, and what is none stays as it is."""
    event_id = courier.deliver(endpoint, "thing.deleted", wait=True)

    assert re.fullmatch(r"evt_[a-z0-9]{24}", event_id)
    assert handler.bodies == [
        {
            "id": event_id,
            "type": "thing.deleted",
            "at": "2026-05-04T12:00:00Z",
            "shop": "shop_1",
            "mode": "live",
            "version": "2026-01-01",
            "test": False,
            "note": "about thing.deleted, {nothing}",
            "list": [event_id, 1, None],
            "data": {"id": "thing_1"},
        }
    ]


def test_the_headers_are_those_of_the_vendor(courier: Courier, endpoint: Endpoint, handler: Any) -> None:
    """Kind of content, sender, event, attempt and proof."""
    event_id = courier.deliver(endpoint, "thing.deleted", wait=True)
    (request,) = handler.requests

    assert (request.method, request.path) == ("POST", "/hook")
    assert {
        name: request.headers[name] for name in request.headers if name.startswith(("shop", "content-t", "us"))
    } == {
        "content-type": "application/json",
        "user-agent": "Shop-Webhooks (golive sandbox)",
        "shop-event": "thing.deleted",
        "shop-event-id": event_id,
        "shop-attempt": "1",
        "shop-time": "1777896000",
        "shop-hook": "wh_1",
        "shop-delivery": str(uuid.UUID(request.headers["shop-delivery"])),
        "shop-signature": request.headers["shop-signature"],
    }


def test_the_body_is_what_was_signed(
    courier: Courier, endpoint: Endpoint, handler: Any, clock: ManualClock, pack: Pack
) -> None:
    """Letters beyond ASCII included, which stand in the body as they are."""
    courier.deliver(endpoint, "thing.created", wait=True)
    (request,) = handler.requests
    assert pack.webhooks is not None

    verify(pack.webhooks.signing["listed"], [endpoint.secret], request.headers, request.body, now=clock.now())
    assert "Zoë".encode() in request.body
    assert b", " not in request.body.replace(b"thing.created, ", b"")


def test_a_rotation_signs_with_both_secrets(courier: Courier, endpoint: Endpoint, handler: Any, pack: Pack) -> None:
    """A handler that holds either of them accepts it."""
    endpoint.further_secrets = ("the-secret-before",)
    courier.deliver(endpoint, "thing.created", wait=True)
    (request,) = handler.requests
    assert pack.webhooks is not None

    for secret in (endpoint.secret, "the-secret-before"):
        verify(pack.webhooks.signing["listed"], [secret], request.headers, request.body, now=1_777_896_000)
    assert request.headers["shop-signature"].count("v1=") == 2


@pytest.mark.parametrize(
    ("scheme", "header", "expected"),
    [
        ("bearer", "authorization", "Bearer a-signing-secret-for-tests"),
        ("basic", "authorization", "Basic " + base64.b64encode(b"shop:a-signing-secret-for-tests").decode()),
        ("api_key", "x-shop-key", "a-signing-secret-for-tests"),
    ],
)
def test_an_endpoint_chooses_its_scheme(
    courier: Courier, endpoint: Endpoint, handler: Any, scheme: str, header: str, expected: str
) -> None:
    """With the name and the header that belong to it."""
    endpoint.scheme, endpoint.username, endpoint.header_name = scheme, "shop", "X-Shop-Key"
    courier.deliver(endpoint, "thing.created", wait=True)

    assert handler.requests[0].headers[header] == expected


def test_the_proof_goes_before_an_endpoints_own_headers(courier: Courier, endpoint: Endpoint, handler: Any) -> None:
    """These go before the vendor's."""
    endpoint.headers = {"shop-signature": "mine", "CONTENT-TYPE": "application/json; charset=utf-8", "X-Own": "1"}
    courier.deliver(endpoint, "thing.created", wait=True)
    headers = handler.requests[0].headers

    assert headers["shop-signature"].startswith("t=")
    assert (headers["content-type"], headers["x-own"]) == ("application/json; charset=utf-8", "1")


def test_a_header_may_hold_any_letter(courier: Courier, endpoint: Endpoint, handler: Any) -> None:
    """What an owner chose for his endpoint is sent as it is."""
    endpoint.headers = {"X-Shop": "Zoë"}
    courier.deliver(endpoint, "thing.created", wait=True)

    assert handler.requests[0].headers["x-shop"].encode("latin-1").decode() == "Zoë"


@pytest.mark.parametrize("headers", [{"X-Shop": "a\r\nX-Injected: 1"}, {"X Shop": "1"}, {"": "1"}])
def test_a_header_that_cannot_be_one_is_told_in_the_log(
    courier: Courier, endpoint: Endpoint, handler: Any, headers: dict[str, str], clock: ManualClock
) -> None:
    """Nothing is sent, nor tried again."""
    endpoint.headers = headers
    courier.deliver(endpoint, "thing.created", wait=True)
    clock.advance(10_000)
    (attempt,) = courier.attempts("wh_1")

    assert handler.requests == []
    assert (attempt.error or "").startswith("a header cannot be sent: Illegal header ")


def test_the_example_is_new_each_time(courier: Courier, endpoint: Endpoint, handler: Any) -> None:
    """Where the pack says so, at any depth."""
    for _ in range(2):
        courier.deliver(endpoint, "thing.created", wait=True)
    first, second = (body["data"] for body in handler.bodies)

    assert re.fullmatch(r"thing_golive-[a-z0-9]{8}", first["id"])
    assert re.fullmatch(r"golive-[a-z0-9]{8}@example\.com", first["mail"])
    assert str(uuid.UUID(first["key"])) == first["key"]
    assert re.fullmatch(r"golive-[a-z0-9]{8}", first["tags"][0])
    for name in ("id", "mail", "key", "tags"):
        assert first[name] != second[name]
    assert (first["name"], first["size"]) == ("Zoë", {"width": 1, "unit": "cm"})


def test_what_is_known_is_put_over_the_example(courier: Courier, endpoint: Endpoint, handler: Any) -> None:
    """Objects are joined, everything else is replaced."""
    known: dict[str, Any] = {"id": "thing_7", "size": {"width": 9}, "tags": [], "further": None}
    courier.deliver(endpoint, "thing.created", known, wait=True)
    (body,) = handler.bodies

    assert body["data"] == {
        "id": "thing_7",
        "name": "Zoë",
        "mail": body["data"]["mail"],
        "key": body["data"]["key"],
        "size": {"width": 9, "unit": "cm"},
        "tags": [],
        "further": None,
        "changed": {"at": "2026-05-04T12:00:00Z"},
    }


def test_the_example_changed_just_now(courier: Courier, endpoint: Endpoint, handler: Any, clock: ManualClock) -> None:
    """So that what is sent later is later; a time that is given stays."""
    courier.deliver(endpoint, "thing.created", wait=True)
    clock.advance(60)
    courier.deliver(endpoint, "thing.created", wait=True)
    courier.deliver(endpoint, "thing.created", {"changed": {"at": "given"}}, wait=True)

    assert [body["data"]["changed"]["at"] for body in handler.bodies] == [
        "2026-05-04T12:00:00Z",
        "2026-05-04T12:01:00Z",
        "given",
    ]


def test_what_is_whole_is_sent_as_it_is(courier: Courier, endpoint: Endpoint, handler: Any) -> None:
    """Nothing comes from the example."""
    courier.deliver(endpoint, "thing.created", {"id": "thing_7"}, whole=True, wait=True)

    assert handler.bodies[0]["data"] == {"id": "thing_7"}


def test_a_test_event_differs_as_the_pack_says(courier: Courier, endpoint: Endpoint, handler: Any) -> None:
    """What was given for it is not changed by that."""
    known: dict[str, Any] = {"id": "thing_7", "name": "mine"}
    courier.deliver(endpoint, "thing.created", known, whole=True, test=True, wait=True)

    assert (handler.bodies[0]["test"], handler.bodies[0]["data"]) == (True, {"id": "thing_7", "name": "a test"})
    assert known == {"id": "thing_7", "name": "mine"}
    assert [attempt.test for attempt in courier.attempts("wh_1")] == [True]


def test_the_id_of_an_event_can_be_given(courier: Courier, endpoint: Endpoint, handler: Any) -> None:
    """As a duplicate needs it."""
    assert [courier.deliver(endpoint, "thing.created", event_id="evt_1", wait=True) for _ in range(2)] == ["evt_1"] * 2
    assert [body["id"] for body in handler.bodies] == ["evt_1", "evt_1"]


def test_ids_are_made_as_the_vendor_makes_them(pack: Pack, endpoint: Endpoint, handler: Any) -> None:
    """A uuid, where it has such."""
    assert pack.webhooks is not None
    webhooks = pack.webhooks.model_copy(update={"new_event_id": "{uuid}"})
    courier = Courier(pack.model_copy(update={"webhooks": webhooks}), ManualClock())

    event_id = courier.deliver(endpoint, "thing.created", wait=True)
    courier.close()

    assert str(uuid.UUID(event_id)) == event_id == handler.bodies[0]["id"]


def test_the_version_is_the_packs_unless_the_endpoint_has_one(pack: Pack, endpoint: Endpoint, handler: Any) -> None:
    """A payload always has one where the vendor has versions."""
    versioned = {
        "evidence": "assumed",
        "header": "Shop-Version",
        "version": "2025-12-31",
        "missing": {"evidence": "assumed", "statuses": [400]},
        "unknown": {"evidence": "assumed", "statuses": [400]},
    }
    courier = Courier(type(pack).model_validate(pack.model_dump(by_alias=True) | {"versioning": versioned}))
    endpoint.version = ""

    courier.deliver(endpoint, "thing.created", wait=True)
    courier.close()

    assert handler.bodies[0]["version"] == "2025-12-31"


def test_what_is_published_comes_to_whom_it_concerns(
    courier: Courier, endpoint: Endpoint, handler: Any, until: Callable[[Callable[[], object]], None]
) -> None:
    """By name, by pattern, by tenant; with one id for all, and the same data."""
    further: dict[str, dict[str, Any]] = {
        "all": {},
        "created": {"events": ("thing.created",)},
        "things": {"events": ("thing.*",)},
        "others": {"events": ("other.*",)},
        "nothing": {"events": ()},
        "foreign": {"tenant": "shop_2"},
        "inactive": {"active": False},
    }
    for name, parts in further.items():
        courier.add(Endpoint(name, f"{handler.url}/{name}", "s" * 20, **({"tenant": "shop_1"} | parts)))

    event_id = courier.publish("thing.created", {"name": "mine"}, tenant="shop_1")
    courier.publish("thing.deleted", {"id": "x"}, whole=True)
    courier.deliver(endpoint, "thing.deleted", wait=True)
    until(lambda: [one.status for one in courier.all_attempts()] == ["success"] * 7)

    created = [one for one in handler.bodies if one["type"] == "thing.created"]
    assert sorted(
        (request.path, body["type"]) for request, body in zip(handler.requests, handler.bodies, strict=True)
    ) == [
        ("/hook", "thing.deleted"),
        ("/hook/all", "thing.created"),
        ("/hook/all", "thing.deleted"),
        ("/hook/created", "thing.created"),
        ("/hook/foreign", "thing.deleted"),
        ("/hook/things", "thing.created"),
        ("/hook/things", "thing.deleted"),
    ]
    assert {one["id"] for one in created} == {event_id}
    assert len({one["data"]["id"] for one in created}) == 1
    assert {one["data"]["name"] for one in created} == {"mine"}


def test_an_inactive_endpoint_gets_test_events_only(courier: Courier, endpoint: Endpoint, handler: Any) -> None:
    """As its owner needs them before he switches it on."""
    endpoint.active = False
    courier.deliver(endpoint, "thing.created", wait=True)
    courier.deliver(endpoint, "thing.created", test=True, wait=True)

    assert [body["test"] for body in handler.bodies] == [True]


def test_a_closed_courier_sends_nothing(courier: Courier, endpoint: Endpoint, handler: Any) -> None:
    """And says nothing: whoever publishes meanwhile is no worse for it."""
    courier.close()
    courier.deliver(endpoint, "thing.created", wait=True)

    assert (handler.requests, courier.attempts("wh_1")) == ([], ())


@pytest.mark.parametrize(
    ("event", "changes", "message"),
    [
        ("thing.made", {}, "Shop has no event 'thing.made'"),
        ("thing.created", {"scheme": "lisstd"}, "Shop has no signing scheme 'lisstd'"),
        ("thing.created", {"retry": "usaul"}, "Shop has no retry schedule 'usaul'"),
        ("thing.created", {"scheme": "api_key"}, "'{header_name}' needs {header_name}, and none was given"),
        ("thing.created", {"secret": ""}, "the signing secret is empty"),
    ],
)
def test_what_cannot_be_sent_is_told_to_the_caller(
    courier: Courier, endpoint: Endpoint, event: str, changes: dict[str, str], message: str
) -> None:
    """Before anything is sent or written down."""
    for name, value in changes.items():
        setattr(endpoint, name, value)

    with pytest.raises((LookupError, ValueError)) as caught:
        courier.deliver(endpoint, event, wait=True)

    assert caught.value.args == (message,)
    assert courier.attempts("wh_1") == ()


def test_a_vendor_without_webhooks_has_no_courier() -> None:
    """There is nothing to deliver."""
    with pytest.raises(ValueError, match=r"^Uppzy sends no webhooks$"):
        Courier(read_pack("uppzy"))


def test_secrets_are_not_in_what_is_printed(endpoint: Endpoint) -> None:
    """An endpoint ends up in messages of failed tests."""
    endpoint.further_secrets = ("the-secret-before",)

    assert "secret-for-tests" not in repr(endpoint)
    assert "secret-before" not in repr(endpoint)
