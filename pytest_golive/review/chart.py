"""The week against the four before, by endpoint: what the review asked anyway, kept so that it can be drawn again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pytest_golive.facts.current import current
from pytest_golive.review.review import USUAL_WEEKS, Review
from pytest_golive.review.shares import Share
from pytest_golive.review.traffic import NotKept, TrafficProblem
from pytest_golive.review.trends import errors_of
from pytest_golive.vendors.library import read_pack

ENDPOINTS = 20
"""Endpoints of one chart, those with most calls; of the others the number is told."""

SLOW = 0.95
"""The share of calls whose duration a chart shows."""


def keep_chart(vendor: str, review: Review) -> None:
    """Keep the chart of a vendor's traffic with the current check; where its figures are not kept, there is none."""
    record = current()
    if record is None:
        return
    told = review.known("chart", lambda: _asked(vendor, review))
    if told is not None:
        record.charts.append(told)


def chart(vendor: str, review: Review) -> dict[str, Any]:
    """Return calls, failed calls and the 95th percentile by endpoint and week, as plain values.

    Raises:
        NotKept: calls are not counted by endpoint and status.
        TrafficProblem: the source cannot be asked.
    """
    weeks = review.weekly("requests", "endpoint", "status")
    shares = [errors_of(rows) for _, rows in weeks]
    slow = _seconds(review)
    calls = {name: sum(share[name].of for share in shares if name in share) for share in shares for name in share}
    shown = sorted(calls, key=lambda name: (-calls[name], name))
    return {
        "vendor": vendor,
        "environment": review.environment,
        "source": review.traffic.title,
        "weeks": [f"{window.start:%Y-%m-%d}" for window, _ in weeks],
        "until": f"{review.week.end:%Y-%m-%d %H:%M} UTC",
        "error_share": review.thresholds.error_share,
        "endpoints": [_line(name, shares, slow) for name in shown[:ENDPOINTS]],
        "more": max(0, len(shown) - ENDPOINTS),
        "title": read_pack(vendor).title,
    }


def _asked(vendor: str, review: Review) -> dict[str, Any] | None:
    try:
        told = chart(vendor, review)
    except TrafficProblem:  # the checks say which figures are missing
        return None
    return told if told["endpoints"] else None


def _seconds(review: Review) -> list[Mapping[str, float]]:
    """Return the 95th percentile by endpoint, week for week; empty where durations are not kept."""
    try:
        weeks = review.weekly_quantile(SLOW, "endpoint")
    except NotKept:
        return [{}] * (USUAL_WEEKS + 1)
    return [{row.label("endpoint"): row.value for row in rows} for _, rows in weeks]


def _line(endpoint: str, shares: Sequence[Mapping[str, Share]], slow: Sequence[Mapping[str, float]]) -> dict[str, Any]:
    nothing = Share(0, 0)
    return {
        "endpoint": endpoint,
        "calls": [round(share.get(endpoint, nothing).of, 1) for share in shares],
        "failed": [round(share.get(endpoint, nothing).hits, 1) for share in shares],
        "seconds": [round(week[endpoint], 4) if endpoint in week else None for week in slow],
    }
