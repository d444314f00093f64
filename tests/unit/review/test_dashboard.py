"""A Grafana dashboard for the checklist: Grafana's model of it, PromQL by promtool, names and limits of the project."""

from __future__ import annotations

import json
import re
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest
import yaml

from pytest_golive.cli import main
from pytest_golive.review.alerts.alerting import Limits
from pytest_golive.review.alerts.promtool import is_installed
from pytest_golive.review.dashboards.dashboard import ACROSS, FILTERS, Board, Watched
from pytest_golive.review.dashboards.watched import PANELS, unresolved
from pytest_golive.review.names import metric_names
from tests.review.grafana_model import mistakes

EVERYTHING = Watched("Everything", 'team="shop"', polls=True, rates=True, delivers=True)

TITLES = [
    "Calls by endpoint",
    "Success by endpoint",
    "Calls, and a week ago",
    "Duration",
    "Timeouts",
    "4xx, 429 and 5xx apart",
    "Refused keys: 401",
    "Forbidden: 403",
    "Async answers, from submit to the end",
    "Async answers too late",
    "Ratings",
    "Webhook deliveries that fail",
]

BOARDS = [
    pytest.param(Board("shop", [EVERYTHING]), id="golive's names"),
    pytest.param(Board("shop", [EVERYTHING, Watched("Bare")], metric_names("opentelemetry")), id="opentelemetry"),
    pytest.param(
        Board(
            "Shop & Söhne / " + "x" * 60,
            [EVERYTHING],
            metric_names(None, {"requests": 'calls_total{peer="uppzy"}'}, {"endpoint": "route", "status": "code"}),
        ),
        id="names of a project",
    ),
]


def filled(expressions: Iterable[str]) -> list[str]:
    """Return expressions as Grafana sends them when nothing is narrowed down."""
    return [
        re.sub(r"\$(environment|integration|\w+_id)", ".*", one).replace("$__rate_interval", "5m")
        for one in expressions
    ]


@pytest.mark.parametrize("board", BOARDS)
def test_it_fits_grafana_s_own_model(board: Board) -> None:
    """By the model that Grafana generates its SDKs from: nothing unknown, nothing of another type."""
    told = json.loads(board.as_json())

    assert mistakes(told) == []
    assert len(told["uid"]) <= 40
    assert re.fullmatch(r"[a-z0-9-]+", told["uid"])
    numbers = [panel["id"] for panel in told["panels"]]
    assert len(numbers) == len(set(numbers))


def test_the_model_would_find_mistakes() -> None:
    """A panel with a limit that is a word, an unknown key, a place that is no number."""
    told: dict[str, Any] = json.loads(Board("shop", [EVERYTHING]).as_json())
    graph = told["panels"][1]
    graph["fieldConfig"]["defaults"]["thresholds"]["mode"] = "relative"
    graph["gridPos"]["x"] = "left"
    told["panles"] = []

    limits = "dashboard.panels[1].field_config[0].defaults[0].thresholds[0]"
    assert mistakes(told) == [
        "dashboard.panles is not known",
        "dashboard.panels[1].grid_pos[0].x is 'left', and no <class 'int'>",
        f"{limits}.mode is 'relative', and no <enum 'ThresholdsMode'>",
    ]


@pytest.mark.skipif(not is_installed(), reason="promtool is not installed (Debian: prometheus)")
@pytest.mark.parametrize("board", BOARDS)
def test_every_expression_is_promql(board: Board, tmp_path: Path) -> None:
    """By promtool, with the dashboard's variables filled in."""
    rules = [{"record": f"golive:{number}", "expr": one} for number, one in enumerate(filled(board.expressions()))]
    path = tmp_path / "rules.yml"
    path.write_text(yaml.safe_dump({"groups": [{"name": "dashboard", "rules": rules}]}), encoding="utf-8")

    done = subprocess.run(["promtool", "check", "rules", path], capture_output=True, text=True, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert f"SUCCESS: {len(rules)} rules found" in done.stdout
    assert all("$" not in rule["expr"] for rule in rules)


def test_a_panel_for_each_line_of_the_checklist() -> None:
    """A vendor without async answers, ratings and webhooks has none about them; panels do not lie upon each other."""
    told = Board("shop", [EVERYTHING, Watched("Bare")]).model()

    rows = [panel["title"] for panel in told["panels"] if panel["type"] == "row"]
    titles = [panel["title"] for panel in told["panels"] if panel["type"] != "row"]
    assert rows == ["Everything", "Bare"]
    assert titles == TITLES + TITLES[:8]
    taken: set[tuple[int, int]] = set()
    for panel in told["panels"]:
        place = panel["gridPos"]
        own = {(place["x"] + across, place["y"] + down) for across in range(place["w"]) for down in range(place["h"])}
        assert place["x"] + place["w"] <= ACROSS
        assert not own & taken
        taken |= own


def test_names_labels_and_limits_are_those_of_the_alerts() -> None:
    """And every series can be narrowed down by what the checklist wants in it."""
    names = metric_names("opentelemetry", {"timeouts": "shop_timeouts_total"}, {"status": "code"})
    board = Board("shop", [Watched("Uppzy", 'peer="uppzy"')], names, Limits(unauthorized=7, timeouts=9))
    told = board.model()
    graphs = {panel["title"]: panel for panel in told["panels"]}

    calls = graphs["Calls by endpoint"]["targets"][0]
    assert calls["expr"] == (
        'sum by (url_template) (rate(http_client_request_duration_seconds_count{peer="uppzy",'
        'deployment_environment_name=~"$environment",service_name=~"$integration",'
        'tenant_id=~"$tenant_id",site_id=~"$site_id"}[$__rate_interval]))'
    )
    assert calls["legendFormat"] == "{{url_template}}"
    assert 'code=~"401"' in graphs["Refused keys: 401"]["targets"][0]["expr"]
    assert graphs["Timeouts"]["targets"][0]["expr"].startswith("sum(increase(shop_timeouts_total{")
    limits = {
        title: [step["value"] for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"][1:]]
        for title, panel in graphs.items()
        if panel["type"] != "row"
    }
    assert limits["Refused keys: 401"] == [7]
    assert limits["Timeouts"] == [9]
    assert limits["4xx, 429 and 5xx apart"] == [0.02]
    assert limits["Duration"] == []
    queries = {one["name"]: one["query"] for one in told["templating"]["list"]}
    assert list(queries) == ["source", *FILTERS]
    assert queries["environment"] == (
        "label_values(http_client_request_duration_seconds_count, deployment_environment_name)"
    )


@pytest.mark.parametrize("preset", [None, "opentelemetry"])
def test_it_is_what_the_check_of_files_looks_for(preset: str | None) -> None:
    """Each panel of the checklist is found in it: who keeps it in the repository has nothing to add."""
    names = metric_names(preset)
    board = Board("shop", [Watched("Uppzy", polls=True, rates=True)], names)

    assert list(unresolved(PANELS, board.as_json(), names, {})) == []
    assert list(unresolved(PANELS, "{}", names, {})) == list(PANELS)


def test_the_command_prints_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Of the vendors of golive.yaml, by its names; without one, of all; of one that is asked for."""
    monkeypatch.chdir(tmp_path)

    def rows(*words: str) -> tuple[str, list[str]]:
        assert main(["dashboard", *words]) == 0
        told = json.loads(capsys.readouterr().out)
        return told["title"], [panel["title"] for panel in told["panels"] if panel["type"] == "row"]

    everywhere = rows()
    assert everywhere[0] == "golive: integrations"
    assert sorted(everywhere[1]) == ["Augno", "Selwise", "Timely.ai", "Uppzy"]
    assert rows("--vendor", "timely") == ("golive: integrations", ["Timely.ai"])
    (tmp_path / "golive.yaml").write_text(
        "golive: 1\nproject: shop\nmonitoring: {select: {uppzy: {integration: chat}}}\n"
        "environments: {staging: {vendors: {uppzy: {base_url: https://x.example, api_key: {env: K}, "
        "ids: {tenant_id: t, site_id: s}}}}}\n"
    )
    assert rows() == ("shop: integrations", ["Uppzy"])
    assert main(["dashboard"]) == 0
    assert 'integration=\\"chat\\"' in capsys.readouterr().out
    assert main(["dashboard", "--vendor", "upzy"]) == 2
    assert "uppzy" in capsys.readouterr().err
