"""The embedded Uppzy, quick enough for tests, behind a real socket."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from pytest_golive.sandbox.connection import Connection
from pytest_golive.sandbox.uppzy import Uppzy
from pytest_golive.sandbox.world import Sandbox


@pytest.fixture
def uppzy() -> Uppzy:
    """A fresh Uppzy that answers at once; documents become ready only where a test says so."""
    return Uppzy(think_seconds=0, async_seconds=0.6, ready_seconds=60)


@pytest.fixture
def sandbox(uppzy: Uppzy) -> Iterator[Sandbox]:
    """The server in front of it; nothing may fail inside of it."""
    with Sandbox(apps={"uppzy": uppzy}) as running:
        yield running
    assert running.server.failures == []


@pytest.fixture
def connection(sandbox: Sandbox) -> Connection:
    """How the sandbox environment is reached."""
    return sandbox.connection("uppzy")


@pytest.fixture
def api(sandbox: Sandbox, connection: Connection) -> Iterator[httpx.Client]:
    """A client with the right key."""
    headers = {"X-API-Key": connection.api_key}
    base_url = sandbox.base_url("uppzy")
    # Without certificates to verify there are none to load, which takes longer than most of these tests.
    with httpx.Client(base_url=base_url, headers=headers, trust_env=False, verify=False) as client:
        yield client


@pytest.fixture
def tenant(connection: Connection) -> str:
    """Path of the tenant."""
    return f"/m2m/tenants/{connection.ids['tenant_id']}"


@pytest.fixture
def site(connection: Connection) -> str:
    """Path of the site."""
    return f"/m2m/sites/{connection.ids['site_id']}"


@pytest.fixture
def other_site(connection: Connection) -> str:
    """Path of the other site of the same tenant."""
    return f"/m2m/sites/{connection.foreign_ids['site_id']}"
