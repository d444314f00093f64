"""What a weekly review finds, by names that stay the same from week to week, so that decisions can be about them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from pytest_golive.review import calls, trends
from pytest_golive.review.action import Action
from pytest_golive.review.review import Review
from pytest_golive.review.traffic import NotKept, total
from pytest_golive.review.trends import Said, Trend

KINDS: Mapping[str, bool] = {
    "errors": True,
    "volume": True,
    "rate limit": False,
    "timeouts": False,
    "async timeouts": False,
    "low confidence": False,
    "bad ratings": False,
    "retries": False,
    "polling": False,
    "deliveries": False,
    "rollout": True,
    "incident": True,
}
"""Kind of a finding -> whether its name goes on: with an endpoint, a batch of content, or when an incident began."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What of a vendor's traffic is looked for.

    Attributes:
        vendor: whose.
        budget_seconds: how long async answers are polled for; None where golive.yaml does not say.
        async_answers: whether there are async answers.
    """

    vendor: str
    budget_seconds: float | None = None
    async_answers: bool = False


def name_of(vendor: str, kind: str, about: str = "") -> str:
    """Return the name of a finding: `uppzy errors /chat`."""
    return " ".join(filter(None, (vendor, kind, about)))


def findings(review: Review, asked: Asked) -> Mapping[str, Trend]:
    """Return what the week of a review found, by name; figures that nobody keeps find nothing.

    Raises:
        TrafficProblem: the source cannot be asked.
    """
    found: dict[str, Trend] = {}
    for kind, look in _looks(review, asked):
        try:
            said = look()
        except NotKept:
            continue
        for one in said:
            if isinstance(one, Trend):
                found[name_of(asked.vendor, kind, one.about)] = one
    return found


def _looks(review: Review, asked: Asked) -> Iterator[tuple[str, Callable[[], list[Said]]]]:
    limits = review.thresholds
    yield "errors", lambda: [*trends.endpoints_with_errors(review.errors(), review.errors(review.before), limits)]
    yield "volume", lambda: [*trends.volume_fell(*review.volume(), limits)]
    yield "rate limit", lambda: [_limited(review)]
    yield "timeouts", lambda: [_timeouts(review)]
    if asked.async_answers:
        yield "async timeouts", lambda: [_late(review)]
        yield "polling", lambda: [_polling(review, asked.budget_seconds)]
    yield "low confidence", lambda: [_confidence(review)]
    yield "bad ratings", lambda: [_ratings(review)]
    yield "retries", lambda: [trends.retries(review.retried(), limits)]
    yield "deliveries", lambda: [_deliveries(review)]


def _limited(review: Review) -> Said:
    shares, limits = review.rate_limited(), review.thresholds
    return trends.share_grew("429", shares.week, shares.usual, limits.rate_limited_growth, limits, Action.TUNE_RETRIES)


def _timeouts(review: Review) -> Said:
    shares, limits = review.timed_out(), review.thresholds
    return trends.share_grew("timeouts", shares.week, shares.usual, limits.timeout_growth, limits, Action.TUNE_RETRIES)


def _late(review: Review) -> Said:
    shares, limits = review.async_timed_out(), review.thresholds
    action = Action.CHANGE_POLLING
    return trends.share_grew("async timeouts", shares.week, shares.usual, limits.timeout_growth, limits, action)


def _polling(review: Review, budget_seconds: float | None) -> Said:
    if budget_seconds is None:
        return None
    rows = review.quantile(0.95, "async_answers")
    answers = total(review.counts("async_answers"))
    return trends.polling(rows[0].value if rows else 0.0, budget_seconds, answers, review.thresholds)


def _confidence(review: Review) -> Said:
    shares = review.low_confidence()
    return trends.low_confidence(shares.week, shares.usual, review.thresholds)


def _ratings(review: Review) -> Said:
    shares = review.bad_feedback()
    return trends.bad_feedback(shares.week, shares.usual, review.thresholds)


def _deliveries(review: Review) -> Said:
    return calls.deliveries(total(review.counts("delivery_failures")), total(review.counts("deliveries")))
