"""How much Augno lets one address ask: a sliding window of a second, and pauses that grow with every violation."""

from __future__ import annotations

import math
import random
import threading
import time
from collections import deque

from pytest_golive.sandbox.augno.problem import Problem

DOCUMENTED = 20
"""Requests a second."""

GROWTH = 1.5
SPREAD = 0.1
LONGEST_WAIT = 15 * 60
FORGIVEN_SECONDS = 60.0
"""Without a violation for so long, the pauses are short again."""


class Window:
    """Counts requests; all of them come from one address here.

    Attributes:
        per_second: requests that are let through; None for any number. May be changed at any time.
    """

    def __init__(self, per_second: int | None = None) -> None:
        self.per_second = per_second
        self._lock = threading.Lock()
        self._taken: deque[float] = deque()
        self._violations = 0
        self._last_violation = 0.0

    def take(self) -> tuple[dict[str, str], int]:
        """Count a request; return the headers of its answer, and the seconds it has to wait: 0 for none."""
        now, limit = time.monotonic(), self.per_second or DOCUMENTED
        with self._lock:
            while self._taken and self._taken[0] <= now - 1:
                self._taken.popleft()
            over = self.per_second is not None and len(self._taken) >= limit
            if not over:
                self._taken.append(now)
            left = max(0, limit - len(self._taken))
            wait = self._wait(now) if over else 0
        reset = math.ceil(self._taken[0] + 1 - now) if self._taken else 0
        return {"RateLimit-Limit": str(limit), "RateLimit-Remaining": str(left), "RateLimit-Reset": str(reset)}, wait

    def _wait(self, now: float) -> int:
        if now - self._last_violation > FORGIVEN_SECONDS:
            self._violations = 0
        seconds = min(LONGEST_WAIT, GROWTH**self._violations) * random.uniform(1 - SPREAD, 1 + SPREAD)  # noqa: S311
        self._violations, self._last_violation = self._violations + 1, now
        return max(1, math.ceil(seconds))


def refused(seconds: int) -> Problem:
    """Return the refusal of a request that came too early."""
    headers = {"Retry-After": str(seconds)}
    return Problem("rate_limit_exceeded", "Too many requests. Please wait and try again.", headers=headers)
