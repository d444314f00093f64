"""List what has to hold: each rule with its weight, its suites, who decides it and what it still waits for.

Columns that do not fit are left out; --json has everything.
"""

from __future__ import annotations

import argparse
import json
import shutil
from collections import Counter
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_golive.commands import manifest_file
from pytest_golive.commands.console import Refused, must_be_known, say

if TYPE_CHECKING:
    from pytest_golive.commands.rule_rows import Row, Told

SANDBOX = "sandbox"

UNLIMITED = 100_000
"""Columns, where nobody looks at them: a file or a pipe keeps everything."""

LEAST_TITLE = 30
"""Columns a title needs; columns before it give way."""

GIVING_WAY = ("decided by", "suites", "severity")

SHORT = {"prerelease": "pre", "postrotation": "post", "weekly": "weekly"}

KINDS = {
    "check": "a test of the suites",
    "static": "a look into files, configuration and documents",
    "metric": "a question to metrics or logs",
    "client": "a fault of the client lab",
    "handler": "a fault of the handler lab",
    "attestation": "the word of a person",
}


def declare(parser: argparse.ArgumentParser) -> None:
    """Name the options."""
    parser.add_argument(
        "--suite", action="append", metavar="NAME", help="only rules of this suite: prerelease, postrotation, weekly"
    )
    parser.add_argument("--vendor", action="append", metavar="NAME", help="only rules of this vendor, may be repeated")
    parser.add_argument(
        "--missing", action="store_true", help="only what is not decided yet, grouped by what is missing"
    )
    parser.add_argument("--env", metavar="NAME", help="environment of golive.yaml to look at; default: its first one")
    parser.add_argument("--manifest", type=Path, metavar="PATH", help="golive.yaml; default: the one here, if any")
    parser.add_argument("--json", action="store_true", help="print a list of objects")


def run(arguments: argparse.Namespace) -> int:
    """Print the rules.

    Raises:
        Refused: a suite, vendor or environment is unknown, or golive.yaml cannot be read.
    """
    from pytest_golive.commands.rule_rows import rows_of
    from pytest_golive.facts.outcome import Suite

    for suite in arguments.suite or ():
        must_be_known(suite, [known.value for known in Suite], "suite")
    told = _told(arguments)
    rows = rows_of(_vendors(arguments.vendor, told), frozenset(map(Suite, arguments.suite or Suite)), told)
    shown = [row for row in rows if row.open] if arguments.missing else rows
    if arguments.json:
        say(json.dumps([row.as_json() for row in shown], ensure_ascii=False, indent=1))
        return 0
    width = shutil.get_terminal_size((UNLIMITED, 24)).columns
    for line in _missing(shown, width) if arguments.missing else _table(shown, width):
        say(line)
    say()
    for line in _summary(rows, told):
        say(line)
    return 0


def _told(arguments: argparse.Namespace) -> Told | None:
    """Return golive.yaml and the environment to look at; None where only the rules themselves are asked for."""
    from pytest_golive.commands.rule_rows import Told

    path: Path = arguments.manifest or manifest_file.USUAL
    if arguments.env == SANDBOX or (not path.is_file() and arguments.manifest is None and arguments.env is None):
        return None
    manifest = manifest_file.load(path)
    if arguments.env is not None:
        manifest_file.environment_must_be_known(arguments.env, manifest)
    if not manifest.environments:
        raise Refused(f"{path} has no environments; `golive init` shows how they are written")
    return Told(manifest, arguments.env or next(iter(manifest.environments)))


def _vendors(asked: Sequence[str] | None, told: Told | None) -> tuple[str, ...]:
    from pytest_golive.vendors.library import packs

    for vendor in asked or ():
        must_be_known(vendor, packs(), "vendor")
    used = tuple(told.environment.vendors) if told is not None else ()
    return tuple(dict.fromkeys(asked or ())) or used or packs()


def _table(rows: Sequence[Row], width: int) -> Iterator[str]:
    columns = {
        "id": [row.rule.id for row in rows],
        "severity": [row.rule.severity.value for row in rows],
        "suites": [" ".join(SHORT[suite.value] for suite in row.rule.suites) for row in rows],
        "state": [row.state for row in rows],
        "decided by": [", ".join(row.kinds) for row in rows],
    }
    widths = {name: max(map(len, (name, *cells))) + 2 for name, cells in columns.items()}
    for name in GIVING_WAY:
        if width - sum(widths.values()) < LEAST_TITLE:
            del widths[name]
    yield _cut("".join(f"{name:<{room}}" for name, room in widths.items()) + "title", width)
    for number, row in enumerate(rows):
        cells = "".join(f"{columns[name][number]:<{room}}" for name, room in widths.items())
        yield _cut(cells + row.rule.title, width)
        beside = row.not_applicable or ", ".join(map(_short, row.waits_for))
        if beside:
            yield _cut(f"{'':{widths['id']}}{'' if row.not_applicable else 'waits for '}{beside}", width)


def _missing(rows: Sequence[Row], width: int) -> Iterator[str]:
    """Yield one line per missing key, those first that a check waits for, then one per kind of missing check."""
    by_key: dict[str, list[Row]] = {}
    by_kind: dict[str, list[Row]] = {}
    for row in rows:
        for key in row.waits_for:
            by_key.setdefault(key, []).append(row)
        for kind in row.undecided:
            by_kind.setdefault(kind, []).append(row)
    for key, waiting in sorted(by_key.items(), key=lambda item: (-_with_check(item[1]), -len(item[1]))):
        name = key if ": " in key else f"{key}:"
        yield _with_ids(f"`{name}` is missing: {_rules(len(waiting))}, {_of_them(waiting)}", waiting, width)
    if bool(by_key) == bool(by_kind):
        yield "" if by_key else "nothing is missing"
    for kind, undecided in sorted(by_kind.items(), key=lambda item: -len(item[1])):
        yield _with_ids(f"no check yet by {KINDS[kind]} ({kind}): {_rules(len(undecided))}", undecided, width)


def _with_check(rows: Sequence[Row]) -> int:
    return sum(row.state != "no check yet" for row in rows)


def _of_them(rows: Sequence[Row]) -> str:
    checked = _with_check(rows)
    if checked == len(rows):
        return "with a check" if checked == 1 else "all with a check"
    return f"{checked} with a check" if checked else "without a check yet"


def _with_ids(lead: str, rows: Sequence[Row], width: int) -> str:
    """Return the line with as many of the rules' ids as have room, one at least, each of them whole."""
    ids = [row.rule.id for row in rows]
    shown = len(ids)
    while True:
        more = ", …" if shown < len(ids) else ""
        line = f"{lead} ({', '.join(ids[:shown])}{more})"
        if len(line) <= width or shown == 1:
            return line
        shown -= 1


def _summary(rows: Sequence[Row], told: Told | None) -> Iterator[str]:
    from pytest_golive.commands.rule_rows import STATES

    number = Counter(row.state for row in rows)
    yield f"{_rules(len(rows))}: {', '.join(f'{number[state]} {state}' for state in STATES if number[state])}"
    if told is None:
        yield "With a golive.yaml this also tells which keys rules wait for; `golive init` writes one."
        return
    waiting = sum(bool(row.waits_for) for row in rows)
    decided = sum(not row.open and not row.not_applicable for row in rows)
    yield f"{told.name}: {decided} can be decided as a whole, {waiting} wait for a key of golive.yaml"


def _rules(number: int) -> str:
    return "1 rule" if number == 1 else f"{number} rules"


def _short(key: str) -> str:
    """Return a key without the environment and vendor that the whole table is about."""
    parts = key.split(".")
    if parts[0] != "environments":
        return key
    return ".".join(parts[4:] or parts[2:])


def _cut(line: str, width: int) -> str:
    line = line.rstrip()
    return line if len(line) <= width else f"{line[: max(width - 1, 0)]}…"
