"""What each vendor asks of a client after a failure, as its pack says it."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pytest_golive.clients.policy import Policy
from tests.unit.clients.traces import AUGNO, SELWISE, TIMELY, UPPZY, sent

KEYED = {"headers": {"Idempotency-Key": "1d7f0e9c-64a4-4c52-9c55-4b9a3f4fd6a5"}}
AUGNO_PROGRESS = json.dumps({"error": {"code": "idempotency_in_progress"}}).encode()
AUGNO_EXISTS = json.dumps({"error": {"code": "resource_exists"}}).encode()


@pytest.mark.parametrize(
    ("pack", "operation", "status", "fields", "expected"),
    [
        (TIMELY, "list_contacts", 429, {}, "must"),
        (TIMELY, "create_contact", 429, {}, "must"),
        (TIMELY, "create_contact", 503, {}, "never"),
        (TIMELY, "create_contact", None, {}, "care"),
        (TIMELY, "update_contact", None, {}, "may"),
        (TIMELY, "update_contact", 500, {}, "may"),
        (TIMELY, "list_contacts", None, {}, "must"),
        (TIMELY, "list_contacts", 404, {}, "never"),
        (TIMELY, "list_contacts", 418, {}, "never"),
        (TIMELY, "list_contacts", 501, {}, "never"),
        (TIMELY, "list_contacts", 408, {}, "may"),
        (AUGNO, "list_units", 408, {}, "must"),
        (UPPZY, "create_text_document", 429, {}, "may"),
        (UPPZY, "create_text_document", 503, {}, "may"),
        (UPPZY, "create_text_document", None, {}, "care"),
        (UPPZY, "chat_async_and_wait", None, {}, "care"),
        (UPPZY, "get_limits", 504, {}, "must"),
        (SELWISE, "create_webhook", None, {}, "never"),
        (AUGNO, "create_unit", 429, {}, "must"),
        (AUGNO, "create_unit", None, {}, "care"),
        (AUGNO, "create_unit", None, KEYED, "may"),
        (AUGNO, "create_unit", 409, {"answer": AUGNO_EXISTS, **KEYED}, "never"),
        (AUGNO, "create_unit", 409, {"answer": AUGNO_PROGRESS, **KEYED}, "must"),
        (AUGNO, "create_unit", 409, {"answer": AUGNO_PROGRESS}, "never"),
        (AUGNO, "list_units", 503, {"answer": b'{"error": {"is_transient": false}}'}, "never"),
        (AUGNO, "list_units", 400, {"answer": b'{"error": {"is_transient": true}}'}, "must"),
    ],
)
def test_what_is_right_after_a_failure(
    pack: Any, operation: str, status: int | None, fields: dict[str, Any], expected: str
) -> None:
    policy = Policy.of(pack, operation)

    assert expected == policy.again(sent(0, status, policy, **fields))


def test_numbers_of_golive_yaml_win() -> None:
    policy = Policy.of(
        UPPZY, "chat_async_and_wait", {"max_retries": 2, "poll_interval_seconds": 2, "poll_budget_seconds": 30}
    )

    assert (
        policy.most_tries,
        policy.tries_named,
        policy.poll_floor_seconds,
        policy.poll_budget_seconds,
    ) == (3, True, 2.0, 30.0)


def test_without_them_what_nobody_would_call_wrong_is_right() -> None:
    policy = Policy.of(UPPZY, "chat_async_and_wait")

    assert (
        policy.most_tries,
        policy.tries_named,
        policy.poll_floor_seconds,
        policy.poll_budget_seconds,
    ) == (10, False, 1.0, None)


def test_a_constant_pause_is_right_where_the_vendors_own_sample_makes_one() -> None:
    assert (Policy.of(TIMELY, "get_me").grows, Policy.of(TIMELY, "get_me").spread) == (False, False)
    assert (Policy.of(UPPZY, "get_limits").grows, Policy.of(UPPZY, "get_limits").spread) == (True, True)


def test_the_pinned_version_is_that_of_golive_yaml() -> None:
    assert (
        AUGNO.versioning and AUGNO.versioning.header,
        (Policy.of(AUGNO, "list_units", {"api_version": "2.0.x"}).version or ("", ""))[1],
    ) == ("Augno-Version", "2.0.x")
