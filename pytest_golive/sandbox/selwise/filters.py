"""Whether a filter lets an event pass."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

NOTHING = object()


def passes(filters: Mapping[str, Any], event: str, payload: Mapping[str, Any]) -> bool:
    """Return whether the filters of a provider let an event pass; without one of its own it does."""
    mine = filters.get(event)
    if mine is None:
        return True
    return bool(mine["enabled"]) and all(_holds(condition, payload) for condition in mine.get("conditions", ()))


def _holds(condition: Mapping[str, Any], payload: Mapping[str, Any]) -> bool:
    found = _at(payload, condition["field"])
    if condition["operator"] == EXISTS:
        return (found is not NOTHING) is (condition.get("value", True) is not False)
    if found is NOTHING:
        return False
    try:
        return bool(COMPARED[condition["operator"]](found, condition.get("value")))
    except TypeError:  # a number compared with a text
        return False


def _at(payload: Any, path: str) -> Any:
    for name in path.split("."):
        if not isinstance(payload, Mapping) or name not in payload:
            return NOTHING
        payload = payload[name]
    return payload


COMPARED: Mapping[str, Callable[[Any, Any], object]] = {
    "eq": lambda found, value: found == value,
    "neq": lambda found, value: found != value,
    "gt": lambda found, value: found > value,
    "gte": lambda found, value: found >= value,
    "lt": lambda found, value: found < value,
    "lte": lambda found, value: found <= value,
    "in": lambda found, value: found in value,
    "not_in": lambda found, value: found not in value,
    "contains": lambda found, value: value in found,
}

EXISTS = "exists"

OPERATORS = (*COMPARED, EXISTS)
"""The operators that a condition may compare by."""
