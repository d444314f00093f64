"""What sales rest on: payment terms, account groups, carriers and shipping terms."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

from pytest_golive.sandbox.augno.endpoints import Asked
from pytest_golive.sandbox.augno.fields import Field
from pytest_golive.sandbox.augno.problem import Problem, conflict
from pytest_golive.sandbox.augno.queries import Parameter
from pytest_golive.sandbox.augno.resource import Resource
from pytest_golive.sandbox.augno.state import Account, Row

GROUP_TYPES = ("pricing_group", "type_group")
COMMISSION = ("commission_applied", "commission_exempt")
FREIGHT = ("free_freight", "billed_freight")


class PaymentTerms(Resource):
    """When an order is to be paid."""

    kind, plural, title, prefix = "payment_term", "payment_terms", "payment term", "pytm"
    path, permission = "/v1/finance/payment-terms", "payment_terms"
    creatable = changeable = (Field("name", required=True),)
    includes = frozenset({"owner", "owner.account"})
    unique = ("name",)

    def check_unused(self, asked: Asked, row: Row) -> None:
        """Refuse to delete what customers and orders are set to."""
        users = (("customer", "default_payment_term_id"), ("sales_order", "payment_term_id"))
        check_nobody_uses(asked.account, row, self.title, users)


class AccountGroups(Resource):
    """Groups of customers: those that make its type, and those that make its prices."""

    kind, plural, title, prefix = "account_group", "account_groups", "account group", "acgp"
    path, permission = "/v1/sales/account-groups", "customer_groups"
    changeable = (
        Field("name", required=True),
        Field("description", nullable=True),
        Field("commission_policy", "choice", choices=COMMISSION),
        Field("freight_policy", "choice", choices=FREIGHT),
        Field("default_lead_time_days", "integer", nullable=True),
    )
    creatable = (*changeable, Field("type", "choice", required=True, choices=GROUP_TYPES))
    filters: ClassVar[Mapping[str, Parameter]] = {"type": Parameter(choices=GROUP_TYPES)}
    unique = ("name",)

    def made(self, asked: Asked, body: dict[str, Any]) -> dict[str, Any]:
        """Return a new one, exempt from commission and with billed freight unless it says otherwise."""
        policies = {"commission_policy": "commission_exempt", "freight_policy": "billed_freight"}
        return super().made(asked, policies | body)

    def matches(self, account: Account, row: Row, query: Mapping[str, Any]) -> bool:
        """Whether it is of the type that was asked for."""
        return query.get("type") in {None, row["type"]} and super().matches(account, row, query)

    def check_unused(self, asked: Asked, row: Row) -> None:
        """Refuse to delete a group with customers in it: bad input to this vendor, where others would be a conflict."""
        if any(
            customer["customer_type_group_id"] == row.id or row.id in customer["customer_price_group_ids"]
            for customer in asked.account.table("customer")
        ):
            raise Problem("validation_failed", f"This {self.title} is in use.")


class Carriers(Resource):
    """Who delivers; only read."""

    kind, plural, title, prefix = "carrier", "carriers", "carrier", "cr"
    path, permission = "/v1/operations/carriers", ""


class ShippingTerms(Resource):
    """Who pays for the delivery; only read."""

    kind, plural, title, prefix = "shipping_term", "shipping_terms", "shipping term", "shtm"
    path, permission = "/v1/operations/shipping-terms", ""


def check_nobody_uses(account: Account, row: Row, title: str, users: tuple[tuple[str, str], ...]) -> None:
    """Refuse to delete what others refer to.

    Args:
        account: whose objects they are.
        row: what is to be deleted.
        title: its name in messages.
        users: kinds of objects, and the field of each that may refer to it.

    Raises:
        Problem: one of them does.
    """
    for kind, field in users:
        if any(other.get(field) == row.id for other in account.table(kind)):
            raise conflict(f"This {title} is in use.")
