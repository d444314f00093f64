"""Timely.ai's webhooks: registered through the API, tested, and their deliveries looked at."""

from __future__ import annotations

import secrets
import uuid
from dataclasses import replace
from typing import Any
from urllib.parse import urlsplit

from pytest_golive.sandbox.courier import Attempt, Courier, Endpoint
from pytest_golive.sandbox.deliveries.post import is_this_machine
from pytest_golive.sandbox.front import Call, Refusal
from pytest_golive.sandbox.timely.dialects import Dialects
from pytest_golive.sandbox.timely.events import Events
from pytest_golive.sandbox.timely.formats import check_uri
from pytest_golive.sandbox.timely.paging import listed
from pytest_golive.sandbox.timely.refusals import absent, invalid
from pytest_golive.sandbox.timely.state import Key, State, Webhook, Workspace, moment, new_id

TEST_EVENT = "webhook.test"
"""What a test delivery is called: the vendor's pages do not say."""

COUNTED = 100
"""Latest attempts that the rate of success is about."""


class Webhooks:
    """Operations on the webhooks of a workspace. What they are sent is the courier's matter."""

    def __init__(self, state: State, events: Events, dialects: Dialects) -> None:
        self._state = state
        self._events = events
        self._dialects = dialects

    def list_webhooks(self, call: Call[Key]) -> dict[str, Any]:
        """Return the webhooks, the newest first."""
        with self._state.lock:
            hooks = [self._shown(one) for one in call.caller.workspace.webhooks.values()]
        return listed(hooks, call.query, self._dialects.paging)

    def create_webhook(self, call: Call[Key]) -> dict[str, Any]:
        """Register an address; its secret is shown now and never again."""
        workspace, body = call.caller.workspace, call.body
        check_address(workspace, body)
        with self._state.lock:
            self._must_be_free(workspace, body["url"])
            hook = register(
                workspace, body["url"], tuple(body["events"]), name=body.get("name"), about=body.get("description")
            )
            self.connect(workspace, hook)
            return {"data": {**self._shown(hook), "secret": hook.secret}}

    def get_webhook(self, call: Call[Key]) -> dict[str, Any]:
        """Return one webhook, without its secret."""
        with self._state.lock:
            return {"data": self._shown(_hook(call))}

    def update_webhook(self, call: Call[Key]) -> dict[str, Any]:
        """Change the fields that were sent; one that was failing begins anew."""
        body = call.body
        with self._state.lock:
            hook = _hook(call)
            check_address(call.caller.workspace, body)
            if body.get("url", hook.url) != hook.url:
                self._must_be_free(call.caller.workspace, body["url"])
            for name in ("name", "description", "url", "is_active"):
                if name in body:
                    setattr(hook, name, body[name])
            hook.events = tuple(body.get("events", hook.events))
            if self._events.courier is not None:
                self._events.courier.restore(hook.id)
            self.connect(call.caller.workspace, hook)
            return {"data": self._shown(hook)}

    def delete_webhook(self, call: Call[Key]) -> dict[str, Any]:
        """Remove a webhook, and what was still to come to it."""
        with self._state.lock:
            hook = _hook(call)
            del call.caller.workspace.webhooks[hook.id]
        if self._events.courier is not None:
            self._events.courier.remove(hook.id)
        return {"data": {"deleted": True}}

    def test_webhook(self, call: Call[Key]) -> dict[str, Any]:
        """Send a test event, and tell what the address answered."""
        with self._state.lock:
            hook = _hook(call)
        courier = self._events.courier
        if courier is None:
            return {"data": {"success": False, "status_code": 0, "response_time_ms": 0}}
        endpoint = self._endpoint(call.caller.workspace, hook)
        event_id = courier.deliver(endpoint, hook.events[0], test=True, wait=True)
        attempt = next(one for one in courier.attempts(hook.id) if one.event_id == event_id)
        # Numbers, also where nobody answered: here, unlike in a delivery, no page lets them be null.
        told = {"success": attempt.status == "success", "status_code": attempt.http_status or 0}
        return {"data": {**told, "response_time_ms": attempt.milliseconds or 0}}

    def list_webhook_deliveries(self, call: Call[Key]) -> dict[str, Any]:
        """Return the attempts at one address, the newest first."""
        with self._state.lock:
            hook = _hook(call)
            rows = [*hook.past, *(_row(one) for one in reversed(self._attempts(hook)))]
        return listed(rows, call.query, self._dialects.paging)

    def connect(self, workspace: Workspace, hook: Webhook) -> None:
        """Let the courier know of a webhook, once there is a courier."""
        if self._events.courier is not None:
            self._events.courier.add(self._endpoint(workspace, hook))

    def _endpoint(self, workspace: Workspace, hook: Webhook) -> Endpoint:
        """Return a webhook as the courier has to know it; one that is known keeps how it is signed and retried."""
        courier, endpoint = self._events.courier, endpoint_of(workspace, hook)
        known = courier.endpoint(hook.id) if courier is not None else None
        return endpoint if known is None else replace(endpoint, scheme=known.scheme, retry=known.retry)

    def _shown(self, hook: Webhook) -> dict[str, Any]:
        """Return a webhook with the fields of both pages that describe it."""
        courier, attempts = self._events.courier, self._attempts(hook)
        state = courier.endpoint_state(hook.id) if courier is not None else "active"
        active = hook.is_active and state != "disabled"
        over = [one for one in attempts if one.status != "pending"][:COUNTED]
        rate = round(sum(one.status == "success" for one in over) / len(over), 4) if over else None
        return {
            "id": hook.id,
            "name": hook.name,
            "description": hook.description,
            "url": hook.url,
            "events": list(hook.events),
            "is_active": active,
            "status": "inactive" if not active else "failing" if state == "failing" else "active",
            "created_at": hook.created_at,
            "last_delivery_at": moment(attempts[0].at) if attempts else None,
            "success_rate": rate,
        }

    def _attempts(self, hook: Webhook) -> tuple[Attempt, ...]:
        courier: Courier | None = self._events.courier
        return courier.attempts(hook.id) if courier is not None else ()

    def _must_be_free(self, workspace: Workspace, url: str) -> None:
        if any(one.url == url for one in workspace.webhooks.values()):
            raise Refusal(409, "another webhook has this url", code="DUPLICATE_WEBHOOK_URL")


def check_address(workspace: Workspace, body: dict[str, Any]) -> None:
    """Refuse an address that is none, and one that customers' events must not go to.

    A workspace for tests may be told an address on this machine, which a vendor out there could never reach.

    Raises:
        Refusal: it is one of those.
    """
    if "url" not in body:
        return
    check_uri(body, "url")
    parts = urlsplit(body["url"])
    here = is_this_machine(parts.hostname or "")
    if here and not workspace.production and parts.scheme in {"http", "https"}:
        return
    if parts.scheme != "https" or not parts.hostname or here:
        raise invalid("url", "has to be a public https address")


def register(
    workspace: Workspace,
    url: str,
    events: tuple[str, ...],
    *,
    name: str | None = None,
    about: str | None = None,
    secret: str | None = None,
) -> Webhook:
    """Put a new webhook into a workspace."""
    hook = Webhook(new_id(), url, events, secret or f"tly_whsec_{secrets.token_urlsafe(24)}", name, about)
    workspace.webhooks[hook.id] = hook
    return hook


def endpoint_of(workspace: Workspace, hook: Webhook) -> Endpoint:
    """Return a webhook as the courier knows it."""
    return Endpoint(
        id=hook.id,
        url=hook.url,
        secret=hook.secret,
        scheme=hook.scheme,
        tenant=workspace.id,
        active=hook.is_active,
        events=hook.events,
    )


def _row(attempt: Attempt) -> dict[str, Any]:
    """Return an attempt with the fields of both pages that describe it."""
    event, at = TEST_EVENT if attempt.test else attempt.event, moment(attempt.at)
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{attempt.endpoint_id}/{attempt.id}")),
        "webhook_id": attempt.endpoint_id,
        "event": event,
        "event_type": event,
        "status": attempt.status,
        "status_code": attempt.http_status,
        "http_status": attempt.http_status,
        "response_time_ms": attempt.milliseconds,
        "attempt": attempt.number,
        "next_retry_at": moment(attempt.next_at) if attempt.next_at else None,
        "created_at": at,
        "delivered_at": at if attempt.status == "success" else None,
    }


def _hook(call: Call[Key]) -> Webhook:
    hook = call.caller.workspace.webhooks.get(call.path["webhook_id"])
    if hook is None:
        raise absent("webhook")
    return hook
