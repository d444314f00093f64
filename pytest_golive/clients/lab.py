"""One client under test: driven through scenarios, each in a process and against a vendor of its own."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from pytest_golive.clients.asking import Asked
from pytest_golive.clients.driving import Drive, Undriven
from pytest_golive.clients.evidence import keep
from pytest_golive.clients.policy import Policy
from pytest_golive.clients.script import Ask, Scenario
from pytest_golive.clients.standin import Loop, StandInError
from pytest_golive.clients.timeline import outcome_of
from pytest_golive.clients.trace import Trace
from pytest_golive.clients.vendor_behind import EmbeddedVendor, StoodIn
from pytest_golive.facts.finding import CannotTell, Finding, NotVerified
from pytest_golive.facts.once import Once
from pytest_golive.sandbox.world import VENDORS
from pytest_golive.vendors.pack import Pack

if TYPE_CHECKING:
    from pytest_golive.clients.setup import Setup

CONTROL = "a plain call succeeds"


class Lab:
    """A client under test. Thread-safe: scenarios run side by side, and one that several faults need runs once.

    Args:
        setup: the client.
        loop: what the stand-ins of the run live in.
        scrub: masks known secrets in a text.
        behind: makes the vendor behind a stand-in, for one drive.

    Attributes:
        drives: what was seen so far, in the order in which drives ended.
    """

    def __init__(
        self,
        setup: Setup,
        loop: Loop,
        scrub: Callable[[str], str] = str,
        behind: Callable[[Setup], StoodIn] | None = None,
    ) -> None:
        self.setup = setup
        self._loop = loop
        self._behind = behind or embedded
        self._scrub = scrub
        self._once = Once()
        self._alone = threading.Lock()
        """Held during a drive of a client that golive does not start: all its scenarios meet in one process."""
        self.drives: list[Trace] = []

    @property
    def name(self) -> str:
        """Its name in golive.yaml."""
        return self.setup.name

    @property
    def pack(self) -> Pack:
        """The pack of the vendor that it calls."""
        return self.setup.pack

    def policy(self, operation: str) -> Policy:
        """Return how the vendor wants an operation to be tried again, waited for and polled."""
        return Policy.of(self.pack, operation, self.setup.settings)

    def call(self, operation: str, **arguments: Any) -> Asked:
        """Return a call of the client's, to be made `under` a script of steps.

        Args:
            operation: one of those that golive.yaml names for it.
            arguments: with what; none: the pack's example.

        Raises:
            LookupError: the client has no such operation.
        """
        if operation not in self.setup.operations:
            there = ", ".join(self.setup.operations)
            raise LookupError(f"{self.setup.key}.operations has no {operation!r}; it has: {there}")
        return Asked(self, operation, arguments or None)

    def run(self, scenario: Scenario) -> Trace:
        """Drive the client through a scenario; one of the same name is driven once.

        Raises:
            CannotTell: the client cannot be started, or its warm-up fails.
            NotVerified: there is no vendor that can be stood in for.
        """
        trace = self._seen(scenario)
        keep(trace, self.setup, self._scrub)
        return trace

    def plain(self, operation: str) -> Trace:
        """Return what was seen of two plain calls of an operation, whatever they came to; driven once."""
        return self._seen(_plain(operation))

    def control(self, operation: str) -> Trace:
        """See that plain calls of an operation succeed; driven once, and once more where they do not.

        On a busy machine a client may run into its own timeout.

        Raises:
            CannotTell: they do not; says what happened instead.
        """
        trace = self.plain(operation)
        if any(call.outcome != "ok" for call in trace.calls):
            trace = self._seen(_plain(operation, " once more"))
        for call in trace.calls:
            if call.outcome != "ok":
                keep(trace, self.setup, self._scrub)
                told = f"the positive control failed: {operation} {outcome_of(call)}"
                raise self.cannot_tell(CONTROL, "a success without any fault", told)
        return trace

    def known(self, key: object, make: Callable[[], Any]) -> Any:
        """Return what trials that share a drive have to share, too; made once."""
        return self._once.get(("known", key), make)

    def cannot_tell(self, requirement: str, expected: str, actual: str) -> CannotTell:
        """Return the exception that ends a check of which nothing can be said."""
        return CannotTell(Finding(requirement, self._scrub(expected), self._scrub(actual)))

    def scrub(self, text: str) -> str:
        """Return a text with known secrets masked."""
        return self._scrub(text)

    def _seen(self, scenario: Scenario) -> Trace:
        trace: Trace = self._once.get(scenario.name, lambda: self._driven(scenario))
        return trace

    def anew(self) -> Lab:
        """Return the same client in a lab that has seen nothing of it yet."""
        other = Lab(self.setup, self._loop, self._scrub, self._behind)
        other._alone = self._alone  # another one of these
        return other

    def _driven(self, scenario: Scenario) -> Trace:
        if self.setup.started:
            return self._driven_now(scenario)
        with self._alone:
            return self._driven_now(scenario)

    def _driven_now(self, scenario: Scenario) -> Trace:
        try:
            trace = Drive(self.setup, scenario, self._behind(self.setup), self._loop).run()
        except StandInError as problem:
            raise self.cannot_tell(CONTROL, "a stand-in that does what it should", str(problem)) from None
        except Undriven as problem:
            raise self.cannot_tell(CONTROL, problem.expected, problem.actual) from None
        self.drives.append(trace)
        return trace


def embedded(setup: Setup) -> StoodIn:
    """Return a fresh vendor of golive's own, to lie behind one drive.

    Raises:
        NotVerified: golive has none of this kind.
    """
    if setup.vendor not in VENDORS:
        key = f"{setup.key}.behind"
        reason = f"golive embeds no {setup.pack.title} to answer behind the faults"
        raise NotVerified(f"{key} is missing: {reason}; `environment` lets the real one answer", key=key)
    return EmbeddedVendor(setup.vendor, setup.profile, version=str(setup.settings.get("api_version", "")))


def _plain(operation: str, again: str = "") -> Scenario:
    return Scenario(name=f"{operation}: plain{again}", asks=(Ask(operation), Ask(operation)))
