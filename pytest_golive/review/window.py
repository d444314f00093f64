"""Spans of time that figures are asked for: a week, the four before it, half an hour after a switch."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

WEEK = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Window:
    """A span of time: from `start` on, and before `end`. Both are in UTC."""

    start: datetime
    end: datetime

    @property
    def seconds(self) -> float:
        """How long it is."""
        return (self.end - self.start).total_seconds()

    @property
    def told(self) -> str:
        """The span as people write it."""
        return f"{self.start:%Y-%m-%d %H:%M} to {self.end:%Y-%m-%d %H:%M} UTC"

    def before(self, count: int = 1) -> Window:
        """Return the span of the same length that ends `count - 1` of its lengths before this one begins."""
        length = self.end - self.start
        return Window(self.start - count * length, self.end - count * length)


def last_week(now: datetime) -> Window:
    """Return the seven days before `now`."""
    end = now.astimezone(UTC)
    return Window(end - WEEK, end)


def last(now: datetime, *, hours: float) -> Window:
    """Return some hours before `now`."""
    end = now.astimezone(UTC)
    return Window(end - timedelta(hours=hours), end)
