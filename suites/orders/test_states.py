"""One sales order through every state it can have, and back, with the steps that have to be refused on the way."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from pytest_golive.exchange.answer import Answer
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.body_path import at
from pytest_golive.facts.outcome import Evidence
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck

REFUSED = frozenset({400, 409})
"""That a step is refused is documented; by which status is not."""

UNTELLING = frozenset({401, 403, 429, 503})

STEPS: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    # state, the step out of it that is right, the steps that are wrong there
    ("estimate", "issue_sales_order", ("unissue_sales_order", "close_sales_order", "open_sales_order")),
    ("issued", "close_sales_order", ("issue_sales_order", "open_sales_order")),
    ("fulfilled", "open_sales_order", ("issue_sales_order", "unissue_sales_order", "close_sales_order")),
    ("issued", "unissue_sales_order", ("issue_sales_order", "open_sales_order")),
)


def test_order_goes_through_its_states(golive: Golive, planned: PlannedCheck) -> None:
    """An order is issued, fulfilled, opened again and taken back; every other step is refused and changes nothing.

    If this fails: an order in another state than your client believes is billed or shipped wrongly; do not release.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    arguments = golive.examples(planned.vendor, planned.environment).arguments("create_sales_order")
    created = vendor.call("create_sales_order", **arguments)
    created.must_fit()
    with _taken_back(vendor, str(created.json["id"])) as order:
        for state, right, wrong in STEPS:
            for step in wrong:
                _must_be_refused(vendor, step, order, state)
            if state == "fulfilled":
                _must_be_refused(vendor, "delete_sales_order", order, state)
            _must_step(vendor, right, order)
        _must_be(vendor, order, "estimate")
    deleted = vendor.call("delete_sales_order", sales_order_id=order)
    deleted.must_succeed()
    gone = vendor.call("get_sales_order", sales_order_id=order)
    gone.must_be_refused("no longer find an order that was deleted", {404, 410})


AFTER = {
    "issue_sales_order": "issued",
    "unissue_sales_order": "estimate",
    "close_sales_order": "fulfilled",
    "open_sales_order": "issued",
}


@contextmanager
def _taken_back(vendor: Vendor, order: str) -> Iterator[str]:
    """Leave the order so that it can be deleted, wherever the check ended: a fulfilled one cannot be."""
    try:
        yield order
    finally:
        if _state(vendor, order) == "fulfilled":
            vendor.call("open_sales_order", sales_order_id=order)


def _must_step(vendor: Vendor, step: str, order: str) -> None:
    __tracebackhide__ = True
    answer = vendor.call(step, **_arguments(step, order))
    answer.must_fit()
    answer.must(f"leave the order {AFTER[step]}", answer.json["status"] == AFTER[step], actual=_told(answer))
    _must_be(vendor, order, AFTER[step])


def _must_be_refused(vendor: Vendor, step: str, order: str, state: str) -> None:
    __tracebackhide__ = True
    answer = vendor.call(step, **_arguments(step, order))
    what = f"be refused for an order that is {state}"
    if answer.status in UNTELLING:
        answer.cannot_tell(what)
    answer.must(what, 400 <= answer.status < 500)
    if answer.status not in REFUSED:
        answer.differs(Evidence.ASSUMED, f"{what} with 400 or 409", answer.told, f"operations.{step}")
    _must_be(vendor, order, state)


def _must_be(vendor: Vendor, order: str, state: str) -> None:
    __tracebackhide__ = True
    answer = vendor.call("get_sales_order", sales_order_id=order)
    answer.must_succeed()
    answer.must(f"show the order as {state}", at(answer.json, "status") == state, actual=_told(answer))


def _state(vendor: Vendor, order: str) -> object:
    answer = vendor.call("get_sales_order", sales_order_id=order)
    return at(answer.json, "status") if answer.succeeded else None


def _arguments(step: str, order: str) -> dict[str, Any]:
    # True would mail the customer.
    return {"sales_order_id": order, **({"notify_customer": False} if step == "issue_sales_order" else {})}


def _told(answer: Answer) -> str:
    return f"status is {at(answer.json, 'status')!r}"
