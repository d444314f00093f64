"""Right handlers and their mutants: one piece of the source replaced, one fault each."""

from __future__ import annotations

import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pytest_golive.handlers.lab import Lab
from pytest_golive.handlers.setup import Setup, set_up
from pytest_golive.manifest.model import Handler, Manifest
from pytest_golive.sandbox.rehearsal import EXAMPLE

PROGRAMS = Path(__file__).parent / "programs"

RIGHT = {"flask_handler.py": PROGRAMS / "flask_handler.py", "handler.py": EXAMPLE / "handler.py"}
"""The right handlers that mutants are made of; both take the same variables."""


@dataclass(frozen=True)
class Mutant:
    """A handler with one fault.

    Attributes:
        fault: the fault it has.
        old: the piece of the right handler's source that is replaced; it stands there once.
        new: what stands in its place.
        actual: what the finding says was seen; `{…}` stands for what differs from run to run.
        expected: what the finding says was expected.
        source: the right handler it is made of.
        vendor: whose events it takes; the example handler knows several.
    """

    fault: str
    old: str
    new: str
    actual: str
    expected: str
    source: str = "flask_handler.py"
    vendor: str = "timely"


def written(mutant: Mutant, folder: Path) -> Path:
    """Write a mutant's source, and return where."""
    source = RIGHT[mutant.source].read_text()
    assert source.count(mutant.old) == 1, f"{mutant.old!r} stands {source.count(mutant.old)} times in {mutant.source}"
    path = folder / mutant.source
    shutil.copy(EXAMPLE / "vendor_api.py", folder)  # what the example handler imports
    path.write_text(source.replace(mutant.old, mutant.new))
    return path


def flask_setup(folder: Path, source: Path = PROGRAMS / "flask_handler.py", **changes: Any) -> Setup:
    """Return the set-up of the Flask handler, or of a mutant of it, with every lever golive knows."""
    said: dict[str, Any] = {
        "vendor": "timely",
        "command": [sys.executable, str(source)],
        "path": "/hooks/timely",
        "ready": "/healthz",
        "downstream": True,
        "environ": {
            "PORT": "{port}",
            "WEBHOOK_SECRET": "{secret}",
            "PREVIOUS_WEBHOOK_SECRET": "{previous_secret}",
            "RETIRED_WEBHOOK_SECRET": "{retired_secret}",
            "FOREIGN_WEBHOOK_SECRET": "{foreign_secret}",
            "TENANT": "{tenant}",
            "MODE": "{mode}",
            "VENDOR": changes.get("vendor", "timely"),
            "DOWNSTREAM_URL": "{downstream_url}",
            "VENDOR_API_URL": "{base_url}",
            "VENDOR_API_KEY": "{api_key}",
            "DATABASE": str(folder / "shop.sqlite"),
        },
        "reconcile_seconds": 3,
        "effects": {"path": "/golive/effects"},
        **changes,
    }
    manifest = Manifest(golive=1, project="shop", handlers={"shop-hooks": Handler(**said)})
    return set_up(manifest, "shop-hooks", folder)


@contextmanager
def under_test(setup: Setup) -> Iterator[Lab]:
    """Have a handler in the lab."""
    lab = Lab(setup)
    try:
        yield lab
    finally:
        lab.close()
