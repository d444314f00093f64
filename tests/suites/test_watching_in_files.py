"""The checks of files of dashboards and alerts: kept in many ways that are right, and each wrong in one."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

import suites.review.test_watching_in_files as checks
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.exchange.journal import Unwritten
from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.facts.finding import CannotTell, CheckFailed, NotVerified
from pytest_golive.facts.outcome import Severity
from pytest_golive.golive import Golive
from pytest_golive.manifest.environment import Environment, Target
from pytest_golive.manifest.model import Monitoring
from pytest_golive.papers.named import Papers
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.review.reviews import Reviews, Watching

PLANNED = PlannedCheck("a_check", "uppzy", "uppzy", "staging", (), (), Severity.MINOR)
OWNERS = {"monitoring": "Shop Platform", "content": "Customer Care"}

Check = Callable[[Golive, PlannedCheck], None]
FILES, ROUTES = checks.test_watching_is_kept_in_files, checks.test_alerts_reach_their_owner


@pytest.fixture(autouse=True)
def record() -> Iterator[CheckRecord]:
    with recording(CheckRecord("a check")) as current:
        yield current


def _golive(folder: Path, files: Mapping[str, str], *, unused: tuple[str, ...] = (), **named: Any) -> Golive:
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    target = Target("uppzy", "https://x", features=dict.fromkeys(unused, False))
    golive = Golive(
        {"staging": Environment("staging", targets={"uppzy": target})},
        "staging",
        run="r",
        sandbox=False,
        redactor=Redactor(),
        journal=Unwritten(),
        repository=folder,
    )
    golive.papers = Papers(folder, owners=OWNERS)
    golive.reviews = Reviews(Watching(folder, Monitoring.model_validate(named)))
    return golive


def _failed(check: Check, golive: Golive) -> tuple[str, str, str]:
    with pytest.raises(CheckFailed) as failed:
        check(golive, PLANNED)
    finding = failed.value.finding
    return finding.requirement, finding.expected, finding.actual


# ---------------------------------------------------------------- what is watched

DASHBOARD = """{"panels": [
{"title": "a", "targets": [{"expr": "sum by (endpoint) (rate(requests_total[5m]))"}]},
{"title": "b", "targets": [{"expr": "sum(rate(requests_total{status=~\\"2..\\"}[5m]))"}]},
{"title": "c", "targets": [{"expr": "histogram_quantile(0.95, rate(request_seconds_bucket[5m]))"}]},
{"title": "d", "targets": [{"expr": "rate(timeouts_total[5m])"}]},
{"title": "e", "targets": [{"expr": "rate(async_completion_seconds_sum[5m])"}]},
{"title": "f", "targets": [{"expr": "rate(feedback_total[1d])"}]}]}"""
ALERTS = """groups:
- name: uppzy
  rules:
  - {alert: Unauthorized, expr: 'increase(requests_total{status="401"}[5m]) > 3', labels: {severity: critical}}
  - {alert: Forbidden, expr: 'increase(requests_total{status="403"}[15m]) > 3'}
  - {alert: RateLimited, expr: 'rate(requests_total{status="429"}[5m]) > 0.05'}
  - {alert: ServerErrors, expr: 'rate(requests_total{status=~"5.."}[5m]) > 0.02'}
  - {alert: Timeouts, expr: 'increase(timeouts_total[10m]) > 5'}
  - {alert: LateAnswers, expr: 'increase(async_timeouts_total[15m]) > 5'}
  - {alert: Silence, expr: 'absent(requests_total)'}
"""
NAMED: dict[str, Any] = {"dashboards": ["d.json"], "alerts": ["a.yml"]}


def test_what_is_watched_stands_in_files(tmp_path: Path, record: CheckRecord) -> None:
    FILES(_golive(tmp_path, {"d.json": DASHBOARD, "a.yml": ALERTS}, **NAMED), PLANNED)

    assert record.notes == []


def test_what_no_file_is_about(tmp_path: Path) -> None:
    fewer = DASHBOARD.replace("timeouts_total", "x").replace("feedback_total", "y")
    golive = _golive(
        tmp_path, {"d.json": fewer, "a.yml": ALERTS.replace("403", "409").replace("Forbidden", "X")}, **NAMED
    )

    assert _failed(FILES, golive) == (
        "what has to be watched has to stand in files",
        "a panel or an alert for each",
        "none for timeouts (UPZ-38), ratings (UPZ-40), 403 (UPZ-46)",
    )


def test_parts_that_are_not_used(tmp_path: Path, record: CheckRecord) -> None:
    """Nor does a dashboard at an address matter, where there is one in a file."""
    files = {"d.json": DASHBOARD.replace("feedback_total", "y").replace("async_", "z_"), "a.yml": ALERTS}
    named: dict[str, Any] = {"dashboards": ["d.json", "https://grafana.shop.example/d/1"], "alerts": ["a.yml"]}

    FILES(_golive(tmp_path, files, unused=("feedback", "async_chat"), **named), PLANNED)

    assert record.notes == ["https://grafana.shop.example/d/1: what lies at an address was not looked at"]


def test_words_of_panels(tmp_path: Path) -> None:
    """Who asks for other metrics calls the panels by what they show."""
    names = ("Requests per endpoint", "Success", "429 and 5xx", "p95", "Timeouts", "Async answers", "Feedback")
    panels = "\n".join(f"- title: {name}\n  query: q{number}" for number, name in enumerate(names))

    FILES(_golive(tmp_path, {"d.yaml": panels, "a.yml": ALERTS}, dashboards=["d.yaml"], alerts=["a.yml"]), PLANNED)


@pytest.mark.parametrize(
    ("named", "key"),
    [({"alerts": ["a.yml"]}, "monitoring.dashboards"), ({"dashboards": ["d.json"]}, "monitoring.alerts")],
)
def test_files_that_nobody_names(tmp_path: Path, named: dict[str, Any], key: str) -> None:
    with pytest.raises(NotVerified) as skipped:
        FILES(_golive(tmp_path, {"d.json": DASHBOARD, "a.yml": ALERTS}, **named), PLANNED)

    assert (str(skipped.value), skipped.value.key) == (f"{key} is missing: no file is named", key)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    assert _failed(FILES, _golive(tmp_path, {}, **NAMED)) == (
        "what golive.yaml names has to be there",
        "a file or folder, seen from golive.yaml",
        "monitoring.dashboards: d.json is not there",
    )


# ---------------------------------------------------------------- whom alerts reach

ALERTMANAGER = """route:
  receiver: everybody
  routes:
  - matchers: ['severity="critical"']
    receiver: shop-platform-pager
  - match_re: {alertname: 'Rate.*|Server.*'}
    receiver: platform
receivers:
- name: everybody
  slack_configs: [{channel: '#shop-platform-alerts'}]
- name: shop-platform-pager
  pagerduty_configs: [{service_key_file: /key}]
- name: platform
  email_configs: [{to: shop-platform@shop.example}]
"""
GRAFANA = """apiVersion: 1
contactPoints:
- name: shop-platform
  receivers: [{type: slack, settings: {recipient: '#alerts'}}]
policies:
- receiver: shop-platform
  routes: [{receiver: shop-platform, object_matchers: [[severity, =, critical]]}]
"""
CRD = "kind: AlertmanagerConfig\nspec:\n" + "".join(f"  {line}\n" for line in ALERTMANAGER.splitlines()).replace(
    "matchers: ['severity=\"critical\"']", "matchers: [{name: severity, value: critical, matchType: '='}]"
)
CHART = "alertmanager:\n  config:\n" + "".join(f"    {line}\n" for line in ALERTMANAGER.splitlines())
CONFIG_MAP = "kind: ConfigMap\ndata:\n  alertmanager.yml: |\n" + "".join(
    f"    {line}\n" for line in ALERTMANAGER.splitlines()
)


def _routed(folder: Path, text: str, alerts: str = ALERTS) -> Golive:
    return _golive(folder, {"r.yml": text, "a.yml": alerts}, routes=["r.yml"], alerts=["a.yml"])


@pytest.mark.parametrize(
    "text", [ALERTMANAGER, GRAFANA, CRD, CHART, CONFIG_MAP], ids=["file", "grafana", "crd", "chart", "map"]
)
def test_alerts_that_reach_their_owner(tmp_path: Path, record: CheckRecord, text: str) -> None:
    ROUTES(_routed(tmp_path, text), PLANNED)

    assert (record.warnings, record.notes) == ([], ["alerts that were followed to their receivers: 7"])


@pytest.mark.parametrize(
    ("text", "why"),
    [
        (
            ALERTMANAGER.replace("  pagerduty_configs: [{service_key_file: /key}]\n", ""),
            "r.yml: Unauthorized goes to shop-platform-pager, which reaches nobody",
        ),
        (
            ALERTMANAGER.replace("- name: shop-platform-pager", "- name: another"),
            "r.yml: Unauthorized goes to shop-platform-pager, which is not defined",
        ),
        (
            ALERTMANAGER.replace("shop-platform@shop", "customer-care@shop"),
            (
                "r.yml: RateLimited goes to platform, which is Customer Care's; "
                "r.yml: ServerErrors goes to platform, which is Customer Care's"
            ),
        ),
    ],
)
def test_alerts_that_reach_nobody_or_others(tmp_path: Path, text: str, why: str) -> None:
    assert _failed(ROUTES, _routed(tmp_path, text)) == (
        "alerts have to reach the team that owns monitoring",
        "a receiver of Shop Platform for each",
        why,
    )


def test_a_receiver_that_does_not_say_whose_it_is(tmp_path: Path, record: CheckRecord) -> None:
    ROUTES(_routed(tmp_path, ALERTMANAGER.replace("shop-platform@shop", "ops@shop")), PLANNED)
    assert record.warnings == ["platform: no name in it tells that this is Shop Platform; see that it is"]

    record.warnings.clear()
    told = ALERTS.replace("0.05'}", "0.05', labels: {team: shop-platform}}").replace(
        "0.02'}", "0.02', labels: {team: shop-platform}}"
    )
    ROUTES(_routed(tmp_path, ALERTMANAGER.replace("shop-platform@shop", "ops@shop"), told), PLANNED)
    assert record.warnings == []


def test_routes_that_cannot_be_read(tmp_path: Path) -> None:
    for text, why in (("a: [", "r.yml cannot be read: while parsing a flow node"), ("a: 1", "r.yml holds no routes")):
        with pytest.raises(CannotTell) as ended:
            ROUTES(_routed(tmp_path, text), PLANNED)
        finding = ended.value.finding
        assert (finding.requirement, finding.expected, finding.actual) == (
            "routes have to be readable",
            "a configuration of Alertmanager, or policies of Grafana",
            why,
        )
    with pytest.raises(CannotTell) as ended:
        ROUTES(_routed(tmp_path, ALERTMANAGER, "a: ["), PLANNED)
    finding = ended.value.finding
    assert (finding.requirement, finding.expected, finding.actual) == (
        "alerts have to be readable",
        "rule files of Prometheus or Grafana",
        "a.yml cannot be read: while parsing a flow node",
    )


def test_files_without_alerts(tmp_path: Path) -> None:
    with pytest.raises(CannotTell) as ended:
        ROUTES(_routed(tmp_path, ALERTMANAGER, "name: a monitor of another system"), PLANNED)

    assert ended.value.finding.actual == "a.yml holds no alert"


def test_alerts_of_others_in_the_same_file(tmp_path: Path, record: CheckRecord) -> None:
    """What always fires is for nobody; and where some are about the vendor, the others are somebody else's matter."""
    null = ALERTMANAGER.replace("  routes:\n", "  routes:\n  - {match: {alertname: Watchdog}, receiver: 'null'}\n", 1)
    null += "- name: 'null'\n"
    watchdog = f"{ALERTS}  - {{alert: Watchdog, expr: 'vector(1)'}}\n"
    ROUTES(_routed(tmp_path, null, watchdog), PLANNED)

    own = ALERTS.replace("Unauthorized", "UppzyUnauthorized")
    ROUTES(_routed(tmp_path, null.replace("shop-platform@shop", "customer-care@shop"), own), PLANNED)

    assert record.notes == [
        "alerts that were followed to their receivers: 7",
        "alerts that were followed to their receivers: 1",
    ]


def test_alerts_of_grafana(tmp_path: Path, record: CheckRecord) -> None:
    """Its contact points and its policies may be two files, and a rule may name its receiver itself."""
    points, _, policies = GRAFANA.partition("policies:")
    rules = "groups:\n- rules:\n  - {title: A, labels: {severity: critical}}\n"
    rules += "  - {title: B, notification_settings: {receiver: x}}\n"
    files = {"p.yml": points, "q.yml": f"policies:{policies}", "a.yml": rules}
    golive = _golive(tmp_path, files, routes=["p.yml", "q.yml"], alerts=["a.yml"])

    assert _failed(ROUTES, golive)[2] == "q.yml: B goes to x, which is not defined"

    (tmp_path / "a.yml").write_text(rules.replace("receiver: x", "receiver: shop-platform"))
    ROUTES(golive, PLANNED)
    assert record.notes == ["alerts that were followed to their receivers: 2"]


def test_nobody_owns_monitoring(tmp_path: Path) -> None:
    golive = _routed(tmp_path, ALERTMANAGER)
    golive.papers = Papers(tmp_path)

    with pytest.raises(NotVerified) as skipped:
        ROUTES(golive, PLANNED)

    assert (str(skipped.value), skipped.value.key) == (
        "operations.owners.monitoring is missing: nobody is named",
        "operations.owners.monitoring",
    )
