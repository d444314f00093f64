"""Say that a rule, the rules of a section, or a feature that is switched off do not concern this integration.

For a blocker somebody else has to agree, until a day.
"""

from __future__ import annotations

import argparse
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_golive.commands.console import must_be_known, say
from pytest_golive.commands.people_asking import (
    NO_WORDS,
    asked,
    declare_common,
    loaded,
    me,
    meant,
    today,
    write_records,
)

if TYPE_CHECKING:
    from pytest_golive.manifest.model import Manifest
    from pytest_golive.people.rules_known import KnownRules

__all__ = ["NO_WORDS", "declare", "run"]


def declare(parser: argparse.ArgumentParser) -> None:
    """Name the options."""
    declare_common(parser, "rule, or section of a vendor's page; with --feature the name of a feature")
    parser.add_argument("--feature", action="store_true", help="the word names a feature that is switched off")
    parser.add_argument("--reason", metavar="TEXT", help="why it does not concern this integration")
    parser.add_argument("--by", metavar="WHO", help="who says so; default: whom git names")
    parser.add_argument("--approver", metavar="WHO", help="who agrees; asked for where it is about a blocker")
    parser.add_argument("--until", metavar="DAY", help="last day it holds; asked for where it is about a blocker")


def run(arguments: argparse.Namespace) -> int:
    """Write the entries into golive.yaml, one for each rule.

    Raises:
        Refused: something is missing, or what is said is not right.
    """
    from pytest_golive.people.rules_known import known_rules

    manifest, path = loaded(arguments)
    known = known_rules()
    about = _about(arguments, known, manifest)
    blockers = [rule for rules in about.values() for rule in rules if known.is_blocker(rule)]
    shared: dict[str, str | bool] = {
        **({"environment": arguments.env} if arguments.env else {}),
        "reason": asked(arguments.reason, "--reason", "Why does it not concern this integration"),
        "by": asked(arguments.by, "--by", "Who says so", me(path.parent)),
        "at": today(),
    }
    if blockers:
        say(f"about blockers: {', '.join(blockers)}")
    if blockers or arguments.approver is not None:
        shared["approver"] = asked(arguments.approver, "--approver", "Who agrees, somebody else")
    if blockers or arguments.until is not None:
        shared["until"] = asked(arguments.until, "--until", "Until which day")
    records: list[dict[str, str | bool]] = [{**dict(key), **shared} for key in about]
    write_records(path, "not_applicable", records, _judge, head_line=False)
    say(f"{path}: {len(records)} {'entry is' if len(records) == 1 else 'entries are'} written")
    return 0


def _about(
    arguments: argparse.Namespace, known: KnownRules, manifest: Manifest
) -> Mapping[tuple[tuple[str, str], ...], tuple[str, ...]]:
    """Return what each entry names, with the rules it is about."""
    from pytest_golive.vendors.library import read_pack

    if not arguments.feature:
        _, rules = meant(arguments, known, manifest)
        narrowed = (("vendor", arguments.vendor),) if arguments.vendor and len(rules) == 1 else ()
        return {(("rule", rule.id), *narrowed): (rule.id,) for rule in rules}
    used = dict.fromkeys(vendor for each in manifest.environments.values() for vendor in each.vendors)
    vendors = [arguments.vendor] if arguments.vendor else [*used]
    features = {name: vendor for vendor in vendors for name in read_pack(vendor).features}
    must_be_known(arguments.what, features, "feature")
    vendor = features[arguments.what]
    rules = known.about_feature(vendor, arguments.what)
    return {(("feature", arguments.what), ("vendor", vendor)): tuple(rule.id for rule in rules)}


def _judge(path: Path) -> None:
    from datetime import UTC, datetime

    from pytest_golive.commands.manifest_file import load
    from pytest_golive.manifest.mistake import Mistakes
    from pytest_golive.people.gaps import mistakes_in
    from pytest_golive.people.rules_known import known_rules

    mistakes = [*mistakes_in(load(path), known_rules(), datetime.now(UTC))]
    if mistakes:
        raise Mistakes(mistakes)
