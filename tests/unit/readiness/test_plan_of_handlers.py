"""Faults of handlers in the plan: once per handler they may show in, and carefully in production."""

from __future__ import annotations

import pytest

from pytest_golive.facts.outcome import Suite
from pytest_golive.readiness.handler_cases import HandlerCase
from pytest_golive.readiness.plan import Ground, Plan, make_plan
from pytest_golive.vendors.library import handler_faults, read_pack


def plan(*handlers: HandlerCase, fault: str = "WH-01", vendor: str = "timely", **changes: object) -> Plan:
    ground = Ground(environment="staging", suites=frozenset({Suite.PRERELEASE}), handlers=handlers, **changes)  # type: ignore[arg-type]
    return make_plan(ground, [(read_pack(vendor), [handler_faults()[fault].rule()])])


def test_each_handler_of_the_vendor_is_tried() -> None:
    made = plan(HandlerCase("a", "timely"), HandlerCase("b", "timely"), HandlerCase("c", "augno"))

    told = [(check.id, check.subject, check.fault, check.rules) for check in made.checks.values()]
    assert told == [
        ("handler_withstands[a-WH-01]", "a", "WH-01", ("WH-01",)),
        ("handler_withstands[b-WH-01]", "b", "WH-01", ("WH-01",)),
    ]


def test_without_a_handler_the_key_is_named_and_a_rehearsal_leaves_it_out() -> None:
    (check,) = plan().checks.values()

    assert (check.reason, check.key) == ("handlers is missing: golive.yaml names no handler of Timely.ai", "handlers")
    assert plan(sandbox=True) == Plan()


def test_a_vendor_without_webhooks_has_no_such_rules() -> None:
    assert plan(vendor="uppzy") == Plan()
    assert plan(features={"timely": {"webhooks": False}}) == Plan()


@pytest.mark.parametrize(("auth", "fault"), [("bearer", "WH-03"), ("none", "WH-01"), ("hmac", "WH-23")])
def test_what_proves_nothing_of_the_kind_cannot_be_wrong_in_it(auth: str, fault: str) -> None:
    (check,) = plan(HandlerCase("a", "selwise", auth), fault=fault, vendor="selwise").checks.values()

    assert check.reason == "not applicable: what proves these deliveries cannot be wrong in this way"


def test_a_handler_in_production_gets_only_what_is_allowed_and_a_rotation_asks_for() -> None:
    there = HandlerCase("a", "timely", production=True)
    refused, allowed, other = (
        plan(there),
        plan(there, allow=("test_delivery",)),
        plan(there, fault="WH-31", allow=("test_delivery",)),
    )

    told = "not applicable: made-up events are not sent to a handler in production"
    assert [check.reason for made in (refused, other) for check in made.checks.values()] == [told, told]
    assert list(allowed.checks) == ["handler_withstands[a-WH-01]"]


def test_what_shows_at_an_address_of_its_own_is_tried_at_deployed_handlers_alone() -> None:
    (check,) = plan(HandlerCase("a", "timely"), fault="WH-62").checks.values()
    deployed = plan(HandlerCase("a", "timely"), HandlerCase("b", "timely", deployed=True), fault="WH-62")

    assert check.reason == "not applicable: golive starts these handlers itself, at no public address"
    assert list(deployed.checks) == ["handler_withstands[b-WH-62]"]


def test_a_vendor_that_lists_nothing_cannot_be_asked_for_what_was_missed() -> None:
    (check,) = plan(HandlerCase("a", "selwise"), fault="WH-46", vendor="selwise").checks.values()

    assert check.reason == "not applicable: this vendor lists nothing of what its events are about"
    assert list(plan(HandlerCase("a", "augno"), fault="WH-46", vendor="augno").checks) == [
        "handler_withstands[a-WH-46]"
    ]


def test_what_a_vendor_does_not_do_is_not_tried() -> None:
    (check,) = plan(HandlerCase("a", "timely"), fault="WH-54").checks.values()

    assert check.reason == "not applicable: this vendor verifies no address by a question of its own"
