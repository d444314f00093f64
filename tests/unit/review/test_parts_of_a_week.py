"""Parts of a week: what a source has to tell, bursts, incidents and gaps, as pure functions."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from pytest_golive.review.gaps import gaps
from pytest_golive.review.incidents import HOUR, RATE_SECONDS, Shape, bursts, coarse, incidents
from pytest_golive.review.shares import Share
from pytest_golive.review.thresholds import Thresholds
from pytest_golive.review.traffic import Row, Slot
from pytest_golive.review.trends import TooLittle
from pytest_golive.review.window import Window

END = datetime(2026, 3, 31, 12, tzinfo=UTC)
WEEK = Window(END - timedelta(days=7), END)
USUAL = Thresholds()


def _slots(seconds: int, **statuses: float) -> Iterator[Slot]:
    """Yield so many calls of each status in each part of the week."""
    for number in range(round(WEEK.seconds / seconds)):
        for status, count in statuses.items():
            yield _slot(number * seconds, status.strip("s"), count)


def _slot(seconds: float, status: str, count: float, endpoint: str = "/chat") -> Slot:
    return Slot(WEEK.start + timedelta(seconds=seconds), Row({"endpoint": endpoint, "status": status}, count))


def test_a_source_that_tells_parts_too_rarely() -> None:
    """As a metric that is scraped every ten minutes does of five."""
    assert coarse([_slot(0, "200", 40)], 100, RATE_SECONDS) == TooLittle(
        "calls told for each 5 minutes", "40 of 100 are"
    )
    assert coarse([_slot(0, "200", 40)], 100, HOUR) == TooLittle("calls told for each 1 h", "40 of 100 are")
    assert coarse([_slot(0, "200", 60)], 100, HOUR) is None
    assert coarse([], 0, HOUR) is None


def test_hours_that_belong_to_one_incident() -> None:
    """One hour between two belongs to both; two hours between them are the end."""
    usual = list(_slots(HOUR, s200=50, s503=0.2))
    bad = [_slot(hour * HOUR, "503", 30) for hour in (10, 12, 16)]

    found = incidents([*usual, *bad], {"/chat": Share(4, 1000)}, USUAL)

    assert [(each.window.start.hour, each.window.seconds / HOUR, each.endpoints) for each in found] == [
        (22, 3, ("/chat",)),
        (4, 1, ("/chat",)),
    ]


def test_what_always_fails_is_no_incident() -> None:
    """It is a finding of its own, by the share of the week; a few failures are none either."""
    always = list(_slots(HOUR, s200=50, s503=5))
    few = [*_slots(HOUR, s200=2), _slot(0, "503", 4)]

    assert incidents(always, {"/chat": Share(500, 5500)}, USUAL) == ()
    assert incidents(few, {}, USUAL) == ()


def test_a_night_job_that_meets_the_limit_is_a_burst() -> None:
    """Where nothing else is called, its own calls are."""
    night = [_slot(0, "200", 70), _slot(0, "429", 30)]

    assert [trend.actual for trend in bursts(night, WEEK, USUAL)] == [
        "20 calls a minute while 429 came, 0.0 at 95 of 100 times (2026-03-24 12:00 to 2026-03-24 12:05 UTC)"
    ]
    assert bursts([*_slots(RATE_SECONDS, s200=90), _slot(0, "429", 9)], WEEK, USUAL) == ()


def test_the_shape_of_an_incident_without_durations() -> None:
    mix = {"/a": 50.0, "/b": 30.0, "/c": 15.0, "": 5.0}

    assert Shape(100, 40, mix, None, 0.4).told == "100 calls, 40 usually: /a 50 %, /b 30 %, /c 15 % and 1 more"
    assert Shape(100, 40, {"": 100.0}, 2, None).told == "100 calls, 40 usually: (none) 100 %; 95 of 100 within 2 s"


def test_a_gap_goes_on_until_calls_come_again() -> None:
    """It begins with the first hour that always has calls; what is rare is never missed."""
    before = [
        Slot(WEEK.start - timedelta(weeks=weeks) + timedelta(hours=hour), Row({}, 30 if hour < 100 else 0.6))
        for weeks in range(1, 5)
        for hour in range(168)
    ]
    week = [Slot(WEEK.start + timedelta(hours=hour), Row({}, 30)) for hour in range(168) if not 20 <= hour < 24]

    assert [(gap.window.seconds / HOUR, gap.missed) for gap in gaps(week, before, WEEK)] == [(4, 120)]
    rare = [slot for slot in week if not timedelta(hours=120) <= slot.start - WEEK.start < timedelta(hours=130)]
    assert len(gaps(rare, before, WEEK)) == 1
