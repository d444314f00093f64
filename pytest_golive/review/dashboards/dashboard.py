"""A Grafana dashboard for the dashboard checklists: with the names, labels and limits that alerts and reviews use."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from pytest_golive.review.alerts.alerting import Limits
from pytest_golive.review.names import MetricNames
from pytest_golive.review.traffic import Label

SCHEMA_VERSION = 36
"""Of the dashboard's JSON: what Grafana 8 wrote first, and every later one reads."""

FILTERS: tuple[Label, ...] = ("environment", "integration", "tenant_id", "site_id")
"""What the dashboard can be narrowed down to: every series has to say it."""

WIDE, TALL, ACROSS = 12, 8, 24
"""Size of a panel, and the width of the page, in Grafana's units."""

SPAN = "$__rate_interval"

Unit = Literal["short", "reqps", "percentunit", "s"]


@dataclass(frozen=True, slots=True)
class Panel:
    """One graph.

    Attributes:
        title: what it shows.
        told: what a reader of it has to know.
        unit: of its values.
        queries: PromQL, and the name of each series.
        limit: from what on it is an alert; None: nothing says that.
        counts: bars of a count, in the place of lines.
    """

    title: str
    told: str
    unit: Unit
    queries: tuple[tuple[str, str], ...]
    limit: float | None = None
    counts: bool = False


@dataclass(frozen=True, slots=True)
class Watched:
    """What is shown of one vendor.

    Attributes:
        title: its name as people write it.
        matchers: PromQL matchers of its series.
        polls: whether it has asynchronous answers.
        rates: whether answers are rated.
        delivers: whether it sends webhooks.
    """

    title: str
    matchers: str = ""
    polls: bool = False
    rates: bool = False
    delivers: bool = False


@dataclass(frozen=True, slots=True)
class Board:
    """A dashboard to be written.

    Attributes:
        project: whose.
        watched: the vendors on it.
        names: how metrics and labels are called.
        limits: from what on alerts fire.
    """

    project: str
    watched: Sequence[Watched]
    names: MetricNames = field(default_factory=MetricNames)
    limits: Limits = field(default_factory=Limits)

    def as_json(self) -> str:
        """Return the dashboard as Grafana imports it."""
        return json.dumps(self.model(), indent=2, ensure_ascii=False) + "\n"

    def model(self) -> dict[str, Any]:
        """Return the dashboard as plain values."""
        return {
            "uid": f"golive-{_plain(self.project)}"[:40],
            "title": f"{self.project}: integrations",
            "description": "Written by `golive dashboard`; names and limits come from golive.yaml.",
            "tags": ["golive"],
            "style": "dark",
            "timezone": "utc",
            "editable": True,
            "graphTooltip": 1,
            "fiscalYearStartMonth": 0,
            "time": {"from": "now-7d", "to": "now"},
            "refresh": "5m",
            "schemaVersion": SCHEMA_VERSION,
            "templating": {"list": list(self._variables())},
            "annotations": {"list": []},
            "panels": list(self._panels()),
        }

    def expressions(self) -> tuple[str, ...]:
        """Return every PromQL of the panels."""
        return tuple(query for each in self.watched for panel in panels(each, self) for query, _ in panel.queries)

    def _variables(self) -> Iterator[dict[str, Any]]:
        yield {"name": "source", "label": "Prometheus", "type": "datasource", "query": "prometheus", "hide": 0}
        series = self.names.selector("requests").written()
        for name in FILTERS:
            yield {
                "name": name,
                "label": name.removesuffix("_id"),
                "type": "query",
                "hide": 0,
                "datasource": _source(),
                "query": f"label_values({series}, {self.names.label(name)})",
                "includeAll": True,
                "allValue": ".*",
                "multi": True,
                "refresh": 2,
                "sort": 1,
                "current": {"text": "All", "value": "$__all"},
            }

    def _panels(self) -> Iterator[dict[str, Any]]:
        number, top = 0, 0
        for each in self.watched:
            number += 1
            yield _row(each.title, number, top)
            top += 1
            for place, panel in enumerate(panels(each, self)):
                number += 1
                left = place * WIDE % ACROSS
                yield _graph(panel, number, left, top)
                top += TALL if left + WIDE >= ACROSS else 0
            top += TALL if len(panels(each, self)) % 2 else 0


def panels(watched: Watched, board: Board) -> tuple[Panel, ...]:
    """Return the graphs of one vendor, in the order of the checklist."""
    written = _Written(board, watched.matchers)
    found = [*_of_calls(written, board.limits), *_of_refusals(written, board.limits)]
    if watched.polls:
        found += _of_async(written, board.limits)
    if watched.rates:
        found.append(_of_ratings(written))
    if watched.delivers:
        found.append(_of_deliveries(written, board.limits))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class _Written:
    board: Board
    matchers: str

    def metric(self, of: str, *further: str, suffix: str = "") -> str:
        names = self.board.names
        narrowed = (f'{names.label(name)}=~"${name}"' for name in FILTERS)
        return names.selector(of).written(self.matchers, *further, *narrowed, suffix=suffix)

    def rate(self, of: str, *further: str, by: str = "", suffix: str = "") -> str:
        grouped = f" by ({by})" if by else ""
        return f"sum{grouped} (rate({self.metric(of, *further, suffix=suffix)}[{SPAN}]))"

    def growth(self, of: str, span: str, *further: str, suffix: str = "") -> str:
        return f"sum(increase({self.metric(of, *further, suffix=suffix)}[{span}]))"

    def share(self, span: str, *further: str) -> str:
        """Return the share of calls that match; none of them is zero, and not nothing."""
        return f"{self.calls(span, *further)} / {self.growth('requests', span)}"

    def calls(self, span: str, *further: str) -> str:
        """Return how many calls match; where there are calls, and none of these, it is zero, and not nothing."""
        return f"({self.growth('requests', span, *further)} or 0 * {self.growth('requests', span)})"

    def quantile(self, share: float, of: str, by: str = "") -> str:
        return (
            f"histogram_quantile({share:g}, {self.rate(of, by=', '.join(filter(None, ('le', by))), suffix='_bucket')})"
        )

    @property
    def endpoint(self) -> str:
        return self.board.names.label("endpoint")

    def status(self, pattern: str, how: str = "=~") -> str:
        return f'{self.board.names.label("status")}{how}"{pattern}"'


def _of_calls(written: _Written, limits: Limits) -> Iterator[Panel]:
    endpoint = written.endpoint
    named = f"{{{{{endpoint}}}}}"
    yield Panel(
        "Calls by endpoint", "How often each endpoint is called.", "reqps",
        ((written.rate("requests", by=endpoint), named),),
    )  # fmt: skip
    succeeded = written.rate("requests", written.status("[23].."), by=endpoint)
    yield Panel(
        "Success by endpoint", "The share of calls that were answered with 2xx or 3xx.", "percentunit",
        ((f"{succeeded} / {written.rate('requests', by=endpoint)}", named),),
    )  # fmt: skip
    now = f"({written.rate('requests')} or vector(0))"
    before = f"sum(rate({written.metric('requests')}[{SPAN}] offset 7d))"
    yield Panel(
        "Calls, and a week ago",
        f"Fewer than {limits.volume:g} of the calls of a week ago are an alert.",
        "reqps",
        ((now, "now"), (before, "a week ago"), (f"{limits.volume:g} * {before}", "too few")),
    )
    yield Panel(
        "Duration", "Median and 95th percentile.", "s",
        tuple(
            (written.quantile(share, "request_seconds", endpoint), f"{word}, {named}")
            for share, word in ((0.5, "median"), (0.95, "95 %"))
        ),
    )  # fmt: skip
    yield Panel(
        "Timeouts", f"Within ten minutes; from {limits.timeouts:g} on, and far more than usual, they are an alert.",
        "short", ((written.growth("timeouts", "10m"), "timeouts"),), limits.timeouts, counts=True,
    )  # fmt: skip


def _of_refusals(written: _Written, limits: Limits) -> Iterator[Panel]:
    shares = (("4xx but 429", "4..", True), ("429", "429", False), ("5xx", "5..", False))
    yield Panel(
        "4xx, 429 and 5xx apart",
        f"Alerts: {limits.rate_limited:g} of 429, {limits.server_errors:g} of 5xx, held for ten minutes.",
        "percentunit",
        tuple(
            (written.share("10m", written.status(pattern), *([written.status("429", "!=")] if but else [])), name)
            for name, pattern, but in shares
        ),
        min(limits.rate_limited, limits.server_errors),
    )
    yield Panel(
        "Refused keys: 401", "Within five minutes.", "short",
        ((written.calls("5m", written.status("401")), "401"),), limits.unauthorized, counts=True,
    )  # fmt: skip
    yield Panel(
        "Forbidden: 403", "Within a quarter of an hour.", "short",
        ((written.calls("15m", written.status("403")), "403"),), limits.forbidden, counts=True,
    )  # fmt: skip


def _of_async(written: _Written, limits: Limits) -> Iterator[Panel]:
    yield Panel(
        "Async answers, from submit to the end", "Median and 95th percentile.", "s",
        tuple(
            (written.quantile(share, "async_seconds"), word) for share, word in ((0.5, "median"), (0.95, "95 %"))
        ),
    )  # fmt: skip
    late = written.growth("async_timeouts", "15m")
    came = written.growth("async_seconds", "15m", suffix="_count")
    yield Panel(
        "Async answers too late", "The share of those that did not come in time, within a quarter of an hour.",
        "percentunit", ((f"{late} / ({late} + ({came} or vector(0)))", "too late"),), limits.async_timeouts,
    )  # fmt: skip


def _of_ratings(written: _Written) -> Panel:
    feedback = written.board.names.label("feedback")
    query = f"sum by ({feedback}) (increase({written.metric('feedback')}[1d]))"
    return Panel("Ratings", "Good and bad ones, within a day.", "short", ((query, f"{{{{{feedback}}}}}"),), counts=True)


def _of_deliveries(written: _Written, limits: Limits) -> Panel:
    every = written.growth("deliveries", "30m")
    query = f"({written.growth('delivery_failures', '30m')} or 0 * {every}) / {every}"
    return Panel(
        "Webhook deliveries that fail", "The share of all, within half an hour.", "percentunit",
        ((query, "failed"),), limits.webhook_failures,
    )  # fmt: skip


def _row(title: str, number: int, top: int) -> dict[str, Any]:
    place = {"h": 1, "w": ACROSS, "x": 0, "y": top}
    return {"type": "row", "id": number, "title": title, "collapsed": False, "gridPos": place, "panels": []}


def _graph(panel: Panel, number: int, left: int, top: int) -> dict[str, Any]:
    steps: list[dict[str, Any]] = [{"value": None, "color": "green"}]
    if panel.limit is not None:
        steps.append({"value": panel.limit, "color": "red"})
    custom = {
        "drawStyle": "bars" if panel.counts else "line",
        "fillOpacity": 30 if panel.counts else 5,
        "showPoints": "never",
        "thresholdsStyle": {"mode": "off" if panel.limit is None else "dashed"},
    }
    return {
        "type": "timeseries",
        "id": number,
        "title": panel.title,
        "description": panel.told,
        "transparent": False,
        "datasource": _source(),
        "gridPos": {"h": TALL, "w": WIDE, "x": left, "y": top},
        "targets": list(_targets(panel.queries)),
        "fieldConfig": {
            "defaults": {
                "unit": panel.unit,
                "min": 0,
                "thresholds": {"mode": "absolute", "steps": steps},
                "color": {"mode": "palette-classic"},
                "custom": custom,
            },
            "overrides": [],
        },
        "options": {
            "legend": {"displayMode": "list", "placement": "bottom", "showLegend": True, "calcs": []},
            "tooltip": {"mode": "multi", "sort": "desc"},
        },
    }


def _targets(queries: Iterable[tuple[str, str]]) -> Iterator[dict[str, Any]]:
    for number, (query, name) in enumerate(queries):
        yield {
            "refId": chr(ord("A") + number),
            "datasource": _source(),
            "expr": query,
            "legendFormat": name,
            "range": True,
            "editorMode": "code",
        }


def _source() -> Mapping[str, str]:
    return {"type": "prometheus", "uid": "${source}"}


def _plain(name: str) -> str:
    """Return a name as an address may hold it."""
    return "".join(letter if letter.isascii() and letter.isalnum() else "-" for letter in name.lower()).strip("-")
