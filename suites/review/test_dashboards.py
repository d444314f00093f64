"""Whether the dashboards that people look at are still there."""

from __future__ import annotations

from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.review.dashboards.named import must_be_there


def test_dashboards_answer(golive: Golive, planned: PlannedCheck) -> None:
    """Every dashboard that golive.yaml names is there: its address answers, its file can be read and has a panel.

    If this fails: correct what monitoring.dashboards names, or bring the dashboard back; `golive dashboard` writes one.
    """
    must_be_there(golive.reviews, planned.title, planned.fix)
