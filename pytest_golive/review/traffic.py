"""Facts about traffic, whoever keeps them: the one interface that metrics and logs are asked through."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Literal, Protocol, runtime_checkable

from pytest_golive.review.window import Window

Counted = Literal[
    "requests",
    "timeouts",
    "retries",
    "async_timeouts",
    "async_answers",
    "feedback",
    "answers",
    "deliveries",
    "delivery_failures",
]
"""What is counted: calls of the vendor; calls that timed out; tries beyond the first; async answers that did not come
in time; async answers that came; ratings; answers with a confidence level; webhook deliveries; those that failed."""

Level = Literal["queue_depth", "queue_seconds"]
"""What goes up and down: async jobs that wait; the age of the oldest of them, in seconds."""

Timed = Literal["requests", "async_answers"]
"""What has a duration."""

Label = Literal[
    "endpoint", "status", "method", "environment", "integration", "tenant_id", "site_id", "feedback", "confidence_level"
]
"""By what figures are told apart; how a source calls each is up to the project."""

LABELS: tuple[Label, ...] = (
    "endpoint",
    "status",
    "method",
    "environment",
    "integration",
    "tenant_id",
    "site_id",
    "feedback",
    "confidence_level",
)

Labels = Mapping[Label, str]


class TrafficProblem(Exception):
    """A source cannot be asked, or gave an answer that is no answer; the text says which and why."""


class NotKept(TrafficProblem):
    """A source does not keep such facts at all.

    Attributes:
        name: the name under which it was looked for.
        advice: what can be done about it, to be said behind the message.
    """

    def __init__(self, name: str, message: str, advice: str = "; say under monitoring what it is called") -> None:
        super().__init__(message)
        self.name = name
        self.advice = advice


@dataclass(frozen=True, slots=True)
class Row:
    """One figure.

    Attributes:
        labels: what it is about.
        value: how many, or how many seconds.
    """

    labels: Labels
    value: float

    def label(self, name: Label) -> str:
        """Return one label; "" where it has none."""
        return self.labels.get(name, "")


@dataclass(frozen=True, slots=True)
class Slot:
    """How often something happened within one part of a window.

    Attributes:
        start: when that part begins, UTC.
        row: the figure.
    """

    start: datetime
    row: Row


@dataclass(frozen=True, slots=True)
class Sent:
    """A message that was sent several times in a row, each time after a failure.

    Attributes:
        session: of which conversation.
        message: its hash or id; never the message.
        times: how often.
        start: when first, UTC.
    """

    session: str
    message: str
    times: int
    start: datetime


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked of a source.

    Attributes:
        of: what is counted or timed.
        window: when.
        by: the labels to tell apart.
        where: labels that have to have these values.
    """

    of: Counted
    window: Window
    by: tuple[Label, ...] = ()
    where: Labels = field(default_factory=dict)


class Traffic(Protocol):
    """A source of facts about traffic. Thread-safe."""

    @property
    def title(self) -> str:
        """What it is, as a finding names it: `Prometheus at http://…`, `3 log files`."""

    def counts(self, question: Question) -> tuple[Row, ...]:
        """Return how often, per combination of labels; what never happened has no row.

        Raises:
            NotKept: the source has no such facts.
            TrafficProblem: it cannot be asked.
        """

    def busiest(self, question: Question, seconds: int) -> float:
        """Return the most that was counted within any span of so many seconds of the window.

        Raises:
            NotKept: the source has no such facts.
            TrafficProblem: it cannot be asked.
        """

    def slots(self, question: Question, seconds: int) -> tuple[Slot, ...]:
        """Return the same for each part of the window of so many seconds; where nothing happened there is none.

        Raises:
            NotKept: the source has no such facts.
            TrafficProblem: it cannot be asked.
        """

    def highest(self, of: Level, window: Window, where: Labels) -> float:
        """Return the most that a level reached within a window.

        Raises:
            NotKept: the source has no such facts.
            TrafficProblem: it cannot be asked.
        """

    def sent_again(self, window: Window, where: Labels, most: int, pause_seconds: float) -> tuple[Sent, ...]:
        """Return the messages that were sent more than so many times in a row, the most often sent first.

        In a row means: the try before failed, and its end is no longer ago than the pause.

        Raises:
            NotKept: the source does not tell messages apart.
            TrafficProblem: it cannot be asked.
        """

    def quantile(self, share: float, question: Question) -> tuple[Row, ...]:
        """Return within how many seconds this share of calls was done, per combination of labels.

        Raises:
            NotKept: the source has no such facts, or no durations.
            TrafficProblem: it cannot be asked.
        """


@runtime_checkable
class InOneLook(Protocol):
    """A source that would have to read everything again for each part of a window, and tells all of them at once."""

    def quantile_slots(self, share: float, question: Question, seconds: int) -> tuple[Slot, ...]:
        """Return within how many seconds this share of the calls of each part was done, per combination of labels.

        Raises:
            NotKept: the source has no durations.
            TrafficProblem: it cannot be asked.
        """


def total(rows: tuple[Row, ...]) -> float:
    """Return the sum of all rows."""
    return sum(row.value for row in rows)


def summed(rows: tuple[Row, ...], by: Label) -> dict[str, float]:
    """Return the sums per value of one label."""
    sums: dict[str, float] = {}
    for row in rows:
        sums[row.label(by)] = sums.get(row.label(by), 0.0) + row.value
    return sums


def status_class(status: str) -> str:
    """Return the class of a status: 2xx … 5xx, or `none` where there was no answer."""
    return f"{status[0]}xx" if len(status) == 3 and status.isdecimal() else "none"
