"""What a batch did to a figure, by made-up series of hours: found, not found, and in doubt."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest

from pytest_golive.review.action import Action
from pytest_golive.review.content.rising import (
    Figure,
    Measure,
    Split,
    bad_ratings,
    low_confidence,
    server_errors,
    timeouts,
)
from pytest_golive.review.content.rollouts import Doubt, Early, Rollout, Said, effects, together, went_on
from pytest_golive.review.shares import Share
from pytest_golive.review.thresholds import Thresholds
from pytest_golive.review.trends import TooLittle, Trend
from pytest_golive.review.window import Window

NOW = datetime(2026, 11, 20, tzinfo=UTC)
HOUR = timedelta(hours=1)

THRESHOLDS = Thresholds()
BAD, LOW, ERRORS = bad_ratings(THRESHOLDS), low_confidence(THRESHOLDS), server_errors(THRESHOLDS)
LATE = timeouts(THRESHOLDS, 3.0, 5)

Rate = Callable[[datetime], float]


def _at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def _batch(name: str, begun: datetime, minutes: int = 30) -> Rollout:
    return Rollout((name,), begun, begun + timedelta(minutes=minutes), (f"doc-{name}",))


def _series(own: Rate, others: Rate | None = None, an_hour: float = 2.0) -> Measure:
    """Return what measures a series with so many things counted in an hour, of which a share is bad."""

    def measure(window: Window) -> Split:
        hours, at = [], window.start
        while at < window.end:
            hours.append(at)
            at += HOUR

        def share(rate: Rate | None) -> Share:
            if rate is None:
                return Share(0, 0)
            return Share(round(sum(rate(at) * an_hour for at in hours)), an_hour * len(hours))

        return Split(share(own), share(others))

    return measure


def _from(day: int, before: float, after: float, hour: int = 0) -> Rate:
    return lambda at: after if at >= _at(day, hour) else before


def _effect(figure: Figure, measure: Measure, *batches: Rollout) -> list[Said]:
    return [said for _, said in effects(figure, measure, batches, NOW)]


B1, B2 = _batch("B-1", _at(12, 9)), _batch("B-2", _at(16, 9))


def test_a_batch_that_made_ratings_worse() -> None:
    """It is named, with shares and sample sizes of before and after; the one after it is not."""
    assert _effect(BAD, _series(_from(12, 0.1, 0.3, 10)), B1, B2) == [
        Trend(
            "batch B-1",
            "less than 2 times the share of bad ratings before",
            "bad ratings: 30 % (57 of 190) since, 10 % (34 of 336) in the 7 days before",
            Action.ROLL_BACK,
        ),
        None,
    ]


def test_a_batch_that_made_answers_less_sure() -> None:
    assert _effect(LOW, _series(_from(16, 0.05, 0.2, 10)), B1, B2) == [
        None,
        Trend(
            "batch B-2",
            "less than 10 points more of low confidence than before",
            "low confidence: 20 % (34 of 172) since, 4.7 % (9 of 190) between the batch before and this one",
            Action.ROLL_BACK,
        ),
    ]


RIGHT: dict[str, Rate] = {
    "as ever": lambda at: 0.1,
    "a little worse": _from(12, 0.1, 0.14),
    "better": _from(12, 0.2, 0.05),
    "a bad day two weeks ago": lambda at: 0.6 if at < _at(5) else 0.1,
    "nothing bad at all": lambda at: 0.0,
    "worse at night": lambda at: 0.15 if at.hour < 6 else 0.1,
}


@pytest.mark.parametrize("name", RIGHT)
def test_batches_that_did_no_harm(name: str) -> None:
    assert _effect(BAD, _series(RIGHT[name]), B1, B2) == [None, None]


def test_what_had_risen_before_the_batch_began() -> None:
    """The batch is not blamed: careful words, and no finding."""
    assert _effect(BAD, _series(_from(11, 0.1, 0.4, 8)), B1) == [
        Doubt(
            "less than 2 times the share of bad ratings before",
            "batch B-1: bad ratings: 40 % (134 of 336) since, 15 % (49 of 336) in the 7 days before, but that share "
            "had risen before it began, to 40 % (19 of 48) in the day before: it need not be the cause",
        )
    ]


def test_what_rose_elsewhere_as_well() -> None:
    rate = _from(12, 0.1, 0.3, 10)
    (said,) = _effect(BAD, _series(rate, rate), B1)

    assert said == Doubt(
        "less than 2 times the share of bad ratings before",
        "batch B-1: bad ratings: 30 % (101 of 336) since, 10 % (34 of 336) in the 7 days before, but that share rose "
        "at other sites as well, to 30 % (101 of 336) from 10 % (34 of 336): it need not be the cause",
    )
    assert isinstance(_effect(BAD, _series(rate, lambda at: 0.1), B1)[0], Trend)


@pytest.mark.parametrize(("days", "half", "told"), [((12, 13), "second", "9.8 %"), ((18, 19), "first", "9.8 %")])
def test_what_comes_and_goes(days: tuple[int, ...], half: str, told: str) -> None:
    """A bad day or two after a batch are no doing of it: content stays."""
    (said,) = _effect(BAD, _series(lambda at: 0.7 if at.day in days and at > _at(12, 9) else 0.1), B1)

    assert isinstance(said, Doubt)
    assert f"but in the {half} third of that time it was {told}" in said.actual


def test_what_is_so_every_weekend() -> None:
    """A batch of a Friday is not blamed for what the weekend before was like, too."""
    friday = _batch("B-1", _at(13, 18))
    (said,) = [
        said for _, said in effects(BAD, _series(lambda at: 0.3 if at.weekday() > 4 else 0.05), [friday], _at(16))
    ]

    monday = _batch("B-2", _at(16, 0, 30))
    assert went_on(BAD, _series(lambda at: 0.3 if at.weekday() > 4 else 0.05), [friday], monday) is None
    assert isinstance(said, Doubt)
    assert said.actual.endswith(
        "but in the same days of the week before it was 27 % (29 of 106) as well: it need not be the cause"
    )


def test_calls_are_laid_to_a_batch_only_beside_others() -> None:
    """Other endpoints without an incident show that it is no outage."""
    rate = _from(12, 0.002, 0.08, 10)
    (alone,) = _effect(ERRORS, _series(rate, an_hour=20), B1)
    (beside,) = _effect(ERRORS, _series(rate, lambda at: 0.002, an_hour=20), B1)
    (everywhere,) = _effect(ERRORS, _series(rate, rate, an_hour=20), B1)

    told = "batch B-1: 5xx: 8 % (269 of 3,360) since, 0.21 % (7 of 3,360) in the 7 days before"
    expected = "at most 2 % of 5xx, or 2 times the share before"
    assert alone == Doubt(
        expected, f"{told}, but too few calls of other endpoints are counted to compare with: it need not be the cause"
    )
    assert beside == Trend("batch B-1", expected, told.partition("1: ")[2], Action.ROLL_BACK)
    assert everywhere == Doubt(
        expected,
        f"{told}, but that share rose of other endpoints as well, to 8 % (269 of 3,360) from 0.21 % (7 of 3,360): "
        "it need not be the cause",
    )
    (late,) = _effect(LATE, _series(rate, lambda at: 0.002, an_hour=20), B1)
    assert isinstance(late, Trend)
    assert late.expected == "less than 3 times the share of timeouts before"


def test_too_little_says_nothing() -> None:
    assert _effect(BAD, _series(_from(12, 0.0, 0.5), an_hour=0.02), B1) == [
        TooLittle("10 ratings before and after batch B-1", "3 and 3")
    ]


def test_a_batch_of_today_is_too_new() -> None:
    assert _effect(BAD, _series(lambda at: 0.1), _batch("B-3", _at(19, 9))) == [Early(_at(20, 10))]


def test_old_batches_and_those_taken_back_are_left_out() -> None:
    old, back = _batch("B-0", datetime(2026, 11, 2, tzinfo=UTC)), _batch("B-1", _at(12, 9))
    back = Rollout(back.names, back.begun, back.ended, back.documents, taken_back=True)

    assert _effect(BAD, _series(_from(12, 0.1, 0.4, 10)), old, back) == []


def test_batches_that_cannot_be_told_apart_are_one() -> None:
    """By their time, or since nothing is counted between them; named together."""
    close = _batch("B-2", _at(12, 15))
    (said,) = _effect(BAD, _series(_from(12, 0.1, 0.3, 10)), B1, close)
    assert isinstance(said, Trend)
    assert said.about == "batches B-1 and B-2"

    three = (B1, _batch("B-2", _at(13, 9)), _batch("B-3", _at(14, 9)))
    assert [each.names for each in together(BAD, _series(lambda at: 0.1, an_hour=0.2), three)] == [
        ("B-1", "B-2", "B-3")
    ]
    assert [each.told for each in together(BAD, _series(lambda at: 0.1), three)] == [
        "batch B-1",
        "batch B-2",
        "batch B-3",
    ]


def test_a_stream_of_batches_cannot_be_judged() -> None:
    stream = [_batch(f"B-{day}", _at(day, hour)) for day in range(1, 19) for hour in (0, 8, 16)]
    (said,) = _effect(BAD, _series(lambda at: 0.1), *stream)

    assert said == TooLittle("time between batches, to see what each of them did", "none in the 54 batches B-1 to B-18")


def test_a_rollout_that_went_on() -> None:
    """The finding is about the batch that followed, and names the one before it."""
    assert went_on(BAD, _series(_from(12, 0.1, 0.3, 10)), [B1], B2) == Trend(
        "batch B-2",
        "less than 2 times the share of bad ratings before",
        "bad ratings had risen: 30 % (57 of 190) since batch B-1, 10 % (34 of 336) in the 7 days before it",
        Action.PAUSE,
    )
    assert went_on(BAD, _series(_from(12, 0.1, 0.14, 10)), [B1], B2) is None


def test_a_rollout_that_went_on_in_quick_steps() -> None:
    """Where little is counted between two batches, those before are looked at as well."""
    third = _batch("B-3", _at(16, 14))
    said = went_on(BAD, _series(_from(12, 0.1, 0.3, 10)), [B1, B2], third)

    assert isinstance(said, Trend)
    assert (
        said.actual
        == "bad ratings had risen: 30 % (60 of 200) since batch B-1, 10 % (34 of 336) in the 7 days before it"
    )
    assert went_on(BAD, _series(_from(12, 0.0, 0.3), an_hour=0.05), [B1, B2], third) == TooLittle(
        "10 ratings before batch B-1 and until batch B-3 began", "8 and 5"
    )


def test_a_rollout_that_went_on_in_a_bad_time() -> None:
    """That the batch before need not be the cause is said; going on was wrong all the same."""
    said = went_on(BAD, _series(_from(11, 0.1, 0.4, 8)), [B1], B2)

    assert isinstance(said, Trend)
    assert said.actual == (
        "bad ratings had risen: 40 % (76 of 190) since batch B-1, 15 % (49 of 336) in the 7 days before it (that share "
        "had risen before it began, to 40 % (19 of 48) in the day before: batch B-1 need not be the cause)"
    )


def test_what_had_recovered_long_ago_stops_nothing() -> None:
    """Only the last week before the next batch counts."""
    late = _batch("B-9", _at(19, 20))
    rate: Rate = lambda at: 0.5 if _at(5, 10) <= at < _at(9) else 0.1  # noqa: E731

    assert went_on(BAD, _series(rate), [_batch("B-1", _at(5, 9))], late) is None
