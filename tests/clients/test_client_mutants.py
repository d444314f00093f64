"""Each mutant of a right client is caught by its own fault, and told exactly; every fault has its mutant."""

from __future__ import annotations

import importlib
from pathlib import Path

import pytest

from pytest_golive.clients.catalogue import functions
from pytest_golive.vendors.library import client_faults
from tests.clients.client_mutants import Mutant, tried

SECTIONS: dict[str, list[Mutant]] = {
    path.stem.removeprefix("mutants_of_"): importlib.import_module(f"tests.clients.{path.stem}").MUTANTS
    for path in sorted(Path(__file__).parent.glob("mutants_of_*.py"))
}
"""One module of mutants per section of the catalogue."""


@pytest.mark.parametrize("section", SECTIONS)
def test_mutants_are_caught_by_their_own_faults(section: str, tmp_path: Path) -> None:
    """Together, since they mostly wait."""
    assert tried(SECTIONS[section], tmp_path) == {}


def test_every_fault_that_is_provoked_has_a_mutant() -> None:
    """A check that was never seen red may be one that cannot be."""
    # CL-33 only hints, and never fails: its mutant stands in test_client_hints.py.
    seen = {"CL-33", *(mutant.fault for mutants in SECTIONS.values() for mutant in mutants)}
    assert sorted(seen) == sorted(functions())


def test_every_fault_is_provoked_or_says_why_it_is_not() -> None:
    """Nothing of the catalogue is left out in silence."""
    untried = {name for name, fault in client_faults().items() if fault.cannot}

    assert untried | set(functions()) == set(client_faults())
    assert not untried & set(functions())
