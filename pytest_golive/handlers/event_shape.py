"""What may stand where in an event: out of the pack's example and of the event's schema."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from pytest_golive.facts.body_path import at
from pytest_golive.vendors.library import read_schema
from pytest_golive.vendors.pack import Pack
from pytest_golive.vendors.webhooks import Webhooks

WORD = re.compile("[a-z]+(_[a-z]+)*")
"""How the values of a closed list are written: open, in_transit."""


def place_of(webhooks: Webhooks) -> str:
    """Return the field of the envelope that holds what the event is about."""
    return next(name for name, value in webhooks.envelope.items() if value == "{data}")


def leaves(value: Any, path: str) -> Iterator[tuple[str, Any]]:
    """Yield every value that is no object, with its path; what stands in lists is left out."""
    if isinstance(value, Mapping) and value:
        for name, inner in value.items():
            yield from leaves(inner, f"{path}.{name}")
    else:
        yield path, value


def in_common(values: Sequence[Any]) -> Any:
    """Return what all of these have in common: names of objects all the way down, with the first one's values."""
    if not values:
        return {}
    first, *others = values
    if not all(isinstance(each, Mapping) for each in values):
        return first
    shared = [name for name in first if all(name in each for each in others)]
    return {name: in_common([each[name] for each in values]) for name in shared}


def is_word(value: Any) -> bool:
    """Whether this may be one of a closed list of values."""
    return isinstance(value, str) and WORD.fullmatch(value) is not None


def nulls(pack: Pack, event: str) -> list[str]:
    """Return the paths that may hold null; not those within another that may."""
    found = [path for path, schema, _ in _within_data(pack, event) if "null" in _types(schema)]
    return [path for path in found if not any(path.startswith(f"{other}.") for other in found)]


def optional(pack: Pack, event: str) -> list[str]:
    """Return the paths that may be missing."""
    return [path for path, _, needed in _within_data(pack, event) if not needed]


def empty_lists(pack: Pack, event: str) -> list[str]:
    """Return the paths that may hold an empty list."""
    found = _within_data(pack, event)
    return [path for path, schema, _ in found if "array" in _types(schema) and not schema.get("minItems")]


def required(pack: Pack, event: str) -> list[str]:
    """Return the paths that have to be there, those of the envelope first."""
    schema = _schema(pack, event)
    return [path for path, _, needed in _properties(schema, "", needed=True) if needed]


def _within_data(pack: Pack, event: str) -> list[tuple[str, Mapping[str, Any], bool]]:
    """Return path, schema and whether it is required, of all in the data but what the event cannot be told without."""
    assert pack.webhooks is not None, "asked for a vendor that sends"
    known, place = pack.webhooks.events[event], place_of(pack.webhooks)
    told = [path for path in (known.subject, known.changed_at) if path]
    return [
        (path, schema, needed)
        for path, schema, needed in _properties(_schema(pack, event), "", needed=True)
        if path.startswith(f"{place}.")
        and not any(one == path or one.startswith(f"{path}.") for one in told)
        and isinstance(at({place: known.data}, path.rpartition(".")[0]), Mapping)
    ]


def _schema(pack: Pack, event: str) -> Mapping[str, Any]:
    assert pack.webhooks is not None, "asked for a vendor that sends"
    return read_schema(pack.vendor, pack.webhooks.events[event].json_schema)


def _properties(schema: Mapping[str, Any], path: str, *, needed: bool) -> Iterator[tuple[str, Mapping[str, Any], bool]]:
    demanded = set(schema.get("required", ()))
    for name, inner in schema.get("properties", {}).items():
        there = f"{path}.{name}" if path else name
        is_needed = needed and name in demanded
        yield there, inner, is_needed
        yield from _properties(inner, there, needed=is_needed)


def _types(schema: Mapping[str, Any]) -> tuple[str, ...]:
    kind = schema.get("type", ())
    return (kind,) if isinstance(kind, str) else tuple(kind)
