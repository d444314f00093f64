"""One fault tried on one client: what a fault's function works with, and how it is judged."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from pytest_golive.clients.judging.flaw import Flaw
from pytest_golive.clients.lab import Lab
from pytest_golive.clients.policy import Policy
from pytest_golive.clients.script import Ask, Scenario, Script, Step
from pytest_golive.clients.trace import Call, Trace
from pytest_golive.trials.judged import Judged
from pytest_golive.vendors.client_fault import ClientFault, Each, is_of_kind
from pytest_golive.vendors.operation import Operation
from pytest_golive.vendors.pack import Pack

LAG_SECONDS = 0.05
"""How late golive's own loop may have been where times are judged."""

Timed = Literal["", "early", "late"]
"""What a judgement says of time: nothing; that a client came too early, or too late."""


@dataclass(frozen=True, slots=True)
class Trial(Judged[Lab, ClientFault]):
    """A fault, the client it is tried on, and what of the client.

    Attributes:
        operation: what it is tried with; None: the client as a whole.
    """

    operation: str | None = None

    # What there is ----------------------------------------------------------

    @property
    def pack(self) -> Pack:
        """The vendor's pack."""
        return self.lab.pack

    @property
    def name(self) -> str:
        """The operation that is tried.

        Raises:
            LookupError: the client is tried as a whole.
        """
        if self.operation is None:
            raise LookupError(f"{self.fault.id} is tried with the client as a whole")
        return self.operation

    @property
    def described(self) -> Operation:
        """The operation that is tried, as the pack describes it; of a composite, the one that begins it."""
        return self.pack.operations[self.pack.calls_of(self.name)[0]]

    def policy(self, operation: str | None = None) -> Policy:
        """Return how the vendor wants an operation to be tried again, waited for and polled."""
        return self.lab.policy(operation or self.name)

    def of_kind(self, each: Each) -> tuple[str, ...]:
        """Return the client's operations of a kind: read, write, listing, polled."""
        return tuple(name for name in self.lab.setup.operations if is_of_kind(self.pack, name, each))

    def some(self, *kinds: Each) -> str:
        """Return an operation of the first of these kinds that the client has.

        Raises:
            NotApplicable: it has none of them.
        """
        found = [name for kind in kinds for name in self.of_kind(kind)]
        if not found:
            self.not_applicable(f"{self.lab.name} has no operation it could show in")
        return found[0]

    # What is done -----------------------------------------------------------

    def run(  # noqa: PLR0913  # a scenario has as many sides
        self,
        name: str,
        *steps: Step,
        operation: str | None = None,
        then: Step | None = None,
        calls: int = 1,
        together: bool = False,
        arguments: Mapping[str, Any] | None = None,
        asks: Sequence[Ask] | None = None,
        script: Script | None = None,
        warm: bool = True,
        timed: bool = False,
        **fields: Any,
    ) -> Trace:
        """Drive the client, and return what was seen; faults that drive it under the same name share the drive.

        Args:
            name: what is done, unique for it; the operation is put before it.
            steps: what the requests of the operation meet, in order.
            operation: what is asked for; None: what is tried.
            then: what further requests of it meet; None: the vendor's real answer.
            calls: how often it is asked for.
            together: whether all at once.
            arguments: with what; None: the pack's example.
            asks: what is asked for, in the place of `operation`, `calls` and `together`.
            script: the whole script, in the place of `steps` and `then`.
            warm: whether the operation is called once before, without any fault.
            timed: whether times are judged: a drive in which golive itself was late is made once more.
            fields: further fields of :class:`Scenario`.

        Raises:
            CannotTell: the client cannot be started, or the call without any fault fails.
        """
        asked = asks[0].operation if asks else operation or self.name
        wanted = asks or [Ask(asked, arguments, with_others=together and number > 0) for number in range(calls)]
        if warm:
            wanted = [Ask(asked, warm_up=True), *wanted]
        # A composite is asked for, and its first call meets the steps.
        met = self.pack.calls_of(asked)[0]
        scenario = Scenario(
            name=f"{asked}: {name}",
            asks=tuple(wanted),
            script=script or Script(steps={met: steps}, then={} if then is None else {met: then}),
            **fields,
        )
        trace = self.lab.run(scenario)
        if timed and trace.lag_seconds > LAG_SECONDS:
            trace = self.lab.run(replace(scenario, name=f"{scenario.name} once more"))
        return trace

    def call(self, trace: Trace) -> Call:
        """Return the only call of a drive."""
        (call,) = trace.calls
        return call

    # How it is judged -------------------------------------------------------

    def must_have_fired(self, trace: Trace) -> None:
        """Go on only where the client met the fault.

        Raises:
            CannotTell: none of the script's steps was taken.
        """
        __tracebackhide__ = True
        if not any(trace.fired()):
            self.cannot_tell(expected="a request that meets the fault", actual="the client sent none")

    def judge(self, flaw: Flaw | None, trace: Trace | None = None, *, timed: Timed = "") -> None:
        """Fail where a judgement found a flaw; the requirement is the fault's title.

        Args:
            flaw: what was found.
            trace: what it was found in.
            timed: what it says of time. golive's own lateness makes gaps look longer, never shorter: it can hide one
                who came too early, and make up one who came too late.

        Raises:
            CheckFailed: there is a flaw.
            CannotTell: golive itself was too late to tell.
        """
        __tracebackhide__ = True
        lagged = timed != "" and trace is not None and trace.lag_seconds > LAG_SECONDS
        if lagged and trace is not None and (flaw is None) == (timed == "early"):
            self.cannot_tell(
                expected=f"golive's own loop within {LAG_SECONDS * 1000:.0f} ms, as times are judged",
                actual=f"it was late by {trace.lag_seconds * 1000:.0f} ms",
            )
        if flaw is not None:
            self.must(False, expected=flaw.expected, actual=flaw.actual)
