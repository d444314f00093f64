"""What is refused of a configuration beyond its schema: names that do not exist, forms of ids, masked secrets."""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from jsonschema import Draft202012Validator
from jsonschema.exceptions import best_match

from pytest_golive.sandbox.front import Refusal
from pytest_golive.sandbox.selwise.filters import OPERATORS
from pytest_golive.sandbox.selwise.state import ALIASES
from pytest_golive.vendors.library import read_pack, read_schema

MASKED = re.compile(r"^\*+$")
MOST_CONDITIONS = 20
LONGEST = 255
SHORTEST_SECRET = 16
TITLES = {"ga4": "GA4", "meta": "Meta", "gads": "Google Ads"}

NEEDED: Mapping[str, tuple[str, ...]] = {
    "none": (),
    "bearer": ("token",),
    "basic": ("username", "password"),
    "api_key": ("apiKey",),
    "hmac": ("secret",),
    "signature": ("secret",),
}
"""The members of `authConfig` that each way to prove a delivery needs."""


@cache
def canonical() -> frozenset[str]:
    """Return the names of the events there are."""
    webhooks = read_pack("selwise").webhooks
    return frozenset(webhooks.events) if webhooks is not None else frozenset()


def provider_of(name: str) -> str:
    """Return what a provider is stored under.

    Raises:
        Refusal: there is none of that name.
    """
    if name not in ALIASES:
        raise Refusal(400, f"provider must be one of {', '.join(ALIASES)}", field="provider")
    return ALIASES[name]


def check_integration(provider: str, body: Mapping[str, Any]) -> None:
    """Refuse a configuration that cannot be stored.

    Raises:
        Refusal: the first thing that is wrong.
    """
    if "config" in body:
        _check_config(provider, body["config"])
    _check_names("eventMapping", body.get("eventMapping", {}))
    _check_names("reverseEventMapping", body.get("reverseEventMapping", {}).values())
    _check_lengths(body)
    for event, mine in body.get("eventFilters", {}).items():
        _check_names("eventFilters", [event])
        conditions = mine.get("conditions", [])
        if len(conditions) > MOST_CONDITIONS:
            raise Refusal(400, f"eventFilters.{event} has too many conditions", field="eventFilters")
        for condition in conditions:
            if condition["operator"] not in OPERATORS:
                raise Refusal(400, f"operator must be one of {', '.join(OPERATORS)}", field="eventFilters")


def check_layer(body: Mapping[str, Any]) -> None:
    """Refuse a data layer that cannot be stored.

    Raises:
        Refusal: it maps to an event that does not exist.
    """
    _check_names("reverseEventMapping", body.get("reverseEventMapping", {}).values())


def check_hook(body: Mapping[str, Any], whole: Mapping[str, Any]) -> None:
    """Refuse a webhook that cannot be stored.

    Args:
        body: what was sent.
        whole: what would be stored.

    Raises:
        Refusal: the first thing that is wrong.
    """
    _check_url(body["url"])
    _check_names("events", body.get("events", ()))
    given = whole.get("authConfig") or {}
    if any(isinstance(value, str) and MASKED.match(value) for value in (body.get("authConfig") or {}).values()):
        raise Refusal(400, "authConfig holds a masked secret", field="authConfig")
    for name in NEEDED[whole.get("authType", "none")]:
        if not isinstance(given.get(name), str) or not given[name]:
            raise Refusal(400, f"authConfig.{name} is required", field="authConfig")
        if name == "secret" and len(given[name]) < SHORTEST_SECRET:
            raise Refusal(400, f"authConfig.secret has to have {SHORTEST_SECRET} characters", field="authConfig")


def _check_config(provider: str, config: Mapping[str, Any]) -> None:
    for name, value in config.items():
        if isinstance(value, str) and MASKED.match(value):
            raise Refusal(400, f"config.{name} is a masked secret", field="config")
    error = best_match(_config(provider).iter_errors(config))
    if error is not None:
        name = str(error.absolute_path[0]) if error.absolute_path else ""
        lacking = [each for each in _config(provider).schema["required"] if each not in config]
        told = f"config.{lacking[0]} is required" if lacking else f"config{'.' if name else ''}{name} is invalid"
        raise Refusal(400, told, field="config")


@cache
def _config(provider: str) -> Any:
    known = read_schema("selwise", "put_integration.request.json")["properties"]["config"]["anyOf"]
    return Draft202012Validator(next(each for each in known if each["title"] == TITLES[provider]))


def _check_names(field: str, names: Iterable[str]) -> None:
    for name in names:
        if name not in canonical():
            raise Refusal(400, f"{field}: {name} is not a canonical event", field=field)


def _check_lengths(body: Mapping[str, Any]) -> None:
    for field in ("eventMapping", "reverseEventMapping"):
        if any(len(text) > LONGEST for pair in body.get(field, {}).items() for text in pair):
            raise Refusal(400, f"{field} holds a name of more than {LONGEST} characters", field=field)


def _check_url(url: str) -> None:
    """Refuse what is no public address; this machine itself is let through, since handlers are developed on it."""
    parts = urlsplit(url)
    host = parts.hostname or ""
    if not host or parts.scheme not in {"http", "https"} or re.search(r"\s", url):
        raise Refusal(400, "url must be an absolute https URL", field="url")
    if is_loopback(host):
        return
    if parts.scheme != "https":
        raise Refusal(400, "url must be an absolute https URL", field="url")
    try:
        private = ipaddress.ip_address(host).is_private
    except ValueError:
        private = host.endswith((".local", ".internal", ".localhost"))
    if private:
        raise Refusal(400, "url must not lead into a private network", field="url")


def is_loopback(host: str) -> bool:
    """Whether a host is this machine itself."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
