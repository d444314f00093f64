"""Whether the figures that a dashboard shows are kept at all, and can be told apart by what matters."""

from __future__ import annotations

import re

from pytest_golive.facts.finding import CannotTell, Finding
from pytest_golive.facts.moment import moment
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.review.asking import asking
from pytest_golive.review.endpoints import unseen
from pytest_golive.review.review import Review
from pytest_golive.review.traffic import Label, Row

SHOWN = 5


def test_volume_is_kept_by_endpoint(golive: Golive, planned: PlannedCheck) -> None:
    """Calls of the last week are counted by endpoint, each endpoint that is used among them.

    If this fails: count each call with the template of its endpoint as a label.
    """
    review, rows = _calls(golive, planned, "endpoint")
    seen = {row.label("endpoint") for row in rows}
    golive.must(
        "calls have to be counted by endpoint",
        seen - {""},
        expected="a figure for each endpoint",
        actual=f"no call has an endpoint, by {review.traffic.title}",
    )
    vendor = golive.vendor(planned.vendor, planned.environment)
    missing = unseen(seen, {name: vendor.operation(name).path for name in vendor.target.uses})
    golive.must(
        "every endpoint that is used has to have a figure",
        not missing,
        expected=f"calls of {', '.join(vendor.target.uses)}",
        actual=f"none of {', '.join(missing)} in {review.week.told}; there are {_shown(seen)}",
    )


def test_statuses_are_kept_apart(golive: Golive, planned: PlannedCheck) -> None:
    """Calls are counted by status code, so that 429 can be told from other 4xx.

    If this fails: count by the code itself, not by its class.
    """
    review, rows = _calls(golive, planned, "status")
    statuses = {row.label("status") for row in rows} - {""}
    wrong = sorted(status for status in statuses if not re.fullmatch(r"[1-5][0-9][0-9]", status))
    golive.must(
        "calls have to be counted by status code",
        statuses and not wrong,
        expected="codes such as 200, 429 and 503",
        actual=f"{_shown(set(wrong)) if wrong else 'no status'}, by {review.traffic.title}",
    )


def test_latency_is_kept_by_endpoint(golive: Golive, planned: PlannedCheck) -> None:
    """Median and 95th percentile of the duration are known for each endpoint.

    If this fails: record durations in a histogram with the endpoint as a label.
    """
    review, calls = _calls(golive, planned, "endpoint")
    with asking(planned.title, review):
        known = [
            {row.label("endpoint") for row in review.quantile(share, "requests", "endpoint")} for share in (0.5, 0.95)
        ]
    missing = {row.label("endpoint") for row in calls} - (known[0] & known[1])
    golive.must(
        "durations have to be known for each endpoint",
        not missing,
        expected="median and 95th percentile for each endpoint that is called",
        actual=f"none for {_shown(missing)}, by {review.traffic.title}",
    )


def test_timeouts_are_counted(golive: Golive, planned: PlannedCheck) -> None:
    """Timeouts are counted; that there were none is fine, that nobody counts them is not.

    If this fails: count each call that was given up because its time was over.
    """
    review = golive.reviews.of(planned.vendor, planned.environment, moment())
    with asking(planned.title, review):
        review.counts("timeouts")


def test_async_completion_is_kept(golive: Golive, planned: PlannedCheck) -> None:
    """How long async answers take, from submit to the end, is known.

    If this fails: record the time between submit and the terminal state in a histogram.
    """
    review = golive.reviews.of(planned.vendor, planned.environment, moment())
    with asking(planned.title, review):
        answers = review.counts("async_answers")
        known = review.quantile(0.5, "async_answers") and review.quantile(0.95, "async_answers")
    if not answers:
        _no_calls(planned, review, "async answers")
    golive.must(
        "durations of async answers have to be known",
        known,
        expected="median and 95th percentile",
        actual=f"none, by {review.traffic.title}",
    )


def test_ratings_are_counted(golive: Golive, planned: PlannedCheck) -> None:
    """Good and bad ratings are counted apart, over a week.

    If this fails: count each rating with its value as a label.
    """
    review = golive.reviews.of(planned.vendor, planned.environment, moment())
    with asking(planned.title, review):
        rows = review.counts("feedback", None, "feedback")
    if not rows:
        _no_calls(planned, review, "ratings")
    values = {row.label("feedback").lower() for row in rows}
    golive.must(
        "good and bad ratings have to be counted apart",
        values & {"good", "bad"},
        expected="the values good and bad",
        actual=f"{_shown(values)}, by {review.traffic.title}",
    )


def test_calls_name_their_environment(golive: Golive, planned: PlannedCheck) -> None:
    """Every call is counted with its environment.

    If this fails: add the label `environment` where calls are counted.
    """
    _labelled(golive, planned, "environment")


def test_calls_name_their_integration(golive: Golive, planned: PlannedCheck) -> None:
    """Every call is counted with the name of the integration.

    If this fails: add the label `integration` where calls are counted.
    """
    _labelled(golive, planned, "integration")


def test_calls_name_their_tenant(golive: Golive, planned: PlannedCheck) -> None:
    """Every call is counted with its tenant, and it is one that is configured.

    If this fails: add the label `tenant_id`; where another tenant shows, find out which service calls for it.
    """
    _labelled(golive, planned, "tenant_id", golive.vendor(planned.vendor, planned.environment).target.ids)


def test_calls_name_their_site(golive: Golive, planned: PlannedCheck) -> None:
    """Every call is counted with its site, and it is one that is configured.

    If this fails: add the label `site_id`; where another site shows, find out which service calls for it.
    """
    _labelled(golive, planned, "site_id", golive.vendor(planned.vendor, planned.environment).target.ids)


def _labelled(golive: Golive, planned: PlannedCheck, label: Label, ids: object = None) -> None:
    __tracebackhide__ = True
    review, rows = _calls(golive, planned, label)
    values = {row.label(label) for row in rows}
    golive.must(
        f"every call has to name its {label}",
        "" not in values,
        expected=f"{label} with every call",
        actual=f"calls without it in {review.week.told}, by {review.traffic.title}",
    )
    if not isinstance(ids, dict) or label not in ids:
        return
    others = values - {str(ids[label])}
    golive.must(
        f"every call has to be for the configured {label}",
        not others,
        expected=str(ids[label]),
        actual=f"also {_shown(others)}, by {review.traffic.title}",
    )


def _calls(golive: Golive, planned: PlannedCheck, label: Label) -> tuple[Review, tuple[Row, ...]]:
    """Return the review, and the calls of the week by a label."""
    __tracebackhide__ = True
    review = golive.reviews.of(planned.vendor, planned.environment, moment())
    with asking(planned.title, review):
        rows = review.counts("requests", None, label)
    if not rows:
        _no_calls(planned, review, "calls")
    return review, rows


def _no_calls(planned: PlannedCheck, review: Review, what: str) -> None:
    __tracebackhide__ = True
    actual = f"no {what} in {review.week.told}, by {review.traffic.title}"
    raise CannotTell(Finding(planned.title, f"{what} within the week", actual))


def _shown(values: set[str]) -> str:
    named = [value or "(none)" for value in sorted(values)]
    more = f" and {len(named) - SHOWN} more" if len(named) > SHOWN else ""
    return ", ".join(named[:SHOWN]) + more
