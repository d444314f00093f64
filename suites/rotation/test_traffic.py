"""What the traffic says after a key was replaced: beside the same time a week before, and to the day after."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from pytest_golive.facts.finding import CannotTell, CheckFailed, Finding, NotVerified, NotYet
from pytest_golive.facts.moment import moment
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.review import rotation
from pytest_golive.review.asking import asking
from pytest_golive.review.endpoints import stands_for
from pytest_golive.review.review import Review
from pytest_golive.review.rotation import SETTLED, UNAUTHORIZED, UNAUTHORIZED_SECONDS, WATCHED, Switch
from pytest_golive.review.shares import Share
from pytest_golive.review.traffic import Row, total
from pytest_golive.review.trends import Said, TooLittle, Trend
from pytest_golive.review.window import Window

NOW_IS = timedelta(hours=1)
"""How far back what happens now reaches."""


def test_traffic_is_as_before_the_switch(golive: Golive, planned: PlannedCheck) -> None:
    """Half an hour after the switch, or a day after it, there are as many calls as a week before, and no 401.

    If this fails: find the instances whose calls are refused or missing; while the old key still works, go back to it.
    """
    look = _look(golive, planned)
    window = look.switch.since(look.now, WATCHED)
    with asking(planned.title, look.review):
        rows = _by_status(planned, look.review, window)
        before = look.review.counts("requests", rotation.week_before(window), "endpoint", "status")
    thresholds = look.review.thresholds
    said = [
        rotation.volume(total(rows), total(before), thresholds),
        rotation.refused(rows),
        rotation.errors(rows, before, thresholds),
    ]
    _judge(planned, look.review, window, said)


def test_refusals_do_not_pile_up(golive: Golive, planned: PlannedCheck) -> None:
    """For a day after the switch, and after the revocation, there are too few 401 for the alert on them.

    If this fails: find the instances that still send the old key, and start them anew.
    """
    look = _look(golive, planned)
    windows = [look.switch.since(look.now, WATCHED)]
    revoked = look.switch.revoked
    if revoked is not None and revoked < look.now:
        windows.append(Window(revoked, min(look.now, revoked + WATCHED)))
    for window in windows:
        with asking(planned.title, look.review):
            calls = total(_by_status(planned, look.review, window))
            most = look.review.busiest("requests", window, UNAUTHORIZED_SECONDS, UNAUTHORIZED)
        said = rotation.pile_up(most, golive.reviews.limits.unauthorized, calls)
        _judge(planned, look.review, window, [said])
    if revoked is None:
        key = f"{look.key}.revoked"
        raise NotVerified(f"{key} is missing: nothing tells when the old key was revoked", key=key)
    over = max(look.switch.switched, revoked) + WATCHED
    if look.now < over:
        raise NotYet(f"401 are watched until {over:%Y-%m-%d %H:%M} UTC, a day after switch and revocation")


def test_retries_are_as_few_as_before_the_switch(golive: Golive, planned: PlannedCheck) -> None:
    """Since the switch at most one call in ten is a retry, and the share of retries did not double.

    If this fails: do not try refused calls again; 401 and 403 stay what they are.
    """
    look = _look(golive, planned)
    window, usual = look.switch.since(look.now, WATCHED), rotation.days_before(look.switch)
    with asking(planned.title, look.review):
        now = _retried(look.review, window)
        said = rotation.retried(now, _retried(look.review, usual), look.review.thresholds)
    _judge(planned, look.review, window, [said])


def test_nobody_is_refused_now(golive: Golive, planned: PlannedCheck) -> None:
    """In the last hour no call was answered with 401: nobody sends an old key any more.

    If this fails: find the worker that sends an old key, and start it anew.
    """
    look = _look(golive, planned)
    window = Window(max(look.switch.switched, look.now - NOW_IS), look.now)
    with asking(planned.title, look.review):
        rows = _by_status(planned, look.review, window)
    _judge(planned, look.review, window, [rotation.refused(rows)])


def test_polls_are_not_refused_since_the_switch(golive: Golive, planned: PlannedCheck) -> None:
    """Since the switch no poll was answered with 401, also of what was submitted before it.

    If this fails: have the key read anew for each poll.
    """
    look = _look(golive, planned)
    pack = golive.vendor(planned.vendor, planned.environment).pack
    polled = {each.poll: pack.operations[each.poll].path for each in pack.composites.values()}
    window = look.switch.since(look.now)
    with asking(planned.title, look.review):
        rows = _by_status(planned, look.review, window)
    polls = [row for row in rows if any(stands_for(row.label("endpoint"), *each) for each in polled.items())]
    if not polls:
        raise CannotTell(Finding(planned.title, f"calls of {', '.join(polled)}", f"none ({window.told})"))
    _judge(planned, look.review, window, [rotation.refused(polls)])


@dataclass(frozen=True, slots=True)
class _Look:
    """What a check looks at.

    Attributes:
        review: who is asked.
        switch: when the key was replaced.
        now: the time, to the minute.
        key: the key of golive.yaml that tells the switch.
    """

    review: Review
    switch: Switch
    now: datetime
    key: str


def _look(golive: Golive, planned: PlannedCheck) -> _Look:
    """Return what a check looks at, once the switch is long enough ago.

    Raises:
        NotVerified: golive.yaml does not say when the key was replaced, or who keeps figures.
        NotYet: that was a moment ago, or will be.
    """
    __tracebackhide__ = True
    now = moment().replace(second=0, microsecond=0)
    review = golive.reviews.of(planned.vendor, planned.environment, now)
    switch = golive.reviews.switch_of(golive.vendor(planned.vendor, planned.environment).target, now)
    place = f"environments.{planned.environment}.vendors.{planned.vendor}.rotation"
    if switch is None:
        key = f"{place}.switched"
        raise NotVerified(f"{key} is missing: nothing tells when the key was replaced", key=key)
    if now < switch.settled:
        minutes = round(SETTLED.total_seconds() / 60)
        told = (
            f"the traffic is looked at from {switch.settled:%Y-%m-%d %H:%M} UTC on, {minutes} minutes after the switch"
        )
        raise NotYet(told)
    return _Look(review, switch, now, place)


def _by_status(planned: PlannedCheck, review: Review, window: Window) -> tuple[Row, ...]:
    """Return the calls of a window by endpoint and status code."""
    __tracebackhide__ = True
    rows = review.counts("requests", window, "endpoint", "status")
    classes = rotation.codes_missing(rows)
    if classes:
        actual = f"{', '.join(classes)}, by {review.traffic.title}"
        raise CannotTell(Finding(planned.title, "calls counted by status code, such as 401", actual))
    if rows and not any(row.label("status") for row in rows):
        actual = f"no call has a status, by {review.traffic.title}"
        raise CannotTell(Finding(planned.title, "calls counted by status code, such as 401", actual))
    return rows


def _retried(review: Review, window: Window) -> Share:
    calls = total(review.counts("requests", window, "endpoint", "status"))
    return Share(total(review.counts("retries", window)), calls)


def _judge(planned: PlannedCheck, review: Review, window: Window, said: Iterable[Said]) -> None:
    """End as failed where there is a finding, as inconclusive where there is too little data and no finding."""
    __tracebackhide__ = True
    everything = list(said)
    found = [one for one in everything if isinstance(one, Trend)]
    if found:
        actual = "; ".join(one.actual for one in found)
        expected = "; ".join(one.expected for one in found)
        actions = ", ".join(dict.fromkeys(str(one.action) for one in found))
        told = f"{actual} ({window.told}, by {review.traffic.title})"
        raise CheckFailed(Finding(planned.title, expected, told, fix=f"Next action: {actions}. {planned.fix}"))
    for one in everything:
        if isinstance(one, TooLittle):
            raise CannotTell(Finding(planned.title, one.expected, f"{one.actual} ({window.told})"))
