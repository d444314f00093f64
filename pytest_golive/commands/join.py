"""Make one verdict of the ledgers of several runs: the shards of one release, spread over machines."""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_golive.commands.console import Refused, say
from pytest_golive.commands.verdict import print_verdict

if TYPE_CHECKING:
    from pytest_golive.readiness.from_ledger import Told
    from pytest_golive.readiness.verdict import Verdict

NO_WORDS = "takes the ledgers of all shards"


def declare(parser: argparse.ArgumentParser) -> None:
    """Name the ledgers."""
    parser.add_argument("ledgers", type=Path, nargs="+", metavar="LEDGER", help="ledgers of all shards of one release")
    parser.add_argument("--verdict", type=Path, metavar="PATH", help="write the verdict file as well")


def run(arguments: argparse.Namespace) -> int:
    """Print the verdict of all of them; return 0 for GO and GO WITH WAIVERS, else 1.

    Raises:
        Refused: a ledger cannot be read or was changed, or they are not of one release.
    """
    from pytest_golive.readiness.from_ledger import BrokenLedger, joined, read_ledger

    try:
        shards = [read_ledger(path) for path in arguments.ledgers]
        verdict = joined(shards)
    except BrokenLedger as broken:
        raise Refused(str(broken)) from None
    begin = shards[0].begin
    many = f"{len(shards)} shards" if len(shards) > 1 else "1 shard"
    say(f"{begin['project']}, {begin['environment']}, {', '.join(begin['suites'])}, {many}")
    if arguments.verdict is not None:
        _write(arguments.verdict, shards, verdict)
    return print_verdict(verdict)


def _write(path: Path, shards: list[Told], verdict: Verdict) -> None:
    from pytest_golive.facts.ledger import now
    from pytest_golive.facts.outcome import Word
    from pytest_golive.readiness.results import Results
    from pytest_golive.report.files import CannotWrite, replace
    from pytest_golive.report.verdict_file import VerdictFile, finished

    begin = shards[0].begin
    results = Results()
    for shard in shards:
        for result in shard.results.values():
            results.add(result)
    file = VerdictFile(
        verdict=Word.INCONCLUSIVE,
        scope="full",
        environment=begin["environment"],
        suites=tuple(begin["suites"]),
        project=begin["project"],
        started=min(shard.begin["at"] for shard in shards),
        finished=None,
        commit=begin["commit"],
        reasons=(),
        version=begin["version"],
        rehearsal=begin["sandbox"],
        notes=(f"joined from {', '.join(str(shard.path) for shard in shards)}",),
        hashes=begin["hashes"],
    )
    whole = finished(file, verdict, results.by_check, now())
    try:
        replace(path, json.dumps(whole.model_dump(mode="json"), indent=1) + "\n")
    except CannotWrite as error:
        raise Refused(str(error)) from None
    say(f"verdict: {path}")
