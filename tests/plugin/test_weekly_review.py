"""Five weeks of traffic, kept by a real Prometheus and by logs: incidents are found, with the same figures by both."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pytest_golive.review.chart import chart
from pytest_golive.review.content import rising, rollouts
from pytest_golive.review.content.figures import ContentFigures
from pytest_golive.review.content.rollouts import Doubt, Rollout
from pytest_golive.review.dashboards.dashboard import Board, Watched, panels
from pytest_golive.review.review import Review
from pytest_golive.review.sources.logs import AccessLogs
from pytest_golive.review.sources.prometheus import Prometheus
from pytest_golive.review.trends import Trend
from tests.plugin.conftest import Project
from tests.review.prometheus_server import is_here, prometheus
from tests.review.traffic_made import ENDPOINTS, Incident, events, full_hour, openmetrics, write_logs

WEEKLY = "UPZ-118,UPZ-119,UPZ-120,UPZ-121,UPZ-122"

INCIDENT = Incident(
    statuses={"/chat": {"200": 0.87, "500": 0.08, "429": 0.05}},
    timeouts=0.03,
    volume={"/limits": 0.2},
    bad=0.4,
    low=0.3,
)
QUIET = Incident()

MANIFEST = """
golive: 1
project: shop
environments:
  production:
    production: true
    vendors:
      uppzy:
        base_url: https://uppzy.com/api/v1
        api_key: {{env: SHOP_KEY}}
        ids: {{tenant_id: t-1, site_id: s-1}}
{monitoring}
"""


@dataclass(frozen=True, slots=True)
class Kept:
    """Traffic, as two keep it."""

    now: datetime
    url: str
    log: Path


@pytest.fixture(scope="module", params=[INCIDENT, QUIET], ids=["incident", "quiet"])
def kept(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Kept]:
    if not is_here():
        pytest.skip("Prometheus is not installed (Debian: prometheus)")
    pytest.importorskip("duckdb")
    folder = tmp_path_factory.mktemp("traffic")
    now = full_hour()
    made = list(events(now, request.param, an_hour=10))
    log = write_logs(folder / "access.jsonl", made)
    with prometheus(folder / "prometheus", openmetrics(made, now)) as url:
        yield Kept(now, url, log)


def _close(one: dict[str, float], other: dict[str, float]) -> bool:
    return one.keys() == other.keys() and all(one[key] == pytest.approx(other[key], rel=0.02, abs=2) for key in one)


def test_metrics_and_logs_say_the_same(kept: Kept) -> None:
    """Every figure of the review, within what sampling costs."""

    def figures(review: Review) -> dict[str, float]:
        shares = {f"errors {name}": share.hits for name, share in review.errors().items()}
        shares |= {f"before {name}": share.hits for name, share in review.errors(review.before).items()}
        shares |= {f"calls {name}": calls for name, calls in review.volume()[0].items()}
        for name in ("rate_limited", "timed_out", "async_timed_out", "low_confidence", "bad_feedback"):
            ratings = getattr(review, name)()
            shares |= {name: ratings.week.hits, f"{name} usually": ratings.usual.hits, f"{name} of": ratings.week.of}
        for line in chart("uppzy", review)["endpoints"]:
            shares |= {f"chart {line['endpoint']} {week}": calls for week, calls in enumerate(line["calls"])}
            assert all(0.1 < seconds < 5 for seconds in line["seconds"])
        return shares | {"retries": review.retried().hits}

    with closing(Prometheus(kept.url)) as prometheus, closing(AccessLogs([str(kept.log)])) as logs:
        by_metrics = figures(Review(prometheus, kept.now, environment="production"))
        by_logs = figures(Review(logs, kept.now, environment="production"))

    assert _close(by_metrics, by_logs)
    assert {name.removeprefix("calls ") for name in by_logs if name.startswith("calls ")} == set(ENDPOINTS)


def test_metrics_and_logs_say_the_same_of_a_batch(kept: Kept, request: pytest.FixtureRequest) -> None:
    """Logs without sites, metrics with them; calls of other endpoints beside those that rest on content."""
    begun = kept.now - timedelta(days=7, minutes=20)
    batch = Rollout(("B-12",), begun, begun + timedelta(minutes=5), ("doc-1",))

    def said(review: Review) -> list[tuple[str, type[object]]]:
        thresholds, figures = review.thresholds, ContentFigures(review, "s-1", lambda endpoint: "/chat" in endpoint)
        asked = (
            (rising.bad_ratings(thresholds), figures.ratings),
            (rising.low_confidence(thresholds), figures.confidence),
            (rising.server_errors(thresholds), figures.errors),
            (rising.timeouts(thresholds, 3.0, 5), figures.timeouts),
        )
        return [
            (figure.what, type(one))
            for figure, measure in asked
            for _, one in rollouts.effects(figure, measure, [batch], kept.now)
        ]

    with closing(Prometheus(kept.url)) as prometheus, closing(AccessLogs([str(kept.log)])) as logs:
        by_metrics = said(Review(prometheus, kept.now, environment="production"))
        by_logs = said(Review(logs, kept.now, environment="production"))

    found: list[tuple[str, type[object]]] = [("bad ratings", Trend), ("low confidence", Trend), ("5xx", Trend)]
    if "quiet" in request.node.name:
        found = [(what, type(None)) for what, _ in found]
    # The incident's timeouts are those of all endpoints, and the metric of the timeouts names none.
    assert (by_metrics[:3], by_logs[:3]) == (found, found)
    assert {one for _, one in (by_metrics[3], by_logs[3])} <= {Doubt, type(None)}


def test_the_dashboard_shows_these_figures(kept: Kept, request: pytest.FixtureRequest) -> None:
    """Every query of it, asked of a real Prometheus as Grafana asks; samples are two hours apart here."""
    board = Board("shop", [Watched("Uppzy", polls=True, rates=True)])
    with closing(Prometheus(kept.url)) as asked:
        shown = {
            panel.title: [
                sorted(value for _, value in asked.instant(_as_grafana_asks(query), kept.now))
                for query, _ in panel.queries
            ]
            for panel in panels(board.watched[0], board)
        }

    assert {title: len(of) for title, series in shown.items() for of in series if not of} == {}
    assert all(0 <= value <= 1 for value in shown["Success by endpoint"][0])
    assert len(shown["Calls by endpoint"][0]) == len(ENDPOINTS)
    _, _, failed = shown["4xx, 429 and 5xx apart"]
    assert (failed[0] > 0.02) is ("incident" in request.node.name)
    assert (shown["Forbidden: 403"], shown["Refused keys: 401"]) == ([[0.0]], [[0.0]])


def _as_grafana_asks(query: str) -> str:
    whole = re.sub(r"\$(environment|integration|tenant_id|site_id)", ".*", query)
    return re.sub(r"\[(\$__rate_interval|[0-9]+[md])\]", "[48h]", whole)


def _reviewed(project: Project, monitoring: str) -> dict[str, Any]:
    project.write("golive.yaml", MANIFEST.format(monitoring=monitoring))
    ran = project.run_cold("-m", "weekly", "--env", "production", "--golive-only", WEEKLY)
    return {each["rules"][0]: each for each in ran.partial["results"]}


@pytest.fixture(autouse=True)
def _key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SHOP_KEY", "uppzy-key-0123456789abcdef")


@pytest.mark.parametrize("source", ["metrics", "logs"])
def test_incidents_are_found_with_the_next_action(
    project: Project, kept: Kept, source: str, request: pytest.FixtureRequest
) -> None:
    """A quiet week raises nothing."""
    monitoring = f"monitoring: {{prometheus: '{kept.url}'}}" if source == "metrics" else f"traffic: '{kept.log}'"

    results = _reviewed(project, monitoring)

    if "quiet" in request.node.name:
        assert {rule: each["outcome"] for rule, each in results.items()} == dict.fromkeys(WEEKLY.split(","), "passed")
        return
    assert {rule: each["outcome"] for rule, each in results.items()} == dict.fromkeys(WEEKLY.split(","), "failed")
    actions = {rule: each["finding"]["fix"].partition(". ")[0] for rule, each in results.items()}
    assert actions == {
        "UPZ-118": "Next action: tune retries",
        "UPZ-119": "Next action: tune retries",
        "UPZ-120": "Next action: tune retries",
        "UPZ-121": "Next action: improve content",
        "UPZ-122": "Next action: improve content",
    }
    assert results["UPZ-118"]["finding"]["actual"].startswith("/chat: ")
    assert results["UPZ-118"]["finding"]["expected"].startswith("at most 2 % of the calls to fail")


def test_a_batch_is_named_with_its_next_action(project: Project, kept: Kept, request: pytest.FixtureRequest) -> None:
    """The batch after which answers got worse, and the one that followed all the same; none in a quiet week."""
    first, second = kept.now - timedelta(days=7, minutes=20), kept.now - timedelta(days=3, minutes=20)
    project.write(
        "sync.csv",
        "source_id,document_id,batch_id,published_at\n"
        f"cms-1,doc-1,B-12,{first.isoformat()}\ncms-2,doc-2,B-13,{second.isoformat()}\n",
    )
    project.write(
        "golive.yaml", MANIFEST.format(monitoring=f"traffic: '{kept.log}'\noperations: {{sync_log: sync.csv}}")
    )
    ran = project.run_warm("-m", "weekly", "--env", "production", "--golive-only", "UPZ-57,UPZ-59,UPZ-61,UPZ-123")
    results = {each["check"].rpartition("::test_")[2].partition("[")[0]: each for each in ran.partial["results"]}
    outcomes = {name: each["outcome"] for name, each in results.items()}

    usual = dict.fromkeys(
        ("batches_are_watched", "sync_pauses_when_calls_fail", "batches_tell_their_time", "batches_made_nothing_worse"),
        "passed",
    )
    if "quiet" in request.node.name:
        assert outcomes == usual | {"rollout_pauses_when_ratings_get_worse": "passed"}
        return
    red = dict.fromkeys(("batches_made_nothing_worse", "rollout_pauses_when_ratings_get_worse"), "failed")
    assert outcomes == usual | red
    actions = {name: results[name]["finding"]["fix"].partition(". ")[0] for name in red}
    assert actions == {
        "batches_made_nothing_worse": "Next action: roll back batch B-12 (set to draft: doc-1)",
        "rollout_pauses_when_ratings_get_worse": "Next action: pause the rollout, batch B-13",
    }


def test_what_is_not_there_is_told(project: Project, kept: Kept) -> None:
    """Metrics that are called otherwise; nobody who answers."""
    named = f"monitoring: {{prometheus: '{kept.url}', metrics: {{requests: shop_requests_total}}}}"
    results = _reviewed(project, named)
    assert {each["outcome"] for rule, each in results.items() if rule in {"UPZ-118", "UPZ-119", "UPZ-120"}} == {
        "not_verified"
    }
    assert results["UPZ-119"]["finding"]["actual"] == (
        f"Prometheus at {kept.url} has no series shop_requests_total; say under monitoring what it is called"
    )

    results = _reviewed(project, "monitoring: {prometheus: 'http://127.0.0.1:9'}")
    assert {each["outcome"] for each in results.values()} == {"inconclusive"}
    assert results["UPZ-119"]["finding"]["actual"] == (
        "Prometheus at http://127.0.0.1:9 cannot be asked: ConnectError: [Errno 111] Connection refused"
    )
