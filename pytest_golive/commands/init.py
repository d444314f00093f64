"""Write a first golive.yaml for the vendors you name, with comments that say what each key is for."""

from __future__ import annotations

import argparse
import shlex
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_golive.commands.console import Refused, must_be_known, say

if TYPE_CHECKING:
    from pytest_golive.vendors.pack import Pack

USUAL = Path("golive.yaml")


def declare(parser: argparse.ArgumentParser) -> None:
    """Name the options."""
    parser.add_argument("--vendor", action="append", metavar="NAME", help="vendor you call, may be repeated")
    parser.add_argument("--path", type=Path, default=USUAL, help="where to write; default: golive.yaml")
    parser.add_argument("--force", action="store_true", help="overwrite what is there")


def run(arguments: argparse.Namespace) -> int:
    """Write the file, and tell what to do next.

    Raises:
        Refused: a vendor is unknown, or the file is there already or cannot be written.
    """
    from pytest_golive.commands.manifest_text import PRODUCTION, STAGING, golive_yaml
    from pytest_golive.vendors.library import packs, read_pack

    known = packs()
    if not arguments.vendor:
        raise Refused(f"name a vendor with --vendor; there are: {', '.join(known)}")
    for vendor in arguments.vendor:
        must_be_known(vendor, known, "vendor")
    chosen = [read_pack(vendor) for vendor in dict.fromkeys(arguments.vendor)]
    path: Path = arguments.path
    _write(path, golive_yaml(_project(path), chosen), force=arguments.force)
    say(f"{path} is written: {', '.join(pack.title for pack in chosen)} in {STAGING} and {PRODUCTION}. Next:")
    say()
    for line in _next(path, chosen):
        say(f"  {line}")
    return 0


def _project(path: Path) -> str:
    """Return the folder's name: what a team calls its repository."""
    name = path.absolute().parent.resolve().name or "integration"
    return name.encode("utf-8", "replace").decode("utf-8")


def _write(path: Path, text: str, *, force: bool) -> None:
    try:
        with path.open("w" if force else "x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise Refused(f"{path} is there already and stays as it is; --force overwrites it") from None
    except OSError as error:
        raise Refused(f"{path} cannot be written: {error.strerror}") from None


def _next(path: Path, packs: Sequence[Pack]) -> list[str]:
    from pytest_golive.commands.manifest_text import STAGING, variables

    named = shlex.quote(str(path))
    elsewhere = path != USUAL
    exports = " ".join(f"{name}=…" for name in variables(packs, STAGING))
    manifest = f" --golive-manifest {named}" if elsewhere else ""
    return [
        f"golive rules --missing{f' --manifest {named}' if elsewhere else ''}",
        f"pytest -m prerelease --env sandbox{manifest}",
        f"export {exports}; pytest -m prerelease --env {STAGING}{manifest}",
    ]
