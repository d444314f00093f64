"""Prometheus rule files: the one golive writes, and the team's own, read for what they need to be tried."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pytest_golive.review.alerts.alerting import NEEDS, Limits, expression
from pytest_golive.review.names import MetricNames

_EQUAL = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|=)\s*"((?:[^"\\]|\\.)*)"')


class RuleFileProblem(Exception):
    """A rule file cannot be read; the text says which and why."""


@dataclass(frozen=True, slots=True)
class AlertRule:
    """An alert as a rule file defines it.

    Attributes:
        name: of the alert.
        expression: PromQL.
        file: where it stands.
    """

    name: str
    expression: str
    file: Path


def rule_file(chosen: Mapping[str, tuple[Iterable[str], str]], names: MetricNames, limits: Limits) -> str:
    """Return a Prometheus rule file.

    Args:
        chosen: vendor -> the alerts of its checklist, and the matchers of its series.
        names: how metrics and labels are called.
        limits: from what on alerts fire.
    """
    groups = [
        {"name": f"golive-{vendor}", "rules": [_rule(name, vendor, names, limits, matchers) for name in needs]}
        for vendor, (needs, matchers) in chosen.items()
    ]
    text = yaml.safe_dump({"groups": groups}, sort_keys=False, width=1000, allow_unicode=True)
    return f"# Written by `golive alerts`; names and limits come from golive.yaml.\n{text}"


def _rule(name: str, vendor: str, names: MetricNames, limits: Limits, matchers: str) -> dict[str, Any]:
    need = NEEDS[name]
    promql, holds = expression(name, names, limits, matchers)
    urgent = name in {"unauthorized", "volume"}
    return {
        "alert": need.alert,
        "expr": promql,
        **({} if holds == "0m" else {"for": holds}),
        "labels": {"severity": "critical" if urgent else "warning", "vendor": vendor},
        "annotations": {"summary": need.summary},
    }


def read_alerts(path: Path) -> tuple[AlertRule, ...]:
    """Return the alerts of a rule file: Prometheus' own format, or a PrometheusRule of Kubernetes.

    Raises:
        RuleFileProblem: it cannot be read.
    """
    try:
        documents = list(yaml.safe_load_all(path.read_text(encoding="utf-8")))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        told = str(error).splitlines()[0]
        raise RuleFileProblem(f"{path} cannot be read: {told}") from error
    rules = [rule for document in documents for group in _groups(document) for rule in _list(group.get("rules"))]
    return tuple(
        AlertRule(str(rule["alert"]), str(rule.get("expr", "")), path)
        for rule in rules
        if isinstance(rule, dict) and "alert" in rule
    )


def groups_of(path: Path) -> list[Any]:
    """Return the groups of a rule file as promtool takes them, those of a PrometheusRule unwrapped."""
    return [group for document in yaml.safe_load_all(path.read_text(encoding="utf-8")) for group in _groups(document)]


def matched_labels(rules: Iterable[AlertRule]) -> Mapping[str, str]:
    """Return labels that series need to be seen by these alerts: what their selectors ask for, but a status."""
    wanted: dict[str, str] = {}
    for rule in rules:
        for name, how, value in _EQUAL.findall(rule.expression):
            first = value.partition("|")[0].strip("()^$") if how == "=~" else value
            if how == "=" or re.fullmatch(r"[\w:./-]+", first):
                wanted.setdefault(name, first)
    return wanted


def _groups(document: Any) -> list[Mapping[str, Any]]:
    if not isinstance(document, dict):
        return []
    spec = document.get("spec")
    inside = spec if isinstance(spec, dict) else document
    return [group for group in _list(inside.get("groups")) if isinstance(group, dict)]


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []
