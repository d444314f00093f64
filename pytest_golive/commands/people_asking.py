"""What `attest`, `waive` and `not-applicable` have in common: which rules are meant, what is missing, where it goes."""

from __future__ import annotations

import argparse
import subprocess
import sys
from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_golive.commands import manifest_file
from pytest_golive.commands.console import Refused, must_be_known, say

if TYPE_CHECKING:
    from pytest_golive.manifest.model import Manifest
    from pytest_golive.people.rules_known import KnownRules
    from pytest_golive.people.writing import Record
    from pytest_golive.vendors.rule import Rule

NO_WORDS = "takes one rule, or one section of a vendor's page in quotes"


def declare_common(parser: argparse.ArgumentParser, what: str) -> None:
    """Name what every one of them takes."""
    parser.add_argument("what", metavar="RULE|SECTION", help=what)
    parser.add_argument("--vendor", metavar="NAME", help="whose section it is, or whose case of a general rule")
    parser.add_argument("--env", metavar="NAME", help="only in this environment; default: everywhere")
    parser.add_argument("--manifest", type=Path, metavar="PATH", help="golive.yaml; default: the one here")


def today() -> str:
    """Return the day it is, UTC."""
    return datetime.now(UTC).strftime("%Y-%m-%d")


def loaded(arguments: argparse.Namespace) -> tuple[Manifest, Path]:
    """Return golive.yaml and where it lies.

    Raises:
        Refused: it cannot be read, or has no such environment.
    """
    path: Path = arguments.manifest or manifest_file.USUAL
    manifest = manifest_file.load(path)
    if arguments.env is not None:
        must_be_known(arguments.env, manifest.environments, "environment")
    return manifest, path


def meant(arguments: argparse.Namespace, known: KnownRules, manifest: Manifest) -> tuple[str, tuple[Rule, ...]]:
    """Return the vendor and the rules that a word on the command line means.

    Raises:
        Refused: no rule or section is called so, or sections of several vendors are.
    """
    if arguments.vendor is not None:
        must_be_known(arguments.vendor, known.vendors, "vendor")
    what: str = arguments.what
    if what in known:
        owners = [vendor for vendor in known.vendors if any(rule.id == what for rule in known.books[vendor])]
        return (owners[0] if owners else arguments.vendor or ""), (known.by_id[what],)
    used = [vendor for each in manifest.environments.values() for vendor in each.vendors]
    vendors = [arguments.vendor] if arguments.vendor else list(dict.fromkeys(used)) or list(known.vendors)
    having = [vendor for vendor in vendors if _section(known, vendor, what)]
    if len(having) > 1:
        raise Refused(f"several vendors have a section {what!r}: add --vendor {' or --vendor '.join(having)}")
    if having:
        return having[0], known.section(having[0], _section(known, having[0], what))
    if known.may_be_the_teams(what) or "-" not in what:
        sections = [section for vendor in vendors for section in known.sections(vendor)]
        must_be_known(what, dict.fromkeys(sections), "section")
    raise Refused(known.unknown(what))


def _section(known: KnownRules, vendor: str, typed: str) -> str:
    """Return a vendor's section as its page writes it, whatever the letter case; empty where it has none."""
    return next((each for each in known.sections(vendor) if each.casefold() == typed.casefold()), "")


def asked(given: str | None, option: str, question: str, default: str = "") -> str:
    """Return what was given on the command line, else what the person at the keyboard answers.

    Raises:
        Refused: nobody answers, or only a placeholder.
    """
    from pytest_golive.people.said import is_said

    answer = given
    if answer is None:
        sys.stdout.write(f"{question}{f' [{default}]' if default else ''}: ")
        sys.stdout.flush()
        line = sys.stdin.readline() if sys.stdin is not None and not sys.stdin.closed else ""
        if not line:
            say()
            raise Refused(f"{option} is missing: {question[0].lower()}{question[1:]}")
        answer = line.strip() or default
    if not is_said(answer):
        raise Refused(f"{option} is not filled in")
    return " ".join(answer.split())


def me(folder: Path) -> str:
    """Return who git says is at the keyboard; empty where it says nothing."""
    told = [_git(folder, "config", name) for name in ("user.name", "user.email")]
    return f"{told[0]} <{told[1]}>" if all(told) else told[0]


def head(folder: Path) -> str:
    """Return the commit that is checked out; empty where there is none."""
    return _git(folder, "rev-parse", "HEAD")


def _git(folder: Path, *words: str) -> str:
    try:
        told = subprocess.run(  # noqa: S603  # the arguments are golive's own
            ["git", "-C", str(folder), *words],  # noqa: S607  # git is where the user has it
            capture_output=True,
            text=True,
            timeout=10,
            check=True,
        )
    except (OSError, subprocess.SubprocessError):
        return ""
    return told.stdout.strip()


def write_records(
    path: Path, key: str, records: Sequence[Record], judge: Callable[[Path], object], *, head_line: bool = True
) -> None:
    """Put records into a file, unless it would be wrong then.

    Args:
        path: the file; made where it is not there.
        key: the list they go to.
        records: what to write.
        judge: reads the file as a run does.
        head_line: whether a new file begins with its version.

    Raises:
        Refused: it cannot be written, or what is said is not right.
    """
    from pytest_golive.manifest.mistake import Mistakes
    from pytest_golive.people.writing import CannotAppend, with_items

    before = path.read_text(encoding="utf-8") if path.is_file() else None
    try:
        text = with_items(before if before is not None else "golive: 1\n" * head_line, key, records)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8", newline="\n")
        judge(path)
    except CannotAppend as problem:
        raise Refused(f"{path}: {problem}") from None
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}") from None
    except (Mistakes, Refused) as mistakes:
        _put_back(path, before)
        raise Refused(f"nothing is written:\n{mistakes}") from None


def _put_back(path: Path, before: str | None) -> None:
    if before is None:
        path.unlink(missing_ok=True)
    else:
        path.write_text(before, encoding="utf-8", newline="\n")


def name_file(manifest: Path, key: str, file: str) -> None:
    """Name a new file in golive.yaml, or say which line to add."""
    from pytest_golive.people.writing import CannotAppend, with_key

    try:
        manifest.write_text(with_key(manifest.read_text(encoding="utf-8"), key, file), encoding="utf-8", newline="\n")
    except (CannotAppend, OSError) as problem:
        say(f"{manifest}: {problem}")
    else:
        say(f"{manifest} names it now: {key}: {file}")
