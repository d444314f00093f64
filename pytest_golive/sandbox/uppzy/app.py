"""Uppzy, embedded: whom a key belongs to, what it reaches, and the two environments a rehearsal compares."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_golive.sandbox.connection import Connection
from pytest_golive.sandbox.example_content import Published
from pytest_golive.sandbox.front import Front, Refusal
from pytest_golive.sandbox.http import Response, json_response
from pytest_golive.sandbox.limits import RateLimit
from pytest_golive.sandbox.routing import Route
from pytest_golive.sandbox.uppzy.chat import Chat
from pytest_golive.sandbox.uppzy.documents import Documents
from pytest_golive.sandbox.uppzy.state import PLANS_WITH_API, Document, KeyState, State, Tenant
from pytest_golive.sandbox.uppzy.workspace import Workspace
from pytest_golive.vendors.library import read_pack

ENVIRONMENTS = ("sandbox", "production")

USED = ("get_limits", "chat", "chat_async", "get_chat_request", "send_feedback", "create_text_document")
"""What the example service calls."""


class Uppzy(Front[Tenant]):
    """Uppzy's machine-to-machine API with two workspaces, `sandbox` and `production`, of two sites each.

    Args:
        think_seconds: how long sync chat takes.
        async_seconds: how long an async question takes.
        ready_seconds: how long a document takes until answers can rest on it.
        requests_per_second: how many requests a key may send; None for any number.

    Attributes:
        chat: conversations; its times may be changed while it runs.
        documents: documents; their time too.
        rate: the limit of requests; it too.
    """

    def __init__(
        self,
        *,
        think_seconds: float = 0.05,
        async_seconds: float = 0.3,
        ready_seconds: float = 0.2,
        requests_per_second: int | None = None,
    ) -> None:
        self._state = State()
        self.chat = Chat(self._state, think_seconds, async_seconds)
        self.documents = Documents(self._state, ready_seconds)
        self.rate = RateLimit(requests_per_second)
        super().__init__(read_pack("uppzy"), (Workspace(self._state), self.documents, self.chat))
        self._connections = {name: self._open(name) for name in ENVIRONMENTS}

    def owns(self, path: str) -> bool:
        """Whether this vendor answers for a path: others live below `/api/v1` too."""
        return path.startswith(f"{self.pack.base_url.path}/m2m/")

    def connections(self) -> dict[str, Connection]:
        """Return how each environment is reached."""
        return dict(self._connections)

    def issue_key(self, environment: str) -> str:
        """Make a further key of an environment's workspace, as the dashboard does.

        Raises:
            KeyError: there is no such environment.
        """
        tenant_id = self._connections[environment].ids["tenant_id"]
        with self._state.lock:
            return self._state.add_key(self._state.tenants[tenant_id], environment)

    def revoke(self, key: str) -> None:
        """Revoke a key.

        Raises:
            KeyError: there is no such key.
        """
        self._set(key, "revoked")

    def expire(self, key: str) -> None:
        """Let a key expire.

        Raises:
            KeyError: there is no such key.
        """
        self._set(key, "expired")

    def set_plan(self, tenant_id: str, plan: str) -> None:
        """Put a workspace on another plan; only `level2` and `level3` have access to the API.

        Raises:
            KeyError: there is no such workspace.
        """
        with self._state.lock:
            self._state.tenants[tenant_id].plan = plan

    def publish(self, documents: Sequence[Published]) -> None:
        """Hold these documents in the configured site of each environment, active and ready."""
        with self._state.lock:
            for one in self._connections.values():
                held = self._state.sites[one.ids["site_id"]].documents
                for each in documents:
                    fields = {"title": each.title, "content": each.content, "category": each.category}
                    held[each.id] = Document(each.id, fields, "active", 0.0)

    def caller_of(self, key: str | None) -> Tenant:
        """Return the workspace an active key belongs to; every other key is refused alike."""
        with self._state.lock:
            known = self._state.keys.get(key or "")
            if known is None or known.state != "active":
                raise Refusal(401, "invalid_api_key")
            tenant = self._state.tenants[known.tenant_id]
        seconds = self.rate.take(key or "")
        if seconds:
            raise Refusal(429, "too many requests", headers={"Retry-After": str(seconds)})
        return tenant

    def admit(self, caller: Tenant, route: Route) -> None:
        """Let a workspace with API access in to itself and its sites."""
        with self._state.lock:
            if caller.plan not in PLANS_WITH_API:
                raise Refusal(403, "api_access_not_available_on_plan")
            if "tenant_id" in route.arguments:
                tenant = self._state.tenants.get(route.arguments["tenant_id"])
                _check_owner("tenant", tenant.id if tenant else None, caller)
            if "site_id" in route.arguments:
                site = self._state.sites.get(route.arguments["site_id"])
                _check_owner("site", site.tenant_id if site else None, caller)
            caller.requests += 1

    def refused(self, refusal: Refusal) -> Response:
        """Return a refusal as Uppzy writes it: a text, and nothing to branch on but the status."""
        return json_response(refusal.status, {"error": refusal.text}, refusal.headers)

    def _open(self, environment: str) -> Connection:
        tenant = self._state.add_tenant()
        site, other = self._state.add_site(tenant), self._state.add_site(tenant)
        return Connection(
            base_path=self.pack.base_url.path,
            api_key=self._state.add_key(tenant, environment),
            previous_api_key=self._state.add_key(tenant, environment, "revoked"),
            ids={"tenant_id": tenant.id, "site_id": site.id},
            foreign_ids={"site_id": other.id},
            uses=USED,
        )

    def _set(self, key: str, state: KeyState) -> None:
        with self._state.lock:
            self._state.keys[key].state = state


def _check_owner(what: str, owner: str | None, caller: Tenant) -> None:
    if owner is None:
        raise Refusal(404, f"{what} not found")
    if owner != caller.id:
        raise Refusal(403, f"{what} not allowed for this key")
