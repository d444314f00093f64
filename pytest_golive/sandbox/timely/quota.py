"""How many requests a key may send in a minute, and what every answer tells of that."""

from __future__ import annotations

import math
import threading
import time
from collections import defaultdict, deque
from dataclasses import dataclass

WINDOW_SECONDS = 60.0
DOCUMENTED = 100


@dataclass(frozen=True, slots=True)
class Standing:
    """How a key stands after a request.

    Attributes:
        headers: what the answer tells.
        retry_after: seconds to wait; 0 for a request that was counted.
    """

    headers: dict[str, str]
    retry_after: int = 0


class Quota:
    """A sliding window of a minute for each key.

    Attributes:
        per_minute: requests a key may send; None for any number. May be changed at any time.
    """

    def __init__(self, per_minute: int | None = None) -> None:
        self.per_minute = per_minute
        self._lock = threading.Lock()
        self._sent: dict[str, deque[float]] = defaultdict(deque)

    def take(self, key: str) -> Standing:
        """Count a request, or refuse to."""
        now = time.monotonic()
        with self._lock:
            sent = self._sent[key]
            while sent and sent[0] <= now - WINDOW_SECONDS:
                sent.popleft()
            if self.per_minute is not None and len(sent) >= self.per_minute:
                wait = max(1, math.ceil((sent[0] if sent else now) + WINDOW_SECONDS - now))
                headers = _headers(self.per_minute, 0, wait) | {"Retry-After": str(wait)}
                return Standing(headers, wait)
            sent.append(now)
            limit = self.per_minute or DOCUMENTED
            # Without a limit it is counted in a circle: a client that reads the header must not wait for nothing.
            left = limit - len(sent) if self.per_minute is not None else limit - 1 - (len(sent) - 1) % (limit - 1)
            return Standing(_headers(limit, left, math.ceil(sent[0] + WINDOW_SECONDS - now)))


def _headers(limit: int, remaining: int, reset_in: int) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(remaining),
        "X-RateLimit-Reset": str(math.ceil(time.time()) + reset_in),
    }
