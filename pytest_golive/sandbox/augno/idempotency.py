"""Idempotency keys: what was answered to a write, so that the same write again is not done again."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pytest_golive.sandbox.augno.problem import IDEMPOTENCY, Problem
from pytest_golive.sandbox.augno.queries import Values
from pytest_golive.sandbox.http import Response

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
METHODS = frozenset({"POST", "PATCH"})
LONGEST_KEY = 255
KEPT = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Scope:
    """Within what a key is the same: one API key, one account and one endpoint, whichever id its path names."""

    api_key_id: str
    account_id: str
    endpoint: str
    key: str = field(repr=False)


@dataclass(slots=True)
class _Entry:
    fingerprint: str
    since: datetime
    response: Response | None = None


class Ledger:
    """The answers that were given, for 30 days.

    Args:
        clock: what tells the time.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._entries: dict[Scope, _Entry] = {}

    def claim(self, scope: Scope, fingerprint: str) -> Response | None:
        """Return the answer given before; None if the caller is the first, and then has to settle or release it.

        Raises:
            Problem: the key was used with another request, or the first one still runs.
        """
        now = self._clock()
        with self._lock:
            entry = self._entries.get(scope)
            if entry is None or now - entry.since > KEPT:
                self._entries[scope] = _Entry(fingerprint, now)
                return None
            if entry.fingerprint != fingerprint:
                message = f"This {HEADER} was used before with another request."
                raise Problem("validation_failed", message, HEADER, type=IDEMPOTENCY)
            if entry.response is None:
                raise Problem("idempotency_in_progress", f"The first request with this {HEADER} is still in progress.")
            return entry.response

    def settle(self, scope: Scope, response: Response) -> None:
        """Keep an answer for the next time."""
        with self._lock:
            self._entries[scope].response = response

    def release(self, scope: Scope) -> None:
        """Let the next request with this key be done anew: this one failed and may succeed later."""
        with self._lock:
            del self._entries[scope]


def fingerprint(values: Values, body: bytes) -> str:
    """Return what tells two requests apart: the first value of each parameter, and the body whatever its spacing."""
    try:
        content = json.dumps(json.loads(body), sort_keys=True).encode() if body.strip() else b""
    except (ValueError, RecursionError):
        content = body
    query = json.dumps({name: given[0] for name, given in values.items()}, sort_keys=True)
    return hashlib.sha256(query.encode() + b"\0" + content).hexdigest()
