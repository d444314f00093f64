"""The right handler raises no alarm on any fault that can be provoked; each mutant is caught, and told exactly."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_golive.facts.finding import CheckFailed
from pytest_golive.handlers.catalogue import functions
from pytest_golive.handlers.lab import Lab
from pytest_golive.handlers.trying import try_fault
from pytest_golive.handling import cases_of
from pytest_golive.readiness.handler_cases import concerned
from pytest_golive.vendors.library import handler_faults
from tests.handlers.handler_mutants import Mutant, flask_setup, under_test, written

MUTANTS: list[Mutant] = [
    mutant
    for path in sorted(Path(__file__).parent.glob("mutants_of_*.py"))
    for mutant in importlib.import_module(f"tests.handlers.{path.stem}").MUTANTS
]
"""One module of mutants per section of the catalogue."""

HERE = [fault for fault in functions() if not handler_faults()[fault].deployed]
"""The faults of handlers that golive starts; what shows in deployed ones alone has tests of its own."""


@pytest.fixture(scope="module")
def right(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    with under_test(flask_setup(tmp_path_factory.mktemp("right"))) as lab:
        yield lab


@pytest.mark.parametrize("fault", HERE)
def test_the_right_handler_raises_no_alarm(right: Lab, fault: str) -> None:
    if not list(concerned(cases_of([right.setup]), right.setup.pack, fault)):
        pytest.skip("no delivery of this vendor to this handler can be wrong in this way")

    try_fault(right, fault)


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.fault)
def test_a_mutant_is_caught_by_its_own_fault(mutant: Mutant, tmp_path: Path) -> None:
    setup = flask_setup(tmp_path, written(mutant, tmp_path), vendor=mutant.vendor)
    with under_test(setup) as lab, pytest.raises(CheckFailed) as caught:
        try_fault(lab, mutant.fault)

    finding = caught.value.finding
    assert (handler_faults()[mutant.fault].title, handler_faults()[mutant.fault].fix) == (
        finding.requirement,
        finding.fix,
    )
    assert mutant.expected == finding.expected
    assert re.fullmatch(re.escape(mutant.actual).replace("NUMBER", "[0-9]+"), finding.actual), finding.actual


def test_every_fault_that_is_provoked_has_a_mutant() -> None:
    # WH-19 only hints, and never fails: its mutant stands in test_timing_hint.py.
    assert sorted(HERE) == sorted({"WH-19", *(mutant.fault for mutant in MUTANTS)})
