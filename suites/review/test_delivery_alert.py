"""The alert on failed deliveries goes to somebody."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import yaml

from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.review.alerts.routes import Routes, RoutesProblem, alerts_in
from pytest_golive.review.alerts.rules import groups_of
from pytest_golive.review.asking import files_named, routes_named

ALERTS, ROUTES = "monitoring.alerts", "monitoring.routes"

SHOWN = 5

DELIVERIES = re.compile(r"web-?_?hook|deliver(?:y|ies)|zustellung|entrega", re.IGNORECASE)
FAILED = re.compile(r"fail|error|success|status|5\.\.|[45]xx|unhealthy|reject|fehl|falh|falla", re.IGNORECASE)


def test_alert_on_failed_deliveries_reaches_somebody(golive: Golive, planned: PlannedCheck) -> None:
    """Each alert on failed deliveries is sent to a receiver that reaches somebody.

    If this fails: point the route of the alert at a receiver with an address, a channel or a pager.
    """
    del planned
    alerts = [each for file in files_named(ALERTS, golive.reviews.alert_files) for each in _on_deliveries(golive, file)]
    if not alerts:
        golive.cannot_tell(
            "an alert has to be about failed deliveries",
            expected="one that names webhooks or deliveries, and their failures",
            actual=f"none in {', '.join(path.name for path in golive.reviews.alert_files)}",
        )
    routes = routes_named(ROUTES, golive.reviews.route_files)
    lost = [told for name, labels in alerts if (told := _lost(name, labels, routes))]
    golive.must(
        "the alert on failed deliveries has to reach somebody",
        not lost,
        expected="a receiver with an address, a channel or a pager",
        actual="; ".join(lost[:SHOWN]),
    )
    golive.note(f"on failed deliveries: {', '.join(name for name, _ in alerts[:SHOWN])}")


def _lost(name: str, labels: Mapping[str, str], routes: Sequence[Routes]) -> str:
    """Return why nobody hears of an alert; empty where somebody does."""
    told = [f"{name} goes to {receiver or 'nobody'}" for each in routes for receiver in each.of(labels)]
    reached = (
        known.reaches
        for each in routes
        for receiver in each.of(labels)
        if (known := each.receivers.get(receiver)) is not None
    )
    return "" if any(reached) else f"{told[0] if told else f'{name} goes nowhere'}, which reaches nobody"


def _on_deliveries(golive: Golive, file: Path) -> Iterator[tuple[str, Mapping[str, str]]]:
    __tracebackhide__ = True
    try:
        labels = {each.name: each.labels for each in alerts_in(file)}
        rules = [rule for group in groups_of(file) for rule in _rules(group)]
    except (RoutesProblem, OSError, UnicodeDecodeError, yaml.YAMLError) as problem:
        golive.cannot_tell("alerts have to be readable", expected="a rule file of Prometheus", actual=str(problem))
        raise
    metric = golive.reviews.names.metrics.get("delivery_failures", "")
    for rule in rules:
        name, text = str(rule["alert"]), f"{rule['alert']} {rule.get('expr', '')}"
        if (metric and metric.partition("{")[0] in text) or (DELIVERIES.search(text) and FAILED.search(text)):
            yield name, labels[name]


def _rules(group: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    rules = group.get("rules")
    return [rule for rule in rules if isinstance(rule, dict) and "alert" in rule] if isinstance(rules, list) else []
