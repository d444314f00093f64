"""What every account has from the first day, and what an order needs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_golive.sandbox.augno.customers import DEFAULTS, new_address
from pytest_golive.sandbox.augno.endpoints import ADMIN
from pytest_golive.sandbox.augno.moments import new_id
from pytest_golive.sandbox.augno.state import Account, Row, State

DOMAINS = ("units", "payment_terms", "customer_groups", "customers", "addresses", "items", "sales_orders")

ROLES: Mapping[str, tuple[str, frozenset[str]]] = {
    "Administrator": (ADMIN, frozenset()),
    "Integration": (
        "custom",
        frozenset({f"{domain}:{verb}" for domain in DOMAINS for verb in ("create", "read", "update", "delete")})
        | {"request_logs:read", "audit_events:read"},
    ),
    "Unit reader": ("custom", frozenset({"units:read"})),
}
"""Roles by name: their type and permissions."""

UNITS = (
    ("US dollar", "USD", "currency", "1"),
    ("Each", "ea", "quantity", "1"),
    ("Pair", "pr", "quantity", "2"),
    ("Second", "s", "time", "1"),
    ("Hour", "h", "time", "3600"),
    ("Kilogram", "kg", "mass", "1"),
    ("Litre", "l", "volume", "1"),
    ("Metre", "m", "length", "1"),
)
"""The system's units: name, abbreviation, type, and how many of the base unit one of them is."""

NAMED: Mapping[str, tuple[str, tuple[str, ...]]] = {
    "carrier": ("cr", ("UPS", "FedEx")),
    "shipping_term": ("shtm", ("Prepaid", "Collect")),
    "item_category": ("itcg", ("Finished goods", "Services")),
    "product_line": ("pdln", ("Bolts",)),
    "service_level": ("crop", ("Ground",)),
    "account_user": ("acus", ("Robin Sales",)),
}
"""Objects that have a name and nothing else that matters: prefix of their ids, and the names."""

SKUS = ("GOLIVE-BOLT-8", "GOLIVE-BOLT-10")


def furnish(state: State, account: Account) -> dict[str, str]:
    """Fill a new account; return the ids that orders and keys need, by the names the pack has for them."""
    roles = {name: _add_role(state, account, name) for name in ROLES}
    units = _add_units(state, account)
    for name in ("Due on receipt", "Net 30"):
        _add(state, account, "payment_term", "pytm", {"name": name}, is_system=True)
    for name, group_type in (("Retail", "type_group"), ("Wholesale", "type_group"), ("List price", "pricing_group")):
        _add(state, account, "account_group", "acgp", _group(name, group_type))
    for kind, (prefix, names) in NAMED.items():
        for name in names:
            _add(state, account, kind, prefix, {"name": name})
    _add(state, account, "order_discount", "odis", {"name": "Welcome", "code": "WELCOME", "amount": "-5.00"})
    products = [_add(state, account, "product", "pd", _product(account, sku, units)) for sku in SKUS]
    customer = _add_customer(state, account)
    return {
        "account_id": account.id,
        "order_customer_id": customer.id,
        "order_product_id": products[0].id,
        "order_product_sku": products[0]["sku"],
        "order_unit_id": units["ea"],
        "key_role_id": roles["Integration"].id,
    }


def role_named(account: Account, name: str) -> Row:
    """Return one of the roles."""
    return next(row for row in account.table("role") if row["name"] == name)


def _add(
    state: State, account: Account, kind: str, prefix: str, values: dict[str, Any], *, is_system: bool = False
) -> Row:
    row = state.new_row(prefix, values, is_system=is_system)
    account.table(kind).add(row)
    return row


def _add_role(state: State, account: Account, name: str) -> Row:
    role_type, permissions = ROLES[name]
    return _add(state, account, "role", "rl", {"name": name, "type": role_type, "permissions": permissions})


def _add_units(state: State, account: Account) -> dict[str, str]:
    """Add the system's units, and the group that products are counted in; return ids by abbreviation."""
    ids = {}
    for name, abbreviation, dimension, ratio in UNITS:
        values = {
            "name": name,
            "abbreviation": abbreviation,
            "type": dimension,
            "ratio_numerator": ratio,
            "ratio_denominator": "1",
            "offset_numerator": "0",
            "offset_denominator": "1",
            "is_base_unit": ratio == "1",
        }
        ids[abbreviation] = _add(state, account, "unit", "un", values, is_system=True).id
    counted = [ids[abbreviation] for _, abbreviation, dimension, _ in UNITS if dimension == "quantity"]
    _add(state, account, "unit_group", "ungp", {"name": "Pieces", "unit_ids": counted}, is_system=True)
    return ids


def _group(name: str, group_type: str) -> dict[str, Any]:
    return {
        "name": name,
        "type": group_type,
        "description": None,
        "commission_policy": "commission_exempt",
        "freight_policy": "billed_freight",
        "default_lead_time_days": None,
    }


def _product(account: Account, sku: str, units: Mapping[str, str]) -> dict[str, Any]:
    rate = {"numerator_unit_id": units["USD"], "denominator_unit_id": units["ea"]}
    return {
        "sku": sku,
        "type": "sale",
        "portal_visibility": "visible",
        "description": f"Bolt M{sku.rpartition('-')[2]}",
        "notes": None,
        "category_id": _first(account, "item_category").id,
        "product_line_id": _first(account, "product_line").id,
        "attribute_ids": [],
        "unit_price": {"value": "0.75", **rate},
        "unit_cost": {"value": "0.30", **rate},
        "item_id": new_id("it"),
    }


def _add_customer(state: State, account: Account) -> Row:
    """Add a customer who may buy the products: nothing in the API can grant that."""
    places = {
        name: _add(state, account, "address", "ad", new_address(body, None))
        for name, body in (
            ("bill_to_address_id", {"name": "Golive Hardware, office", "country": "US", "locality": "Springfield"}),
            ("ship_to_address_id", {"name": "Golive Hardware, dock", "country": "US", "locality": "Springfield"}),
        )
    }
    values = {
        **DEFAULTS,
        "name": "Golive Hardware",
        "number": account.next_number("customer"),
        **dict.fromkeys(("email", "phone", "url", "note", "default_sales_rep_id", "receive_calendar_id")),
        "customer_type_group_id": _first(account, "account_group").id,
        "default_carrier_id": _first(account, "carrier").id,
        "default_payment_term_id": _first(account, "payment_term").id,
        "default_shipping_term_id": _first(account, "shipping_term").id,
        "default_service_level_id": _first(account, "service_level").id,
        "lead_time_days": 5,
        **{name: row.id for name, row in places.items()},
        "product_line_ids": [_first(account, "product_line").id],
    }
    customer = _add(state, account, "customer", "ac", values)
    for row in places.values():
        row.values["buyer_id"] = customer.id
    return customer


def _first(account: Account, kind: str) -> Row:
    return next(iter(account.table(kind)))
