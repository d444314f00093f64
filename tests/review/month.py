"""Five weeks of an integration's life, made from a seed: days, nights, weekends, a holiday, the end of the month.

Traffic grows; a release is deployed, counters begin anew, an endpoint is new; a scrape is missing. With incidents in
the last week where somebody wants them. The same events are kept as logs, as metrics, or in memory.
"""

from __future__ import annotations

import math
import random
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import Literal

from pytest_golive.review.action import Action
from pytest_golive.review.decisions import incident_name
from pytest_golive.review.findings import Asked, findings
from pytest_golive.review.gaps import judged
from pytest_golive.review.incidents import HOUR, RATE_SECONDS, bursts
from pytest_golive.review.review import Review
from pytest_golive.review.traffic import (
    Counted,
    Label,
    Labels,
    Level,
    NotKept,
    Question,
    Row,
    Sent,
    Slot,
)
from pytest_golive.review.trends import Trend
from pytest_golive.review.window import Window
from tests.review.traffic_made import HOURS, LABELS, Event, Registry

WEEKS = 5

ENDPOINTS: Mapping[str, float] = {"/chat": 1.0, "/chat/async": 0.5, "/limits": 0.7, "/documents": 0.3}
"""What is called, and how often beside the first."""

NEW = "/feedback"
"""The endpoint that a release brings."""

SLOT = timedelta(minutes=5)

KINDS: Mapping[str, tuple[str, Action]] = {
    "errors": ("uppzy errors /documents", Action.TUNE_RETRIES),
    "429": ("uppzy rate limit", Action.TUNE_RETRIES),
    "burst": ("uppzy burst", Action.TUNE_RETRIES),
    "timeouts": ("uppzy timeouts", Action.TUNE_RETRIES),
    "late answers": ("uppzy async timeouts", Action.CHANGE_POLLING),
    "volume": ("uppzy volume /limits", Action.LOOK_INTO),
    "confidence": ("uppzy low confidence", Action.IMPROVE_CONTENT),
    "ratings": ("uppzy bad ratings", Action.IMPROVE_CONTENT),
    "deliveries": ("uppzy deliveries", Action.LOOK_INTO),
    "retries": ("uppzy retries", Action.TUNE_RETRIES),
    "gap": ("uppzy gap", Action.LOOK_INTO),
    "outage": ("uppzy incident", Action.LOOK_INTO),
}
"""Kind of an incident -> what is found, and what has to be done next."""


@dataclass(frozen=True)
class Month:
    """Five weeks before a moment.

    Attributes:
        now: when they end: a full hour.
        seed: which month it is.
        an_hour: calls of the first endpoint in a mean hour.
        incidents: of :data:`KINDS`.
        life: a shop's, with calls at any time; an office's, from Monday to Friday, 8 to 18; that of a job at night.
    """

    now: datetime
    seed: int = 0
    an_hour: float = 20.0
    incidents: frozenset[str] = frozenset()
    life: Literal["shop", "office", "night"] = "shop"

    @property
    def start(self) -> datetime:
        """When they begin."""
        return self.now - timedelta(hours=HOURS)

    @cached_property
    def deploys(self) -> tuple[datetime, ...]:
        """When releases were deployed, and counters began anew."""
        chance = random.Random(self.seed + 1)
        return tuple(sorted(self.start + timedelta(hours=chance.uniform(24, HOURS - 24)) for _ in range(3)))

    @cached_property
    def holiday(self) -> int:
        """The day that is one, from the first."""
        return random.Random(self.seed + 2).randrange(WEEKS * 7)

    @property
    def day_off(self) -> date:
        """The day of the calendar on which an office is closed."""
        return (self.start + timedelta(days=self.holiday)).date()

    @cached_property
    def events(self) -> list[Event]:
        """Everything that happened, in order."""
        chance = random.Random(self.seed)
        made: list[Event] = []
        for hour in range(HOURS):
            at = self.start + timedelta(hours=hour)
            # People come in groups: an hour has more or less than its share.
            level = self.level(at) * math.exp(chance.gauss(0, 0.15))
            for endpoint, share in self._endpoints(at):
                made += self._calls(at, endpoint, share * level, chance)
            made += self._deliveries(at, 0.7 * level, chance)
        made += self._burst(chance)
        return sorted(made, key=lambda event: event.at)

    def level(self, at: datetime) -> float:
        """Return how many calls of the first endpoint an hour has in the mean."""
        day = (at - self.start).days
        if self.life == "night":
            return self.an_hour * (20.0 if at.hour == 2 else 0.1)
        if self.life == "office":
            works = at.weekday() < 5 and 8 <= at.hour < 18 and at.date() != self.day_off
            return self.an_hour * 3.0 * (1.5 if at.day >= 28 else 1.0) if works else 0.0
        daily = 0.15 + 1.7 * max(0.0, math.sin(math.pi * (at.hour - 6) / 15)) if 6 <= at.hour <= 21 else 0.15
        weekly = 0.4 if at.weekday() >= 5 or day == self.holiday else 1.15
        end = 1.3 if (at + timedelta(days=2)).month != at.month else 1.0
        grown = math.pow(1.02, day / 7)
        return self.an_hour * daily * weekly * end * grown

    # What is different, where something is wrong -----------------------------------

    def _is(self, kind: str, at: datetime, first: float = 0.0, last: float = 168.0) -> bool:
        """Whether an incident is under way: within these hours of the last week."""
        hours = (at - (self.now - timedelta(weeks=1))).total_seconds() / 3600
        return kind in self.incidents and first <= hours < last

    def _endpoints(self, at: datetime) -> Iterator[tuple[str, float]]:
        if self._is("gap", at, *self._gap):
            return
        for endpoint, share in ENDPOINTS.items():
            yield endpoint, share * (0.3 if endpoint == "/limits" and self._is("volume", at) else 1.0)
        if at >= self.deploys[-1]:
            yield NEW, 0.2

    @cached_property
    def _gap(self) -> tuple[float, float]:
        """The hours of the last week in which nothing was called: a working day's."""
        week = self.now - timedelta(weeks=1)
        for hour in range(12, 168):
            at = week + timedelta(hours=hour)
            if at.weekday() < 5 and at.hour == 10 and (at - self.start).days != self.holiday:
                return hour, hour + 5
        raise AssertionError("a week has a working day")

    def _calls(self, at: datetime, endpoint: str, count: float, chance: random.Random) -> Iterator[Event]:
        shares = {"429": 0.01 if not self._is("429", at) else 0.03, "503": 0.004, "404": 0.002}
        if endpoint == "/documents" and self._is("errors", at):
            shares["500"] = 0.08
        if endpoint == "/chat" and self._is("outage", at, self._gap[0] + 48, self._gap[0] + 58):
            shares["503"] = 0.4
        weights = [1 - sum(shares.values()), *shares.values()]
        for _ in range(poisson(count, chance)):
            when = at + timedelta(seconds=chance.random() * 3600)
            yield self._call(when, endpoint, chance.choices(["200", *shares], weights)[0], chance)

    def _call(self, at: datetime, endpoint: str, status: str, chance: random.Random) -> Event:
        error = ""
        if chance.random() < (0.012 if self._is("timeouts", at) else 0.002):
            status, error = "", "ReadTimeout"
        event = Event(at, endpoint, status, chance.lognormvariate(-1, 0.5), error)
        if chance.random() < (0.25 if self._is("retries", at) else 0.02):
            event = replace(event, resend_count=1)
        if status != "200":
            return event
        if endpoint == "/chat":
            low = chance.random() < (0.28 if self._is("confidence", at) else 0.1)
            rated = chance.random() < 0.15
            bad = chance.random() < (0.35 if self._is("ratings", at) else 0.1)
            feedback = ("bad" if bad else "good") if rated else ""
            return replace(event, confidence="low" if low else "high", feedback=feedback)
        if endpoint == "/chat/async":
            late = chance.random() < (0.06 if self._is("late answers", at) else 0.01)
            return replace(event, async_timeout=late, async_seconds=None if late else chance.lognormvariate(2, 0.4))
        return event

    def _deliveries(self, at: datetime, count: float, chance: random.Random) -> Iterator[Event]:
        failing = 0.017 if self._is("deliveries", at) else 0.003
        for _ in range(poisson(count, chance)):
            when = at + timedelta(seconds=chance.random() * 3600)
            yield Event(when, "", "", 0.1, delivery="failed" if chance.random() < failing else "success")

    def _burst(self, chance: random.Random) -> Iterator[Event]:
        if "burst" not in self.incidents:
            return
        begin = self.now - timedelta(hours=60)
        for _ in range(round(15 * self.an_hour)):
            status = "429" if chance.random() < 0.3 else "200"
            yield Event(begin + timedelta(seconds=chance.random() * 300), "/documents", status, 0.2)


def poisson(mean: float, chance: random.Random) -> int:
    """Return a number of events that there are in the mean."""
    if mean > 60:
        return max(0, round(chance.gauss(mean, math.sqrt(mean))))
    limit, product, count = math.exp(-mean), chance.random(), 0
    while product > limit:
        product *= chance.random()
        count += 1
    return count


# Who finds what ------------------------------------------------------------------


def found(review: Review) -> dict[str, Action]:
    """Return everything that a review of the week finds, with what to do next; incidents without their time."""
    trends = dict(findings(review, Asked("uppzy", 90.0, True)))
    for incident in review.incidents():
        name = incident_name("uppzy", incident.window)
        trends[name] = Trend(name, "", incident.told, Action.LOOK_INTO)
    slots = review.slots("requests", RATE_SECONDS, review.week, "status")
    for trend in bursts(slots, review.week, review.thresholds):
        trends["uppzy burst"] = trend
    week = review.slots("requests", HOUR, review.week)
    for gap in judged(week, review.slots("requests", HOUR, review.usual), review.week):
        if isinstance(gap, Trend):
            trends["uppzy gap"] = gap
    return {name.partition(" 20")[0]: trend.action for name, trend in trends.items()}


# As metrics ----------------------------------------------------------------------


def metrics(month: Month) -> str:
    """Return the month as a service's metrics, scraped: rarely at first, every two minutes in the last days."""
    chance = random.Random(month.seed + 3)
    registry = Registry()
    waiting = iter(month.events)
    event = next(waiting, None)
    resets = list(month.deploys)
    _begin(registry)
    for at in _scrapes(month):
        while event is not None and event.at < at:
            _count(registry, event)
            event = next(waiting, None)
        if resets and resets[0] <= at:
            registry.reset()
            del resets[0]
        # A scrape is missing now and then, and once four in a row.
        if chance.random() > 0.002:
            registry.sample(at)
    return registry.text()


def _scrapes(month: Month) -> Iterator[datetime]:
    at, last = month.start, month.now - timedelta(days=3)
    while at <= month.now:
        yield at
        at += timedelta(minutes=20) if at < last else timedelta(minutes=2)


def _begin(registry: Registry) -> None:
    """Begin every series at zero, as client libraries advise."""
    for endpoint in (*ENDPOINTS, NEW):
        for status in ("200", "404", "429", "500", "503", ""):
            registry.add("requests", "requests_total", {**LABELS, "endpoint": endpoint, "status": status}, 0)
    for name in ("timeouts", "retries", "async_timeouts", "webhook_deliveries", "webhook_delivery_failures"):
        registry.add(name, f"{name}_total", LABELS, 0)
    for family, label, values in (
        ("feedback", "feedback", ("good", "bad")),
        ("answers", "confidence_level", ("low", "high")),
    ):
        for value in values:
            registry.add(family, f"{family}_total", {**LABELS, label: value}, 0)


def _count(registry: Registry, event: Event) -> None:
    if event.delivery:
        registry.add("webhook_deliveries", "webhook_deliveries_total", LABELS)
        if event.delivery == "failed":
            registry.add("webhook_delivery_failures", "webhook_delivery_failures_total", LABELS)
        return
    registry.add("requests", "requests_total", {**LABELS, "endpoint": event.endpoint, "status": event.status})
    for family, happened in (
        ("timeouts", bool(event.error)),
        ("retries", bool(event.resend_count)),
        ("async_timeouts", event.async_timeout),
    ):
        if happened:
            registry.add(family, f"{family}_total", LABELS)
    if event.feedback:
        registry.add("feedback", "feedback_total", {**LABELS, "feedback": event.feedback})
    if event.confidence:
        registry.add("answers", "answers_total", {**LABELS, "confidence_level": event.confidence})
    if event.async_seconds is not None:
        registry.observe("async_completion_seconds", LABELS, event.async_seconds)


# In memory -----------------------------------------------------------------------


class Kept:
    """A month's figures in memory: for many months, where files would only cost time."""

    title = "a month in memory"

    def __init__(self, month: Month) -> None:
        self._start = month.start
        self._cells: dict[Counted, Counter[tuple[int, str, str, str, str]]] = {}
        self._seconds: list[tuple[datetime, float]] = []
        for event in month.events:
            self._keep(event)

    def _keep(self, event: Event) -> None:
        at = int((event.at - self._start) / SLOT)
        key = (at, event.endpoint, event.status, event.feedback, event.confidence)
        for of in _counted(event):
            self._cells.setdefault(of, Counter())[key] += 1
        if event.async_seconds is not None:
            self._seconds.append((event.at, event.async_seconds))

    def counts(self, question: Question) -> tuple[Row, ...]:
        """Return how often something happened."""
        sums: Counter[tuple[str, ...]] = Counter()
        for _, labels, count in self._chosen(question):
            sums[labels] += count
        return tuple(Row(dict(zip(question.by, labels, strict=True)), float(count)) for labels, count in sums.items())

    def slots(self, question: Question, seconds: int) -> tuple[Slot, ...]:
        """Return the same for each part of the window."""
        sums: Counter[tuple[int, tuple[str, ...]]] = Counter()
        for at, labels, count in self._chosen(question):
            sums[int((at - question.window.start).total_seconds() // seconds), labels] += count
        start, length = question.window.start, timedelta(seconds=seconds)
        return tuple(
            Slot(start + part * length, Row(dict(zip(question.by, labels, strict=True)), float(count)))
            for (part, labels), count in sorted(sums.items())
        )

    def quantile(self, share: float, question: Question) -> tuple[Row, ...]:
        """Return how long async answers take."""
        if question.of != "async_answers":
            raise NotKept(question.of, "no durations in memory")
        window = question.window
        known = sorted(took for at, took in self._seconds if window.start <= at < window.end)
        return (Row({}, known[int(share * (len(known) - 1))]),) if known else ()

    def busiest(self, question: Question, seconds: int) -> float:
        """Return the most within one of the parts."""
        return max((slot.row.value for slot in self.slots(question, seconds)), default=0.0)

    def highest(self, of: Level, window: Window, where: Labels) -> float:
        """Raise that no level is kept."""
        raise NotKept(of, "no levels in memory")

    def sent_again(self, window: Window, where: Labels, most: int, pause_seconds: float) -> tuple[Sent, ...]:
        """Raise that no message is kept."""
        raise NotKept("message", "no messages in memory")

    def _chosen(self, question: Question) -> Iterator[tuple[datetime, tuple[str, ...], int]]:
        first = int((question.window.start - self._start) / SLOT)
        last = int((question.window.end - self._start) / SLOT)
        places = [_PLACES.get(name) for name in question.by]
        for key, count in self._cells.get(question.of, Counter()).items():
            if first <= key[0] < last:
                labels = tuple("" if place is None else str(key[place]) for place in places)
                yield self._start + key[0] * SLOT, labels, count


_PLACES: Mapping[Label, int] = {"endpoint": 1, "status": 2, "feedback": 3, "confidence_level": 4}


def _counted(event: Event) -> Sequence[Counted]:
    if event.delivery:
        return ("deliveries", "delivery_failures") if event.delivery == "failed" else ("deliveries",)
    happened: Mapping[Counted, bool] = {
        "requests": True,
        "timeouts": bool(event.error),
        "retries": bool(event.resend_count),
        "async_timeouts": event.async_timeout,
        "async_answers": event.async_seconds is not None,
        "feedback": bool(event.feedback),
        "answers": bool(event.confidence),
    }
    return [of for of, happens in happened.items() if happens]
