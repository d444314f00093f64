from __future__ import annotations

import time
from collections.abc import Callable

import httpx
import pytest

from pytest_golive.sandbox.augno import Augno
from pytest_golive.sandbox.augno.rates import LONGEST_WAIT, Window

Open = Callable[..., httpx.Client]

UNITS = "/v1/catalog/units?limit=1"


def test_every_answer_tells_the_limit(api: httpx.Client, opened: Open) -> None:
    """Refusals too; without a limit set the documented one is told."""
    answers = [api.get(UNITS), api.get("/v1/sales/x"), opened().get(UNITS), opened(augno_version=None).get("/healthz")]

    assert {answer.headers["ratelimit-limit"] for answer in answers} == {"20"}
    assert all(0 <= int(answer.headers["ratelimit-remaining"]) < 20 for answer in answers)
    assert {answer.headers["ratelimit-reset"] for answer in answers} == {"1"}


def test_a_burst_is_slowed_down(augno: Augno, api: httpx.Client) -> None:
    """25 requests in a second: five of them have to wait, and are told how long."""
    time.sleep(1.05)
    augno.rate.per_second = 20
    answers = [api.get(UNITS) for _ in range(25)]
    refused = [answer for answer in answers if answer.status_code == 429]
    error = refused[0].json()["error"]

    assert len(refused) == 5
    assert (error["code"], error["type"], error["is_transient"], error["message"]) == (
        "rate_limit_exceeded",
        "invalid_request_error",
        True,
        "Too many requests. Please wait and try again.",
    )
    assert [answer.headers["ratelimit-remaining"] for answer in answers] == [
        *(str(left) for left in reversed(range(20))),
        *["0"] * 5,
    ]
    assert all(int(answer.headers["retry-after"]) >= 1 for answer in refused)


def test_waits_grow_with_every_violation_up_to_15_minutes() -> None:
    """By half each time."""
    window = Window(1)
    window.take()
    waits = [window.take()[1] for _ in range(30)]

    assert waits[0] in {1, 2}
    assert waits[3] > waits[0]
    assert sorted(waits) == waits or max(waits) <= LONGEST_WAIT * 1.1 + 1
    assert LONGEST_WAIT * 0.9 <= waits[-1] <= LONGEST_WAIT * 1.1 + 1


def test_after_a_second_there_is_room_again() -> None:
    """The window slides."""
    window = Window(2)
    before = [window.take()[1] == 0 for _ in range(3)]
    time.sleep(1.05)

    assert (before, window.take()[1]) == ([True, True, False], 0)


def test_waits_are_short_again_after_a_quiet_minute(monkeypatch: pytest.MonkeyPatch) -> None:
    """Old violations are forgiven."""
    now = 1000.0
    monkeypatch.setattr("pytest_golive.sandbox.augno.rates.time.monotonic", lambda: now)
    window = Window(1)
    window.take()
    grown = [window.take()[1] for _ in range(8)][-1]
    now += 61
    window.take()

    assert (grown > 10, window.take()[1] <= 2) == (True, True)


def test_a_refused_request_of_a_known_key_is_in_no_log(augno: Augno, api: httpx.Client) -> None:
    """It was turned away before its key was looked at."""
    augno.rate.per_second = 1
    answers = [api.get(UNITS) for _ in range(3)]
    augno.rate.per_second = None
    late = answers[-1].headers["request-id"]

    assert answers[-1].status_code == 429
    assert api.get("/v1/core/request-logs", params={"q": late}).json()["data"] == []
