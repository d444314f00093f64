"""Whether two answers to the same call are alike: not in their values, but in fields and kinds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pytest_golive.contract.judge import KINDS
from pytest_golive.contract.structure import Structure, structure_of

NULL = KINDS["null"]
KIND_KEYWORDS = frozenset({"$ref", "enum", "const", "properties", "items", "allOf", "anyOf", "oneOf"})
"""What of a schema without a type says of what kind a value is."""

NUMBERS = frozenset({KINDS["integer"], KINDS["number"]})


def known_fields(schema: Any) -> frozenset[str]:
    """Return the paths of all fields a schema names, and of which it says what kind they are.

    Only these are compared: below any other name stand maps whose keys are data, and what may be of any kind, or of one
    of several, says nothing by being another one elsewhere.
    """
    return frozenset(_named(schema, schema, "", 0))


def unlike_parts(here: Any, there: Any, fields: frozenset[str]) -> list[str]:
    """Return in what two bodies are not alike, one sentence each; empty lists tell nothing about their items."""
    mine, other = structure_of(here), structure_of(there)
    told = []
    for path in sorted(fields & (mine.keys() | other.keys())):
        if not (_visible(path, mine) and _visible(path, other)):
            continue
        if path not in mine or path not in other:
            where = ("here", "there") if path in mine else ("there", "here")
            told.append(f"`{path}` is {where[0]} and not {where[1]}")
        elif not _compatible(mine[path], other[path]):
            told.append(f"`{path}` is {_or(mine[path])} here and {_or(other[path])} there")
    return told


def _visible(path: str, structure: Structure) -> bool:
    """Whether a body could hold this path: its parent is there, as an object."""
    parent, _, _ = path.rpartition(".")
    return KINDS["object"] in structure.get(parent, frozenset())


def _compatible(mine: frozenset[str], other: frozenset[str]) -> bool:
    left, right = mine - {NULL}, other - {NULL}
    return not left or not right or bool(left & right) or bool(left & NUMBERS and right & NUMBERS)


def _or(kinds: frozenset[str]) -> str:
    return " or ".join(sorted(kinds))


def _named(root: Any, schema: Any, path: str, depth: int) -> Iterator[str]:
    if not isinstance(schema, Mapping) or depth > 12:
        return
    if "$ref" in schema:
        yield from _named(root, _resolved(root, str(schema["$ref"])), path, depth + 1)
    for name, model in schema.get("properties", {}).items():
        inner = f"{path}.{name}" if path else str(name)
        if _is_of_one_kind(model):
            yield inner
        yield from _named(root, model, inner, depth + 1)
    yield from _named(root, schema.get("items"), f"{path}[]", depth + 1)
    for keyword in ("allOf", "anyOf", "oneOf"):
        for model in schema.get(keyword, ()):
            yield from _named(root, model, path, depth + 1)


def _is_of_one_kind(model: Any) -> bool:
    """Whether a schema says of what kind a value is; null beside it is no other kind."""
    if not isinstance(model, Mapping):
        return False
    types = model.get("type")
    if isinstance(types, list):
        return len(set(types) - {"null"}) == 1
    return types is not None or not model.keys().isdisjoint(KIND_KEYWORDS)


def _resolved(root: Any, reference: str) -> Any:
    place = root
    for step in reference.removeprefix("#").strip("/").split("/"):
        place = place.get(step, {}) if isinstance(place, Mapping) else {}
    return place
