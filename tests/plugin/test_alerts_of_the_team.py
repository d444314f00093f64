"""Alerts are tried with made-up traffic: golive's own hold, and each that is missing, blind or nervous is found."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import yaml

from pytest_golive.cli import main
from pytest_golive.facts.finding import CannotTell, CheckFailed, NotVerified
from pytest_golive.manifest.model import Monitoring
from pytest_golive.review.alerts import trials as alert_trials
from pytest_golive.review.alerts.alerting import NEEDS
from pytest_golive.review.alerts.promtool import is_installed
from pytest_golive.review.alerts.trials import AlertTrials
from pytest_golive.review.reviews import Reviews, Watching

needs_promtool = pytest.mark.skipif(not is_installed(), reason="promtool is not installed (Debian: prometheus)")


def _written(folder: Path, capsys: pytest.CaptureFixture[str], *options: str) -> Path:
    assert main(["alerts", "--vendor", "uppzy", *options]) == 0
    (folder / "alerts.yml").write_text(capsys.readouterr().out)
    return folder / "alerts.yml"


def _trials(folder: Path, **monitoring: Any) -> AlertTrials:
    given = Monitoring.model_validate({"alerts": "alerts.yml", **monitoring})
    return AlertTrials(Reviews(Watching(folder, given)), "an alert fires", "add it")


def _changed(path: Path, alert: str, **changes: str | None) -> None:
    document = yaml.safe_load(path.read_text())
    for rule in document["groups"][0]["rules"]:
        if rule["alert"] == alert:
            rule.update({name: value for name, value in changes.items() if value is not None})
            for name in [name for name, value in changes.items() if value is None]:
                rule.pop(name, None)
    path.write_text(yaml.safe_dump(document))


@needs_promtool
def test_golives_own_alerts_hold(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    _written(tmp_path, capsys)
    trials = _trials(tmp_path)

    for name in NEEDS:
        if name != "webhook_failures":  # Uppzy sends no webhooks
            trials.must_fire(name)
    trials.must_bear_single_failures()


@needs_promtool
def test_alerts_of_another_style_hold(tmp_path: Path) -> None:
    """By service and endpoint, with labels of their own, names of OpenTelemetry, in a PrometheusRule of Kubernetes."""
    metric = "http_client_request_duration_seconds_count"
    rules = [
        {
            "alert": "UppzyKeyRefused",
            "expr": f'sum by (service_name) (increase({metric}{{job="shop",http_response_status_code="401"}}[5m])) > 2',
        },
        {
            "alert": "UppzyThrottled",
            "expr": f'sum by (url_template) (rate({metric}{{job="shop",http_response_status_code="429"}}[5m])) '
            f'/ sum by (url_template) (rate({metric}{{job="shop"}}[5m])) > 0.1',
            "for": "15m",
        },
        {
            "alert": "UppzySilent",
            "expr": f'absent(rate({metric}{{job="shop"}}[10m])) or sum(rate({metric}{{job="shop"}}[10m])) == 0',
            "for": "10m",
        },
    ]
    document = {"kind": "PrometheusRule", "spec": {"groups": [{"name": "uppzy", "rules": rules}]}}
    (tmp_path / "alerts.yml").write_text(yaml.safe_dump(document))
    trials = _trials(tmp_path, preset="opentelemetry")

    for name in ("unauthorized", "rate_limited", "volume"):
        trials.must_fire(name)
    trials.must_bear_single_failures()


BROKEN: Mapping[str, tuple[str, dict[str, str | None], str]] = {
    "missing": (
        "unauthorized",
        {"expr": "vector(0) > 1"},
        (
            "expected     an alert that fires on repeated 401\n"
            "actual       none of GoliveAsyncTimeouts, GoliveForbidden, GoliveRateLimited, GoliveServerErrors, "
            "GoliveTimeouts, GoliveUnauthorized, GoliveVolumeDropped fires on 5 401 a minute for an hour, beside "
            "60 calls a minute"
        ),
    ),
    "nervous": (
        "unauthorized",
        {"expr": 'sum(increase(requests_total{status="401"}[5m])) > 0'},
        "expected     alerts that are quiet on a single failure\nactual       GoliveUnauthorized fires on one",
    ),
    "always on": (
        "unauthorized",
        {"expr": "sum(increase(requests_total[5m])) > 0"},
        "expected     alerts that are quiet on ordinary traffic\nactual       GoliveUnauthorized fires on that, too",
    ),
    "blind to what vanished": (
        "volume",
        {"expr": "sum(rate(requests_total[15m])) < 0.1 * sum(rate(requests_total[15m] offset 7d))"},
        (
            "expected     an alert that fires when the integration falls quiet\n"
            "actual       none of GoliveAsyncTimeouts, GoliveForbidden, GoliveRateLimited, GoliveServerErrors, "
            "GoliveTimeouts, GoliveUnauthorized, GoliveVolumeDropped fires on an hour without calls"
        ),
    ),
}


@needs_promtool
@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_alert_is_found(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, kind: str
) -> None:
    monkeypatch.chdir(tmp_path)
    name, changes, told = BROKEN[kind]
    _changed(_written(tmp_path, capsys), NEEDS[name].alert, **changes)

    with pytest.raises(CheckFailed) as failed:
        _trials(tmp_path).must_fire(name)

    assert str(failed.value) == f"requirement  an alert fires\n{told}\nfix          add it"


@needs_promtool
def test_what_single_failures_wake_is_named(tmp_path: Path) -> None:
    rules = [{"alert": "Any5xx", "expr": 'increase(requests_total{status="503"}[5m]) > 0.9'}]
    (tmp_path / "alerts.yml").write_text(yaml.safe_dump({"groups": [{"name": "a", "rules": rules}]}))

    with pytest.raises(CheckFailed) as failed:
        _trials(tmp_path).must_bear_single_failures()

    assert failed.value.finding.actual == "Any5xx on one failure (server_errors)"


def test_without_alerts_nothing_is_verified(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(NotVerified, match=r"^monitoring.alerts is missing: there are no alerts to try; "):
        _trials(tmp_path, alerts=[]).must_fire("unauthorized")

    (tmp_path / "alerts.yml").write_text("groups: [{name: a, rules: [{alert: A, expr: '1 > 0'}]}]")
    monkeypatch.setattr(alert_trials, "is_installed", lambda: False)
    with pytest.raises(NotVerified, match=r"promtool is not installed: alerts are tried by it; it comes with Prom"):
        _trials(tmp_path).must_fire("unauthorized")


@pytest.mark.parametrize("text", ["groups: [", "groups:\n- name: a\n  rules: [{alert: A, expr: 'sum('}]"])
@needs_promtool
def test_rules_that_cannot_be_read_are_told(tmp_path: Path, text: str) -> None:
    (tmp_path / "alerts.yml").write_text(text)

    with pytest.raises(CannotTell) as untold:
        _trials(tmp_path).must_fire("unauthorized")

    assert "alerts.yml cannot be read: " in str(untold.value) or "promtool test rules: " in str(untold.value)
