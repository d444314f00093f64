"""The review of one vendor's traffic: the windows, the figures that several checks share, and where they come from."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from pytest_golive.facts.once import Once
from pytest_golive.review.incidents import HOUR, Incident, Shape, fails, incidents
from pytest_golive.review.shares import Share
from pytest_golive.review.thresholds import Thresholds
from pytest_golive.review.traffic import (
    Counted,
    InOneLook,
    Label,
    Labels,
    Level,
    NotKept,
    Question,
    Row,
    Slot,
    Traffic,
    summed,
    total,
)
from pytest_golive.review.trends import errors_of
from pytest_golive.review.window import WEEK, Window, last_week

T = TypeVar("T")

USUAL_WEEKS = 4
"""A week is compared with so many before it."""


@dataclass(frozen=True, slots=True)
class Ratings:
    """Shares of one week, and of the four before.

    Attributes:
        week: of the week.
        usual: of the four weeks before, together.
    """

    week: Share
    usual: Share


class Review:
    """The figures of one vendor's traffic. Thread-safe; every figure is asked for once.

    Args:
        traffic: who keeps them.
        now: the end of the week.
        thresholds: from what on a figure is a finding.
        where: labels that belong to this integration.
        environment: whose calls are meant, where the source tells environments apart; "" for all.
    """

    def __init__(
        self,
        traffic: Traffic,
        now: datetime,
        thresholds: Thresholds | None = None,
        where: Labels | None = None,
        environment: str = "",
    ) -> None:
        self.traffic = traffic
        self.thresholds = thresholds or Thresholds()
        self.week = last_week(now)
        self.environment = environment
        self._where = dict(where or {})
        self._once = Once()

    @property
    def where(self) -> Labels:
        """The labels that belong to this integration, and to the environment where the source tells them apart.

        Raises:
            NotKept: it tells them apart, and has no calls of this one.
            TrafficProblem: it cannot be asked.
        """
        made: Labels = self._once.get("where", self._found)
        return made

    def _found(self) -> Labels:
        if not self.environment or "environment" in self._where:
            return self._where
        whole = Window(self.usual.start, self.week.end)
        rows = self.traffic.counts(Question("requests", whole, ("environment",), self._where))
        seen = {row.label("environment") for row in rows} - {""}
        if not seen:
            return self._where
        if self.environment not in seen:
            others = ", ".join(sorted(seen))
            text = f"{self.traffic.title} has no calls of the environment {self.environment}; it has those of {others}"
            raise NotKept(self.environment, text)
        return {**self._where, "environment": self.environment}

    @property
    def before(self) -> Window:
        """The week before."""
        return self.week.before()

    @property
    def usual(self) -> Window:
        """The four weeks before, as one span."""
        return Window(self.week.before(USUAL_WEEKS).start, self.week.start)

    def counts(self, of: Counted, window: Window | None = None, *by: Label) -> tuple[Row, ...]:
        """Return how often something happened, per combination of labels; default: in the week.

        Raises:
            NotKept: the source has no such facts.
            TrafficProblem: it cannot be asked.
        """
        when = window or self.week
        return self._asked((of, when, by), lambda: self.traffic.counts(Question(of, when, by, self.where)))

    def busiest(self, of: Counted, window: Window, seconds: int, status: str) -> float:
        """Return the most that happened within so many seconds of a window, with one status.

        Raises:
            NotKept: the source has no such facts.
            TrafficProblem: it cannot be asked.
        """
        question = Question(of, window, (), {**self.where, "status": status})
        return self._asked((of, window, seconds, status), lambda: self.traffic.busiest(question, seconds))

    def quantile(
        self, share: float, of: Counted = "requests", *by: Label, window: Window | None = None
    ) -> tuple[Row, ...]:
        """Return within how many seconds a share of the calls was done; default: of the week's.

        Raises:
            NotKept: the source has no such facts.
            TrafficProblem: it cannot be asked.
        """
        when = window or self.week
        return self._asked(
            ("quantile", share, of, when, by), lambda: self.traffic.quantile(share, Question(of, when, by, self.where))
        )

    def slots(self, of: Counted, seconds: int, window: Window, *by: Label) -> tuple[Slot, ...]:
        """Return how often something happened in each part of a window of so many seconds.

        Raises:
            NotKept: the source has no such facts.
            TrafficProblem: it cannot be asked.
        """
        question = Question(of, window, by, self.where)
        return self._asked(("slots", of, seconds, window, by), lambda: self.traffic.slots(question, seconds))

    def highest(self, of: Level) -> float:
        """Return the most that a level reached within the week.

        Raises:
            NotKept: the source has no such facts.
            TrafficProblem: it cannot be asked.
        """
        return self._asked(("highest", of), lambda: self.traffic.highest(of, self.week, self.where))

    def incidents(self) -> tuple[Incident, ...]:
        """Return when in the week the vendor failed far more than usual.

        Raises:
            NotKept: the source has no such facts.
            TrafficProblem: it cannot be asked.
        """
        usual: dict[str, Share] = {}
        for row in self.counts("requests", self.usual, "endpoint", "status"):
            known = usual.get(row.label("endpoint"), Share(0, 0))
            hits = row.value if fails(row) else 0.0
            usual[row.label("endpoint")] = Share(known.hits + hits, known.of + row.value)
        return incidents(self.slots("requests", HOUR, self.week, "endpoint", "status"), usual, self.thresholds)

    def shape(self, incident: Incident) -> Shape:
        """Return what the traffic looked like during an incident; durations only where they are kept.

        Raises:
            NotKept: the source does not keep calls.
            TrafficProblem: it cannot be asked.
        """
        window = incident.window
        mix = summed(self.counts("requests", window, "endpoint"), "endpoint")
        before = [Window(window.start - count * WEEK, window.end - count * WEEK) for count in range(1, USUAL_WEEKS + 1)]
        usual = sum(total(self.counts("requests", each, "endpoint")) for each in before) / USUAL_WEEKS
        return Shape(sum(mix.values()), usual, mix, self._seconds(window), self._seconds(self.before))

    def _seconds(self, window: Window) -> float | None:
        try:
            rows = self.quantile(0.95, window=window)
        except NotKept:
            return None
        return rows[0].value if rows else None

    def known(self, key: str, make: Callable[[], T]) -> T:
        """Return what ``make`` returned the first time this was asked for: figures that several checks share."""
        return self._asked(("known", key), make)

    def errors(self, window: Window | None = None) -> Mapping[str, Share]:
        """Return the share of failed calls by endpoint; default: of the week."""
        return errors_of(self.counts("requests", window, "endpoint", "status"))

    def rate_limited(self) -> Ratings:
        """Return the share of 429 among all calls."""
        return self._ratings(
            lambda when: Share(
                summed(self.counts("requests", when, "endpoint", "status"), "status").get("429", 0.0),
                total(self.counts("requests", when, "endpoint", "status")),
            )
        )

    def timed_out(self) -> Ratings:
        """Return the share of timeouts among all calls."""
        return self._ratings(lambda when: Share(total(self.counts("timeouts", when)), self._calls(when)))

    def async_timed_out(self) -> Ratings:
        """Return the share of async answers that did not come in time."""

        def share(when: Window) -> Share:
            late = total(self.counts("async_timeouts", when))
            return Share(late, late + total(self.counts("async_answers", when)))

        return self._ratings(share)

    def low_confidence(self) -> Ratings:
        """Return the share of answers with the level `low`, among those with a level."""
        return self._ratings(lambda when: _share_of(self.counts("answers", when, "confidence_level"), "low"))

    def bad_feedback(self) -> Ratings:
        """Return the share of bad ratings."""
        return self._ratings(lambda when: _share_of(self.counts("feedback", when, "feedback"), "bad"))

    def retried(self) -> Share:
        """Return the share of retries among the week's calls."""
        return Share(total(self.counts("retries")), self._calls(self.week))

    def volume(self) -> tuple[Mapping[str, float], Mapping[str, float]]:
        """Return calls by endpoint in the week, and their mean in the four weeks before."""
        week = summed(self.counts("requests", self.week, "endpoint", "status"), "endpoint")
        usual = summed(self.counts("requests", self.usual, "endpoint", "status"), "endpoint")
        return week, {endpoint: calls / USUAL_WEEKS for endpoint, calls in usual.items()}

    def weekly(self, of: Counted, *by: Label) -> tuple[tuple[Window, tuple[Row, ...]], ...]:
        """Return a figure of this week and of the four before, the oldest first: what a chart shows."""
        return tuple((window, self.counts(of, window, *by)) for window in self._weeks)

    def weekly_quantile(self, share: float, *by: Label) -> tuple[tuple[Window, tuple[Row, ...]], ...]:
        """Return within how many seconds a share of the calls was done, in this week and in the four before.

        Raises:
            NotKept: the source has no durations.
            TrafficProblem: it cannot be asked.
        """
        source, weeks = self.traffic, self._weeks
        if not isinstance(source, InOneLook):
            return tuple((window, self.quantile(share, "requests", *by, window=window)) for window in weeks)
        whole = Question("requests", Window(weeks[0].start, self.week.end), by, self.where)
        slots = source.quantile_slots(share, whole, round(self.week.seconds))
        return tuple((window, tuple(slot.row for slot in slots if slot.start == window.start)) for window in weeks)

    @property
    def _weeks(self) -> tuple[Window, ...]:
        return (*(self.week.before(count) for count in range(USUAL_WEEKS, 0, -1)), self.week)

    def _calls(self, when: Window) -> float:
        return total(self.counts("requests", when, "endpoint", "status"))

    def _ratings(self, share: Callable[[Window], Share]) -> Ratings:
        return Ratings(share(self.week), share(self.usual))

    def _asked(self, key: object, ask: Callable[[], T]) -> T:
        made: T = self._once.get(key, ask)
        return made


def _share_of(rows: tuple[Row, ...], value: str) -> Share:
    label: Label = "feedback" if value == "bad" else "confidence_level"
    sums = summed(rows, label)
    known = {name.lower(): count for name, count in sums.items() if name}
    return Share(known.get(value, 0.0), sum(known.values()))
