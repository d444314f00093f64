"""The JSON Schemas that are made from types and packs, and checked in for editors and other programs.

::

    python -m pytest_golive.report.schema_files
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from pydantic import BaseModel, TypeAdapter

from pytest_golive.facts.ledger import Record
from pytest_golive.manifest.schema import manifest_schema, schema_of
from pytest_golive.people.records import AttestationsFile, WaiversFile
from pytest_golive.report.verdict_file import VerdictFile
from pytest_golive.vendors.keys import all_vendor_keys
from pytest_golive.vendors.library import schemas_folder

DIALECT = "https://json-schema.org/draft/2020-12/schema"


def generated() -> dict[str, str]:
    """Return file name and text of each schema, as they have to stand in `schemas/`."""
    return {
        "golive.schema.json": _text(manifest_schema(all_vendor_keys())),
        "attestations.schema.json": _text(_of_people(AttestationsFile, "attestations")),
        "waivers.schema.json": _text(_of_people(WaiversFile, "waivers")),
        "ledger.schema.json": _text(ledger_schema()),
        "verdict.schema.json": _text(verdict_schema()),
    }


def verdict_schema() -> dict[str, Any]:
    """Return the schema of ``golive-verdict.json``."""
    schema = VerdictFile.model_json_schema(mode="serialization")
    return {"$schema": DIALECT, "$id": "urn:golive:verdict", **schema, "title": "golive-verdict.json"}


def ledger_schema() -> dict[str, Any]:
    """Return the schema of one line of the ledger."""
    schema = TypeAdapter(Record).json_schema(mode="serialization")
    numbered = {
        "n": {"type": "integer", "minimum": 1, "description": "number of the line"},
        "at": {"type": "string", "description": "when it was written, UTC"},
        "before": {"type": "string", "description": "SHA-256 of the line before it; 64 zeros in the first line"},
    }
    return {
        "$schema": DIALECT,
        "$id": "urn:golive:ledger",
        "title": "One line of ledger.jsonl",
        "type": "object",
        "properties": numbered,
        "required": ["n", "at", "before", "fact"],
        **schema,
    }


def _of_people(model: type[BaseModel], name: str) -> dict[str, Any]:
    """Return the schema of a file that people write."""
    return {"$schema": DIALECT, "$id": f"urn:golive:{name}", **schema_of(model), "title": f"{name}.yaml"}


def write(folder: Path) -> None:
    """Write every generated schema into `folder`."""
    for name, text in generated().items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def _text(schema: object) -> str:
    return json.dumps(schema, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    write(schemas_folder())
