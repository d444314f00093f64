"""What the tests reported, joined per check: three phases of a test, and the worst of them counts."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from pytest_golive.facts.finding import Finding
from pytest_golive.facts.outcome import Outcome, Severity, worst


@dataclass(frozen=True, slots=True)
class Result:
    """How one check stands.

    Attributes:
        check: id of the planned check, or the node id of a test of the user's own.
        test: node id of the test that reported.
        outcome: the worst its phases said.
        severity: how much a failure hurts.
        rules: the rules it decides.
        title: what has to hold, in the words of its marker or its rule.
        vendor: the vendor it is about.
        operation: the operation it is about.
        subject: the handler it is about.
        fault: the fault it provokes.
        seconds: of all phases together.
        finding: why it did not pass.
        observations: assumed facts that did not hold.
        warnings: what holds, but close to the edge.
        notes: what may be worth knowing.
        key: the key of golive.yaml whose absence left it unverified.
    """

    check: str
    test: str
    outcome: Outcome
    severity: Severity = Severity.MAJOR
    rules: tuple[str, ...] = ()
    title: str = ""
    vendor: str | None = None
    operation: str | None = None
    subject: str | None = None
    fault: str | None = None
    seconds: float = 0.0
    finding: Finding | None = None
    observations: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    key: str = ""


@dataclass(slots=True)
class Results:
    """The results of a run so far, by check."""

    by_check: dict[str, Result] = field(default_factory=dict)

    def add(self, phase: Result) -> None:
        """Take in what one phase of a test reported."""
        known = self.by_check.get(phase.check)
        self.by_check[phase.check] = phase if known is None else _joined(known, phase)

    def outcomes(self) -> Mapping[Outcome, int]:
        """Return how many checks ended how, worst first."""
        counts = dict.fromkeys(Outcome, 0)
        for result in self.by_check.values():
            counts[result.outcome] += 1
        return {outcome: count for outcome, count in counts.items() if count}


def _joined(known: Result, phase: Result) -> Result:
    outcome = worst([known.outcome, phase.outcome])
    worse = phase if phase.outcome.rank < known.outcome.rank else known
    return replace(
        known,
        outcome=outcome,
        seconds=known.seconds + phase.seconds,
        finding=worse.finding or known.finding or phase.finding,
        observations=(*known.observations, *phase.observations),
        warnings=(*known.warnings, *phase.warnings),
        notes=(*known.notes, *phase.notes),
        key=worse.key,
    )
