"""Check a report against the ledger of its run: neither was changed since, and the verdict follows from its facts."""

from __future__ import annotations

import argparse
from pathlib import Path

from pytest_golive.commands.console import Refused, complain, say

NO_WORDS = "takes one report"

FOLDER = ".golive"
"""Where runs keep their ledgers, beside the report."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Name the report and the options."""
    parser.add_argument("report", metavar="REPORT", help="golive-report.html, under whatever name it was attached")
    parser.add_argument(
        "--ledger", metavar="PATH", help="ledger of its run; default: the one it names, in .golive beside it or here"
    )


def run(arguments: argparse.Namespace) -> int:
    """Say whether the report is as it was written; 1 where it is not.

    Raises:
        Refused: one of the files cannot be read, or is of another kind.
    """
    from pytest_golive.report.ticket.seal import Unsealed, differences, read_seal

    report = Path(arguments.report)
    page = _read(report)
    try:
        seal = read_seal(page.decode("utf-8", errors="replace"))
        ledger = Path(arguments.ledger) if arguments.ledger is not None else _ledger_of(report, seal.ledger)
        found = differences(page, report.name, ledger) or _what_does_not_follow(ledger, seal.verdict)
    except Unsealed as problem:
        raise Refused(_told(report, str(problem))) from None
    for line in found:
        complain("golive verify", line)
    if not found:
        say(f"{report} is as run {seal.run} wrote it: {seal.verdict}, from {seal.lines} lines of {ledger}")
    return 1 if found else 0


def _what_does_not_follow(ledger: Path, verdict: str) -> list[str]:
    """Return what speaks against a verdict in the ledger itself: its chain is broken, or its facts say otherwise."""
    from pytest_golive.readiness.from_ledger import BrokenLedger, read_ledger, verdict_of

    try:
        word = verdict_of(read_ledger(ledger)).word
    except BrokenLedger as broken:
        return [str(broken)]
    return [] if word == verdict else [f"the report says {verdict}, and {word} follows from the facts in {ledger}"]


def _read(report: Path) -> bytes:
    try:
        return report.read_bytes()
    except OSError as error:
        raise Refused(f"{report} cannot be read: {error.strerror}") from error


def _ledger_of(report: Path, name: str) -> Path:
    """Return the ledger that a report names; its name alone, since a report may have come from anybody."""
    places = [folder / FOLDER / Path(name).name for folder in (report.parent, Path())]
    for place in places:
        if place.is_file():
            return place
    raise Refused(f"{places[0]} is not there: name the ledger of the run with --ledger")


def _told(report: Path, problem: str) -> str:
    return f"{report} {problem}" if problem.startswith("is ") else problem
