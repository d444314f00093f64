"""How many requests a key may send in a minute, as every answer tells it."""

from __future__ import annotations

import math
import threading
import time
from collections import defaultdict, deque
from dataclasses import dataclass

WINDOW_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class Left:
    """What a key has left.

    Attributes:
        remaining: further requests in this minute.
        reset_at: Unix seconds from which it has all of them again.
        wait_seconds: 0 where the request was let through, else how long to wait.
    """

    remaining: int
    reset_at: int
    wait_seconds: int = 0


class MinuteLimit:
    """A sliding window of one minute for each key.

    Attributes:
        requests: how many a key may send. May be changed at any time.
    """

    def __init__(self, requests: int) -> None:
        self.requests = requests
        self._lock = threading.Lock()
        self._sent: dict[str, deque[float]] = defaultdict(deque)

    def take(self, key: str) -> Left:
        """Count a request, or do not count it and say how long to wait."""
        now = time.time()
        with self._lock:
            sent = self._sent[key]
            while sent and sent[0] <= now - WINDOW_SECONDS:
                sent.popleft()
            oldest = sent[0] if sent else now
            reset_at = math.ceil(oldest + WINDOW_SECONDS)
            if len(sent) >= self.requests:
                return Left(0, reset_at, max(1, math.ceil(oldest + WINDOW_SECONDS - now)))
            sent.append(now)
            return Left(self.requests - len(sent), reset_at)
