"""Tries alerts with made-up series, by Prometheus' own `promtool test rules`."""

from __future__ import annotations

import re
import shutil
import subprocess
import tempfile
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pytest_golive.review.alerts.alerting import INCIDENT_MINUTES, Flow
from pytest_golive.review.alerts.rules import groups_of
from pytest_golive.review.names import METRICS, MetricNames
from pytest_golive.review.traffic import Label

TIMEOUT_SECONDS = 120.0

LOOKS_EVERY_MINUTES = 5

USUAL_VALUES = ("timeout", "ReadTimeout", "TimeoutError", "timed_out", "deadline_exceeded", "failed", "error", "500")
"""What labels that tell a failure hold."""

_FIRED = re.compile(r"alertname:\s*(?P<name>[^,\n]+),\s*time:")


class PromtoolProblem(Exception):
    """promtool could not try the alerts; the text is its own."""


@dataclass(frozen=True, slots=True)
class Tried:
    """What alerts did on made-up series.

    Attributes:
        fired: names of the alerts that fired at some time of the incident.
    """

    fired: frozenset[str]


def is_installed() -> bool:
    """Whether promtool is there."""
    return shutil.which("promtool") is not None


@dataclass(frozen=True, slots=True)
class Range:
    """Made-up series, and the alerts that are tried on them.

    Attributes:
        files: rule files.
        alerts: names of the alerts in them.
        names: how metrics and labels are called.
        labels: further labels of every series.
    """

    files: tuple[Path, ...]
    alerts: tuple[str, ...]
    names: MetricNames
    labels: Mapping[str, str]

    def try_on(self, flows: Sequence[Flow], minutes_before: int) -> Tried:
        """Return which alerts fire on these series, looked at every few minutes while the incident lasts.

        Raises:
            PromtoolProblem: they cannot be tried.
        """
        with tempfile.TemporaryDirectory(prefix="golive-alerts-") as folder:
            rules = Path(folder, "rules.yml")
            groups = [group for file in self.files for group in groups_of(file)]
            rules.write_text(yaml.safe_dump({"groups": _named_apart(groups)}), encoding="utf-8")
            test = Path(folder, "test.yml")
            test.write_text(yaml.safe_dump(self._test(rules, flows, minutes_before)), encoding="utf-8")
            return Tried(_fired(_run(test), self.alerts))

    def _test(self, rules: Path, flows: Sequence[Flow], minutes_before: int) -> dict[str, Any]:
        step = 1 if minutes_before <= 2 * 24 * 60 else 5
        times = range(minutes_before, minutes_before + INCIDENT_MINUTES + 1, LOOKS_EVERY_MINUTES)
        counted = self.names.selector("requests").name
        apart = [flow for flow in flows if flow.metric != "request_seconds_count" or self._name(flow) != counted]
        return {
            "rule_files": [str(rules)],
            "evaluation_interval": f"{step}m",
            "tests": [
                {
                    "interval": f"{step}m",
                    "input_series": [
                        {"series": self._series(flow), "values": _values(flow, minutes_before, step)} for flow in apart
                    ],
                    "alert_rule_test": [
                        {"eval_time": f"{time}m", "alertname": alert, "exp_alerts": []}
                        for time in times
                        for alert in self.alerts
                    ],
                }
            ],
        }

    def _name(self, flow: Flow) -> str:
        base, count, _ = flow.metric.partition("_count")
        return (self.names.selector(base).name if base in METRICS else base) + count

    def _series(self, flow: Flow) -> str:
        base = flow.metric.partition("_count")[0]
        told = {self.names.label(name) for name in ("status", "feedback", "confidence_level")}
        labels = {name: value for name, value in self.labels.items() if name not in told}
        labels |= {self.names.label(_label(key)): value for key, value in flow.labels.items()}
        if base in METRICS:
            labels |= _matched(self.names.selector(base).matchers)
        inner = ", ".join(f'{key}="{value}"' for key, value in sorted(labels.items()))
        return f"{self._name(flow)}{{{inner}}}"


def _label(name: str) -> Label:
    return name  # type: ignore[return-value]  # flows use golive's names


def _matched(matchers: Iterable[str]) -> dict[str, str]:
    """Return labels that fit these matchers."""
    found = re.findall(r'([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|=)\s*"([^"]*)"', ",".join(matchers))
    return {name: value if how == "=" else _fitting(value) for name, how, value in found}


def _fitting(pattern: str) -> str:
    """Return a value that a pattern fits, one of those that such labels have."""
    try:
        return next(value for value in USUAL_VALUES if re.fullmatch(pattern, value))
    except (StopIteration, re.error):
        return pattern.partition("|")[0].strip("()^$.*+")


def _values(flow: Flow, minutes_before: int, step: int) -> str:
    """Return the values of a counter in promtool's notation."""
    before, during = minutes_before // step, INCIDENT_MINUTES // step
    reached = flow.before * step * before
    parts = [f"0+{_number(flow.before * step)}x{before}"]
    if flow.during is None:
        return parts[0]
    growth = flow.during * step
    if not flow.once:
        return f"{parts[0]} {_number(reached + growth)}+{_number(growth)}x{during - 1}"
    half = during // 2
    parts.append(f"{_number(reached + growth)}+{_number(growth)}x{half - 1}")
    reached += growth * half + flow.once
    parts.append(f"{_number(reached + growth)}+{_number(growth)}x{during - half - 1}")
    return " ".join(parts)


def _number(value: float) -> str:
    return f"{value:.6f}".rstrip("0").rstrip(".") or "0"


def _named_apart(groups: list[Any]) -> list[Any]:
    """Give groups of different files names of their own: promtool refuses two that are equal."""
    return [{**group, "name": f"{number} {group.get('name', '')}"} for number, group in enumerate(groups)]


def _run(test: Path) -> str:
    try:
        done = subprocess.run(  # noqa: S603  # arguments are golive's own
            ["promtool", "test", "rules", str(test)],  # noqa: S607  # promtool is where the user has it
            capture_output=True,
            text=True,
            timeout=TIMEOUT_SECONDS,
            check=False,
        )
    except (OSError, subprocess.TimeoutExpired) as error:
        raise PromtoolProblem(f"promtool could not be run: {error}") from error
    told = done.stdout + done.stderr
    if done.returncode != 0 and not _FIRED.search(told):
        lines = [line.strip() for line in told.splitlines() if line.strip() and "Unit Testing" not in line]
        raise PromtoolProblem(f"promtool test rules: {'; '.join(lines[:3]) or 'no reason given'}")
    return told


def _fired(told: str, alerts: Iterable[str]) -> frozenset[str]:
    named = {found["name"].strip() for found in _FIRED.finditer(told)}
    return frozenset(named & set(alerts))
