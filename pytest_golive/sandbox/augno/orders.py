"""Augno's sales orders: estimates that are issued, fulfilled and opened again."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, ClassVar

from pytest_golive.sandbox.augno.catalog import RATE
from pytest_golive.sandbox.augno.customers import BILLING, PRIORITIES, QUANTITY
from pytest_golive.sandbox.augno.endpoints import Asked, Endpoint, Reply
from pytest_golive.sandbox.augno.fields import Field, read_moment
from pytest_golive.sandbox.augno.moments import in_utc
from pytest_golive.sandbox.augno.order_lines import Lines
from pytest_golive.sandbox.augno.problem import Problem, conflict, unfit
from pytest_golive.sandbox.augno.queries import DATE, LIST, Parameter, within
from pytest_golive.sandbox.augno.resource import Core, Resource, referred
from pytest_golive.sandbox.augno.state import Account, Row

EXCLUSIVE = ("promised_at", "lead_time_override_days", "ship_by_override_date")
"""Fields of which an order has at most one."""

TRANSITIONS: Mapping[str, tuple[str, str]] = {
    "issue": ("estimate", "issued"),
    "unissue": ("issued", "estimate"),
    "close": ("issued", "fulfilled"),
    "open": ("fulfilled", "issued"),
}
"""Actions: the status an order has to have, and the one it gets."""

ANNOUNCED = {"issue": "sales_order.issued", "close": "sales_order.fulfilled"}

RENAMED: Mapping[str, str] = {
    "buyer_account_id": "customer_id",
    "priority_code": "priority",
    "billing_address_id": "bill_to_address_id",
    "shipping_address_id": "ship_to_address_id",
}
"""Names that requests use for fields of an order."""

CHANGED_NAMES = {"bill_to_address_id": "billing_address_id", "ship_to_address_id": "shipping_address_id"}
"""Names of an order's addresses in a body that changes it."""

REFERENCES: Mapping[str, str] = {
    "sales_rep_id": "account_user",
    "carrier_id": "carrier",
    "service_level_id": "service_level",
    "shipping_term_id": "shipping_term",
    "payment_term_id": "payment_term",
}
DEFAULTED = ("carrier_id", "shipping_term_id", "payment_term_id")
"""What an order takes from its customer where it says nothing itself."""

CONTACTS = (Field("account_user_id", required=True),)
LINE = (
    Field("product_id", required=True),
    Field("quantity", "object", required=True, inner=QUANTITY),
    Field("product_sku", blank=False),
    Field("product_description"),
    Field("unit_price", "object", inner=RATE),
)


class SalesOrders(Resource):
    """What customers buy."""

    kind, plural, title, prefix = "sales_order", "sales_orders", "sales order", "or"
    path, permission = "/v1/sales/sales-orders", "sales_orders"
    _either = (
        Field("carrier_id"),
        Field("shipping_term_id"),
        Field("payment_term_id"),
        Field("carrier_billing_type", "choice", choices=BILLING),
        Field("acknowledgement_email_contacts", "objects", inner=CONTACTS),
        Field("invoice_email_contacts", "objects", inner=CONTACTS),
    )
    creatable = (
        Field("buyer_account_id", required=True),
        Field("bill_to_address_id", required=True),
        Field("ship_to_address_id", required=True),
        Field("priority_code", "choice", required=True, choices=PRIORITIES),
        Field("lines", "objects", required=True, inner=LINE),
        Field("customer_purchase_order_number", blank=False),
        Field("note", blank=False),
        Field("promised_at", "moment"),
        Field("lead_time_override_days", "integer"),
        Field("ship_by_override_date", "day"),
        Field("sales_rep_id"),
        Field("service_level_id"),
        Field("order_discount_id"),
        Field("carrier_billing_account_number"),
        *_either,
    )
    changeable = (
        Field("customer_id", required=True),
        Field("billing_address_id", required=True),
        Field("shipping_address_id", required=True),
        Field("priority_code", "choice", choices=PRIORITIES),
        Field("customer_purchase_order_number", nullable=True, blank=False),
        Field("note", nullable=True, blank=False),
        Field("promised_at", "moment", nullable=True),
        Field("lead_time_override_days", "integer", nullable=True),
        Field("ship_by_override_date", "day", nullable=True),
        Field("sales_rep_id", nullable=True),
        Field("service_level_id", nullable=True),
        Field("order_discount_id", nullable=True),
        Field("carrier_billing_account_number", nullable=True),
        Field("acknowledgment_status", "choice", choices=("not_sent", "sent")),
        *_either,
    )
    includes = frozenset(
        {
            *("customer", "sales_rep", "created_by", "bill_to_address", "ship_to_address", "freight"),
            *("payment_term", "shipping_term", "order_discount", "totals", "contacts"),
            *("lines", "lines.product", "lines.item", "lines.product.item", "lines.product.product_line"),
            *("related", "related.pick", "related.production_run", "related.shipments", "related.invoices"),
        }
    )
    filters: ClassVar[Mapping[str, Parameter]] = {
        "status_codes": Parameter("list", ("estimate", "issued", "fulfilled")),
        **dict.fromkeys(("customer_ids", "sales_rep_ids", "item_ids", "product_line_ids"), LIST),
        "past_due": Parameter("boolean"),
        **dict.fromkeys(("starts_at", "ends_at", "ship_by_after", "ship_by_before"), DATE),
    }

    def __init__(self, core: Core) -> None:
        super().__init__(core)
        self.lines = Lines(core)

    def endpoints(self) -> Iterable[Endpoint]:
        """Return the calls there are, those that move an order along among them."""
        yield from super().endpoints()
        for action in TRANSITIONS:
            yield Endpoint(
                f"{action}_sales_order",
                "PUT",
                f"{self.one}/actions/{action}",
                "sales_orders:update",
                self._mover(action),
                includes=self.includes,
                fields=(Field("notify_customer", "boolean", required=True),) if action == "issue" else (),
            )
        yield from self.lines.endpoints()

    def made(self, asked: Asked, body: dict[str, Any]) -> dict[str, Any]:
        """Return a new estimate; its lines come once it has an id."""
        account = asked.account
        values = {RENAMED.get(name, name): value for name, value in body.items() if name != "lines"}
        customer = referred(account, "customer", values["customer_id"], "buyer_account_id")
        assert customer is not None  # the field is required and not nullable
        self._check(account, values, customer, {})
        for line in body["lines"]:
            self.lines.check(account, customer, line)
        optional = {RENAMED.get(field.name, field.name): None for field in self.creatable if field.name != "lines"}
        whole = {**optional, **NEW, **_defaults(customer, values), **values}
        self._check_purchase_order(account, whole, None)
        number = account.next_number(self.kind)
        given = {"number": number, "created_by_id": asked.key.id, "ship_by_date": whole["ship_by_override_date"]}
        return whole | given

    def create(self, asked: Asked) -> Reply:
        """Make a new one, with the lines that were sent, one for freight, and one for a discount."""
        values = self.made(asked, asked.body)
        row = self.core.state.new_row(self.prefix, values)
        asked.account.table(self.kind).add(row)
        self.lines.add_all(asked.account, row, asked.body["lines"])
        self.core.changes.made(asked, "create", self.kind, row)
        return Reply(self.shown(asked, row), f"{self.path}/{row.id}")

    def changed(self, asked: Asked, row: Row, sent: dict[str, Any]) -> dict[str, Any]:
        """Return what was sent, under the names it is kept by."""
        account = asked.account
        values = {RENAMED.get(name, name): value for name, value in sent.items()}
        whole = {**row.values, **values}
        customer = referred(account, "customer", whole["customer_id"], "customer_id")
        assert customer is not None  # neither is the field nullable, nor can one with orders be deleted
        self._check(account, values, customer, CHANGED_NAMES)
        _check_exclusive(whole)
        self._check_purchase_order(account, whole, row)
        if "ship_by_override_date" in values:
            values["ship_by_date"] = values["ship_by_override_date"]
        if "order_discount_id" in values:
            self.lines.discount(account, row, values["order_discount_id"])
        return values

    def matches(self, account: Account, row: Row, query: Mapping[str, Any]) -> bool:
        """Whether it is one of those that were asked for; `q` has to be its number or purchase order, whole."""
        sought = query.get("q")
        products = self.lines.products_of(account, row)
        return (
            sought in {None, "", row["number"], row["customer_purchase_order_number"]}
            and row["status"] in query.get("status_codes", (row["status"],))
            and row["customer_id"] in query.get("customer_ids", (row["customer_id"],))
            and row["sales_rep_id"] in query.get("sales_rep_ids", (row["sales_rep_id"],))
            and _meets(query.get("item_ids"), (product["item_id"] for product in products))
            and _meets(query.get("product_line_ids"), (product["product_line_id"] for product in products))
            and query.get("past_due") in {None, self._is_past_due(row)}
            and within(row.created_at, query)
            and _ships_within(row, query)
        )

    def check_unused(self, asked: Asked, row: Row) -> None:
        """Refuse to delete what was fulfilled; take the lines along."""
        if row["status"] == "fulfilled":
            raise conflict("A fulfilled sales order cannot be deleted.")
        self.lines.remove_all(asked.account, row)

    def _mover(self, action: str) -> Any:
        def move(asked: Asked) -> Reply:
            return self._move(asked, action)

        return move

    def _move(self, asked: Asked, action: str) -> Reply:
        row = self.row(asked)
        due, status = TRANSITIONS[action]
        if row["status"] != due:
            raise conflict(f"A sales order with the status {row['status']} cannot do this: {action}.", "status")
        now = self.core.state.now()
        times: dict[str, str | None] = {}
        if action in {"issue", "unissue"}:
            times["issued_at"] = now if action == "issue" else None
        else:
            times["completed_at"] = now if action == "close" else None
        told = {"acknowledgment_status": "sent"} if asked.body.get("notify_customer") else {}
        before, row.values, row.updated_at = row.values, {**row.values, "status": status, **times, **told}, now
        self.core.changes.made(asked, "update", self.kind, row, before)
        if action in ANNOUNCED:
            self.core.changes.tell(asked, ANNOUNCED[action], self.kind, row)
        return self.reply(asked, row)

    def _check(self, account: Account, values: dict[str, Any], customer: Row, names: Mapping[str, str]) -> None:
        """Refuse what refers to nothing, or to somebody else's address; a discount may be named by its code."""
        for name in ("bill_to_address_id", "ship_to_address_id"):
            param = names.get(name, name)
            address = referred(account, "address", values.get(name), param)
            if address is not None and address["buyer_id"] not in {None, customer.id}:
                raise unfit(param, f"{param} belongs to another customer.")
        for name, kind in REFERENCES.items():
            referred(account, kind, values.get(name), name)
        for name in ("acknowledgement_email_contacts", "invoice_email_contacts"):
            for contact in values.get(name) or ():
                referred(account, "account_user", contact["account_user_id"], "account_user_id")
        if values.get("order_discount_id") is not None:
            values["order_discount_id"] = _discount(account, values["order_discount_id"]).id
        _check_exclusive(values)

    def _check_purchase_order(self, account: Account, values: Mapping[str, Any], own: Row | None) -> None:
        number = values["customer_purchase_order_number"]
        if number is None:
            return
        for row in account.table(self.kind):
            same = row["customer_id"] == values["customer_id"] and row["customer_purchase_order_number"] == number
            if same and row is not own:
                raise conflict("Another sales order of this customer has this number.", "customer_po_number")

    def _is_past_due(self, row: Row) -> bool:
        promised = read_moment(row["promised_at"] or "")
        due = in_utc(promised) if promised else row["ship_by_date"]
        return row["status"] != "fulfilled" and due is not None and due < self.core.state.now()


NEW: Mapping[str, Any] = {
    "status": "estimate",
    "payment_status": "unpaid",
    "acknowledgment_status": "not_sent",
    "payment_intent_ids": [],
    "carrier_billing_type": "sender",
    "acknowledgement_email_contacts": [],
    "invoice_email_contacts": [],
    "issued_at": None,
    "completed_at": None,
}
"""What every order is at first."""


def _defaults(customer: Row, values: Mapping[str, Any]) -> dict[str, Any]:
    return {name: customer[f"default_{name}"] for name in DEFAULTED if name not in values}


def _discount(account: Account, name: str) -> Row:
    for row in account.table("order_discount"):
        if name in {row.id, row["code"]}:
            return row
    raise unfit("order_discount_id", "order_discount_id refers to nothing that exists.")


def _check_exclusive(values: Mapping[str, Any]) -> None:
    given = [name for name in EXCLUSIVE if values.get(name) is not None]
    if len(given) > 1:
        raise Problem("parameters_exclusive", f"Only one of these may be set: {', '.join(EXCLUSIVE)}.", given[1])


def _meets(wanted: list[str] | None, held: Iterable[Any]) -> bool:
    return wanted is None or bool({*wanted} & {*held})


def _ships_within(row: Row, query: Mapping[str, Any]) -> bool:
    if "ship_by_after" not in query and "ship_by_before" not in query:
        return True
    return row["ship_by_date"] is not None and within(row["ship_by_date"], query, "ship_by_after", "ship_by_before")
