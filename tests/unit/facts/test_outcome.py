from __future__ import annotations

import itertools

import pytest

from pytest_golive.facts.outcome import Outcome, Severity, worst

ORDER = [
    "failed",
    "inconclusive",
    "not_verified",
    "pending",
    "waived",
    "observed",
    "warned",
    "attested",
    "passed",
    "not_applicable",
]


def test_the_order_is_fixed() -> None:
    """Worst first; not applicable stands apart at the end."""
    assert [outcome.value for outcome in sorted(Outcome, key=lambda outcome: outcome.rank)] == ORDER


@pytest.mark.parametrize("pair", list(itertools.combinations(ORDER, 2)), ids=" ".join)
def test_the_worse_of_two(pair: tuple[str, str]) -> None:
    """Whichever comes first."""
    worse, better = map(Outcome, pair)

    assert worst([worse, better]) is worst([better, worse]) is worse


def test_without_outcomes_nothing_is_decided() -> None:
    """An empty list is a mistake of the caller's."""
    with pytest.raises(ValueError, match="empty"):
        worst([])


def test_who_decides() -> None:
    """Blocker and major."""
    assert [severity.value for severity in Severity if severity.decides] == ["blocker", "major"]
