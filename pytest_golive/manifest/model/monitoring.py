"""`monitoring` of golive.yaml, and the names that metrics, labels, fields, thresholds and alerts have there."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from pytest_golive.credentials.source import Source
from pytest_golive.manifest.model.form import Frozen, Text, Texts, WebAddress

MetricName = Literal[
    "requests",
    "request_seconds",
    "timeouts",
    "retries",
    "async_seconds",
    "async_timeouts",
    "feedback",
    "answers",
    "deliveries",
    "delivery_failures",
    "queue_depth",
    "queue_seconds",
]

LabelName = Literal[
    "endpoint", "status", "method", "environment", "integration", "tenant_id", "site_id", "feedback", "confidence_level"
]

FieldName = Literal[
    "time",
    "endpoint",
    "status",
    "seconds",
    "error",
    "resend_count",
    "environment",
    "integration",
    "tenant_id",
    "site_id",
    "feedback",
    "confidence_level",
    "async_seconds",
    "async_timeout",
    "method",
    "session",
    "message",
    "delivery",
    "queue_depth",
    "queue_seconds",
]

ThresholdName = Literal[
    "error_share",
    "error_growth",
    "rate_limited_growth",
    "timeout_growth",
    "low_confidence_points",
    "bad_feedback_growth",
    "least_ratings",
    "least_calls",
    "volume_drop",
    "retry_share",
    "volume_change",
    "error_points",
    "retry_growth",
    "poll_budget_share",
    "agreed_seconds",
    "sure",
]

AlertLimit = Literal[
    "unauthorized",
    "forbidden",
    "rate_limited",
    "server_errors",
    "timeouts",
    "timeouts_growth",
    "async_timeouts",
    "volume",
    "webhook_failures",
]


class Monitoring(Frozen):
    """Where the team watches the integration."""

    prometheus: WebAddress | None = Field(
        default=None, description="Prometheus HTTP API; Mimir, Thanos and VictoriaMetrics speak it too"
    )
    authorization: Source | None = Field(
        default=None, description="where the value of the Authorization header for it comes from: `Bearer …`"
    )
    preset: Literal["opentelemetry"] | None = Field(
        default=None, description="how metrics and labels are called: OpenTelemetry's HTTP client names"
    )
    metrics: dict[MetricName, Text] = Field(
        default_factory=dict, description='what a metric tells -> its name, or name{label="value"}'
    )
    labels: dict[LabelName, Text] = Field(default_factory=dict, description="what a label tells -> its name")
    fields: dict[FieldName, Texts] = Field(
        default_factory=dict, description="what a line of `traffic` tells -> the field or fields it stands in"
    )
    select: dict[Text, dict[LabelName, Text]] = Field(
        default_factory=dict, description="vendor -> the labels, with their values, of the calls to it"
    )
    thresholds: dict[ThresholdName, Annotated[float, Field(ge=0)]] = Field(
        default_factory=dict, description="from what on a figure of the weekly review is a finding"
    )
    decisions: Text | None = Field(
        default=None, description="file with what was decided about the findings of weekly reviews"
    )
    alerts: Texts = Field(default=(), description="files that define the alerts: Prometheus rule files")
    alert_limits: dict[AlertLimit, Annotated[float, Field(gt=0)]] = Field(
        default_factory=dict, description="from what on the alerts of `golive alerts` fire"
    )
    routes: Texts = Field(
        default=(), description="files that say whom alerts are sent to: Alertmanager's, or Grafana's policies"
    )
    dashboards: Texts = Field(default=(), description="files or addresses of the dashboards")
    attested: bool = Field(default=False, description="true: a person vouches for what monitoring shows")
