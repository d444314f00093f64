"""The embedded Augno without a socket in front of it: quick, and what fails inside of it fails the test."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qs

import httpx
import pytest

from pytest_golive.sandbox.augno import Augno
from pytest_golive.sandbox.connection import Connection
from pytest_golive.sandbox.http import App, Headers, Request

VERSION = "1.0.forge-preview.3"

Open = Callable[..., httpx.Client]


class AppTransport(httpx.BaseTransport):
    """Hands requests to an app, as its server would."""

    def __init__(self, app: App) -> None:
        self._app = app

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        values = parse_qs(request.url.query.decode(), keep_blank_values=True)
        asked = Request(
            method=request.method,
            path=request.url.raw_path.decode().partition("?")[0],
            query={name: given[-1] for name, given in values.items()},
            headers=Headers(request.headers.items()),
            body=request.read(),
            query_values=values,
        )
        answer = self._app(asked)
        return httpx.Response(answer.status, headers=dict(answer.headers), content=answer.body)


class HandClock:
    """A clock that a test moves on."""

    def __init__(self) -> None:
        self.moment = datetime(2026, 11, 2, 9, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        # A little later with every look, as with a real one.
        self.moment += timedelta(microseconds=1)
        return self.moment

    def pass_by(self, **passed: float) -> None:
        self.moment += timedelta(**passed)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def pass_by(clock: HandClock) -> Callable[..., None]:
    """Moves the clock on: `pass_by(days=2)`."""
    return clock.pass_by


@pytest.fixture
def augno(clock: HandClock) -> Augno:
    """A fresh Augno that answers and writes logs at once."""
    return Augno(work_seconds=0, log_seconds=0, clock=clock)


@pytest.fixture
def connection(augno: Augno) -> Connection:
    """How the sandbox account is reached."""
    return augno.connections()["sandbox"]


@pytest.fixture
def opened(augno: Augno) -> Iterator[Open]:
    """Opens clients: with a key, and further headers in place of the usual ones; None leaves one out."""
    clients: list[httpx.Client] = []

    def open_client(key: str | None = None, *, app: App = augno, **headers: str | None) -> httpx.Client:
        usual = {"augno-version": VERSION, "authorization": f"Bearer {key}" if key else None}
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        sent = {name: value for name, value in {**usual, **named}.items() if value is not None}
        client = httpx.Client(transport=AppTransport(app), base_url="http://augno.test", headers=sent, trust_env=False)
        clients.append(client)
        return client

    yield open_client
    for client in clients:
        client.close()


@pytest.fixture
def api(opened: Open, connection: Connection) -> httpx.Client:
    """A client with the integration's key of the sandbox."""
    return opened(connection.api_key)


@pytest.fixture
def admin(opened: Open, connection: Connection) -> httpx.Client:
    """A client with the sandbox's key of an admin role."""
    return opened(connection.keys["audit_key"])


@pytest.fixture
def production(opened: Open, augno: Augno) -> httpx.Client:
    """A client with the integration's key of production."""
    return opened(augno.connections()["production"].api_key)


@pytest.fixture
def owner(opened: Open, augno: Augno) -> httpx.Client:
    """A client with production's key of an admin role."""
    return opened(augno.connections()["production"].keys["audit_key"])
