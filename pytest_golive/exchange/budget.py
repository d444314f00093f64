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
        clock: tells the seconds of a monotonic clock; replaced in tests.
    """

    def __init__(
        self,
        inner: httpx.BaseTransport,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._inner = inner
        self._sleep = sleep
        self._clock = clock
        self._lock = threading.Lock()
        self._free_at = 0.0

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request once the vendor's pause is over, and once more after a fresh 429.

        The request's extensions tell the answer of both: ``golive_rate_limited`` and ``golive_waited_seconds``.
        """
        self._wait(request)
        response = self._inner.handle_request(request)
        if response.status_code != 429:
            return response
        request.extensions["golive_rate_limited"] = True
        asked = retry_after_seconds(response.headers.get("retry-after"), datetime.now(UTC))
        pause = DEFAULT_WAIT_SECONDS if asked is None else asked
        if pause > LONGEST_WAIT_SECONDS:
            return response
        with self._lock:
            self._free_at = max(self._free_at, self._clock() + pause)
        response.read()
        self._wait(request)
        return self._inner.handle_request(request)

    def close(self) -> None:
        """Close the layers below."""
        self._inner.close()

    def _wait(self, request: httpx.Request) -> None:
        # Looked at again after each pause: meanwhile another thread may have been told to wait longer.
        while (pause := self._pause()) > 0:
            self._sleep(pause)
            waited = request.extensions.get("golive_waited_seconds", 0.0)
            request.extensions["golive_waited_seconds"] = waited + pause

    def _pause(self) -> float:
        with self._lock:
            return self._free_at - self._clock()


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
    except (ValueError, OverflowError):
        return None
    if date.tzinfo is None:
        date = date.replace(tzinfo=UTC)
    return max(0.0, (date - today).total_seconds())
