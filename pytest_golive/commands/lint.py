"""Look through what people vouch for, waive and declare not applicable: what is wrong, over, or ends soon."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_golive.commands import manifest_file
from pytest_golive.commands.console import Refused, must_be_known, say

if TYPE_CHECKING:
    from pytest_golive.manifest.model import Manifest
    from pytest_golive.people.register import Register

ERROR, WARNING = "error", "warning"


def declare(parser: argparse.ArgumentParser) -> None:
    """Name the options."""
    parser.add_argument("--env", metavar="NAME", help="only this environment of golive.yaml; default: every one")
    parser.add_argument("--manifest", type=Path, metavar="PATH", help="golive.yaml; default: the one here")


def run(arguments: argparse.Namespace) -> int:
    """Print what was found; return 1 if something is wrong or over, 0 if all is in order or only ends soon.

    Raises:
        Refused: golive.yaml or a file it names cannot be used.
    """
    path: Path = arguments.manifest or manifest_file.USUAL
    manifest = manifest_file.load(path)
    if arguments.env is not None:
        must_be_known(arguments.env, manifest.environments, "environment")
    names = [arguments.env] if arguments.env else list(manifest.environments)
    found: dict[tuple[str, str], list[str]] = {}
    for name in names:
        for kind, line in _looked(_register(manifest, name, path.parent)):
            found.setdefault((kind, line), []).append(name)
    for (kind, line), where in sorted(found.items(), key=lambda item: item[0][0]):
        say(f"{kind}: {line}{'' if where == names else f' ({chr(44).join(where)})'}")
    errors = sum(kind == ERROR for kind, _ in found)
    say(_counted(errors, len(found) - errors))
    return int(errors > 0)


def _register(manifest: Manifest, name: str, folder: Path) -> Register:
    from pytest_golive.manifest.mistake import Mistakes
    from pytest_golive.people.register import register_of

    try:
        return register_of(manifest, name, folder)
    except Mistakes as mistakes:
        raise Refused(str(mistakes)) from None


def _looked(register: Register) -> Iterator[tuple[str, str]]:
    for gap in register.gaps:
        if gap.problem:
            yield ERROR, f"{gap.place}: {gap.kind} {gap.name}: {gap.problem}"
        elif gap.warning:
            yield WARNING, f"{gap.place}: {gap.kind} {gap.name}: {gap.warning}"
    counted = [gap for gap in register.gaps if gap.is_counted and gap.holds]
    if len(counted) > register.ceiling:
        named = ", ".join(gap.name for gap in counted)
        yield ERROR, f"{len(counted)} gaps are accepted, and {register.ceiling} may be: {named}"
    for vendor, features in register.unapproved.items():
        for feature in _with_blockers(vendor, features):
            told = f"`golive not-applicable --feature {feature} --vendor {vendor}` writes who agrees"
            yield ERROR, f"the feature {feature} of {vendor} is switched off, and blockers with it: {told}"
    for (_, rule), judged in register.judged.items():
        if judged.state == "wrong" or (judged.state == "missing" and judged.record is not None):
            yield ERROR, f"{rule}: {judged.text}"
        elif judged.warning:
            yield WARNING, judged.warning


def _with_blockers(vendor: str, features: frozenset[str]) -> list[str]:
    from pytest_golive.people.rules_known import known_rules

    known = known_rules()
    about = {each: known.about_feature(vendor, each) for each in sorted(features)}
    return [each for each, rules in about.items() if any(known.is_blocker(rule.id) for rule in rules)]


def _counted(errors: int, warnings: int) -> str:
    if not errors and not warnings:
        return "all is in order"
    told = [f"{errors} {'error' if errors == 1 else 'errors'}"] if errors else []
    told += [f"{warnings} {'warning' if warnings == 1 else 'warnings'}"] if warnings else []
    return ", ".join(told)
