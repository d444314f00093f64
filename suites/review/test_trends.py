"""What the week's traffic says, against the weeks before: each finding with its figures and the next action."""

from __future__ import annotations

from collections.abc import Iterable

from pytest_golive.facts.finding import CannotTell, CheckFailed, Finding
from pytest_golive.facts.moment import moment
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.review import trends
from pytest_golive.review.action import Action
from pytest_golive.review.asking import asking
from pytest_golive.review.chart import keep_chart
from pytest_golive.review.review import Review
from pytest_golive.review.trends import Said, TooLittle, Trend


def test_endpoints_fail_rarely(golive: Golive, planned: PlannedCheck) -> None:
    """No endpoint fails more often than it may, or twice as often as the week before.

    If this fails: look at the statuses of the named endpoint, and tune retries or mend what is sent.
    """
    review = _review(golive, planned)
    with asking(planned.title, review):
        found = trends.endpoints_with_errors(review.errors(), review.errors(review.before), review.thresholds)
        calls = sum(share.of for share in review.errors().values())
    if not found and calls < review.thresholds.least_calls:
        _judge(planned, review, [TooLittle(f"{review.thresholds.least_calls} calls in the week", f"{calls:,.0f}")])
    _judge(planned, review, found)


def test_rate_limit_is_met_as_rarely_as_before(golive: Golive, planned: PlannedCheck) -> None:
    """The share of 429 did not grow by half against the four weeks before.

    If this fails: make fewer calls at once, and wait as long as Retry-After asks.
    """
    review = _review(golive, planned)
    with asking(planned.title, review):
        shares = review.rate_limited()
    growth = review.thresholds.rate_limited_growth
    said = trends.share_grew("429", shares.week, shares.usual, growth, review.thresholds, Action.TUNE_RETRIES)
    _judge(planned, review, [said])


def test_calls_time_out_as_rarely_as_before(golive: Golive, planned: PlannedCheck) -> None:
    """The share of timeouts, of calls and of async answers, did not grow by half against the four weeks before.

    If this fails: compare latency with the timeouts; where async answers are late, poll longer or ask for less.
    """
    review = _review(golive, planned)
    growth = review.thresholds.timeout_growth
    with asking(planned.title, review):
        calls = review.timed_out()
    said = [trends.share_grew("timeouts", calls.week, calls.usual, growth, review.thresholds, Action.TUNE_RETRIES)]
    vendor = golive.vendor(planned.vendor, planned.environment)
    if "async_chat" in vendor.pack.features and vendor.has("async_chat"):
        with asking(planned.title, review):
            late = review.async_timed_out()
        action = Action.CHANGE_POLLING
        said.append(trends.share_grew("async timeouts", late.week, late.usual, growth, review.thresholds, action))
    _judge(planned, review, said)


def test_answers_are_as_sure_as_before(golive: Golive, planned: PlannedCheck) -> None:
    """The share of answers of low confidence did not grow by ten points.

    If this fails: find the topics that are answered badly, and improve their content.
    """
    review = _review(golive, planned)
    with asking(planned.title, review):
        shares = review.low_confidence()
    _judge(planned, review, [trends.low_confidence(shares.week, shares.usual, review.thresholds)])


def test_ratings_are_as_good_as_before(golive: Golive, planned: PlannedCheck) -> None:
    """The share of bad ratings did not double.

    If this fails: read what was rated badly, and improve its content.
    """
    review = _review(golive, planned)
    with asking(planned.title, review):
        shares = review.bad_feedback()
    _judge(planned, review, [trends.bad_feedback(shares.week, shares.usual, review.thresholds)])


def test_volume_is_usual(golive: Golive, planned: PlannedCheck) -> None:
    """No endpoint is called less than half as often as in the four weeks before.

    If this fails: find out whether users went away, or the integration no longer calls.
    """
    review = _review(golive, planned)
    with asking(planned.title, review):
        week, usual = review.volume()
    _judge(planned, review, trends.volume_fell(week, usual, review.thresholds))


def test_retries_are_few(golive: Golive, planned: PlannedCheck) -> None:
    """At most one call in ten is a retry.

    If this fails: a vendor that is down is asked too often; lower the number of tries, or add a budget for them.
    """
    review = _review(golive, planned)
    with asking(planned.title, review):
        share = review.retried()
    _judge(planned, review, [trends.retries(share, review.thresholds)])


def test_async_answers_come_well_within_the_budget(golive: Golive, planned: PlannedCheck) -> None:
    """95 of 100 async answers take at most four fifths of the time they are polled for.

    If this fails: poll longer, or tell users sooner that the answer comes later.
    """
    review = _review(golive, planned)
    budget = float(golive.vendor(planned.vendor, planned.environment).setting("poll_budget_seconds"))
    with asking(planned.title, review):
        answers = sum(row.value for row in review.counts("async_answers"))
        rows = review.quantile(0.95, "async_answers")
    seconds = rows[0].value if rows else 0.0
    _judge(planned, review, [trends.polling(seconds, budget, answers, review.thresholds)])


def _review(golive: Golive, planned: PlannedCheck) -> Review:
    __tracebackhide__ = True
    return golive.reviews.of(planned.vendor, planned.environment, moment())


def _judge(planned: PlannedCheck, review: Review, said: Iterable[Said]) -> None:
    """End as failed where there is a finding, as inconclusive where there is too little data and no finding."""
    __tracebackhide__ = True
    keep_chart(planned.vendor, review)
    everything = list(said)
    found = [one for one in everything if isinstance(one, Trend)]
    if found:
        actual = "; ".join(f"{one.about}: {one.actual}" if one.about else one.actual for one in found)
        expected = "; ".join(dict.fromkeys(one.expected for one in found))
        actions = ", ".join(dict.fromkeys(str(one.action) for one in found))
        raise CheckFailed(
            Finding(
                planned.title,
                expected,
                f"{actual} ({review.week.told}, by {review.traffic.title})",
                fix=f"Next action: {actions}. {planned.fix}",
            )
        )
    for one in everything:
        if isinstance(one, TooLittle):
            raise CannotTell(Finding(planned.title, one.expected, f"{one.actual} ({review.week.told})"))
