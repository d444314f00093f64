from __future__ import annotations

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from pytest_golive.sandbox.courier import Attempt, Courier, Endpoint, ManualClock, RealClock
from pytest_golive.sandbox.http import Request, Response

Make = Callable[..., Courier]
Until = Callable[[Callable[[], object]], None]


def test_an_endpoint_that_fails_often_is_failing_and_still_served(
    make: Make, endpoint: Endpoint, handler: Any, clock: ManualClock
) -> None:
    """From the third failure in a row on, until a success."""
    courier = make("failing")
    handler.answers = [500, 500, 500, 500, 200]
    courier.deliver(endpoint, "thing.created", wait=True)
    states = [courier.endpoint_state("wh_1")]
    for _ in range(3):
        clock.advance(1)
        states.append(courier.endpoint_state("wh_1"))
    courier.deliver(endpoint, "thing.deleted", wait=True)

    assert states == ["active", "active", "failing", "failing"]
    assert courier.endpoint_state("wh_1") == "active"
    assert len(handler.requests) == 5


def test_a_success_between_failures_breaks_the_row(
    make: Make, endpoint: Endpoint, handler: Any, clock: ManualClock
) -> None:
    """Only failures in a row count."""
    courier = make("failing")
    handler.answers = [500, 500, 200, 500, 500]
    courier.deliver(endpoint, "thing.created", wait=True)
    clock.advance(2)
    courier.deliver(endpoint, "thing.created", wait=True)
    clock.advance(1)

    assert courier.endpoint_state("wh_1") == "active"


def test_a_disabled_endpoint_gets_nothing_more(
    make: Make, endpoint: Endpoint, handler: Any, clock: ManualClock
) -> None:
    """Neither this event nor those that were to come again, nor new ones, but for test events."""
    courier = make("disabling")
    handler.answers = [500]
    courier.deliver(endpoint, "thing.created", event_id="evt_1", wait=True)
    courier.deliver(endpoint, "thing.created", event_id="evt_2", wait=True)
    clock.advance(1)
    courier.deliver(endpoint, "thing.created", event_id="evt_3", wait=True)
    courier.deliver(endpoint, "thing.created", event_id="evt_4", wait=True, test=True)
    clock.advance(10)

    assert courier.endpoint_state("wh_1") == "disabled"
    assert [(one.event_id, one.number, one.next_at) for one in reversed(courier.attempts("wh_1"))] == [
        ("evt_1", 1, clock_time(1)),
        ("evt_2", 1, None),
        ("evt_1", 2, None),
        ("evt_4", 1, None),
    ]


def clock_time(seconds: float) -> Any:
    return datetime.fromtimestamp(ManualClock().now() + seconds, UTC)


def test_its_owner_brings_a_disabled_endpoint_back(
    make: Make, endpoint: Endpoint, handler: Any, clock: ManualClock
) -> None:
    """A success of a test event does not."""
    courier = make("disabling_at_the_end")
    handler.answers = [500, 500, 200]
    courier.deliver(endpoint, "thing.created", wait=True)
    clock.advance(1)
    courier.deliver(endpoint, "thing.created", test=True, wait=True)
    assert courier.endpoint_state("wh_1") == "disabled"

    courier.restore("wh_1")
    courier.deliver(endpoint, "thing.created", wait=True)

    assert courier.endpoint_state("wh_1") == "active"
    assert len(handler.requests) == 4


def test_what_is_given_up_is_kept_by_a_vendor_that_keeps_it(
    make: Make, endpoint: Endpoint, handler: Any, clock: ManualClock
) -> None:
    """The event that was refused for good, and the one whose attempts were used up."""
    courier = make("choosy")
    handler.answers = [400, 500]
    refused = courier.deliver(endpoint, "thing.created", wait=True)
    used_up = courier.deliver(endpoint, "thing.created", wait=True)
    assert courier.dead_letters("wh_1") == (refused,)
    clock.advance(10_000)

    assert courier.dead_letters("wh_1") == (refused, used_up)
    assert courier.dead_letters("wh_2") == ()
    assert courier.endpoint_state("wh_1") == courier.endpoint_state("wh_2") == "active"


def test_test_events_do_not_count(make: Make, endpoint: Endpoint, handler: Any) -> None:
    """However often they fail."""
    courier = make("failing")
    handler.answers = [500]
    for _ in range(5):
        courier.deliver(endpoint, "thing.created", test=True, wait=True)

    assert courier.endpoint_state("wh_1") == "active"


def test_the_log_tells_what_was_sent_and_answered(courier: Courier, endpoint: Endpoint, handler: Any) -> None:
    """Each attempt whole."""
    event_id = courier.deliver(endpoint, "thing.deleted", wait=True)
    (attempt,) = courier.attempts("wh_1")
    request = handler.requests[0]

    assert attempt == Attempt(
        id="attempt-1",
        endpoint_id="wh_1",
        event="thing.deleted",
        event_id=event_id,
        number=1,
        status="success",
        http_status=200,
        milliseconds=attempt.milliseconds,
        at=clock_time(0),
        next_at=None,
        error=None,
        test=False,
        request_headers={name: request.headers[name] for name in attempt.request_headers},
        request_body=request.body.decode(),
        response_body="answered",
    )
    assert {"Shop-Signature", "Content-Type", "Shop-Event-Id"} <= set(attempt.request_headers)
    assert (attempt.milliseconds or 0) >= 0


@pytest.mark.parametrize("scheme", ["bearer", "basic", "api_key"])
def test_a_secret_that_travels_is_masked_in_the_log(
    courier: Courier, endpoint: Endpoint, handler: Any, scheme: str
) -> None:
    """A signature gives nothing away, a token does."""
    endpoint.scheme, endpoint.username, endpoint.header_name = scheme, "shop", "X-Key"
    courier.deliver(endpoint, "thing.deleted", wait=True)
    headers = courier.attempts("wh_1")[0].request_headers

    assert headers["X-Key" if scheme == "api_key" else "Authorization"] == "***"
    assert "***" not in {value for name, value in headers.items() if name not in {"X-Key", "Authorization"}}


def test_nothing_to_mask_is_nothing_masked(courier: Courier, endpoint: Endpoint, handler: Any) -> None:
    """An empty secret is part of every text."""
    endpoint.scheme, endpoint.secret = "none", ""
    courier.deliver(endpoint, "thing.deleted", wait=True)

    assert "***" not in courier.attempts("wh_1")[0].request_headers.values()


def test_the_log_has_an_end(make: Make, endpoint: Endpoint, handler: Any) -> None:
    """The oldest attempts of each endpoint go; another's stay."""
    courier = make(logged=3)
    other = Endpoint("wh_2", handler.url, "s" * 20)
    courier.deliver(other, "thing.deleted", event_id="of_another", wait=True)
    for number in range(5):
        courier.deliver(endpoint, "thing.deleted", event_id=f"evt_{number}", wait=True)

    assert [one.event_id for one in courier.attempts("wh_1")] == ["evt_4", "evt_3", "evt_2"]
    assert {one.event_id for one in courier.all_attempts()} == {"evt_4", "evt_3", "evt_2", "of_another"}


def test_listeners_hear_of_every_attempt_that_is_over(
    courier: Courier, endpoint: Endpoint, handler: Any, clock: ManualClock
) -> None:
    """As it stands in the log."""
    heard: list[Attempt] = []
    courier.listeners.append(heard.append)
    handler.answers = [500, 200]
    courier.deliver(endpoint, "thing.created", wait=True)
    clock.advance(5)

    assert heard == list(reversed(courier.attempts("wh_1")))


def test_what_a_listener_raises_is_kept(
    pack: Any, endpoint: Endpoint, handler: Any, clock: ManualClock, until: Until
) -> None:
    """A thread of its own would swallow it."""
    courier = Courier(pack, clock)
    broken = RuntimeError("a listener's")

    def listener(_: Attempt) -> None:
        raise broken

    courier.listeners.append(listener)
    courier.deliver(endpoint, "thing.created", wait=True)
    until(lambda: courier.failures)
    courier.close()

    assert courier.failures == [broken]


def test_a_burst_arrives_whole(make: Make, endpoint: Endpoint, handler: Any, until: Until) -> None:
    """Two hundred events, each once, and not all of them at the same time."""
    courier = make(clock=RealClock())
    at_once, most, lock = [0], [0], threading.Lock()

    def counted(_: Request) -> Response:
        with lock:
            at_once[0] += 1
            most[0] = max(most[0], at_once[0])
        time.sleep(0.005)
        with lock:
            at_once[0] -= 1
        return Response(200)

    handler.answers = [counted]
    sent = [courier.deliver(endpoint, "thing.created") for _ in range(200)]
    until(lambda: [one.status for one in courier.attempts("wh_1")] == ["success"] * 200)

    assert sorted(body["id"] for body in handler.bodies) == sorted(sent)
    assert 2 <= most[0] <= 32


def test_many_threads_may_deliver(make: Make, endpoint: Endpoint, handler: Any, until: Until) -> None:
    """As the vendor's own threads do."""
    courier = make(clock=RealClock())
    courier.add(endpoint)
    threads = [threading.Thread(target=lambda: [courier.publish("thing.created") for _ in range(10)]) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    until(lambda: [one.status for one in courier.attempts("wh_1")] == ["success"] * 80)

    assert len({body["id"] for body in handler.bodies}) == 80


def test_nothing_runs_before_the_first_delivery_and_after_the_end(
    courier: Courier, endpoint: Endpoint, handler: Any, courier_threads: Callable[[], list[str]]
) -> None:
    """One thread in between."""
    before = courier_threads()
    courier.deliver(endpoint, "thing.created", wait=True)
    meanwhile = courier_threads()
    courier.close()
    courier.close()

    assert (before, meanwhile, courier_threads()) == ([], ["golive-courier-shop"], [])


def test_the_end_cuts_what_is_under_way(
    courier: Courier, endpoint: Endpoint, handler: Any, clock: ManualClock, until: Until
) -> None:
    """Whoever waits for it goes on, and the log says what became of it."""
    handler.answers = [500, lambda _: _later()]
    endpoint.timeout_seconds = 60
    courier.deliver(endpoint, "thing.deleted", wait=True)
    waiting = threading.Thread(target=lambda: courier.deliver(endpoint, "thing.created", wait=True))
    waiting.start()
    until(lambda: len(handler.requests) == 2)
    begun = time.monotonic()
    courier.close()
    waiting.join(5)

    assert time.monotonic() - begun < 1
    assert not waiting.is_alive()
    assert [(one.event, one.status, one.error, one.next_at) for one in courier.attempts("wh_1")] == [
        ("thing.created", "failed", "dropped before it was answered", None),
        ("thing.deleted", "failed", "answered 500", None),
    ]
    clock.advance(10_000)  # what was to come does not


def _later() -> Response:
    time.sleep(1.5)
    return Response(200)
