from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from pytest_golive.sandbox.connection import Connection

Open = Callable[..., httpx.Client]

TERMS = "/v1/finance/payment-terms"
CUSTOMERS = "/v1/sales/customers"
AT_ONCE = 8


@pytest.fixture
def clients(opened: Open, connection: Connection) -> list[httpx.Client]:
    return [opened(connection.api_key) for _ in range(AT_ONCE)]


def at_once(clients: list[httpx.Client], ask: Callable[[httpx.Client], httpx.Response]) -> list[httpx.Response]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        return [*pool.map(ask, clients * 5)]


def test_a_name_is_taken_once_however_many_ask_at_once(clients: list[httpx.Client]) -> None:
    """Without an idempotency key, the natural guard decides."""
    statuses = [answer.status_code for answer in at_once(clients, lambda one: one.post(TERMS, json={"name": "N"}))]

    assert (statuses.count(201), statuses.count(409)) == (1, 39)


def test_numbers_are_given_once(clients: list[httpx.Client]) -> None:
    """Every customer gets one of its own."""

    def first(path: str) -> str:
        return str(clients[0].get(path).json()["data"][0]["id"])

    body: dict[str, Any] = {
        "name": "Contract Test Co",
        "customer_type_group_id": first("/v1/sales/account-groups?type=type_group"),
        "default_carrier_id": first("/v1/operations/carriers"),
        "default_payment_term_id": first(TERMS),
        "default_shipping_term_id": first("/v1/operations/shipping-terms"),
        "bill_to_address": {"name": "HQ", "country": "US"},
        "ship_to_address": {"name": "Dock", "country": "US"},
    }
    answers = at_once(clients, lambda one: one.post(CUSTOMERS, json=body))
    listed = clients[0].get(CUSTOMERS).json()["data"]

    assert {answer.status_code for answer in answers} == {201}
    assert len({each["number"] for each in listed}) == len(listed) == 41


def test_only_one_of_many_deletes_it(clients: list[httpx.Client]) -> None:
    """The others find it gone."""
    path = f"{TERMS}/{clients[0].post(TERMS, json={'name': 'N'}).json()['id']}"
    statuses = [answer.status_code for answer in at_once(clients, lambda one: one.delete(path))]

    assert (statuses.count(200), statuses.count(410)) == (1, 39)
