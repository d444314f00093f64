"""Times of the last week in which something was wrong: failures, bursts, gaps; each with what to do next."""

from __future__ import annotations

from pytest_golive.facts.moment import moment
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.review import gaps
from pytest_golive.review.action import Action
from pytest_golive.review.asking import asking, must_have_codes
from pytest_golive.review.decisions import incident_name
from pytest_golive.review.incidents import HOUR, RATE_SECONDS, bursts, coarse, is_limited
from pytest_golive.review.judging import judge
from pytest_golive.review.review import Review
from pytest_golive.review.traffic import total
from pytest_golive.review.trends import Trend


def test_incidents_are_followed_up(golive: Golive, planned: PlannedCheck) -> None:
    """Each span of the last week in which 5xx or calls without an answer piled up has a decision on what follows.

    If this fails: attach the figures to the incident, and write down who does what about it until when.
    """
    review = _review(golive, planned)
    with asking(planned.title, review):
        calls = total(review.counts("requests"))
        told = coarse(review.slots("requests", HOUR, review.week, "endpoint", "status"), calls, HOUR)
        found = [] if told else [(each, review.shape(each)) for each in review.incidents()]
    decided = golive.reviews.decisions.names if golive.reviews.decisions is not None else frozenset()
    said = []
    for each, shape in found:
        name = incident_name(planned.vendor, each.window)
        figures = f"{each.told}; {shape.told}"
        golive.note(f"{name}: {figures}")
        if name not in decided:
            expected = "a decision on each time in which the vendor failed"
            said.append(Trend(name, expected, figures, Action.LOOK_INTO))
    judge([*said, told], review, title=planned.title, fix=planned.fix, warn=golive.warn)


def test_bursts_cause_no_429(golive: Golive, planned: PlannedCheck) -> None:
    """Whenever 429 came, there were no more than twice as many calls a minute as the week usually has.

    If this fails: spread jobs that begin at the same time, and limit the calls at the same time.
    """
    review = _review(golive, planned)
    with asking(planned.title, review):
        rows = review.counts("requests", None, "status")
        must_have_codes(planned.title, review, rows)
        slots = review.slots("requests", RATE_SECONDS, review.week, "status") if any(map(is_limited, rows)) else ()
    if not any(map(is_limited, rows)):
        golive.note(f"no call got 429 ({review.week.told})")
        return
    said = [
        *bursts(slots, review.week, review.thresholds),
        coarse(slots, total(rows), RATE_SECONDS),
    ]
    judge(said, review, title=planned.title, fix=planned.fix, warn=golive.warn)


def test_calls_have_no_gap(golive: Golive, planned: PlannedCheck) -> None:
    """There were calls in each hour of the last week in which there always are some.

    If this fails: find out whether the integration stood still, or whether its calls were not counted.
    """
    review = _review(golive, planned)
    with asking(planned.title, review):
        week = review.slots("requests", HOUR, review.week)
        before = review.slots("requests", HOUR, review.usual)
        calls = total(review.counts("requests")) + total(review.counts("requests", review.usual))
        told = coarse((*week, *before), calls, HOUR)
    found = () if told else gaps.judged(week, before, review.week)
    judge([*found, told], review, title=planned.title, fix=planned.fix, warn=golive.warn)


def _review(golive: Golive, planned: PlannedCheck) -> Review:
    __tracebackhide__ = True
    return golive.reviews.of(planned.vendor, planned.environment, moment())
