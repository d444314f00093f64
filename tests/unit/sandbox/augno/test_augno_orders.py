from __future__ import annotations

from typing import Any

import httpx
import pytest

from pytest_golive.sandbox.connection import Connection

ORDERS = "/v1/sales/sales-orders"
DATES = "Only one of these may be set: promised_at, lead_time_override_days, ship_by_override_date."
NOTHING = "refers to nothing that exists."


def problem(answer: httpx.Response) -> tuple[int, str, str, str | None]:
    error = answer.json()["error"]
    return answer.status_code, error["code"], error["message"], error["param"]


@pytest.fixture
def line(connection: Connection) -> dict[str, Any]:
    """A line with a product that the customer may buy."""
    ids = connection.ids
    return {"product_id": ids["order_product_id"], "quantity": {"value": "2", "unit_id": ids["order_unit_id"]}}


@pytest.fixture
def body(api: httpx.Client, connection: Connection, line: dict[str, Any]) -> dict[str, Any]:
    """The least that an order needs."""
    customer = connection.ids["order_customer_id"]
    path = f"/v1/sales/customers/{customer}?include=bill_to_address,ship_to_address"
    addresses = api.get(path).json()
    return {
        "buyer_account_id": customer,
        "bill_to_address_id": addresses["bill_to_address"]["id"],
        "ship_to_address_id": addresses["ship_to_address"]["id"],
        "priority_code": "normal",
        "lines": [line],
    }


@pytest.fixture
def order(api: httpx.Client, body: dict[str, Any]) -> str:
    """Path of a new order."""
    return f"{ORDERS}/{api.post(ORDERS, json=body).json()['id']}"


def act(client: httpx.Client, order: str, action: str) -> httpx.Response:
    body = {"notify_customer": False} if action == "issue" else None
    return client.put(f"{order}/actions/{action}", json=body)


def test_an_order_begins_as_an_estimate(api: httpx.Client, body: dict[str, Any]) -> None:
    """It gets a number and a line for freight; what it does not say is its customer's."""
    wanted = "customer,lines.product,payment_term,shipping_term,freight,totals,created_by,related.invoices,contacts"
    answer = api.post(f"{ORDERS}?include={wanted}", json=body)
    order = answer.json()

    assert answer.status_code == 201
    assert answer.headers["location"] == f"{ORDERS}/{order['id']}"
    assert (order["status"], order["payment_status"], order["acknowledgment_status"], order["line_count"]) == (
        "estimate",
        "unpaid",
        "not_sent",
        2,
    )
    assert order["number"].isdigit()
    assert order["customer"]["id"] == body["buyer_account_id"]
    assert [each["product_sku"] for each in order["lines"]["data"]] == ["GOLIVE-BOLT-8", "FREIGHT"]
    assert [each["line_item_number"] for each in order["lines"]["data"]] == [1, 2]
    assert order["lines"]["data"][0]["product"]["id"] == body["lines"][0]["product_id"]
    assert order["lines"]["data"][0]["quantity_ordered"]["unit"]["abbreviation"] == "ea"
    assert order["lines"]["data"][0]["unit_price"]["value"] == "0.75"
    assert (order["payment_term"]["name"], order["shipping_term"]["name"]) == ("Due on receipt", "Prepaid")
    assert order["freight"]["carrier"]["name"] == "UPS"
    assert order["totals"]["subtotal"] == "1.50"
    assert order["created_by"]["actor"]["name"] == "shop-integration"
    assert order["related"]["invoices"]["data"] == []
    assert order["related"]["shipments"] is None
    assert order["contacts"] == {"object": "order_contact", "acknowledgement": [], "invoice": []}
    assert (order["lead_time_days"], order["lead_time_source"]) == (5, "customer")
    assert order["sales_rep"] is order["order_discount"] is None


def test_sub_objects_of_an_order_are_null_unless_asked_for(api: httpx.Client, order: str) -> None:
    """Every one of them."""
    found = api.get(order).json()
    names = ("customer", "sales_rep", "created_by", "bill_to_address", "ship_to_address", "freight", "payment_term")
    further = ("shipping_term", "order_discount", "totals", "contacts", "lines", "related")

    assert {found[name] for name in (*names, *further)} == {None}


def test_a_discount_is_named_by_its_code_and_adds_a_line(api: httpx.Client, body: dict[str, Any]) -> None:
    """Cleared, it takes the line away."""
    path = f"{ORDERS}?include=lines,order_discount,totals"
    order = api.post(path, json={**body, "order_discount_id": "WELCOME"}).json()
    cleared = api.patch(f"{ORDERS}/{order['id']}", json={"order_discount_id": None}).json()

    assert (order["line_count"], cleared["line_count"]) == (3, 2)
    assert order["order_discount"]["name"] == "Welcome"
    assert (order["totals"]["discount"], order["totals"]["total"]) == ("-5.00", "-3.50")


@pytest.mark.parametrize(
    ("change", "status", "code", "message", "param"),
    [
        ({"lines": []}, 400, "invalid_format", "lines may not be empty.", "lines"),
        ({"lines": ["x"]}, 400, "invalid_format", "lines must be a list of objects.", "lines"),
        (
            {"lines": [{"quantity": {"value": "1", "unit_id": "un_none"}}]},
            400,
            "missing_field",
            "product_id is required.",
            "product_id",
        ),
        (
            {"lines": [{"product_id": "pd_none", "quantity": {"value": "1", "unit_id": "un_none"}}]},
            400,
            "validation_failed",
            f"product_id {NOTHING}",
            "product_id",
        ),
        (
            {"priority_code": "asap"},
            400,
            "parameter_invalid",
            "priority_code must be one of: low, normal, high.",
            "priority_code",
        ),
        (
            {"promised_at": "some day"},
            400,
            "invalid_format",
            "promised_at must be a date and time (RFC 3339).",
            "promised_at",
        ),
        (
            {"ship_by_override_date": "2027-02-30"},
            400,
            "invalid_format",
            "ship_by_override_date must be a date (YYYY-MM-DD).",
            "ship_by_override_date",
        ),
        ({"note": " "}, 400, "invalid_format", "note may not be blank.", "note"),
        ({"note": None}, 400, "invalid_format", "note may not be null.", "note"),
        (
            {"customer_purchase_order_number": ""},
            400,
            "invalid_format",
            "customer_purchase_order_number may not be blank.",
            "customer_purchase_order_number",
        ),
        (
            {"promised_at": "2027-01-04T00:00:00Z", "lead_time_override_days": 3},
            400,
            "parameters_exclusive",
            DATES,
            "lead_time_override_days",
        ),
        ({"carrier_id": "cr_none"}, 400, "validation_failed", f"carrier_id {NOTHING}", "carrier_id"),
        ({"service_level_id": "x"}, 400, "validation_failed", f"service_level_id {NOTHING}", "service_level_id"),
        ({"order_discount_id": "x"}, 400, "validation_failed", f"order_discount_id {NOTHING}", "order_discount_id"),
        (
            {"invoice_email_contacts": [{"account_user_id": "acus_none"}]},
            400,
            "validation_failed",
            f"account_user_id {NOTHING}",
            "account_user_id",
        ),
        ({"buyer_account_id": "ac_none"}, 400, "validation_failed", f"buyer_account_id {NOTHING}", "buyer_account_id"),
        (
            {"bill_to_address_id": "ad_none"},
            400,
            "validation_failed",
            f"bill_to_address_id {NOTHING}",
            "bill_to_address_id",
        ),
    ],
)
def test_a_wrong_order_is_not_made(
    api: httpx.Client,
    body: dict[str, Any],
    change: dict[str, Any],
    status: int,
    code: str,
    message: str,
    param: str,
) -> None:
    """Each field is judged by what it is."""
    before = api.get(ORDERS).json()

    assert problem(api.post(ORDERS, json={**body, **change})) == (status, code, message, param)
    assert api.get(ORDERS).json() == before


@pytest.mark.parametrize(
    "field", ["buyer_account_id", "bill_to_address_id", "ship_to_address_id", "priority_code", "lines"]
)
def test_what_an_order_needs_is_demanded(api: httpx.Client, body: dict[str, Any], field: str) -> None:
    """One by one."""
    del body[field]

    assert problem(api.post(ORDERS, json=body)) == (400, "missing_field", f"{field} is required.", field)


def test_a_unit_outside_of_the_products_group_is_refused(
    api: httpx.Client, body: dict[str, Any], line: dict[str, Any]
) -> None:
    """Under the name the vendor has for it."""
    kilogram = api.get("/v1/catalog/units?q=kg").json()["data"][0]["id"]
    body["lines"] = [{**line, "quantity": {"value": "1", "unit_id": kilogram}}]
    message = "The unit is not one of the product's unit group."

    assert problem(api.post(ORDERS, json=body)) == (400, "validation_failed", message, "quantity_unit_id")


@pytest.fixture
def other_customer(api: httpx.Client) -> dict[str, Any]:
    """A customer whom nothing was granted to, with his addresses."""

    def first(path: str) -> str:
        return str(api.get(path).json()["data"][0]["id"])

    body = {
        "name": "Somebody else",
        "customer_type_group_id": first("/v1/sales/account-groups?type=type_group"),
        "default_carrier_id": first("/v1/operations/carriers"),
        "default_payment_term_id": first("/v1/finance/payment-terms"),
        "default_shipping_term_id": first("/v1/operations/shipping-terms"),
        "bill_to_address": {"name": "HQ", "country": "US"},
        "ship_to_address": {"name": "Dock", "country": "US"},
    }
    made: dict[str, Any] = api.post("/v1/sales/customers?include=bill_to_address", json=body).json()
    return made


def test_a_customer_buys_only_what_he_is_entitled_to(
    api: httpx.Client, body: dict[str, Any], other_customer: dict[str, Any]
) -> None:
    """No call grants it."""
    address = other_customer["bill_to_address"]["id"]
    body |= {"buyer_account_id": other_customer["id"], "bill_to_address_id": address, "ship_to_address_id": address}
    message = "The customer is not entitled to the product line of this product."

    assert problem(api.post(ORDERS, json=body)) == (400, "validation_failed", message, "product_id")


def test_an_address_is_the_buyers_or_the_accounts_own(
    api: httpx.Client, body: dict[str, Any], other_customer: dict[str, Any]
) -> None:
    """Not another customer's."""
    own = api.post("/v1/sales/addresses", json={"name": "Ours", "country": "US"}).json()["id"]
    answers = [
        api.post(ORDERS, json={**body, "ship_to_address_id": each})
        for each in (own, other_customer["bill_to_address"]["id"])
    ]
    message = "ship_to_address_id belongs to another customer."

    assert answers[0].status_code == 201
    assert problem(answers[1]) == (400, "validation_failed", message, "ship_to_address_id")


def test_a_purchase_order_number_is_taken_once_per_customer(api: httpx.Client, body: dict[str, Any]) -> None:
    """On creation and on change; the param is not the field's name."""
    numbered = {**body, "customer_purchase_order_number": "PO-1"}
    orders = [api.post(ORDERS, json=each).json() for each in (numbered, body)]
    answers = [
        api.post(ORDERS, json=numbered),
        api.patch(f"{ORDERS}/{orders[1]['id']}", json={"customer_purchase_order_number": "PO-1"}),
    ]
    kept = api.patch(f"{ORDERS}/{orders[0]['id']}", json={"customer_purchase_order_number": "PO-1"})

    assert [problem(answer) for answer in answers] == [
        (
            409,
            "resource_conflict",
            "Another sales order of this customer has this number.",
            "customer_po_number",
        )
    ] * 2
    assert kept.status_code == 200


def test_an_order_goes_through_all_its_states(api: httpx.Client, order: str) -> None:
    """Times are set and cleared with them."""
    seen = []
    for action in ("issue", "close", "open", "unissue"):
        found = act(api, order, action).json()
        seen.append((found["status"], found["issued_at"] is not None, found["completed_at"] is not None))

    assert seen == [
        ("issued", True, False),
        ("fulfilled", True, True),
        ("issued", True, False),
        ("estimate", False, False),
    ]


@pytest.mark.parametrize(
    ("before", "wrong"),
    [
        ((), ("unissue", "close", "open")),
        (("issue",), ("issue", "open")),
        (("issue", "close"), ("issue", "unissue", "close")),
    ],
)
def test_every_other_step_is_refused(
    api: httpx.Client, order: str, before: tuple[str, ...], wrong: tuple[str, ...]
) -> None:
    """And the order stays as it was."""
    for action in before:
        act(api, order, action)
    found = api.get(order).json()
    status = found["status"]

    assert [problem(act(api, order, action)) for action in wrong] == [
        (409, "resource_conflict", f"A sales order with the status {status} cannot do this: {action}.", "status")
        for action in wrong
    ]
    assert api.get(order).json() == found


def test_issuing_says_whether_the_customer_is_told(api: httpx.Client, order: str) -> None:
    """It has to; told, the order is acknowledged."""
    answer = api.put(f"{order}/actions/issue", json={})
    wrong = api.put(f"{order}/actions/issue", json={"notify_customer": "no"})
    told = api.put(f"{order}/actions/issue", json={"notify_customer": True}).json()

    assert problem(answer) == (400, "missing_field", "notify_customer is required.", "notify_customer")
    assert problem(wrong) == (400, "invalid_format", "notify_customer must be true or false.", "notify_customer")
    assert told["acknowledgment_status"] == "sent"


def test_a_change_has_names_of_its_own(api: httpx.Client, order: str, body: dict[str, Any]) -> None:
    """Those of the creation are unknown there; the status is never changed so."""
    changed = api.patch(
        f"{order}?include=bill_to_address",
        json={"billing_address_id": body["ship_to_address_id"], "note": "n", "acknowledgment_status": "sent"},
    ).json()
    answers = [api.patch(order, json={name: "x"}) for name in ("bill_to_address_id", "buyer_account_id", "status")]
    wrong = api.patch(order, json={"shipping_address_id": "ad_none"})

    assert (changed["bill_to_address"]["id"], changed["note"], changed["acknowledgment_status"]) == (
        body["ship_to_address_id"],
        "n",
        "sent",
    )
    assert [problem(answer)[1] for answer in answers] == ["parameter_unknown"] * 3
    assert problem(wrong)[1:] == ("validation_failed", f"shipping_address_id {NOTHING}", "shipping_address_id")


def test_dates_exclude_each_other_over_time(api: httpx.Client, order: str) -> None:
    """Null clears the one that is in the way."""
    api.patch(order, json={"lead_time_override_days": 3})
    found = api.get(order).json()
    refused = api.patch(order, json={"ship_by_override_date": "2027-01-04"})
    body = {"lead_time_override_days": None, "ship_by_override_date": "2027-01-04"}
    changed = api.patch(order, json=body).json()

    assert (found["lead_time_days"], found["lead_time_source"]) == (3, "order_lead_time")
    assert problem(refused) == (400, "parameters_exclusive", DATES, "ship_by_override_date")
    assert (changed["ship_by_date"], changed["lead_time_source"]) == ("2027-01-04", "order_ship_by")


def test_a_fulfilled_order_is_not_deleted_any_other_is(api: httpx.Client, order: str) -> None:
    """With its lines; then it is gone."""
    for action in ("issue", "close"):
        act(api, order, action)
    refused = api.delete(order)
    act(api, order, "open")
    answers = [api.delete(order), api.get(order), api.delete(order)]

    assert problem(refused) == (409, "resource_conflict", "A fulfilled sales order cannot be deleted.", None)
    assert [answer.status_code for answer in answers] == [200, 404, 410]


def test_lines_are_added_changed_and_taken_off(api: httpx.Client, order: str, line: dict[str, Any]) -> None:
    """Here the SKU is needed too; a price of the caller's is not heeded."""
    dollar = api.get("/v1/catalog/units?q=USD").json()["data"][0]["id"]
    price = {"value": "99", "numerator_unit_id": dollar, "denominator_unit_id": line["quantity"]["unit_id"]}
    without = api.post(f"{order}/lines", json=line)
    added = api.post(f"{order}/lines", json={**line, "product_sku": "B8", "unit_price": price})
    path = f"{order}/lines/{added.json()['id']}"
    api.patch(path, json={"product_description": "Bolt"})
    changed = api.patch(path, json={"quantity": {**line["quantity"], "value": "5"}}).json()
    wrong = api.patch(path, json={"quantity": {"value": "5", "unit_id": "un_none"}})
    count = api.get(order).json()["line_count"]
    removed = [api.delete(path), api.delete(path), api.patch(path, json={"product_sku": "x"})]

    assert problem(without) == (400, "missing_field", "product_sku is required.", "product_sku")
    assert (added.status_code, added.headers["location"], added.json()["object"]) == (201, path, "sales_order_line")
    assert (added.json()["product_sku"], added.json()["unit_price"]["value"]) == ("B8", "0.75")
    assert (changed["quantity_ordered"]["value"], changed["product_description"]) == ("5", "Bolt")
    assert problem(wrong)[3] == "quantity_unit_id"
    assert (count, api.get(order).json()["line_count"]) == (3, 2)
    assert [answer.status_code for answer in removed] == [200, 410, 404]


def test_the_lines_of_a_fulfilled_order_are_left_alone(api: httpx.Client, order: str, line: dict[str, Any]) -> None:
    """And a line belongs to its order."""
    lines = api.get(f"{order}?include=lines").json()["lines"]["data"]
    for action in ("issue", "close"):
        act(api, order, action)
    other = api.get(ORDERS).json()["data"][-1]["id"]
    foreign = api.patch(f"{ORDERS}/{other}/lines/{lines[0]['id']}", json={"product_sku": "x"})
    answers = [
        api.post(f"{order}/lines", json={**line, "product_sku": "x"}),
        api.patch(f"{order}/lines/{lines[0]['id']}", json={"product_sku": "x"}),
        api.delete(f"{order}/lines/{lines[0]['id']}"),
    ]

    assert {problem(answer) for answer in answers} == {
        (409, "resource_conflict", "The lines of a fulfilled sales order cannot be changed.", "status")
    }
    assert problem(foreign) == (404, "resource_not_found", "No such sales order line.", None)


def test_orders_are_found_by_what_they_are(api: httpx.Client, body: dict[str, Any]) -> None:
    """By number and purchase order only whole."""
    made = api.post(ORDERS, json={**body, "customer_purchase_order_number": "PO-7", "sales_rep_id": None})
    assert made.status_code == 400
    rep = {"ship_by_override_date": "2026-10-01", "customer_purchase_order_number": "PO-7"}
    order = api.post(f"{ORDERS}?include=lines.product.product_line,lines.item", json={**body, **rep}).json()
    act(api, f"{ORDERS}/{order['id']}", "issue")
    bought = order["lines"]["data"][0]
    counts = [
        len(api.get(f"{ORDERS}?{query}").json()["data"])
        for query in (
            "q=PO-7",
            "q=PO",
            f"q={order['number']}",
            "status_codes[]=issued",
            "status_codes[]=issued&status_codes[]=estimate",
            f"customer_ids[]={body['buyer_account_id']}",
            "customer_ids[]=ac_none",
            "sales_rep_ids[]=acus_none",
            f"item_ids[]={bought['item']['id']}",
            "item_ids[]=it_none",
            f"product_line_ids[]={bought['product']['product_line']['id']}",
            "past_due=true",
            "past_due=false",
            "starts_at=2026-11-02",
            "ends_at=2026-11-01",
            "ship_by_after=2026-09-01&ship_by_before=2026-10-02",
            "ship_by_after=2026-10-02",
        )
    ]

    assert counts == [1, 0, 1, 1, 2, 2, 0, 0, 2, 0, 2, 1, 1, 2, 0, 1, 0]


@pytest.mark.parametrize(
    ("promised_at", "past_due"),
    [("2026-11-02T08:00:00Z", 1), ("2026-11-02T10:30:00+02:00", 1), ("2026-11-02T08:30:00-02:00", 0)],
)
def test_a_promise_is_past_due_by_its_moment(
    api: httpx.Client, body: dict[str, Any], promised_at: str, past_due: int
) -> None:
    """Whatever zone it is written in: it is nine o'clock, UTC."""
    api.post(ORDERS, json={**body, "promised_at": promised_at})

    assert len(api.get(f"{ORDERS}?past_due=true").json()["data"]) == past_due
