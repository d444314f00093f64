from __future__ import annotations

import itertools

from pytest_golive.facts.finding import Finding
from pytest_golive.facts.outcome import Outcome
from pytest_golive.readiness.results import Result, Results


def phase(outcome: str, seen: str = "", **more: object) -> Result:
    """Return what one phase reported."""
    finding = Finding("must", "this", seen) if seen else None
    return Result("a", "t.py::a", Outcome(outcome), seconds=1.5, finding=finding, **more)  # type: ignore[arg-type]


def test_the_worst_phase_counts_in_any_order() -> None:
    """Set-up, call and tear-down may arrive as they like; the finding is the worst one's."""
    phases = [phase("passed"), phase("inconclusive", "b"), phase("failed", "c")]

    for order in itertools.permutations(phases):
        results = Results()
        for each in order:
            results.add(each)

        joined = results.by_check["a"]
        assert (joined.outcome, joined.seconds) == (Outcome.FAILED, 4.5)
        assert joined.finding is not None
        assert joined.finding.actual == "c"


def test_observations_and_warnings_add_up() -> None:
    """No phase's notes are lost, and the key is that of the phase that decides."""
    results = Results()
    results.add(phase("observed", observations=("a",), warnings=("w",)))
    results.add(phase("not_verified", "x", observations=("b",), key="source"))

    joined = results.by_check["a"]

    assert (joined.observations, joined.warnings, joined.key) == (("a", "b"), ("w",), "source")


def test_outcomes_are_counted_worst_first() -> None:
    """Only those that occur."""
    results = Results()
    for check, outcome in (("a", "passed"), ("b", "failed"), ("c", "passed")):
        results.add(Result(check, check, Outcome(outcome)))

    assert list(results.outcomes().items()) == [(Outcome.FAILED, 1), (Outcome.PASSED, 2)]
