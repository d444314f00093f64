"""Uppzy's tenants and sites: what they are, what they used, how the widget looks."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from pytest_golive.sandbox.front import Call
from pytest_golive.sandbox.uppzy.state import Site, State, Tenant

LIMITS = {"questions_per_month": 1000, "documents": 500}


class Workspace:
    """Operations on a tenant, on a site, and on what is counted there."""

    def __init__(self, state: State) -> None:
        self._state = state

    def get_tenant(self, call: Call[Tenant]) -> dict[str, Any]:
        """Return the workspace."""
        return {"id": call.caller.id, "plan": call.caller.plan}

    def get_limits(self, call: Call[Tenant]) -> dict[str, Any]:
        """Return what the plan allows."""
        return {"tenant_id": call.caller.id, "limits": LIMITS}

    def get_usage(self, call: Call[Tenant]) -> dict[str, Any]:
        """Return what was used since the start."""
        with self._state.lock:
            return {"tenant_id": call.caller.id, "usage": self._used(call.caller)}

    def list_usage_history(self, call: Call[Tenant]) -> dict[str, Any]:
        """Return the one period there is: the sandbox is never older than its process."""
        period = datetime.now(UTC).strftime("%Y-%m")
        with self._state.lock:
            return {"items": [{"period": period, **self._used(call.caller)}]}

    def get_tenant_statistics(self, call: Call[Tenant]) -> dict[str, Any]:
        """Return the numbers of all sites together."""
        with self._state.lock:
            sites = self._state.sites_of(call.caller)
            return {"tenant_id": call.caller.id, "sites": len(sites), **_sum(site.count() for site in sites)}

    def get_site(self, call: Call[Tenant]) -> dict[str, Any]:
        """Return the site."""
        return {"id": call.path["site_id"], "tenant_id": call.caller.id}

    def get_site_statistics(self, call: Call[Tenant]) -> dict[str, Any]:
        """Return the numbers of the site; ratings and levels of the days that are asked for."""
        days = (str(call.query.get("from", "")), str(call.query.get("to", "9999-12-31")))
        with self._state.lock:
            site = self._site(call)
            told = {"feedback": site.ratings(*days), "confidence": site.levels(*days)}
            return {"site_id": site.id, **site.count(), **told}

    def get_user_statistics(self, call: Call[Tenant]) -> dict[str, Any]:
        """Return the numbers of one visitor; nobody known has asked nothing."""
        email = call.path["email"]
        with self._state.lock:
            return {"email": email, **self._site(call).count(email)}

    def get_widget_config(self, call: Call[Tenant]) -> dict[str, Any]:
        """Return how the widget looks."""
        with self._state.lock:
            return dict(self._site(call).widget)

    def update_widget_config(self, call: Call[Tenant]) -> dict[str, Any]:
        """Change the keys that were sent and are known; ignore the others."""
        with self._state.lock:
            widget = self._site(call).widget
            widget.update({key: value for key, value in call.body.items() if key in widget})
            return dict(widget)

    def _site(self, call: Call[Tenant]) -> Site:
        return self._state.sites[call.path["site_id"]]

    def _used(self, tenant: Tenant) -> dict[str, int]:
        sites = self._state.sites_of(tenant)
        documents = sum(len(site.documents) for site in sites)
        return {"requests": tenant.requests, "documents": documents, **_sum(site.count() for site in sites)}


def _sum(counts: Any) -> dict[str, int]:
    total = {"sessions": 0, "questions": 0}
    for count in counts:
        total = {name: total[name] + count[name] for name in total}
    return total
