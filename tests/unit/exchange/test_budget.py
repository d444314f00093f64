from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime

import httpx
import pytest

from pytest_golive.exchange.budget import Budget, retry_after_seconds
from pytest_golive.exchange.pace import Pace

TODAY = datetime(2026, 11, 21, 9, 0, 0, tzinfo=UTC)


class Time:
    """A clock that only sleeping moves."""

    def __init__(self) -> None:
        self.now = 100.0
        self.slept: list[float] = []

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds

    def clock(self) -> float:
        return self.now


def _budget(time: Time, *answers: httpx.Response) -> Budget:
    left: Iterator[httpx.Response] = iter(answers)
    return Budget(httpx.MockTransport(lambda request: next(left)), Pace(None, None, time.sleep, time.clock))


def _limited(retry_after: str | None = None) -> httpx.Response:
    return httpx.Response(429, headers={} if retry_after is None else {"retry-after": retry_after})


@pytest.mark.parametrize(
    ("retry_after", "slept"),
    [("2", [2.0]), ("0", []), (None, [1.0]), ("soon", [1.0]), ("1.5", [1.0]), ("-1", [1.0]), ("60", [60.0])],
)
def test_a_429_is_waited_out_and_tried_once_more(retry_after: str | None, slept: list[float]) -> None:
    """As long as the vendor says; a pause it does not name, or not rightly, is one second."""
    time = Time()
    request = httpx.Request("GET", "https://api.example/")
    response = _budget(time, _limited(retry_after), httpx.Response(200)).handle_request(request)

    assert (200, slept) == (response.status_code, time.slept)
    assert (True, sum(slept)) == (
        request.extensions["golive_rate_limited"],
        request.extensions.get("golive_waited_seconds", 0.0),
    )


def test_a_fourth_429_is_the_answer() -> None:
    """Three repetitions are all a check spends: calls of others may be let in before each of them."""
    time = Time()
    budget = _budget(time, *(_limited("2") for _ in range(4)), httpx.Response(200))

    assert budget.handle_request(httpx.Request("GET", "https://api.example/")).status_code == 429
    assert time.slept == [2.0, 2.0, 2.0]


def test_pauses_are_waited_for_up_to_a_limit_in_all() -> None:
    """Not a minute for each of them."""
    time = Time()
    budget = _budget(time, _limited("40"), _limited("40"), httpx.Response(200))

    assert budget.handle_request(httpx.Request("GET", "https://api.example/")).status_code == 429
    assert time.slept == [40.0]


@pytest.mark.parametrize("retry_after", ["61", "86400", "9" * 400])
def test_an_absurd_pause_is_not_waited_for(retry_after: str) -> None:
    """The check is inconclusive instead, and the next one is not held up."""
    time = Time()
    budget = _budget(time, _limited(retry_after), httpx.Response(200))

    assert budget.handle_request(httpx.Request("GET", "https://api.example/")).status_code == 429
    assert budget.handle_request(httpx.Request("GET", "https://api.example/")).status_code == 200
    assert time.slept == []


def test_without_a_429_nothing_is_waited_for() -> None:
    """And nothing is noted."""
    time = Time()
    request = httpx.Request("GET", "https://api.example/")
    _budget(time, httpx.Response(503)).handle_request(request)

    assert (time.slept, request.extensions) == ([], {})


def test_the_pause_holds_for_every_thread() -> None:
    """What one check is told, the others keep to."""
    time = Time()
    refused, go_on = threading.Event(), threading.Event()

    def answer(request: httpx.Request) -> httpx.Response:
        if request.url.path == "/first" and not refused.is_set():
            return _limited("5")
        return httpx.Response(200)

    def sleep(seconds: float) -> None:
        refused.set()
        assert go_on.wait(5)
        time.sleep(seconds)

    budget = Budget(httpx.MockTransport(answer), Pace(None, None, sleep, time.clock))
    first = threading.Thread(target=budget.handle_request, args=(httpx.Request("GET", "https://api.example/first"),))
    first.start()
    assert refused.wait(5)
    second_request = httpx.Request("GET", "https://api.example/second")
    second = threading.Thread(target=budget.handle_request, args=(second_request,))
    second.start()
    go_on.set()
    first.join(5)
    second.join(5)

    assert 5.0 in time.slept
    assert not second.is_alive()
    assert time.now >= 105.0


def test_closing_closes_the_layers_below() -> None:
    """No socket is left behind."""
    closed = []

    class Inner(httpx.BaseTransport):
        def close(self) -> None:
            closed.append(True)

    Budget(Inner()).close()

    assert closed == [True]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        ("7", 7.0),
        (" 7 ", 7.0),
        ("Sat, 21 Nov 2026 09:00:30 GMT", 30.0),
        ("Sat, 21 Nov 2026 09:00:30 -0000", 30.0),
        ("Sat, 21 Nov 2026 08:59:00 GMT", 0.0),
        ("Fri, 31 Dec 99999999999 23:59:59 GMT", None),
        ("2026-11-21T09:00:30Z", None),
        ("٣", None),
        ("1e3", None),
        ("", None),
        ("tomorrow", None),
    ],
)
def test_a_pause_is_whole_seconds_or_an_http_date(value: str | None, seconds: float | None) -> None:
    """RFC 9110, 10.2.3; a date that has passed asks for no pause, and anything else says nothing."""
    assert seconds == retry_after_seconds(value, TODAY)
