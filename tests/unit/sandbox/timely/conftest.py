"""The embedded Timely.ai, quick enough for tests, behind a real socket."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import httpx
import pytest

from pytest_golive.sandbox.connection import Connection
from pytest_golive.sandbox.http import Request, Response
from pytest_golive.sandbox.server import Server
from pytest_golive.sandbox.timely import Timely
from pytest_golive.sandbox.world import Sandbox

Served = Callable[..., AbstractContextManager[httpx.Client]]


@contextmanager
def client_of(timely: Timely, environment: str = "sandbox", key: str | None = None) -> Iterator[httpx.Client]:
    """Serve a Timely.ai, and give a client with the right key; nothing may fail inside of it."""
    with Sandbox(("timely",), apps={"timely": timely}) as running:
        headers = {"x-api-key": key or running.connection("timely", environment).api_key}
        # Without certificates to verify there are none to load, which takes longer than most of these tests.
        with httpx.Client(
            base_url=running.base_url("timely"), headers=headers, trust_env=False, verify=False
        ) as client:
            yield client
    assert running.server.failures == []
    assert running.couriers["timely"].failures == []


@pytest.fixture
def timely() -> Timely:
    """A fresh Timely.ai whose agents answer at once."""
    return Timely(think_seconds=0)


@pytest.fixture
def api(timely: Timely) -> Iterator[httpx.Client]:
    """A client of the workspace for tests."""
    with client_of(timely) as client:
        yield client


@pytest.fixture
def connection(timely: Timely) -> Connection:
    """How the workspace for tests is reached."""
    return timely.connections()["sandbox"]


@pytest.fixture
def served() -> Served:
    """Serves another Timely.ai."""
    return client_of


class Handler:
    """Takes deliveries, and answers as it is told.

    Attributes:
        status: what it answers.
        taken: what came.
    """

    def __init__(self) -> None:
        self.status = 204
        self.taken: list[Request] = []
        self.server = Server(self)

    def __call__(self, request: Request) -> Response:
        self.taken.append(request)
        return Response(self.status)

    @property
    def url(self) -> str:
        return f"{self.server.url}/hook"


@pytest.fixture
def handler() -> Iterator[Handler]:
    """A handler on loopback."""
    made = Handler()
    with made.server:
        yield made


def told(answer: httpx.Response) -> tuple[int, Any]:
    """Return status and code of a refusal."""
    return answer.status_code, answer.json()["error"]["code"]
