"""The list of webhook endpoints: where each lies, whose events it takes, how it proves them, in which version."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import combinations

from pytest_golive.papers.text.placeholders import is_placeholder
from pytest_golive.papers.text.tabular import Columns, Line

COLUMNS: Columns = {
    "address": ("url", "address", "endpoint", "uri", "target", "target_url", "endpoint_url", "adresse", "endereço"),
    "mode": ("mode", "environment", "env", "stage", "live", "livemode", "modus", "umgebung", "ambiente", "modo"),
    "secret": (
        "secret",
        "secret_ref",
        "secret_reference",
        "signing_secret",
        "webhook_secret",
        "secret_name",
        "secret_env",
        "secret_variable",
        "secret_key",
        "key",
        "geheimnis",
        "segredo",
        "secreto",
    ),
    "version": ("version", "api_version", "payload_version", "pinned_version", "event_version", "versão", "versión"),
    "events": (
        "events",
        "event_types",
        "types",
        "subscribed_events",
        "enabled_events",
        "subscriptions",
        "topics",
        "ereignisse",
        "eventos",
    ),
    "build": ("build", "commit", "revision", "build_id", "release", "image", "digest"),
}

NEEDED = ("address", "mode", "secret", "events")
"""What has to be known of every endpoint, its version aside."""

_LIVE = re.compile(r"\b(?:live|prod(?:uction|uktion|ução|ucción)?|true)\b", re.IGNORECASE)
_VARIABLE = re.compile(r"\$?\{?[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+\}?")
_OFTEN_ALIKE = re.compile(r"^(?:see |vault$|yes|no$|ok$|rotated|set$)", re.IGNORECASE)


def _may_be_two(name: str, value: str) -> bool:
    """Whether one word may stand for two secrets: a variable has another value in each environment."""
    return name == "secret" and bool(_OFTEN_ALIKE.search(value) or _VARIABLE.fullmatch(value))


def alike(endpoints: Sequence[Line]) -> list[str]:
    """Return the variables that several endpoints take their secrets from."""
    named = Counter(each.told["secret"] for each in endpoints if _VARIABLE.fullmatch(each.told["secret"]))
    return [name for name, times in named.items() if times > 1]


def is_live(endpoint: Line) -> bool:
    """Whether an endpoint takes the events of real customers."""
    return bool(_LIVE.search(endpoint.told["mode"]))


def unknown(endpoint: Line) -> list[str]:
    """Return what is not known of an endpoint."""
    return [name for name in NEEDED if is_placeholder(endpoint.told[name])]


def shared(endpoints: Sequence[Line]) -> Iterator[str]:
    """Yield what two endpoints have in common that each needs for itself."""
    for one, other in combinations(endpoints, 2):
        for name in ("address", "secret"):
            mine, theirs = one.told[name].rstrip("/"), other.told[name].rstrip("/")
            if mine and mine == theirs and not is_placeholder(mine) and not _may_be_two(name, mine):
                yield f"{one.place} and {other.place} share the {name}" + (f" {mine}" if name == "address" else "")
