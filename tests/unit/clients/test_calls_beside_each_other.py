"""Recordings in which nobody says which request belongs to which call, of several workers that ask for the same."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import replace

import pytest

from pytest_golive.clients.judging.coincidence import explained
from pytest_golive.clients.judging.table import Verdict, judged
from pytest_golive.clients.policy import Policy
from pytest_golive.clients.recorded import made_ready
from pytest_golive.clients.trace import Attempt, Trace
from tests.unit.clients.traces import LISTING, TIMELY, numbered, sent

Pause = Callable[[random.Random, Attempt, int], float]
Status = Callable[[random.Random, float], int]


def right(chance: random.Random, failed: Attempt, tries: int) -> float:
    return 2.0 + chance.random() / 2 if failed.status == 429 else 0.5 * 2**tries * chance.uniform(0.5, 1.0)


def hasty(chance: random.Random, failed: Attempt, tries: int) -> float:
    return chance.uniform(0.3, 0.6)


def sometimes_busy(chance: random.Random, at: float) -> int:
    return 429 if chance.random() < 0.2 else 200


def down_for_a_while(chance: random.Random, at: float) -> int:
    return 503 if 100 < at < 200 else 200


def revoked(chance: random.Random, at: float) -> int:
    return 401 if at > 270 else 200


def sometimes_missing(chance: random.Random, at: float) -> int:
    return 404 if chance.random() < 0.5 else 200


def recording(
    status: Status, pause: Pause, *, workers: int = 8, target: str = "/v1/contacts?page=1", together: bool = False
) -> Trace:
    """Return five minutes of workers that each ask for the same again and again; or all in the same second."""
    chance = random.Random(f"{status.__name__} {pause.__name__} {workers}")  # repeatable, not secret
    found: list[Attempt] = []
    for _ in range(workers):
        at = chance.random() * 5
        minute = 0.0
        while at < 300:
            for tries in range(4):
                one = sent(
                    at,
                    status(chance, at),
                    LISTING,
                    target=target,
                    operation=None,
                    call=None,
                    answered_at=at + 0.2,
                    ended_at=at + 0.2,
                    answer_headers={"Retry-After": "2"},
                )
                found.append(one if one.status == 429 else replace(one, answer_headers=()))
                if one.status in (200, 401, 404):
                    break
                at += 0.2 + pause(chance, one, tries)
            minute += 60.0
            at = minute + chance.random() if together else at + chance.expovariate(1 / 15)
    return Trace("made up", numbered(sorted(found, key=lambda one: one.at)))


def verdicts(trace: Trace) -> dict[str, Verdict]:
    ready = made_ready(trace, TIMELY)
    operations = dict.fromkeys(one.operation for one in ready.attempts if one.operation)
    return {one.fault: one for one in judged(ready, [Policy.of(TIMELY, name) for name in operations])}


@pytest.mark.parametrize(
    ("trace", "doubted"),
    [
        (recording(sometimes_busy, right), "CL-17"),
        (recording(sometimes_busy, right, together=True), "CL-17"),
        (recording(down_for_a_while, right), "CL-27"),
        (recording(revoked, right), "CL-05"),
        (recording(sometimes_missing, right, target="/v1/contacts/a"), "CL-04"),
    ],
    ids=["busy", "all in the same second", "an outage", "a revoked key", "a missing thing"],
)
def test_right_workers_beside_each_other_are_not_blamed(trace: Trace, doubted: str) -> None:
    found = verdicts(trace)

    assert {one.fault for one in found.values() if one.flaws} == set()
    assert found[doubted].unsure > 0
    assert found[doubted].cases == 0, "nothing is said to hold that could not be told"


@pytest.mark.parametrize("workers", [3, 8])
def test_hasty_workers_are_found_beside_each_other_too(workers: int) -> None:
    found = verdicts(recording(sometimes_busy, hasty, workers=workers))["CL-17"]

    assert len(found.flaws) == found.cases > 0
    assert found.unsure == 0


def test_a_refused_key_that_is_sent_on_and_on() -> None:
    """One refusal for each worker is nobody's fault; more than there are workers is."""
    once = [sent(float(at), 401, target=f"/v1/contacts/{at}", operation=None, call=None) for at in range(10)]
    often = [sent(float(at), 401, target=f"/v1/contacts/{at}", operation=None, call=None) for at in range(40)]

    assert verdicts(Trace("made up", numbered(once)))["CL-80"].flaws == ()
    (flaw,) = verdicts(Trace("made up", numbered(often)))["CL-80"].flaws
    assert (flaw.expected, flaw.actual) == (
        "the key to be read again after a 401",
        "a later get_contact carried the key that was answered 401",
    )


def test_named_calls_need_no_guess() -> None:
    """Two calls for the same at the same time, the second of which comes back early."""
    rows = [
        sent(0.0, 429, call="a", answer_headers={"Retry-After": "2"}),
        sent(0.005, 200, call="b"),
        sent(0.5, 200, call="a"),
    ]

    found = verdicts(Trace("made up", numbered(rows)))["CL-17"]

    assert (found.cases, len(found.flaws)) == (1, 1)


def test_the_chance_of_so_many() -> None:
    """By the binomial distribution: two of two with a half each are a quarter."""
    assert explained([0.5, 0.5], 2)
    assert not explained([0.05, 0.05], 2)
    assert explained([1.0], 1)
    assert not explained([0.0] * 9, 1)
    assert not explained([0.5] * 20, 19)
    assert not explained([0.5], 0)
