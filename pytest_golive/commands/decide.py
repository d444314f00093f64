"""Write down what was decided about a finding of a weekly review: yes or no, why, who, until when."""

from __future__ import annotations

import argparse
from pathlib import Path

from pytest_golive.commands.console import Refused, say
from pytest_golive.commands.people_asking import asked, loaded, today, write_records

NO_WORDS = "takes the name of one finding in quotes, as the review tells it: 'uppzy errors /chat'"

USUAL = "golive/decisions.yaml"


def declare(parser: argparse.ArgumentParser) -> None:
    """Name the options."""
    parser.add_argument("what", metavar="FINDING", help="its name, as the review tells it: 'uppzy errors /chat'")
    way = parser.add_mutually_exclusive_group()
    way.add_argument("--yes", action="store_const", dest="way", const="yes", help="something is done about it")
    way.add_argument(
        "--no", action="store_const", dest="way", const="no", help="it can be borne until the day it is due"
    )
    parser.add_argument("--reason", metavar="TEXT", help="why")
    parser.add_argument("--owner", metavar="WHO", help="who sees to it")
    parser.add_argument("--due", metavar="DAY", help="last day by which it is done, or looked at again, UTC")
    parser.add_argument("--env", metavar="NAME", help="only in this environment; default: everywhere")
    parser.add_argument("--manifest", type=Path, metavar="PATH", help="golive.yaml; default: the one here")


def run(arguments: argparse.Namespace) -> int:
    """Write the decision.

    Raises:
        Refused: no review can have such a finding, something is missing, or what is said is not right.
    """
    from datetime import UTC, datetime

    from pytest_golive.review.decisions import plain, read_decisions, unknown

    manifest, path = loaded(arguments)
    vendors = tuple(dict.fromkeys(vendor for each in manifest.environments.values() for vendor in each.vendors))
    finding = plain(arguments.what)
    problem = unknown(finding, vendors)
    if problem:
        raise Refused(problem)
    named = manifest.monitoring.decisions if manifest.monitoring is not None else None
    file = path.parent / (named or USUAL)
    record: dict[str, str | bool] = {
        "finding": finding,
        **({} if arguments.env is None else {"environment": arguments.env}),
        "decision": asked(arguments.way, "--yes or --no", "Is something done about it, yes or no"),
        "reason": asked(arguments.reason, "--reason", "Why"),
        "owner": asked(arguments.owner, "--owner", "Who sees to it"),
        "at": today(),
        "due": asked(arguments.due, "--due", "Until which day"),
    }
    environments = tuple(manifest.environments)
    write_records(
        file, "decisions", [record], lambda written: read_decisions(written, vendors, environments, datetime.now(UTC))
    )
    say(f"{file}: a decision is written: {finding}")
    if named is None:
        say(f"name it in {path}: monitoring: {{decisions: {USUAL}}}")
    return 0
