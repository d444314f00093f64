"""Five weeks of traffic, made: the same for metrics and for logs, with incidents where a test wants them."""

from __future__ import annotations

import json
import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

ENDPOINTS = ("/chat", "/chat/async", "/limits")

HOURS = 5 * 7 * 24

STEP = timedelta(hours=2)
"""How often a sample is taken."""


@dataclass(frozen=True, slots=True)
class Incident:
    """What is different in the last week.

    Attributes:
        statuses: endpoint -> status -> share of its calls, in place of the usual shares.
        timeouts: share of calls that time out.
        volume: endpoint -> factor of its calls.
        bad: share of bad ratings.
        low: share of answers of low confidence.
        retries: share of calls that are retries.
        async_seconds: what an async answer takes.
        async_timeouts: share of async answers that do not come in time.
    """

    statuses: Mapping[str, Mapping[str, float]] = field(default_factory=dict)
    timeouts: float = 0.002
    volume: Mapping[str, float] = field(default_factory=dict)
    bad: float = 0.1
    low: float = 0.1
    retries: float = 0.02
    async_seconds: float = 8.0
    async_timeouts: float = 0.01


QUIET = Incident()

USUAL: Mapping[str, float] = {"200": 0.985, "429": 0.01, "503": 0.005}


@dataclass(frozen=True, slots=True)
class Event:
    """One line of a log."""

    at: datetime
    endpoint: str
    status: str
    seconds: float
    error: str = ""
    resend_count: int = 0
    feedback: str = ""
    confidence: str = ""
    async_seconds: float | None = None
    async_timeout: bool = False
    delivery: str = ""


def events(now: datetime, incident: Incident, *, an_hour: int = 30, seed: int = 7) -> Iterator[Event]:
    """Yield five weeks of calls before `now`, the incident in the last of them."""
    chance = random.Random(seed)
    start = now - timedelta(hours=HOURS)
    for hour in range(HOURS):
        that = incident if hour >= HOURS - 7 * 24 else QUIET
        for endpoint in ENDPOINTS:
            for _ in range(round(an_hour * that.volume.get(endpoint, 1.0))):
                at = start + timedelta(hours=hour, seconds=chance.random() * 3600)
                yield _event(at, endpoint, that, chance)


def _event(at: datetime, endpoint: str, that: Incident, chance: random.Random) -> Event:
    shares = that.statuses.get(endpoint, USUAL)
    status = chance.choices(list(shares), list(shares.values()))[0]
    error = ""
    if chance.random() < that.timeouts:
        status, error = "", "ReadTimeout"
    chat = endpoint == "/chat" and status == "200"
    rated = chat and chance.random() < 0.1
    late = endpoint == "/chat/async" and chance.random() < that.async_timeouts
    return Event(
        at,
        endpoint,
        status,
        chance.lognormvariate(-1, 0.5),
        error,
        1 if chance.random() < that.retries else 0,
        ("bad" if chance.random() < that.bad else "good") if rated else "",
        ("low" if chance.random() < that.low else "high") if chat else "",
        chance.lognormvariate(0, 0.2) * that.async_seconds if endpoint == "/chat/async" and not late else None,
        late,
    )


def write_logs(path: Path, made: list[Event]) -> Path:
    """Write the events as JSON lines, by OpenTelemetry's names."""
    with path.open("w", encoding="utf-8") as file:
        for event in made:
            file.write(json.dumps(_line(event)) + "\n")
    return path


def _line(event: Event) -> dict[str, object]:
    line: dict[str, object] = {
        "timestamp": event.at.isoformat(),
        "url.template": event.endpoint,
        "http.client.request.duration": round(event.seconds, 4),
        "deployment.environment.name": "production",
    }
    optional: dict[str, object] = {
        "http.response.status_code": int(event.status) if event.status else None,
        "error.type": event.error or None,
        "http.request.resend_count": event.resend_count or None,
        "feedback": event.feedback or None,
        "confidence_level": event.confidence or None,
        "async_completion_seconds": event.async_seconds,
        "async_timeout": True if event.async_timeout else None,
        "webhook_delivery": event.delivery or None,
    }
    return line | {name: value for name, value in optional.items() if value is not None}


BUCKETS = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 20.0, 40.0, 80.0)


class Registry:
    """Counters and histograms as they grow, sampled every STEP, in OpenMetrics' text format."""

    def __init__(self) -> None:
        self._families: dict[str, str] = {}
        self._now: dict[tuple[str, str], float] = {}
        self._samples: dict[str, dict[str, list[str]]] = {}

    def add(
        self, family: str, sample: str, labels: Mapping[str, str], value: float = 1.0, kind: str = "counter"
    ) -> None:
        """Count."""
        self._families[family] = kind
        key = (family, sample + "{" + ",".join(f'{name}="{text}"' for name, text in labels.items()) + "}")
        self._now[key] = self._now.get(key, 0.0) + value

    def observe(self, family: str, labels: Mapping[str, str], seconds: float) -> None:
        """Observe a duration."""
        for bound in (*BUCKETS, float("inf")):
            text = "+Inf" if bound == float("inf") else f"{bound:g}"
            self.add(family, f"{family}_bucket", {**labels, "le": text}, 1.0 if seconds <= bound else 0.0, "histogram")
        self.add(family, f"{family}_count", labels, 1.0, "histogram")
        self.add(family, f"{family}_sum", labels, seconds, "histogram")

    def reset(self) -> None:
        """Begin anew at zero, as after a restart."""
        self._now = dict.fromkeys(self._now, 0.0)

    def sample(self, at: datetime) -> None:
        """Take down where every series stands."""
        for (family, series), value in self._now.items():
            samples = self._samples.setdefault(family, {}).setdefault(series, [])
            samples.append(f"{series} {value:g} {at.timestamp():.0f}")

    def text(self) -> str:
        """Return all samples."""
        lines: list[str] = []
        for family, kind in self._families.items():
            lines.append(f"# TYPE {family} {kind}")
            for samples in self._samples.get(family, {}).values():
                lines += samples
        return "\n".join([*lines, "# EOF", ""])


def openmetrics(made: list[Event], now: datetime) -> str:
    """Return the events as the metrics that a service would have exported, by golive's names."""
    registry = Registry()
    _announce(registry)
    at = now - timedelta(hours=HOURS)
    registry.sample(at)
    waiting = iter(sorted(made, key=lambda event: event.at))
    event = next(waiting, None)
    while at < now:
        at += STEP
        while event is not None and event.at < at:
            _count(registry, event)
            event = next(waiting, None)
        registry.sample(at)
    return registry.text()


LABELS = {"environment": "production", "integration": "shop", "tenant_id": "t-1", "site_id": "s-1"}


def _announce(registry: Registry) -> None:
    """Begin every series at zero, as client libraries advise: an increase is measured between samples."""
    for endpoint in ENDPOINTS:
        for status in ("200", "429", "503", "500", "401", ""):
            registry.add("requests", "requests_total", {**LABELS, "endpoint": endpoint, "status": status}, 0)
    for name in ("timeouts", "retries", "async_timeouts"):
        registry.add(name, f"{name}_total", LABELS, 0)
    for value in ("good", "bad"):
        registry.add("feedback", "feedback_total", {**LABELS, "feedback": value}, 0)
    for value in ("low", "high"):
        registry.add("answers", "answers_total", {**LABELS, "confidence_level": value}, 0)


def _count(registry: Registry, event: Event) -> None:
    registry.add("requests", "requests_total", {**LABELS, "endpoint": event.endpoint, "status": event.status})
    registry.observe("request_seconds", {**LABELS, "endpoint": event.endpoint}, event.seconds)
    if event.error:
        registry.add("timeouts", "timeouts_total", LABELS)
    if event.resend_count:
        registry.add("retries", "retries_total", LABELS)
    if event.feedback:
        registry.add("feedback", "feedback_total", {**LABELS, "feedback": event.feedback})
    if event.confidence:
        registry.add("answers", "answers_total", {**LABELS, "confidence_level": event.confidence})
    if event.async_seconds is not None:
        registry.observe("async_completion_seconds", LABELS, event.async_seconds)
    if event.async_timeout:
        registry.add("async_timeouts", "async_timeouts_total", LABELS)


def full_hour(moment: datetime | None = None) -> datetime:
    """Return the last full hour: reviews end there."""
    return (moment or datetime.now(UTC)).replace(minute=0, second=0, microsecond=0)


Made = Callable[[Incident], list[Event]]
