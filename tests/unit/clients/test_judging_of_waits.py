"""Pauses and amounts, judged by hand-made traces."""

from __future__ import annotations

import random
from dataclasses import replace
from datetime import UTC, datetime
from email.utils import format_datetime
from typing import Any

import pytest

from pytest_golive.clients.judging import amount, beside, polling, spread, waiting
from pytest_golive.clients.judging.flaw import Flaw
from pytest_golive.clients.policy import Policy
from pytest_golive.clients.trace import Attempt
from tests.unit.clients.traces import LISTING, UNITS, UPPZY, called, numbered, row, seen, sent

ZERO = 1_790_000_000.0
ASYNC = Policy.of(UPPZY, "chat_async_and_wait")


def at(*starts: float, status: int = 503, policy: Policy = UNITS, **fields: Any) -> tuple[Attempt, ...]:
    return numbered(sent(start, status, policy, **fields) for start in starts)


def refused(
    value: str, *, gap: float, status: int = 429, policy: Policy = LISTING, **fields: Any
) -> tuple[Attempt, ...]:
    first = sent(0, status, policy, answer_headers=(("Retry-After", value), *fields.pop("also", ())), **fields)
    return numbered([first, sent(0.01 + gap, 200, policy)])


def date(since_zero: float) -> str:
    return format_datetime(datetime.fromtimestamp(ZERO + since_zero, UTC), usegmt=True)


def test_coming_back_early() -> None:
    flaw = waiting.comes_back_early(refused("2", gap=0.4), LISTING)

    assert (
        Flaw(
            "at least 2.00 s before the next try",
            "list_contacts was sent again 0.40 s after a 429 with Retry-After: 2",
            (0, 1),
        )
        == flaw
    )


@pytest.mark.parametrize(("value", "gap"), [("2", 1.96), ("2", 30.0), ("120", 60.0), ("0", 0.0), ("abc", 0.0)])
def test_coming_back_in_time(value: str, gap: float) -> None:
    """A cap of the vendor's own is enough."""
    assert waiting.comes_back_early(refused(value, gap=gap), LISTING) is None


def test_what_may_have_been_too_early() -> None:
    assert waiting.comes_back_early(refused("2", gap=2.0), LISTING, late=lambda _: 0.04) is None
    assert waiting.comes_back_early(refused("2", gap=2.0), LISTING, late=lambda _: 0.06) is not None
    attempts = refused(date(4), gap=3.0, also=(("Date", date(0)),))
    assert waiting.comes_back_before_the_date(attempts, LISTING, zero=ZERO, late=lambda _: 0.04) is None
    assert waiting.comes_back_before_the_date(attempts, LISTING, zero=ZERO, late=lambda _: 0.06) is not None


def test_how_late_golive_was_around_a_moment() -> None:
    trace = seen([], lates=((1.5, 0.2), (1.4, 0.01)))

    assert [trace.late_at(moment) for moment in (1.2, 1.3, 1.5, 1.6)] == [0.0, 0.2, 0.2, 0.0]


def test_a_503_counts_where_it_is_asked_about() -> None:
    attempts = refused("2", gap=0.4, status=503)

    assert waiting.comes_back_early(attempts, LISTING) is None
    assert waiting.comes_back_early(attempts, LISTING, statuses=(503,)) is not None


def test_coming_back_before_the_date() -> None:
    attempts = refused(date(4), gap=1.0, status=503, also=(("Date", date(0)),))

    assert Flaw(
        "at least 3.00 s before the next try",
        "list_contacts was sent again 1.00 s after a 503 whose Retry-After was 4.00 s away",
        (0, 1),
    ) == waiting.comes_back_before_the_date(attempts, LISTING, zero=ZERO)


def test_the_date_is_meant_to_the_second() -> None:
    attempts = refused(date(4), gap=2.97, status=503, also=(("Date", date(0)),))

    assert waiting.comes_back_before_the_date(attempts, LISTING, zero=ZERO) is None


def test_a_date_without_a_date_beside_it_is_read_by_the_clock() -> None:
    assert waiting.comes_back_before_the_date(refused(date(4), gap=1.0), LISTING, zero=ZERO) is not None


@pytest.mark.parametrize("value", ["abc", "-5", "1.5", "", "2030-01-01"])
def test_breaking_on_what_cannot_be_read(value: str) -> None:
    flaw = waiting.breaks_on_retry_after(refused(value, gap=1)[:1], LISTING, called())

    assert (
        Flaw(
            "another try after a pause of its own",
            f"list_contacts was answered 429 with Retry-After {value!r}; the call failed",
            (0,),
        )
        == flaw
    )


def test_two_values_cannot_be_read_either() -> None:
    attempts = refused("1", gap=1, also=(("Retry-After", "2"),))

    assert waiting.breaks_on_retry_after(attempts, LISTING, called("ok")) is None
    flaw = waiting.breaks_on_retry_after(attempts, LISTING, called("crash", crash="its process ended with 1"))
    assert flaw is not None
    assert flaw.actual == (
        "list_contacts was answered 429 with Retry-After '1' and '2'; the client crashed: its process ended with 1"
    )


def test_what_can_be_read_is_not_looked_at() -> None:
    assert waiting.breaks_on_retry_after(refused("1", gap=1)[:1], LISTING, called()) is None
    assert waiting.breaks_on_retry_after(refused(date(1), gap=1)[:1], LISTING, called()) is None


def test_waiting_for_ever() -> None:
    call = called("crash", crash="it gave no answer for 6 s")

    assert Flaw(
        "the call to fail within its own promise",
        "after Retry-After: 86400, the client crashed: it gave no answer for 6 s",
        (0,),
    ) == waiting.waits_for_ever(refused("86400", gap=1)[:1], LISTING, call)
    assert waiting.waits_for_ever(refused("86400", gap=1)[:1], LISTING, called()) is None


def test_no_pause() -> None:
    flaw = waiting.does_not_pause(at(0, 0.02, 0.04, 0.06), UNITS)

    assert (
        Flaw(
            "a pause before a retry (0.05 s and more)",
            "list_units was sent again 3 times, after at most 0.01 s each",
            (0, 1, 2, 3),
        )
        == flaw
    )


@pytest.mark.parametrize("starts", [(0, 0.02), (0, 0.02, 0.4), (0, 0.5, 0.52)])
def test_a_pause(starts: tuple[float, ...]) -> None:
    """Full jitter may draw next to nothing; a single retry may be a new connection."""
    assert waiting.does_not_pause(at(*starts), UNITS) is None


def test_no_pause_because_of_a_date_that_is_over() -> None:
    headers = (("Retry-After", date(-60)), ("Date", date(0)))

    flaw = waiting.does_not_pause(at(0, 0.02, 0.04, answer_headers=headers), UNITS, past_date=True)

    assert flaw is not None
    assert flaw.actual == "list_units was sent again twice with a Retry-After in the past, after at most 0.01 s each"
    assert waiting.does_not_pause(at(0, 0.02, 0.04), UNITS, past_date=True) is None


def test_pauses_that_stay_the_same() -> None:
    flaw = waiting.pauses_do_not_grow(at(0, 0.51, 1.02, 1.6), UNITS)

    assert (
        Flaw(
            "pauses that grow (the longest at least 1.3 times the shortest)",
            "list_units was sent again after 0.50 s, 0.50 s and 0.57 s",
            (0, 1, 2, 3),
        )
        == flaw
    )


@pytest.mark.parametrize(
    "attempts",
    [
        at(0, 0.2, 0.5, 1.0),
        at(0, 0.5, 1.0),
        at(0, 1.0, 2.0, 3.0, answer_headers=(("Retry-After", "1"),)),
        at(0, 0.4, 0.5, 1.0),
        at(0, 0.01, 0.02, 0.03),
    ],
)
def test_pauses_that_grow_or_cannot_be_told(attempts: tuple[Attempt, ...]) -> None:
    assert waiting.pauses_do_not_grow(attempts, UNITS) is None


def test_a_constant_pause_of_a_vendor_that_asks_for_one() -> None:
    assert waiting.pauses_do_not_grow(at(0, 5, 10, 15, policy=LISTING), LISTING) is None


def test_full_jitter_hardly_ever_looks_constant() -> None:
    chance = random.Random("golive")
    alarms = 0
    for _ in range(2000):
        starts = [0.0]
        for cap in (0.5, 1.0, 2.0):
            starts.append(starts[-1] + 0.01 + chance.uniform(0, cap))
        alarms += waiting.pauses_do_not_grow(at(*starts), UNITS) is not None

    assert alarms <= 40  # 2 %, and a fault looks twice


def test_sending_with_nothing_left() -> None:
    empty = (("RateLimit-Remaining", "0"), ("RateLimit-Reset", "5"))
    attempts = numbered([sent(0, 200, UNITS, answer_headers=empty), sent(0.5, 200, UNITS)])

    assert Flaw(
        "no request for the 5.00 s until the reset", "list_units was sent 0.49 s later", (0, 1)
    ) == waiting.sends_with_nothing_left(attempts, UNITS)
    later = numbered([sent(0, 200, UNITS, answer_headers=empty), sent(5, 200, UNITS)])
    assert waiting.sends_with_nothing_left(later, UNITS) is None
    beside = numbered([sent(0, 200, UNITS, answer_headers=empty), sent(0.005, 200, UNITS)])
    assert waiting.sends_with_nothing_left(beside, UNITS) is None, "it was under way when the answer came"


def test_a_reset_may_be_a_time_of_day() -> None:
    empty = (("X-RateLimit-Remaining", "0"), ("X-RateLimit-Reset", str(int(ZERO) + 5)))
    attempts = numbered([sent(0, 200, LISTING, answer_headers=empty), sent(0.5, 200, LISTING)])

    assert waiting.sends_with_nothing_left(attempts, LISTING, zero=ZERO) is not None


def test_tries_without_an_end() -> None:
    flaw = amount.does_not_end(row(*[503] * 11), LISTING)

    assert Flaw("at most 10 tries", "list_contacts was sent 11 times", tuple(range(11))) == flaw
    assert amount.does_not_end(row(*[503] * 10), LISTING) is None


def test_tries_beyond_what_golive_yaml_says() -> None:
    policy = Policy.of(UPPZY, "get_limits", {"max_retries": 3})

    flaw = amount.does_not_end(row(*[503] * 5, policy=policy), policy)

    assert flaw is not None
    assert (flaw.expected, flaw.actual) == ("at most 4 tries, as golive.yaml says", "get_limits was sent 5 times")


def test_tries_that_outlast_the_call() -> None:
    call = called("crash", crash="it gave no answer for 6 s", ended_at=6.0)

    flaw = amount.does_not_end(at(0, 0.5, 1.5, 3.5), UNITS, call)

    assert flaw is not None
    assert flaw.actual == "list_units was sent 4 times, and the client crashed: it gave no answer for 6 s"
    assert flaw.expected == "an end after a bounded number of tries"


def test_a_broken_promise() -> None:
    late = called("crash", "get_me", ended_at=6.0, crash="it gave no answer for 6 s")

    assert Flaw("an end within 6 s", "get_me: the client crashed: it gave no answer for 6 s") == (
        amount.breaks_its_promise(late, 6)
    )
    assert Flaw("an end within 6 s", "get_me: it took 7.00 s") == (
        amount.breaks_its_promise(called("backend", "get_me", ended_at=7.0), 6)
    )
    assert amount.breaks_its_promise(called("backend", "get_me", ended_at=6.2), 6) is None
    assert amount.breaks_its_promise(called("crash", "get_me", ended_at=1.0, crash="it ended with 1"), 6) is None


@pytest.mark.parametrize(
    ("pauses", "size"),
    [
        ([0.1, 0.2, 1.0, 0.1, 0.2, 2.0, 0.1, 0.2], 3),
        ([0.002, 0.5, 0.003, 0.5, 0.002], 2),
        ([0.1, 0.2, 0.4, 0.8, 1.6], 0),
        ([0.5, 0.5, 0.5, 0.5, 0.5], 0),
        ([0.001, 0.002, 0.001, 0.001, 0.002], 0),
        ([0.1, 0.2, 0.4, 0.4, 0.4], 0),
    ],
)
def test_bursts(pauses: list[float], size: int) -> None:
    assert size == amount.burst(pauses)


def test_layers_that_multiply() -> None:
    attempts = at(0, 0.11, 0.32, 1.33, 1.44, 1.65)

    assert Flaw(
        "one layer that tries again, at most 5 tries",
        "list_units was sent 6 times: 2 bursts of 3, each with the same pauses",
        (0, 1, 2, 3, 4, 5),
    ) == amount.layers_multiply(attempts, UNITS)
    assert amount.layers_multiply(attempts[:4], UNITS) is None


def test_a_storm() -> None:
    calls = [called("backend", id=f"c{number}", ended_at=1.0) for number in range(2)]
    late = [sent(3 + place, 503, call=None) for place in range(3)]

    flaw = amount.storms(seen([*row(503, 503), *late], *calls), [LISTING])

    assert (
        Flaw(
            "at most 20 requests, and none for calls that have ended",
            "2 calls made 5 requests, 3 of them after the last had ended",
            (2, 3, 4),
        )
        == flaw
    )
    assert amount.storms(seen(row(503, 503, every=0.1), *calls), [LISTING]) is None


def test_how_many_requests_a_call_makes() -> None:
    assert amount.amplification(seen(row(503, 503, 503), called()), ["list_contacts"]) == 3


def test_pauses_that_are_not_spread() -> None:
    pauses = [0.2, 0.201, 0.199, 0.2005, 0.2, 0.2, 0.26, 0.2]

    flaw = spread.pauses_are_not_spread(pauses, UNITS)

    assert flaw is not None
    assert flaw.expected == "pauses that differ (the shorter half by 10 ms and more)"
    assert flaw.actual == "8 first pauses around 0.20 s, the shorter half within 1.0 ms"


@pytest.mark.parametrize(
    "spread_by", [(0.0, 1.0), (0.9, 1.1), (1.0, 1.1)], ids=["full jitter", "a tenth", "a bit on top"]
)
def test_pauses_that_are_spread(spread_by: tuple[float, float]) -> None:
    chance = random.Random("golive")

    alarms = 0
    for _ in range(500):
        pauses = [chance.uniform(*spread_by) for _ in range(10)]
        alarms += spread.pauses_are_not_spread(pauses, UNITS) is not None

    assert alarms <= 40  # 8 %, and a fault looks twice


def test_first_pauses_are_those_of_calls() -> None:
    first = at(0, 0.51)
    second = tuple(replace(one, call="c2") for one in at(2, 2.31))

    assert pytest.approx((0.5, 0.3)) == spread.first_pauses(seen([*first, *second], called(), called(id="c2")), UNITS)


def herd(*returns: float) -> tuple[Attempt, ...]:
    before = [sent(0.1 * place, 503, UNITS, call=f"c{place}") for place in range(len(returns))]
    return numbered([*before, *(sent(at_, 200, UNITS, call=f"c{place}") for place, at_ in enumerate(returns))])


def test_a_herd() -> None:
    attempts = herd(2.0, 2.01, 2.02, 2.03, 2.04, 2.05, 2.06, 2.9)

    flaw = spread.comes_back_as_a_herd(attempts, UNITS, back_at=1.9, asked_over=0.8)

    assert flaw is not None
    assert flaw.expected == "fewer than 70% of the calls within 0.1 s of each other"
    assert flaw.actual == "7 of 8 calls came within 0.1 s, asked over 0.80 s"


def test_no_herd() -> None:
    attempts = herd(*(2.0 + 0.1 * place for place in range(8)))

    assert spread.comes_back_as_a_herd(attempts, UNITS, back_at=1.9, asked_over=0.8) is None


def test_a_pause_that_holds_for_one_call_only() -> None:
    first = sent(0, 429, UNITS, answer_headers={"Retry-After": "2"})
    calls = [called(), called(id="c2", began_at=0.5)]

    assert Flaw(
        "no call before the time the vendor named",
        "another call was sent 0.59 s after a 429 with Retry-After: 2",
        (0, 1),
    ) == beside.pauses_alone(seen([first, sent(0.6, 200, UNITS, call="c2")], *calls), UNITS)
    assert beside.pauses_alone(seen([first, sent(2.1, 200, UNITS, call="c2")], *calls), UNITS) is None
    assert beside.pauses_alone(seen([first, sent(0.2, 200, UNITS)], called()), UNITS) is None


def test_concurrency_that_stays() -> None:
    together = [sent(start, 429, UNITS, ended_at=start + 0.3) for start in (0, 0.01, 0.02, 0.03, 2, 2.01, 2.02, 2.03)]

    flaw = beside.keeps_its_concurrency(numbered(together), UNITS, from_at=0, until=3)

    assert flaw is not None
    assert flaw.actual == "4 requests, 4 at once, and later 4, 4 at once"
    assert flaw.expected == "fewer requests at once, or in the same time, while 429 lasts"
    assert beside.keeps_its_concurrency(numbered(together[:7]), UNITS, from_at=0, until=3) is None


def test_no_recovery() -> None:
    calls = [called(id="c1"), called(id="c2", began_at=6.0, ended_at=7.0)]

    flaw = beside.does_not_recover(seen(row(503), *calls), LISTING, back_at=5.5)

    assert flaw is not None
    assert flaw.actual == (
        "asked once in the 1.50 s after the outage, with 0 requests of which 0 succeeded: the call failed"
    )
    assert flaw.expected == "a call that succeeds again"
    good = called("ok", id="c2", began_at=6.0, ended_at=7.0)
    assert beside.does_not_recover(seen(row(503), called(), good), LISTING, back_at=5.5) is None
    assert beside.first_success([called(), good], back_at=5.5) == 1.5


def poll(start: float, status: str) -> Attempt:
    return sent(start, 200, operation="get_chat_request", answer=f'{{"status": "{status}"}}'.encode())


def test_polling_too_fast() -> None:
    polls = numbered(poll(0.2 * place, "pending") for place in range(5))

    assert Flaw(
        "1.00 s and more between polls", "5 polls, 0.20 s apart on the average", (0, 1, 2, 3, 4)
    ) == polling.polls_too_fast(polls, ASYNC)
    growing = numbered(poll(start, "pending") for start in (0, 0.5, 1.5, 3.5))
    assert polling.polls_too_fast(growing, ASYNC) is None


def test_polling_past_the_end() -> None:
    polls = numbered([poll(0, "pending"), poll(1, "failed"), poll(2, "failed")])

    assert Flaw(
        "no poll after a final state", "once more after the state was failed", (1, 2)
    ) == polling.polls_past_the_end(polls, ASYNC)
    assert polling.polls_past_the_end(polls[:2], ASYNC) is None


def test_failed_work_is_no_success() -> None:
    polls = numbered([poll(0, "failed")])

    assert Flaw("the call to fail", "the state was failed, and the call succeeded", (0,)) == (
        polling.takes_failure_for_success(polls, ASYNC, called("ok"))
    )
    assert polling.takes_failure_for_success(polls, ASYNC, called()) is None


def test_polling_for_ever() -> None:
    polls = numbered(poll(place, "pending") for place in range(3))
    call = called("crash", crash="it gave no answer for 6 s")

    assert Flaw(
        "the call to fail once its budget is spent",
        "3 times polled over 2.00 s, and the client crashed: it gave no answer for 6 s",
        (0, 1, 2),
    ) == polling.polls_for_ever(polls, ASYNC, call)
    assert polling.polls_for_ever(polls, ASYNC, called()) is None


def test_acceptance_is_not_the_end() -> None:
    submitted = numbered([sent(0, 202, ASYNC)])

    assert Flaw(
        "the work's end to be asked for", "chat_async was answered 202, and the call succeeded without a poll", (0,)
    ) == polling.takes_acceptance_for_the_end(submitted, ASYNC, called("ok"))
    polled = numbered([sent(0, 202, ASYNC), poll(1, "completed")])
    assert polling.takes_acceptance_for_the_end(polled, ASYNC, called("ok")) is None
