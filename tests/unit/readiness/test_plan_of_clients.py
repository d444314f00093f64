"""Faults of clients in the plan: once per operation they may show in, or per client."""

from __future__ import annotations

import pytest

from pytest_golive.facts.outcome import Suite
from pytest_golive.readiness.client_cases import ClientCase
from pytest_golive.readiness.plan import Ground, Plan, make_plan
from pytest_golive.vendors.library import client_faults, read_pack, read_rules

CRM = ClientCase("crm", "timely", ("list_contacts", "create_contact", "update_contact"))


def plan(*clients: ClientCase, fault: str = "CL-17", vendor: str = "timely", **changes: object) -> Plan:
    ground = Ground(environment="staging", suites=frozenset({Suite.PRERELEASE}), clients=clients, **changes)  # type: ignore[arg-type]
    return make_plan(ground, [(read_pack(vendor), [client_faults()[fault].rule()])])


@pytest.mark.parametrize(
    ("fault", "operations"),
    [
        ("CL-17", ["list_contacts", "create_contact", "update_contact"]),
        ("CL-87", ["list_contacts"]),
        ("CL-88", ["create_contact", "update_contact"]),
        ("CL-91", ["update_contact"]),
        ("CL-63", ["list_contacts"]),
        ("CL-84", [None]),
    ],
)
def test_a_fault_is_tried_with_each_operation_of_its_kind(fault: str, operations: list[str | None]) -> None:
    made = plan(CRM, ClientCase("erp", "augno", ("list_units",)), fault=fault)

    told = [(check.subject, check.operation, check.fault, check.rules) for check in made.checks.values()]
    assert told == [("crm", operation, fault, (fault,)) for operation in operations]


def test_checks_are_named_after_client_fault_and_operation() -> None:
    assert list(plan(CRM, fault="CL-63").checks) == ["client_withstands[crm-CL-63-list_contacts]"]
    assert list(plan(CRM, fault="CL-84").checks) == ["client_withstands[crm-CL-84]"]


def test_what_is_made_of_several_calls_is_polled_and_nothing_else() -> None:
    asker = ClientCase("asker", "uppzy", ("chat_async_and_wait",))

    (polled,) = plan(asker, fault="CL-90", vendor="uppzy").checks.values()
    (read,) = plan(asker, fault="CL-87", vendor="uppzy").checks.values()

    assert polled.operation == "chat_async_and_wait"
    assert read.reason == "not applicable: no client of this vendor could have it: it only writes"


def test_without_a_client_the_key_is_named_and_a_rehearsal_leaves_it_out() -> None:
    (check,) = plan().checks.values()

    assert (check.reason, check.key) == ("clients is missing: golive.yaml names no client of Timely.ai", "clients")
    assert plan(sandbox=True) == Plan()


@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("CL-07", "this vendor could have it: it only reads"),
        ("CL-91", "this vendor could have it: it changes nothing that is there"),
        ("CL-89", "this vendor could have it: it sends no batches"),
        ("CL-90", "this vendor could have it: it waits for no work that ends later"),
    ],
)
def test_what_no_operation_can_show_is_not_applicable(fault: str, reason: str) -> None:
    (check,) = plan(ClientCase("crm", "timely", ("list_contacts",)), fault=fault).checks.values()

    assert check.reason == f"not applicable: no client of {reason}"


def test_listings_without_pages_have_no_faults_of_pages() -> None:
    (check,) = plan(ClientCase("a", "selwise", ("list_integrations",)), fault="CL-63", vendor="selwise").checks.values()

    assert (
        check.reason == "not applicable: no client of this vendor could have it: it lists nothing that comes in pages"
    )


def test_what_the_vendor_does_not_have_cannot_be_wrong() -> None:
    for fault in ("CL-08", "CL-81"):
        (check,) = plan(CRM, fault=fault).checks.values()

        assert check.reason == "not applicable: this vendor has nothing to get wrong here"


def test_what_cannot_be_tried_says_why() -> None:
    (check,) = plan(CRM, fault="CL-15").checks.values()

    assert check.reason == "not applicable: the protocol by which clients are driven has no way to cancel a call"


def test_a_rule_of_the_vendor_brings_its_faults() -> None:
    (rule,) = [one for one in read_rules("timely") if one.id == "TIM-13"]
    ground = Ground(environment="staging", suites=frozenset(Suite), clients=(CRM,))

    made = make_plan(ground, [(read_pack("timely"), [rule])])

    assert {check.fault for check in made.checks.values()} - {None} == {"CL-63", "CL-65", "CL-66"}
    assert {check.rules for check in made.checks.values()} == {("TIM-13",)}
