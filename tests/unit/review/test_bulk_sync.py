"""A sync that went on while calls failed, by made-up series of minutes."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from pytest_golive.review.action import Action
from pytest_golive.review.content.bulk_sync import Job, failed_meanwhile
from pytest_golive.review.content.rising import Measure, Split, server_errors, timeouts
from pytest_golive.review.content.rollouts import Doubt
from pytest_golive.review.shares import Share
from pytest_golive.review.thresholds import Thresholds
from pytest_golive.review.trends import TooLittle, Trend
from pytest_golive.review.window import Window

ERRORS, LATE = server_errors(Thresholds()), timeouts(Thresholds(), 3.0, 5)

Rate = Callable[[datetime], float]


def _at(hour: int, minute: int = 0) -> datetime:
    return datetime(2026, 11, 12, hour, minute, tzinfo=UTC)


def _job(begun: datetime, minutes: int, every: int = 1) -> Job:
    return Job("B-12", tuple(begun + timedelta(minutes=number) for number in range(0, minutes + 1, every)))


def _series(own: Rate, others: Rate | None = None, a_minute: float = 2.0) -> Measure:
    def measure(window: Window) -> Split:
        minutes = [window.start + timedelta(minutes=number) for number in range(int(window.seconds // 60))]

        def share(rate: Rate | None) -> Share:
            count = a_minute * len(minutes)
            return Share(round(sum(rate(at) * a_minute for at in minutes)), count) if rate else Share(0, 0)

        return Split(share(own), share(others))

    return measure


def _from(begin: datetime, before: float, after: float, end: datetime | None = None) -> Rate:
    return lambda at: after if begin <= at and (end is None or at < end) else before


def test_a_sync_that_went_on() -> None:
    """It is told by when the rate had risen, and how much was sent after that."""
    said = failed_meanwhile(ERRORS, _series(_from(_at(9, 20), 0.001, 0.3)), _job(_at(9), 120))

    assert said == Trend(
        "batch B-12",
        "at most 2 % of 5xx, or 2 times the share before",
        "5xx: 10 % (6 of 60) by 2026-11-12 09:30 UTC, 0.099 % (20 of 20,160) in the week before; 80 more documents "
        "were sent until 11:00 UTC, and no pause is recorded",
        Action.PAUSE_SYNC,
    )
    assert isinstance(failed_meanwhile(LATE, _series(_from(_at(9, 20), 0.001, 0.3)), _job(_at(9), 120)), Trend)


RIGHT: dict[str, tuple[Rate, Job]] = {
    "nothing failed": (lambda at: 0.001, _job(_at(9), 120)),
    "it failed afterwards": (_from(_at(12), 0.001, 0.5), _job(_at(9), 120)),
    "it failed before": (_from(_at(7), 0.001, 0.5, _at(8)), _job(_at(9), 120)),
    "it failed at the end": (_from(_at(10, 50), 0.001, 0.5), _job(_at(9), 120)),
    "it stood still for an hour": (
        _from(_at(9, 20), 0.001, 0.3, _at(10)),
        Job("B-12", (*_job(_at(9), 38).sent, *_job(_at(10, 40), 60).sent)),
    ),
    "it was soon over": (_from(_at(9), 0.001, 0.5), _job(_at(9), 9)),
    "it fails as often as ever": (lambda at: 0.05, _job(_at(9), 120)),
    "a single failure": (_from(_at(9, 30), 0.0, 0.5, _at(9, 31)), _job(_at(9), 120)),
}


@pytest.mark.parametrize("name", RIGHT)
def test_syncs_that_had_no_reason_to_pause(name: str) -> None:
    rate, job = RIGHT[name]

    assert failed_meanwhile(ERRORS, _series(rate), job) is None


def test_a_sync_that_began_in_an_outage() -> None:
    """It need not be the cause, and went on all the same."""
    said = failed_meanwhile(ERRORS, _series(_from(_at(7), 0.001, 0.3)), _job(_at(9), 60))
    assert isinstance(said, Trend)
    assert said.actual.endswith(" (that share had risen before it began, to 30 % (36 of 120) in the hour before)")

    rate = _from(_at(9), 0.001, 0.3)
    said = failed_meanwhile(ERRORS, _series(rate, rate), _job(_at(9), 60))
    assert isinstance(said, Trend)
    assert said.actual.endswith(" (that share rose of other endpoints as well, to 30 % (36 of 120))")


def test_a_log_of_days() -> None:
    job = Job("B-12", (_at(0), _at(0) + timedelta(days=1)), is_exact=False)
    said = failed_meanwhile(ERRORS, _series(_from(_at(9), 0.001, 0.3)), job)

    assert said == Doubt(
        "at most 2 % of 5xx, or 2 times the share before",
        "5xx: 19 % (541 of 2,880) on the days of batch B-12, 0.099 % (20 of 20,160) in the week before; the sync log "
        "tells no times: whether it went on cannot be told",
    )


def test_too_few_calls_while_it_ran() -> None:
    said = failed_meanwhile(ERRORS, _series(lambda at: 0.5, a_minute=0.05), _job(_at(9), 60))

    assert said == TooLittle("50 calls in the week before batch B-12 and 10 while it was sent", "504 and 3")
