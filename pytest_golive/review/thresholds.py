"""From what on a figure is a finding: the vendor sheets' defaults, and what golive.yaml says instead."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Thresholds:
    """From what on a figure is a finding. Shares are between 0 and 1.

    Attributes:
        error_share: share of failed calls of an endpoint (4xx but 429, 5xx, none) in the week.
        error_growth: by what factor that share may grow against the week before.
        rate_limited_growth: by what factor the weekly share of 429 may grow against the four weeks before.
        timeout_growth: the same for timeouts.
        low_confidence_points: by how much the share of answers of low confidence may grow: 0.1 is ten points.
        bad_feedback_growth: by what factor the share of bad ratings may grow.
        least_ratings: with fewer ratings nothing is said.
        least_calls: with fewer calls of an endpoint nothing is said.
        volume_drop: a week with less than this share of the usual volume is a finding.
        retry_share: retries per call.
        volume_change: by what share the volume after a rotation may differ from that of a week before.
        error_points: by how much the share of failed calls may be above it: 0.01 is one point.
        retry_growth: by what factor the share of retries may grow after a rotation.
        poll_budget_share: share of the polling budget that the 95th percentile of async answers may take.
        agreed_seconds: within what time 95 of 100 calls have to be done; 0: nothing is agreed.
        sure: how unlikely chance has to be as the cause of a difference.
    """

    error_share: float = 0.02
    error_growth: float = 2.0
    rate_limited_growth: float = 1.5
    timeout_growth: float = 1.5
    low_confidence_points: float = 0.10
    bad_feedback_growth: float = 2.0
    least_ratings: int = 10
    least_calls: int = 50
    volume_drop: float = 0.5
    retry_share: float = 0.10
    volume_change: float = 0.3
    error_points: float = 0.01
    retry_growth: float = 2.0
    poll_budget_share: float = 0.8
    agreed_seconds: float = 0.0
    sure: float = 0.01
