"""What time it is for a check: in a replay, the time at which it was recorded.

Answers speak of times, and what they mean (a key's age, an expiry) is judged by when they were given. A check that asks
again until something has happened reads the same clock, so that a replay asks as often as the recorded run did.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """A source of time."""

    def moment(self) -> datetime:
        """Return the time in UTC."""

    def seconds(self) -> float:
        """Return the seconds of a clock that only goes forward."""


_clocks: list[Clock] = []


def moment() -> datetime:
    """Return the time in UTC by which an answer is judged."""
    return _clocks[-1].moment() if _clocks else datetime.now(UTC)


def seconds() -> float:
    """Return the seconds of a clock that only goes forward, to measure how long something is waited for."""
    return _clocks[-1].seconds() if _clocks else time.monotonic()


def read_from(clock: Clock) -> Callable[[], None]:
    """Take the time from here; return what undoes it."""
    _clocks.append(clock)

    def undo() -> None:
        if clock in _clocks:
            _clocks.remove(clock)

    return undo
