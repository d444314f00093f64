"""How metrics and log fields are called: golive's own names, OpenTelemetry's, and what a project says instead.

OpenTelemetry's are those of its HTTP client metrics (semantic conventions 1.23 and later), as Prometheus exporters
write them, and of its HTTP client spans in logs.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pytest_golive.review.traffic import LABELS, Counted, Label

METRICS: Mapping[str, str] = {
    "requests": "requests_total",
    "request_seconds": "request_seconds",
    "timeouts": "timeouts_total",
    "retries": "retries_total",
    "async_seconds": "async_completion_seconds",
    "async_timeouts": "async_timeouts_total",
    "feedback": "feedback_total",
    "answers": "answers_total",
    "deliveries": "webhook_deliveries_total",
    "delivery_failures": "webhook_delivery_failures_total",
    "queue_depth": "async_queue_depth",
    "queue_seconds": "async_oldest_seconds",
}
"""What is asked for -> the metric; histograms without `_bucket`, `_count`, `_sum`."""

OPENTELEMETRY: Mapping[str, str] = {
    "requests": "http_client_request_duration_seconds_count",
    "request_seconds": "http_client_request_duration_seconds",
    "timeouts": 'http_client_request_duration_seconds_count{error_type=~"(?i).*time_?out.*"}',
}
"""What OpenTelemetry's client metrics tell; the rest a project counts itself, under golive's names."""

OPENTELEMETRY_LABELS: Mapping[Label, str] = {
    "endpoint": "url_template",
    "status": "http_response_status_code",
    "method": "http_request_method",
    "environment": "deployment_environment_name",
    "integration": "service_name",
}

FIELDS: Mapping[str, tuple[str, ...]] = {
    "time": ("timestamp", "time", "@timestamp", "ts", "datetime", "asctime", "time_iso8601", "time_local"),
    "endpoint": (
        *("url.template", "http.route", "endpoint", "route", "operation", "url.path", "http.target"),
        *("path", "request_path", "request_uri", "uri", "url.full", "http.url", "url"),
    ),
    "status": (
        *("http.response.status_code", "http.status_code", "status_code", "statusCode", "status"),
        *("http_status", "response_status", "response.status"),
    ),
    "method": ("http.request.method", "http.method", "method", "request_method"),
    "seconds": (
        *("http.client.request.duration", "duration_seconds", "seconds", "latency_seconds", "elapsed_seconds"),
        *("duration_s", "request_time"),
    ),
    "milliseconds": (
        *("http.client.duration", "duration_ms", "durationMs", "latency_ms", "latencyMs", "elapsed_ms", "elapsedMs"),
        *("response_time_ms", "responseTime", "took_ms"),
    ),
    "error": ("error.type", "exception.type", "error_type", "exc_type", "err.type", "error.kind", "exception", "error"),
    "resend_count": ("http.request.resend_count", "http.resend_count", "retry_count", "retryCount"),
    "tries": ("attempt", "try"),
    "environment": ("deployment.environment.name", "deployment.environment", "environment"),
    "integration": ("service.name", "integration"),
    "tenant_id": ("tenant_id", "tenant.id"),
    "site_id": ("site_id", "site.id"),
    "feedback": ("feedback",),
    "confidence_level": ("confidence_level",),
    "async_seconds": ("async_completion_seconds",),
    "async_timeout": ("async_timeout",),
    "session": ("session_id", "session.id"),
    "message": ("message_hash", "message.hash", "message_id", "message.id"),
    "delivery": ("webhook_delivery", "delivery_status"),
    "queue_depth": ("async_queue_depth", "queue_depth"),
    "queue_seconds": ("async_oldest_seconds", "oldest_job_seconds"),
}
"""What a log line tells -> the fields it may stand in, the first that is there counts."""

_SELECTOR = re.compile(r"^\s*(?P<name>[a-zA-Z_:][a-zA-Z0-9_:.]*)\s*(?:\{(?P<matchers>.*)\}\s*)?$", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Selector:
    """A metric, with what its series have to match.

    Attributes:
        name: of the metric.
        matchers: as PromQL writes them: `status="429"`.
    """

    name: str
    matchers: tuple[str, ...] = ()

    @classmethod
    def read(cls, text: str) -> Selector:
        """Return what `name` or `name{label="value"}` says.

        Raises:
            ValueError: it says something else.
        """
        found = _SELECTOR.match(text)
        if found is None:
            raise ValueError(f'{text!r} is no metric; write name or name{{label="value"}}')
        inner = (found["matchers"] or "").strip().strip(",").strip()
        return cls(found["name"], (inner,) if inner else ())

    def written(self, *further: str, suffix: str = "") -> str:
        """Return it as PromQL, with further matchers, and a suffix of a histogram's parts."""
        inner = ",".join((*self.matchers, *(each for each in further if each)))
        return f"{self.name}{suffix}" + (f"{{{inner}}}" if inner else "")


@dataclass(frozen=True, slots=True)
class MetricNames:
    """How a project's metrics are called.

    Attributes:
        metrics: as :data:`METRICS`.
        labels: label -> its name there.
    """

    metrics: Mapping[str, str] = field(default_factory=lambda: dict(METRICS))
    labels: Mapping[Label, str] = field(default_factory=dict)

    def selector(self, of: Counted | str) -> Selector:
        """Return the metric that tells something."""
        return Selector.read(self.metrics[of])

    def label(self, name: Label) -> str:
        """Return what a label is called there."""
        return self.labels.get(name, name)


def metric_names(
    preset: str | None = None, metrics: Mapping[str, str] | None = None, labels: Mapping[str, str] | None = None
) -> MetricNames:
    """Return the names of a preset (None: golive's own, or `opentelemetry`), with a project's own in their place."""
    opentelemetry = preset == "opentelemetry"
    known = {**METRICS, **(OPENTELEMETRY if opentelemetry else {}), **(metrics or {})}
    called: dict[Label, str] = dict(OPENTELEMETRY_LABELS) if opentelemetry else {}
    for name in LABELS:
        if labels and name in labels:
            called[name] = labels[name]
    return MetricNames(known, called)


def log_fields(given: Mapping[str, Any] | None = None) -> Mapping[str, tuple[str, ...]]:
    """Return where a log line tells what: the usual places, with a project's own before them."""
    own = {name: (value,) if isinstance(value, str) else tuple(value) for name, value in (given or {}).items()}
    return {name: (*own.get(name, ()), *usual) for name, usual in FIELDS.items()}
