"""Say again what a run said, from its ledger alone; tell where the ledger was changed."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_golive.commands.console import Refused, say

if TYPE_CHECKING:
    from pytest_golive.readiness.from_ledger import Told
    from pytest_golive.readiness.verdict import Verdict

NO_WORDS = "takes one ledger, for instance .golive/ledger.jsonl"


def declare(parser: argparse.ArgumentParser) -> None:
    """Name the ledger."""
    parser.add_argument("ledger", type=Path, metavar="LEDGER", help="ledger of a run, as .golive/ledger.jsonl")
    parser.add_argument("--charts", type=Path, metavar="PATH", help="write the week's charts of this run as a page")


def run(arguments: argparse.Namespace) -> int:
    """Print the verdict; return 0 for GO and GO WITH WAIVERS, else 1.

    Raises:
        Refused: the ledger cannot be read, was changed, or says something else than the run did.
    """
    from pytest_golive.readiness.from_ledger import BrokenLedger, read_ledger, verdict_of

    try:
        told = read_ledger(arguments.ledger)
    except BrokenLedger as broken:
        raise Refused(str(broken)) from None
    verdict = verdict_of(told)
    if told.said is not None and told.said != (verdict.word, verdict.reasons):
        raise Refused(
            f"{arguments.ledger}: the run said {told.said[0]}, and {verdict.word} follows from what it wrote down: "
            f"another version of golive, or other reasons"
        )
    begin = told.begin
    if arguments.charts is not None:
        _write_charts(arguments.charts, told, verdict)
    say(f"{begin['project']}, {begin['environment']}, {', '.join(begin['suites'])}, scope {told.scope}")
    return print_verdict(verdict)


def _write_charts(path: Path, told: Told, verdict: Verdict) -> None:
    from pytest_golive.report.files import CannotWrite, replace
    from pytest_golive.report.ticket.page import charts_page

    if not told.charts:
        raise Refused(f"{told.path} has no charts: they are of the weekly review, where its figures could be asked")
    try:
        replace(path, charts_page(told.charts, told.begin, verdict.word))
    except CannotWrite as problem:
        raise Refused(str(problem)) from None


def print_verdict(verdict: Verdict) -> int:
    """Print word and reasons; return the exit code."""
    from pytest_golive.readiness.last_run import GREEN
    from pytest_golive.report.verdict_file import counted

    for reason in verdict.reasons:
        say(f"  {reason}")
    say(f"rules: {counted(verdict.rules)}")
    say(f"golive: {verdict.word}")
    return 0 if verdict.word in GREEN else 1
