"""The JSON Schemas that are made from types and packs, and checked in for editors.

::

    python -m pytest_golive.vendors.schema_files
"""

from __future__ import annotations

import json
from pathlib import Path

from pytest_golive.manifest.schema import manifest_schema
from pytest_golive.vendors.keys import all_vendor_keys
from pytest_golive.vendors.library import schemas_folder


def generated() -> dict[str, str]:
    """Return file name and text of each schema, as they have to stand in `schemas/`."""
    return {"golive.schema.json": _text(manifest_schema(all_vendor_keys()))}


def write(folder: Path) -> None:
    """Write every generated schema into `folder`."""
    for name, text in generated().items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def _text(schema: object) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    write(schemas_folder())
