"""How the integration called in the last week: what it tried again, how often it polled, what it sent in a loop."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from datetime import timedelta

from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.finding import CannotTell, Finding, NotVerified, NotYet
from pytest_golive.facts.moment import moment
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.review import calls, incidents
from pytest_golive.review.asking import asking, must_have_codes
from pytest_golive.review.endpoints import stands_for
from pytest_golive.review.judging import judge
from pytest_golive.review.review import Review
from pytest_golive.review.traffic import NotKept, Row, total
from pytest_golive.review.trends import Said
from pytest_golive.review.window import Window, last

SPARE_SECONDS = 2.0
"""What a pause between two tries may be longer than golive.yaml says."""


def test_refused_calls_are_not_tried_again(golive: Golive, planned: PlannedCheck) -> None:
    """Of the calls that were refused with 401 in the last week no more were retries than of all calls may be.

    If this fails: take 401 out of the statuses that are tried again, in every layer.
    """
    review = _review(golive, planned)
    with asking(planned.title, review):
        rows = review.counts("requests", None, "status")
        retries = review.counts("retries", None, "status")
    must_have_codes(planned.title, review, rows)
    refused = sum(row.value for row in rows if row.label("status") == "401")
    if retries and not any(row.label("status") for row in retries):
        told = f"retries are not counted by status, by {review.traffic.title}; add the label to them"
        raise NotVerified(told, key="monitoring")
    again = sum(row.value for row in retries if row.label("status") == "401")
    golive.note(f"401: {refused:,.0f} answers, {again:,.0f} of them to retries ({review.week.told})")
    _judge(golive, planned, review, [calls.refused_again(refused, again, review.thresholds)])


def test_limited_calls_are_tried_again(golive: Golive, planned: PlannedCheck) -> None:
    """There are about as many retries as answers of 429 in the last week: who called did not get them.

    If this fails: try calls again that got 429, not before the time that Retry-After names.
    """
    review = _review(golive, planned)
    with asking(planned.title, review):
        rows = review.counts("requests", None, "status")
        retries = total(review.counts("retries"))
    must_have_codes(planned.title, review, rows)
    _judge(golive, planned, review, [calls.limited_and_left(rows, retries, review.thresholds)])


def test_unknown_ids_name_their_caller(golive: Golive, planned: PlannedCheck) -> None:
    """Each 404 of the last day names the integration that caused it; where there was none, each call of the week.

    If this fails: set the name once where logger and metrics client are made, workers and jobs included.
    """
    review = _review(golive, planned)
    day = last(review.week.end, hours=24)
    with asking(planned.title, review):
        of_a_day = review.counts("requests", day, "status", "integration")
        must_have_codes(planned.title, review, of_a_day)
        lost = [row for row in of_a_day if row.label("status") == "404" and row.value >= 0.5]
        if lost:
            window, said = day, calls.nameless(lost, "each 404 of the last day")
        else:
            rows = review.counts("requests", None, "integration")
            window, said = review.week, calls.nameless(rows, "each call of the week, for there was no 404,")
    _judge(golive, planned, review, [said], window)


def test_requests_are_polled_rarely(golive: Golive, planned: PlannedCheck) -> None:
    """A request is polled no more often than budget and pause allow, in the mean of the week.

    If this fails: lengthen the pause, and see whether two pollers ask for the same request.
    """
    review = _review(golive, planned)
    vendor = golive.vendor(planned.vendor, planned.environment)
    interval, budget = float(vendor.setting("poll_interval_seconds")), float(vendor.setting("poll_budget_seconds"))
    with asking(planned.title, review):
        rows = review.counts("requests", None, "endpoint", "status")
    polls = sum(row.value for row in _rows_of(vendor, rows, "poll"))
    submitted = sum(row.value for row in _rows_of(vendor, rows, "submit") if calls.is_taken(row))
    _judge(golive, planned, review, [calls.polled_too_often(polls, submitted, interval, budget, review.thresholds)])


def test_no_message_is_sent_in_a_loop(golive: Golive, planned: PlannedCheck) -> None:
    """No message of a conversation was sent more often in a row than one try and its retries.

    If this fails: switch retries off in all layers but one, and give each job an id so that it is not queued twice.
    """
    review = golive.reviews.lines_of(planned.vendor, planned.environment, moment())
    vendor = golive.vendor(planned.vendor, planned.environment)
    most = 1 + int(vendor.setting("max_retries"))
    pause = float(vendor.setting("retry_cap_seconds")) + SPARE_SECONDS
    with asking(planned.title, review):
        sent = review.traffic.sent_again(review.week, review.where, most, pause)
    _judge(golive, planned, review, [calls.sent_too_often(sent, most)])


def test_retries_end_while_the_vendor_fails(golive: Golive, planned: PlannedCheck) -> None:
    """While the vendor failed in the last week, no more retries than allowed followed a call.

    If this fails: end retries after a number of tries, and switch them off in all layers but one.
    """
    review = _review(golive, planned)
    vendor = golive.vendor(planned.vendor, planned.environment)
    most = int(vendor.setting("max_retries"))
    with asking(planned.title, review):
        found = review.incidents()
        retries = sum(total(review.counts("retries", each.window)) for each in found)
        made = sum(total(review.counts("requests", each.window)) for each in found)
        kept = found or review.counts("retries")
    if not kept:
        golive.note("no call of the week was a retry")
    if not found:
        golive.note(f"the vendor did not fail for longer than usual ({review.week.told})")
        return
    _judge(golive, planned, review, [calls.retries_without_end(retries, made, most, review.thresholds)])


def test_async_jobs_do_not_pile_up(golive: Golive, planned: PlannedCheck) -> None:
    """No async job of the last week waited for longer than twice the polling budget.

    If this fails: park jobs whose budget is spent, and add workers only if there are no 429.
    """
    review = _review(golive, planned)
    vendor = golive.vendor(planned.vendor, planned.environment)
    budget = float(vendor.setting("poll_budget_seconds"))
    found: dict[str, float] = {}
    unknown: list[NotKept] = []
    with asking(planned.title, review):
        for level in ("queue_depth", "queue_seconds"):
            try:
                found[level] = review.highest(level)
            except NotKept as error:
                unknown.append(error)
        if not found:
            raise unknown[0]
        busiest = _busiest(vendor, review, round(2 * budget)) if "queue_depth" in found else None
    _judge(
        golive,
        planned,
        review,
        [calls.backlog(found.get("queue_depth"), found.get("queue_seconds"), busiest, budget)],
    )


def test_launch_goes_well(golive: Golive, planned: PlannedCheck) -> None:
    """In the last week less than 1 % of the calls failed, less than 0.1 % got 429, and none was refused.

    If this fails: look the calls up in the vendor's log; in the first days, think of going back to the release before.
    """
    where = golive.environments[planned.environment]
    if not (where.production or golive.sandbox):
        raise NotYet("due after the launch, in production")
    review = _review(golive, planned)
    with asking(planned.title, review):
        rows = review.counts("requests", None, "endpoint", "status")
        if not rows and not review.counts("requests", review.usual):
            raise NotYet("due after the launch: nothing has been called yet")
        must_have_codes(planned.title, review, rows)
        try:
            took = review.quantile(0.95)
        except NotKept:
            took = ()
    agreed = review.thresholds.agreed_seconds
    if agreed and not took:
        told = "durations are kept by nobody, and thresholds.agreed_seconds tells how long calls may take"
        raise CannotTell(Finding(planned.title, f"95 of 100 calls within {agreed:g} s", told))
    _judge(golive, planned, review, calls.launch(rows, took[0].value if took else None, agreed, review.thresholds))


def test_handler_takes_deliveries(golive: Golive, planned: PlannedCheck) -> None:
    """Of the deliveries that the team counted in the last week, no more than 1 % failed.

    If this fails: see by the handler's log which deliveries fail; write the event down, answer, work afterwards.
    """
    review = _review(golive, planned)
    with asking(planned.title, review):
        failed, delivered = total(review.counts("delivery_failures")), total(review.counts("deliveries"))
    _judge(golive, planned, review, [calls.deliveries(failed, delivered)])


def _rows_of(vendor: Vendor, rows: Iterable[Row], part: str) -> list[Row]:
    """Return the rows of calls that submit something, or poll for it."""
    operations = {getattr(each, part) for each in vendor.pack.composites.values()}
    paths = {name: vendor.operation(name).path for name in operations}
    return [row for row in rows if any(stands_for(row.label("endpoint"), *each) for each in paths.items())]


def _busiest(vendor: Vendor, review: Review, seconds: int) -> float | None:
    """Return no less than the most requests that were submitted within so many seconds; None where nobody tells."""
    slots = review.slots("requests", seconds, review.week, "endpoint", "status")
    if incidents.coarse(slots, total(review.counts("requests")), seconds) is not None:
        return None
    sums = [0.0] * (round(review.week.seconds / seconds) + 2)
    for slot in slots:
        if _rows_of(vendor, [slot.row], "submit"):
            sums[int((slot.start - review.week.start) / timedelta(seconds=seconds))] += slot.row.value
    return max(one + other for one, other in itertools.pairwise(sums))


def _review(golive: Golive, planned: PlannedCheck) -> Review:
    __tracebackhide__ = True
    return golive.reviews.of(planned.vendor, planned.environment, moment())


def _judge(
    golive: Golive, planned: PlannedCheck, review: Review, said: Iterable[Said], window: Window | None = None
) -> None:
    __tracebackhide__ = True
    judge(said, review, title=planned.title, fix=planned.fix, warn=golive.warn, window=window)
