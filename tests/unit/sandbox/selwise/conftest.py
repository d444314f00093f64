"""The embedded Selwise behind a real socket, and a client for each of its surfaces."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from pytest_golive.sandbox.connection import Connection
from pytest_golive.sandbox.selwise import Selwise
from pytest_golive.sandbox.world import Sandbox


@pytest.fixture
def selwise() -> Selwise:
    """A fresh Selwise."""
    return Selwise()


@pytest.fixture
def sandbox(selwise: Selwise) -> Iterator[Sandbox]:
    """The server in front of it; nothing may fail inside of it."""
    with Sandbox(("selwise",), apps={"selwise": selwise}) as running:
        yield running
    assert running.server.failures == []
    assert [failure for courier in running.couriers.values() for failure in courier.failures] == []


@pytest.fixture
def connection(sandbox: Sandbox) -> Connection:
    """How the sandbox environment is reached."""
    return sandbox.connection("selwise")


@pytest.fixture
def api(sandbox: Sandbox, connection: Connection) -> Iterator[httpx.Client]:
    """A client of the management surface; paths begin at the site."""
    base_url = f"{sandbox.base_url('selwise')}/sites/{connection.ids['site_id']}"
    headers = {"Authorization": f"Bearer {connection.api_key}"}
    with httpx.Client(base_url=base_url, headers=headers, trust_env=False, verify=False) as client:
        yield client


@pytest.fixture
def public(sandbox: Sandbox, connection: Connection) -> Iterator[httpx.Client]:
    """A client of the public surface; paths begin at the site."""
    base_url = f"{sandbox.base_url('selwise')}/public/sites/{connection.ids['site_key']}"
    headers = {"x-selwise-api-key": connection.keys["public_api_key"]}
    with httpx.Client(base_url=base_url, headers=headers, trust_env=False, verify=False) as client:
        yield client
