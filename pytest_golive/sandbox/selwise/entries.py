"""Log entries, and the pages they are read in."""

from __future__ import annotations

import json
import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from pytest_golive.sandbox.deliveries.log import Attempt
from pytest_golive.sandbox.selwise.state import new_id, now

DEFAULT_LIMIT = 50

ATTEMPTS = uuid.UUID("5c1e4d0a-7a53-4f3e-9f0d-0f6f1d2f6b51")
"""Stands for the attempts of all webhooks where their entries' ids are made."""


def entry(status: str, event: str, **fields: Any) -> dict[str, Any]:
    """Return a log entry; what is not given is nothing."""
    return {
        "id": new_id(),
        "eventId": None,
        "eventName": event,
        "mappedName": None,
        "status": status,
        "attempt": 1,
        "httpStatus": None,
        "error": None,
        "requestPayload": None,
        "responseBody": None,
        "durationMs": None,
        "createdAt": now(),
        **fields,
    }


def entry_of(attempt: Attempt) -> dict[str, Any]:
    """Return what a webhook's log says of one attempt."""
    failed = attempt.status == "failed"
    status = "retrying" if failed and attempt.next_at else "test" if attempt.test and not failed else attempt.status
    return entry(
        status,
        attempt.event,
        id=str(uuid.uuid5(ATTEMPTS, f"{attempt.endpoint_id} {attempt.id}")),
        webhookId=attempt.endpoint_id,
        eventId=attempt.event_id,
        attempt=attempt.number,
        httpStatus=attempt.http_status,
        error={"code": _code(attempt), "message": attempt.error or "refused"} if failed else None,
        requestPayload=json.loads(attempt.request_body) if attempt.request_body else None,
        responseBody=attempt.response_body or None,
        durationMs=attempt.milliseconds,
        createdAt=f"{attempt.at:%Y-%m-%dT%H:%M:%S}.{attempt.at.microsecond // 1000:03d}Z",
    )


def page(entries: Sequence[Mapping[str, Any]], query: Mapping[str, Any]) -> dict[str, Any]:
    """Return a page of entries that are given newest first."""
    limit, offset = int(query.get("limit", DEFAULT_LIMIT)), int(query.get("offset", 0))
    return {"items": [*entries[offset : offset + limit]], "total": len(entries), "limit": limit, "offset": offset}


def _code(attempt: Attempt) -> str:
    return f"http_{attempt.http_status}" if attempt.http_status is not None else "unreachable"
