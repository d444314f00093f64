"""Replace a key: list the steps in their order, note before the first what is used now, or rehearse all of them.

`plan` prints for each step what golive checks after it, and the command for it. `begin` notes which key is used, and
submits something that is asked for again once the key was replaced. `rehearse` replaces keys of the embedded vendors.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_golive.commands.console import Refused, must_be_known, say
from pytest_golive.commands.manifest_file import USUAL, environment_must_be_known, load

if TYPE_CHECKING:
    from pytest_golive.manifest.model import Manifest
    from pytest_golive.vendors.pack import Pack, RotationStep
    from pytest_golive.vendors.rule import Rule

PLAN, BEGIN, REHEARSE = "plan", "begin", "rehearse"
WORDS = (PLAN, BEGIN, REHEARSE)
NO_WORDS = f"takes one word of {', '.join(WORDS)}, and was given another"

SANDBOX = "sandbox"

PLACEHOLDER = "NAME"
"""Stands for an environment where none is known."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Name the options."""
    parser.add_argument(
        "what",
        metavar="|".join(WORDS),
        help="plan: print the steps, nobody is asked; begin: note the key in use, and submit an async request; "
        "rehearse: go through all of it in the sandbox",
    )
    parser.add_argument(
        "--skip", metavar="STEP", action="append", default=[], help="rehearse without this step, and see who misses it"
    )
    parser.add_argument("--vendor", metavar="NAME", help="only this vendor's; default: those of golive.yaml, or all")
    parser.add_argument(
        "--env", metavar="NAME", help="the environment whose key is replaced; default: that of production"
    )
    parser.add_argument("--manifest", metavar="PATH", type=Path, help="golive.yaml; default: the one here, if any")
    parser.add_argument(
        "--root", type=Path, default=Path(), metavar="PATH", help="pytest's root folder; default: this one"
    )


def run(arguments: argparse.Namespace) -> int:
    """Print the plan, begin, or rehearse.

    Raises:
        Refused: there is no such vendor or environment, or golive.yaml is not right.
    """
    must_be_known(arguments.what, WORDS, "word")
    if arguments.what == REHEARSE:
        from pytest_golive.commands.rotate_rehearse import rehearse

        return rehearse(arguments)
    if arguments.skip:
        raise Refused(f"--skip leaves out a step of `golive rotate {REHEARSE}`")
    path = arguments.manifest or USUAL
    begins = arguments.what == BEGIN
    if begins and arguments.env == SANDBOX:
        raise Refused("the sandbox remembers nothing: begin in an environment of golive.yaml")
    manifest = load(path) if begins or arguments.manifest is not None or path.is_file() else None
    environment = _environment(manifest, arguments.env)
    if begins:
        from pytest_golive.commands.rotate_begin import begin

        return begin(arguments, environment, _vendors_to_begin(manifest, environment, arguments.vendor))
    return _print(arguments, manifest, environment)


def _print(arguments: argparse.Namespace, manifest: Manifest | None, environment: str) -> int:
    from pytest_golive.vendors.library import read_pack, read_rules

    shown = 0
    for vendor in _vendors(manifest, environment, arguments.vendor):
        pack = read_pack(vendor)
        if not pack.rotation:
            continue
        if shown:
            say()
        shown += 1
        for line in _plan(pack, {rule.id: rule for rule in read_rules(vendor)}, environment):
            say(line)
    if not shown:
        raise Refused(
            f"no steps are known for {arguments.vendor or 'any of these vendors'}; its pack has no `rotation`"
        )
    return 0


def _environment(manifest: Manifest | None, asked: str | None) -> str:
    """Return the environment that commands name: the one asked for, else production, else the first."""
    if manifest is None:
        return asked or PLACEHOLDER
    if asked is not None:
        environment_must_be_known(asked, manifest)
        return asked
    in_order = sorted(manifest.environments, key=lambda name: not manifest.environments[name].production)
    return in_order[0] if in_order else PLACEHOLDER


def _vendors(manifest: Manifest | None, environment: str, asked: str | None) -> tuple[str, ...]:
    from pytest_golive.vendors.library import packs

    if asked is not None:
        must_be_known(asked, packs(), "vendor")
        return (asked,)
    there = manifest.environments.get(environment) if manifest is not None else None
    named = there.vendors if there is not None else {}
    return tuple(vendor for vendor in packs() if vendor in named) or packs()


def _vendors_to_begin(manifest: Manifest | None, environment: str, asked: str | None) -> tuple[str, ...]:
    """Return the vendors of an environment, or the one of them that is asked for."""
    there = manifest.environments.get(environment) if manifest is not None else None
    named = tuple(there.vendors) if there is not None else ()
    if asked is not None:
        must_be_known(asked, named, "vendor")
        return (asked,)
    return named


def _plan(pack: Pack, rules: dict[str, Rule], environment: str) -> Iterator[str]:
    yield f"{pack.title}, {environment}: replace the key"
    yield ""
    yield "Before the first step:"
    yield f"    $ golive rotate begin --env {environment} --vendor {pack.vendor}"
    for number, step in enumerate(pack.rotation, start=1):
        yield ""
        yield f"{number:>2}. {step.title}"
        yield f"    {_source(pack, step)}"
        for name in step.rules:
            yield f"    {name}  {rules[name].title}{_undecided(rules[name])}"
        if step.rules:
            yield f"    $ {_command(environment, ','.join(step.rules))}"
    yield ""
    yield "All of it, now and a day after:"
    yield f"    $ {_command(environment)}"


def _source(pack: Pack, step: RotationStep) -> str:
    if step.source is None:
        return "assumed: the vendor's pages do not say it"
    return f"{step.evidence}: {pack.docs}{pack.pages[step.source]}"


def _undecided(rule: Rule) -> str:
    """Return what of a rule this version cannot look at."""
    from pytest_golive.readiness.plan import landed

    open_ = [part for part in rule.decided_by if not landed(part)]
    if not open_:
        return ""
    return " (no check yet)" if len(open_) == len(rule.decided_by) else " (in part)"


def _command(environment: str, only: str = "") -> str:
    return f"pytest -m postrotation --env {environment}" + (f" --golive-only {only}" if only else "")
