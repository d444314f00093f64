"""The summary for a dashboard: what is configured, and whether it worked lately."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pytest_golive.sandbox.front import Call
from pytest_golive.sandbox.selwise.access import Caller
from pytest_golive.sandbox.selwise.hooks import Hooks
from pytest_golive.sandbox.selwise.state import Integration, Site, State, now

DAY_SECONDS = 86_400.0


class Health:
    """Reads the health of a site."""

    def __init__(self, state: State, hooks: Hooks) -> None:
        self._state = state
        self._hooks = hooks

    def get_integrations_health(self, call: Call[Caller]) -> dict[str, Any]:
        """Return the health of all providers and webhooks, and of the data layer."""
        with self._state.lock:
            site = self._state.sites[call.path["site_id"]]
            integrations = [_integration(site, one) for one in site.integrations.values()]
            webhooks = [self._webhook(site, name) for name in site.hooks]
            layer = {
                "enabled": site.layer["enabled"],
                "status": "healthy" if site.layer["enabled"] else "disabled",
            }
        states = {one["status"] for one in integrations}
        worst = next((state for state in ("unhealthy", "degraded") if state in states), "healthy")
        return {
            "status": worst,
            "checkedAt": now(),
            "integrations": integrations,
            "webhooks": webhooks,
            "dataLayer": layer,
        }

    def _webhook(self, site: Site, hook_id: str) -> dict[str, Any]:
        fields = site.hooks[hook_id].fields
        entries = self._hooks.entries(site, hook_id)
        active = fields.get("isActive", True)
        return {
            "webhookId": hook_id,
            "name": fields["name"],
            "isActive": active,
            "status": _state(active, [one for one in entries if one["createdAt"] > now(DAY_SECONDS)]),
            **_last(entries),
        }


def _integration(site: Site, mine: Integration) -> dict[str, Any]:
    entries = site.logs.get(mine.provider, [])
    recent = [one for one in entries if one["createdAt"] > now(DAY_SECONDS)]
    failed = [one for one in recent if one["status"] == "failed"]
    last = _last([*reversed(entries)])
    told = ((one["error"] or {}).get("message") for one in reversed(entries) if one["status"] == "failed")
    return {
        "provider": mine.provider,
        "enabled": mine.enabled,
        "testMode": mine.test_mode,
        "status": _state(mine.enabled, recent),
        **last,
        "lastError": next(told, None),
        "successCount24h": sum(one["status"] == "success" for one in recent),
        "failureCount24h": len(failed),
    }


def _state(active: bool, recent: Sequence[Mapping[str, Any]]) -> str:
    if not active:
        return "disabled"
    failed = sum(one["status"] == "failed" for one in recent)
    return "degraded" if failed * 2 > len(recent) else "healthy"


def _last(entries: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    """Return when something last worked and when something last failed, of entries given newest first."""
    worked = next((one["createdAt"] for one in entries if one["status"] == "success"), None)
    failed = next((one["createdAt"] for one in entries if one["status"] == "failed"), None)
    return {"lastSuccessAt": worked, "lastErrorAt": failed}
