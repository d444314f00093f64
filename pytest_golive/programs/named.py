"""What golive.yaml names as `module:attribute`: the Python object itself."""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Any


def found(name: str) -> Any:
    """Return what ``module:attribute`` names.

    Raises:
        SystemExit: there is none; says why.
    """
    module, _, attribute = name.partition(":")
    try:
        place: Any = importlib.import_module(module)
    except ModuleNotFoundError as error:
        if error.name is None or not module.startswith(error.name):
            raise
        raise SystemExit(f"no module named {error.name}, looked for in {Path.cwd()}") from None
    for step in attribute.split("."):
        if not hasattr(place, step):
            raise SystemExit(f"the module {module} has no {attribute}")
        place = getattr(place, step)
    return place
