"""Accept that a rule, or the rules of a section, need not hold for a while. Blockers cannot be waived."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from pytest_golive.commands.console import Refused, say
from pytest_golive.commands.people_asking import (
    NO_WORDS,
    asked,
    declare_common,
    loaded,
    meant,
    name_file,
    today,
    write_records,
)

__all__ = ["NO_WORDS", "declare", "run"]

USUAL = "golive/waivers.yaml"


def declare(parser: argparse.ArgumentParser) -> None:
    """Name the options."""
    declare_common(parser, "rule to waive, of golive's or of your own tests, or a section of a vendor's page")
    parser.add_argument("--reason", metavar="TEXT", help="why the gap can be borne")
    parser.add_argument("--owner", metavar="WHO", help="who closes it")
    parser.add_argument("--approver", metavar="WHO", help="who accepts it: not the owner, nobody who wrote the change")
    parser.add_argument("--until", metavar="DAY", help="last day it is accepted, UTC, at most 90 days ahead")


def run(arguments: argparse.Namespace) -> int:
    """Write the waivers.

    Raises:
        Refused: it is a blocker, something is missing, or what is said is not right.
    """
    from pytest_golive.people.rules_known import known_rules

    manifest, path = loaded(arguments)
    known = known_rules()
    if _is_the_teams(arguments.what, known.may_be_the_teams(arguments.what)):
        rules, blockers = [arguments.what], []
    else:
        _, found = meant(arguments, known, manifest)
        rules = [rule.id for rule in found if not known.is_blocker(rule.id)]
        blockers = [rule.id for rule in found if known.is_blocker(rule.id)]
    waived = _waived_already(arguments, path.parent / (manifest.waivers or USUAL))
    if rules and not set(rules) - waived:
        raise Refused(f"waived already: {', '.join(rules)}; change the record there")
    rules = [rule for rule in rules if rule not in waived]
    if not rules:
        verb = "is a blocker" if len(blockers) == 1 else "are blockers"
        raise Refused(f"{', '.join(blockers)} {verb}: it cannot be waived")
    for rule in rules:
        say(f"{rule}: {known.by_id[rule].title}" if rule in known else rule)
    records = _records(arguments, rules)
    name = manifest.waivers or USUAL
    file = path.parent / name
    write_records(file, "waivers", records, lambda written: _judge(written, tuple(manifest.environments)))
    say(f"{file}: {len(records)} {'gap is' if len(records) == 1 else 'gaps are'} accepted: {', '.join(rules)}")
    if blockers:
        say(f"left out, for blockers cannot be waived: {', '.join(blockers)}")
    if manifest.waivers is None:
        name_file(path, "waivers", name)
    return 0


def _waived_already(arguments: argparse.Namespace, file: Path) -> set[str]:
    """Return the rules that the file waives already, for the same vendor and environment."""
    from pytest_golive.manifest.document import read_document
    from pytest_golive.manifest.mistake import Mistakes

    try:
        records = read_document(file).data.get("waivers") if file.is_file() else None
    except Mistakes:
        return set()  # told when the file is read as a whole
    return {
        str(each.get("rule"))
        for each in (records if isinstance(records, list) else ())
        if isinstance(each, dict) and (each.get("vendor"), each.get("environment")) == (arguments.vendor, arguments.env)
    }


def _is_the_teams(what: str, may_be: bool) -> bool:
    """Whether this is the id of a rule of the team's own tests, and not the name of a section."""
    return may_be and "-" in what and " " not in what and what == what.upper()


def _records(arguments: argparse.Namespace, rules: Sequence[str]) -> list[dict[str, str | bool]]:
    shared: dict[str, str | bool] = {
        "reason": asked(arguments.reason, "--reason", "Why can the gap be borne"),
        "owner": asked(arguments.owner, "--owner", "Who closes it"),
        "approver": asked(arguments.approver, "--approver", "Who accepts it, not the owner"),
        "at": today(),
        "until": asked(arguments.until, "--until", "Until which day, at most 90 days ahead"),
    }
    narrowed = {"vendor": arguments.vendor, "environment": arguments.env}
    given = {name: value for name, value in narrowed.items() if value is not None}
    return [{"rule": rule, **given, **shared} for rule in rules]


def _judge(path: Path, environments: Sequence[str]) -> None:
    from datetime import UTC, datetime

    from pytest_golive.people.files import read_waivers
    from pytest_golive.people.rules_known import known_rules

    read_waivers(path, known_rules(), tuple(environments), datetime.now(UTC))
