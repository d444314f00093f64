"""Webhooks: where a site's events are sent, how that is proven, and what came of it."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from pytest_golive.sandbox.courier import Courier, Endpoint
from pytest_golive.sandbox.front import Call, Refusal
from pytest_golive.sandbox.http import Response, json_response
from pytest_golive.sandbox.selwise.access import Caller
from pytest_golive.sandbox.selwise.entries import entry, entry_of, page
from pytest_golive.sandbox.selwise.state import MASK, Hook, Site, State, new_id, now
from pytest_golive.sandbox.selwise.validation import canonical, check_hook

HIDDEN = frozenset({"token", "password", "apiKey", "secret"})
"""The members of `authConfig` that are secret."""

USUAL_RETRIES: Mapping[str, Any] = {"maxRetries": 3, "backoff": "exponential", "initialDelaySeconds": 60}
"""What is not said of a webhook's `retryPolicy`."""

USUAL_TIMEOUT_MS = 10_000

TAKES_ALL = ".example"
"""The end of host names that nobody can own: a receiver built in takes whatever is sent there."""


class Hooks:
    """Operations on the webhooks of a site.

    Attributes:
        courier: delivers; None until the sandbox gives one.
        refuse_twins: a second webhook of the same name and address is a conflict, not another one.
    """

    def __init__(self, state: State, *, refuse_twins: bool = False) -> None:
        self._state = state
        self.refuse_twins = refuse_twins
        self.courier: Courier | None = None

    def list_webhooks(self, call: Call[Caller]) -> list[dict[str, Any]]:
        """Return the webhooks."""
        with self._state.lock:
            site = self._site(call)
            return [_shown(site, hook) for hook in site.hooks.values()]

    def get_webhook(self, call: Call[Caller]) -> dict[str, Any]:
        """Return one webhook."""
        with self._state.lock:
            return _shown(self._site(call), self._hook(call))

    def create_webhook(self, call: Call[Caller]) -> dict[str, Any]:
        """Make a webhook; one of the same name and address is another one, unless that is refused."""
        check_hook(call.body, call.body)
        with self._state.lock:
            site = self._site(call)
            same = [one for one in site.hooks.values() if _same(one.fields, call.body)]
            if same and self.refuse_twins:
                raise Refusal(409, "webhook exists")
            hook = Hook(new_id(), _fields(call.body), now(), now())
            self._keep(site, hook)
            return _shown(site, hook)

    def update_webhook(self, call: Call[Caller]) -> dict[str, Any]:
        """Change the fields that were sent."""
        with self._state.lock:
            site, hook = self._site(call), self._hook(call)
            whole = {**hook.fields, **call.body}
            check_hook(call.body, whole)
            hook.fields, hook.updated_at = _fields(whole), now()
            self._keep(site, hook)
            return _shown(site, hook)

    def delete_webhook(self, call: Call[Caller]) -> dict[str, Any]:
        """Delete a webhook, and what was still to come to it."""
        with self._state.lock:
            hook = self._hook(call)
            del self._site(call).hooks[hook.id]
        if self.courier is not None:
            self.courier.remove(hook.id)
        return {}

    def test_webhook(self, call: Call[Caller]) -> Response:
        """Send one test delivery, also to a webhook that is not active, and say what came of it."""
        with self._state.lock:
            site, hook = self._site(call), self._hook(call)
            event = next(iter(hook.fields.get("events", ())), "custom_event")
        self._send(site, hook, event, {}, str(uuid.uuid4()), test=True)
        newest = self.entries(site, hook.id)[0]
        success = newest["status"] == "test"
        return json_response(
            200,
            {
                "success": success,
                "message": "ok" if success else newest["error"]["message"],
                "latencyMs": newest["durationMs"],
                "testedAt": now(),
                "details": None,
                "responseStatus": newest["httpStatus"],
            },
        )

    def list_webhook_logs(self, call: Call[Caller]) -> dict[str, Any]:
        """Return what was sent to a webhook, one entry for each attempt, newest first."""
        with self._state.lock:
            return page(self.entries(self._site(call), self._hook(call).id), call.query)

    def publish(self, site: Site, event: str, data: Mapping[str, Any], event_id: str) -> None:
        """Send an event to every webhook of a site that takes it."""
        with self._state.lock:
            hooks = [one for one in site.hooks.values() if _takes(one.fields, event)]
        for hook in hooks:
            self._send(site, hook, event, data, event_id)

    def adopt(self, site: Site, endpoint: Endpoint) -> None:
        """Take in an endpoint that is registered from outside, as if it had been made through the API."""
        endpoint.tenant = endpoint.tenant or site.id
        scheme = endpoint.scheme or "hmac"
        names = {"bearer": "token", "basic": "password", "api_key": "apiKey"}
        config = {names.get(scheme, "secret"): endpoint.secret} if scheme != "none" else {}
        further = {"basic": {"username": endpoint.username}, "api_key": {"headerName": endpoint.header_name}}
        fields = {
            "name": endpoint.id,
            "url": endpoint.url,
            "events": [*(endpoint.events or ())],
            "authType": scheme,
            "authConfig": {**config, **further.get(scheme, {})},
        }
        with self._state.lock:
            site.hooks[endpoint.id] = Hook(endpoint.id, fields, now(), now())
        if self.courier is not None:
            self.courier.add(endpoint)

    def entries(self, site: Site, hook_id: str) -> list[dict[str, Any]]:
        """Return the log of a webhook, newest first."""
        attempts = self.courier.attempts(hook_id) if self.courier is not None else ()
        sent = [entry_of(one) for one in attempts if one.status != "pending"]
        both = [*sent, *reversed(site.hooks[hook_id].log)]
        return sorted(both, key=lambda one: str(one["createdAt"]), reverse=True)

    def _send(
        self, site: Site, hook: Hook, event: str, data: Mapping[str, Any], event_id: str, *, test: bool = False
    ) -> None:
        endpoint = endpoint_of(site, hook)
        if (urlsplit(endpoint.url).hostname or "").endswith(TAKES_ALL):
            status = "test" if test else "success"
            with self._state.lock:
                hook.log.append(entry(status, event, webhookId=hook.id, eventId=event_id, httpStatus=204, durationMs=3))
        elif self.courier is not None:
            self.courier.deliver(endpoint, event, data, test=test, wait=test, event_id=event_id, whole=not test)

    def _keep(self, site: Site, hook: Hook) -> None:
        site.hooks[hook.id] = hook
        if self.courier is not None:
            self.courier.add(endpoint_of(site, hook))

    def _site(self, call: Call[Caller]) -> Site:
        return self._state.sites[call.path["site_id"]]

    def _hook(self, call: Call[Caller]) -> Hook:
        hook = self._site(call).hooks.get(call.path["webhook_id"])
        if hook is None:
            raise Refusal(404, "webhook not found")
        return hook


def endpoint_of(site: Site, hook: Hook) -> Endpoint:
    """Return where a webhook's events go, and how they are proven and tried again."""
    fields = hook.fields
    config, policy = fields.get("authConfig") or {}, fields.get("retryPolicy") or {}
    secret = next((config[name] for name in HIDDEN if name in config), "")
    return Endpoint(
        id=hook.id,
        url=fields["url"],
        secret=secret,
        scheme=fields.get("authType", "none"),
        tenant=site.id,
        headers=fields.get("headers", {}),
        username=config.get("username", ""),
        header_name=config.get("headerName") or "X-API-Key",
        waits_seconds=_waits(policy),
        timeout_seconds=fields.get("timeoutMs", USUAL_TIMEOUT_MS) / 1000,
        active=fields.get("isActive", True),
        events=tuple(fields.get("events", ())) or tuple(sorted(canonical())),
    )


def _waits(policy: Mapping[str, Any]) -> tuple[float, ...] | None:
    """Return the pauses between attempts; None for what is usual."""
    if not policy:
        return None
    whole = {**USUAL_RETRIES, **policy}
    first, times = float(whole["initialDelaySeconds"]), int(whole["maxRetries"])
    factor = 1 if whole["backoff"] == "fixed" else 2
    return tuple(first * factor**number for number in range(times))


def _takes(fields: Mapping[str, Any], event: str) -> bool:
    wanted = fields.get("events") or ()
    return bool(fields.get("isActive", True)) and (not wanted or event in wanted)


def _same(fields: Mapping[str, Any], body: Mapping[str, Any]) -> bool:
    return bool(fields["name"] == body["name"] and fields["url"] == body["url"])


def _fields(body: Mapping[str, Any]) -> dict[str, Any]:
    fields = {"events": [], "authType": "none", "isActive": True, **body}
    return {**fields, "events": [*dict.fromkeys(fields["events"])]}


def _shown(site: Site, hook: Hook) -> dict[str, Any]:
    config = hook.fields.get("authConfig") or {}
    masked = {name: MASK if name in HIDDEN else value for name, value in config.items()}
    fields = {name: value for name, value in hook.fields.items() if name != "authConfig"}
    fields["retryPolicy"] = {**USUAL_RETRIES, **fields.get("retryPolicy", {})}
    fields.setdefault("timeoutMs", USUAL_TIMEOUT_MS)
    shown = {**fields, **({"authConfig": masked} if masked and fields["authType"] != "none" else {})}
    return {"id": hook.id, "siteId": site.id, **shown, "createdAt": hook.created_at, "updatedAt": hook.updated_at}
