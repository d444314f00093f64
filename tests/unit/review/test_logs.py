"""Access logs, however they are written: flat or nested, with numbers or dates, in one file or many."""

from __future__ import annotations

import gzip
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from pytest_golive.review.chart import chart
from pytest_golive.review.review import Review
from pytest_golive.review.sources.logs import AccessLogs
from pytest_golive.review.traffic import NotKept, Question, TrafficProblem, summed, total
from pytest_golive.review.window import last_week

duckdb = pytest.importorskip("duckdb")

NOW = datetime(2026, 3, 30, 12, tzinfo=UTC)
WEEK = last_week(NOW)
DAY = NOW - timedelta(days=1)

FLAT: dict[str, Any] = {
    "timestamp": DAY.isoformat(),
    "url.template": "/chat",
    "http.response.status_code": 200,
    "http.client.request.duration": 0.5,
}


def _written(path: Path, *lines: dict[str, Any] | str) -> AccessLogs:
    path.write_text("".join((line if isinstance(line, str) else json.dumps(line)) + "\n" for line in lines))
    return AccessLogs([str(path)])


def _requests(logs: AccessLogs) -> dict[str, float]:
    return summed(logs.counts(Question("requests", WEEK, ("endpoint", "status"))), "status")


@pytest.mark.parametrize(
    "line",
    [
        FLAT,
        {"timestamp": FLAT["timestamp"], "attributes": {k: v for k, v in FLAT.items() if k != "timestamp"}},
        {"@timestamp": DAY.timestamp(), "http": {"response": {"status_code": 200}}, "url": {"template": "/chat"}},
        {"ts": DAY.timestamp() * 1e3, "endpoint": "/chat", "status": "200"},
        {"time": DAY.timestamp() * 1e9, "endpoint": "/chat", "status_code": 200},
        {"time": DAY.astimezone().isoformat(sep=" "), "endpoint": "/chat", "status": 200},
        {"time": f"{DAY:%Y-%m-%dT%H:%M:%S.%f}Z", "resource": {"endpoint": "/chat"}, "status": 200},
    ],
    ids=["flat", "attributes", "nested", "milliseconds", "nanoseconds", "offset", "resource"],
)
def test_a_line_is_read_however_it_is_written(tmp_path: Path, line: dict[str, Any]) -> None:
    logs = _written(tmp_path / "a.jsonl", line)

    rows = logs.counts(Question("requests", WEEK, ("endpoint", "status")))

    assert [(row.labels, row.value) for row in rows] == [({"endpoint": "/chat", "status": "200"}, 1.0)]


MORNING = "2026-03-29T10:00:00Z"


@pytest.mark.parametrize(
    ("line", "endpoint", "status"),
    [
        ({"time": "2026-03-29 10:00:00,123", "route": "/chat", "status_code": 200.0}, "/chat", "200"),
        ({"time_local": "29/Mar/2026:12:00:00 +0200", "request_uri": "/chat?x=1", "status": "502"}, "/chat", "502"),
        ({"ts": MORNING, "url": "https://a.example/chat/1234/5678#x", "status": 404}, "/chat/{id}/{id}", "404"),
        ({"ts": MORNING, "path": "/things/cus_4f9a/x", "statusCode": 200, "status": "ok"}, "/things/{id}/x", "200"),
        (
            {"ts": MORNING, "path": "/oauth2/5d03c20d-6b3d-4f9a-8b7c-6d5e4f3a2b1c", "status": "4xx"},
            "/oauth2/{id}",
            "4xx",
        ),
        (
            {"ts": MORNING, "http.route": "/things/{thing}", "path": "/things/1", "status": 200},
            "/things/{thing}",
            "200",
        ),
        ({"ts": MORNING, "endpoint": "list_contacts", "exception": "ReadTimeout"}, "list_contacts", ""),
    ],
    ids=["comma", "nginx", "address", "two kinds of status", "class", "template", "no answer"],
)
def test_services_write_lines_in_their_own_ways(
    tmp_path: Path, line: dict[str, Any], endpoint: str, status: str
) -> None:
    logs = _written(tmp_path / "a.jsonl", line)

    (row,) = logs.counts(Question("requests", WEEK, ("endpoint", "status")))

    assert (row.label("endpoint"), row.label("status"), row.value) == (endpoint, status, 1.0)


def test_two_services_in_one_log(tmp_path: Path) -> None:
    """Each line counts by its own names; durations in milliseconds are seconds too, and a first try is no retry."""
    of_one = {"timestamp": DAY.isoformat(), "url.template": "/chat", "http.response.status_code": 200}
    of_other = {
        "ts": DAY.timestamp(),
        "route": "/chat",
        "status": 503,
        "duration_ms": 1500,
        "attempt": 2,
        "error": False,
    }
    first = {**of_other, "attempt": 1}
    logs = _written(tmp_path / "a.jsonl", {**of_one, "http.client.request.duration": 0.5}, of_other, first)

    assert _requests(logs) == {"200": 1.0, "503": 2.0}
    assert [row.value for row in logs.quantile(1.0, Question("requests", WEEK))] == [1.5]
    assert total(logs.counts(Question("retries", WEEK))) == 1.0
    assert total(logs.counts(Question("timeouts", WEEK))) == 0.0


def test_names_of_the_project_come_first(tmp_path: Path) -> None:
    path = tmp_path / "a.jsonl"
    path.write_text(json.dumps({"when": DAY.isoformat(), "wo": "/x", "status": 503, "endpoint": "/not"}) + "\n")

    logs = AccessLogs([str(path)], {"time": "when", "endpoint": ["where", "wo"]})

    assert summed(logs.counts(Question("requests", WEEK, ("endpoint",))), "endpoint") == {"/x": 1.0}


def test_only_the_week_counts(tmp_path: Path) -> None:
    before = {**FLAT, "timestamp": (NOW - timedelta(days=8)).isoformat()}
    after = {**FLAT, "timestamp": (NOW + timedelta(hours=1)).isoformat()}
    logs = _written(tmp_path / "a.jsonl", FLAT, FLAT, before, after)

    assert total(logs.counts(Question("requests", WEEK))) == 2
    assert total(logs.counts(Question("requests", WEEK.before()))) == 1


def test_what_is_rare_is_found_and_what_is_nowhere_is_told(tmp_path: Path) -> None:
    lines = [FLAT] * 500 + [{**FLAT, "error.type": "ReadTimeout", "http.response.status_code": None}]
    logs = _written(tmp_path / "a.jsonl", *lines)

    assert total(logs.counts(Question("timeouts", WEEK))) == 1
    assert _requests(logs) == {"200": 500.0, "": 1.0}
    with pytest.raises(NotKept, match=f"^the logs {tmp_path}/a.jsonl: no line has feedback$"):
        logs.counts(Question("feedback", WEEK))


def test_lines_that_are_none_are_counted_apart(tmp_path: Path) -> None:
    logs = _written(tmp_path / "a.jsonl", FLAT, "Traceback (most recent call last):", "{", {"timestamp": "soon"}, FLAT)

    assert _requests(logs) == {"200": 2.0}
    assert logs.unreadable == 3


def test_many_files_also_compressed_and_parquet(tmp_path: Path) -> None:
    with gzip.open(tmp_path / "b.jsonl.gz", "wt") as file:
        file.write(json.dumps({**FLAT, "http.response.status_code": 429}) + "\n")
    _written(tmp_path / "a.jsonl", FLAT)
    duckdb.sql(
        f"COPY (SELECT TIMESTAMPTZ '{DAY.isoformat()}' AS time, '/chat' AS endpoint, 503 AS status, 0.1 AS seconds) "
        f"TO '{tmp_path}/c.parquet'"
    )

    assert _requests(AccessLogs([str(tmp_path / "*.jsonl*")])) == {"200": 1.0, "429": 1.0}
    assert _requests(AccessLogs([str(tmp_path / "*.parquet")])) == {"503": 1.0}


def test_quantiles_are_exact(tmp_path: Path) -> None:
    logs = _written(
        tmp_path / "a.jsonl", *({**FLAT, "http.client.request.duration": number / 100} for number in range(101))
    )

    rows = logs.quantile(0.95, Question("requests", WEEK, ("endpoint",)))

    assert [(row.labels, round(row.value, 6)) for row in rows] == [({"endpoint": "/chat"}, 0.95)]
    with pytest.raises(NotKept, match=r"^feedback have no duration$"):
        logs.quantile(0.5, Question("feedback", WEEK))


def test_a_name_with_quotes_is_a_name(tmp_path: Path) -> None:
    """What a log or golive.yaml says never becomes part of a query."""
    odd = """/it's "so"; DROP TABLE hours; --"""
    path = tmp_path / "it's.jsonl"
    path.write_text(json.dumps({**FLAT, "url.template": odd, 'a"b': 1}) + "\n")
    logs = AccessLogs([str(path)], {"site_id": 'a"b'})

    rows = logs.counts(Question("requests", WEEK, ("endpoint", "site_id"), {"endpoint": odd}))

    assert [row.labels for row in rows] == [{"endpoint": odd, "site_id": "1"}]


def test_what_cannot_be_read_is_told(tmp_path: Path) -> None:
    with pytest.raises(TrafficProblem, match=f"^the logs {tmp_path}/no.jsonl: there is no such file$"):
        AccessLogs([str(tmp_path / "no.jsonl")]).counts(Question("requests", WEEK))
    logs = _written(tmp_path / "a.jsonl", {"status": 200})
    with pytest.raises(
        TrafficProblem,
        match=f"^the logs {tmp_path}/a.jsonl: no line has a time: timestamp, or another of its usual names$",
    ):
        logs.counts(Question("requests", WEEK))


def test_quantiles_of_several_weeks_take_one_look(tmp_path: Path) -> None:
    """A chart of five weeks would read the files five times otherwise; a week without calls has no figure."""
    lines = [
        {
            **FLAT,
            "timestamp": (DAY - timedelta(weeks=week, minutes=number)).isoformat(),
            "duration_seconds": number / 100,
        }
        for week in (0, 3)
        for number in range(1, 101)
    ]
    for line in lines:
        del line["http.client.request.duration"]
    review = Review(_written(tmp_path / "weeks.jsonl", *lines), NOW)

    seen = [[row.value for row in rows] for _, rows in review.weekly_quantile(0.95, "endpoint")]

    nearly = pytest.approx(0.95, abs=0.02)
    assert seen == [[], [nearly], [], [], [nearly]]


def test_a_chart_of_logs_without_durations_has_none(tmp_path: Path) -> None:
    line = {name: value for name, value in FLAT.items() if name != "http.client.request.duration"}

    told = chart("uppzy", Review(_written(tmp_path / "bare.jsonl", line), NOW))

    assert told["endpoints"] == [
        {"endpoint": "/chat", "calls": [0, 0, 0, 0, 1.0], "failed": [0, 0, 0, 0, 0], "seconds": [None] * 5}
    ]
