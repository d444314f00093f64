"""A whole lab for one handler: every fault that its deliveries can show, side by side as in a run."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor

from pytest_golive.facts.finding import CannotTell, CheckFailed, NotVerified
from pytest_golive.handlers.catalogue import functions
from pytest_golive.handlers.lab import Lab
from pytest_golive.handlers.setup import Setup
from pytest_golive.handlers.trying import try_fault
from pytest_golive.handling import cases_of
from pytest_golive.readiness.handler_cases import concerned
from pytest_golive.vendors.library import handler_faults

SIDE_BY_SIDE = 8

HELD = "held"

HERE = frozenset(fault for fault, one in handler_faults().items() if not one.deployed)
"""The faults of handlers that golive starts; what shows in deployed ones alone has tests of its own."""


def faults_of(setup: Setup) -> list[str]:
    """Return the faults that this vendor's deliveries can show, signed as they are for this handler."""
    return [fault for fault in functions() if list(concerned(cases_of([setup]), setup.pack, fault))]


def tried(lab: Lab, faults: Iterable[str], *, side_by_side: int = SIDE_BY_SIDE) -> dict[str, str]:
    """Try faults on a handler; return what came of each, in a line."""
    there = list(faults)
    with ThreadPoolExecutor(side_by_side) as pool:
        return dict(zip(there, pool.map(lambda fault: outcome(lab, fault), there), strict=True))


def outcome(lab: Lab, fault: str) -> str:
    """Try a fault, and say in a line what came of it."""
    try:
        try_fault(lab, fault)
    except CheckFailed as failed:
        return f"alarm: {failed.finding.actual}, expected {failed.finding.expected}"
    except CannotTell as unclear:
        return f"inconclusive: {unclear.finding.actual}, expected {unclear.finding.expected}"
    except NotVerified as missing:
        return f"not verified: {missing}"
    return HELD
