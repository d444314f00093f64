"""The structure of a body: which fields it holds and of what kind, whatever their values."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import Any

from pytest_golive.contract.judge import kind_of

LOOKED_AT = 50
"""Items of a list that are looked at; a list of thousands repeats itself."""

Structure = Mapping[str, frozenset[str]]
"""Path, ``items[].status``, to the kinds of values there, in words; what a list holds is joined."""


def structure_of(body: Any) -> Structure:
    """Return the structure of a body."""
    kinds: dict[str, set[str]] = defaultdict(set)
    for path, kind in _walk(body, ""):
        kinds[path].add(kind)
    return {path: frozenset(found) for path, found in kinds.items()}


def always_there(items: list[Any]) -> frozenset[str]:
    """Return the fields that every item of a list holds."""
    fields = [frozenset(item) for item in items[:LOOKED_AT] if isinstance(item, Mapping)]
    return frozenset.intersection(*fields) if fields else frozenset()


def _walk(value: Any, path: str) -> Iterator[tuple[str, str]]:
    yield path, kind_of(value)
    if isinstance(value, Mapping):
        for name, each in value.items():
            yield from _walk(each, f"{path}.{name}" if path else str(name))
    elif isinstance(value, list):
        for each in value[:LOOKED_AT]:
            yield from _walk(each, f"{path}[]")
