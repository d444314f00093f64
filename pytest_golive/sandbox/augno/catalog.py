"""Augno's catalog: units, products, and the kinds of items."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pytest_golive.sandbox.augno.endpoints import Asked
from pytest_golive.sandbox.augno.fields import Field
from pytest_golive.sandbox.augno.moments import new_id
from pytest_golive.sandbox.augno.problem import Problem, unfit
from pytest_golive.sandbox.augno.queries import DATE, LIST, Parameter, within
from pytest_golive.sandbox.augno.resource import Resource, referred
from pytest_golive.sandbox.augno.state import Account, Row

DIMENSIONS = ("currency", "quantity", "time", "mass", "volume", "length", "temperature", "area")
PRODUCT_TYPES = ("sale", "service", "shipping", "credit", "return", "tax")
VISIBILITY = ("visible", "hidden")
RATE = (
    Field("value", "decimal", required=True),
    Field("numerator_unit_id", required=True),
    Field("denominator_unit_id", required=True),
)


class Units(Resource):
    """Units of measure: the system's, and those of the account."""

    kind, plural, title, prefix = "unit", "units", "unit", "un"
    path, permission = "/v1/catalog/units", "units"
    changeable = (
        Field("name", required=True),
        Field("abbreviation", required=True),
        Field("ratio_numerator", "decimal", required=True),
        Field("ratio_denominator", "decimal", required=True, nonzero=True),
        Field("offset_numerator", "decimal", required=True),
        Field("offset_denominator", "decimal", required=True, nonzero=True),
    )
    creatable = (
        *changeable,
        Field("type", "choice", required=True, choices=DIMENSIONS, absent="parameter_invalid"),
    )
    includes = frozenset({"owner", "owner.account"})
    filters: ClassVar[Mapping[str, Parameter]] = {"type": Parameter(choices=DIMENSIONS), "unit_group_ids": LIST}
    unique = ("name", "abbreviation")
    searched = ("name", "abbreviation")

    def matches(self, account: Account, row: Row, query: Mapping[str, Any]) -> bool:
        """Whether it is of the type and in one of the groups that were asked for."""
        groups = [account.table("unit_group").find(each) for each in query.get("unit_group_ids", ())]
        return (
            query.get("type") in {None, row["type"]}
            and ("unit_group_ids" not in query or any(row.id in group["unit_ids"] for group in groups if group))
            and super().matches(account, row, query)
        )

    def check_unused(self, asked: Asked, row: Row) -> None:
        """Let it leave its groups: a unit may always be deleted."""
        for group in asked.account.table("unit_group"):
            group.values["unit_ids"] = [each for each in group["unit_ids"] if each != row.id]


class Products(Resource):
    """What is sold. Items stand behind them."""

    kind, plural, title, prefix = "product", "products", "product", "pd"
    path, permission = "/v1/catalog/products", "items"
    changeable = (
        Field("sku", required=True),
        Field("description", nullable=True),
        Field("notes", nullable=True),
        Field("portal_visibility", "choice", choices=VISIBILITY),
        Field("unit_price", "object", inner=RATE),
    )
    creatable = (
        *changeable,
        Field("type", "choice", required=True, choices=PRODUCT_TYPES),
        Field("category_id", required=True),
        Field("product_line_id"),
        Field("attribute_ids", "texts"),
        Field("unit_cost", "object", inner=RATE),
    )
    includes = frozenset({"item", "product_line"})
    filters: ClassVar[Mapping[str, Parameter]] = {
        **dict.fromkeys(("category_ids", "product_line_ids", "customer_ids", "attribute_ids"), LIST),
        "portal_visibility": Parameter(choices=VISIBILITY),
        "starts_at": DATE,
        "ends_at": DATE,
    }
    unique = ("sku",)
    deletable = False
    searched = ("sku", "description")

    def made(self, asked: Asked, body: dict[str, Any]) -> dict[str, Any]:
        """Return a new one, of a category and a line that there are."""
        account = asked.account
        if account.table("item_category").find(body["category_id"]) is None:
            raise Problem("resource_not_found", "category_id refers to nothing that exists.", "category_id")
        line = referred(account, "product_line", body.get("product_line_id"), "product_line_id")
        if body.get("attribute_ids"):
            raise unfit("attribute_ids", "attribute_ids holds an attribute outside the category.")
        for name in ("unit_price", "unit_cost"):
            _check_rate(account, body.get(name), name)
        return {
            **super().made(asked, body),
            "portal_visibility": body.get("portal_visibility", "visible"),
            "attribute_ids": [],
            "product_line_id": line.id if line else None,
            "item_id": new_id("it"),
        }

    def changed(self, asked: Asked, _row: Row, sent: dict[str, Any]) -> dict[str, Any]:
        """Return what was sent, if its units exist."""
        _check_rate(asked.account, sent.get("unit_price"), "unit_price")
        return sent

    def matches(self, account: Account, row: Row, query: Mapping[str, Any]) -> bool:
        """Whether it is of a category, a line and a time that were asked for, and sold to one of those customers."""
        customers = [account.table("customer").find(each) for each in query.get("customer_ids", ())]
        lines = {line for customer in customers if customer for line in customer["product_line_ids"]}
        return (
            row["category_id"] in query.get("category_ids", [row["category_id"]])
            and row["product_line_id"] in query.get("product_line_ids", [row["product_line_id"]])
            and ("customer_ids" not in query or row["product_line_id"] in lines)
            and "attribute_ids" not in query
            and query.get("portal_visibility") in {None, row["portal_visibility"]}
            and within(row.created_at, query)
            and super().matches(account, row, query)
        )


class ItemCategories(Resource):
    """Kinds of items; only read."""

    kind, plural, title, prefix = "item_category", "item_categories", "item category", "itcg"
    path, permission = "/v1/catalog/item-categories", ""


def _check_rate(account: Account, rate: Mapping[str, Any] | None, name: str) -> None:
    for unit in ("numerator_unit_id", "denominator_unit_id") if rate else ():
        referred(account, "unit", rate[unit] if rate else None, f"{name}.{unit}")
