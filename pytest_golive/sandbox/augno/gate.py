"""The way of a request: counted, its version and key looked at, then answered once, and written down."""

from __future__ import annotations

import time
from collections.abc import Mapping
from dataclasses import dataclass

from pytest_golive.sandbox.augno.api_keys import KeyRing
from pytest_golive.sandbox.augno.brand import Brand
from pytest_golive.sandbox.augno.changes import Changes, new_request_id
from pytest_golive.sandbox.augno.endpoints import ADMIN, Asked, Endpoint, Map
from pytest_golive.sandbox.augno.fields import read_fields, read_object
from pytest_golive.sandbox.augno.idempotency import HEADER, LONGEST_KEY, METHODS, REPLAYED, Ledger, Scope, fingerprint
from pytest_golive.sandbox.augno.problem import Problem, malformed
from pytest_golive.sandbox.augno.queries import Values, read_query, read_wants
from pytest_golive.sandbox.augno.rates import Window, refused
from pytest_golive.sandbox.augno.state import Account, Row, State
from pytest_golive.sandbox.augno.versions import version_of
from pytest_golive.sandbox.http import Request, Response, json_response

HEALTH = "/healthz"


@dataclass(slots=True)
class Journey:
    """How far a request has come.

    Attributes:
        id: id of the request.
        version: the version it is answered in, once that is known.
        endpoint: what it asks for.
        path: values of the path's placeholders.
        key: the API key it came with.
        account: the account that the key opens.
    """

    id: str
    request: Request
    version: str | None = None
    endpoint: Endpoint | None = None
    path: Mapping[str, str] | None = None
    key: Row | None = None
    account: Account | None = None

    @property
    def values(self) -> Values:
        """Every value of each query parameter."""
        return self.request.query_values


class Gate:
    """Lets requests in, one after the other.

    Args:
        state: everything.
        brand: the names of the API.
        versions: the API versions that are served.
        ring: the keys.
        endpoints: what there is to ask for.
        changes: what is written down.
        rate: how much may be asked.
        work_seconds: how long a write with an idempotency key takes.

    Attributes:
        work_seconds: may be changed at any time.
        faults: operations that will fail, once for each entry, with the code of the failure.
    """

    def __init__(
        self,
        state: State,
        brand: Brand,
        versions: tuple[str, ...],
        ring: KeyRing,
        endpoints: Map,
        changes: Changes,
        rate: Window,
        work_seconds: float,
    ) -> None:
        self.work_seconds = work_seconds
        self.faults: list[tuple[str, str]] = []
        self._state = state
        self._brand = brand
        self._versions = versions
        self._ring = ring
        self._endpoints = endpoints
        self._changes = changes
        self._rate = rate
        self._ledger = Ledger(state.clock)

    def __call__(self, request: Request) -> Response:
        """Return the answer to a request."""
        began, journey = time.perf_counter(), Journey(new_request_id(), request)
        headers, wait = self._rate.take()
        headers["Request-ID"] = journey.id
        try:
            if wait:
                raise refused(wait)
            answer = self._answer(journey)
        except Problem as problem:
            answer = self._refusal(journey, problem)
        if journey.version is not None:
            headers[self._brand.version_header] = journey.version
        response = Response(answer.status, {**answer.headers, **headers}, answer.body)
        self._log(journey, response, time.perf_counter() - began)
        return response

    def _answer(self, journey: Journey) -> Response:
        request = journey.request
        if request.path == HEALTH and request.method == "GET":
            return json_response(200, {"object": "healthcheck", "status": "ok"})
        journey.version = version_of(request.headers, self._brand.version_header, self._versions)
        journey.endpoint, journey.path = self._endpoints.find(request.method, request.path)
        self._authenticate(journey)
        self._permit(journey)
        key = request.headers.get(HEADER) if request.method in METHODS else None
        return self._work(journey) if key is None else self._once(journey, key)

    def _authenticate(self, journey: Journey) -> None:
        headers = journey.request.headers
        with self._state.lock:
            journey.key, journey.account = self._ring.open(headers.get("authorization"), headers.get("cookie"))
        acting_for = headers.get(self._brand.account_header)
        if acting_for not in {None, "", journey.account.id}:
            message = f"There is no relationship to the account that {self._brand.account_header} names."
            raise Problem("insufficient_permissions", message, self._brand.account_header)

    def _permit(self, journey: Journey) -> None:
        assert journey.endpoint is not None
        assert journey.key is not None
        assert journey.account is not None
        needed = journey.endpoint.permission
        role = journey.account.table("role").get(journey.key["role_id"], "role")
        if needed and role["type"] != ADMIN and needed not in role["permissions"]:
            what = "an admin role" if needed == ADMIN else f"the permission {needed}"
            raise Problem("insufficient_permissions", f"The role of this API key lacks {what}.")

    def _once(self, journey: Journey, key: str) -> Response:
        """Do a write, unless it was done before with the same idempotency key."""
        assert journey.endpoint is not None
        assert journey.key is not None
        assert journey.account is not None
        if not 0 < len(key) <= LONGEST_KEY:
            raise malformed(HEADER, f"1 to {LONGEST_KEY} characters")
        endpoint = f"{journey.endpoint.method} {journey.endpoint.template}"
        scope = Scope(journey.key.id, journey.account.id, endpoint, key)
        before = self._ledger.claim(scope, fingerprint(journey.values, journey.request.body))
        if before is not None:
            return Response(before.status, {**before.headers, REPLAYED: "true"}, before.body)
        try:
            time.sleep(self.work_seconds)
            response = self._work(journey)
        except Problem as problem:
            if problem.kind.is_transient:
                self._ledger.release(scope)
                raise
            response = self._refusal(journey, problem)
        except BaseException:
            self._ledger.release(scope)
            raise
        self._ledger.settle(scope, response)
        return response

    def _work(self, journey: Journey) -> Response:
        """Read query and body, and let the endpoint answer."""
        endpoint, request = journey.endpoint, journey.request
        assert endpoint is not None
        assert journey.key is not None
        assert journey.account is not None
        self._fail_on_demand(endpoint)
        asked = Asked(
            id=journey.id,
            account=journey.account,
            key=journey.key,
            path=journey.path or {},
            values=journey.values,
            query=read_query(journey.values, endpoint.query),
            wants=read_wants(journey.values, endpoint.includes),
            body=_body(endpoint, request),
            request=request,
        )
        with self._state.lock:
            reply = endpoint.handler(asked)
        headers = {} if reply.created is None else {"Location": reply.created}
        return json_response(endpoint.status, reply.body, headers)

    def _fail_on_demand(self, endpoint: Endpoint) -> None:
        with self._state.lock:
            fault = next((each for each in self.faults if each[0] == endpoint.operation), None)
            if fault is not None:
                self.faults.remove(fault)
        if fault is not None:
            raise Problem(fault[1], "This failure was asked for.")

    def _refusal(self, journey: Journey, problem: Problem) -> Response:
        shown_at = None if journey.account is None else f"{self._brand.request_logs}{journey.id}"
        return json_response(problem.kind.status, problem.body(self._brand.errors, shown_at), problem.headers)

    def _log(self, journey: Journey, response: Response, seconds: float) -> None:
        if journey.account is None or journey.key is None:
            return
        route = journey.endpoint.template if journey.endpoint else None
        with self._state.lock:
            self._changes.log(
                journey.account,
                journey.key,
                journey.id,
                journey.request,
                journey.values,
                response,
                route,
                seconds,
            )


def _body(endpoint: Endpoint, request: Request) -> dict[str, object]:
    if request.method not in {"POST", "PUT", "PATCH"}:
        return {}
    return read_fields(endpoint.fields, read_object(request.body), patch=endpoint.patch)
