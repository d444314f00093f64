"""The alert on failed deliveries: sent to somebody in many ways that are right, and lost in one."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from pytest_golive.credentials.redaction import Redactor
from pytest_golive.exchange.journal import Unwritten
from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.facts.finding import CannotTell, CheckFailed, NotVerified
from pytest_golive.facts.outcome import Severity
from pytest_golive.golive import Golive
from pytest_golive.manifest.environment import Environment, Target
from pytest_golive.manifest.model import Monitoring
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.review.reviews import Reviews, Watching
from suites.review.test_delivery_alert import test_alert_on_failed_deliveries_reaches_somebody as check

PLANNED = PlannedCheck("a_check", "timely", "timely", "staging", (), (), Severity.MAJOR)

check.__test__ = False  # type: ignore[attr-defined]  # it is called here, with a run of its own

RULES = """groups:
- name: timely
  rules:
  - {alert: Quiet, expr: 'absent(requests_total)', labels: {team: nobody}}
  - {alert: TimelyWebhooksFail, expr: 'rate(hook_failed_total[30m]) > 0.01', labels: {team: crm, severity: page}}
"""
ROUTES = """
route:
  receiver: "null"
  routes:
    - {matchers: ['team="crm"'], receiver: crm}
receivers:
  - name: "null"
  - name: crm
    slack_configs: [{channel: '#crm'}]
"""


@pytest.fixture(autouse=True)
def record() -> Iterator[CheckRecord]:
    with recording(CheckRecord("a check")) as current:
        yield current


def _golive(folder: Path, rules: str | None = RULES, routes: str | None = ROUTES) -> Golive:
    golive = Golive(
        {"staging": Environment("staging", targets={"timely": Target("timely", "https://x")})},
        "staging",
        run="r",
        sandbox=False,
        redactor=Redactor(),
        journal=Unwritten(),
        repository=folder,
    )
    named = {}
    for key, name, text in (("alerts", "rules.yml", rules), ("routes", "routes.yml", routes)):
        if text is not None:
            (folder / name).write_text(text)
            named[key] = [name]
    golive.reviews = Reviews(Watching(folder, Monitoring.model_validate(named)))
    return golive


@pytest.mark.parametrize(
    ("rules", "routes"),
    [
        (RULES, ROUTES),
        (RULES.replace("TimelyWebhooksFail", "X").replace("hook_failed", "webhook_delivery_failures"), ROUTES),
        (RULES, ROUTES.replace("slack_configs: [{channel: '#crm'}]", "pagerduty_configs: [{service_key: x}]")),
        (RULES, "route: {receiver: all}\nreceivers: [{name: all, email_configs: [{to: crm@shop.example}]}]\n"),
    ],
)
def test_somebody_hears_of_it(rules: str, routes: str, tmp_path: Path, record: CheckRecord) -> None:
    check(_golive(tmp_path, rules, routes), PLANNED)

    assert record.warnings == []
    assert record.notes[0].startswith("on failed deliveries: ")


@pytest.mark.parametrize(
    ("routes", "actual"),
    [
        (ROUTES.replace('team="crm"', 'team="sales"'), "TimelyWebhooksFail goes to null, which reaches nobody"),
        (
            ROUTES.replace("    slack_configs: [{channel: '#crm'}]\n", ""),
            "TimelyWebhooksFail goes to crm, which reaches nobody",
        ),
        (ROUTES.replace("receiver: crm}", "receiver: gone}"), "TimelyWebhooksFail goes to gone, which reaches nobody"),
    ],
)
def test_nobody_hears_of_it(routes: str, actual: str, tmp_path: Path) -> None:
    with pytest.raises(CheckFailed) as failed:
        check(_golive(tmp_path, routes=routes), PLANNED)

    finding = failed.value.finding
    assert (finding.requirement, finding.expected, finding.actual) == (
        "the alert on failed deliveries has to reach somebody",
        "a receiver with an address, a channel or a pager",
        actual,
    )


def test_files_that_tell_nothing(tmp_path: Path) -> None:
    def ended(golive: Golive) -> str:
        with pytest.raises(CannotTell) as told:
            check(golive, PLANNED)
        return f"{told.value.finding.requirement}; {told.value.finding.expected}; {told.value.finding.actual}"

    assert ended(_golive(tmp_path, RULES.replace("TimelyWebhooksFail", "X").replace("hook_failed", "x"))) == (
        "an alert has to be about failed deliveries; one that names webhooks or deliveries, and their failures; "
        "none in rules.yml"
    )
    assert ended(_golive(tmp_path, routes="a: 1")) == (
        "routes have to be readable; a configuration of Alertmanager, or policies of Grafana; "
        "routes.yml holds no routes"
    )
    assert ended(_golive(tmp_path, rules="[")).startswith("alerts have to be readable; a rule file of Prometheus; ")
    for golive, key in ((_golive(tmp_path, rules=None), "alerts"), (_golive(tmp_path, routes=None), "routes")):
        with pytest.raises(NotVerified) as skipped:
            check(golive, PLANNED)
        assert str(skipped.value) == f"monitoring.{key} is missing: no file is named"
    golive = _golive(tmp_path)
    (tmp_path / "routes.yml").unlink()
    with pytest.raises(CheckFailed) as failed:
        check(golive, PLANNED)
    finding = failed.value.finding
    assert (finding.requirement, finding.expected, finding.actual) == (
        "what golive.yaml names has to be there",
        "a file or folder, seen from golive.yaml",
        "monitoring.routes: routes.yml is not there",
    )
