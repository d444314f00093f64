"""What was delivered, attempt by attempt."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal

AttemptStatus = Literal["pending", "success", "failed"]


@dataclass(frozen=True, slots=True)
class Attempt:
    """One POST to an endpoint.

    Attributes:
        id: its own.
        endpoint_id: where it went.
        event: name of the event.
        event_id: id of the event, the same for all of its attempts.
        number: 1 for the first.
        status: pending until it was answered, or could not be.
        http_status: what the handler answered with; None where it did not.
        milliseconds: how long that took.
        at: when it began, in UTC.
        next_at: when the event comes again; None where it does not.
        error: why it failed, as a sentence.
        test: whether it is a test event.
        request_headers: what was sent; secrets that travel as they are, are masked.
        request_body: what was sent.
        response_body: the beginning of what the handler answered.
    """

    id: str
    endpoint_id: str
    event: str
    event_id: str
    number: int
    status: AttemptStatus
    http_status: int | None
    milliseconds: int | None
    at: datetime
    next_at: datetime | None
    error: str | None
    test: bool
    request_headers: Mapping[str, str] = field(default_factory=dict)
    request_body: str = ""
    response_body: str = ""


class DeliveryLog:
    """The latest attempts of each endpoint.

    Args:
        size: how many of each endpoint are kept.
    """

    def __init__(self, size: int) -> None:
        self._size = size
        self._lock = threading.Lock()
        self._of: dict[str, dict[str, Attempt]] = {}

    def put(self, attempt: Attempt) -> None:
        """Write an attempt, in the place of what was written of it before."""
        with self._lock:
            rows = self._of.setdefault(attempt.endpoint_id, {})
            rows[attempt.id] = attempt
            if len(rows) > self._size:
                del rows[next(iter(rows))]

    def of(self, endpoint_id: str) -> tuple[Attempt, ...]:
        """Return the attempts at an endpoint, the newest first."""
        with self._lock:
            return tuple(reversed(self._of.get(endpoint_id, {}).values()))

    def whole(self) -> tuple[Attempt, ...]:
        """Return the attempts at all endpoints, the newest first."""
        with self._lock:
            rows = [attempt for rows in self._of.values() for attempt in reversed(rows.values())]
        return tuple(sorted(rows, key=lambda attempt: attempt.at, reverse=True))

    def remove(self, endpoint_id: str) -> None:
        """Forget an endpoint's attempts."""
        with self._lock:
            self._of.pop(endpoint_id, None)
