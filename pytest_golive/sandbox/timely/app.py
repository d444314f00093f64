"""Timely.ai, embedded: whom a key belongs to, what it may do, and the two workspaces a rehearsal compares."""

from __future__ import annotations

import re
from dataclasses import replace

from pytest_golive.sandbox.connection import Connection
from pytest_golive.sandbox.courier import Courier, Endpoint
from pytest_golive.sandbox.front import Front, Refusal
from pytest_golive.sandbox.http import Request, Response, json_response
from pytest_golive.sandbox.routing import Route
from pytest_golive.sandbox.timely import scopes, seed
from pytest_golive.sandbox.timely.agents import Agents
from pytest_golive.sandbox.timely.channels import Channels
from pytest_golive.sandbox.timely.contacts import Contacts
from pytest_golive.sandbox.timely.conversations import Conversations
from pytest_golive.sandbox.timely.dialects import Dialects
from pytest_golive.sandbox.timely.events import Events
from pytest_golive.sandbox.timely.quota import DOCUMENTED, Quota
from pytest_golive.sandbox.timely.refusals import code_of
from pytest_golive.sandbox.timely.service import Service
from pytest_golive.sandbox.timely.state import Key, State, Workspace, new_id
from pytest_golive.sandbox.timely.webhooks import Webhooks, register
from pytest_golive.vendors.library import read_pack

CHAT = re.compile(r"/v1/chats/([^/]+)/messages")
"""Where one page has messages be sent to; the others say `/conversations`. A chat's id is its conversation's."""

LARGEST = 5 * 1024 * 1024
"""Bytes of a request body."""

USES = ("list_contacts", "create_contact", "list_conversations", "send_message")
"""What the example service calls."""

FORBIDDEN = ("ask_agent", "list_webhooks")
"""What its key must not be allowed."""

SERVICE = ("contacts:read", "contacts:write", "conversations:read", "messages:write")
"""The scopes of its key."""

SHOP = "https://hooks.shop.example/timely"
"""Where the example shop takes events in production; nothing is sent there from here."""


class Timely(Front[Key]):
    """Timely.ai's API with two workspaces of one company, `sandbox` and `production`.

    Args:
        dialects: which of the variants that the vendor's pages disagree about are served.
        think_seconds: how long an agent takes to answer.
        requests_per_minute: how many requests a key may send; None for any number.

    Attributes:
        dialects: the variants; they may be changed while it runs.
        agents: agents; how long they think may be changed, too.
        quota: the limit of requests; it too.
    """

    def __init__(
        self,
        *,
        dialects: Dialects | None = None,
        think_seconds: float = 0.02,
        requests_per_minute: int | None = None,
    ) -> None:
        self._state = State()
        self._events = Events()
        self.dialects = dialects or Dialects()
        self.quota = Quota(requests_per_minute)
        self.agents = Agents(self._state, self._events, self.dialects, think_seconds)
        self._webhooks = Webhooks(self._state, self._events, self.dialects)
        subjects = (
            Service(self.dialects),
            Contacts(self._state, self._events, self.dialects),
            self.agents,
            Conversations(self._state, self._events, self.dialects),
            Channels(self._state, self.dialects),
            self._webhooks,
        )
        super().__init__(read_pack("timely"), subjects)
        self._heads = {operation.path.split("/")[1] for operation in self.pack.operations.values()}
        company = new_id()
        self._workspaces = {
            name: self._state.add_workspace(company, production=name == "production")
            for name in ("sandbox", "production")
        }
        self._connections = {name: self._open(name, workspace) for name, workspace in self._workspaces.items()}

    @property
    def courier(self) -> Courier | None:
        """What delivers events; None until the sandbox gives one."""
        return self._events.courier

    @courier.setter
    def courier(self, courier: Courier | None) -> None:
        self._events.courier = courier
        with self._state.lock:
            for workspace in self._state.workspaces.values():
                for hook in workspace.webhooks.values():
                    self._webhooks.connect(workspace, hook)

    def deliver_to(self, endpoint: Endpoint) -> None:
        """Register an endpoint in the workspace for tests, for every event, as if through the API."""
        workspace = self._workspaces["sandbox"]
        with self._state.lock:
            events = tuple(self.pack.webhooks.events) if self.pack.webhooks is not None else ()
            hook = register(workspace, endpoint.url, endpoint.events or events, name="golive", secret=endpoint.secret)
            hook.scheme = endpoint.scheme
            if self.courier is not None:
                self.courier.add(replace(endpoint, id=hook.id, tenant=workspace.id, events=hook.events))

    def register_inbox(self, url: str) -> None:
        """Register where the example project takes webhooks, in the workspace for tests."""
        workspace = self._workspaces["sandbox"]
        with self._state.lock:
            self._webhooks.connect(workspace, seed.register_shop(workspace, url))

    def owns(self, path: str) -> bool:
        """Whether this vendor answers for a path: others live below `/v1` too."""
        head = path.removeprefix(f"{self.pack.base_url.path}/").partition("/")[0]
        return super().owns(path) and head in self._heads

    def connections(self) -> dict[str, Connection]:
        """Return how each environment is reached."""
        return dict(self._connections)

    def issue_key(self, environment: str) -> str:
        """Make a further key of an environment's workspace with all scopes, as the dashboard does.

        Raises:
            KeyError: there is no such environment.
        """
        with self._state.lock:
            return self._state.add_key(self._workspaces[environment], f"golive {environment} anew", scopes.ALL)

    def revoke(self, key: str) -> None:
        """Revoke a key.

        Raises:
            KeyError: there is no such key.
        """
        with self._state.lock:
            self._state.keys[key].is_active = False

    def keep_rate_limit(self) -> None:
        """Let a key send as many requests as the vendor's pages say."""
        self.quota.per_minute = DOCUMENTED

    def limit(self, key: str, held: tuple[str, ...]) -> None:
        """Give a key other scopes.

        Raises:
            KeyError: there is no such key.
        """
        with self._state.lock:
            self._state.keys[key].scopes = held

    def workspace(self, environment: str = "sandbox") -> Workspace:
        """Return everything of an environment, to be looked at or changed by tests."""
        return self._workspaces[environment]

    def __call__(self, request: Request) -> Response:
        """Answer, and tell with every answer how much the key may still ask."""
        chat = CHAT.fullmatch(request.path) if request.method == "POST" else None
        if chat is not None:
            request = replace(request, path=f"/v1/conversations/{chat[1]}/messages")
        key = request.headers.get(self.pack.authentication.header, "")
        standing = self.quota.take(key if key in self._state.keys else "")
        if standing.retry_after:
            response = self.refused(Refusal(429, "too many requests"))
        elif len(request.body) > LARGEST:
            response = self.refused(Refusal(413, "the body is larger than 5 MB", code="PAYLOAD_TOO_LARGE"))
        else:
            response = self._answered(super().__call__(request), request)
        return replace(response, headers={**response.headers, **standing.headers})

    def anyone(self) -> Key:
        """Return a key that opens nothing, for what is open to all."""
        return Key("", "nobody", self._workspaces["sandbox"], ())

    def caller_of(self, key: str | None) -> Key:
        """Return an active key; a missing one is told from a wrong one, a revoked one is not."""
        if key is None:
            raise Refusal(401, "x-api-key is missing", code="MISSING_API_KEY")
        with self._state.lock:
            known = self._state.keys.get(key)
            if known is None or not known.is_active:
                raise Refusal(401, "the key is unknown or revoked", code="INVALID_API_KEY")
            return known

    def admit(self, caller: Key, route: Route) -> None:
        """Let a key in to what its scopes are for; what is not there is found out later."""
        operation = self.pack.operations[route.operation]
        if not operation.open and not scopes.allows(self.pack, caller.scopes, operation.scopes):
            raise Refusal(403, f"the key lacks {' or '.join(operation.scopes)}", code="INSUFFICIENT_SCOPE")

    def refused(self, refusal: Refusal) -> Response:
        """Return a refusal as Timely.ai writes it; a body of another kind is just another wrong body."""
        status = 400 if refusal.status == 415 else refusal.status
        told = {"code": code_of(refusal, self.dialects.errors), "message": refusal.text, "status": status}
        return json_response(status, {"error": told}, refusal.headers)

    def _answered(self, response: Response, request: Request) -> Response:
        asked = request.method == "POST" and request.path.startswith(f"{self.pack.base_url.path}/agents/")
        asked = asked and request.path.endswith("/conversation")
        return replace(response, status=self.dialects.created) if asked and response.status == 201 else response

    def _open(self, environment: str, workspace: Workspace) -> Connection:
        seed.fill(workspace)
        keys = {"service_api_key": self._state.add_key(workspace, "shop", SERVICE)}
        if workspace.production:
            keys["webhook_secret"] = seed.register_shop(workspace, SHOP).secret
        return Connection(
            base_path=self.pack.base_url.path,
            api_key=self._state.add_key(workspace, f"golive {environment}", scopes.ALL),
            previous_api_key=self._state.add_key(
                workspace, f"golive {environment} before", scopes.ALL, is_active=False
            ),
            ids={"workspace_id": workspace.id, "company_id": workspace.company_id, **_first_ids(workspace)},
            keys=keys,
            features=dict.fromkeys(self.pack.features, True),
            settings={"test_workspace_ids": [self._workspaces["sandbox"].id]},
            uses=USES,
            forbidden=FORBIDDEN,
        )


def _first_ids(workspace: Workspace) -> dict[str, str]:
    """Return the ids that a golive.yaml names: of the active agent, its channel, and the conversation for tests."""
    return {
        "agent_id": next(iter(workspace.agents)),
        "channel_id": next(iter(workspace.channels)),
        "conversation_id": next(iter(workspace.conversations)),
    }
