"""This week against the four before, as plain values: what the review asks, once, and no more than is known."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime

import pytest

from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.review.chart import ENDPOINTS, chart, keep_chart
from pytest_golive.review.review import Review
from pytest_golive.review.traffic import Labels, Level, NotKept, Question, Row, Sent, Slot, TrafficProblem
from pytest_golive.review.window import Window

NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)


class Kept:
    """Figures that are what a test says: endpoint -> calls of a week; every tenth call of `/chat` failed this week."""

    title = "made-up traffic"

    def __init__(self, calls: Mapping[str, float], slow: float | None = 0.5, broken: bool = False) -> None:
        self.calls, self.slow, self.broken, self.asked = calls, slow, broken, 0

    def counts(self, question: Question) -> tuple[Row, ...]:
        self.asked += 1
        if self.broken:
            raise TrafficProblem("made-up traffic does not answer")
        now = question.window.end == NOW
        bad = {name: calls / 10 if now and name == "/chat" else 0.0 for name, calls in self.calls.items()}
        rows = [Row({"endpoint": name, "status": "200"}, calls - bad[name]) for name, calls in self.calls.items()]
        return (*rows, *(Row({"endpoint": name, "status": "500"}, count) for name, count in bad.items() if count))

    def quantile(self, share: float, question: Question) -> tuple[Row, ...]:
        self.asked += 1
        if self.slow is None:
            raise NotKept("request_seconds", "made-up traffic has no durations")
        return tuple(Row({"endpoint": name}, self.slow) for name in self.calls if name != "/limits")

    def busiest(self, question: Question, seconds: int) -> float:
        return 0.0

    def slots(self, question: Question, seconds: int) -> tuple[Slot, ...]:
        return ()

    def highest(self, of: Level, window: Window, where: Labels) -> float:
        return 0.0

    def sent_again(self, window: Window, where: Labels, most: int, pause_seconds: float) -> tuple[Sent, ...]:
        return ()


def test_calls_failures_and_durations_by_endpoint_and_week() -> None:
    """The endpoint with most calls first; of what nobody kept there is nothing."""
    told = chart("uppzy", Review(Kept({"/limits": 20, "/chat": 100}), NOW, environment=""))

    assert told == {
        "vendor": "uppzy",
        "environment": "",
        "source": "made-up traffic",
        "weeks": ["2026-10-24", "2026-10-31", "2026-11-07", "2026-11-14", "2026-11-21"],
        "until": "2026-11-28 12:00 UTC",
        "error_share": 0.02,
        "endpoints": [
            {"endpoint": "/chat", "calls": [100.0] * 5, "failed": [0.0] * 4 + [10.0], "seconds": [0.5] * 5},
            {"endpoint": "/limits", "calls": [20.0] * 5, "failed": [0.0] * 5, "seconds": [None] * 5},
        ],
        "more": 0,
        "title": "Uppzy",
    }


def test_a_source_without_durations_has_a_chart_all_the_same() -> None:
    told = chart("uppzy", Review(Kept({"/chat": 100}, slow=None), NOW))

    assert told["endpoints"][0]["seconds"] == [None] * 5


def test_endpoints_beyond_a_number_are_counted() -> None:
    many = {f"/things/{number:02}": 100.0 - number for number in range(ENDPOINTS + 3)}

    told = chart("uppzy", Review(Kept(many), NOW))

    assert [line["endpoint"] for line in told["endpoints"]] == list(many)[:ENDPOINTS]
    assert told["more"] == 3


def test_checks_of_the_same_figures_ask_for_them_once() -> None:
    """And each of them carries the chart: which of them reports first, nobody knows."""
    kept, record = Kept({"/chat": 100}), CheckRecord("a check")
    review = Review(kept, NOW)
    with recording(record):
        keep_chart("uppzy", review)
        asked = kept.asked
        keep_chart("uppzy", review)

    assert (len(record.charts), kept.asked) == (2, asked)
    assert record.charts[0] == record.charts[1]
    record.forget()
    assert record.charts == []


@pytest.mark.parametrize("kept", [Kept({}, broken=True), Kept({})], ids=["silent", "nothing"])
def test_what_cannot_be_asked_is_not_drawn(kept: Kept) -> None:
    """The checks say what is missing; a chart changes no outcome."""
    record = CheckRecord("a check")
    with recording(record):
        keep_chart("uppzy", Review(kept, NOW))
    keep_chart("uppzy", Review(kept, NOW))  # nobody's check

    assert record.charts == []
