"""How many requests a key may send in a second."""

from __future__ import annotations

import math
import threading
import time
from collections import defaultdict, deque


class RateLimit:
    """A sliding window of one second for each key.

    Attributes:
        per_second: requests a key may send; None for any number. May be changed at any time.
    """

    def __init__(self, per_second: int | None = None) -> None:
        self.per_second = per_second
        self._lock = threading.Lock()
        self._sent: dict[str, deque[float]] = defaultdict(deque)

    def take(self, key: str) -> int:
        """Count a request and return 0, or do not count it and return the whole seconds to wait."""
        if self.per_second is None:
            return 0
        now = time.monotonic()
        with self._lock:
            sent = self._sent[key]
            while sent and sent[0] <= now - 1:
                sent.popleft()
            if len(sent) < self.per_second:
                sent.append(now)
                return 0
            wait = sent[0] + 1 - now if sent else 1.0
            return max(1, math.ceil(wait))
