"""What a dashboard has to be able to show: kept, and told apart by what matters."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.plugin.conftest import Project
from tests.review.traffic_made import full_hour

pytest.importorskip("duckdb")

RULES = "UPZ-34,UPZ-35,UPZ-36,UPZ-37,UPZ-38,UPZ-39,UPZ-40,UPZ-41,UPZ-42,UPZ-43,UPZ-44,UPZ-106"

MANIFEST = """
golive: 1
project: shop
environments:
  production:
    production: true
    vendors:
      uppzy:
        base_url: https://uppzy.com/api/v1
        api_key: {env: SHOP_KEY}
        ids: {tenant_id: t-1, site_id: s-1}
        uses: [chat, get_limits]
traffic: access.jsonl
"""

RIGHT: dict[str, Any] = {
    "endpoint": "/chat",
    "status": 200,
    "duration_seconds": 0.4,
    "environment": "production",
    "integration": "shop",
    "tenant_id": "t-1",
    "site_id": "s-1",
}
FURTHER: list[dict[str, Any]] = [
    {"endpoint": "GET /api/v1/m2m/tenants/:tenant/limits"},
    {"error.type": "ReadTimeout"},
    {"feedback": "bad"},
    {"feedback": "good"},
    {"async_completion_seconds": 9.5},
]


def _seen(project: Project, monkeypatch: pytest.MonkeyPatch, *lines: dict[str, Any]) -> dict[str, tuple[str, str]]:
    monkeypatch.setenv("SHOP_KEY", "uppzy-key-0123456789abcdef")
    project.write("golive.yaml", MANIFEST)
    at = (full_hour() - timedelta(hours=30)).isoformat()
    Path(project.folder, "access.jsonl").write_text("".join(json.dumps({"time": at, **line}) + "\n" for line in lines))
    ran = project.run_cold("-m", "prerelease", "--env", "production", "--golive-only", RULES)
    return {
        each["check"].rpartition("::test_")[2].partition("[")[0]: (
            each["outcome"],
            (each["finding"] or {}).get("actual", ""),
        )
        for each in ran.partial["results"]
    }


def test_figures_that_are_all_there(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = _seen(project, monkeypatch, RIGHT, *({**RIGHT, **further} for further in FURTHER))

    assert {outcome for outcome, _ in seen.values()} == {"passed"}
    assert len(seen) == 10


def test_figures_that_are_kept_badly(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each is told with what is kept in its place."""
    wrong = {"endpoint": "/documents", "status": "2xx", "environment": "production", "tenant_id": "t-2"}
    seen = _seen(project, monkeypatch, wrong, {**wrong, "feedback": "7", "site_id": "s-1"})
    logs = f"the logs {project.folder.resolve()}/access.jsonl"
    week = seen["volume_is_kept_by_endpoint"][1].split(" in ")[1].split(";")[0]

    assert seen == {
        "volume_is_kept_by_endpoint": ("failed", f"none of chat, get_limits in {week}; there are /documents"),
        "statuses_are_kept_apart": ("failed", f"2xx, by {logs}"),
        "latency_is_kept_by_endpoint": (
            "not_verified",
            (
                f"{logs}: no line has http.client.request.duration, or another of its usual names; "
                "say under monitoring what it is called"
            ),
        ),
        "timeouts_are_counted": (
            "not_verified",
            f"{logs}: no line has error.type, or another of its usual names; say under monitoring what it is called",
        ),
        "async_completion_is_kept": (
            "not_verified",
            f"{logs}: no line has async_completion_seconds; say under monitoring what it is called",
        ),
        "ratings_are_counted": ("failed", f"7, by {logs}"),
        "calls_name_their_environment": ("passed", ""),
        "calls_name_their_integration": ("failed", f"calls without it in {week}, by {logs}"),
        "calls_name_their_tenant": ("failed", f"also t-2, by {logs}"),
        "calls_name_their_site": ("failed", f"calls without it in {week}, by {logs}"),
    }


def test_calls_of_another_environment_are_none(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    seen = _seen(project, monkeypatch, {**RIGHT, "environment": "staging"})
    logs = f"the logs {project.folder.resolve()}/access.jsonl"

    assert seen["statuses_are_kept_apart"] == (
        "not_verified",
        (
            f"{logs} has no calls of the environment production; it has those of staging; "
            "say under monitoring what it is called"
        ),
    )
