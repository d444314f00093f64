"""A few calls as a real client makes them, to the whole sandbox."""

from __future__ import annotations

from collections.abc import Iterator

import httpx
import pytest

from pytest_golive.sandbox.augno import Augno
from pytest_golive.sandbox.connection import Connection
from pytest_golive.sandbox.world import Sandbox

UNITS = "/v1/catalog/units"


@pytest.fixture
def sandbox(augno: Augno) -> Iterator[Sandbox]:
    """The server in front of it; nothing may fail inside of it."""
    with Sandbox(["augno"], apps={"augno": augno}) as running:
        yield running
    assert running.server.failures == []


@pytest.fixture
def client(sandbox: Sandbox, connection: Connection) -> Iterator[httpx.Client]:
    """A client of the sandbox account."""
    headers = {"Authorization": f"Bearer {connection.api_key}", "Augno-Version": connection.further["version"]}
    base_url = sandbox.base_url("augno")
    with httpx.Client(base_url=base_url, headers=headers, trust_env=False, verify=False) as opened:
        yield opened


def test_repeated_parameters_reach_the_api(client: httpx.Client) -> None:
    """Both includes count, encoded or not."""
    answers = [
        client.get(f"{UNITS}?limit=1&include[]=owner&include[]=owner.account"),
        client.get(UNITS, params=[("limit", "1"), ("include[]", "owner"), ("include[]", "owner.account")]),
    ]

    assert [answer.json()["data"][0]["owner"]["type"] for answer in answers] == ["system"] * 2


def test_a_page_is_followed_as_it_stands(client: httpx.Client) -> None:
    """The address is relative to the host."""
    seen: list[str] = []
    url: str | None = f"{UNITS}?limit=3"
    while url is not None:
        body = client.get(url).json()
        seen += [each["abbreviation"] for each in body["data"]]
        url = body["page_info"]["next_page_url"]

    assert seen == ["m", "l", "kg", "h", "s", "pr", "ea", "USD"]


def test_a_unit_lives_and_dies(client: httpx.Client) -> None:
    """With its headers, over one connection."""
    body = {
        "name": "Dozen-x1",
        "abbreviation": "dzx1",
        "type": "quantity",
        "ratio_numerator": "12",
        "ratio_denominator": "1",
        "offset_numerator": "0",
        "offset_denominator": "1",
    }
    made = client.post(UNITS, json=body)
    path = made.headers["location"]
    statuses = [client.request(method, path).status_code for method in ("GET", "DELETE", "GET", "DELETE")]

    assert (made.status_code, statuses) == (201, [200, 200, 404, 410])
    assert {"request-id", "ratelimit-limit", "augno-version"} <= set(made.headers)


def test_the_description_is_enough_for_a_client(sandbox: Sandbox) -> None:
    """Address, key, ids and version."""
    told = sandbox.describe()["augno"]
    headers = {"Authorization": f"Bearer {told['api_key']}", "Augno-Version": told["version"]}
    path = f"/v1/sales/customers/{told['ids']['order_customer_id']}"

    assert told["base_url"] == sandbox.server.url
    assert httpx.get(told["base_url"] + path, headers=headers, trust_env=False, verify=False).status_code == 200
