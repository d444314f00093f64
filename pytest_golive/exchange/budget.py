"""golive keeps to the vendor's own limits: after a 429 nothing is sent until the vendor allows it."""

from __future__ import annotations

import email.utils
import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime

import httpx

LONGEST_WAIT_SECONDS = 60.0
"""A vendor that asks for more than this is not waited for: the check is inconclusive instead."""

DEFAULT_WAIT_SECONDS = 1.0
"""The pause after a 429 that names none."""


class Budget(httpx.BaseTransport):
    """Waits out the pause a vendor asked for, and repeats a refused call once.

    A 429 says that nothing was done (RFC 6585, section 4), so the one repetition is safe for any method. The
    pause holds for every thread that calls this vendor.

    Args:
        inner: the next layer.
        sleep: waits a number of seconds; replaced in tests.
    """

    def __init__(self, inner: httpx.BaseTransport, sleep: Callable[[float], None] = time.sleep) -> None:
        self._inner = inner
        self._sleep = sleep
        self._lock = threading.Lock()
        self._free_at = 0.0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request once the vendor's pause is over, and once more after a fresh 429."""
        self._wait()
        response = self._inner.handle_request(request)
        if response.status_code != 429:
            return response
        asked = retry_after_seconds(response.headers.get("retry-after"), datetime.now(UTC))
        pause = DEFAULT_WAIT_SECONDS if asked is None else asked
        if pause > LONGEST_WAIT_SECONDS:
            return response
        with self._lock:
            self._free_at = max(self._free_at, time.monotonic() + pause)
        response.read()
        self._wait()
        return self._inner.handle_request(request)

    def close(self) -> None:
        """Close the layers below."""
        self._inner.close()

    def _wait(self) -> None:
        with self._lock:
            pause = self._free_at - time.monotonic()
        if pause > 0:
            self._sleep(pause)


def retry_after_seconds(value: str | None, today: datetime) -> float | None:
    """Return the pause a Retry-After header asks for, None where it is absent or malformed.

    RFC 9110, section 10.2.3: a number of seconds without fraction, or an HTTP date; a date that has passed asks
    for no pause.
    """
    if value is None:
        return None
    text = value.strip()
    if text.isascii() and text.isdigit():
        return float(text)
    try:
        date = email.utils.parsedate_to_datetime(text)
    except ValueError:
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return max(0.0, (date - today).total_seconds())
