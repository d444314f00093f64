"""golive keeps to its own budget and to the vendor's word: after a 429 nothing is sent until the vendor allows it."""

from __future__ import annotations

import email.utils
from datetime import UTC, datetime

import httpx

from pytest_golive.exchange.pace import Pace

LONGEST_WAIT_SECONDS = 60.0
"""A vendor that asks for more than this is not waited for: the check is inconclusive instead."""

REPETITIONS = 3
"""Times a refused call is sent again: calls of other threads may be let in before it after the pause."""

DEFAULT_WAIT_SECONDS = 1.0
"""The pause after a 429 that names none."""

NOTICED_SECONDS = 0.001
"""Less than this is no waiting, but the time it takes to look."""


class Budget(httpx.BaseTransport):
    """Keeps to the pace, waits out the pause a vendor asked for, and repeats a refused call.

    A 429 says that nothing was done (RFC 6585, section 4), so a repetition is safe for any method. The
    pause holds for everybody who calls this vendor.

    Args:
        inner: the next layer.
        pace: how fast may be asked; None for as fast as one likes.
    """

    def __init__(self, inner: httpx.BaseTransport, pace: Pace | None = None) -> None:
        self._inner = inner
        self._pace = pace or Pace()

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send the request once it may go, and once more after a fresh 429.

        The request's extensions tell the answer of both: ``golive_rate_limited`` and ``golive_waited_seconds``.
        """
        response = self._sent(request)
        waited = 0.0
        for _ in range(REPETITIONS):
            if response.status_code != 429:
                return response
            request.extensions["golive_rate_limited"] = True
            asked = retry_after_seconds(response.headers.get("retry-after"), datetime.now(UTC))
            pause = DEFAULT_WAIT_SECONDS if asked is None else asked
            waited += pause
            if waited > LONGEST_WAIT_SECONDS:
                return response
            self._pace.hold_back(pause)
            response = self._sent(request)
        return response

    def close(self) -> None:
        """Close the layers below."""
        self._inner.close()

    def _sent(self, request: httpx.Request) -> httpx.Response:
        with self._pace.turn() as waited:
            if waited >= NOTICED_SECONDS:
                before = request.extensions.get("golive_waited_seconds", 0.0)
                request.extensions["golive_waited_seconds"] = before + waited
            response = self._inner.handle_request(request)
            response.read()  # the call is under way until its last byte is there
            return response


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
