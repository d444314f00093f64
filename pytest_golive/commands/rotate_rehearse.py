"""`golive rotate rehearse`: a whole rotation with the embedded vendors, step by step, and what golive sees of it."""

from __future__ import annotations

import argparse
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from pytest_golive.commands.console import Refused, must_be_known, say

if TYPE_CHECKING:
    from pytest_golive.rotation.rehearsal import Told

MISSING = "the traffic of a rehearsal is read by DuckDB: pip install 'pytest-golive[logs]'"


def by_pytest(folder: Path, arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Run pytest in a folder, with further variables; return its exit code."""
    ran = subprocess.run(  # noqa: S603  # this Python's pytest
        [sys.executable, "-m", "pytest", *arguments],
        cwd=folder,
        env={**os.environ, **environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
    )
    return ran.returncode


def rehearse(arguments: argparse.Namespace) -> int:
    """Go through a rotation of each vendor's key, and print it; return 1 if golive found anything.

    Raises:
        Refused: there is no such vendor or step, or the service cannot be started.
    """
    from pytest_golive.rotation.story import SKIPPABLE
    from pytest_golive.sandbox.world import VENDORS

    if arguments.vendor is not None:
        must_be_known(arguments.vendor, VENDORS, "vendor")
    for name in arguments.skip:
        must_be_known(name, SKIPPABLE, "step")
    if find_spec("duckdb") is None:
        raise Refused(MISSING)
    found = False
    for number, vendor in enumerate([arguments.vendor] if arguments.vendor else VENDORS):
        if number:
            say()
        found = _rehearse(vendor, arguments.skip) or found
    return int(found)


def _rehearse(vendor: str, skip: Sequence[str]) -> bool:
    """Go through a rotation, a line or more for each step; return whether golive found anything."""
    from pytest_golive.rotation.rehearsal import WORKERS, Rehearsal
    from pytest_golive.rotation.story import SKIPPABLE
    from pytest_golive.sandbox.world import Sandbox
    from pytest_golive.vendors.library import read_pack

    say(f"{read_pack(vendor).title}: the key of a service of {WORKERS} workers is replaced")
    found: dict[str, str] = {}
    with tempfile.TemporaryDirectory(prefix="golive-rotation-") as folder, Sandbox((vendor,)) as sandbox:
        try:
            for told in Rehearsal(Path(folder), sandbox, vendor, by_pytest, skip).go():
                found.update(told.found)
                for line in _lines(told):
                    say(line)
        except OSError as error:
            raise Refused(f"the rehearsal ended: {error}") from None
    for name in skip:
        check = SKIPPABLE[name].missed_by
        say(
            f"  left out: {name}; " + (f"{check} misses it" if check in found else "no rule of this vendor asks for it")
        )
    return bool(found)


def _lines(told: Told) -> Iterator[str]:
    from pytest_golive.rotation.steps import written

    yield f"  {written(told.at)}  {told.step.name:<7}  {told.what}"
    if told.held:
        yield f"      holds: {', '.join(told.held)}"
    for name, why in told.found.items():
        yield f"      {name}: {why}"
