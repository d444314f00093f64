from __future__ import annotations

from typing import Any

import httpx
import pytest

from pytest_golive.sandbox.augno import Augno
from pytest_golive.sandbox.connection import Connection

UNITS = "/v1/catalog/units"
PRODUCTS = "/v1/catalog/products"
UNIT = {
    "name": "Dozen-x1",
    "abbreviation": "dzx1",
    "type": "quantity",
    "ratio_numerator": "12",
    "ratio_denominator": "1",
    "offset_numerator": "0",
    "offset_denominator": "1",
}


def problem(answer: httpx.Response) -> tuple[int, str, str, str | None]:
    error = answer.json()["error"]
    return answer.status_code, error["code"], error["message"], error["param"]


def first(client: httpx.Client, path: str, **query: str) -> dict[str, Any]:
    found: dict[str, Any] = client.get(path, params=query).json()["data"][0]
    return found


def test_a_unit_is_made_read_changed_and_deleted(api: httpx.Client) -> None:
    """The best resource for a smoke test: it rests on nothing."""
    made = api.post(UNITS, json=UNIT)
    unit = made.json()
    path = f"{UNITS}/{unit['id']}"
    read = api.get(path)
    changed = api.patch(path, json={"name": "Twelve"})
    deleted = api.delete(path)
    gone = [api.get(path), api.patch(path, json={"name": "x"}), api.delete(path)]

    assert (made.status_code, made.headers["location"]) == (201, path)
    assert unit == {
        **UNIT,
        "id": unit["id"],
        "object": "unit",
        "is_base_unit": False,
        "owner": None,
        "created_at": unit["created_at"],
        "updated_at": unit["created_at"],
    }
    assert unit["id"].startswith("un_")
    assert (read.status_code, read.json()) == (200, unit)
    assert changed.json() == {**unit, "name": "Twelve", "updated_at": changed.json()["updated_at"]}
    assert changed.json()["updated_at"] > unit["updated_at"]
    assert (deleted.status_code, deleted.json()) == (200, {})
    assert [problem(answer) for answer in gone] == [
        (404, "resource_not_found", "No such unit.", None),
        (404, "resource_not_found", "No such unit.", None),
        (410, "resource_gone", "This unit was deleted before.", None),
    ]
    assert gone[2].json()["error"]["type"] == "api_error"


@pytest.mark.parametrize(
    ("change", "message", "param"),
    [
        ({"abbreviation": "other"}, "Another unit has this name.", "name"),
        ({"name": "Other"}, "Another unit has this abbreviation.", "abbreviation"),
        ({"name": "Other", "abbreviation": "ea"}, "Another unit has this abbreviation.", "abbreviation"),
        ({"name": "Each", "abbreviation": "other"}, "Another unit has this name.", "name"),
    ],
)
def test_names_and_abbreviations_are_taken_once(
    api: httpx.Client, change: dict[str, str], message: str, param: str
) -> None:
    """Also those of the system's units."""
    api.post(UNITS, json=UNIT)

    assert problem(api.post(UNITS, json={**UNIT, **change})) == (409, "resource_conflict", message, param)


def test_a_name_is_free_again_after_its_unit(api: httpx.Client) -> None:
    """A deleted one blocks nothing."""
    api.delete(f"{UNITS}/{api.post(UNITS, json=UNIT).json()['id']}")

    assert api.post(UNITS, json=UNIT).status_code == 201


@pytest.mark.parametrize(
    ("change", "status", "code", "message", "param"),
    [
        ({"name": " "}, 400, "invalid_format", "name may not be blank.", "name"),
        ({"name": None}, 400, "invalid_format", "name may not be null.", "name"),
        ({"type": "mass"}, 400, "parameter_unknown", "Unknown field: type.", "type"),
        (
            {"ratio_denominator": "0"},
            400,
            "invalid_format",
            "ratio_denominator may not be zero.",
            "ratio_denominator",
        ),
        ({"name": "Each"}, 409, "resource_conflict", "Another unit has this name.", "name"),
    ],
)
def test_a_wrong_change_changes_nothing(
    api: httpx.Client, change: dict[str, Any], status: int, code: str, message: str, param: str
) -> None:
    """The type can never be changed."""
    unit = api.post(UNITS, json=UNIT).json()
    answer = api.patch(f"{UNITS}/{unit['id']}", json=change)

    assert problem(answer) == (status, code, message, param)
    assert api.get(f"{UNITS}/{unit['id']}").json() == unit


def test_units_of_the_system_are_only_read(api: httpx.Client) -> None:
    """They belong to it, and say so."""
    each = first(api, UNITS, q="Each", include="owner")
    answers = [api.patch(f"{UNITS}/{each['id']}", json={"name": "x"}), api.delete(f"{UNITS}/{each['id']}")]

    assert each["owner"] == {"object": "owner", "type": "system", "account": None}
    assert each["is_base_unit"] is True
    assert [problem(answer) for answer in answers] == [
        (400, "validation_failed", "This unit belongs to the system and cannot be changed.", None)
    ] * 2


def test_sub_objects_come_when_they_are_asked_for(api: httpx.Client, connection: Connection) -> None:
    """In both ways of writing it, on every call; a deeper path brings its parents along."""
    made = api.post(f"{UNITS}?include[]=owner", json=UNIT).json()
    path = f"{UNITS}/{made['id']}"
    account = api.get(path, params={"include[]": "owner.account"}).json()["owner"]["account"]
    both = api.get(f"{UNITS}?include[]=owner&include[]=owner.account&q=dzx1").json()["data"][0]["owner"]
    commas = api.get(f"{UNITS}?include=owner,owner.account&q=dzx1").json()["data"][0]["owner"]
    changed = api.patch(f"{path}?include=owner", json={"name": "Twelve"}).json()

    assert made["owner"] == changed["owner"] == {"object": "owner", "type": "account", "account": None}
    assert (account["id"], account["object"]) == (connection.ids["account_id"], "account")
    assert both == commas == {"object": "owner", "type": "account", "account": account}
    assert api.get(path).json()["owner"] is None


def test_a_product_is_made_and_changed(api: httpx.Client) -> None:
    """What it is called stands with its item."""
    category = first(api, "/v1/catalog/item-categories")
    body = {"sku": "NUT-8", "type": "sale", "category_id": category["id"], "description": "Nut M8"}
    made = api.post(f"{PRODUCTS}?include=item,product_line", json=body)
    path = f"{PRODUCTS}/{made.json()['id']}"
    changed = api.patch(f"{path}?include=item", json={"sku": "NUT-10", "description": None}).json()

    assert (made.status_code, made.json()["portal_visibility"]) == (201, "visible")
    assert (made.json()["item"]["sku"], made.json()["item"]["description"]) == ("NUT-8", "Nut M8")
    assert made.json()["item"]["category"]["id"] == category["id"]
    assert made.json()["product_line"] is None
    assert (changed["item"]["sku"], changed["item"]["description"]) == ("NUT-10", None)
    assert api.get(path).json()["item"] is None


@pytest.mark.parametrize(
    ("change", "status", "code", "message", "param"),
    [
        ({"sku": "GOLIVE-BOLT-8"}, 409, "resource_conflict", "Another product has this sku.", "sku"),
        (
            {"type": "rent"},
            400,
            "parameter_invalid",
            "type must be one of: sale, service, shipping, credit, return, tax.",
            "type",
        ),
        (
            {"category_id": "itcg_none"},
            404,
            "resource_not_found",
            "category_id refers to nothing that exists.",
            "category_id",
        ),
        (
            {"product_line_id": "pdln_none"},
            400,
            "validation_failed",
            "product_line_id refers to nothing that exists.",
            "product_line_id",
        ),
        (
            {"attribute_ids": ["at_none"]},
            400,
            "validation_failed",
            "attribute_ids holds an attribute outside the category.",
            "attribute_ids",
        ),
        (
            {"unit_price": {"value": "1", "numerator_unit_id": "un_none", "denominator_unit_id": "un_none"}},
            400,
            "validation_failed",
            "unit_price.numerator_unit_id refers to nothing that exists.",
            "unit_price.numerator_unit_id",
        ),
        (
            {"unit_cost": {"value": "1"}},
            400,
            "missing_field",
            "unit_cost.numerator_unit_id is required.",
            "unit_cost.numerator_unit_id",
        ),
        ({"unit_price": "1"}, 400, "invalid_format", "unit_price must be an object.", "unit_price"),
        ({"attribute_ids": "a"}, 400, "invalid_format", "attribute_ids must be a list.", "attribute_ids"),
        ({"attribute_ids": [7]}, 400, "invalid_format", "attribute_ids must be a list of ids.", "attribute_ids"),
    ],
)
def test_a_wrong_product_is_not_made(
    api: httpx.Client, change: dict[str, Any], status: int, code: str, message: str, param: str
) -> None:
    """What it refers to has to exist."""
    category = first(api, "/v1/catalog/item-categories")["id"]
    body = {"sku": "NUT-8", "type": "sale", "category_id": category, **change}
    before = api.get(PRODUCTS).json()

    assert problem(api.post(PRODUCTS, json=body)) == (status, code, message, param)
    assert api.get(PRODUCTS).json() == before


def test_a_product_cannot_be_deleted(api: httpx.Client, connection: Connection) -> None:
    """There is no such call."""
    answer = api.delete(f"{PRODUCTS}/{connection.ids['order_product_id']}")

    assert problem(answer) == (405, "method_not_allowed", "DELETE is not possible here.", None)
    assert answer.headers["allow"] == "GET, PATCH"


def test_products_are_filtered(api: httpx.Client, connection: Connection) -> None:
    """By category, line, customer, visibility and day."""
    line = api.get(f"{PRODUCTS}?include=product_line").json()["data"][0]["product_line"]["id"]
    counts = {
        query: len(api.get(f"{PRODUCTS}?{query}").json()["data"])
        for query in (
            "",
            f"product_line_ids[]={line}",
            "product_line_ids[]=pdln_none",
            "category_ids[]=itcg_none",
            f"customer_ids[]={connection.ids['order_customer_id']}",
            "customer_ids[]=ac_none",
            "portal_visibility=hidden",
            "attribute_ids[]=at_none",
            "q=bolt-10",
            "starts_at=2026-11-02&ends_at=2026-11-02",
            "starts_at=2026-11-03",
            "ends_at=2026-11-01T00:00:00Z",
        )
    }

    assert list(counts.values()) == [2, 2, 0, 0, 2, 0, 0, 0, 1, 2, 0, 0]


def test_units_are_found_by_their_group(api: httpx.Client, augno: Augno) -> None:
    """An own one is in none; a group that does not exist has none."""
    api.post(UNITS, json=UNIT)
    (group,) = augno._openings["sandbox"].account.table("unit_group")
    found = [
        [each["abbreviation"] for each in api.get(f"{UNITS}?unit_group_ids[]={each_id}").json()["data"]]
        for each_id in (group.id, "ungp_none")
    ]

    assert found == [["pr", "ea"], []]


def test_a_unit_leaves_its_groups_when_it_is_deleted(api: httpx.Client, augno: Augno) -> None:
    """It can always be."""
    unit = api.post(UNITS, json=UNIT).json()["id"]
    (group,) = augno._openings["sandbox"].account.table("unit_group")
    group.values["unit_ids"].append(unit)
    status = api.delete(f"{UNITS}/{unit}").status_code

    assert (status, unit in group["unit_ids"]) == (200, False)
