"""The alerts that an integration needs, as data: what each is about, how it is written, and traffic to try it with."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pytest_golive.review.names import MetricNames

MINUTES_BEFORE = 3 * 60
"""How long ordinary traffic goes on before an incident begins."""

INCIDENT_MINUTES = 60
"""How long it lasts."""

WEEK_MINUTES = 7 * 24 * 60


@dataclass(frozen=True, slots=True)
class Limits:
    """From what on an alert fires; the vendor sheets' defaults.

    Attributes:
        unauthorized: answers of 401 within five minutes.
        forbidden: answers of 403 within a quarter of an hour.
        rate_limited: share of 429, for ten minutes.
        server_errors: share of 5xx, for ten minutes.
        timeouts: timeouts within ten minutes.
        timeouts_growth: and by what factor they are above the mean of a week.
        async_timeouts: share of async answers that do not come in time, within a quarter of an hour.
        volume: share of the volume of the same time a week ago, for a quarter of an hour.
        webhook_failures: share of deliveries that fail, within half an hour.
    """

    unauthorized: float = 3
    forbidden: float = 3
    rate_limited: float = 0.05
    server_errors: float = 0.02
    timeouts: float = 5
    timeouts_growth: float = 3.0
    async_timeouts: float = 0.05
    volume: float = 0.5
    webhook_failures: float = 0.01


@dataclass(frozen=True, slots=True)
class Flow:
    """How one counter grows, per minute.

    Attributes:
        metric: which one, by golive's name for it; with the part of a histogram.
        labels: its own labels.
        before: growth before the incident.
        during: growth while it lasts; None: the series ends.
        once: added once, in the middle of the incident.
    """

    metric: str
    labels: Mapping[str, str]
    before: float
    during: float | None
    once: int = 0


@dataclass(frozen=True, slots=True)
class Need:
    """One alert that has to be there.

    Attributes:
        name: what it is about, as a word.
        alert: what golive calls it.
        title: when it has to fire, as the end of "an alert has to fire".
        summary: what it says to whoever is woken.
        minutes_before: how long ordinary traffic has to go on before, for a comparison with it.
    """

    name: str
    alert: str
    title: str
    summary: str
    minutes_before: int = MINUTES_BEFORE


NEEDS: Mapping[str, Need] = {
    need.name: need
    for need in (
        Need(
            "unauthorized",
            "GoliveUnauthorized",
            "on repeated 401",
            "The vendor refuses the key: check which instance sends an old one",
        ),
        Need(
            "forbidden",
            "GoliveForbidden",
            "on repeated 403",
            "The vendor forbids calls: check tenant, site and rights after the last change",
        ),
        Need("rate_limited", "GoliveRateLimited", "when 429 stays high", "Too many requests: lower concurrency"),
        Need("server_errors", "GoliveServerErrors", "when 5xx stays high", "The vendor fails: see its status page"),
        Need("timeouts", "GoliveTimeouts", "when timeouts jump", "Calls are given up: compare latency with timeouts"),
        Need(
            "async_timeouts",
            "GoliveAsyncTimeouts",
            "when async answers do not come in time",
            "Polling runs out of time: compare completion with the budget",
        ),
        Need(
            "volume",
            "GoliveVolumeDropped",
            "when the integration falls quiet",
            "Far fewer calls than a week ago, or none",
            WEEK_MINUTES + MINUTES_BEFORE,
        ),
        Need(
            "webhook_failures",
            "GoliveWebhookFailures",
            "when more than 1 % of the deliveries fail",
            "Webhook deliveries fail: look at the handler and at the vendor's log of deliveries",
        ),
    )
}
"""The alerts of the vendors' checklists, by name."""


def expression(name: str, names: MetricNames, limits: Limits, matchers: str = "") -> tuple[str, str]:
    """Return the PromQL of an alert, and for how long it has to hold."""
    written = _Written(names, limits, matchers)
    writers: Mapping[str, Callable[[], tuple[str, str]]] = {
        "unauthorized": lambda: (f"{written.answers('401', '5m')} >= {limits.unauthorized:g}", "0m"),
        "forbidden": lambda: (f"{written.answers('403', '15m')} >= {limits.forbidden:g}", "0m"),
        "rate_limited": lambda: (f"{written.share_of('429')} > {limits.rate_limited:g}", "10m"),
        "server_errors": lambda: (f"{written.share_of('5..')} > {limits.server_errors:g}", "10m"),
        "timeouts": written.timeouts,
        "async_timeouts": written.async_timeouts,
        "volume": written.volume,
        "webhook_failures": written.webhook_failures,
    }
    return writers[name]()


@dataclass(frozen=True, slots=True)
class _Written:
    """Writes PromQL with a project's names."""

    names: MetricNames
    limits: Limits
    matchers: str

    def metric(self, of: str, *further: str, suffix: str = "") -> str:
        return self.names.selector(of).written(self.matchers, *further, suffix=suffix)

    def answers(self, status: str, span: str) -> str:
        matcher = f'{self.names.label("status")}=~"{status}"'
        return f"sum(increase({self.metric('requests', matcher)}[{span}]))"

    def share_of(self, status: str) -> str:
        return f"{self.answers(status, '10m')} / sum(increase({self.metric('requests')}[10m]))"

    def timeouts(self) -> tuple[str, str]:
        now = f"sum(increase({self.metric('timeouts')}[10m]))"
        mean = f"sum(increase({self.metric('timeouts')}[7d])) / 1008"
        return f"{now} >= {self.limits.timeouts:g} and {now} > {self.limits.timeouts_growth:g} * {mean}", "0m"

    def async_timeouts(self) -> tuple[str, str]:
        late = f"sum(increase({self.metric('async_timeouts')}[15m]))"
        came = f"sum(increase({self.metric('async_seconds', suffix='_count')}[15m]))"
        share = f"{late} / ({late} + ({came} or vector(0)))"
        return f"{share} > {self.limits.async_timeouts:g} and {late} >= 3", "0m"

    def volume(self) -> tuple[str, str]:
        requests = self.metric("requests")
        now, then = f"sum(rate({requests}[15m]))", f"sum(rate({requests}[15m] offset 7d))"
        return f"({now} or vector(0)) < {self.limits.volume:g} * {then}", "15m"

    def webhook_failures(self) -> tuple[str, str]:
        failed = f"sum(increase({self.metric('delivery_failures')}[30m]))"
        share = f"{failed} / sum(increase({self.metric('deliveries')}[30m]))"
        return f"{share} > {self.limits.webhook_failures:g} and {failed} >= 3", "0m"


def ordinary() -> tuple[Flow, ...]:
    """Return traffic in which nothing happens: 60 calls a minute, a few failures among them."""
    calls = ("requests", {"status": "200"}), ("answers", {"confidence_level": "high"})
    rare = [("requests", {"status": status}, 0.05) for status in ("429", "503", "500")]
    return (
        *(Flow(metric, labels, 60, 60) for metric, labels in calls),
        *(Flow(metric, labels, growth, growth) for metric, labels, growth in rare),
        Flow("requests", {"status": "401"}, 0, 0),
        Flow("requests", {"status": "403"}, 0, 0),
        Flow("request_seconds_count", {}, 60, 60),
        Flow("retries", {}, 0.5, 0.5),
        Flow("timeouts", {}, 0.02, 0.02),
        Flow("async_seconds_count", {}, 10, 10),
        Flow("async_timeouts", {}, 0.02, 0.02),
        Flow("deliveries", {}, 20, 20),
        Flow("delivery_failures", {}, 0.02, 0.02),
    )


_INCIDENTS: Mapping[str, tuple[tuple[str, str | None, float], ...]] = {
    "unauthorized": (("requests", "401", 5),),
    "forbidden": (("requests", "403", 5),),
    "rate_limited": (("requests", "429", 20),),
    "server_errors": (("requests", "503", 10), ("requests", "500", 10)),
    "timeouts": (("timeouts", None, 10),),
    "async_timeouts": (("async_timeouts", None, 10),),
    "webhook_failures": (("delivery_failures", None, 4),),
}


def incident(name: str) -> tuple[Flow, ...]:
    """Return traffic in which an alert has to fire: far above its threshold, for an hour."""
    if name == "volume":
        return tuple(_changed(flow, None if flow.metric == "requests" else 0.0) for flow in ordinary())
    changed = {(metric, status): growth for metric, status, growth in _INCIDENTS[name]}
    return tuple(
        _changed(flow, changed.get((flow.metric, flow.labels.get("status")), flow.during)) for flow in ordinary()
    )


def falls_to(share: float) -> tuple[Flow, ...]:
    """Return traffic that falls to a share of what it was."""
    return tuple(_changed(flow, flow.before * share) for flow in ordinary())


def single(name: str) -> tuple[Flow, ...]:
    """Return ordinary traffic with one failure of a kind in it."""
    first = _INCIDENTS.get(name, ())[:1]
    return tuple(
        Flow(flow.metric, flow.labels, flow.before, flow.during, 1)
        if any((flow.metric, flow.labels.get("status")) == (metric, status) for metric, status, _ in first)
        else flow
        for flow in ordinary()
    )


def _changed(flow: Flow, during: float | None) -> Flow:
    return Flow(flow.metric, flow.labels, flow.before, during)
