"""Whether a stored filter lets an event pass, judged here and not at the vendor."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from pytest_golive.vendors.pack import Pack

FRESH = re.compile(r"{fresh:(\w+)}")
ABSENT: Any = object()


class UnknownOperator(LookupError):
    """A condition compares in a way that golive does not know, so nothing can be said."""


def reference_payload(pack: Pack, event: str) -> dict[str, Any] | None:
    """Return a right example of what an event is about; None where the pack has none of that name."""
    events = pack.webhooks.events if pack.webhooks is not None else {}
    return _named(dict(events[event].data)) if event in events else None


def lets_pass(filters: Mapping[str, Any], event: str, payload: Mapping[str, Any]) -> bool:
    """Return whether filters let an event pass: no entry filters nothing, and all conditions have to hold.

    Raises:
        UnknownOperator: a condition compares in a way that is not known.
    """
    mine = filters.get(event)
    if not isinstance(mine, Mapping):
        return True
    if mine.get("enabled") is False:
        return False
    return all(holds(condition, payload) for condition in mine.get("conditions") or ())


def holds(condition: Mapping[str, Any], payload: Mapping[str, Any]) -> bool:
    """Return whether one condition holds; about a field that is absent none does, but that it does not exist.

    Raises:
        UnknownOperator: it compares in a way that is not known.
    """
    operator, value = str(condition.get("operator")), condition.get("value")
    found = _field(payload, str(condition.get("field")))
    if operator == "exists":
        return (found is not ABSENT) is (value is not False)
    if operator not in {"eq", "neq", "gt", "gte", "lt", "lte", "in", "not_in", "contains"}:
        raise UnknownOperator(operator)
    if found is ABSENT:
        return False
    try:
        return _compared(operator, found, value)
    except TypeError:
        return False


def _compared(operator: str, found: Any, value: Any) -> bool:
    if operator in {"eq", "neq"}:
        return bool(found == value) is (operator == "eq")
    if operator in {"in", "not_in"}:
        return (found in value) is (operator == "in")
    if operator == "contains":
        return bool(value in found)
    if operator in {"gt", "lte"}:
        return bool(found > value) is (operator == "gt")
    return bool(found < value) is (operator == "lt")


def _field(payload: Any, path: str) -> Any:
    for name in path.split("."):
        if not isinstance(payload, Mapping) or name not in payload:
            return ABSENT
        payload = payload[name]
    return payload


def _named(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _named(inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [_named(inner) for inner in value]
    return FRESH.sub(lambda match: f"golive-{match[1]}", value) if isinstance(value, str) else value
