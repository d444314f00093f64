"""Whom alerts are sent to: the routes of Alertmanager, or the notification policies of Grafana."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pytest_golive.review.alerts.rules import groups_of

DEEPEST = 12

RECEIVER = "__receiver__"
"""Stands among the labels of an alert that names its receiver itself, as Grafana's may."""

_MATCHER = re.compile(r"""^\s*["']?([\w.-]+)["']?\s*(=~|!~|!=|=)\s*["']?(.*?)["']?\s*$""", re.DOTALL)


class RoutesProblem(Exception):
    """A file of routes cannot be read as such; the text says which and why."""


class _Loader(yaml.SafeLoader):
    """Reads a sign of equality, and what bears a tag of its own, as text."""


def _text(_: _Loader, node: yaml.Node) -> str:
    return str(node.value)


def _tagged(loader: _Loader, _: str, node: yaml.Node) -> str:
    return _text(loader, node)


_Loader.add_constructor("tag:yaml.org,2002:value", _text)
_Loader.add_multi_constructor("!", _tagged)


@dataclass(frozen=True, slots=True)
class Receiver:
    """Somebody who is told.

    Attributes:
        name: as the file calls it.
        reaches: whether anything is sent to anybody.
        told: all that the file says about it, for names of teams.
    """

    name: str
    reaches: bool
    told: str


@dataclass(frozen=True, slots=True)
class Alert:
    """An alert, as its rule defines it.

    Attributes:
        name: of the alert.
        labels: those it is routed by.
        text: all that its rule says.
    """

    name: str
    labels: Mapping[str, str]
    text: str

    @property
    def is_for_nobody(self) -> bool:
        """Whether it is meant to reach nobody: what always fires, to show that alerting works."""
        return self.name in _FOR_NOBODY or self.labels.get("severity") == "none"


_FOR_NOBODY = {"Watchdog", "InfoInhibitor", "DeadMansSwitch", "DeadMansSnitch"}


@dataclass(frozen=True, slots=True)
class Routes:
    """Which alerts go to whom.

    Attributes:
        file: where that stands.
        root: the first route, with those below it.
        receivers: by name.
    """

    file: str
    root: Mapping[str, Any]
    receivers: Mapping[str, Receiver]

    def of(self, labels: Mapping[str, str]) -> tuple[str, ...]:
        """Return the names of those who are told about an alert with these labels."""
        if RECEIVER in labels:
            return (labels[RECEIVER],)
        return tuple(dict.fromkeys(_followed(self.root, labels, str(self.root.get("receiver", "")), 0)))


def routes_in(paths: Sequence[Path]) -> tuple[Routes, ...]:
    """Read the routes of some files; receivers may stand in another file than the routes to them.

    Raises:
        RoutesProblem: one cannot be read, or none holds routes.
    """
    roots: list[tuple[str, Mapping[str, Any]]] = []
    receivers: dict[str, Receiver] = {}
    for path in paths:
        found = [mapping for document in _documents(path) for mapping in _with_routes(document, 0)]
        policies = [policy for each in found for policy in _entries(each.get("policies"))]
        own = [each["route"] for each in found if isinstance(each.get("route"), dict)] + policies
        roots += [(path.name, root) for root in own]
        receivers |= {each.name: each for mapping in found for each in _receivers(mapping)}
    if not roots:
        raise RoutesProblem(f"{', '.join(path.name for path in paths)} holds no routes")
    return tuple(Routes(file, root, receivers) for file, root in roots)


def _documents(path: Path) -> list[Any]:
    try:
        return list(yaml.load_all(path.read_text(encoding="utf-8"), _Loader))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise RoutesProblem(f"{path.name} cannot be read: {str(error).splitlines()[0]}") from None


def alerts_in(path: Path) -> tuple[Alert, ...]:
    """Return the alerts of a rule file of Prometheus or Grafana.

    Raises:
        RoutesProblem: it cannot be read.
    """
    try:
        groups = groups_of(path)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise RoutesProblem(f"{path.name} cannot be read: {str(error).splitlines()[0]}") from None
    rules = [rule for group in groups for rule in _entries(group.get("rules")) if {"alert", "title"} & set(rule)]
    return tuple(Alert(_name(rule), _labels(rule), _words(rule)) for rule in rules)


def _name(rule: Mapping[str, Any]) -> str:
    return str(rule.get("alert") or rule.get("title"))


def _labels(rule: Mapping[str, Any]) -> dict[str, str]:
    given = rule.get("labels")
    own = {str(name): str(value) for name, value in given.items()} if isinstance(given, dict) else {}
    settings = rule.get("notification_settings")
    receiver = settings.get("receiver") if isinstance(settings, dict) else None
    return {**own, "alertname": _name(rule), **({RECEIVER: str(receiver)} if receiver else {})}


def _with_routes(value: Any, depth: int) -> Iterator[Mapping[str, Any]]:
    """Yield the mappings that hold routes or receivers, wherever a chart keeps them."""
    if depth > DEEPEST or not isinstance(value, dict):
        return
    if {"route", "receivers", "policies", "contactPoints"} & set(value):
        yield value
        return
    for each in value.values():
        if isinstance(each, str) and "receiver" in each and "\n" in each:
            try:
                each = next(yaml.load_all(each, _Loader), None)  # noqa: PLW2901  # a configuration in a ConfigMap
            except yaml.YAMLError:
                continue
        yield from _with_routes(each, depth + 1)


def _receivers(mapping: Mapping[str, Any]) -> Iterator[Receiver]:
    for each in _entries(mapping.get("receivers")):
        ways = [value for name, value in each.items() if re.search(r"_?configs$", str(name), re.IGNORECASE) and value]
        yield Receiver(str(each.get("name", "")), bool(ways), _words(each))
    for point in _entries(mapping.get("contactPoints")):
        yield Receiver(str(point.get("name", "")), bool(point.get("receivers")), _words(point))


def _words(value: Any) -> str:
    """Return all texts of a receiver."""
    if isinstance(value, dict):
        return " ".join(_words(each) for each in value.values())
    if isinstance(value, list):
        return " ".join(map(_words, value))
    return "" if value is None else str(value)


def _followed(route: Mapping[str, Any], labels: Mapping[str, str], inherited: str, depth: int) -> Iterator[str]:
    receiver = str(route.get("receiver") or inherited)
    matched = False
    for child in _entries(route.get("routes")):
        if depth < DEEPEST and _matches(child, labels):
            matched = True
            yield from _followed(child, labels, receiver, depth + 1)
            if not child.get("continue"):
                return
    if not matched:
        yield receiver


def _matches(route: Mapping[str, Any], labels: Mapping[str, str]) -> bool:
    return all(_fits(labels.get(name, ""), how, value) for name, how, value in _matchers(route))


def _matchers(route: Mapping[str, Any]) -> Iterator[tuple[str, str, str]]:
    for key, how in (("match", "="), ("match_re", "=~")):
        given = route.get(key)
        if isinstance(given, dict):
            yield from ((str(name), how, str(value)) for name, value in given.items())
    for each in (*_list(route.get("matchers")), *_list(route.get("object_matchers"))):
        if isinstance(each, dict):
            yield str(each.get("name", "")), str(each.get("matchType", "=")), str(each.get("value", ""))
        elif isinstance(each, list) and len(each) == 3:  # name, sign, value
            yield str(each[0]), str(each[1]), str(each[2])
        else:
            for part in re.split(r",(?=\s*[\w.-]+\s*(?:=~|!~|!=|=))", str(each).strip("{} ")):
                if found := _MATCHER.match(part):
                    yield found[1], found[2], found[3]


def _fits(value: str, how: str, wanted: str) -> bool:
    if how in {"=", "!="}:
        return (value == wanted) is (how == "=")
    try:
        found = re.fullmatch(wanted, value) is not None
    except re.error:
        return True
    return found is (how == "=~")


def _entries(value: Any) -> Sequence[Mapping[str, Any]]:
    return [each for each in _list(value) if isinstance(each, dict)]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [] if value is None else [value]
