from __future__ import annotations

import pytest
from _pytest.outcomes import Skipped

from pytest_golive.facts.finding import CannotTell, CheckFailed, Finding, NotVerified

FINDING = Finding("answers fit", "200", "500", fix="mend it", rerun="pytest x", curl="curl y", exchanges=("a", "b"))


def test_as_aligned_lines() -> None:
    """In the order a reader needs them."""
    assert FINDING.text("UPZ-10").splitlines() == [
        "UPZ-10",
        "requirement  answers fit",
        "expected     200",
        "actual       500",
        "evidence     a",
        "evidence     b",
        "fix          mend it",
        "curl         curl y",
        "rerun        pytest x",
    ]


def test_empty_parts_are_left_out() -> None:
    """No label without a value, no title without one."""
    assert Finding("a", "b", "c").text() == "requirement  a\nexpected     b\nactual       c"


def test_the_run_completes_it() -> None:
    """A finding is a value: what the run adds makes a new one."""
    told = FINDING.told_by(rerun="pytest z", exchanges=())

    assert (told.rerun, told.exchanges, FINDING.rerun) == ("pytest z", (), "pytest x")


@pytest.mark.parametrize("kind", [CheckFailed, CannotTell])
def test_errors_carry_it(kind: type[CheckFailed] | type[CannotTell]) -> None:
    """As data, and as text for whoever prints the error."""
    error = kind(FINDING)

    assert (error.finding, str(error)) == (FINDING, FINDING.text())


def test_not_verified_is_a_skip() -> None:
    """With its reason and the key to add."""
    error = NotVerified("source: is missing", key="source")

    assert isinstance(error, Skipped)
    assert (error.reason, error.key) == ("source: is missing", "source")
