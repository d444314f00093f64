"""Grafana's own model of a dashboard, as its foundation SDK is generated from it: does a dashboard fit?"""

from __future__ import annotations

import enum
import json
import sys
import types
import typing
from collections.abc import Iterator
from typing import Any

from grafana_foundation_sdk.cog.encoder import JSONEncoder
from grafana_foundation_sdk.cog.plugins import register_default_plugins
from grafana_foundation_sdk.models.dashboard import Dashboard

SDK = "grafana_foundation_sdk"


def mistakes(told: dict[str, Any]) -> list[str]:
    """Return what of a dashboard Grafana's model does not know, loses, or has another type for."""
    register_default_plugins()
    read = Dashboard.from_json(told)
    written = json.loads(JSONEncoder(sort_keys=True).encode(read))
    return [*_lost(told, written, "dashboard"), *_of_object(read, "dashboard")]


def _lost(told: Any, written: Any, where: str) -> Iterator[str]:
    """Yield what does not come back from the model; what it fills in by itself does not matter."""
    if isinstance(told, dict) and isinstance(written, dict):
        for name, value in told.items():
            if name in written:
                yield from _lost(value, written[name], f"{where}.{name}")
            elif value is not None:
                yield f"{where}.{name} is not known"
    elif isinstance(told, list) and isinstance(written, list) and len(told) == len(written):
        for number, (one, other) in enumerate(zip(told, written, strict=True)):
            yield from _lost(one, other, f"{where}[{number}]")
    elif told != written:
        yield f"{where} is {told!r}, and comes back as {written!r}"


def _of_object(value: Any, where: str) -> Iterator[str]:
    kind = type(value)
    hints = typing.get_type_hints(kind, vars(sys.modules[kind.__module__]))
    for name, hint in hints.items():
        if not _fits(getattr(value, name), hint):
            yield f"{where}.{name} is {getattr(value, name)!r}, and no {hint}"
        for number, one in enumerate(_inside(getattr(value, name))):
            yield from _of_object(one, f"{where}.{name}[{number}]")


def _inside(value: Any) -> Iterator[Any]:
    each = value if isinstance(value, list) else list(value.values()) if isinstance(value, dict) else [value]
    yield from (one for one in each if type(one).__module__.startswith(SDK) and not isinstance(one, enum.Enum))


def _fits(value: Any, hint: Any) -> bool:
    origin, inner = typing.get_origin(hint), typing.get_args(hint)
    if origin in {typing.Union, types.UnionType}:
        return any(_fits(value, one) for one in inner)
    if origin in {list, dict}:
        each = value.values() if isinstance(value, dict) else value
        return isinstance(value, origin) and all(_fits(one, inner[-1]) for one in each)
    return value in inner if origin is typing.Literal else _is_of(value, hint)


def _is_of(value: Any, kind: Any) -> bool:
    """Whether a value is of a type; a word where the model has an enumeration, a whole number where it has any."""
    if kind is typing.Any or not isinstance(kind, type):
        return True
    if issubclass(kind, enum.Enum):
        return value in {one.value for one in kind}
    if kind in {int, float}:
        return isinstance(value, (int, kind)) and not isinstance(value, bool)
    return isinstance(value, kind)
