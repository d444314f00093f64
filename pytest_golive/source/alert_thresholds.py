"""From what on the alerts of a file fire: the limits, how long they have to be passed, and over what span, by name."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import yaml

from pytest_golive.source.values import canonical, values_in

_LIMIT = re.compile(r"(?:[<>]=?|==|!=)\s*(?:bool\s+)?(-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?)")
_WINDOW = re.compile(r"\[\s*([\dsmhdwy]+)\s*(?::[^\]]*)?\]")
_DURATION = re.compile(r"(\d+(?:\.\d+)?)(ms|s|m|h|d|w|y)")
_SECONDS = {"ms": 0.001, "s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800, "y": 31_536_000}
_OTHER = re.compile(
    r"threshold|limit|critical|warning|evaluator|params|\bfor\b|window|period|evaluation|datapoints|burn|value",
    re.IGNORECASE,
)
"""How the limits of alerts are called that are no Prometheus rules."""


def thresholds_in(name: str, text: str) -> dict[str, str]:
    """Return the limits of a file's alerts: alert and what of it -> the value; none of a file that cannot be read.

    Args:
        name: the file's name.
        text: what it holds.
    """
    try:
        documents = list(yaml.safe_load_all(text)) if not name.endswith(".tf") else []
    except (yaml.YAMLError, ValueError, RecursionError):
        documents = []
    found: dict[str, str] = {}
    for rule in (rule for document in documents for rule in _rules(document)):
        for what, value in _limits(rule):
            found[_unused(found, f"{_title(rule)}.{what}")] = value
    if found:
        return found
    return {place: value for place, value in values_in(name, text).items() if _OTHER.search(place)}


def seconds_of(duration: str) -> str:
    """Return a span of Prometheus, as 5m or 1h30m, in seconds; anything else as it is."""
    parts = _DURATION.findall(duration)
    if not parts or "".join(number + unit for number, unit in parts) != duration.strip():
        return canonical(duration)
    return canonical(sum(float(number) * _SECONDS[unit] for number, unit in parts))


def _rules(value: Any, depth: int = 0) -> Iterator[Mapping[str, Any]]:
    """Yield the alerts of a document, however deep its groups lie."""
    if depth > 8:
        return
    if isinstance(value, dict):
        if "alert" in value and "expr" in value:
            yield value
            return
        for each in value.values():
            yield from _rules(each, depth + 1)
    elif isinstance(value, list):
        for each in value:
            yield from _rules(each, depth + 1)


def _title(rule: Mapping[str, Any]) -> str:
    labels = rule.get("labels")
    severity = labels.get("severity") if isinstance(labels, dict) else None
    return f"{rule['alert']} ({severity})" if severity else str(rule["alert"])


def _limits(rule: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    expression = re.sub(r'"(?:[^"\\]|\\.)*"', '""', str(rule["expr"]))
    for number, limit in enumerate(_LIMIT.findall(expression), start=1):
        yield f"limit{number if number > 1 else ''}", canonical(limit)
    windows = dict.fromkeys(seconds_of(each) for each in _WINDOW.findall(expression))
    if windows:
        yield "window", ", ".join(windows)
    yield "for", seconds_of(str(rule.get("for", "0s")))


def _unused(found: Mapping[str, str], name: str) -> str:
    number = 2
    unused = name
    while unused in found:
        unused, number = f"{name} #{number}", number + 1
    return unused
