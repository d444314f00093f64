"""Augno, embedded: its parts put together, and what a test may do to it from outside of the API."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from functools import cached_property
from typing import Any

from pytest_golive.sandbox.augno.api_keys import ApiKeys, KeyRing, Sandboxes
from pytest_golive.sandbox.augno.brand import BRANDS
from pytest_golive.sandbox.augno.catalog import ItemCategories, Products, Units
from pytest_golive.sandbox.augno.changes import Changes
from pytest_golive.sandbox.augno.customers import Addresses, Customers
from pytest_golive.sandbox.augno.endpoints import Endpoint, Map
from pytest_golive.sandbox.augno.gate import HEALTH, Gate
from pytest_golive.sandbox.augno.opening import MODES, Opening, open_account
from pytest_golive.sandbox.augno.orders import SalesOrders
from pytest_golive.sandbox.augno.paging import Pager, Shape
from pytest_golive.sandbox.augno.problem import CATALOGUE
from pytest_golive.sandbox.augno.rates import DOCUMENTED, Window
from pytest_golive.sandbox.augno.records import AuditEvents, RequestLogs, Search
from pytest_golive.sandbox.augno.resource import Core
from pytest_golive.sandbox.augno.seed import role_named
from pytest_golive.sandbox.augno.state import Account, State
from pytest_golive.sandbox.augno.terms import AccountGroups, Carriers, PaymentTerms, ShippingTerms
from pytest_golive.sandbox.augno.versions import SERVED
from pytest_golive.sandbox.connection import Connection
from pytest_golive.sandbox.courier import Courier
from pytest_golive.sandbox.courier import Endpoint as Handler
from pytest_golive.sandbox.http import Headers, Request, Response
from pytest_golive.vendors.library import read_pack
from pytest_golive.vendors.pack import Pack

DOMAINS = ("auth", "catalog", "core", "finance", "identity", "messaging", "operations", "sales", "settings")

RESOURCES = (
    Units,
    Products,
    ItemCategories,
    PaymentTerms,
    AccountGroups,
    Carriers,
    ShippingTerms,
    Addresses,
    Customers,
    SalesOrders,
    Sandboxes,
    RequestLogs,
    AuditEvents,
)


class Augno:
    """Augno's REST API with two accounts, `sandbox` and `production`.

    Args:
        profile: the brand: `augno` or `openmrp`.
        work_seconds: how long a write with an idempotency key takes, so that two of them can meet.
        log_seconds: how long request logs and audit events take to show.
        requests_per_second: how many requests are let through; None for any number.
        paging: whether pages lead on by addresses or by cursors.
        versions: the API versions that are served, the newest last.
        clock: what tells the time.

    Attributes:
        brand: the names of the API.
        changes: logs and audit events; their delay may be changed while it runs.
        pager: the shape of pages; it too.
        rate: the limit of requests; it too.
        gate: how long writes take; it too.
        courier: delivers webhooks; None until the sandbox gives one.
    """

    def __init__(
        self,
        profile: str = "augno",
        *,
        work_seconds: float = 0.05,
        log_seconds: float = 0.1,
        requests_per_second: int | None = None,
        paging: Shape = "url",
        versions: tuple[str, ...] = SERVED,
        clock: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self.brand = BRANDS[profile]
        self.rate = Window(requests_per_second)
        self.pager = Pager(paging)
        self.courier: Courier | None = None
        self._profile = profile
        self._version = versions[-1]
        self._state = State(clock)
        self.changes = Changes(self._state, self.brand, log_seconds)
        self._ring = KeyRing(self._state, self.brand)
        self.endpoints: tuple[Endpoint, ...] = tuple(self._parts())
        self.gate = Gate(
            self._state,
            self.brand,
            versions,
            self._ring,
            Map(self.endpoints),
            self.changes,
            self.rate,
            work_seconds,
        )
        self._openings = {name: open_account(self._state, self._ring, name) for name in MODES}
        for opening in self._openings.values():
            self._place_order(opening)
        self.changes.announce = self._announce

    @cached_property
    def pack(self) -> Pack:
        """The contract under this brand, by which webhooks are sent."""
        return read_pack("augno", self._profile)

    def __call__(self, request: Request) -> Response:
        """Return the answer to a request."""
        return self.gate(request)

    def owns(self, path: str) -> bool:
        """Whether this vendor answers for a path: others live below `/v1` too."""
        return path == HEALTH or path.startswith(tuple(f"/v1/{domain}/" for domain in DOMAINS))

    def keep_rate_limit(self) -> None:
        """Let an address send as many requests as the vendor's pages say."""
        self.rate.per_second = DOCUMENTED

    def connections(self) -> dict[str, Connection]:
        """Return how each environment is reached."""
        return {name: opening.connection(self._version, self._profile) for name, opening in self._openings.items()}

    def deliver_to(self, endpoint: Handler) -> None:
        """Let a handler get every event of its account, or of the sandbox if it belongs to none.

        Raises:
            RuntimeError: the sandbox gave no courier yet.
        """
        if self.courier is None:
            raise RuntimeError("webhooks need a courier; the sandbox gives one")
        openings = {opening.account.id: opening for opening in self._openings.values()}
        opening = openings.get(endpoint.tenant, self._openings["sandbox"])
        endpoint.tenant, endpoint.mode = opening.account.id, endpoint.mode or opening.mode
        if endpoint.mode == "test":
            endpoint.retry = endpoint.retry or "test"
        self.courier.add(endpoint)

    def issue_key(self, environment: str, role: str = "Integration", name: str = "further") -> str:
        """Make a further key with one of the roles, as the dashboard does.

        Raises:
            KeyError: there is no such environment.
        """
        account = self._openings[environment].account
        with self._state.lock:
            return self._ring.issue(account, name, role_named(account, role).id)[1]

    def revoke(self, key: str) -> None:
        """Revoke a key.

        Raises:
            KeyError: there is no such key.
        """
        with self._state.lock:
            self._ring.row_of(key).values["revoked_at"] = self._state.now()

    def expire(self, key: str) -> None:
        """Let a key expire.

        Raises:
            KeyError: there is no such key.
        """
        with self._state.lock:
            self._ring.row_of(key).values["expires_at"] = self._state.now()

    def fail(self, operation: str, code: str, times: int = 1) -> None:
        """Let the next calls of an operation fail with one of the codes, after they were let in.

        Raises:
            KeyError: there is no such code.
        """
        if code not in CATALOGUE:
            raise KeyError(code)
        self.gate.faults += [(operation, code)] * times

    def _parts(self) -> Iterator[Endpoint]:
        core = Core(self._state, self.pager, self.changes)
        for resource in RESOURCES:
            yield from resource(core).endpoints()
        yield from ApiKeys(core, self._ring).endpoints()
        yield from Search(core).endpoints()

    def _place_order(self, opening: Opening) -> None:
        """Let the owner of an account place an order: an account in use has orders, logs and audit events."""
        ids = opening.ids
        addresses = [row.id for row in opening.account.table("address")]
        body = {
            "buyer_account_id": ids["order_customer_id"],
            "bill_to_address_id": addresses[0],
            "ship_to_address_id": addresses[1],
            "priority_code": "normal",
            "lines": [
                {"product_id": ids["order_product_id"], "quantity": {"value": "8", "unit_id": ids["order_unit_id"]}}
            ],
        }
        headers = [
            ("Authorization", f"Bearer {opening.keys['audit_key']}"),
            (self.brand.version_header, self._version),
        ]
        path = "/v1/sales/sales-orders"
        response = self.gate(Request("POST", path, {}, Headers(headers), json.dumps(body).encode()))
        assert response.status == 201, response.body

    def _announce(self, account: Account, event: str, data: dict[str, Any]) -> None:
        if self.courier is not None:
            self.courier.publish(event, data, tenant=account.id, whole=True)
