from __future__ import annotations

from typing import Any

import httpx
import pytest

from pytest_golive.sandbox.connection import Connection

CUSTOMERS = "/v1/sales/customers"
ADDRESSES = "/v1/sales/addresses"


def problem(answer: httpx.Response) -> tuple[int, str, str, str | None]:
    error = answer.json()["error"]
    return answer.status_code, error["code"], error["message"], error["param"]


def first(client: httpx.Client, path: str, **query: str) -> str:
    return str(client.get(path, params=query).json()["data"][0]["id"])


@pytest.fixture
def body(api: httpx.Client) -> dict[str, Any]:
    """The least that a customer needs."""
    return {
        "name": "Contract Test Co",
        "customer_type_group_id": first(api, "/v1/sales/account-groups", type="type_group"),
        "default_carrier_id": first(api, "/v1/operations/carriers"),
        "default_payment_term_id": first(api, "/v1/finance/payment-terms"),
        "default_shipping_term_id": first(api, "/v1/operations/shipping-terms"),
        "bill_to_address": {"name": "HQ", "country": "US"},
        "ship_to_address": {"name": "Dock", "country": "US", "locality": "Springfield"},
    }


def test_a_customer_is_made_with_its_defaults(api: httpx.Client, body: dict[str, Any]) -> None:
    """All fields are there, sub-objects null."""
    answer = api.post(CUSTOMERS, json=body)
    customer = answer.json()

    assert answer.status_code == 201
    assert customer == {
        "id": customer["id"],
        "object": "customer",
        "name": "Contract Test Co",
        "number": customer["number"],
        "status": "normal",
        "edi_status": "disabled",
        "relationship_type": "standalone",
        "commission_policy": "commission_exempt",
        "note": None,
        **dict.fromkeys(
            (
                "contact_info",
                "freight_preferences",
                "defaults",
                "notification_preferences",
                "bill_to_address",
                "ship_to_address",
                "type",
                "price_groups",
                "parent_account",
                "child_accounts",
                "credit_limit",
            )
        ),
        "created_at": customer["created_at"],
        "updated_at": customer["created_at"],
    }
    assert customer["id"].startswith("ac_")


def test_numbers_go_up_and_pass_over_those_taken(api: httpx.Client, body: dict[str, Any]) -> None:
    """The next free one, where none is given."""
    start = int(api.post(CUSTOMERS, json=body).json()["number"])
    api.post(CUSTOMERS, json={**body, "number": str(start + 1)})

    assert api.post(CUSTOMERS, json=body).json()["number"] == str(start + 2)


def test_a_number_is_taken_once_names_are_not(api: httpx.Client, body: dict[str, Any]) -> None:
    """Two equal customers are two customers."""
    two = [api.post(CUSTOMERS, json={**body, "email": "a@example.com"}) for _ in range(2)]
    taken = api.post(CUSTOMERS, json={**body, "number": two[0].json()["number"]})
    other = api.patch(f"{CUSTOMERS}/{two[1].json()['id']}", json={"number": two[0].json()["number"]})

    assert [answer.status_code for answer in two] == [201, 201]
    assert [problem(answer) for answer in (taken, other)] == [
        (409, "resource_conflict", "Another customer has this number.", "number")
    ] * 2


def test_every_sub_object_comes_when_it_is_asked_for(api: httpx.Client, body: dict[str, Any]) -> None:
    """Whole, two levels deep."""
    unit = first(api, "/v1/catalog/units", q="USD")
    further = {
        "email": "buyer@example.com",
        "credit_limit": {"value": "1000.00", "unit_id": unit},
        "customer_price_group_ids": [first(api, "/v1/sales/account-groups", type="pricing_group")],
        "lead_time_days": 4,
    }
    wanted = (
        "contact_info,freight_preferences.carrier,defaults.payment_term,defaults.shipping_term,defaults.priority,"
        "notification_preferences,bill_to_address,ship_to_address,type,price_groups,child_accounts,credit_limit"
    )
    customer = api.post(f"{CUSTOMERS}?include={wanted}", json={**body, **further}).json()

    assert customer["contact_info"]["email"] == "buyer@example.com"
    assert customer["freight_preferences"]["carrier"]["id"] == body["default_carrier_id"]
    assert customer["freight_preferences"]["service_level"] is None
    assert customer["defaults"]["payment_term"]["id"] == body["default_payment_term_id"]
    assert customer["defaults"]["shipping_term"]["id"] == body["default_shipping_term_id"]
    assert (customer["defaults"]["priority"]["code"], customer["defaults"]["lead_time_days"]) == ("normal", 4)
    assert customer["bill_to_address"]["name"] == "HQ"
    assert customer["ship_to_address"]["geolocation"]["locality"] == "Springfield"
    assert customer["type"]["id"] == body["customer_type_group_id"]
    assert [each["name"] for each in customer["price_groups"]["data"]] == ["List price"]
    assert customer["child_accounts"]["data"] == []
    assert (customer["credit_limit"]["value"], customer["credit_limit"]["unit"]["id"]) == ("1000.00", unit)
    assert customer["notification_preferences"]["object"] == "customer_notification_preferences"


@pytest.mark.parametrize(
    ("change", "code", "message", "param"),
    [
        ({"name": None}, "invalid_format", "name may not be null.", "name"),
        (
            {"bill_to_address": {"country": "US"}},
            "missing_field",
            "bill_to_address.name is required.",
            "bill_to_address.name",
        ),
        (
            {"ship_to_address": {"name": "Dock"}},
            "missing_field",
            "ship_to_address.country is required.",
            "ship_to_address.country",
        ),
        (
            {"bill_to_address": {"name": "HQ", "country": "USA"}},
            "invalid_format",
            "bill_to_address.country must be a country code of two letters.",
            "bill_to_address.country",
        ),
        ({"email": "nobody"}, "invalid_format", "email must be an e-mail address.", "email"),
        (
            {"status": "gone"},
            "parameter_invalid",
            "status must be one of: normal, preferred, hold_shipment, hold_all.",
            "status",
        ),
        ({"edi_status": True}, "invalid_format", "edi_status must be a string.", "edi_status"),
        (
            {"default_carrier_id": "cr_none"},
            "validation_failed",
            "default_carrier_id refers to nothing that exists.",
            "default_carrier_id",
        ),
        (
            {"credit_limit": {"value": "much", "unit_id": "un_none"}},
            "invalid_format",
            "credit_limit.value must be a decimal number, written as a string.",
            "credit_limit.value",
        ),
        (
            {"credit_limit": {"value": "5", "unit_id": "un_none"}},
            "validation_failed",
            "credit_limit.unit_id refers to nothing that exists.",
            "credit_limit.unit_id",
        ),
        (
            {"customer_price_group_ids": ["acgp_none"]},
            "validation_failed",
            "customer_price_group_ids refers to nothing that exists.",
            "customer_price_group_ids",
        ),
    ],
)
def test_a_wrong_customer_is_not_made(
    api: httpx.Client, body: dict[str, Any], change: dict[str, Any], code: str, message: str, param: str
) -> None:
    """Neither it nor its addresses."""
    before = [api.get(path).json() for path in (CUSTOMERS, ADDRESSES)]

    assert problem(api.post(CUSTOMERS, json={**body, **change})) == (400, code, message, param)
    assert [api.get(path).json() for path in (CUSTOMERS, ADDRESSES)] == before


def test_a_customers_type_is_no_pricing_group(api: httpx.Client, body: dict[str, Any]) -> None:
    """There are two kinds of groups."""
    body["customer_type_group_id"] = first(api, "/v1/sales/account-groups", type="pricing_group")
    message = "customer_type_group_id must be a group of the type type_group."

    assert problem(api.post(CUSTOMERS, json=body)) == (400, "validation_failed", message, "customer_type_group_id")


@pytest.mark.parametrize("field", ["name", "customer_type_group_id", "bill_to_address", "ship_to_address"])
def test_what_a_customer_needs_is_demanded(api: httpx.Client, body: dict[str, Any], field: str) -> None:
    """One by one."""
    del body[field]

    assert problem(api.post(CUSTOMERS, json=body)) == (400, "missing_field", f"{field} is required.", field)


def test_all_statuses_can_be_reached(api: httpx.Client, body: dict[str, Any]) -> None:
    """And customers are found by them."""
    path = f"{CUSTOMERS}/{api.post(CUSTOMERS, json=body).json()['id']}"
    statuses = ("preferred", "hold_shipment", "hold_all", "normal")
    reached = [api.patch(path, json={"status": each}).json()["status"] for each in statuses]
    api.patch(path, json={"status": "hold_all"})

    assert reached == [*statuses]
    assert len(api.get(f"{CUSTOMERS}?status_codes[]=hold_all").json()["data"]) == 1
    assert len(api.get(f"{CUSTOMERS}?status_codes=hold_all,normal").json()["data"]) == 2


def test_null_clears_optional_fields_only(api: httpx.Client, body: dict[str, Any]) -> None:
    """A set of groups is replaced whole."""
    groups = [first(api, "/v1/sales/account-groups", type="pricing_group")]
    made = api.post(CUSTOMERS, json={**body, "note": "vip", "phone": "1", "customer_price_group_ids": groups}).json()
    path = f"{CUSTOMERS}/{made['id']}?include=contact_info,price_groups"
    cleared = api.patch(path, json={"note": None, "phone": None, "customer_price_group_ids": []}).json()
    answers = [api.patch(path, json={name: None}) for name in ("commission_policy", "freight_policy", "number")]

    assert (cleared["note"], cleared["contact_info"]["phone"], cleared["price_groups"]["data"]) == (None, None, [])
    assert [problem(answer)[1:] for answer in answers] == [
        ("invalid_format", f"{name} may not be null.", name)
        for name in ("commission_policy", "freight_policy", "number")
    ]


def test_customers_are_found_by_what_they_are(api: httpx.Client, body: dict[str, Any]) -> None:
    """By groups, terms, carriers, policies, places, relationship and day."""
    address = {"name": "HQ", "country": "US", "locality": "Ogdenville", "state": "NT", "postal_code": "49007"}
    api.post(CUSTOMERS, json={**body, "bill_to_address": address, "freight_policy": "free_freight"})
    counts = [
        len(api.get(f"{CUSTOMERS}?{query}").json()["data"])
        for query in (
            f"customer_group_ids[]={body['customer_type_group_id']}",
            f"payment_term_ids[]={body['default_payment_term_id']}",
            f"carrier_ids[]={body['default_carrier_id']}",
            f"shipping_term_ids[]={body['default_shipping_term_id']}",
            "freight_status_codes[]=free_freight",
            "commission_status_codes[]=commission_applied",
            "city=Ogdenville&state=NT&postal_code=49007",
            "city=Nowhere",
            "parent_account_status=standalone",
            "parent_account_status=child",
            "starts_at=2026-11-02&ends_at=2026-11-02",
            "q=contract test",
            "sales_rep_ids[]=acus_none",
        )
    ]

    assert counts == [1, 1, 1, 1, 1, 0, 1, 0, 2, 0, 2, 1, 0]


def test_the_older_names_of_the_date_range_are_unknown(api: httpx.Client) -> None:
    """At this version."""
    answer = api.get(f"{CUSTOMERS}?start_date=2026-11-02")

    assert problem(answer) == (400, "parameter_unknown", "Unknown parameter: start_date.", "start_date")


def test_a_customer_with_orders_cannot_be_deleted(api: httpx.Client, connection: Connection) -> None:
    """It stays whole."""
    path = f"{CUSTOMERS}/{connection.ids['order_customer_id']}"

    assert problem(api.delete(path)) == (409, "resource_conflict", "Sales orders refer to this customer.", None)
    assert api.get(path).status_code == 200


def test_merged_customers_go_up_in_another(api: httpx.Client, body: dict[str, Any], connection: Connection) -> None:
    """With their orders; then they are no more."""
    target = api.post(CUSTOMERS, json=body).json()["id"]
    source = connection.ids["order_customer_id"]
    answer = api.post(f"{CUSTOMERS}/{target}/actions/merge", json={"source_customer_ids": [source]})
    order = api.get("/v1/sales/sales-orders?include=customer").json()["data"][0]

    assert (answer.status_code, answer.json()["id"]) == (200, target)
    assert api.get(f"{CUSTOMERS}/{source}").status_code == 404
    assert order["customer"]["id"] == target


def test_a_merge_that_makes_no_sense_is_refused(api: httpx.Client, body: dict[str, Any]) -> None:
    """With itself, with one twice, with nobody, with one that does not exist."""
    one, other = (api.post(CUSTOMERS, json=body).json()["id"] for _ in range(2))
    path = f"{CUSTOMERS}/{one}/actions/merge"
    lists = [[one], [other, other], [], ["ac_none"]]
    answers = [api.post(path, json={"source_customer_ids": each}) for each in lists]
    message = "source_customer_ids may hold only other customers, each of them once."

    assert [problem(answer) for answer in answers] == [
        (400, "validation_failed", message, "source_customer_ids"),
        (400, "validation_failed", message, "source_customer_ids"),
        (400, "invalid_format", "source_customer_ids may not be empty.", "source_customer_ids"),
        (404, "resource_not_found", "No such customer.", None),
    ]
    assert api.get(f"{CUSTOMERS}/{other}").status_code == 200


def test_an_address_is_made_and_changed(api: httpx.Client) -> None:
    """Its place stands apart."""
    made = api.post(ADDRESSES, json={"name": "Dock", "country": "US", "state": "OR", "phone": "1"}).json()
    changed = api.patch(f"{ADDRESSES}/{made['id']}", json={"locality": "Shelbyville", "phone": None}).json()

    assert (made["object"], made["type"], made["email"], made["phone"]) == ("address", "standard", None, "1")
    assert made["geolocation"] == {
        "id": made["geolocation"]["id"],
        "object": "geolocation",
        "street_line_1": None,
        "street_line_2": None,
        "locality": None,
        "state": "OR",
        "postal_code": None,
        "country": "US",
    }
    assert (changed["geolocation"]["locality"], changed["geolocation"]["state"]) == ("Shelbyville", "OR")
    assert changed["phone"] is None


def test_an_address_in_use_cannot_be_deleted(api: httpx.Client) -> None:
    """Those of the customer are; an own one is not."""
    used = first(api, ADDRESSES, q="dock")
    free = api.post(ADDRESSES, json={"name": "Free", "country": "US"}).json()["id"]

    assert problem(api.delete(f"{ADDRESSES}/{used}")) == (409, "resource_conflict", "This address is in use.", None)
    assert api.delete(f"{ADDRESSES}/{free}").status_code == 200
