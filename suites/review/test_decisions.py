"""Whether the findings of the last review were decided on, and what came of it."""

from __future__ import annotations

from pytest_golive.facts.finding import NotVerified
from pytest_golive.facts.moment import moment
from pytest_golive.golive import Golive
from pytest_golive.publishing import rollouts_found
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.review.asking import asking
from pytest_golive.review.decisions import judge_decisions
from pytest_golive.review.findings import Asked, findings
from pytest_golive.review.judging import judge
from pytest_golive.review.window import WEEK

KEY = "monitoring.decisions"


def test_findings_have_decisions(golive: Golive, planned: PlannedCheck) -> None:
    """Each finding of the week before has its decision; what is due is done, and what is done has had an effect.

    If this fails: decide with the figures at hand, and write it down: `golive decide`.
    """
    now = moment()
    review = golive.reviews.of(planned.vendor, planned.environment, now)
    earlier = golive.reviews.of(planned.vendor, planned.environment, now - WEEK)
    vendor = golive.vendor(planned.vendor, planned.environment)
    asynchronous = "async_chat" in vendor.pack.features and vendor.has("async_chat")
    budget = vendor.target.settings.get("poll_budget_seconds")
    asked = Asked(planned.vendor, None if budget is None else float(budget), asynchronous)
    with asking(planned.title, review):
        before, found = dict(findings(earlier, asked)), dict(findings(review, asked))
        before |= rollouts_found(golive, planned.vendor, planned.environment, now - WEEK)
        found |= rollouts_found(golive, planned.vendor, planned.environment, now)
    for name, trend in found.items():
        golive.note(f"{name}: {trend.actual} ({trend.action})")
    decisions = golive.reviews.decisions
    if decisions is None and before:
        told = f"{KEY} is missing: nothing tells what was decided on {', '.join(before)}"
        raise NotVerified(told, key=KEY)
    decided = () if decisions is None else decisions.about(planned.vendor, planned.environment)
    said = judge_decisions(decided, before, found, review.week)
    judge(said, review, title=planned.title, fix=planned.fix, warn=golive.warn)
