"""All embedded vendors on one port, as `golive sandbox` and the rehearsal start them."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import replace
from typing import Any, Protocol, Self, runtime_checkable

from pytest_golive.credentials.secret import fingerprint as fingerprint_of
from pytest_golive.sandbox.augno import Augno
from pytest_golive.sandbox.connection import Connection
from pytest_golive.sandbox.courier import Clock, Courier, SendsWebhooks
from pytest_golive.sandbox.deliveries.desk import Desk
from pytest_golive.sandbox.deliveries.destination import Destination
from pytest_golive.sandbox.http import App, Request, Response, json_response
from pytest_golive.sandbox.selwise import Selwise
from pytest_golive.sandbox.server import Server
from pytest_golive.sandbox.timely import Timely
from pytest_golive.sandbox.uppzy import Uppzy
from pytest_golive.vendors.pack import Pack

FINGERPRINTS = "/golive/fingerprints"
"""Where the example deployment reports which keys it holds; `?environment=production` is another's report."""

OWN = "/golive"
"""What no vendor has: golive's own paths are below it."""

INBOX = "/golive/inbox"
"""Where the example project takes webhooks: whatever comes is accepted."""


class VendorApp(App, Protocol):
    """An embedded vendor."""

    def owns(self, path: str) -> bool:
        """Whether this vendor answers for a path."""

    def connections(self) -> Mapping[str, Connection]:
        """Return how each of its environments is reached."""


@runtime_checkable
class HasRateLimit(Protocol):
    """An embedded vendor whose limit of requests is known."""

    def keep_rate_limit(self) -> None:
        """Refuse what is above it."""


VENDORS: Mapping[str, Callable[[], VendorApp]] = {"augno": Augno, "timely": Timely, "selwise": Selwise, "uppzy": Uppzy}


class Sandbox:
    """The embedded vendors behind one server.

    Args:
        vendors: names of the vendors to start.
        port: port to listen on; 0 takes a free one.
        latency_seconds: added to every answer.
        wrap: gets a vendor's name and app, and returns the app to serve in its place; for tests.
        apps: vendors that were made by the caller, by name, in place of newly made ones.
        fingerprint: names a key without giving it away.
        deliver: where events go, by vendor.
        clock: what time couriers go by; None for the right one.

    Attributes:
        apps: the vendors by name, not wrapped.
        couriers: what brings their events to handlers, for those that send webhooks.
        server: what listens.

    Raises:
        ValueError: there is no such vendor.
    """

    def __init__(
        self,
        vendors: Iterable[str] = ("uppzy",),
        port: int = 0,
        latency_seconds: float = 0.0,
        *,
        wrap: Callable[[str, App], App] | None = None,
        apps: Mapping[str, VendorApp] | None = None,
        fingerprint: Callable[[str], str] = fingerprint_of,
        deliver: Mapping[str, Destination] | None = None,
        clock: Clock | None = None,
    ) -> None:
        given = apps or {}
        self.apps: dict[str, VendorApp] = {name: given.get(name) or _make(name) for name in vendors}
        self._served = {name: wrap(name, app) if wrap else app for name, app in self.apps.items()}
        self._fingerprint = fingerprint
        self._deliver = dict(deliver or {})
        hosts = [one.host for one in self._deliver.values()]
        packs = {name: getattr(app, "pack", None) for name, app in self.apps.items()}
        self.couriers = {
            name: Courier(pack, clock, hosts=hosts)
            for name, pack in packs.items()
            if pack is not None and pack.webhooks is not None
        }
        self._connect_couriers()
        self._desk = Desk(self.couriers, {name: one.endpoint.id for name, one in self._deliver.items()})
        self.server = Server(self, port=port, latency_seconds=latency_seconds)

    def __call__(self, request: Request) -> Response:
        """Hand a request to the vendor that owns its path."""
        if request.path == FINGERPRINTS:
            return self._fingerprints(request)
        if self._desk.owns(request.path):
            return self._desk(request)
        if request.path == INBOX and request.method == "POST":
            return Response(204)
        owner = next((name for name, app in self.apps.items() if app.owns(request.path)), self._nearest(request))
        return json_response(404, {"error": "not found"}) if owner is None else self._served[owner](request)

    def oversized(self, request: Request) -> Response:
        """Answer a request whose body was cut off: it is longer than any vendor takes, and each says so its own way."""
        return self(request)

    def base_url(self, vendor: str, environment: str = "sandbox") -> str:
        """Return what stands in the place of the vendor's documented base URL."""
        return self.server.url + self.connection(vendor, environment).base_path

    def connection(self, vendor: str, environment: str = "sandbox") -> Connection:
        """Return how a vendor is reached in one of its environments.

        Raises:
            KeyError: there is no such vendor, or environment.
        """
        return self.apps[vendor].connections()[environment]

    def describe(self, environment: str = "sandbox") -> dict[str, Any]:
        """Return what a client needs to know of each vendor, keys included."""
        return {
            name: self._described(self.connection(name, environment))
            | ({"webhook": self._deliver[name].described()} if name in self._deliver else {})
            for name in self.apps
        }

    def keep_rate_limits(self) -> None:
        """Keep the limits of requests of the vendors that have one; before, any number is answered."""
        for app in self.apps.values():
            if isinstance(app, HasRateLimit):
                app.keep_rate_limit()

    def start(self) -> None:
        """Listen.

        Raises:
            OSError: the port is taken.
        """
        self.server.start()

    def stop(self) -> None:
        """Stop listening, and delivering."""
        self.server.stop()
        for courier in self.couriers.values():
            courier.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _connect_couriers(self) -> None:
        """Give each vendor that sends webhooks its courier, and tell it where events go."""
        for name, courier in self.couriers.items():
            app = self.apps[name]
            if isinstance(app, SendsWebhooks):
                app.courier = courier
            if name in self._deliver:
                endpoint = self._deliver[name].endpoint
                (app.deliver_to if isinstance(app, SendsWebhooks) else courier.add)(endpoint)
                # The vendor may have an id of its own for it.
                known = next((one for one in courier.endpoints() if one.url == endpoint.url), endpoint)
                self._deliver[name] = replace(self._deliver[name], endpoint=known)

    def _nearest(self, request: Request) -> str | None:
        """Return the vendor that a path which nobody owns was meant for: its mistakes are told in its words."""

        def nearness(name: str) -> tuple[int, int]:
            return sum(header in request.headers for header in _own_headers(self.apps[name])), len(bases[name])

        bases = {name: self.connection(name).base_path for name in self.apps}
        below = [name for name, base in bases.items() if request.path.startswith(f"{base}/")]
        return None if request.path.startswith(OWN) else max(below, key=nearness, default=None)

    def _described(self, connection: Connection) -> dict[str, Any]:
        return {
            "base_url": self.server.url + connection.base_path,
            "api_key": connection.api_key,
            "ids": dict(connection.ids),
            **connection.further,
        }

    def _fingerprints(self, request: Request) -> Response:
        if request.method != "GET":
            return json_response(405, {"error": "method not allowed"}, {"Allow": "GET"})
        environment = request.query.get("environment", "sandbox")
        held = {name: app.connections().get(environment) for name, app in self.apps.items()}
        return json_response(
            200,
            {name: {"api_key": self._fingerprint(one.api_key)} for name, one in held.items() if one is not None},
        )


def _own_headers(app: VendorApp) -> set[str]:
    """Return the headers that show that a request is meant for a vendor: those that others do not have."""
    pack: Pack | None = getattr(app, "pack", None)
    if pack is None:
        return set()
    versioning = {pack.versioning.header} if pack.versioning is not None else set()
    return {pack.authentication.header, *versioning} - {"Authorization"}


def _make(name: str) -> VendorApp:
    if name not in VENDORS:
        raise ValueError(f"no embedded vendor is named {name!r}; there are: {', '.join(sorted(VENDORS))}")
    return VENDORS[name]()
