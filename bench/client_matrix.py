"""Every mutant of the right clients against its own fault, right clients against all: missed, false alarms, time.

::

    python -m bench.client_matrix [--only CL-17,CL-63] [--page docs/client-matrix.md] [--whole]

Run from the project's folder. A mutant is a right client with one fault; its own fault's check has to find it, and tell
it exactly. With `--whole`, each mutant goes through every other fault too: an alarm that is neither its own nor in
`ALSO` is told. The right clients, in four stacks for four vendors, must raise none. The page is written as Markdown.
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import shutil
import tempfile
import time
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from pytest_golive.clients.catalogue import functions
from pytest_golive.clients.setup import Setup
from pytest_golive.vendors.library import client_faults
from tests.clients.client_mutants import Mutant, mutant_setup, told_of
from tests.clients.client_programs import CONCURRENT, OPERATIONS, setup_of
from tests.clients.client_runs import HELD, Case, cases_of, outcome, under_test

SIDE_BY_SIDE = 16

LEAVES_OUT = {"CL-38": "the quick right clients hang up after 2.5 s on purpose; patient ones are tried in the tests"}
"""Faults that the right clients, with the short times of tests, do have."""

STACKS = ("httpx", "requests", "aiohttp", "node")

ALSO: dict[str, set[str]] = {
    "CL-01": {"CL-13", "CL-16", "CL-35"},  # what is not tried again
    "CL-03": {"CL-12"},
    "CL-17": {"CL-20", "CL-22", "CL-31"},  # Retry-After that is not read
    "CL-24": {"CL-25", "CL-26"},  # no pause grows, or is spread
    "CL-27": {"CL-28", "CL-29", "CL-30"},  # no end to trying
    "CL-63": {"CL-65", "CL-67"},  # who reads one page reads no last one
}
"""By a mutant's fault, the other checks that find it, since they look at the same piece of the client."""

INTRODUCTION = """\
Every mutant of the right clients in `tests/clients/` against its own fault, and the right clients in four stacks
against all faults. A mutant is found only where the finding's requirement, expectation and observation are told as
they should be."""


@dataclass(frozen=True, slots=True)
class Lab:
    """What came of one client's whole lab.

    Attributes:
        name: of the client, or of the mutant.
        outcomes: of each fault with each operation.
        seconds: how long all of them took, side by side.
        longest: how long the longest of them took.
        each: how long all of them took, added up.
    """

    name: str
    outcomes: dict[Case, str]
    seconds: float
    longest: float
    each: float

    @property
    def alarms(self) -> list[str]:
        """The faults that were found, with the operation."""
        return [_named(case) for case, told in self.outcomes.items() if told.startswith("alarm")]

    @property
    def untold(self) -> list[str]:
        """The faults of which nothing could be said, though they apply."""
        known = (HELD, "alarm", "not verified")
        return [_named(case) for case, told in self.outcomes.items() if not told.startswith(known)]

    @property
    def applied(self) -> int:
        """How many faults were tried and applied."""
        return sum(not told.startswith("not verified") for told in self.outcomes.values())


def _named(case: Case) -> str:
    return case[0] if case[1] is None else f"{case[0]} {case[1]}"


def mutants() -> list[Mutant]:
    """Return the mutants of all sections."""
    modules = sorted(path.stem for path in Path("tests/clients").glob("mutants_of_*.py"))
    return [each for name in modules for each in importlib.import_module(f"tests.clients.{name}").MUTANTS]


def lab_of(name: str, setup: Setup, only: Sequence[str] = ()) -> Lab:
    """Put a client through the whole lab."""
    cases = [case for case in cases_of(setup) if case[0] not in LEAVES_OUT and (not only or case[0] in only)]
    begun = time.perf_counter()
    taken: dict[Case, float] = {}

    def tried(case: Case) -> str:
        since = time.perf_counter()
        told = outcome(lab, *case)
        taken[case] = time.perf_counter() - since
        return told

    with under_test(setup) as lab, ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        outcomes = dict(zip(cases, pool.map(tried, cases), strict=True))
    return Lab(name, outcomes, time.perf_counter() - begun, max(taken.values()), sum(taken.values()))


def right_labs(folder: Path, only: Sequence[str]) -> Iterator[Lab]:
    """Yield the whole labs of the right clients."""
    for stack in STACKS:
        if stack == "node" and shutil.which("node") is None:
            continue
        for vendor in OPERATIONS:
            yield lab_of(f"{stack}, {vendor}", setup_of(stack, vendor, folder), only)


def page(right: Sequence[Lab], wrong: dict[str, str], whole: Sequence[Lab], seconds: float, only: Sequence[str]) -> str:
    """Return the result as Markdown."""
    above = summary(right, wrong, seconds, only)
    return "\n".join([*above, *right_table(right), *wrong_table(wrong), *whole_table(whole), ""])


def summary(right: Sequence[Lab], wrong: dict[str, str], seconds: float, only: Sequence[str]) -> Iterator[str]:
    """Yield what stands above the tables."""
    missed = [name for name, told in wrong.items() if told]
    alarms = sum(len(lab.alarms) for lab in right)
    cannot = [name for name, fault in client_faults().items() if fault.cannot]
    yield from ("# Client matrix", "", INTRODUCTION, "")
    yield "Written by `python -m bench.client_matrix --page docs/client-matrix.md` on"
    yield f"{datetime.now(UTC):%d %B %Y}, with Python {platform.python_version()} on {os.cpu_count()} cores."
    if only:
        yield f"Of the catalogue, only these faults were tried: {', '.join(only)}."
    yield ""
    faults = len({name.split()[0] for name in wrong})
    yield f"- {len(wrong)} mutants of {faults} faults: **{len(missed)} missed**, all of them tried in {seconds:.0f} s"
    yield f"- {len(right)} right clients: **{alarms} false alarms**"
    yield f"- {len(functions())} of the catalogue's {len(client_faults())} faults are provoked; not tried, each for a"
    yield f"  reason that stands in docs/rules.md: {', '.join(cannot)}"
    for name, reason in LEAVES_OUT.items():
        yield f"- {name} is left out of the table of right clients: {reason}"


def right_table(right: Sequence[Lab]) -> Iterator[str]:
    """Yield the table of right clients."""
    yield from ("", "## Right clients", "")
    yield "`checks` counts each fault once for each operation it is tried with; `applied` those that could show. The"
    yield "whole lab ran with at most 4 processes per core; beside it stand its longest check, and all checks added up."
    yield ""
    yield "| client | checks | applied | alarms | nothing told | whole lab | longest check | added up |"
    yield "|---|--:|--:|---|---|--:|--:|--:|"
    for lab in right:
        counts = f"{len(lab.outcomes)} | {lab.applied} | {_listed(lab.alarms)} | {_listed(lab.untold)}"
        yield f"| {lab.name} | {counts} | {lab.seconds:.1f} s | {lab.longest:.1f} s | {lab.each:.1f} s |"


def wrong_table(wrong: dict[str, str]) -> Iterator[str]:
    """Yield the table of mutants."""
    yield from ("", "## Mutants", "", "| mutant of | found, and told exactly |", "|---|---|")
    for name, told in wrong.items():
        yield f"| {name} | {'yes' if not told else f'**no**: {told[:200]}'} |"


def whole_table(whole: Sequence[Lab]) -> Iterator[str]:
    """Yield what else was found of each mutant."""
    if not whole:
        return
    yield from ("", "## Mutants against every fault", "", "| mutant of | found by listed checks, too | further |")
    yield "|---|---|---|"
    for lab in whole:
        own = lab.name.split()[0]
        others = [each for each in lab.alarms if each.split()[0] != own]
        listed = [each for each in others if each.split()[0] in ALSO.get(own, set())]
        yield f"| {lab.name} | {_listed(listed)} | {_listed([each for each in others if each not in listed])} |"


def _listed(names: Sequence[str]) -> str:
    return ", ".join(names) or "none"


def main() -> None:
    """Put all through the lab, and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m bench.client_matrix")
    parser.add_argument("--only", default="", help="faults, separated by commas")
    parser.add_argument("--page", type=Path, help="file the result is written to")
    parser.add_argument("--whole", action="store_true", help="try every fault on each mutant")
    asked = parser.parse_args()
    only = asked.only.split(",") if asked.only else []
    chosen = [each for each in mutants() if not only or each.fault in only]
    assert set(STACKS) >= CONCURRENT, "every stack is tried"
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        begun = time.perf_counter()
        with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
            told = pool.map(lambda each: told_of(each, folder / each.id.replace(" ", "-")), chosen)
            wrong = dict(zip([each.id for each in chosen], told, strict=True))
        seconds = time.perf_counter() - begun
        right = list(right_labs(folder, only))
        whole = [
            lab_of(each.id, mutant_setup(each, folder / f"whole-{each.id.replace(' ', '-')}"))
            for each in (chosen if asked.whole else [])
        ]
    text = page(right, wrong, whole, seconds, only)
    if asked.page is not None:
        asked.page.write_text(text, encoding="utf-8")
    print(text)
    for lab in right:
        for case, line in lab.outcomes.items():
            if not line.startswith((HELD, "not verified")):
                print(f"{lab.name}: {_named(case)} {line}")


if __name__ == "__main__":
    main()
