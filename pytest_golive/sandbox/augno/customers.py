"""Augno's customers and addresses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from pytest_golive.sandbox.augno.endpoints import Asked, Endpoint, Reply
from pytest_golive.sandbox.augno.fields import Field
from pytest_golive.sandbox.augno.moments import new_id
from pytest_golive.sandbox.augno.problem import conflict, not_found, unfit
from pytest_golive.sandbox.augno.queries import DATE, LIST, TEXT, Parameter, within
from pytest_golive.sandbox.augno.resource import Resource, referred
from pytest_golive.sandbox.augno.state import Account, Row
from pytest_golive.sandbox.augno.terms import COMMISSION, FREIGHT, check_nobody_uses

STATUSES = ("normal", "preferred", "hold_shipment", "hold_all")
PRIORITIES = ("low", "normal", "high")
BILLING = ("sender", "third_party")

ADDRESS = (
    Field("name", required=True),
    Field("country", "country", required=True),
    Field("street_line_1"),
    Field("street_line_2", nullable=True),
    Field("locality"),
    Field("state"),
    Field("postal_code"),
    Field("phone", nullable=True),
    Field("email", "email", nullable=True),
    Field("type", "choice", choices=("standard", "drop_ship")),
    Field("receive_calendar_id", nullable=True),
)
QUANTITY = (Field("value", "decimal", required=True), Field("unit_id", required=True))

DEFAULTS: Mapping[str, Any] = {
    "status": "normal",
    "edi_status": "disabled",
    "commission_policy": "commission_exempt",
    "freight_policy": "billed_freight",
    "default_priority": "normal",
    "customer_price_group_ids": [],
    "carrier_billing_type": "sender",
    "carrier_billing_account": None,
    "credit_limit": None,
}
"""What a customer is unless it says otherwise."""

REFERENCES: Mapping[str, str] = {
    "customer_type_group_id": "account_group",
    "default_carrier_id": "carrier",
    "default_payment_term_id": "payment_term",
    "default_shipping_term_id": "shipping_term",
    "default_sales_rep_id": "account_user",
    "default_service_level_id": "service_level",
    "bill_to_address_id": "address",
    "ship_to_address_id": "address",
}
"""Fields that refer to another object, with its kind."""

FILTERED: Mapping[str, str] = {
    "sales_rep_ids": "default_sales_rep_id",
    "status_codes": "status",
    "payment_term_ids": "default_payment_term_id",
    "shipping_term_ids": "default_shipping_term_id",
    "carrier_ids": "default_carrier_id",
    "service_level_ids": "default_service_level_id",
    "commission_status_codes": "commission_policy",
    "freight_status_codes": "freight_policy",
}
"""Query parameters that name values of a field."""


class Addresses(Resource):
    """Addresses: those of the account itself, and those of its customers."""

    kind, plural, title, prefix = "address", "addresses", "address", "ad"
    path, permission = "/v1/sales/addresses", "addresses"
    creatable = changeable = ADDRESS

    def made(self, _asked: Asked, body: dict[str, Any]) -> dict[str, Any]:
        """Return a new one of the account's own."""
        return new_address(body, None)

    def check_unused(self, asked: Asked, row: Row) -> None:
        """Refuse to delete what an order or a customer is set to."""
        fields = ("bill_to_address_id", "ship_to_address_id")
        users = tuple((kind, field) for kind in ("sales_order", "customer") for field in fields)
        check_nobody_uses(asked.account, row, self.title, users)


class Customers(Resource):
    """Those who buy. A customer is an account of its own: orders name it as their buyer."""

    kind, plural, title, prefix = "customer", "customers", "customer", "ac"
    path, permission = "/v1/sales/customers", "customers"
    _either = (
        Field("name", required=True),
        Field("customer_type_group_id", required=True),
        Field("default_carrier_id", required=True),
        Field("default_payment_term_id", required=True),
        Field("default_shipping_term_id", required=True),
        Field("number", blank=False),
        Field("email", "email", nullable=True),
        Field("phone", nullable=True),
        Field("url", nullable=True),
        Field("note", nullable=True),
        Field("status", "choice", choices=STATUSES),
        Field("edi_status", "choice", choices=("enabled", "disabled")),
        Field("commission_policy", "choice", choices=COMMISSION),
        Field("freight_policy", "choice", choices=FREIGHT),
        Field("default_priority", "choice", choices=PRIORITIES),
        Field("default_sales_rep_id", nullable=True),
        Field("default_service_level_id", nullable=True),
        Field("customer_price_group_ids", "texts"),
        Field("carrier_billing_type", "choice", choices=BILLING),
        Field("carrier_billing_account", nullable=True),
        Field("credit_limit", "object", nullable=True, inner=QUANTITY),
        Field("lead_time_days", "integer", nullable=True),
        Field("receive_calendar_id", nullable=True),
    )
    creatable = (
        *_either,
        Field("bill_to_address", "object", required=True, inner=ADDRESS),
        Field("ship_to_address", "object", required=True, inner=ADDRESS),
    )
    changeable = (*_either, Field("bill_to_address_id", nullable=True), Field("ship_to_address_id", nullable=True))
    includes = frozenset(
        {
            "contact_info",
            "freight_preferences",
            "freight_preferences.carrier",
            "freight_preferences.service_level",
            "defaults",
            "defaults.payment_term",
            "defaults.shipping_term",
            "defaults.priority",
            "defaults.sales_rep",
            "notification_preferences",
            "bill_to_address",
            "ship_to_address",
            "type",
            "price_groups",
            "parent_account",
            "child_accounts",
            "credit_limit",
        }
    )
    filters: ClassVar[Mapping[str, Parameter]] = {
        **dict.fromkeys(("customer_group_ids", *FILTERED), LIST),
        "parent_account_status": Parameter(choices=("standalone", "parent", "child")),
        **dict.fromkeys(("city", "state", "postal_code"), TEXT),
        "starts_at": DATE,
        "ends_at": DATE,
    }
    unique = ("number",)
    searched = ("name", "number", "email")

    def endpoints(self) -> Iterable[Endpoint]:
        """Return the calls there are, merging among them."""
        yield from super().endpoints()
        yield Endpoint(
            "merge_customers",
            "POST",
            f"{self.one}/actions/merge",
            "customers:update",
            self.merge,
            includes=self.includes,
            fields=(Field("source_customer_ids", "texts", required=True),),
        )

    def made(self, asked: Asked, body: dict[str, Any]) -> dict[str, Any]:
        """Return a new one, with its two addresses."""
        account, values = asked.account, dict(body)
        addresses = {name: values.pop(name) for name in ("bill_to_address", "ship_to_address")}
        self._check(account, values)
        optional = {field.name: None for field in self._either}
        whole = optional | dict(DEFAULTS) | values | {"product_line_ids": []}
        if whole["number"] is None:
            whole["number"] = self._next_number(account)
        self.check_unique(account, whole)
        for name, address in addresses.items():
            row = self.core.state.new_row("ad", new_address(address, None))
            account.table("address").add(row)
            whole[f"{name}_id"] = row.id
        return whole

    def create(self, asked: Asked) -> Reply:
        """Make a new one, which its addresses then belong to."""
        reply = super().create(asked)
        customer = asked.account.table(self.kind).get(reply.body["id"], self.title)
        for name in ("bill_to_address_id", "ship_to_address_id"):
            asked.account.table("address").get(customer[name], "address").values["buyer_id"] = customer.id
        return reply

    def changed(self, asked: Asked, _row: Row, sent: dict[str, Any]) -> dict[str, Any]:
        """Return what was sent, if all it refers to exists."""
        self._check(asked.account, sent)
        return sent

    def matches(self, account: Account, row: Row, query: Mapping[str, Any]) -> bool:
        """Whether it is one of those that were asked for."""
        groups = {row["customer_type_group_id"], *row["customer_price_group_ids"]}
        return (
            all(row[field] in query[name] for name, field in FILTERED.items() if name in query)
            and ("customer_group_ids" not in query or bool(groups & {*query["customer_group_ids"]}))
            and query.get("parent_account_status") in {None, "standalone"}
            and self._lives_there(account, row, query)
            and within(row.created_at, query)
            and super().matches(account, row, query)
        )

    def merge(self, asked: Asked) -> Reply:
        """Let customers go up in another one, with their orders and addresses."""
        target, account = self.row(asked), asked.account
        sources: list[str] = asked.body["source_customer_ids"]
        if target.id in sources or len({*sources}) < len(sources):
            raise unfit("source_customer_ids", "source_customer_ids may hold only other customers, each of them once.")
        rows = [account.table(self.kind).find(each) for each in sources]
        if None in rows:
            raise not_found(self.title)
        for row in filter(None, rows):
            _hand_over(account, row, target)
            account.table(self.kind).remove(row)
            self.core.changes.made(asked, "delete", self.kind, row, row.values)
        target.updated_at = self.core.state.now()
        self.core.changes.made(asked, "update", self.kind, target, target.values)
        return self.reply(asked, target)

    def check_unused(self, asked: Asked, row: Row) -> None:
        """Refuse to delete one who ordered."""
        if any(order["customer_id"] == row.id for order in asked.account.table("sales_order")):
            raise conflict("Sales orders refer to this customer.")

    def _check(self, account: Account, values: Mapping[str, Any]) -> None:
        for name, kind in REFERENCES.items():
            row = referred(account, kind, values.get(name), name)
            if name == "customer_type_group_id" and row is not None and row["type"] != "type_group":
                raise unfit(name, "customer_type_group_id must be a group of the type type_group.")
        for group in values.get("customer_price_group_ids", ()):
            referred(account, "account_group", group, "customer_price_group_ids")
        if values.get("credit_limit"):
            referred(account, "unit", values["credit_limit"]["unit_id"], "credit_limit.unit_id")

    def _next_number(self, account: Account) -> str:
        taken = {row["number"] for row in account.table(self.kind)}
        number = account.next_number(self.kind)
        while number in taken:
            number = account.next_number(self.kind)
        return number

    def _lives_there(self, account: Account, row: Row, query: Mapping[str, Any]) -> bool:
        address = account.table("address").find(row["bill_to_address_id"])
        place = address.values if address else {}
        fields = {"city": "locality", "state": "state", "postal_code": "postal_code"}
        return all(place.get(field) == query[name] for name, field in fields.items() if name in query)


def new_address(body: Mapping[str, Any], buyer_id: str | None) -> dict[str, Any]:
    """Return the fields of a new address; of the account's own where there is no buyer."""
    fields = dict.fromkeys(field.name for field in ADDRESS)
    return {**fields, "type": "standard", **body, "geolocation_id": new_id("ge"), "buyer_id": buyer_id}


def _hand_over(account: Account, source: Row, target: Row) -> None:
    for order in account.table("sales_order"):
        if order["customer_id"] == source.id:
            order.values["customer_id"] = target.id
    for address in account.table("address"):
        if address["buyer_id"] == source.id:
            address.values["buyer_id"] = target.id
