from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from pytest_golive.sandbox.augno import Augno
from pytest_golive.sandbox.connection import Connection

Open = Callable[..., httpx.Client]

SANDBOXES = "/v1/core/sandboxes"

CONFIGURED = {
    "/v1/catalog/units": ("abbreviation", "name", "type", "ratio_numerator"),
    "/v1/finance/payment-terms": ("name",),
    "/v1/sales/account-groups": ("name", "type"),
    "/v1/operations/carriers": ("name",),
    "/v1/operations/shipping-terms": ("name",),
    "/v1/catalog/item-categories": ("name",),
    "/v1/sales/customers": ("number",),
}


def rows(client: httpx.Client, path: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = client.get(path, params={"limit": 1000}).json()["data"]
    return found


@pytest.mark.parametrize("path", CONFIGURED)
def test_both_accounts_have_the_same_things_under_other_ids(
    api: httpx.Client, production: httpx.Client, path: str
) -> None:
    """Equal by their natural keys."""
    here, there = rows(api, path), rows(production, path)
    names = CONFIGURED[path]

    assert here
    assert [[row[name] for name in names] for row in here] == [[row[name] for name in names] for row in there]
    assert not {row["id"] for row in here} & {row["id"] for row in there}


def test_both_accounts_have_the_same_products(api: httpx.Client, production: httpx.Client) -> None:
    """By their SKUs."""
    answers = [client.get("/v1/catalog/products", params={"include": "item"}) for client in (api, production)]
    skus = [[row["item"]["sku"] for row in answer.json()["data"]] for answer in answers]

    assert skus == [["GOLIVE-BOLT-10", "GOLIVE-BOLT-8"]] * 2


@pytest.mark.parametrize(
    "path", [*CONFIGURED, "/v1/catalog/products", "/v1/sales/sales-orders", "/v1/core/request-logs"]
)
def test_ids_of_one_account_are_unknown_to_the_other(api: httpx.Client, production: httpx.Client, path: str) -> None:
    """In both directions."""
    answers = [other.get(f"{path}/{rows(one, path)[0]['id']}") for one, other in ((api, production), (production, api))]

    assert [answer.json()["error"]["code"] for answer in answers] == ["resource_not_found"] * 2


def test_nothing_is_seen_from_the_other_account(api: httpx.Client, production: httpx.Client) -> None:
    """Rows, logs and audit events stay where they were made."""
    before = [production.get(path).json()["data"] for path in ("/v1/finance/payment-terms", "/v1/core/audit-events")]
    made = api.post("/v1/finance/payment-terms", json={"name": "Net 37"})
    after = [production.get(path).json()["data"] for path in ("/v1/finance/payment-terms", "/v1/core/audit-events")]

    assert after == before
    assert production.get(f"/v1/core/request-logs?q={made.headers['request-id']}").json()["data"] == []


def test_every_account_has_an_order_from_the_first_day(api: httpx.Client, production: httpx.Client) -> None:
    """An account in use has orders, logs and audit events."""
    paths = ("/v1/sales/sales-orders", "/v1/core/request-logs", "/v1/core/audit-events")

    assert [[len(rows(client, path)) >= 1 for path in paths] for client in (api, production)] == [[True] * 3] * 2


def test_the_connections_have_keys_of_every_kind(augno: Augno) -> None:
    """Each environment its own."""
    connections = augno.connections()
    keys = [{one.api_key, one.previous_api_key, *one.keys.values()} for one in connections.values()]

    assert [(name, one.base_path, [*one.keys]) for name, one in connections.items()] == [
        ("sandbox", "", ["expired_key", "limited_key", "audit_key"]),
        ("production", "", ["expired_key", "limited_key", "audit_key"]),
    ]
    assert len(keys[0] | keys[1]) == 10
    assert not any(key in repr(connections) for key in keys[0] | keys[1])


def test_sandboxes_are_managed_from_production_only(
    admin: httpx.Client, owner: httpx.Client, opened: Open, connection: Connection
) -> None:
    """From within one it is refused, whatever the role."""
    within = [
        admin.get(SANDBOXES),
        admin.post(SANDBOXES, json={"name": "s", "mode": "blank"}),
        admin.delete(f"{SANDBOXES}/sbac_none"),
    ]
    message = "Sandboxes cannot be managed from within a sandbox."

    assert {(answer.status_code, answer.json()["error"]["message"]) for answer in within} == {(403, message)}
    assert {answer.json()["error"]["code"] for answer in within} == {"insufficient_permissions"}
    assert owner.get(SANDBOXES).json()["data"] == []
    assert opened(connection.api_key).get(SANDBOXES).status_code == 403


def test_a_sandbox_is_made_and_deleted(owner: httpx.Client) -> None:
    """Deletion goes on behind the answer; a second one finds it gone."""
    made = owner.post(f"{SANDBOXES}?include=owner_account", json={"name": "s", "mode": "seeded"})
    path = f"{SANDBOXES}/{made.json()['id']}"
    answers = [owner.delete(path), owner.delete(path)]

    assert (made.status_code, made.json()["object"], made.json()["owner_account"]["object"]) == (
        201,
        "sandbox",
        "account",
    )
    assert [(answer.status_code) for answer in answers] == [202, 410]
    assert answers[0].json() == {}


def test_the_mode_of_a_sandbox_may_be_left_out(owner: httpx.Client) -> None:
    """Only the name is said to be required."""
    assert owner.post(SANDBOXES, json={"name": "s"}).status_code == 201


def test_the_plan_limits_sandboxes(owner: httpx.Client) -> None:
    """The refusal tells how much is used."""
    for number in range(3):
        owner.post(SANDBOXES, json={"name": f"s{number}", "mode": "blank"})
    answer = owner.post(SANDBOXES, json={"name": "one more", "mode": "blank"})
    error = answer.json()["error"]

    assert (answer.status_code, error["code"]) == (403, "limit_exceeded")
    assert (error["message"], error["quota"]) == (
        "The plan allows no more sandboxes.",
        {"limit": 3, "used": 3, "reset_at": None},
    )


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        ({"mode": "blank"}, "missing_field", "name is required."),
        ({"name": "s", "mode": "full"}, "parameter_invalid", "mode must be one of: blank, seeded."),
    ],
)
def test_a_wrong_sandbox_is_not_made(owner: httpx.Client, body: dict[str, str], code: str, message: str) -> None:
    """The name is needed, and a mode has to be one of two."""
    error = owner.post(SANDBOXES, json=body).json()["error"]

    assert (error["code"], error["message"]) == (code, message)


@pytest.mark.parametrize(
    ("path", "owned"),
    [
        ("/healthz", True),
        *((f"/v1/{domain}/x", True) for domain in ("auth", "catalog", "core", "finance", "identity", "messaging")),
        *((f"/v1/{domain}/x", True) for domain in ("operations", "sales", "settings")),
        *((f"/v1/{path}", False) for path in ("contacts", "agents/1", "webhooks", "me", "health", "sales", "")),
        ("/api/v1/m2m/x", False),
    ],
)
def test_only_its_own_domains_are_its_own(augno: Augno, path: str, owned: bool) -> None:
    """Others live below /v1 too."""
    assert augno.owns(path) is owned
