from __future__ import annotations

import time

import pytest

from pytest_golive.sandbox.limits import RateLimit


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """A clock that stands still until the test moves it."""
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def test_without_a_limit_everything_is_let_in() -> None:
    """No limit is the default."""
    assert [RateLimit().take("k") for _ in range(5)] == [0] * 5


def test_more_than_the_limit_has_to_wait(clock: list[float]) -> None:
    """The third request of a second waits; after the second it is let in."""
    limit = RateLimit(2)
    first = [limit.take("k"), limit.take("k"), limit.take("k")]
    clock[0] += 1

    assert (first, limit.take("k")) == ([0, 0, 1], 0)


def test_keys_are_counted_apart(clock: list[float]) -> None:
    """One client does not use up another one's share."""
    limit = RateLimit(1)

    assert [limit.take("a"), limit.take("b"), limit.take("a")] == [0, 0, 1]


def test_a_limit_of_none_at_all_refuses_everything(clock: list[float]) -> None:
    """Zero requests a second is a vendor that always says 429."""
    assert RateLimit(0).take("k") == 1
