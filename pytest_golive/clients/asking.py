"""The surface of tests of the team's own: a call made under steps, and what can be demanded of it.

::

    driven = golive.client("crm-sync").call("list_contacts").under("429 retry-after=2", "200")
    driven.must_succeed()
    driven.must_wait_at_least(2.0)
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from pytest_golive.clients.judging.flaw import TOLERANCE, times
from pytest_golive.clients.script import Ask, Scenario, Script, Step
from pytest_golive.clients.timeline import outcome_of
from pytest_golive.clients.trace import Attempt, Call, Trace
from pytest_golive.clients.written_steps import parse_steps
from pytest_golive.facts.finding import CheckFailed, Finding

if TYPE_CHECKING:
    from pytest_golive.clients.lab import Lab

_numbers = itertools.count(1)


@dataclass(frozen=True, slots=True)
class Asked:
    """A call that a client will be asked for.

    Attributes:
        lab: the client.
        operation: what to do.
        arguments: with what; None: the pack's example.
    """

    lab: Lab
    operation: str
    arguments: Mapping[str, Any] | None = None

    def under(self, *steps: str | Step, then: str | Step | None = None, warm: bool = True) -> Driven:
        """Make the call, in a fresh process, against a stand-in that does these steps to its requests.

        Args:
            steps: what the requests meet, in order: steps, or what `written_steps` reads, such as "429 retry-after=2".
            then: what further requests meet; None: the vendor's real answer.
            warm: whether the call is made once before, without any fault, so that start-up costs no time.

        Raises:
            StepMistake: a step is not written as golive reads it.
            CannotTell: the client cannot be started, or the call before fails.
        """
        taken = tuple(step for each in steps for step in _steps(each))
        lasting = _steps(then)[-1] if then is not None else None
        met = self.lab.pack.calls_of(self.operation)[0]
        ask = Ask(self.operation, self.arguments)
        scenario = Scenario(
            name=f"{self.operation}: asked for by a test, {next(_numbers)}",
            asks=((Ask(self.operation, self.arguments, warm_up=True), ask) if warm else (ask,)),
            script=Script(steps={met: taken}, then={} if lasting is None else {met: lasting}),
        )
        return Driven(self.lab, self.operation, self.lab.run(scenario))


@dataclass(frozen=True, slots=True)
class Driven:
    """A call that was made under steps.

    Attributes:
        lab: the client.
        operation: what it was asked for.
        trace: everything that was seen.
    """

    lab: Lab
    operation: str
    trace: Trace

    @property
    def call(self) -> Call:
        """What the call came to."""
        return self.trace.calls[0]

    @property
    def attempts(self) -> Sequence[Attempt]:
        """The client's requests for the operation, in order."""
        return self.trace.of_operation(self.lab.pack.calls_of(self.operation)[0])

    def must_succeed(self) -> None:
        """Demand that the call succeeded.

        Raises:
            CheckFailed: it did not.
        """
        __tracebackhide__ = True
        self.must("the call succeeds", self.call.outcome == "ok", expected="a success", actual=outcome_of(self.call))

    def must_fail(self, kind: Literal["user", "backend"] | None = None) -> None:
        """Demand that the call failed in an orderly way.

        Args:
            kind: as whose fault; None: either.

        Raises:
            CheckFailed: it succeeded, crashed, or told it as the other's.
        """
        __tracebackhide__ = True
        wanted = {kind} if kind is not None else {"user", "backend"}
        expected = f"a failure told as {kind}" if kind is not None else "a failure told as user or backend"
        self.must(
            "the call fails in an orderly way",
            self.call.outcome in wanted,
            expected=expected,
            actual=outcome_of(self.call),
        )

    def must_try(self, *, count: int) -> None:
        """Demand a number of requests.

        Raises:
            CheckFailed: there were more or fewer.
        """
        __tracebackhide__ = True
        self._must_number(len(self.attempts) == count, f"requests for {self.operation}: {count}")

    def must_try_at_most(self, most: int) -> None:
        """Demand no more than a number of requests.

        Raises:
            CheckFailed: there were more.
        """
        __tracebackhide__ = True
        self._must_number(len(self.attempts) <= most, f"requests for {self.operation}: at most {most}")

    def must_wait_at_least(self, seconds: float, *, before: int = 2) -> None:
        """Demand a pause between the end of one request and the beginning of the next.

        Args:
            seconds: how long at least; 50 ms less is right, too.
            before: the number of the request that has to wait, counted from 1.

        Raises:
            CheckFailed: it came earlier, or never.
        """
        __tracebackhide__ = True
        attempts = self.attempts
        expected = f"at least {seconds:g} s before request {before}"
        if len(attempts) < before:
            actual = f"there were {len(attempts)} requests"
            self.must("the client waits, and tries again", False, expected=expected, actual=actual)
        known = attempts[before - 2]
        waited = attempts[before - 1].at - (known.answered_at if known.answered_at is not None else known.over_at)
        self.must(
            "the client waits before it tries again",
            waited >= seconds - TOLERANCE,
            expected=expected,
            actual=f"it waited {waited:.2f} s",
        )

    def must(self, requirement: str, holds: object, *, expected: str, actual: str) -> None:
        """Demand something.

        Raises:
            CheckFailed: it does not hold.
        """
        __tracebackhide__ = True
        if not holds:
            scrub = self.lab.scrub
            raise CheckFailed(Finding(scrub(requirement), scrub(expected), scrub(actual)))

    def _must_number(self, holds: bool, expected: str) -> None:
        __tracebackhide__ = True
        actual = f"it was asked for {times(len(self.attempts))}"
        self.must("the client sends no more and no less than it should", holds, expected=expected, actual=actual)


def _steps(given: str | Step) -> tuple[Step, ...]:
    return (given,) if isinstance(given, Step) else parse_steps(given)
