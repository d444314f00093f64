"""Every mutant of the right handlers against every fault: what is missed, what is a false alarm, how long a lab takes.

::

    python -m bench.handler_matrix [--at-once N] [--orders N] [--only WH-30,WH-31] [--page docs/handler-matrix.md]

Run from the project's folder. A mutant is a right handler with one fault; its own fault's check has to find it, and
so may the checks listed in `ALSO`, which look at the same thing from another side. Any other alarm is false. The page
is written as Markdown.
"""

from __future__ import annotations

import argparse
import importlib
import os
import platform
import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

import httpx

from pytest_golive.handlers import orders
from pytest_golive.handlers.catalogue import functions
from pytest_golive.handlers.lab import Lab
from pytest_golive.handlers.parcel import Parcel
from pytest_golive.handlers.sender import send
from pytest_golive.handlers.setup import Setup
from pytest_golive.vendors.library import handler_faults
from tests.handlers.handler_mutants import Mutant, flask_setup, under_test, written
from tests.handlers.lab_runs import HELD, faults_of, tried
from tests.handlers.test_reference_handlers import reference_setup, right_setups

ROUNDS = 5
DELIVERIES = 100

AGAIN = {"WH-29", "WH-30", "WH-31", "WH-32", "WH-33", "WH-37"}

ALSO: dict[str, set[str]] = {
    "WH-01": {"WH-18"},  # what stands in the query alone is no header either
    "WH-02": {"WH-03", "WH-04", "WH-07", "WH-12", "WH-17", "WH-20"},  # any signature of the right length
    "WH-03": {"WH-02", "WH-04", "WH-07", "WH-12", "WH-17", "WH-20"},  # these are written well and signed wrongly, too
    "WH-07": {"WH-09", "WH-10"},  # it takes the first signature alone, under any name
    "WH-08": {"WH-06", "WH-07"},  # what is cut or of another kind cannot be decoded
    "WH-14": {"WH-15", "WH-56", "WH-70", "WH-71"},  # it reads what it has not verified, and writes it anew
    "WH-21": {"WH-47"},  # another tenant's events count, also between one's own
    "WH-24": {"WH-27"},  # milliseconds taken for seconds lie in the future
    "WH-25": {"WH-01", "WH-05"},  # a time that is missing or empty breaks it
    "WH-29": AGAIN,  # it acts upon whatever comes
    "WH-30": {"WH-32", "WH-33", "WH-37"},  # it acts upon every attempt
    "WH-32": AGAIN,  # what is done is not remembered by all that take events
    "WH-37": {"WH-69", "WH-79"},  # it remembers before it works
    # Among all orders are those of the others; what comes late, or is refused for good, is missing in the end.
    "WH-41": {"WH-44"},
    "WH-42": {"WH-44"},
    "WH-43": {"WH-41", "WH-42", "WH-44"},
    "WH-44": {"WH-42"},
    "WH-45": {"WH-42", "WH-44"},
    "WH-70": {"WH-71", "WH-76"},  # what it cannot read is hostile, or will never work
    "WH-81": {"WH-66"},  # it fails over one kind of event, whatever is in it
    "WH-76": {"WH-21"},  # another tenant's event is what will never work
}
"""By a mutant's fault, the other checks that find it, since they look at the same piece of the handler."""

INTRODUCTION = """\
Every mutant of the right handlers in `tests/handlers/` against every fault that is provoked, and the right handlers
against the same. An alarm that is neither the mutant's own nor listed with it in the script is a false one. Where a
mutant keeps even a genuine event from being taken, nothing is told of other faults, and they are not green."""

SPREADS = {"WH-50", "WH-51"}
"""Mutants that answer nobody rightly under load: whatever is sent beside comes out otherwise."""


@dataclass(frozen=True, slots=True)
class Row:
    """What came of one handler.

    Attributes:
        name: of the handler or its fault.
        outcomes: of each fault's check.
        seconds: how long the lab took, from before the start to after the stop.
        due: the fault it has; None for a right handler.
    """

    name: str
    outcomes: dict[str, str]
    seconds: float
    due: str | None = None

    @property
    def alarms(self) -> list[str]:
        """The faults that were found."""
        return [fault for fault, told in self.outcomes.items() if told.startswith("alarm")]

    @property
    def untold(self) -> list[str]:
        """The faults of which nothing could be said."""
        return [fault for fault, told in self.outcomes.items() if told != HELD and fault not in self.alarms]

    @property
    def missed(self) -> bool:
        """Whether it has a fault that was not found."""
        return self.due is not None and self.due not in self.alarms

    @property
    def listed(self) -> list[str]:
        """The further checks that found it, as they may."""
        also = set(self.outcomes) if self.due in SPREADS else ALSO.get(self.due or "", set())
        return [fault for fault in self.alarms if fault in also - {self.due}]

    @property
    def false(self) -> list[str]:
        """The alarms that should not have been."""
        return [fault for fault in self.alarms if fault != self.due and fault not in self.listed]


def mutants() -> list[Mutant]:
    """Return the mutants of all sections."""
    modules = sorted(path.stem for path in Path("tests/handlers").glob("mutants_of_*.py"))
    return [each for name in modules for each in importlib.import_module(f"tests.handlers.{name}").MUTANTS]


def row_of(name: str, setup: Setup, due: str | None = None) -> Row:
    """Put a handler through the whole lab."""
    begun = time.perf_counter()
    with under_test(setup) as lab:
        outcomes = tried(lab, faults_of(setup))
    return Row(name, outcomes, time.perf_counter() - begun, due)


def mutant_row(mutant: Mutant, folder: Path) -> Row:
    """Put a mutant through the whole lab."""
    folder.mkdir()
    setup = flask_setup(folder, written(mutant, folder), vendor=mutant.vendor)
    return row_of(mutant.fault, setup, mutant.fault)


def rates(folder: Path) -> dict[str, list[float]]:
    """Return deliveries per second to the Flask handler, one after the other: golive's, and bare loops."""
    folder.mkdir()
    taken: dict[str, list[float]] = {}
    with under_test(reference_setup("flask", folder)) as lab, httpx.Client(trust_env=False) as client:
        lab.control()
        ways: dict[str, Callable[[Parcel], object]] = {
            "golive, written, signed and kept as evidence": lambda _: lab.send(lab.genuine()),
            "bare loop over golive's sender": send,
            "bare loop over httpx, one connection for all": lambda parcel: by_httpx(client, parcel),
        }
        for _ in range(ROUNDS):
            for name, way in ways.items():
                taken.setdefault(name, []).append(per_second(lab, way))
    return taken


def per_second(lab: Lab, way: Callable[[Parcel], object]) -> float:
    """Return how many deliveries a second go out one way; each is a new event, so that the handler has its work."""
    parcels = [lab.genuine() for _ in range(DELIVERIES)]
    begun = time.perf_counter()
    for parcel in parcels:
        way(parcel)
    return DELIVERIES / (time.perf_counter() - begun)


def by_httpx(client: httpx.Client, parcel: Parcel) -> None:
    """Send a parcel through httpx."""
    headers = {name: value for name, value in parcel.headers if isinstance(value, str)}
    client.post(parcel.url, headers=headers, content=parcel.body).raise_for_status()


def page(right: Sequence[Row], wrong: Sequence[Row], taken: dict[str, list[float]], at_once: int) -> str:
    """Return the result as Markdown."""
    return "\n".join(
        [*summary(right, wrong, at_once), *right_table(right), *wrong_table(wrong), *rate_table(taken), ""]
    )


def summary(right: Sequence[Row], wrong: Sequence[Row], at_once: int) -> Iterator[str]:
    """Yield what stands above the tables."""
    alarms = sum(len(row.false) for row in [*right, *wrong])
    yield "# Handler matrix"
    yield ""
    yield from (INTRODUCTION, "")
    yield "Written by `python -m bench.handler_matrix --page docs/handler-matrix.md` on"
    place = f"Python {platform.python_version()} on {os.cpu_count()} cores"
    yield f"{datetime.now(UTC):%d %B %Y}, with {place}, {labs(at_once)}."
    yield ""
    yield f"- {len(wrong)} mutants by {len(functions())} faults: **{sum(row.missed for row in wrong)} missed**"
    yield f"- {len(right)} right handlers and {len(wrong)} mutants: **{alarms} false alarms**"
    if wrong:
        middle = statistics.median(row.seconds for row in wrong)
        longest = max(row.seconds for row in wrong)
        yield f"- whole lab of a mutant: {middle:.1f} s in the median, {longest:.1f} s at most"
    yield from untried()


def untried() -> Iterator[str]:
    """Yield the faults that no lab here tries, and why."""
    for fault, one in handler_faults().items():
        if fault not in functions():
            yield f"- {fault} is not provoked: {one.cannot}"
        elif one.deployed:
            yield f"- {fault} shows only in handlers at an address of their own; wrong ones stand in `tests/handlers`"


def labs(at_once: int) -> str:
    """Return how many labs there were at once, in words."""
    sampled = f", {orders.SAMPLE} orders of a life in each" if orders.WHOLE == 0 else ""
    return ("one lab after the other" if at_once == 1 else f"{at_once} labs at once") + sampled


def right_table(right: Sequence[Row]) -> Iterator[str]:
    """Yield the table of right handlers."""
    yield from ("", "## Right handlers", "")
    yield "| handler | faults tried | alarms | nothing told | whole lab |"
    yield "|---|--:|---|---|--:|"
    for row in right:
        yield f"| {row.name} | {len(row.outcomes)} | {told(row.false)} | {told(row.untold)} | {row.seconds:.1f} s |"


def wrong_table(wrong: Sequence[Row]) -> Iterator[str]:
    """Yield the table of mutants."""
    yield from ("", "## Mutants", "")
    yield "| mutant of | found | found by listed checks, too | false alarms | nothing told |"
    yield "|---|---|---|---|--:|"
    for row in wrong:
        found = "**missed**" if row.missed else "yes"
        yield f"| {row.due} | {found} | {told(row.listed)} | {told(row.false)} | {len(row.untold)} |"


def rate_table(taken: dict[str, list[float]]) -> Iterator[str]:
    """Yield the table of deliveries per second."""
    yield from ("", "## Deliveries per second", "")
    yield f"To the Flask handler, one after the other, {DELIVERIES} at a time; {ROUNDS} rounds, medians and spans."
    yield from ("", "| sent by | per second | span |", "|---|--:|--:|")
    for name, values in taken.items():
        yield f"| {name} | {statistics.median(values):.0f} | {min(values):.0f} to {max(values):.0f} |"


def told(faults: Sequence[str]) -> str:
    """Return faults as a cell shows them."""
    return ", ".join(faults) or "none"


def main() -> None:
    """Put all through the lab, and print what came of it."""
    parser = argparse.ArgumentParser(prog="python -m bench.handler_matrix")
    parser.add_argument("--at-once", type=int, default=1, help="how many mutants are in a lab at the same time")
    parser.add_argument("--only", default="", help="mutants' faults, separated by commas")
    parser.add_argument("--page", type=Path, help="file the result is written to")
    parser.add_argument("--orders", type=int, help="orders of a life that are tried; all of five events otherwise")
    asked = parser.parse_args()
    if asked.orders is not None:
        orders.WHOLE, orders.SAMPLE = 0, asked.orders
    chosen = [each for each in mutants() if not asked.only or each.fault in asked.only.split(",")]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        taken = rates(folder / "rates")
        wrong: list[Row] = []
        places = [folder / f"mutant-{number}" for number in range(len(chosen))]
        with ThreadPoolExecutor(asked.at_once) as pool:
            right = list(pool.map(lambda each: row_of(*each), right_setups(folder)))
            for row in pool.map(mutant_row, chosen, places):
                wrong.append(row)
                # Whoever stops it has what there is so far.
                if asked.page is not None:
                    asked.page.write_text(page(right, wrong, taken, asked.at_once), encoding="utf-8")
    print(page(right, wrong, taken, asked.at_once))
    for row in [*right, *wrong]:
        for fault in [*row.false, *row.untold, *([row.due] if row.due and row.missed else [])]:
            print(f"{row.name}: {fault} {row.outcomes[fault]}")


if __name__ == "__main__":
    main()
