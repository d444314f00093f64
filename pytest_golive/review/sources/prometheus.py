"""Traffic facts from anything that speaks Prometheus' HTTP API: Prometheus, Mimir, Thanos, VictoriaMetrics."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx

from pytest_golive.review.names import MetricNames
from pytest_golive.review.traffic import (
    Label,
    Labels,
    Level,
    NotKept,
    Question,
    Row,
    Sent,
    Slot,
    Timed,
    TrafficProblem,
)
from pytest_golive.review.window import Window

TIMEOUT_SECONDS = 30.0

STEP_SECONDS = 60
"""How often the busiest span is looked for: as often as rules of alerts are commonly evaluated."""

MOST_POINTS = 10_000
"""Points of a series that are asked for at once; Prometheus gives 11,000 at most."""

SHOWN = 200
"""Letters of an answer that a message quotes."""

_TIMED: Mapping[str, str] = {"requests": "request_seconds", "async_answers": "async_seconds"}


class Prometheus:
    """A Prometheus HTTP API.

    Args:
        url: where it answers, without `/api/v1`; a path in front of it (Mimir: `/prometheus`) belongs to the address.
        names: how the project's metrics and labels are called.
        headers: further headers, such as `Authorization` or `X-Scope-OrgID`.
        matchers: PromQL matchers that every series has to fit: those of this integration.
    """

    def __init__(
        self,
        url: str,
        names: MetricNames | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        matchers: str = "",
    ) -> None:
        self.url = url.rstrip("/")
        self.names = names or MetricNames()
        self.matchers = matchers
        # Monitoring is the team's own: where it is reached through a proxy, the environment says so.
        self._client = httpx.Client(timeout=TIMEOUT_SECONDS, headers=dict(headers or {}), trust_env=not is_local(url))

    @property
    def title(self) -> str:
        """What it is, as a finding names it."""
        return f"Prometheus at {self.url}"

    def close(self) -> None:
        """Close its connections."""
        self._client.close()

    # Traffic ------------------------------------------------------------------

    def counts(self, question: Question) -> tuple[Row, ...]:
        """Return the increase of a counter over the window; see :meth:`Traffic.counts`."""
        name, series = self._counter(question)
        rows = self.instant(
            f"sum by ({self._by(question)}) (increase({series}[{_span(question.window)}]))", question.window.end
        )
        if not rows:
            self._need(name)
        return self._rows(rows, question.by)

    def busiest(self, question: Question, seconds: int) -> float:
        """Return the most that a counter grew within so many seconds, looked at every minute, as an alert does."""
        name, series = self._counter(question)
        within = Window(question.window.start + timedelta(seconds=seconds), question.window.end)
        if within.seconds <= 0:
            return sum(row.value for row in self.counts(question))
        rows = self.instant(
            f"max_over_time(sum(increase({series}[{seconds}s]))[{_span(within)}:{STEP_SECONDS}s])", within.end
        )
        if not rows:
            self._need(name)
        return max((value for _, value in rows), default=0.0)

    def slots(self, question: Question, seconds: int) -> tuple[Slot, ...]:
        """Return the increase of a counter over each part of the window; see :meth:`Traffic.slots`."""
        name, series = self._counter(question)
        query = f"sum by ({self._by(question)}) (increase({series}[{seconds}s]))"
        length, found = timedelta(seconds=seconds), []
        start = question.window.start
        while start < question.window.end:
            end = min(question.window.end, start + MOST_POINTS * length)
            for metric, points in self.range(query, Window(start + length, end), seconds):
                labels: Labels = {label: metric.get(self.names.label(label), "") for label in question.by}
                found += [
                    Slot(datetime.fromtimestamp(at, UTC) - length, Row(labels, value))
                    for at, value in points
                    if value > 0
                ]
            start = end
        if not found:
            self._need(name)
        return tuple(sorted(found, key=lambda slot: slot.start))

    def highest(self, of: Level, window: Window, where: Labels) -> float:
        """Return the most that a gauge reached; see :meth:`Traffic.highest`."""
        selector = self.names.selector(of)
        series = selector.written(*self._matching(where))
        rows = self.instant(f"max(max_over_time({series}[{_span(window)}]))", window.end)
        if not rows:
            self._need(selector.name)
        return max((value for _, value in rows), default=0.0)

    def sent_again(self, window: Window, where: Labels, most: int, pause_seconds: float) -> tuple[Sent, ...]:  # noqa: ARG002
        """Raise that metrics do not tell one message from another; see :meth:`Traffic.sent_again`."""
        raise NotKept("message", f"{self.title} does not tell one message from another; logs do (traffic)")

    def _counter(self, question: Question) -> tuple[str, str]:
        """Return the name of a counter, and its series as PromQL."""
        if question.of == "async_answers":
            selector, suffix = self.names.selector("async_seconds"), "_count"
        else:
            selector, suffix = self.names.selector(question.of), ""
        return selector.name + suffix, selector.written(*self._where(question), suffix=suffix)

    def quantile(self, share: float, question: Question) -> tuple[Row, ...]:
        """Return a quantile of a histogram over the window, classic or native; see :meth:`Traffic.quantile`."""
        if question.of not in _TIMED:
            raise NotKept(question.of, f"{question.of} have no duration")
        selector = self.names.selector(_TIMED[question.of])
        where, span = self._where(question), _span(question.window)
        by = self._by(question)
        classic = selector.written(*where, suffix="_bucket")
        inner = ", ".join(filter(None, ("le", by)))
        rows = self.instant(
            f"histogram_quantile({share}, sum by ({inner}) (increase({classic}[{span}])))", question.window.end
        )
        if not rows:
            native = selector.written(*where)
            rows = self.instant(
                f"histogram_quantile({share}, sum by ({by}) (increase({native}[{span}])))", question.window.end
            )
        if not rows:
            self._need(f"{selector.name}_bucket")
        return self._rows(rows, question.by)

    # What a review asks besides ---------------------------------------------

    def instant(self, query: str, at: datetime) -> tuple[tuple[Mapping[str, str], float], ...]:
        """Return the series of an instant query with their values; those that are no number are left out.

        Raises:
            TrafficProblem: it cannot be asked, or the query is not right.
        """
        data = self._get("query", {"query": query, "time": f"{at.timestamp():.3f}"})
        if data.get("resultType") == "scalar":
            return (({}, float(data["result"][1])),)
        found = ((one["metric"], float(one["value"][1])) for one in data.get("result", ()) if "value" in one)
        return tuple((metric, value) for metric, value in found if math.isfinite(value))

    def range(
        self, query: str, window: Window, step_seconds: float
    ) -> tuple[tuple[Mapping[str, str], tuple[tuple[float, float], ...]], ...]:
        """Return the series of a range query: labels, and pairs of a time (seconds since 1970) and a value.

        Raises:
            TrafficProblem: it cannot be asked, or the query is not right.
        """
        asked = {
            "query": query,
            "start": f"{window.start.timestamp():.3f}",
            "end": f"{window.end.timestamp():.3f}",
            "step": f"{step_seconds:g}",
        }
        data = self._get("query_range", asked)
        return tuple(
            (one["metric"], tuple((float(at), float(value)) for at, value in one["values"]))
            for one in data.get("result", ())
        )

    def label_sets(self, of: str, window: Window) -> tuple[Mapping[str, str], ...]:
        """Return the labels of every series of a metric that had a value within a window.

        Raises:
            TrafficProblem: it cannot be asked.
        """
        selector = self.names.selector(of)
        suffix = "_count" if of in _TIMED.values() else ""
        asked = {
            "match[]": selector.written(self.matchers, suffix=suffix),
            "start": f"{window.start.timestamp():.3f}",
            "end": f"{window.end.timestamp():.3f}",
        }
        found = self._get("series", asked)
        return tuple(found) if isinstance(found, list) else ()

    def rules(self) -> tuple[Mapping[str, Any], ...]:
        """Return the alerting rules that are loaded, as the API tells them.

        Raises:
            TrafficProblem: it cannot be asked.
        """
        groups = self._get("rules", {"type": "alert"}).get("groups", ())
        return tuple(rule for group in groups for rule in group.get("rules", ()) if rule.get("type") == "alerting")

    def silenced(self) -> frozenset[str]:
        """Return the alerts that a silence of Alertmanager names; Prometheus tells where its Alertmanagers are.

        Raises:
            TrafficProblem: Prometheus cannot be asked, or an Alertmanager it names cannot.
        """
        found: set[str] = set()
        for one in self._get("alertmanagers", {}).get("activeAlertmanagers", ()):
            address = str(one.get("url", "")).partition("/api/")[0] + "/api/v2/silences"
            try:
                told = self._client.get(address).json()
            except (httpx.HTTPError, ValueError) as error:
                raise TrafficProblem(f"Alertmanager at {address} cannot be asked: {type(error).__name__}") from error
            found |= {name for silence in told if isinstance(silence, dict) for name in _silenced_by(silence)}
        return frozenset(found)

    # How it is asked ----------------------------------------------------------

    def _get(self, what: str, parameters: Mapping[str, str]) -> Any:
        address = f"{self.url}/api/v1/{what}"
        try:
            answer = self._client.get(address, params=dict(parameters))
        except httpx.HTTPError as error:
            raise TrafficProblem(f"{self.title} cannot be asked: {type(error).__name__}: {error}") from error
        try:
            body = json.loads(answer.content)
        except ValueError:
            body = None
        if not isinstance(body, dict) or body.get("status") != "success":
            told = body.get("error") if isinstance(body, dict) else answer.text[:SHOWN]
            raise TrafficProblem(f"{self.title} answers {what} with {answer.status_code}: {told or 'nothing'}")
        return body["data"]

    def _need(self, metric: str) -> None:
        """Go on only where a metric is there at all: no calls are no calls, a missing series is another matter."""
        if not self._get("series", {"match[]": metric}):
            raise NotKept(metric, f"{self.title} has no series {metric}")

    def _where(self, question: Question) -> tuple[str, ...]:
        return self._matching(question.where)

    def _matching(self, labels: Labels) -> tuple[str, ...]:
        return (self.matchers, *(f"{self.names.label(name)}={json.dumps(value)}" for name, value in labels.items()))

    def _by(self, question: Question) -> str:
        return ", ".join(self.names.label(name) for name in question.by)

    def _rows(self, found: tuple[tuple[Mapping[str, str], float], ...], by: tuple[Label, ...]) -> tuple[Row, ...]:
        return tuple(
            Row({name: metric.get(self.names.label(name), "") for name in by}, value)
            for metric, value in found
            if value > 0
        )


def _silenced_by(silence: Mapping[str, Any]) -> set[str]:
    """Return the alerts that an active silence names outright; a pattern may mean anything."""
    if silence.get("status", {}).get("state") != "active":
        return set()
    return {
        str(matcher.get("value"))
        for matcher in silence.get("matchers", ())
        if matcher.get("name") == "alertname" and not matcher.get("isRegex") and matcher.get("isEqual", True)
    }


def timed(of: Timed) -> str:
    """Return the name in :data:`names.METRICS` of the histogram of something."""
    return _TIMED[of]


def _span(window: Window) -> str:
    return f"{max(1, round(window.seconds))}s"


def is_local(url: str) -> bool:
    """Whether an address is on this machine, where no proxy leads."""
    return (httpx.URL(url).host or "") in {"127.0.0.1", "localhost", "::1"}
