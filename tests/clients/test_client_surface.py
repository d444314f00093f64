"""What a test of the team's own can ask of a client: a call under steps, and demands on what came of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest

from pytest_golive.clients.asking import Driven
from pytest_golive.clients.lab import Lab
from pytest_golive.clients.written_steps import StepMistake
from pytest_golive.facts.finding import CheckFailed
from tests.clients.client_runs import under_test
from tests.clients.small_client import small


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with under_test(small(tmp_path_factory.mktemp("surface"), environ={"PAUSE": "0.2"})) as made:
        yield made


@pytest.fixture(scope="module")
def driven(lab: Lab) -> Driven:
    """A call that is refused once, and waits a fifth of what it was asked to."""
    return lab.call("list_contacts").under("429 retry-after=1", "200")


def test_demands_that_hold(driven: Driven) -> None:
    driven.must_succeed()
    driven.must_try(count=2)
    driven.must_try_at_most(2)
    driven.must_wait_at_least(0.2)
    assert [attempt.status for attempt in driven.attempts] == [429, 200]


@pytest.mark.parametrize(
    ("demand", "requirement", "expected", "actual"),
    [
        (
            lambda it: it.must_wait_at_least(1.0),
            "the client waits before it tries again",
            "at least 1 s before request 2",
            "it waited 0.2",
        ),
        (
            lambda it: it.must_wait_at_least(1.0, before=3),
            "the client waits, and tries again",
            "at least 1 s before request 3",
            "there were 2 requests",
        ),
        (
            lambda it: it.must_fail(),
            "the call fails in an orderly way",
            "a failure told as user or backend",
            "succeeded",
        ),
        (lambda it: it.must_fail("user"), "the call fails in an orderly way", "a failure told as user", "succeeded"),
        (
            lambda it: it.must_try(count=1),
            "the client sends no more and no less than it should",
            "requests for list_contacts: 1",
            "it was asked for twice",
        ),
        (
            lambda it: it.must_try_at_most(1),
            "the client sends no more and no less than it should",
            "requests for list_contacts: at most 1",
            "it was asked for twice",
        ),
    ],
)  # fmt: skip
def test_demands_that_do_not_hold_are_findings(
    driven: Driven, demand: Callable[[Driven], None], requirement: str, expected: str, actual: str
) -> None:
    with pytest.raises(CheckFailed) as caught:
        demand(driven)

    finding = caught.value.finding
    assert (finding.requirement, finding.expected) == (requirement, expected)
    assert finding.actual.startswith(actual)


def test_a_lasting_failure_is_told_as_the_backends(lab: Lab) -> None:
    failed = lab.call("create_contact", customer_name="Ada").under(then="503", warm=False)

    failed.must_fail("backend")
    assert failed.call.arguments == {"customer_name": "Ada"}
    with pytest.raises(CheckFailed) as caught:
        failed.must_succeed()
    assert (caught.value.finding.requirement, caught.value.finding.expected) == ("the call succeeds", "a success")
    assert caught.value.finding.actual == "failed as backend: 'Please try again later.'"


def test_what_is_not_there_is_a_mistake(lab: Lab) -> None:
    with pytest.raises(LookupError, match=r"clients.shop.operations has no 'chat'; it has: list_contacts, create_"):
        lab.call("chat")
    with pytest.raises(StepMistake, match="'resett' is no word of a step; did you mean reset"):
        lab.call("list_contacts").under("resett")
