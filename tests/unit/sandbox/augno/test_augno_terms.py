from __future__ import annotations

from typing import Any

import httpx
import pytest

TERMS = "/v1/finance/payment-terms"
GROUPS = "/v1/sales/account-groups"


def problem(answer: httpx.Response) -> tuple[int, str, str, str | None]:
    error = answer.json()["error"]
    return answer.status_code, error["code"], error["message"], error["param"]


def test_a_term_made_here_is_active(api: httpx.Client) -> None:
    """Nothing can change that."""
    term = api.post(TERMS, json={"name": "Net 37"}).json()
    answer = api.patch(f"{TERMS}/{term['id']}", json={"status": "inactive"})

    assert (term["object"], term["name"], term["status"], term["owner"]) == ("payment_term", "Net 37", "active", None)
    assert problem(answer) == (400, "parameter_unknown", "Unknown field: status.", "status")


@pytest.mark.parametrize("name", ["Net 37", "Net 30"])
def test_a_terms_name_is_taken_once(api: httpx.Client, name: str) -> None:
    """Also that of a default; a renamed one stays as it was."""
    api.post(TERMS, json={"name": "Net 37"})
    other = api.post(TERMS, json={"name": "Net 38"}).json()
    answers = [api.post(TERMS, json={"name": name}), api.patch(f"{TERMS}/{other['id']}", json={"name": name})]

    assert [problem(answer) for answer in answers] == [
        (409, "resource_conflict", "Another payment term has this name.", "name")
    ] * 2
    assert api.get(f"{TERMS}/{other['id']}").json() == other


def test_a_term_may_keep_its_own_name(api: httpx.Client) -> None:
    """It is no other's."""
    term = api.post(TERMS, json={"name": "Net 37"}).json()

    assert api.patch(f"{TERMS}/{term['id']}", json={"name": "Net 37"}).status_code == 200


def test_default_terms_are_only_read(api: httpx.Client) -> None:
    """They belong to the system."""
    term = api.get(TERMS, params={"q": "Net 30"}).json()["data"][0]
    answers = [api.patch(f"{TERMS}/{term['id']}", json={"name": "x"}), api.delete(f"{TERMS}/{term['id']}")]

    assert [problem(answer) for answer in answers] == [
        (400, "validation_failed", "This payment term belongs to the system and cannot be changed.", None)
    ] * 2


def test_a_group_is_exempt_and_billed_unless_it_says_otherwise(api: httpx.Client) -> None:
    """Whole."""
    group = api.post(GROUPS, json={"name": "Friends", "type": "type_group"}).json()

    assert group == {
        "id": group["id"],
        "object": "account_group",
        "name": "Friends",
        "type": "type_group",
        "description": None,
        "commission_policy": "commission_exempt",
        "freight_policy": "billed_freight",
        "default_lead_time_days": None,
        "created_at": group["created_at"],
        "updated_at": group["created_at"],
    }


def test_null_clears_what_may_be_cleared(api: httpx.Client) -> None:
    """And nothing else."""
    body = {"name": "Friends", "type": "type_group", "description": "dear ones", "default_lead_time_days": 3}
    path = f"{GROUPS}/{api.post(GROUPS, json=body).json()['id']}"
    cleared = api.patch(path, json={"description": None, "default_lead_time_days": None}).json()
    answer = api.patch(path, json={"freight_policy": None})

    assert (cleared["description"], cleared["default_lead_time_days"]) == (None, None)
    assert problem(answer) == (400, "invalid_format", "freight_policy may not be null.", "freight_policy")


@pytest.mark.parametrize(
    ("body", "code", "message", "param"),
    [
        ({"type": "type_group"}, "missing_field", "name is required.", "name"),
        ({"name": "F"}, "missing_field", "type is required.", "type"),
        (
            {"name": "F", "type": "club"},
            "parameter_invalid",
            "type must be one of: pricing_group, type_group.",
            "type",
        ),
        (
            {"name": "F", "type": "type_group", "freight_policy": "never"},
            "parameter_invalid",
            "freight_policy must be one of: free_freight, billed_freight.",
            "freight_policy",
        ),
        (
            {"name": "F", "type": "type_group", "default_lead_time_days": -1},
            "invalid_format",
            "default_lead_time_days must be a whole number, not below 0.",
            "default_lead_time_days",
        ),
    ],
)
def test_a_wrong_group_is_not_made(
    api: httpx.Client, body: dict[str, Any], code: str, message: str, param: str
) -> None:
    """Each of its fields is judged."""
    assert problem(api.post(GROUPS, json=body)) == (400, code, message, param)


def test_a_groups_type_cannot_be_changed(api: httpx.Client) -> None:
    """Nobody knows the field then."""
    group = api.post(GROUPS, json={"name": "Friends", "type": "type_group"}).json()
    answer = api.patch(f"{GROUPS}/{group['id']}", json={"type": "pricing_group"})

    assert problem(answer) == (400, "parameter_unknown", "Unknown field: type.", "type")


def test_groups_are_filtered_by_type(api: httpx.Client) -> None:
    """Those that make prices are others."""
    found = api.get(GROUPS, params={"type": "pricing_group"}).json()["data"]

    assert [each["name"] for each in found] == ["List price"]


def test_what_customers_are_set_to_cannot_be_deleted(api: httpx.Client) -> None:
    """The group that is their type, and those that make their prices, as a validation error; others can be."""
    ids = [api.get(GROUPS, params={"q": name}).json()["data"][0]["id"] for name in ("Retail", "List", "Wholesale")]
    customer = api.get("/v1/sales/customers").json()["data"][0]["id"]
    api.patch(f"/v1/sales/customers/{customer}", json={"customer_price_group_ids": [ids[1]]})
    answers = [api.delete(f"{GROUPS}/{each}") for each in ids]

    assert [problem(answer) for answer in answers[:2]] == [
        (400, "validation_failed", "This account group is in use.", None)
    ] * 2
    assert answers[2].status_code == 200


@pytest.mark.parametrize(
    ("path", "names"),
    [
        ("/v1/operations/carriers", ["FedEx", "UPS"]),
        ("/v1/operations/shipping-terms", ["Collect", "Prepaid"]),
        ("/v1/catalog/item-categories", ["Services", "Finished goods"]),
    ],
)
def test_what_an_account_has_from_the_first_day_is_only_read(api: httpx.Client, path: str, names: list[str]) -> None:
    """Carriers, shipping terms and kinds of items."""
    found = api.get(path).json()["data"]

    assert [each["name"] for each in found] == names
    assert api.get(f"{path}/{found[0]['id']}").json() == found[0]
    assert problem(api.post(path, json={"name": "x"})) == (
        405,
        "method_not_allowed",
        "POST is not possible here.",
        None,
    )
