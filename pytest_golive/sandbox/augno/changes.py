"""What happened, as others get to know it: request logs, audit events and webhooks."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

from pytest_golive.sandbox.augno.brand import Brand
from pytest_golive.sandbox.augno.endpoints import Asked
from pytest_golive.sandbox.augno.moments import in_utc, new_id
from pytest_golive.sandbox.augno.queries import Values
from pytest_golive.sandbox.augno.state import Account, Row, State
from pytest_golive.sandbox.augno.views import show
from pytest_golive.sandbox.http import Request, Response

LARGEST_LOGGED = 256 * 1024
"""Bytes of a body that is logged whole."""

KEPT_LOGS = 5000
"""Requests of an account that are remembered; the oldest go first."""

SECRET_FIELDS = frozenset({"api_key_secret", "password", "secret", "token"})
REDACTED = "[REDACTED]"

ANNOUNCED = frozenset({"unit", "payment_term", "account_group", "customer", "address", "product", "sales_order"})
"""Kinds of objects that webhooks tell of."""

HIDDEN_FIELDS = frozenset({"product_line_ids", "item_id", "geolocation_id", "digest"})
"""Fields of rows that no answer shows."""

PAST = {"create": "created", "update": "updated", "delete": "deleted"}

Announcer = Callable[[Account, str, dict[str, Any]], None]
"""Sends an event: the account, its type, and what its envelope holds beyond that."""


class Changes:
    """Keeps account of every request and of every change.

    Args:
        state: everything.
        brand: the names of the API.
        log_seconds: how long a log or an audit event takes to show.

    Attributes:
        log_seconds: may be changed at any time.
        announce: sends an event; None while nobody is to be told.
    """

    def __init__(self, state: State, brand: Brand, log_seconds: float) -> None:
        self.log_seconds = log_seconds
        self.announce: Announcer | None = None
        self._state = state
        self._brand = brand

    def made(self, asked: Asked, action: str, kind: str, row: Row, before: Mapping[str, Any] | None = None) -> None:
        """Write down that an object was created, updated or deleted, and tell of it.

        Args:
            asked: the request that did it.
            action: as audit events have it.
            kind: of the object.
            row: the object.
            before: its fields before; None where it was not there.
        """
        after = {} if action == "delete" else row.values
        changed = _differences(before or {}, after)
        self._audit(asked, action, kind, row, changed)
        if kind in ANNOUNCED:
            previous = {each["field"]: each["old_value"] for each in changed} if action == "update" else None
            self.tell(asked, f"{kind}.{PAST[action]}", kind, row, previous)

    def tell(self, asked: Asked, event: str, kind: str, row: Row, previous: Mapping[str, Any] | None = None) -> None:
        """Send an event about an object as it is now."""
        if self.announce is None:
            return
        data = {
            "object": show(asked.account, kind, row),
            "previous": None if previous is None else dict(previous),
        }
        self.announce(asked.account, event, data)

    def log(
        self,
        account: Account,
        key: Row,
        request_id: str,
        request: Request,
        values: Values,
        response: Response,
        route: str | None,
        seconds: float,
    ) -> None:
        """Write a request down, secrets masked; it shows a little later."""
        problem = _problem_of(response)
        row = self._late_row("rq", key)
        row.id = request_id
        row.values |= {
            "method": request.method,
            "host": self._brand.host,
            "path": request.path,
            "normalized_route": route,
            "query_params": {name: list(given) for name, given in values.items()} or None,
            "status_code": response.status,
            "latency_us": int(seconds * 1_000_000),
            "api_version": response.headers.get(self._brand.version_header),
            "client_ip": "127.0.0.1",
            "user_agent": request.headers.get("user-agent"),
            "referrer": request.headers.get("referer"),
            "idempotency_key": request.headers.get("idempotency-key"),
            "error_code": problem.get("code"),
            "error_message": problem.get("message"),
            "request_body": _logged(request.body),
            "response_body": _logged(response.body),
        }
        logs = account.table("request_log")
        logs.add(row)
        while len(logs) > KEPT_LOGS:
            logs.forget_oldest()

    def shown(self, rows: list[Row]) -> list[Row]:
        """Return those logs or audit events that have come to show by now."""
        now = self._state.now()
        return [row for row in rows if row["visible_at"] <= now]

    def _audit(self, asked: Asked, action: str, kind: str, row: Row, changed: list[dict[str, Any]]) -> None:
        event = self._late_row("auev", asked.key)
        event.values |= {
            "action": action,
            "resource_type": kind,
            "resource_id": row.id,
            "changes": changed,
            "request_id": asked.id,
            "idempotency_key": asked.request.headers.get("idempotency-key"),
            "source_ip": "127.0.0.1",
        }
        asked.account.table("audit_event").add(event)

    def _late_row(self, prefix: str, key: Row) -> Row:
        visible_at = in_utc(self._state.clock() + timedelta(seconds=self.log_seconds))
        row = self._state.new_row(prefix, {"actor_id": key.id, "visible_at": visible_at})
        row.values["occurred_at"] = row.created_at
        return row


def new_request_id() -> str:
    """Return the id of a request: 22 characters."""
    return new_id("rq", 19)


def _differences(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[dict[str, Any]]:
    names = [name for name in {**before, **after} if name not in HIDDEN_FIELDS]
    return [
        {
            "object": "audit_field_change",
            "field": name,
            "old_value": before.get(name),
            "new_value": after.get(name),
        }
        for name in names
        if before.get(name) != after.get(name)
    ]


def _problem_of(response: Response) -> Mapping[str, Any]:
    if response.status < 400:
        return {}
    problem: Mapping[str, Any] = json.loads(response.body)["error"]
    return problem


def _logged(body: bytes) -> Any:
    if not body:
        return None
    if len(body) > LARGEST_LOGGED:
        return body[:LARGEST_LOGGED].decode("utf-8", "replace")
    try:
        return _masked(json.loads(body))
    except (ValueError, RecursionError):
        return body.decode("utf-8", "replace")


def _masked(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: REDACTED if name in SECRET_FIELDS else _masked(inner) for name, inner in value.items()}
    return [_masked(inner) for inner in value] if isinstance(value, list) else value
