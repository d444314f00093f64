"""The most within a few minutes, as a real Prometheus and as logs tell it."""

from __future__ import annotations

import json
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from pytest_golive.review.review import Review
from pytest_golive.review.sources.example import ExampleTraffic
from pytest_golive.review.sources.logs import AccessLogs
from pytest_golive.review.sources.prometheus import Prometheus
from pytest_golive.review.traffic import Question, total
from pytest_golive.review.window import Window
from tests.review.prometheus_server import is_here, prometheus

START = datetime.now(UTC).replace(minute=10, second=0, microsecond=0) - timedelta(days=1)
NOW = START + timedelta(hours=6)
BURST = {START + timedelta(hours=2, minutes=minute) for minute in (1, 2, 3, 4)}
"""Minutes in which five calls were refused; else one an hour was."""

SPREAD = {START + timedelta(hours=hour, minutes=33) for hour in range(6)}
WINDOW = Window(START, NOW)


def _refused(minute: datetime) -> int:
    return 5 * (minute in BURST) + (minute in SPREAD)


def _minutes() -> list[datetime]:
    return [START + timedelta(minutes=minute) for minute in range(6 * 60)]


def _judged(review: Review) -> None:
    assert review.busiest("requests", WINDOW, 300, "401") == pytest.approx(20, abs=6)
    assert review.busiest("requests", Window(START + timedelta(hours=3), NOW), 300, "401") == pytest.approx(1, abs=0.5)
    assert review.busiest("requests", Window(NOW - timedelta(minutes=2), NOW), 300, "401") == 0
    assert review.busiest("requests", WINDOW, 300, "403") == 0
    assert total(review.counts("requests", Window(START + timedelta(minutes=30), NOW))) == pytest.approx(356, abs=5)


def test_logs_tell_the_most_within_minutes(tmp_path: Path) -> None:
    """Also of a window that begins and ends within hours."""
    pytest.importorskip("duckdb")
    path = tmp_path / "a.jsonl"
    lines = [
        {"time": (minute + timedelta(seconds=7)).isoformat(), "endpoint": "/chat", "status": status}
        for minute in _minutes()
        for status in (200, *(401,) * _refused(minute))
    ]
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))

    with closing(AccessLogs([str(path)])) as logs:
        _judged(Review(logs, NOW))


def test_prometheus_tells_the_most_within_minutes(tmp_path: Path) -> None:
    """As the alert sees it."""
    if not is_here():
        pytest.skip("Prometheus is not installed (Debian: prometheus)")
    counted = {"200": 0, "401": 0}
    samples: dict[str, list[str]] = {status: [] for status in counted}
    for minute in [*_minutes(), NOW]:
        for status, count in counted.items():
            told = f'requests_total{{endpoint="/chat",status="{status}"}} {count}'
            samples[status].append(f"{told} {minute.timestamp():.0f}")
        counted["200"] += 1
        counted["401"] += _refused(minute)
    text = "\n".join(["# TYPE requests counter", *samples["200"], *samples["401"], "# EOF", ""])

    with prometheus(tmp_path, text) as url, closing(Prometheus(url)) as metrics:
        _judged(Review(metrics, NOW))


def test_the_example_is_quiet() -> None:
    traffic = ExampleTraffic({})

    assert traffic.busiest(Question("requests", WINDOW, (), {"status": "401"}), 300) == 0
    assert traffic.busiest(Question("retries", WINDOW), 300) == pytest.approx(60 * 300 / (7 * 24 * 3600))
