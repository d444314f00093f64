"""The lines of Augno's sales orders: products, and what the order adds of itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

from pytest_golive.sandbox.augno.catalog import RATE
from pytest_golive.sandbox.augno.customers import QUANTITY
from pytest_golive.sandbox.augno.endpoints import Asked, Endpoint, Reply
from pytest_golive.sandbox.augno.fields import Field
from pytest_golive.sandbox.augno.problem import Problem, conflict, unfit
from pytest_golive.sandbox.augno.resource import Core, referred
from pytest_golive.sandbox.augno.state import Account, Row
from pytest_golive.sandbox.augno.views import show

KIND = "sales_order_line"
ORDER = "/v1/sales/sales-orders/{sales_order_id}"
INCLUDES = frozenset({"product", "item"})

CHANGEABLE = (
    Field("quantity", "object", required=True, inner=QUANTITY),
    Field("product_sku", required=True),
    Field("product_description", nullable=True),
    Field("unit_price", "object", inner=RATE),
)
CREATABLE = (Field("product_id", required=True), *CHANGEABLE)


class Lines:
    """What the lines of orders have to fulfil, and what can be done with them."""

    def __init__(self, core: Core) -> None:
        self._core = core

    def endpoints(self) -> Iterable[Endpoint]:
        """Return the calls there are."""
        lines, one, needs = f"{ORDER}/lines", f"{ORDER}/lines/{{line_id}}", "sales_orders:update"
        yield Endpoint("add_sales_order_line", "POST", lines, needs, self.add, 201, includes=INCLUDES, fields=CREATABLE)
        yield Endpoint(
            "update_sales_order_line",
            "PATCH",
            one,
            needs,
            self.update,
            includes=INCLUDES,
            fields=CHANGEABLE,
            patch=True,
        )
        yield Endpoint("delete_sales_order_line", "DELETE", one, needs, self.delete)

    def add(self, asked: Asked) -> Reply:
        """Add a line to an order that is not fulfilled."""
        order = self._order(asked)
        customer = asked.account.table("customer").get(order["customer_id"], "customer")
        self.check(asked.account, customer, asked.body)
        row = self._new(asked.account, order, asked.body)
        self._core.changes.made(asked, "create", KIND, row)
        one = f"{asked.request.path}/{row.id}"
        return Reply(show(asked.account, KIND, row, asked.wants), one)

    def update(self, asked: Asked) -> Reply:
        """Change what was sent of a line."""
        self._order(asked)
        row = self._line(asked)
        if "quantity" in asked.body:
            _check_unit(asked.account, asked.body["quantity"])
        before, row.values = row.values, {**row.values, **asked.body}
        row.updated_at = self._core.state.now()
        self._core.changes.made(asked, "update", KIND, row, before)
        return Reply(show(asked.account, KIND, row, asked.wants))

    def delete(self, asked: Asked) -> Reply:
        """Take a line off an order that is not fulfilled."""
        self._order(asked)
        table = asked.account.table(KIND)
        table.to_remove(asked.path["line_id"], "sales order line")
        row = self._line(asked)
        table.remove(row)
        self._core.changes.made(asked, "delete", KIND, row, row.values)
        return Reply({})

    def check(self, account: Account, customer: Row, line: Mapping[str, Any]) -> None:
        """Refuse a line whose product or unit does not exist, or may not be bought by the customer.

        Raises:
            Problem: so it is.
        """
        product = referred(account, "product", line["product_id"], "product_id")
        _check_unit(account, line["quantity"])
        line_of_products = product["product_line_id"] if product else None
        if line_of_products is not None and line_of_products not in customer["product_line_ids"]:
            raise unfit("product_id", "The customer is not entitled to the product line of this product.")

    def add_all(self, account: Account, order: Row, lines: Sequence[Mapping[str, Any]]) -> None:
        """Add the lines of a new order, and those that come of themselves: freight, and a discount."""
        for line in lines:
            self._new(account, order, line)
        self._extra(account, order, "freight", "FREIGHT", "0")
        self.discount(account, order, order["order_discount_id"])

    def discount(self, account: Account, order: Row, discount_id: str | None) -> None:
        """Let the discount line of an order be that of a discount, or let it go."""
        for line in self.of(account, order):
            if line["line_type"] == "discount":
                account.table(KIND).remove(line)
        discount = account.table("order_discount").find(discount_id)
        if discount is not None:
            self._extra(account, order, "discount", discount["code"], discount["amount"])

    def of(self, account: Account, order: Row) -> list[Row]:
        """Return the lines of an order."""
        return [line for line in account.table(KIND) if line["order_id"] == order.id]

    def products_of(self, account: Account, order: Row) -> list[Row]:
        """Return the products that an order is about."""
        found = (account.table("product").find(line["product_id"]) for line in self.of(account, order))
        return [product for product in found if product is not None]

    def remove_all(self, account: Account, order: Row) -> None:
        """Take all lines of an order away."""
        for line in self.of(account, order):
            account.table(KIND).remove(line)

    def _new(self, account: Account, order: Row, line: Mapping[str, Any]) -> Row:
        product = account.table("product").get(line["product_id"], "product")
        values = {
            "order_id": order.id,
            "line_type": "sale",
            "line_item_number": len(self.of(account, order)) + 1,
            "product_id": product.id,
            "product_sku": line.get("product_sku", product["sku"]),
            "product_description": line.get("product_description", product["description"]),
            "quantity": line["quantity"],
            # A price of the caller's is heeded for Augno's own services only.
            "unit_price": product["unit_price"],
        }
        return self._take(account, values)

    def _extra(self, account: Account, order: Row, line_type: str, sku: str, price: str) -> None:
        values = {
            "order_id": order.id,
            "line_type": line_type,
            "line_item_number": len(self.of(account, order)) + 1,
            "product_id": None,
            "product_sku": sku,
            "product_description": None,
            "quantity": None,
            "unit_price": {"value": str(Decimal(price)), "numerator_unit_id": None, "denominator_unit_id": None},
        }
        self._take(account, values)

    def _take(self, account: Account, values: dict[str, Any]) -> Row:
        row = self._core.state.new_row("orln", values)
        account.table(KIND).add(row)
        return row

    def _order(self, asked: Asked) -> Row:
        order = asked.account.table("sales_order").get(asked.path["sales_order_id"], "sales order")
        if order["status"] == "fulfilled":
            raise conflict("The lines of a fulfilled sales order cannot be changed.", "status")
        return order

    def _line(self, asked: Asked) -> Row:
        row = asked.account.table(KIND).get(asked.path["line_id"], "sales order line")
        if row["order_id"] != asked.path["sales_order_id"]:
            raise Problem("resource_not_found", "No such sales order line.")
        return row


def _check_unit(account: Account, quantity: Mapping[str, Any]) -> None:
    unit_id = quantity["unit_id"]
    if not any(unit_id in group["unit_ids"] for group in account.table("unit_group")):
        raise unfit("quantity_unit_id", "The unit is not one of the product's unit group.")
