"""Traces made by hand: what a client did, line by line."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from typing import Any

from pytest_golive.clients.policy import Policy
from pytest_golive.clients.trace import Attempt, Call, Outcome, Trace
from pytest_golive.vendors.library import read_pack

TIMELY = read_pack("timely")
AUGNO = read_pack("augno")
UPPZY = read_pack("uppzy")
SELWISE = read_pack("selwise")

LISTING = Policy.of(TIMELY, "list_contacts")
CREATION = Policy.of(TIMELY, "create_contact")
UNITS = Policy.of(AUGNO, "list_units")
UNIT = Policy.of(AUGNO, "create_unit")


def sent(at: float, status: int | None, policy: Policy = LISTING, /, **fields: Any) -> Attempt:
    """Return a request for a policy's operation that was answered 10 ms later."""
    said: dict[str, Any] = {
        "number": 0,
        "at": at,
        "method": policy.method,
        "target": "/v1/things",
        "operation": policy.operation,
        "call": "c1",
        "status": status,
        "body_at": at,
        "answered_at": None if status is None else at + 0.01,
        "ended_at": at + 0.01,
        "credential": "0123456789ab",
        "credential_in": "header",
        **fields,
    }
    body = said.get("body", b"")
    said.setdefault("body_size", len(body))
    said.setdefault("body_sha256", hashlib.sha256(body).hexdigest())
    for name in ("headers", "answer_headers"):
        if isinstance(said.get(name), dict):
            said[name] = tuple(said[name].items())
    return Attempt(**said)


def numbered(attempts: Iterable[Attempt]) -> tuple[Attempt, ...]:
    """Return requests with their numbers."""
    from dataclasses import replace

    return tuple(replace(one, number=number) for number, one in enumerate(attempts))


def row(*statuses: int | None, policy: Policy = LISTING, every: float = 1.0, **fields: Any) -> tuple[Attempt, ...]:
    """Return requests in even intervals."""
    return numbered(sent(place * every, status, policy, **fields) for place, status in enumerate(statuses))


def called(outcome: Outcome = "backend", operation: str = "list_contacts", **fields: Any) -> Call:
    """Return a call."""
    said: dict[str, Any] = {"id": "c1", "arguments": {}, "began_at": 0.0, "ended_at": 5.0, **fields}
    return Call(operation=operation, outcome=outcome, **said)


def seen(attempts: Iterable[Attempt], *calls: Call, **fields: Any) -> Trace:
    """Return a trace."""
    return Trace("by hand", attempts=numbered(attempts), calls=calls, **fields)
