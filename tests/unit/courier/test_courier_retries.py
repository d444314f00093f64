from __future__ import annotations

import socket
import time
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import pytest

from pytest_golive.sandbox.courier import Attempt, Courier, Endpoint, FastClock, ManualClock
from pytest_golive.sandbox.http import Request, Response
from pytest_golive.signing import verify
from pytest_golive.vendors.pack import Pack

Make = Callable[..., Courier]


def seconds(attempt: Attempt) -> float:
    return attempt.at.timestamp() - ManualClock().now()


def oldest_first(courier: Courier) -> list[Attempt]:
    return list(reversed(courier.attempts("wh_1")))


def errors(courier: Courier) -> list[str | None]:
    return [attempt.error for attempt in oldest_first(courier)]


def test_a_refused_delivery_comes_again_by_the_schedule(
    courier: Courier, endpoint: Endpoint, handler: Any, clock: ManualClock
) -> None:
    """To the second, and no more often than it says."""
    handler.answers = [500]
    courier.deliver(endpoint, "thing.created", wait=True)
    clock.advance(4.9)
    assert len(handler.requests) == 1
    clock.advance(0.1)
    assert len(handler.requests) == 2
    clock.advance(10_000)

    assert [(one.number, seconds(one), one.status) for one in oldest_first(courier)] == [
        (1, 0, "failed"),
        (2, 5, "failed"),
        (3, 20, "failed"),
        (4, 80, "failed"),
    ]
    assert [one.next_at and one.next_at.timestamp() - ManualClock().now() for one in oldest_first(courier)] == [
        5,
        20,
        80,
        None,
    ]


def test_it_comes_until_it_is_accepted(courier: Courier, endpoint: Endpoint, handler: Any, clock: ManualClock) -> None:
    """And never after that."""
    handler.answers = [500, 503, 204]
    courier.deliver(endpoint, "thing.created", wait=True)
    clock.advance(10_000)

    assert [(one.status, one.http_status, one.error) for one in oldest_first(courier)] == [
        ("failed", 500, "answered 500"),
        ("failed", 503, "answered 503"),
        ("success", 204, None),
    ]


def test_the_event_stays_and_its_proof_is_new(
    courier: Courier, endpoint: Endpoint, handler: Any, clock: ManualClock, pack: Pack
) -> None:
    """Same id, same delivery, same bytes; a time and a signature of this attempt."""
    handler.answers = [500]
    courier.deliver(endpoint, "thing.created", wait=True)
    clock.advance(10_000)
    requests = handler.requests
    assert pack.webhooks is not None

    assert len(requests) == 4
    assert len({request.body for request in requests}) == 1
    assert len({request.headers["shop-delivery"] for request in requests}) == 1
    assert [request.headers["shop-attempt"] for request in requests] == ["1", "2", "3", "4"]
    assert [request.headers["shop-time"] for request in requests] == [
        str(1_777_896_000 + later) for later in (0, 5, 20, 80)
    ]
    for request, later in zip(requests, (0, 5, 20, 80), strict=True):
        verify(
            pack.webhooks.signing["listed"],
            [endpoint.secret],
            request.headers,
            request.body,
            now=1_777_896_000 + later + 300,
        )


def test_a_secret_that_was_replaced_signs_from_the_next_attempt_on(
    courier: Courier, endpoint: Endpoint, handler: Any, clock: ManualClock, pack: Pack
) -> None:
    """Of the same event."""
    handler.answers = [500]
    courier.deliver(endpoint, "thing.created", wait=True)
    endpoint.secret = "the-next-signing-secret"
    clock.advance(5)
    request = handler.requests[1]
    assert pack.webhooks is not None

    verify(pack.webhooks.signing["listed"], ["the-next-signing-secret"], request.headers, request.body, now=clock.now())


@pytest.mark.parametrize("status", [300, 302, 400, 401, 404, 410, 429, 500, 503, 599])
def test_everything_but_a_2xx_is_a_failure(
    courier: Courier, endpoint: Endpoint, handler: Any, clock: ManualClock, status: int
) -> None:
    """By the usual schedule all of it is tried again."""
    handler.answers = [Response(status, {"Location": f"{handler.url}/elsewhere"})]
    courier.deliver(endpoint, "thing.created", wait=True)
    clock.advance(5)
    aside = ": redirects are not followed" if status < 400 else ""

    assert errors(courier) == [f"answered {status}{aside}"] * 2
    assert {request.path for request in handler.requests} == {"/hook"}


@pytest.mark.parametrize("status", [200, 201, 202, 204, 299])
def test_every_2xx_is_a_success(courier: Courier, endpoint: Endpoint, handler: Any, status: int) -> None:
    """Whichever the handler likes."""
    handler.answers = [status]
    courier.deliver(endpoint, "thing.created", wait=True)

    assert [one.status for one in courier.attempts("wh_1")] == ["success"]


@pytest.mark.parametrize(("status", "times"), [(302, 1), (400, 1), (404, 1), (408, 3), (429, 3), (500, 3), (503, 3)])
def test_a_schedule_chooses_what_comes_again(
    make: Make, endpoint: Endpoint, handler: Any, clock: ManualClock, status: int, times: int
) -> None:
    """By class, or by status."""
    courier = make("choosy")
    handler.answers = [status]
    courier.deliver(endpoint, "thing.created", wait=True)
    clock.advance(10_000)

    assert len(handler.requests) == times
    assert courier.attempts("wh_1")[0].next_at is None


def slowly(_: Request) -> Response:
    time.sleep(0.6)
    return Response(200)


def test_an_answer_that_comes_too_late_is_none(
    pack: Pack, endpoint: Endpoint, handler: Any, clock: ManualClock
) -> None:
    """After the pack's time, or after the endpoint's own."""
    assert pack.webhooks is not None
    hurried = pack.webhooks.model_copy(update={"answer_within_seconds": 0.3})
    courier = Courier(pack.model_copy(update={"webhooks": hurried}), clock)
    handler.answers = [slowly]
    courier.deliver(endpoint, "thing.created", wait=True)
    endpoint.timeout_seconds = 0.1
    clock.advance(5)
    endpoint.timeout_seconds = 30
    clock.advance(15)
    courier.close()

    assert errors(courier) == ["no answer within 0.3 s", "no answer within 0.1 s", None]
    took = [one.milliseconds or 0 for one in oldest_first(courier)]
    assert [took[0] >= 300, took[1] >= 100, took[2] >= 590] == [True, True, True]


def test_an_answer_that_drips_is_too_late_as_well(courier: Courier, endpoint: Endpoint, clock: ManualClock) -> None:
    """The time is for all of it, not for each piece."""
    endpoint.timeout_seconds = 0.4
    with socket.create_server(("127.0.0.1", 0)) as listener:
        endpoint.url = f"http://127.0.0.1:{listener.getsockname()[1]}/hook"
        courier.deliver(endpoint, "thing.created", test=True)
        connection, _ = listener.accept()
        with connection:
            for piece in (b"HTTP/1.1 200 OK\r\n", *[b"X: y\r\n"] * 9):
                time.sleep(0.1)
                try:
                    connection.sendall(piece)
                except OSError:
                    break

    assert errors(courier) == ["no answer within 0.4 s"]


def test_an_answer_without_an_end_is_not_read_for_ever(courier: Courier, endpoint: Endpoint, handler: Any) -> None:
    """Its beginning is enough."""
    handler.answers = [Response(200, body="é".encode() * 500_000)]
    courier.deliver(endpoint, "thing.created", wait=True)
    (attempt,) = courier.attempts("wh_1")

    assert (attempt.status, attempt.response_body) == ("success", "é" * 2_000)


def test_where_nothing_listens_it_comes_again(courier: Courier, endpoint: Endpoint, clock: ManualClock) -> None:
    """A handler that is being started anew loses nothing."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    endpoint.url = f"http://127.0.0.1:{port}/hook"
    courier.deliver(endpoint, "thing.created", wait=True)
    clock.advance(5)

    assert errors(courier) == [f"no connection to 127.0.0.1:{port}: All connection attempts failed"] * 2
    assert [one.http_status for one in courier.attempts("wh_1")] == [None, None]


def test_a_connection_that_breaks_is_a_failure(courier: Courier, endpoint: Endpoint, clock: ManualClock) -> None:
    """Before a line of the answer was read, or within it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        endpoint.url = f"http://127.0.0.1:{listener.getsockname()[1]}/hook"
        for begun in (b"", b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"):
            courier.deliver(endpoint, "thing.created", test=True)
            connection, _ = listener.accept()
            connection.recv(65536)
            connection.sendall(begun)
            connection.close()
            courier.deliver(endpoint, "thing.created", {"late": True}, test=True)
            connection, _ = listener.accept()
            connection.close()

    _until(lambda: [one.status for one in courier.attempts("wh_1")] == ["failed"] * 4)
    assert set(errors(courier)) == {"the connection broke before there was an answer"}


@pytest.mark.parametrize("value", ["40", format_datetime])
def test_retry_after_stretches_a_pause(
    make: Make, endpoint: Endpoint, handler: Any, clock: ManualClock, value: Any
) -> None:
    """Written as seconds or as a date."""
    asked = value if isinstance(value, str) else value(datetime.fromtimestamp(clock.now() + 40, UTC), usegmt=True)
    handler.answers = [Response(429, {"Retry-After": asked}), 500, 200]
    courier = make("choosy")
    courier.deliver(endpoint, "thing.created", wait=True)
    clock.advance(10_000)

    assert [seconds(one) for one in oldest_first(courier)] == [0, 40, 60]


@pytest.mark.parametrize(
    "value", ["3", "soon", "-5", "²", "", "Mon, 04 May 2026 11:00:00 GMT", "Mon, 04 May 2026 11:00:00", "99999999999"]
)
def test_a_retry_after_shortens_nothing(
    make: Make, endpoint: Endpoint, handler: Any, clock: ManualClock, value: str
) -> None:
    """One that is of no use, or lies in the past, changes nothing; none is longer than a day."""
    handler.answers = [Response(429, {"Retry-After": value.encode().decode("latin-1")}), 200]
    courier = make("choosy")
    courier.deliver(endpoint, "thing.created", wait=True)
    clock.advance(10 if value != "99999999999" else 86_400)

    assert len(handler.requests) == 2


def test_a_retry_after_counts_only_where_the_vendor_says_so(
    courier: Courier, endpoint: Endpoint, handler: Any, clock: ManualClock
) -> None:
    """Others go by their schedule alone."""
    handler.answers = [Response(429, {"Retry-After": "40"}), 200]
    courier.deliver(endpoint, "thing.created", wait=True)
    clock.advance(5)

    assert len(handler.requests) == 2


def test_an_endpoint_may_have_pauses_of_its_own(
    courier: Courier, endpoint: Endpoint, handler: Any, clock: ManualClock
) -> None:
    """Where the vendor lets its owner choose them."""
    handler.answers = [500]
    endpoint.waits_seconds = (2, 2)
    courier.deliver(endpoint, "thing.created", wait=True)
    clock.advance(10_000)

    assert [seconds(one) for one in oldest_first(courier)] == [0, 2, 4]


def test_an_endpoint_may_have_another_of_the_packs_schedules(
    courier: Courier, endpoint: Endpoint, handler: Any, clock: ManualClock
) -> None:
    """As one of a test account may."""
    handler.answers = [500]
    endpoint.retry = "choosy"
    courier.deliver(endpoint, "thing.created", wait=True)
    clock.advance(10_000)

    assert [seconds(one) for one in oldest_first(courier)] == [0, 10, 30]


def test_a_test_event_is_tried_once(courier: Courier, endpoint: Endpoint, handler: Any, clock: ManualClock) -> None:
    """Its owner sees what came of it, and asks again."""
    handler.answers = [500]
    courier.deliver(endpoint, "thing.created", test=True, wait=True)
    clock.advance(10_000)

    assert [(one.status, one.next_at) for one in courier.attempts("wh_1")] == [("failed", None)]


def test_an_endpoint_that_was_switched_off_gets_nothing_more(
    courier: Courier, endpoint: Endpoint, handler: Any, clock: ManualClock
) -> None:
    """Not even what was to come again."""
    handler.answers = [500]
    courier.deliver(endpoint, "thing.created", wait=True)
    endpoint.active = False
    clock.advance(10_000)

    assert len(handler.requests) == 1
    assert [one.next_at for one in courier.attempts("wh_1")] == [None]


def test_an_endpoint_that_was_removed_leaves_nothing(
    courier: Courier, endpoint: Endpoint, handler: Any, clock: ManualClock
) -> None:
    """No attempt to come, no log, no place among those that are published to."""
    handler.answers = [500]
    courier.add(endpoint)
    courier.deliver(endpoint, "thing.created", wait=True)
    courier.remove("wh_1")
    courier.remove("wh_1")
    clock.advance(10_000)

    assert (len(handler.requests), courier.attempts("wh_1"), courier.endpoints()) == (1, (), ())


@pytest.mark.parametrize(
    ("url", "error"),
    [
        (
            "https://hooks.example.test/x",
            "hooks.example.test is neither this machine nor named by --deliver: nothing was sent",
        ),
        ("http://10.0.0.1/x", "10.0.0.1 is neither this machine nor named by --deliver: nothing was sent"),
        (
            "http://localhost.example.test/x",
            "localhost.example.test is neither this machine nor named by --deliver: nothing was sent",
        ),
        ("nonsense", "nonsense is neither this machine nor named by --deliver: nothing was sent"),
        ("ftp://localhost/x", "ftp://localhost/x is no address of http or https: nothing was sent"),
    ],
)
def test_nothing_leaves_the_machine(
    courier: Courier, endpoint: Endpoint, clock: ManualClock, url: str, error: str
) -> None:
    """An address that a client registered is not sent to, and is not tried again."""
    endpoint.url = url
    courier.deliver(endpoint, "thing.created", wait=True)
    clock.advance(10_000)

    assert [(one.error, one.milliseconds, one.next_at) for one in courier.attempts("wh_1")] == [(error, None, None)]


def test_a_host_that_was_named_is_sent_to(make: Make, endpoint: Endpoint) -> None:
    """It is the user's own wish."""
    courier = make(hosts=["nobody.invalid"])
    endpoint.url = "http://nobody.invalid/x"
    courier.deliver(endpoint, "thing.created", test=True, wait=True)
    (attempt,) = courier.attempts("wh_1")

    assert (attempt.error or "").startswith("no connection to nobody.invalid:80: ")


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1", "127.9.9.9"])
def test_this_machine_has_several_names(courier: Courier, endpoint: Endpoint, host: str, handler: Any) -> None:
    """Each of them is sent to."""
    endpoint.url = handler.url.replace("127.0.0.1", host)
    courier.deliver(endpoint, "thing.created", wait=True)

    assert "neither this machine" not in (courier.attempts("wh_1")[0].error or "")


def test_a_fast_clock_shortens_pauses_and_nothing_else(make: Make, endpoint: Endpoint, handler: Any) -> None:
    """Timestamps are right, and so is what is told of the next attempt."""
    handler.answers = [500, 200]
    courier = make(clock=FastClock(50))
    begun = time.time()
    courier.deliver(endpoint, "thing.created", wait=True)
    _until(lambda: len(handler.requests) == 2)
    took = time.time() - begun
    first = oldest_first(courier)[0]

    assert 0.1 <= took < 4
    assert first.next_at is not None
    assert 0.09 <= (first.next_at - first.at).total_seconds() < 2
    assert all(begun - 1 <= int(one.headers["shop-time"]) <= begun + 5 for one in handler.requests)


@pytest.mark.parametrize("factor", [0, -1.0])
def test_a_clock_runs_forward(factor: float) -> None:
    """Anything else is a mistake."""
    with pytest.raises(ValueError, match=r"^a clock runs forward: its factor is more than 0$"):
        FastClock(factor)


def _until(holds: Callable[[], object]) -> None:
    end = time.monotonic() + 10
    while not holds():
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.005)


def test_an_endpoint_that_was_replaced_gets_what_comes_again(
    courier: Courier, endpoint: Endpoint, handler: Any, clock: ManualClock
) -> None:
    """At its new address, and not at all once it is switched off."""
    handler.answers = [500]
    courier.add(endpoint)
    courier.publish("thing.created")
    _until(lambda: [one.status for one in courier.attempts("wh_1")] == ["failed"])
    courier.add(replace(endpoint, url=f"{handler.url}/moved"))
    clock.advance(5)
    courier.add(replace(endpoint, active=False))
    clock.advance(10_000)

    assert [request.path for request in handler.requests] == ["/hook", "/hook/moved"]
    assert courier.endpoint("wh_1") == replace(endpoint, active=False)
    assert courier.endpoint("wh_2") is None
