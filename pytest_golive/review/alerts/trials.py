"""Whether the team's alerts fire when they have to, and only then: found out with made-up traffic."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NoReturn

from pytest_golive.facts.finding import CannotTell, CheckFailed, Finding, NotVerified
from pytest_golive.review.alerts.alerting import NEEDS, Flow, Need, incident, ordinary, single
from pytest_golive.review.alerts.promtool import PromtoolProblem, Range, Tried, is_installed
from pytest_golive.review.alerts.rules import AlertRule, RuleFileProblem, matched_labels, read_alerts
from pytest_golive.review.reviews import Reviews

SHOWN = 8

NO_FILES = "monitoring.alerts is missing: there are no alerts to try; `golive alerts` writes some"
NO_PROMTOOL = "promtool is not installed: alerts are tried by it; it comes with Prometheus"


@dataclass(frozen=True, slots=True)
class AlertTrials:
    """The team's alerts, tried. Each trial is made once a run.

    Attributes:
        reviews: names of metrics, and the rule files.
        requirement: what has to hold, for findings.
        fix: what to do when it does not.
    """

    reviews: Reviews
    requirement: str
    fix: str

    def must_fire(self, name: str) -> None:
        """Demand an alert that fires on an incident, and neither on ordinary traffic nor on a single failure.

        Raises:
            CheckFailed: there is none.
            CannotTell: the alerts cannot be tried.
            NotVerified: there are no files, or promtool is not there.
        """
        __tracebackhide__ = True
        need = NEEDS[name]
        fired = self._tried(("incident", name), incident(name), need.minutes_before).fired
        if not fired:
            self._fail(f"an alert that fires {need.title}", f"none of {self._listed()} fires on {_words(need)}")
        always = self._tried(("ordinary", need.minutes_before), ordinary(), need.minutes_before).fired
        if not fired - always:
            self._fail("alerts that are quiet on ordinary traffic", f"{_named(fired)} fires on that, too")
        nervous = self._tried(("single", name), single(name), need.minutes_before).fired
        if not fired - always - nervous:
            self._fail("alerts that are quiet on a single failure", f"{_named(fired & nervous)} fires on one")

    def must_bear_single_failures(self) -> None:
        """Demand that no alert fires on a single failure of any kind, nor on ordinary traffic.

        Raises:
            CheckFailed: one does.
            CannotTell: the alerts cannot be tried.
            NotVerified: there are no files, or promtool is not there.
        """
        __tracebackhide__ = True
        nervous: dict[str, str] = {}
        for name, need in NEEDS.items():
            if name == "volume":
                continue  # a silence is never a single failure
            for alert in self._tried(("single", name), single(name), need.minutes_before).fired:
                nervous.setdefault(alert, f"{alert} on one failure ({name})")
        if nervous:
            self._fail("quiet on single failures", "; ".join(sorted(nervous.values())))

    def alerts(self) -> tuple[AlertRule, ...]:
        """Return the alerts of the team's files.

        Raises:
            NotVerified: golive.yaml names no file.
            CannotTell: one cannot be read.
        """
        __tracebackhide__ = True
        if not self.reviews.alert_files:
            raise NotVerified(NO_FILES, key="monitoring.alerts")
        try:
            return tuple(rule for file in self.reviews.alert_files for rule in read_alerts(file))
        except RuleFileProblem as problem:
            raise CannotTell(Finding(self.requirement, "rule files that can be read", str(problem))) from None

    def _tried(self, key: object, flows: Sequence[Flow], minutes_before: int) -> Tried:
        __tracebackhide__ = True
        alerts = self.alerts()
        if not is_installed():
            raise NotVerified(NO_PROMTOOL, key="monitoring.alerts")
        if not alerts:
            self._fail("alerts", f"none in {', '.join(map(str, self.reviews.alert_files))}")
        names = tuple(dict.fromkeys(rule.name for rule in alerts))
        made = Range(self.reviews.alert_files, names, self.reviews.names, matched_labels(alerts))
        try:
            tried: Tried = self.reviews.once(("alerts", key), lambda: made.try_on(flows, minutes_before))
        except PromtoolProblem as problem:
            raise CannotTell(Finding(self.requirement, "alerts that promtool can try", str(problem))) from None
        return tried

    def _listed(self) -> str:
        return _named({rule.name for rule in self.alerts()})

    def _fail(self, expected: str, actual: str) -> NoReturn:
        __tracebackhide__ = True
        raise CheckFailed(Finding(self.requirement, expected, actual, fix=self.fix))


def _words(need: Need) -> str:
    if need.name == "volume":
        return "an hour without calls"
    growth = [
        f"{flow.during:g} {flow.labels.get('status', flow.metric)}"
        for flow, usual in zip(incident(need.name), ordinary(), strict=True)
        if flow.during is not None and flow.during != usual.during
    ]
    return f"{' and '.join(growth)} a minute for an hour, beside 60 calls a minute"


def _named(names: set[str] | frozenset[str]) -> str:
    ordered = sorted(names)
    more = f" and {len(ordered) - SHOWN} more" if len(ordered) > SHOWN else ""
    return ", ".join(ordered[:SHOWN]) + more
