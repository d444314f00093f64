"""Each mutant is caught by its own fault, and told exactly; those of one section are in their labs side by side."""

from __future__ import annotations

import importlib
import re
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from pytest_golive.facts.finding import CannotTell, CheckFailed, NotVerified
from pytest_golive.handlers.catalogue import functions
from pytest_golive.handlers.trying import try_fault
from pytest_golive.vendors.library import handler_faults
from tests.handlers.handler_mutants import Mutant, flask_setup, under_test, written
from tests.handlers.lab_runs import HERE

SECTIONS: dict[str, list[Mutant]] = {
    path.stem.removeprefix("mutants_of_"): importlib.import_module(f"tests.handlers.{path.stem}").MUTANTS
    for path in sorted(Path(__file__).parent.glob("mutants_of_*.py"))
}
"""One module of mutants per section of the catalogue."""

AT_ONCE = 6
"""Labs at the same time: a mutant's time is mostly waiting for effects that do not come."""

SETTLE_SECONDS = 2.0
"""How long an effect that does not come is waited for; what comes on this machine is there long before."""


@pytest.mark.parametrize("section", SECTIONS)
def test_a_mutant_is_caught_by_its_own_fault(section: str, tmp_path: Path) -> None:
    folders = [tmp_path / str(number) for number in range(len(SECTIONS[section]))]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        told = list(pool.map(caught, SECTIONS[section], folders))

    assert [each for each in told if each] == []


def test_every_fault_that_is_provoked_has_a_mutant() -> None:
    # WH-19 only hints, and never fails: its mutant stands in test_timing_hint.py.
    mutants = {mutant.fault for section in SECTIONS.values() for mutant in section}
    assert sorted(fault for fault in functions() if fault in HERE) == sorted({"WH-19", *mutants})


def caught(mutant: Mutant, folder: Path) -> str:
    """Try a mutant's own fault on it; return what is wrong with what came of it, '' where it was told exactly."""
    folder.mkdir()
    setup = flask_setup(
        folder,
        written(mutant, folder),
        vendor=mutant.vendor,
        effects={"path": "/golive/effects", "settle_seconds": SETTLE_SECONDS},
    )
    try:
        with under_test(setup) as lab:
            try_fault(lab, mutant.fault)
    except CheckFailed as failed:
        finding = failed.finding
    except (CannotTell, NotVerified) as unclear:
        return f"{mutant.fault} could not be tried: {unclear}"
    else:
        return f"{mutant.fault} was not found in {mutant.new!r}"
    fault = handler_faults()[mutant.fault]
    pattern = re.escape(mutant.actual).replace("NUMBER", "[0-9]+")
    asked = (fault.title, fault.fix, mutant.expected)
    if asked == (finding.requirement, finding.fix, finding.expected) and re.fullmatch(pattern, finding.actual):
        return ""
    return f"{mutant.fault} was told otherwise: {finding}"
