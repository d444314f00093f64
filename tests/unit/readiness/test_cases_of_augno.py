from __future__ import annotations

from pytest_golive.readiness.cases import Ground, cases
from pytest_golive.vendors.library import read_pack
from pytest_golive.vendors.rule import Subject

PACK = read_pack("augno")


def _operations(each: Subject, *switched_on: str) -> list[str]:
    ground = Ground(
        pack=PACK, production=False, used=lambda name: name in switched_on or PACK.features[name].default, compared=True
    )
    return [str(case.operation) for case in cases(each, ground)]


def test_what_every_call_adds_to_is_not_walked() -> None:
    """No two walks over the log of calls can be compared; that it is empty and bounded can be told all the same."""
    logs = {"list_request_logs", "list_audit_events"}

    assert logs.isdisjoint(_operations("listing"))
    assert logs <= {*_operations("emptied")}
    assert logs <= {*_operations("bounded")}


def test_only_bodies_that_differ_are_sent_under_one_idempotency_key() -> None:
    """Two rotations of a key have the same body, so that none is another one."""
    assert _operations("idempotent", "key_management") == [
        "create_unit",
        "create_payment_term",
        "create_account_group",
        "create_address",
        "create_customer",
        "create_sales_order",
        "create_api_key",
    ]
