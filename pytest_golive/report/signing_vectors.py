"""Deliveries by which anybody can try a verifier, as files: one for each vendor's scheme and each preset.

::

    python -m pytest_golive.report.signing_vectors
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from pytest_golive.signing.presets import PRESETS
from pytest_golive.signing.scheme import Scheme
from pytest_golive.signing.vectors import Parties, parties_of, vectors
from pytest_golive.vendors.library import packs, read_pack, schemas_folder

FOLDER = "signing"
SCHEMA = "vectors.schema.json"
DIALECT = "https://json-schema.org/draft/2020-12/schema"


def schemes() -> dict[str, tuple[str, Scheme]]:
    """Return every scheme by the name of its file, with the name its secrets are made of."""
    found: dict[str, tuple[str, Scheme]] = {}
    for vendor in packs():
        webhooks = read_pack(vendor).webhooks
        for name, scheme in webhooks.signing.items() if webhooks is not None else ():
            found[f"{vendor}.{name}"] = (vendor, scheme)
    return found | {f"preset.{name}": (name.replace("_", "-"), scheme) for name, scheme in PRESETS.items()}


def generated() -> dict[str, str]:
    """Return file name and text of everything in `schemas/signing/`."""
    texts = {f"{name}.json": _text(_file(name, parties)) for name, parties in _all()}
    return {**texts, SCHEMA: _text(vectors_schema())}


def write(folder: Path) -> None:
    """Write all of it into `folder`, and remove what is there no more."""
    folder.mkdir(exist_ok=True)
    texts = generated()
    for old in folder.glob("*.json"):
        if old.name not in texts:
            old.unlink()
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def vectors_schema() -> dict[str, Any]:
    """Return the schema of a file of vectors."""
    text = {"type": "string"}
    vector = {
        "id": {"type": "string", "pattern": "^[a-z0-9_]+$", "description": "its name within the file"},
        "said": {"type": "string", "description": "what is special about it"},
        "secrets": {
            "type": "array",
            "items": text,
            "description": "what the receiver has; public keys where there are two",
        },
        "method": text,
        "url": {"type": "string", "format": "uri", "description": "the address it came to"},
        "headers": {"type": "object", "additionalProperties": text},
        "body_base64": {"type": "string", "contentEncoding": "base64"},
        "now": {"type": "integer", "description": "Unix seconds on the receiver's clock"},
        "verdict": {"enum": ["genuine", "refused"]},
        "reason": {
            "enum": [None, "missing", "malformed", "stale", "wrong"],
            "description": "why it is refused: a header is missing, or not written by the scheme; the time is too far "
            "off; nothing fits the delivery and the secrets. Null where it is genuine",
        },
    }
    top = {
        "golive": {"const": 1},
        "scheme": {"type": "string", "description": "VENDOR.NAME or preset.NAME"},
        "parameters": {"type": "object", "description": "how deliveries are proven, as a pack says it"},
        "username": {"type": "string", "description": "who sends, for basic"},
        "header_name": {"type": "string", "description": "the header that was agreed, for {header_name}"},
        "vectors": {"type": "array", "minItems": 1, "items": _closed(vector)},
    }
    title = "Deliveries to try a verifier of webhook signatures by"
    return {"$schema": DIALECT, "$id": "urn:golive:signing-vectors", "title": title, **_closed(top)}


def _all() -> Iterator[tuple[str, Parties]]:
    for name, (owner, scheme) in schemes().items():
        yield name, parties_of(scheme, owner)


def _file(name: str, parties: Parties) -> dict[str, Any]:
    plain = Scheme.model_validate({key: getattr(parties.scheme, key) for key in Scheme.model_fields}).model_dump(
        mode="json", exclude_defaults=True
    )
    return {
        "golive": 1,
        "scheme": name,
        "parameters": plain,
        "username": parties.username,
        "header_name": parties.header_name,
        "vectors": [vector.plain() for vector in vectors(parties)],
    }


def _closed(properties: Mapping[str, Any]) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": list(properties), "additionalProperties": False}


def _text(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"


if __name__ == "__main__":
    write(schemas_folder() / FOLDER)
