"""A whole lab for one client: every fault with every operation it may show in, side by side as in a run."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

from pytest_golive.clients.catalogue import functions
from pytest_golive.clients.lab import Lab
from pytest_golive.clients.labs import Labs
from pytest_golive.clients.setup import Setup
from pytest_golive.clients.trying import try_fault
from pytest_golive.facts.finding import CannotTell, CheckFailed, NotVerified
from pytest_golive.vendors.client_fault import tried_with
from pytest_golive.vendors.library import client_faults

SIDE_BY_SIDE = 12

HELD = "held"

Case = tuple[str, str | None]
"""A fault, and the operation that it is tried with."""


@contextmanager
def under_test(setup: Setup) -> Iterator[Lab]:
    """Have a client in the lab."""
    labs = Labs([setup])
    try:
        yield labs.lab(setup.name)
    finally:
        labs.close()


def cases_of(setup: Setup, faults: Iterable[str] | None = None) -> list[Case]:
    """Return the faults that this client can show, with their operations."""
    wanted = functions() if faults is None else faults
    return [(one, name) for one in wanted for name in tried_with(setup.pack, setup.operations, client_faults()[one])]


def tried(lab: Lab, cases: Iterable[Case], *, side_by_side: int = SIDE_BY_SIDE) -> dict[Case, str]:
    """Try faults on a client; return what came of each, in a line."""
    there = list(cases)
    with ThreadPoolExecutor(side_by_side) as pool:
        return dict(zip(there, pool.map(lambda case: outcome(lab, *case), there), strict=True))


def outcome(lab: Lab, fault: str, operation: str | None) -> str:
    """Try a fault, and say in a line what came of it."""
    try:
        try_fault(lab, fault, operation)
    except CheckFailed as failed:
        return f"alarm: {failed.finding.actual}, expected {failed.finding.expected}"
    except CannotTell as unclear:
        return f"inconclusive: {unclear.finding.actual}, expected {unclear.finding.expected}"
    except NotVerified as missing:
        return f"not verified: {missing}"
    except Exception as error:  # a fault of the fault: the others are told all the same
        return f"broken: {error!r}"
    return HELD
