"""Retries: what has to be tried again and what never, judged by hand-made traces."""

from __future__ import annotations

import json
from typing import Any

import pytest

from pytest_golive.clients.judging import keys_of_writes, retrying
from pytest_golive.clients.judging.flaw import Flaw
from pytest_golive.clients.policy import Policy
from pytest_golive.clients.trace import Attempt
from tests.unit.clients.traces import CREATION, LISTING, SELWISE, UNIT, UNITS, UPPZY, called, numbered, row, seen, sent

KEY = {"Idempotency-Key": "1d7f0e9c-64a4-4c52-9c55-4b9a3f4fd6a5"}
OTHER = {"Idempotency-Key": "9a4b5a55-0f5e-4a27-8f0f-6b1c1f7a7c11"}
PROGRESS = json.dumps({"error": {"code": "idempotency_in_progress"}}).encode()
DOCUMENT = Policy.of(UPPZY, "create_text_document")


@pytest.mark.parametrize(
    ("failure", "status", "expected"),
    [
        ("unavailable", 503, "another try after a 503"),
        ("broken", None, "another try after a connection that broke"),
        ("rate_limited", 429, "another try after a 429"),
        ("asked_again", 408, "another try after a 408"),
    ],
)
def test_giving_up_at_once(failure: retrying.Failure, status: int | None, expected: str) -> None:
    flaw = retrying.gives_up_at_once(row(status, policy=UNITS), UNITS, called(), failure=failure)

    told = f"was answered {status}" if status else "got no answer"
    assert Flaw(expected, f"list_units was sent once and {told}; the call failed", (0,)) == flaw


@pytest.mark.parametrize(
    ("attempts", "call"),
    [
        (row(503, 200), called("ok")),
        (row(503, 503), called()),
        (row(503), called("ok")),  # served from elsewhere: another fault
        (row(404), called()),
        (row(503, policy=CREATION), called()),
    ],
)
def test_not_giving_up_at_once(attempts: tuple[Attempt, ...], call: Any) -> None:
    for policy in (LISTING, CREATION):
        assert retrying.gives_up_at_once(attempts, policy, call, failure="unavailable") is None


def test_a_write_of_a_vendor_that_does_not_ask_for_it_may_give_up_after_429() -> None:
    assert retrying.gives_up_at_once(row(429, policy=DOCUMENT), DOCUMENT, called(), failure="rate_limited") is None


def test_a_crash_is_told() -> None:
    flaw = retrying.gives_up_at_once(
        row(503), LISTING, called("crash", crash="its process ended with 1"), failure="unavailable"
    )

    assert flaw is not None
    sent_once = "list_contacts was sent once and was answered 503"
    assert flaw.actual == f"{sent_once}; the client crashed: its process ended with 1"


def test_repeating_what_is_final() -> None:
    flaw = retrying.repeats_in_vain(row(404, 404, 404), LISTING)

    assert (
        Flaw(
            "no further try after a 404",
            "list_contacts was answered 404 and sent again twice: 404, 404, 404",
            (0, 1, 2),
        )
        == flaw
    )


def test_a_corrected_body_is_no_repetition() -> None:
    attempts = numbered([sent(0, 400, CREATION, body=b'{"a":1}'), sent(1, 201, CREATION, body=b'{"b":1}')])

    assert retrying.repeats_in_vain(attempts, CREATION) is None


def test_what_the_vendor_calls_passing_is_not_final() -> None:
    attempts = row(409, 201, policy=UNIT, headers=KEY, answer=PROGRESS)

    assert retrying.repeats_in_vain(attempts, UNIT) is None


def test_other_pages_are_no_repetition() -> None:
    attempts = numbered([sent(0, 404, target="/v1/things?page=1"), sent(1, 200, target="/v1/things?page=2")])

    assert retrying.repeats_in_vain(attempts, LISTING) is None


def test_repeating_a_refused_key() -> None:
    flaw = retrying.repeats_refused_key(row(401, 401), LISTING)

    assert Flaw("no further try with a key that was refused", "list_contacts was sent twice: 401, 401", (0, 1)) == flaw


def test_a_key_read_again_once_is_right() -> None:
    attempts = numbered([sent(0, 401), sent(1, 200, credential="ba9876543210")])

    assert retrying.repeats_refused_key(attempts, LISTING) is None


def test_a_token_fetched_in_between_is_right() -> None:
    attempts = numbered([sent(0, 401), sent(0.5, 200, operation=None, target="/token"), sent(1, 200)])

    assert retrying.repeats_refused_key(attempts, LISTING) is None


def test_a_key_read_again_and_again_is_not() -> None:
    attempts = numbered(sent(place, 401, credential=f"{place:012d}") for place in range(3))

    flaw = retrying.repeats_refused_key(attempts, LISTING)

    assert flaw is not None
    assert flaw.actual == "list_contacts was sent 3 times: 401, 401, 401"


def test_a_forbidden_call_is_not_repeated_with_another_key_either() -> None:
    attempts = numbered([sent(0, 403), sent(1, 403, credential="ba9876543210")])

    assert retrying.repeats_refused_key(attempts, LISTING) is not None


def test_going_on_after_the_end() -> None:
    flaw = retrying.goes_on_after_the_end(row(503, 400, 200), LISTING)

    assert Flaw("no further try after the 400", "list_contacts was sent 3 times: 503, 400, 200", (0, 1, 2)) == flaw
    assert retrying.goes_on_after_the_end(row(503, 400), LISTING) is None
    assert retrying.goes_on_after_the_end(row(503, 503, 200), LISTING) is None


@pytest.mark.parametrize(("status", "end"), [(None, "no answer"), (504, "a 504")])
def test_repeating_blindly(status: int | None, end: str) -> None:
    flaw = retrying.repeats_blindly(row(status, 201, policy=CREATION, body=b"{}"), CREATION)

    assert (
        Flaw("no blind repetition of what may have been done", f"create_contact was sent again after {end}", (0, 1))
        == flaw
    )


def test_repeating_blindly_where_there_is_a_key_to_send() -> None:
    flaw = retrying.repeats_blindly(row(None, 201, policy=UNIT, body=b"{}"), UNIT)

    assert flaw is not None
    assert flaw.actual == "create_unit was sent again without Idempotency-Key after no answer"


@pytest.mark.parametrize(
    ("attempts", "policy"),
    [
        (row(None, 201, policy=UNIT, headers=KEY), UNIT),
        (row(504, 201, policy=DOCUMENT), DOCUMENT),  # the vendor's table allows it
        (row(429, 201, policy=CREATION), CREATION),
        (row(None, 200), LISTING),
        (row(None, policy=CREATION), CREATION),
        (numbered([sent(0, None, CREATION, body_at=None), sent(1, 201, CREATION)]), CREATION),
        (numbered([sent(0, None, CREATION), sent(0.5, 200), sent(1, 201, CREATION)]), CREATION),  # it looked
    ],
)
def test_repeating_with_sense(attempts: tuple[Attempt, ...], policy: Policy) -> None:
    assert retrying.repeats_blindly(attempts, policy) is None


def test_looking_is_of_no_use_where_the_vendor_says_no() -> None:
    policy = Policy.of(SELWISE, "create_webhook")
    attempts = numbered([sent(0, None, policy), sent(0.5, 200), sent(1, 201, policy)])

    assert retrying.repeats_blindly(attempts, policy) is not None


def test_a_lost_body() -> None:
    attempts = numbered([sent(0, 429, CREATION, body=b'{"customer_name":"x"}'), sent(1, 201, CREATION, body=b"")])

    flaw = retrying.loses_its_body(attempts, CREATION)

    assert (
        Flaw("the whole body, each time it is sent", "create_contact was sent again with 0 of 21 bytes", (0, 1)) == flaw
    )


@pytest.mark.parametrize("second", [b'{"customer_name":"x"}', b'{"name": "y"}'])
def test_a_whole_body(second: bytes) -> None:
    attempts = numbered([sent(0, 429, CREATION, body=b'{"customer_name":"x"}'), sent(1, 201, CREATION, body=second)])

    assert retrying.loses_its_body(attempts, CREATION) is None


def test_a_new_key_for_a_repetition() -> None:
    attempts = numbered([sent(0, None, UNIT, headers=KEY), sent(1, 201, UNIT, headers=OTHER)])

    flaw = keys_of_writes.makes_a_new_key(attempts, UNIT)

    assert (
        Flaw(
            "the Idempotency-Key of the first try",
            "create_unit was sent again after no answer with another one",
            (0, 1),
        )
        == flaw
    )


@pytest.mark.parametrize(
    "attempts",
    [
        row(None, 201, policy=UNIT, headers=KEY),
        numbered([sent(0, 429, UNIT, headers=KEY), sent(1, 201, UNIT, headers=OTHER)]),
        numbered([sent(0, 400, UNIT, headers=KEY, body=b"1"), sent(1, 201, UNIT, headers=OTHER, body=b"2")]),
    ],
)
def test_keys_that_may_differ(attempts: tuple[Attempt, ...]) -> None:
    assert keys_of_writes.makes_a_new_key(attempts, UNIT) is None


def test_one_key_for_two_writes() -> None:
    attempts = numbered(
        [sent(0, 201, UNIT, headers=KEY, body=b"1"), sent(1, 201, UNIT, headers=KEY, body=b"2", call="c2")]
    )

    assert Flaw(
        "a Idempotency-Key of its own for each write",
        "create_unit and another body carried the same one",
        (0, 1),
    ) == keys_of_writes.reuses_a_key(attempts, [UNIT])


def test_one_key_for_two_equal_writes_prevents_a_double() -> None:
    attempts = numbered([sent(0, 201, UNIT, headers=KEY), sent(1, 201, UNIT, headers=KEY, call="c2")])

    assert keys_of_writes.reuses_a_key(attempts, [UNIT]) is None


def test_another_body_under_the_same_key() -> None:
    attempts = numbered(
        [sent(0, 503, UNIT, headers=KEY, body=b'{"at":1}'), sent(1, 201, UNIT, headers=KEY, body=b'{"at":2}')]
    )

    assert Flaw(
        "the same body under the same key",
        "create_unit was sent again with another body under the same Idempotency-Key",
        (0, 1),
    ) == keys_of_writes.changes_under_a_key(attempts, UNIT)


def test_the_same_json_is_the_same_body() -> None:
    attempts = numbered(
        [
            sent(0, 503, UNIT, headers=KEY, body=b'{"a":1,"b":2}'),
            sent(1, 201, UNIT, headers=KEY, body=b'{"b":2, "a":1}'),
        ]
    )

    assert keys_of_writes.changes_under_a_key(attempts, UNIT) is None


def keyed(keys: list[str]) -> tuple[Attempt, ...]:
    return numbered(
        sent(place, 201, UNIT, headers={"Idempotency-Key": key}, call=f"c{place}") for place, key in enumerate(keys)
    )


@pytest.mark.parametrize(
    ("keys", "actual"),
    [
        (["1d7f0e9c64a4", "1d7f0e9c64a4"], "two calls carried the same one"),
        (["x" * 256], "one has 256 characters, and the vendor takes 255"),
        (["1234567"], "one has 7 characters"),
        (
            [f"order-{number}" for number in range(101, 113)],
            "12 of them differ in 4 bits only, as counters and times do",
        ),
        (["unit-ada@example.org-1d7f0e9c64a4"], "one holds a value that belongs to a person"),
    ],
)
def test_weak_keys(keys: list[str], actual: str) -> None:
    flaw = keys_of_writes.weak_keys(keyed(keys), UNIT, telling=["ada@example.org"])

    assert flaw is not None
    assert ("a random Idempotency-Key for each call", actual) == (flaw.expected, flaw.actual)


def test_keys_that_are_in_order_and_strong_all_the_same() -> None:
    keys = [f"018f3c7e-{number:04x}-7a44-8c52-9c554b9a3f4f" for number in range(12)]

    assert keys_of_writes.weak_keys(keyed(keys), UNIT) is None


def test_giving_up_on_what_is_under_way() -> None:
    flaw = keys_of_writes.mishandles_progress(row(409, policy=UNIT, headers=KEY, answer=PROGRESS), UNIT, called())

    assert (
        Flaw("another try under the same key", "create_unit was not sent again after the 409; the call failed", (0,))
        == flaw
    )


def test_another_key_for_what_is_under_way() -> None:
    attempts = numbered([sent(0, 409, UNIT, headers=KEY, answer=PROGRESS), sent(1, 201, UNIT, headers=OTHER)])

    flaw = keys_of_writes.mishandles_progress(attempts, UNIT, called("ok"))

    assert flaw is not None
    assert flaw.actual == "create_unit was sent again after the 409 under another key"


def test_what_is_under_way_is_waited_for() -> None:
    attempts = numbered([sent(0, 409, UNIT, headers=KEY, answer=PROGRESS), sent(1, 201, UNIT, headers=KEY)])

    assert keys_of_writes.mishandles_progress(attempts, UNIT, called("ok")) is None


def test_nothing_arrived() -> None:
    assert retrying.never_sent(seen([]).attempts, LISTING)
    assert not retrying.never_sent(row(200), LISTING)


def test_where_nobody_knows_what_a_call_came_to() -> None:
    flaw = retrying.gives_up_at_once(row(503), LISTING, None, failure="unavailable")

    assert flaw is not None
    assert flaw.actual == "list_contacts was sent once and was answered 503; nothing more came"


def test_a_key_that_is_missing_from_a_repetition() -> None:
    attempts = numbered([sent(0, 503, UNIT, headers=KEY), sent(1, 201, UNIT)])

    flaw = keys_of_writes.makes_a_new_key(attempts, UNIT)

    assert flaw is not None
    assert flaw.actual == "create_unit was sent again after a 503 with none"
