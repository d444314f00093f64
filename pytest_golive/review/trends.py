"""What of a week's figures is a finding: pure functions, from figures and thresholds to findings and next actions.

Each tells the statistic and the sample size. Too little data is said as such: it is neither a finding nor none.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pytest_golive.review.action import Action
from pytest_golive.review.shares import Share, chance_of_more, lower_bound, percent
from pytest_golive.review.thresholds import Thresholds
from pytest_golive.review.traffic import Row, status_class


@dataclass(frozen=True, slots=True)
class Trend:
    """One thing that a week's figures say.

    Attributes:
        about: what it is about: an endpoint, a rollout; "" for all of the traffic.
        expected: what would have been right.
        actual: what was seen, with the statistic and the sample size.
        action: what to do next.
    """

    about: str
    expected: str
    actual: str
    action: Action


@dataclass(frozen=True, slots=True)
class TooLittle:
    """Too few figures to say anything.

    Attributes:
        expected: how many there have to be.
        actual: how many there are.
    """

    expected: str
    actual: str


@dataclass(frozen=True, slots=True)
class Warned:
    """What is right still, and close to the edge.

    Attributes:
        told: what was seen.
    """

    told: str


LOOKS = 10
"""So many figures of a week are looked at: in each of them chance has to be as much less likely."""

Said = Trend | TooLittle | Warned | None


def errors_of(rows: Sequence[Row]) -> dict[str, Share]:
    """Return the share of failed calls by endpoint: 5xx, no answer, and 4xx other than 429, which has its own trend."""
    calls: dict[str, float] = {}
    failed: dict[str, float] = {}
    for row in rows:
        endpoint, status = row.label("endpoint"), row.label("status")
        calls[endpoint] = calls.get(endpoint, 0.0) + row.value
        if status != "429" and status_class(status) in {"4xx", "5xx", "none"}:
            failed[endpoint] = failed.get(endpoint, 0.0) + row.value
    return {endpoint: Share(failed.get(endpoint, 0.0), of) for endpoint, of in calls.items()}


def endpoints_with_errors(
    week: Mapping[str, Share], before: Mapping[str, Share], thresholds: Thresholds
) -> tuple[Trend, ...]:
    """Return the endpoints that fail too often, or twice as often as the week before; the worst first."""
    found: list[tuple[float, Trend]] = []
    sure = thresholds.sure / max(1, len(week))  # one of many endpoints fails by chance sooner than one alone
    for endpoint, share in week.items():
        if share.of < thresholds.least_calls:
            continue
        earlier = before.get(endpoint, Share(0, 0))
        if lower_bound(share, sure) > thresholds.error_share:
            expected = f"at most {percent(thresholds.error_share)} of the calls to fail"
        elif _grew(share, earlier, thresholds.error_growth, sure):
            expected = f"less than {thresholds.error_growth:g} times the share of the week before"
        else:
            continue
        actual = f"{share.told} failed, {earlier.told} the week before"
        found.append((share.value, Trend(endpoint, expected, actual, Action.TUNE_RETRIES)))
    return tuple(trend for _, trend in sorted(found, key=lambda pair: -pair[0]))


def share_grew(
    what: str,
    week: Share,
    usual: Share,
    growth: float,
    thresholds: Thresholds,
    action: Action,
) -> Said:
    """Return whether a share grew by more than a factor against the four weeks before.

    Args:
        what: the share, as a sentence begins: `429`.
        week: of this week.
        usual: of the four weeks before together.
        growth: the factor that is still right.
        thresholds: how much data it takes, and how sure it has to be.
        action: what to do about it.
    """
    if week.of < thresholds.least_calls or usual.of < thresholds.least_calls:
        return _too_little(thresholds.least_calls, "calls", week, usual)
    if not _grew(week, usual, growth, thresholds.sure):
        return None
    expected = f"at most {growth:g} times the share of the four weeks before"
    return Trend("", expected, f"{what}: {week.told}, {usual.told} in the four weeks before", action)


def low_confidence(week: Share, usual: Share, thresholds: Thresholds) -> Said:
    """Return whether answers of low confidence became more by too many points; answers without a level do not count."""
    if week.of < thresholds.least_ratings or usual.of < thresholds.least_ratings:
        return _too_little(thresholds.least_ratings, "answers with a level", week, usual)
    grown = week.value - usual.value
    if grown < thresholds.low_confidence_points or chance_of_more(week, usual) > thresholds.sure / LOOKS:
        return None
    points = 100 * thresholds.low_confidence_points
    expected = f"less than {points:g} points more of low confidence than in the four weeks before"
    actual = f"low confidence: {week.told}, {usual.told} in the four weeks before"
    return Trend("", expected, actual, Action.IMPROVE_CONTENT)


def bad_feedback(week: Share, usual: Share, thresholds: Thresholds) -> Said:
    """Return whether the share of bad ratings grew by too large a factor."""
    if week.of < thresholds.least_ratings or usual.of < thresholds.least_ratings:
        return _too_little(thresholds.least_ratings, "ratings", week, usual)
    if not _grew(week, usual, thresholds.bad_feedback_growth, 5 * thresholds.sure):
        return None
    expected = f"less than {thresholds.bad_feedback_growth:g} times the share of the four weeks before"
    actual = f"bad ratings: {week.told}, {usual.told} in the four weeks before"
    return Trend("", expected, actual, Action.IMPROVE_CONTENT)


def volume_fell(week: Mapping[str, float], usual: Mapping[str, float], thresholds: Thresholds) -> tuple[Trend, ...]:
    """Return the endpoints that are called far less than in the mean of the four weeks before, or not at all any more.

    Args:
        week: calls by endpoint.
        usual: the mean of the four weeks before, by endpoint.
        thresholds: how much data it takes, and how much less is too little.
    """
    found = []
    for endpoint, mean in usual.items():
        now = week.get(endpoint, 0.0)
        if mean < thresholds.least_calls or now >= thresholds.volume_drop * mean:
            continue
        expected = f"at least {percent(thresholds.volume_drop)} of the usual volume"
        actual = f"{now:,.0f} calls, {mean:,.0f} a week in the four weeks before"
        found.append((now / mean, Trend(endpoint, expected, actual, Action.LOOK_INTO)))
    return tuple(trend for _, trend in sorted(found, key=lambda pair: pair[0]))


def retries(week: Share, thresholds: Thresholds) -> Said:
    """Return whether too many calls are retries."""
    if week.of < thresholds.least_calls:
        return TooLittle(f"{thresholds.least_calls} calls", f"{week.of:,.0f}")
    if lower_bound(week, thresholds.sure) <= thresholds.retry_share:
        return None
    expected = f"at most {percent(thresholds.retry_share)} of the calls to be retries"
    return Trend("", expected, f"retries: {week.told}", Action.TUNE_RETRIES)


def polling(seconds: float, budget_seconds: float, answers: float, thresholds: Thresholds) -> Said:
    """Return whether async answers take almost as long as they are waited for.

    Args:
        seconds: 95th percentile of what they take.
        budget_seconds: how long they are polled for.
        answers: how many there were.
        thresholds: how much data it takes, and how much of the budget is too much.
    """
    if answers < thresholds.least_calls:
        return TooLittle(f"{thresholds.least_calls} async answers", f"{answers:,.0f}")
    if seconds <= thresholds.poll_budget_share * budget_seconds:
        return None
    share = percent(thresholds.poll_budget_share)
    expected = f"95 of 100 async answers within {share} of the {budget_seconds:g} s they are waited for"
    return Trend("", expected, f"{seconds:.1f} s (of {answers:,.0f} answers)", Action.CHANGE_POLLING)


def _grew(now: Share, before: Share, factor: float, sure: float) -> bool:
    """Whether a share grew by more than a factor, and not by chance; `sure` holds for all figures of a week."""
    if now.hits <= 0 or now.value <= factor * before.value or not before.of:
        return False
    return chance_of_more(now, before) < sure / LOOKS


def _too_little(least: int, what: str, week: Share, usual: Share) -> TooLittle:
    return TooLittle(f"{least} {what} in the week and in the four before", f"{week.of:,.0f} and {usual.of:,.0f}")
