"""Selwise, embedded: two surfaces, whom each lets in, and the two environments a rehearsal compares."""

from __future__ import annotations

import secrets
import uuid
from http import HTTPStatus
from typing import Any

from pytest_golive.sandbox.connection import Connection
from pytest_golive.sandbox.courier import Courier, Endpoint
from pytest_golive.sandbox.front import Front, Refusal
from pytest_golive.sandbox.http import Request, Response, json_response
from pytest_golive.sandbox.routing import Route
from pytest_golive.sandbox.selwise.access import Caller, admit_to_public, admit_to_site
from pytest_golive.sandbox.selwise.health import Health
from pytest_golive.sandbox.selwise.hooks import Hooks
from pytest_golive.sandbox.selwise.ingestion import Ingestion
from pytest_golive.sandbox.selwise.integrations import Integrations, Merge
from pytest_golive.sandbox.selwise.public_keys import PublicKeys
from pytest_golive.sandbox.selwise.rate import Left, MinuteLimit
from pytest_golive.sandbox.selwise.seed import furnish
from pytest_golive.sandbox.selwise.state import Site, State, add_public_key, now
from pytest_golive.vendors.library import read_pack
from pytest_golive.vendors.operation import Operation

ENVIRONMENTS = ("sandbox", "production")
LARGEST_BODY = 256 * 1024
PUBLIC_SCOPES = ("mobile_read", "mobile_write")


class Selwise(Front[Caller]):
    """Selwise's integrations API with a site each for `sandbox` and `production`, and one of somebody else.

    Args:
        merge: what becomes of a field that an update leaves out: kept, or removed.
        requests_per_minute: how many requests a key may send.
        refuse_twins: a second webhook of the same name and address is a conflict.

    Attributes:
        integrations: providers and the data layer; its merge rule may be changed while it runs.
        hooks: webhooks.
        rate: the limit of requests; it may be changed too.
    """

    def __init__(self, *, merge: Merge = "keep", requests_per_minute: int = 6000, refuse_twins: bool = False) -> None:
        self._state = State()
        self.integrations = Integrations(self._state, merge)
        self.hooks = Hooks(self._state, refuse_twins=refuse_twins)
        self.rate = MinuteLimit(requests_per_minute)
        ingestion = Ingestion(self._state, self.hooks)
        subjects = (
            self.integrations,
            Health(self._state, self.hooks),
            self.hooks,
            PublicKeys(self._state),
            ingestion,
        )
        super().__init__(read_pack("selwise"), subjects)
        stranger = self._state.add_site("somebody else", "other")
        self._connections = {name: self._open(name, stranger) for name in ENVIRONMENTS}

    @property
    def courier(self) -> Courier | None:
        """What delivers webhooks; None until the sandbox gives it."""
        return self.hooks.courier

    @courier.setter
    def courier(self, courier: Courier | None) -> None:
        self.hooks.courier = courier

    def deliver_to(self, endpoint: Endpoint) -> None:
        """Register an endpoint that gets every event, as if it had been created through the API."""
        self.hooks.adopt(self.site("sandbox"), endpoint)

    def owns(self, path: str) -> bool:
        """Whether this vendor answers for a path: others live below `/api/v1` too."""
        base = self.pack.base_url.path
        return path.startswith((f"{base}/sites/", f"{base}/public/"))

    def connections(self) -> dict[str, Connection]:
        """Return how each environment is reached."""
        return dict(self._connections)

    def site(self, environment: str) -> Site:
        """Return the site of an environment, with all that passed through it."""
        return self._state.sites[self._connections[environment].ids["site_id"]]

    def keep_rate_limit(self) -> None:
        """Let a key send as many requests as the pack takes for the vendor's limit: no page states one."""
        assert self.pack.rate_limit is not None, "the pack says what the limit is"
        self.rate.requests = self.pack.rate_limit.requests

    def let_read_only(self, token: str) -> None:
        """Take the right to change anything from a token."""
        with self._state.lock:
            self._state.read_only.add(token)

    def __call__(self, request: Request) -> Response:
        """Return the answer to a request; every answer tells what the key has left."""
        header = request.headers.get("authorization") or request.headers.get("x-selwise-api-key") or ""
        left = self.rate.take(header)
        if left.wait_seconds:
            response = self.refused(Refusal(429, "too many requests", headers={"Retry-After": str(left.wait_seconds)}))
        else:
            response = super().__call__(request)
        return Response(response.status, {**response.headers, **self._told(left)}, response.body)

    def issue_key(self, environment: str) -> str:
        """Make a further token of an environment's account, as the dashboard does.

        Raises:
            KeyError: there is no such environment.
        """
        with self._state.lock:
            account = self._state.tokens[self._connections[environment].api_key]
            return self._state.add_token(account, environment)

    def revoke(self, key: str) -> None:
        """Revoke a token.

        Raises:
            KeyError: there is no such token.
        """
        with self._state.lock:
            del self._state.tokens[key]

    def caller_of(self, key: str | None) -> Caller:
        """Return the account of a token of the management surface."""
        with self._state.lock:
            account = self._state.tokens.get(key or "")
            if account is None:
                raise Refusal(401, "invalid token" if key else "token is missing")
            return Caller(account=account, reads_only=key in self._state.read_only)

    def caller_by(self, authentication: str, key: str | None) -> Caller:
        """Return the public key that a request was sent with."""
        del authentication
        with self._state.lock:
            known = self._state.public_key(key) if key else None
            if known is None or known.revoked_at is not None:
                raise Refusal(403, "invalid public api key" if key else "public api key is missing")
            known.last_used_at = now()
            return Caller(key=known)

    def admit(self, caller: Caller, route: Route) -> None:
        """Let an account in to its sites, and a public key to its one."""
        writes = self.pack.operations[route.operation].method != "GET"
        with self._state.lock:
            if "site_key" in route.arguments:
                admit_to_public(caller, self._state.site_by_key(route.arguments["site_key"]), writes=writes)
                return
            site_id = route.arguments["site_id"]
            if not _is_uuid(site_id):
                raise Refusal(400, "siteId must be a UUID", field="siteId")
            admit_to_site(caller, self._state.sites.get(site_id), writes=writes)

    def refused(self, refusal: Refusal) -> Response:
        """Return a refusal as Selwise writes it."""
        body = {"statusCode": refusal.status, "message": refusal.text, "error": HTTPStatus(refusal.status).phrase}
        return json_response(refusal.status, body, refusal.headers)

    def _caller(self, operation: Operation, request: Request) -> Caller:
        origin = request.headers.get("origin") or request.headers.get("referer")
        if operation.authentication is not None and origin:
            return Caller(origin=origin)
        return super()._caller(operation, request)

    def _body(self, operation: Operation, request: Request) -> Any:
        if operation.request is not None:
            if len(request.body) > LARGEST_BODY:
                raise Refusal(413, "body too large")
            media = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
            if media != "application/json":
                raise Refusal(415, "content type must be application/json")
        return super()._body(operation, request)

    def _told(self, left: Left) -> dict[str, str]:
        assert self.pack.rate_limit is not None, "the pack says how the limit is told"
        names = self.pack.rate_limit.headers
        values = {"limit": self.rate.requests, "remaining": left.remaining, "reset": left.reset_at}
        return {names[kind]: str(value) for kind, value in values.items() if kind in names}

    def _open(self, environment: str, stranger: Site) -> Connection:
        account = f"shop {environment}"
        site = self._state.add_site(account, environment)
        furnish(site)
        public = add_public_key(site, "server", PUBLIC_SCOPES)
        own = {
            "public_api_key": public.value,
            "ga4_api_secret": site.right_secrets["ga4", "apiSecret"],
            "meta_access_token": site.right_secrets["meta", "accessToken"],
        }
        return Connection(
            base_path=self.pack.base_url.path,
            api_key=self._state.add_token(account, environment),
            previous_api_key=f"swt_{environment}_{secrets.token_urlsafe(24)}",
            ids={"site_id": site.id, "site_key": site.key},
            foreign_ids={"site_id": stranger.id},
            keys={**own, "webhook_secret": next(iter(site.hooks.values())).fields["authConfig"]["secret"]},
            settings={"log_wait_seconds": 2},
            further={**own, "verified_domain": site.domain},
        )


def _is_uuid(text: str) -> bool:
    try:
        return str(uuid.UUID(text)) == text.lower()
    except ValueError:
        return False
