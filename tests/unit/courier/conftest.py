"""A made-up vendor, a handler that answers as a test says, and a courier whose clock is moved by hand."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from pytest_golive.sandbox.courier import Courier, Endpoint, ManualClock
from pytest_golive.sandbox.http import Request, Response
from pytest_golive.sandbox.server import Server
from pytest_golive.vendors.library import read_pack
from pytest_golive.vendors.pack import Pack
from pytest_golive.vendors.webhooks import Webhooks

SECRET = "a-signing-secret-for-tests"


def scheme(**parts: object) -> dict[str, object]:
    return {"evidence": "assumed", "title": "t", **parts}


WEBHOOKS: dict[str, Any] = {
    "evidence": "assumed",
    "signing": {
        "listed": scheme(
            strategy="hmac",
            signed="{timestamp}.{body}",
            headers={"Shop-Signature": "t={timestamp},v1={signature}"},
            tolerance_seconds=300,
            several=",v1=",
        ),
        "bearer": scheme(strategy="bearer", headers={"Authorization": "Bearer {secret}"}),
        "basic": scheme(strategy="basic", headers={"Authorization": "Basic {basic}"}),
        "api_key": scheme(strategy="api_key", headers={"{header_name}": "{secret}"}),
        "none": scheme(strategy="none"),
    },
    "usual": "listed",
    "headers": {
        "Shop-Event": "{event}",
        "Shop-Attempt": "{attempt}",
        "Shop-Delivery": "{delivery_id}",
        "Shop-Time": "{timestamp}",
        "Shop-Hook": "{webhook_id}",
    },
    "envelope": {
        "id": "{event_id}",
        "type": "{event}",
        "at": "{timestamp}",
        "shop": "{tenant}",
        "mode": "{mode}",
        "version": "{version}",
        "test": False,
        "note": "about {event}, {nothing}",
        "list": ["{event_id}", 1, None],
        "data": "{data}",
    },
    "event_id": "id",
    "event_id_header": "Shop-Event-Id",
    "event": "type",
    "occurred_at": "at",
    "answer_within_seconds": 10,
    "refusal": {"evidence": "assumed", "statuses": [401]},
    "retry": {
        "usual": {"evidence": "assumed", "waits_seconds": [5, 15, 60]},
        "choosy": {
            "evidence": "assumed",
            "waits_seconds": [10, 20],
            "retried": ["network", "408", "429", "5xx"],
            "honours_retry_after": True,
            "then": "dead_letter",
        },
        "failing": {
            "evidence": "assumed",
            "waits_seconds": [1, 1, 1],
            "then": "endpoint_failing",
            "disables_after": 3,
        },
        "disabling": {
            "evidence": "assumed",
            "waits_seconds": [1, 1, 1, 1],
            "then": "endpoint_disabled",
            "disables_after": 3,
        },
        "disabling_at_the_end": {"evidence": "assumed", "waits_seconds": [1], "then": "endpoint_disabled"},
    },
    "usual_retry": "usual",
    "test_event": {"test": True, "data.name": "a test"},
    "events": {
        "thing.created": {
            "evidence": "assumed",
            "title": "a thing was made",
            "schema": "events/thing.created.json",
            "changed_at": "data.changed.at",
            "data": {
                "changed": {"at": "2020-01-01T00:00:00Z"},
                "id": "thing_{fresh:thing}",
                "name": "Zoë",
                "mail": "{fresh:email}",
                "key": "{fresh:uuid}",
                "size": {"width": 1, "unit": "cm"},
                "tags": ["{fresh:tag}", 2],
            },
        },
        "thing.deleted": {
            "evidence": "assumed",
            "title": "a thing was removed",
            "schema": "events/thing.deleted.json",
            "changed_at": "at",
            "data": {"id": "thing_1"},
        },
    },
}


Answer = Response | int | Callable[[Request], Response]


@dataclass
class Handler:
    """Receives deliveries, and answers them one after the other as it was told; the last answer again and again."""

    answers: list[Answer] = field(default_factory=lambda: [200])
    requests: list[Request] = field(default_factory=list)
    url: str = ""

    def __call__(self, request: Request) -> Response:
        self.requests.append(request)
        answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        if callable(answer):
            return answer(request)
        return answer if isinstance(answer, Response) else Response(answer, body=b"answered")

    @property
    def bodies(self) -> list[dict[str, Any]]:
        return [json.loads(request.body) for request in self.requests]


@pytest.fixture
def pack() -> Pack:
    """A vendor that sends webhooks in every way there is."""
    webhooks = Webhooks.model_validate(WEBHOOKS)
    return read_pack("uppzy").model_copy(update={"vendor": "shop", "title": "Shop", "webhooks": webhooks})


@pytest.fixture
def handler() -> Iterator[Handler]:
    """Listens on loopback."""
    handler = Handler()
    with Server(handler) as server:
        handler.url = f"{server.url}/hook"
        yield handler
    assert server.failures == []


@pytest.fixture
def clock() -> ManualClock:
    """Stands at noon of 4 May 2026 until it is moved."""
    return ManualClock()


@pytest.fixture
def make(pack: Pack, clock: ManualClock) -> Iterator[Callable[..., Courier]]:
    """Makes couriers; none may fail inside."""
    made: list[Courier] = []

    def courier(retry: str | None = None, **further: Any) -> Courier:
        made.append(Courier(pack, further.pop("clock", clock), retry=retry, **further))
        return made[-1]

    yield courier
    for one in made:
        one.close()
        assert one.failures == []


@pytest.fixture
def courier(make: Callable[..., Courier]) -> Courier:
    """Delivers by the usual schedule."""
    return make()


@pytest.fixture
def endpoint(handler: Handler) -> Endpoint:
    """The handler's, as the vendor knows it."""
    return Endpoint("wh_1", handler.url, SECRET, tenant="shop_1", mode="live", version="2026-01-01")


@pytest.fixture
def until() -> Callable[[Callable[[], object]], None]:
    """Waits until something holds."""

    def wait(holds: Callable[[], object]) -> None:
        end = time.monotonic() + 10
        while not holds():
            assert time.monotonic() < end, "it did not come to pass"
            time.sleep(0.005)

    return wait


@pytest.fixture
def courier_threads() -> Callable[[], list[str]]:
    """Names of the threads that couriers have."""
    return lambda: [thread.name for thread in threading.enumerate() if thread.name.startswith("golive-courier")]
