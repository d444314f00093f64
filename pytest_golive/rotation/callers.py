"""Which key each worker of a running client calls its vendor with: many calls at once, against a stand-in.

The client is given a key that golive made up. Workers that call with a key of their own configuration show which one; a
client that calls with what it is given shows nothing of its workers.
"""

from __future__ import annotations

import base64
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Any

import httpx

from pytest_golive.clients.setup import Setup
from pytest_golive.credentials.secret import fingerprint
from pytest_golive.exchange.call import authorization
from pytest_golive.exchange.wire import wire
from pytest_golive.facts.outcome import Effects
from pytest_golive.rotation.instances import Instance
from pytest_golive.sandbox.http import Headers, Request, Response
from pytest_golive.sandbox.server import Server
from pytest_golive.sandbox.world import VENDORS, VendorApp
from pytest_golive.vendors.pack import Authentication, Pack

AT_ONCE = 8

PROTOCOL = 1


@dataclass(frozen=True, slots=True)
class Called:
    """What the calls of one client showed.

    Attributes:
        calls: how many were made.
        keys: the fingerprint of each key that came, one per request.
        problem: why nothing can be told; "" where something can.
    """

    calls: int
    keys: tuple[str, ...] = ()
    problem: str = ""

    @property
    def answers(self) -> tuple[tuple[Instance, ...], ...]:
        """The same as answers of workers that do not say who they are."""
        return tuple((Instance(fingerprint=key),) for key in self.keys)


@dataclass(slots=True)
class _StandIn:
    """An embedded vendor that takes any key, and remembers which came."""

    app: VendorApp
    authentication: Authentication
    right: str
    seen: list[str] = field(default_factory=list)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, request: Request) -> Response:
        """Answer as if the key were right."""
        key = _key_in(request.headers.get(self.authentication.header) or "")
        with self.lock:
            self.seen.append(fingerprint(key) if key else "")
        (name, value), *_ = authorization(self.authentication, self.right).items()
        others = ((each, told) for each, told in request.headers.items() if each.lower() != name.lower())
        return self.app(replace(request, headers=Headers([*others, (name, value)])))


def call(setup: Setup, calls: int) -> Called:
    """Have a client that runs already call a stand-in many times at once; return the keys that came.

    Args:
        setup: a client with an address.
        calls: how many.
    """
    operation = asked_for(setup.pack, setup.operations)
    if operation is None or setup.vendor not in VENDORS:
        return Called(0, problem=f"{setup.name} has no operation that reads without arguments")
    app = VENDORS[setup.vendor]()
    connection = app.connections()["sandbox"]
    stand_in = _StandIn(app, setup.pack.authentication, connection.api_key)
    with Server(stand_in) as server, ThreadPoolExecutor(AT_ONCE) as pool:
        asked = {
            "golive": PROTOCOL,
            "operation": operation,
            "arguments": {},
            "base_url": server.url + connection.base_path,
            "api_key": connection.api_key,
            "ids": dict(connection.ids),
        }
        limit = setup.client.start_seconds + setup.client.call_seconds
        told = list(
            pool.map(lambda number: _posted(setup.url, {**asked, "call_id": f"k{number}"}, limit), range(calls))
        )
    problem = next(filter(None, told), "")
    keys = tuple(each for each in stand_in.seen if each)
    if problem and not keys:
        return Called(calls, problem=f"{setup.name}: {problem}")
    if set(keys) <= {fingerprint(connection.api_key)}:
        return Called(calls, problem=f"{setup.name} calls with the key that it is given, and shows none of its own")
    return Called(calls, tuple(key for key in keys if key != fingerprint(connection.api_key)))


def asked_for(pack: Pack, operations: Sequence[str]) -> str | None:
    """Return the first of these operations that only reads, and needs no argument; None where there is none."""
    for name in operations:
        operation = pack.operations.get(name)
        if operation is not None and operation.effects is Effects.NONE and not operation.example:
            return name
    return None


def _posted(url: str, body: Mapping[str, Any], seconds: float) -> str:
    """Ask a client for one call, over a connection of its own; return why it did not answer, "" where it did."""
    try:
        with httpx.Client(transport=wire(url), trust_env=False, timeout=seconds) as client:
            client.post(url, json=body)
    except httpx.HTTPError as error:
        return f"{type(error).__name__}: {error}"
    return ""


def _key_in(header: str) -> str:
    """Return the key that a header carries, however it is written."""
    scheme, _, rest = header.partition(" ")
    if scheme.casefold() == "bearer" and rest:
        return rest.strip()
    if scheme.casefold() == "basic" and rest:
        try:
            return base64.b64decode(rest, validate=True).decode().partition(":")[0]
        except ValueError:
            return rest
    return header.strip()
