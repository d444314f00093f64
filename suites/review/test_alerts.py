"""Whether somebody is told when it burns: the team's alerts, tried with made-up traffic before there is a real fire."""

from __future__ import annotations

import httpx

from pytest_golive.facts.finding import CannotTell, Finding, NotVerified
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.review.alerts.trials import AlertTrials
from pytest_golive.review.traffic import TrafficProblem


def test_alert_fires_on_repeated_401(golive: Golive, planned: PlannedCheck) -> None:
    """An alert fires on five 401 a minute, and not on one.

    If this fails: add the alert, `golive alerts` writes it.
    """
    _trials(golive, planned).must_fire("unauthorized")


def test_alert_fires_on_repeated_403(golive: Golive, planned: PlannedCheck) -> None:
    """An alert fires on five 403 a minute, and not on one.

    If this fails: add the alert, `golive alerts` writes it.
    """
    _trials(golive, planned).must_fire("forbidden")


def test_alert_fires_when_429_stays_high(golive: Golive, planned: PlannedCheck) -> None:
    """An alert fires when a quarter of the calls get 429 for an hour, and not on one.

    If this fails: add the alert, `golive alerts` writes it.
    """
    _trials(golive, planned).must_fire("rate_limited")


def test_alert_fires_when_5xx_stays_high(golive: Golive, planned: PlannedCheck) -> None:
    """An alert fires when a quarter of the calls fail for an hour, and not on one.

    If this fails: add the alert, `golive alerts` writes it.
    """
    _trials(golive, planned).must_fire("server_errors")


def test_alert_fires_when_timeouts_jump(golive: Golive, planned: PlannedCheck) -> None:
    """An alert fires on ten timeouts a minute, and not on one.

    If this fails: add the alert, `golive alerts` writes it.
    """
    _trials(golive, planned).must_fire("timeouts")


def test_alert_fires_when_async_answers_are_late(golive: Golive, planned: PlannedCheck) -> None:
    """An alert fires when half of the async answers do not come in time, and not on one.

    If this fails: add the alert, `golive alerts` writes it.
    """
    _trials(golive, planned).must_fire("async_timeouts")


def test_alert_fires_when_calls_cease(golive: Golive, planned: PlannedCheck) -> None:
    """An alert fires when there are no calls any more, and their series are gone.

    If this fails: compare with the week before, and count a missing series as zero; `golive alerts` writes it so.
    """
    _trials(golive, planned).must_fire("volume")


def test_alert_fires_when_deliveries_fail(golive: Golive, planned: PlannedCheck) -> None:
    """An alert fires when a fifth of the webhook deliveries fail, and not on one.

    If this fails: count deliveries and failures at the handler, and add the alert; `golive alerts` writes it.
    """
    _trials(golive, planned).must_fire("webhook_failures")


def test_alerts_bear_single_failures(golive: Golive, planned: PlannedCheck) -> None:
    """No alert fires on a single failure of whatever kind.

    If this fails: give the named alerts a count, a share or a hold time.
    """
    _trials(golive, planned).must_bear_single_failures()


def test_alerts_are_loaded(golive: Golive, planned: PlannedCheck) -> None:
    """Prometheus has loaded every alert of the files, evaluates it without an error, and none is silenced.

    If this fails: load the files, mend what Prometheus complains of, or end the silence.
    """
    prometheus = golive.reviews.prometheus
    if prometheus is None:
        key = "monitoring.prometheus"
        raise NotVerified(f"{key} is missing: which alerts are loaded cannot be asked", key=key)
    wanted = {rule.name for rule in _trials(golive, planned).alerts()}
    try:
        loaded = {str(rule.get("name")): rule for rule in prometheus.rules()}
        silenced = prometheus.silenced()
    except (TrafficProblem, httpx.HTTPError) as error:
        raise CannotTell(Finding(planned.title, f"{prometheus.title} to answer", str(error))) from None
    missing = sorted(wanted - loaded.keys())
    golive.must(
        "alerts have to be loaded",
        not missing,
        expected="every alert of monitoring.alerts",
        actual=f"{prometheus.title} has no {', '.join(missing)}",
    )
    broken = sorted(name for name in wanted if loaded[name].get("health") == "err")
    golive.must(
        "alerts have to be evaluated",
        not broken,
        expected="no error",
        actual=f"{prometheus.title} cannot evaluate {', '.join(broken)}",
    )
    quiet = sorted(wanted & silenced)
    golive.must(
        "alerts must not be silenced",
        not quiet,
        expected="no silence",
        actual=f"{', '.join(quiet)} is silenced in Alertmanager",
    )


def _trials(golive: Golive, planned: PlannedCheck) -> AlertTrials:
    return AlertTrials(golive.reviews, planned.title, planned.fix)
