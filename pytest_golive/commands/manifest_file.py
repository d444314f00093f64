"""The golive.yaml a command is about: where it lies, and what it says."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from pytest_golive.commands.console import Refused, must_be_known

if TYPE_CHECKING:
    from pytest_golive.manifest.model import Manifest

USUAL = Path("golive.yaml")


def load(path: Path) -> Manifest:
    """Read a golive.yaml.

    Raises:
        Refused: it is not there, or something is wrong in it.
    """
    from pytest_golive.manifest.load import load_manifest
    from pytest_golive.manifest.mistake import Mistakes
    from pytest_golive.vendors.keys import keys_for

    if not path.is_file():
        raise Refused(f"{path} is not there; `golive init` writes one")
    try:
        return load_manifest(path, keys_for(path))
    except Mistakes as mistakes:
        raise Refused(str(mistakes)) from None


def environment_must_be_known(name: str, manifest: Manifest) -> None:
    """Refuse an environment that golive.yaml does not have.

    Raises:
        Refused: with the nearest name, and with all of them.
    """
    must_be_known(name, (*manifest.environments, "sandbox"), "environment")
