"""Remove what killed runs left at the vendors, as .golive/journal.jsonl remembers it.

Not while a run is going on: what it has just created would be gone.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_golive.commands import manifest_file
from pytest_golive.commands.console import say

if TYPE_CHECKING:
    from pytest_golive.exchange.journal import Created, Journal
    from pytest_golive.golive import Golive
    from pytest_golive.manifest.model import Manifest

SANDBOX = "sandbox"


def declare(parser: argparse.ArgumentParser) -> None:
    """Name the options."""
    parser.add_argument("--env", metavar="NAME", help="only what was left in this environment")
    parser.add_argument(
        "--manifest", type=Path, metavar="PATH", help="golive.yaml; default: the one in the root folder"
    )
    parser.add_argument(
        "--root", type=Path, default=Path(), metavar="PATH", help="pytest's root folder; default: this one"
    )
    parser.add_argument("--dry-run", action="store_true", help="tell what is there, and remove nothing")


def run(arguments: argparse.Namespace) -> int:
    """Remove what was left; return 1 if something is still there.

    Raises:
        Refused: golive.yaml is needed and cannot be read, or does not have the environment.
    """
    from pytest_golive.exchange.journal import Journal, forget_removed
    from pytest_golive.run import journal_path

    manifest: Path = arguments.manifest or arguments.root / manifest_file.USUAL
    place = journal_path(arguments.root)
    left = _left(place, arguments.env, manifest)
    if not left:
        say("nothing is left behind" + (f" in {arguments.env}" if arguments.env else ""))
    elif arguments.dry_run:
        return _tell(left)
    still_there = _sweep_all(left, manifest, Journal(place))
    forget_removed(place)
    return int(still_there)


def _left(place: Path, only: str | None, manifest: Path) -> dict[str, list[Created]]:
    """Return what is left by environment, newest first; of one environment only, if it is named."""
    from pytest_golive.exchange.journal import unremoved

    left: dict[str, list[Created]] = {}
    for thing in unremoved(place):
        left.setdefault(thing.environment, []).append(thing)
    if only is None:
        return left
    if only in left:
        return {only: left[only]}
    if manifest.is_file():
        manifest_file.environment_must_be_known(only, manifest_file.load(manifest))
    return {}


def _tell(left: Mapping[str, Sequence[Created]]) -> int:
    for name, things in left.items():
        for thing in things:
            verb = "remove" if thing.puts_back is None else "put back"
            say(f"{name}: would {'forget' if name == SANDBOX else verb} {_words(thing)}")
    return int(set(left) != {SANDBOX})


def _sweep_all(left: Mapping[str, Sequence[Created]], path: Path, journal: Journal) -> bool:
    """Remove all of it; return whether something is still there."""
    for thing in left.get(SANDBOX, ()):
        journal.remove(thing)
        say(f"{SANDBOX}: forgot {_words(thing)}: an embedded vendor remembers nothing once it has ended")
    elsewhere = {name: things for name, things in left.items() if name != SANDBOX}
    if not elsewhere:
        return False
    manifest = manifest_file.load(path)
    still_there = [_sweep(manifest, path, name, things, journal) for name, things in elsewhere.items()]
    return any(still_there)


def _sweep(manifest: Manifest, path: Path, name: str, things: Sequence[Created], journal: Journal) -> bool:
    """Remove what was left in one environment, a line for each thing; return whether something is still there."""
    from pytest_golive.manifest.mistake import Mistakes

    try:
        with _golive(manifest, path, name, journal) as golive:
            problems = [_remove(golive, thing) for thing in things]
    except Mistakes as mistakes:
        first, *more = mistakes.mistakes
        why = f"{first} (and {len(more)} more)" if more else str(first)
        problems = [f"left behind: {_words(thing)}: {why}" for thing in things]
        for line in problems:
            say(f"{name}: {line}")
    return any(problems)


@contextmanager
def _golive(manifest: Manifest, path: Path, name: str, journal: Journal) -> Iterator[Golive]:
    """Open an environment as a run does.

    Raises:
        Mistakes: golive.yaml does not have it, or a value cannot be read here.
    """
    from pytest_golive.golive import Golive
    from pytest_golive.manifest.environment import resolve
    from pytest_golive.manifest.known_secrets import redactor_for
    from pytest_golive.vendors.keys import all_vendor_keys

    folder = path.absolute().parent
    environment = resolve(manifest, name, folder, all_vendor_keys())
    golive = Golive(
        {name: environment},
        name,
        run="sweep",
        sandbox=False,
        redactor=redactor_for([environment]),
        journal=journal,
        repository=folder / manifest.source.repository,
    )
    try:
        yield golive
    finally:
        golive.close()


def _remove(golive: Golive, thing: Created) -> str:
    """Remove one thing and tell it; return the line if it is still there."""
    from pytest_golive.exchange.cleaning import remove_all

    environment = golive.environment
    vendors = {name: golive.vendor(name) for name in environment.targets}
    problem = "".join(remove_all([thing], vendors, golive.journal))
    # Without an id nobody knows whether the vendor ever made it; now it is not there.
    removed = f"removed {_words(thing)}{'' if thing.id else ', if it was ever made'}"
    done = removed if thing.puts_back is None else f"put back {_words(thing)}"
    say(golive.redactor.scrub(f"{environment.name}: {problem or done}"))
    return problem


def _words(thing: Created) -> str:
    kind = thing.kind if thing.puts_back is None else "the former state of"
    return f"{kind} {thing.id or thing.name} at {thing.vendor}"
