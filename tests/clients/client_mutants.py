"""Mutants of the right clients: one piece of the source replaced, one fault each."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from pytest_golive.clients.setup import Setup
from pytest_golive.clients.trying import try_fault
from pytest_golive.facts.finding import CannotTell, CheckFailed, NotVerified
from pytest_golive.sandbox.rehearsal import EXAMPLE
from pytest_golive.vendors.client_fault import tried_with
from pytest_golive.vendors.library import client_faults
from tests.clients.client_programs import OPERATIONS, PROGRAMS, setup_of
from tests.clients.client_runs import under_test

SOURCES = {
    "client.py": EXAMPLE / "client.py",
    "vendor_api.py": EXAMPLE / "vendor_api.py",
    "requests_client.py": PROGRAMS / "requests_client.py",
    "aiohttp_client.py": PROGRAMS / "aiohttp_client.py",
    "node_client.mjs": PROGRAMS / "node_client.mjs",
    "batch_client.py": PROGRAMS / "batch_client.py",
}
"""What mutants are made of; the first two belong to the client with httpx, all clients in Python use the second."""

SIDE_BY_SIDE = 16
"""Mutants that are tried at the same time; they mostly wait."""

NUMBER = r"-?[0-9]+(\.[0-9]+)?"
"""What stands for NUMBER in an expected text."""


@dataclass(frozen=True)
class Mutant:
    """A client with one fault.

    Attributes:
        fault: the fault it has.
        old: the piece of the right client's source that is replaced; it stands there once.
        new: what stands in its place.
        expected: what the finding says was expected.
        actual: what the finding says was seen. In both, NUMBER stands for any number and TEXT for any text.
        source: the file that `old` stands in.
        stack: the client that is run; None: the one whose file it is, that with httpx for `vendor_api.py`.
        vendor: whom it calls.
        operation: what the fault is tried with; None: the first one it can be tried with.
        environ: variables that differ from the usual ones.
        changes: keys of golive.yaml that differ.
        name: tells two mutants of one fault apart.
        more: further replacements in the same file.
    """

    fault: str
    old: str
    new: str
    expected: str
    actual: str
    source: str = "client.py"
    stack: str | None = None
    vendor: str = "timely"
    operation: str | None = None
    environ: dict[str, str] = field(default_factory=dict)
    changes: dict[str, Any] = field(default_factory=dict)
    name: str = ""
    more: tuple[tuple[str, str], ...] = ()

    @property
    def id(self) -> str:
        """What tells it apart from all others."""
        return f"{self.fault} {self.name}".strip()

    @property
    def run_as(self) -> str:
        """The client that is run."""
        known = {"requests_client.py": "requests", "aiohttp_client.py": "aiohttp", "node_client.mjs": "node"}
        known["batch_client.py"] = "batch"
        return self.stack or known.get(self.source, "httpx")


def written(mutant: Mutant, folder: Path) -> Path:
    """Write a mutant's source with what it needs beside it, and return the file that is run."""
    source = SOURCES[mutant.source].read_text()
    for old, new in ((mutant.old, mutant.new), *mutant.more):
        assert source.count(old) == 1, f"{old!r} stands {source.count(old)} times in {mutant.source}"
        source = source.replace(old, new)
    run = {"httpx": "client.py", "node": "node_client.mjs"}.get(mutant.run_as, f"{mutant.run_as}_client.py")
    folder.mkdir(parents=True, exist_ok=True)
    for name in {run, "vendor_api.py"}:
        (folder / name).write_text(SOURCES[name].read_text())
    (folder / mutant.source).write_text(source)
    return folder / run


def mutant_setup(mutant: Mutant, folder: Path) -> Setup:
    """Return the set-up of a mutant; its source is written to the folder."""
    source = written(mutant, folder)
    environ = {"EXAMPLE": str(folder), **mutant.environ}
    operation = mutant.operation
    given = OPERATIONS[mutant.vendor]
    operations = given if operation is None or operation in given else [*given, operation]
    changes = {"operations": operations, **mutant.changes}
    return setup_of(mutant.run_as, mutant.vendor, folder, source=source, environ=environ, **changes)


def told_of(mutant: Mutant, folder: Path) -> str:
    """Try a mutant's own fault on it; return '' where it is caught and told exactly, else what happened instead."""
    fault = client_faults()[mutant.fault]
    setup = mutant_setup(mutant, folder)
    operation = mutant.operation or tried_with(setup.pack, setup.operations, fault)[0]
    try:
        with under_test(setup) as lab:
            try_fault(lab, mutant.fault, None if fault.each == "client" else operation)
    except CheckFailed as caught:
        return _difference(mutant, caught)
    except CannotTell as unclear:
        return f"inconclusive: {unclear.finding.actual}, expected {unclear.finding.expected}"
    except NotVerified as missing:
        return f"not verified: {missing}"
    except Exception as error:  # a fault of the fault: the others are told all the same
        return f"broken: {error!r}"
    return "was not caught"


def tried(mutants: Iterable[Mutant], folder: Path) -> dict[str, str]:
    """Try each mutant's own fault, many at the same time; return what of each is not as it should be.

    Those in Node are left out where there is no Node. What could not be told, or did not show, among many on a busy
    machine is tried once more by itself.
    """
    there = [each for each in mutants if each.run_as != "node" or shutil.which("node") is not None]
    assert len({each.id for each in there}) == len(there), "give mutants of the same fault names"
    with ThreadPoolExecutor(SIDE_BY_SIDE) as pool:
        told = list(pool.map(lambda each: told_of(each, folder / each.id.replace(" ", "-")), there))
    for number, mutant in enumerate(there):
        hidden = told[number] == "was not caught" and mutant.expected  # of a right way nothing is expected
        if told[number].startswith("inconclusive") or hidden:
            told[number] = told_of(mutant, folder / f"{mutant.id.replace(' ', '-')}-alone")
    return {mutant.id: one for mutant, one in zip(there, told, strict=True) if one}


def _difference(mutant: Mutant, caught: CheckFailed) -> str:
    finding, fault = caught.finding, client_faults()[mutant.fault]
    pairs = {
        "requirement": (fault.title, finding.requirement),
        "fix": (fault.fix, finding.fix),
        "expected": (mutant.expected, finding.expected),
        "actual": (mutant.actual, finding.actual),
    }
    wrong = {
        name: seen for name, (due, seen) in pairs.items() if not re.fullmatch(_pattern(due), seen or "", re.DOTALL)
    }
    return "; ".join(f"{name}: {seen!r}" for name, seen in wrong.items())


def _pattern(text: str) -> str:
    return re.escape(text).replace("NUMBER", NUMBER).replace("TEXT", ".*")
