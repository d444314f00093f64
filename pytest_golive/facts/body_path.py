"""Places in a JSON body by dotted path: ``data.id``, ``page_info.next_cursor``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any


def at(body: Any, path: str) -> Any:
    """Return what stands at a path of a body, the body itself for the empty one, None where nothing stands.

    A number picks an item of a list: ``items.0.id``.
    """
    place = body
    for step in path.split(".") if path else ():
        if isinstance(place, Mapping):
            place = place.get(step)
        elif isinstance(place, list) and step.isdecimal() and int(step) < len(place):
            place = place[int(step)]
        else:
            return None
    return place


def first_at(body: Any, paths: Iterable[str]) -> Any:
    """Return what stands at the first of these paths where anything stands; None where nothing does."""
    return next((found for path in paths if (found := at(body, path)) is not None), None)


def holds(body: Any, path: str) -> bool:
    """Whether there is such a place in a body, be it null."""
    parent, _, name = path.rpartition(".")
    place = at(body, parent)
    return isinstance(place, Mapping) and name in place
