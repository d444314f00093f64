"""What the vendor lists now: its providers, and the webhooks that are active."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_golive.changes.flow import WRITE
from pytest_golive.exchange.answer import Answer
from pytest_golive.exchange.vendor import Vendor

Listed = dict[str, Mapping[str, Any]]


def providers_listed(vendor: Vendor) -> Listed:
    """Return how each provider is configured now, by its name.

    Whether the whole answer fits its schema is for other checks to say.

    Raises:
        CheckFailed: the list is refused.
        CannotTell: it is of another shape.
    """
    return _providers(vendor)[1]


def providers_as_found(vendor: Vendor) -> Listed:
    """Return how each provider was configured before this run wrote over some of them, by its name.

    Raises:
        CheckFailed: the list is refused.
        CannotTell: it is of another shape.
    """
    found: Listed = {}
    for name, one in providers_listed(vendor).items():
        before = vendor.before.found(WRITE, {"provider": name})
        if before is None:
            found[name] = one
        elif before:
            found[name] = {**one, **before}
    return found


def providers_on(vendor: Vendor) -> Listed:
    """Return how each provider that is on is configured now.

    Raises:
        CheckFailed: the list is refused.
        CannotTell: it is of another shape, or does not tell which are on.
    """
    answer, listed = _providers(vendor)
    if not all("enabled" in one for one in listed.values()):
        answer.cannot_tell("tell which providers are on")
    return {name: one for name, one in listed.items() if one["enabled"]}


def webhooks_on(vendor: Vendor) -> Listed:
    """Return the active webhooks by their names; none where the team uses none.

    Raises:
        CheckFailed: the list is refused.
        CannotTell: it is of another shape.
    """
    if not vendor.has("webhooks"):
        return {}
    answer = vendor.call("list_webhooks")
    answer.must_succeed()
    items = _records(answer.json)
    if items is None or not all({"id", "name", "isActive"} <= one.keys() for one in items):
        answer.cannot_tell("tell id, name and isActive of each webhook")
    return {str(one["name"]): one for one in items if one["isActive"]}


def _providers(vendor: Vendor) -> tuple[Answer, Listed]:
    answer = vendor.call("list_integrations")
    answer.must_succeed()
    items = _records(answer.json)
    if items is None or not all(isinstance(one.get("provider"), str) for one in items):
        answer.cannot_tell("list each provider by its name")
    return answer, {str(one["provider"]): one for one in items}


def _records(body: Any) -> list[Mapping[str, Any]] | None:
    return body if isinstance(body, list) and all(isinstance(one, Mapping) for one in body) else None
