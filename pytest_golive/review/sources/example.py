"""The example project's traffic, for a rehearsal: weeks in which nothing happens."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import timedelta
from itertools import product

from pytest_golive.review.traffic import Counted, Label, Labels, Level, Question, Row, Sent, Slot
from pytest_golive.review.window import Window

ENDPOINTS = ("chat", "chat_async", "get_chat_request", "get_limits")
"""What is called in any case, beside the operations that the example says it uses."""

METHODS: Mapping[str, str] = {"chat": "POST", "chat_async": "POST"}

STATUSES: Mapping[str, float] = {"200": 992, "404": 2, "429": 1, "503": 5}
"""Calls of one endpoint in a week."""

OF: Mapping[Counted, float] = {
    "timeouts": 4,
    "retries": 60,
    "async_timeouts": 5,
    "async_answers": 900,
    "deliveries": 800,
    "delivery_failures": 2,
}

RATINGS: Mapping[str, float] = {"good": 90, "bad": 9}
LEVELS: Mapping[str, float] = {"high": 800, "medium": 120, "low": 65}
WAITING: Mapping[Level, float] = {"queue_depth": 3, "queue_seconds": 20}

WEEK_SECONDS = 7 * 24 * 3600.0


class ExampleTraffic:
    """Figures of an example project, the same in every week.

    Args:
        labels: what every call is labelled with: environment, integration, tenant, site.
        uses: the operations that are called.
    """

    title = "the example's traffic"

    def __init__(self, labels: Mapping[Label, str], uses: Iterable[str] = ()) -> None:
        self._labels = dict(labels)
        self._endpoints = tuple(dict.fromkeys([*ENDPOINTS, *uses]))

    def counts(self, question: Question) -> tuple[Row, ...]:
        """Return how often something happened."""
        weeks = question.window.seconds / WEEK_SECONDS
        return self._grouped(question, [(labels, count * weeks) for labels, count in self._events(question.of)])

    def busiest(self, question: Question, seconds: int) -> float:
        """Return the most within so many seconds: calls are spread evenly."""
        share = min(1.0, seconds / max(1.0, question.window.seconds))
        return share * sum(row.value for row in self.counts(question))

    def slots(self, question: Question, seconds: int) -> tuple[Slot, ...]:
        """Return the same for each part of the window: calls are spread evenly."""
        window, length = question.window, timedelta(seconds=seconds)
        parts = max(1, round(window.seconds / seconds))
        rows = [Row(row.labels, row.value / parts) for row in self.counts(question)]
        return tuple(Slot(window.start + number * length, row) for number in range(parts) for row in rows)

    def highest(self, of: Level, window: Window, where: Labels) -> float:  # noqa: ARG002  # the same at any time
        """Return what waits; the same at any time."""
        return WAITING[of]

    def sent_again(self, window: Window, where: Labels, most: int, pause_seconds: float) -> tuple[Sent, ...]:  # noqa: ARG002
        """Return nothing: no message is sent in a loop."""
        return ()

    def quantile(self, share: float, question: Question) -> tuple[Row, ...]:
        """Return a duration; it depends on the share alone."""
        seconds = share * (8.0 if question.of == "async_answers" else 0.8)
        return tuple(Row(row.labels, seconds) for row in self.counts(question))

    def _grouped(self, question: Question, events: list[tuple[Mapping[Label, str], float]]) -> tuple[Row, ...]:
        sums: dict[tuple[str, ...], float] = {}
        for own, count in events:
            labels = self._labels | dict(own)
            if any(labels.get(name, "") != value for name, value in question.where.items()):
                continue
            key = tuple(labels.get(name, "") for name in question.by)
            sums[key] = sums.get(key, 0.0) + count
        return tuple(Row(dict(zip(question.by, key, strict=True)), count) for key, count in sums.items())

    def _events(self, of: Counted) -> list[tuple[Mapping[Label, str], float]]:
        if of == "requests":
            return [
                ({"endpoint": endpoint, "status": status, "method": METHODS.get(endpoint, "GET")}, count)
                for endpoint, (status, count) in product(self._endpoints, STATUSES.items())
            ]
        if of == "feedback":
            return [({"feedback": value}, count) for value, count in RATINGS.items()]
        if of == "answers":
            return [({"confidence_level": value}, count) for value, count in LEVELS.items()]
        return [({"endpoint": "chat_async" if of.startswith("async") else "chat", "status": "200"}, OF[of])]


def example_traffic(environment: str, ids: Mapping[str, str], uses: Iterable[str]) -> ExampleTraffic:
    """Return the traffic of the example project in one of its environments, with the ids configured there."""
    labels: dict[Label, str] = {"environment": environment, "integration": "example"}
    named: tuple[Label, ...] = ("tenant_id", "site_id")
    return ExampleTraffic(labels | {name: ids[name] for name in named if name in ids}, uses)
