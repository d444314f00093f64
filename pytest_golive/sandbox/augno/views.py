"""How objects look: every field is always there, a sub-object is null unless it was asked for."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from pytest_golive.sandbox.augno.queries import Wants
from pytest_golive.sandbox.augno.state import Account, Row

NOTHING = Wants()

ORDER_FIELDS = (
    "number",
    "status",
    "payment_status",
    "priority",
    "acknowledgment_status",
    "payment_intent_ids",
    "customer_purchase_order_number",
    "note",
    "promised_at",
    "issued_at",
    "completed_at",
    "first_ship_at",
    "expired_at",
    "ship_by_date",
    "ship_by_override_date",
    "ship_by_cutoff_at",
    "lead_time_override_days",
    "calendar_adjustment_days",
    "transit_days",
    "transit_source",
)
"""Fields of a sales order that are shown as they are kept."""

NEVER_CHANGED = frozenset({"request_log", "audit_event"})
"""Kinds whose objects are written once."""

View = Callable[[Account, Row, Wants], dict[str, Any]]


def show(account: Account, kind: str, row: Row, wants: Wants = NOTHING) -> dict[str, Any]:
    """Return an object of an account as the API shows it."""
    fields = VIEWS[kind](account, row, wants) if kind in VIEWS else {"name": row["name"]}
    changed = {} if kind in NEVER_CHANGED else {"updated_at": row.updated_at}
    return {"id": row.id, "object": kind, **fields, "created_at": row.created_at, **changed}


def show_by_id(account: Account, kind: str, row_id: object, wants: Wants | None) -> dict[str, Any] | None:
    """Return a sub-object; None if it is not wanted, or there is none."""
    row = None if wants is None else account.table(kind).find(row_id)
    return None if row is None or wants is None else show(account, kind, row, wants)


def whole_list(items: list[dict[str, Any]]) -> dict[str, Any]:
    """Return a list within an object, which is never cut into pages."""
    info = {"next_page_url": None, "previous_page_url": None, "has_next_page": False, "has_prev_page": False}
    return {"object": "list", "data": items, "page_info": info}


def show_quantity(account: Account, quantity: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return an amount with its unit."""
    if quantity is None:
        return None
    unit = show_by_id(account, "unit", quantity["unit_id"], NOTHING)
    return {"object": "quantity", "value": quantity["value"], "unit": unit}


def show_rate(account: Account, rate: Mapping[str, Any] | None) -> dict[str, Any] | None:
    """Return an amount per amount: a price."""
    if rate is None:
        return None
    units = {
        name: show_by_id(account, "unit", rate.get(f"{name}_id"), NOTHING)
        for name in ("numerator_unit", "denominator_unit")
    }
    return {"object": "rate", "value": rate["value"], **units}


def show_account(account: Account) -> dict[str, Any]:
    """Return an account as an object."""
    return show(account, "account", account.row)


def _owner(account: Account, row: Row, wants: Wants) -> dict[str, Any] | None:
    asked = wants.get("owner")
    if asked is None:
        return None
    if row.is_system:
        return {"object": "owner", "type": "system", "account": None}
    return {"object": "owner", "type": "account", "account": show_account(account) if "account" in asked else None}


def _unit(account: Account, row: Row, wants: Wants) -> dict[str, Any]:
    return {**row.values, "is_base_unit": row.get("is_base_unit", False), "owner": _owner(account, row, wants)}


def _payment_term(account: Account, row: Row, wants: Wants) -> dict[str, Any]:
    return {"name": row["name"], "status": "active", "owner": _owner(account, row, wants)}


def _account_group(_account: Account, row: Row, _wants: Wants) -> dict[str, Any]:
    return dict(row.values)


def _address(_account: Account, row: Row, _wants: Wants) -> dict[str, Any]:
    places = ("street_line_1", "street_line_2", "locality", "state", "postal_code", "country")
    return {
        **{name: row.get(name) for name in ("name", "phone", "email", "type", "receive_calendar_id")},
        "geolocation": {
            "id": row["geolocation_id"],
            "object": "geolocation",
            **{name: row.get(name) for name in places},
        },
    }


def _customer(account: Account, row: Row, wants: Wants) -> dict[str, Any]:
    groups = [account.table("account_group").find(each) for each in row["customer_price_group_ids"]]
    return {
        **{name: row.get(name) for name in ("name", "number", "status", "edi_status", "commission_policy", "note")},
        "relationship_type": "standalone",
        "contact_info": _contact_info(row) if "contact_info" in wants else None,
        "freight_preferences": _freight_preferences(account, row, wants.get("freight_preferences")),
        "defaults": _defaults(account, row, wants.get("defaults")),
        "notification_preferences": _notification_preferences() if "notification_preferences" in wants else None,
        "bill_to_address": show_by_id(account, "address", row["bill_to_address_id"], wants.get("bill_to_address")),
        "ship_to_address": show_by_id(account, "address", row["ship_to_address_id"], wants.get("ship_to_address")),
        "type": show_by_id(account, "account_group", row["customer_type_group_id"], wants.get("type")),
        "price_groups": whole_list([show(account, "account_group", each) for each in groups if each])
        if "price_groups" in wants
        else None,
        "parent_account": None,
        "child_accounts": whole_list([]) if "child_accounts" in wants else None,
        "credit_limit": show_quantity(account, row["credit_limit"]) if "credit_limit" in wants else None,
    }


def _contact_info(row: Row) -> dict[str, Any]:
    return {"object": "customer_contact_info", **{name: row.get(name) for name in ("email", "phone", "url")}}


def _notification_preferences() -> dict[str, Any]:
    return {"object": "customer_notification_preferences", "order_recipients": [], "invoice_recipients": []}


def _freight_preferences(account: Account, row: Row, wants: Wants | None) -> dict[str, Any] | None:
    if wants is None:
        return None
    return {
        "object": "customer_freight_preferences",
        "status": row["freight_policy"],
        "billing_type": row["carrier_billing_type"],
        "billing_account": row["carrier_billing_account"],
        "carrier": show_by_id(account, "carrier", row["default_carrier_id"], wants.get("carrier")),
        "service_level": show_by_id(
            account, "service_level", row["default_service_level_id"], wants.get("service_level")
        ),
    }


def _defaults(account: Account, row: Row, wants: Wants | None) -> dict[str, Any] | None:
    if wants is None:
        return None
    return {
        "object": "customer_defaults",
        "payment_term": show_by_id(account, "payment_term", row["default_payment_term_id"], wants.get("payment_term")),
        "shipping_term": show_by_id(
            account, "shipping_term", row["default_shipping_term_id"], wants.get("shipping_term")
        ),
        "priority": {"object": "priority", "code": row["default_priority"]} if "priority" in wants else None,
        "sales_rep": show_by_id(account, "account_user", row["default_sales_rep_id"], wants.get("sales_rep")),
        "lead_time_days": row["lead_time_days"],
    }


def _item(account: Account, row: Row) -> dict[str, Any]:
    return {
        "id": row["item_id"],
        "object": "item",
        **{name: row.get(name) for name in ("sku", "description", "notes")},
        "category": show_by_id(account, "item_category", row["category_id"], NOTHING),
        "unit_price": show_rate(account, row.get("unit_price")),
        "unit_cost": show_rate(account, row.get("unit_cost")),
        "created_at": row.created_at,
        "updated_at": row.updated_at,
    }


def _product(account: Account, row: Row, wants: Wants) -> dict[str, Any]:
    return {
        "type": row["type"],
        "portal_visibility": row["portal_visibility"],
        "item": _item(account, row) if "item" in wants else None,
        "product_line": show_by_id(account, "product_line", row["product_line_id"], wants.get("product_line")),
    }


def _line(account: Account, row: Row, wants: Wants) -> dict[str, Any]:
    product = account.table("product").find(row["product_id"])
    return {
        "line_item_number": row["line_item_number"],
        "product": show_by_id(account, "product", row["product_id"], wants.get("product")),
        "item": _item(account, product) if product is not None and "item" in wants else None,
        "product_sku": row["product_sku"],
        "product_description": row["product_description"],
        "quantity_ordered": show_quantity(account, row["quantity"]),
        "unit_price": show_rate(account, row["unit_price"]),
        "unit_cost": None,
        "totals": None,
    }


def _sales_order(account: Account, row: Row, wants: Wants) -> dict[str, Any]:
    lines = [line for line in account.table("sales_order_line") if line["order_id"] == row.id]
    return {
        **{name: row.get(name) for name in ORDER_FIELDS},
        **_lead_time(account, row),
        "line_count": len(lines),
        "customer": show_by_id(account, "customer", row["customer_id"], wants.get("customer")),
        "sales_rep": show_by_id(account, "account_user", row["sales_rep_id"], wants.get("sales_rep")),
        "created_by": _created_by(account, row, wants),
        "bill_to_address": show_by_id(account, "address", row["bill_to_address_id"], wants.get("bill_to_address")),
        "ship_to_address": show_by_id(account, "address", row["ship_to_address_id"], wants.get("ship_to_address")),
        "freight": _freight(account, row, wants.get("freight")),
        "payment_term": show_by_id(account, "payment_term", row["payment_term_id"], wants.get("payment_term")),
        "shipping_term": show_by_id(account, "shipping_term", row["shipping_term_id"], wants.get("shipping_term")),
        "order_discount": show_by_id(account, "order_discount", row["order_discount_id"], wants.get("order_discount")),
        "totals": _totals(lines) if "totals" in wants else None,
        "contacts": _contacts(account, row) if "contacts" in wants else None,
        "lines": _lines(account, lines, wants.get("lines")),
        "related": _related(wants.get("related")),
    }


def _lines(account: Account, lines: list[Row], wants: Wants | None) -> dict[str, Any] | None:
    return None if wants is None else whole_list([show(account, "sales_order_line", each, wants) for each in lines])


def _lead_time(account: Account, row: Row) -> dict[str, Any]:
    customer = account.table("customer").find(row["customer_id"])
    usual = customer["lead_time_days"] if customer else None
    override = row["lead_time_override_days"]
    source = "customer" if usual is not None else None
    if row["ship_by_override_date"] is not None:
        source = "order_ship_by"
    elif override is not None:
        source = "order_lead_time"
    return {"lead_time_days": usual if override is None else override, "lead_time_source": source}


def _created_by(account: Account, row: Row, wants: Wants) -> dict[str, Any] | None:
    if "created_by" not in wants:
        return None
    return {"object": "created_by", "actor": _actor(account, row["created_by_id"], NOTHING)}


def _freight(account: Account, row: Row, wants: Wants | None) -> dict[str, Any] | None:
    if wants is None:
        return None
    return {
        "object": "freight",
        "billing_type": row["carrier_billing_type"],
        "billing_account_number": row["carrier_billing_account_number"],
        "carrier": show_by_id(account, "carrier", row["carrier_id"], NOTHING),
        "service_level": show_by_id(account, "service_level", row["service_level_id"], NOTHING),
    }


def _totals(lines: list[Row]) -> dict[str, Any]:
    amounts = {kind: Decimal(0) for kind in ("sale", "freight", "discount")}
    for line in lines:
        price = Decimal(line["unit_price"]["value"]) if line["unit_price"] else Decimal(0)
        amounts[line["line_type"]] += price * Decimal(line["quantity"]["value"] if line["quantity"] else 1)
    sums = {"subtotal": amounts["sale"], "freight": amounts["freight"], "discount": amounts["discount"]}
    whole = {**sums, "total": sum(amounts.values(), Decimal(0))}
    return {"object": "sales_order_totals", **{name: format(value, "f") for name, value in whole.items()}}


def _contacts(account: Account, row: Row) -> dict[str, Any]:
    def found(field: str) -> list[dict[str, Any]]:
        users = (account.table("account_user").find(each["account_user_id"]) for each in row[field])
        return [show(account, "account_user", user) for user in users if user]

    return {
        "object": "order_contact",
        "acknowledgement": found("acknowledgement_email_contacts"),
        "invoice": found("invoice_email_contacts"),
    }


def _related(wants: Wants | None) -> dict[str, Any] | None:
    if wants is None:
        return None
    # Nothing is picked, produced or shipped here, so that there are no stubs of that.
    lists = {name: whole_list([]) if name in wants else None for name in ("shipments", "invoices")}
    return {"object": "sales_order_related", "pick": None, "production_run": None, **lists}


def _api_key(account: Account, row: Row, wants: Wants) -> dict[str, Any]:
    shown = ("name", "redacted_value", "last_used_at", "expires_at", "revoked_at")
    return {
        **{name: row.get(name) for name in shown},
        "role": show_by_id(account, "role", row["role_id"], wants.get("role")),
    }


def _role(_account: Account, row: Row, _wants: Wants) -> dict[str, Any]:
    return {"name": row["name"], "type": row["type"], "permissions": sorted(row["permissions"])}


def _sandbox(account: Account, row: Row, wants: Wants) -> dict[str, Any]:
    return {"name": row["name"], "owner_account": show_account(account) if "owner_account" in wants else None}


def _actor(account: Account, key_id: str, wants: Wants | None) -> dict[str, Any] | None:
    key = None if wants is None else account.table("api_key").find(key_id)
    return None if key is None else {"id": key.id, "object": "actor", "type": "api_key", "name": key["name"]}


def _request_log(account: Account, row: Row, wants: Wants) -> dict[str, Any]:
    hidden = ("actor_id", "visible_at")
    return {
        **{name: value for name, value in row.values.items() if name not in hidden},
        "actor": _actor(account, row["actor_id"], wants.get("actor")),
        "account": show_account(account) if "account" in wants else None,
    }


def _audit_event(account: Account, row: Row, wants: Wants) -> dict[str, Any]:
    log = account.table("request_log").find(row["request_id"]) if "request" in wants else None
    hidden = ("actor_id", "visible_at", "request_id", "changes")
    return {
        **{name: value for name, value in row.values.items() if name not in hidden},
        "actor": _actor(account, row["actor_id"], wants.get("actor")),
        "account": show_account(account) if "account" in wants else None,
        "changes": whole_list(row["changes"]) if "changes" in wants else None,
        "request": show(account, "request_log", log) if log is not None else None,
        "metadata": None,
    }


VIEWS: dict[str, View] = {
    "unit": _unit,
    "payment_term": _payment_term,
    "account_group": _account_group,
    "address": _address,
    "customer": _customer,
    "product": _product,
    "sales_order": _sales_order,
    "sales_order_line": _line,
    "api_key": _api_key,
    "role": _role,
    "sandbox": _sandbox,
    "request_log": _request_log,
    "audit_event": _audit_event,
}
"""Views by kind; what has none shows its name."""
