"""What a week's figures say: each finding with its figures and its next action, and nothing about a quiet week."""

from __future__ import annotations

import pytest

from pytest_golive.review import trends
from pytest_golive.review.action import Action
from pytest_golive.review.shares import Share
from pytest_golive.review.thresholds import Thresholds
from pytest_golive.review.traffic import Row
from pytest_golive.review.trends import TooLittle, Trend

USUAL = Thresholds()


def test_what_counts_as_an_error() -> None:
    """5xx, 4xx and silence do; 429 has a trend of its own."""
    rows = [
        Row({"endpoint": "/a", "status": status}, 10) for status in ("200", "302", "404", "429", "503", "", "timeout")
    ]

    assert trends.errors_of(rows) == {"/a": Share(40, 70)}


def test_a_failing_endpoint_is_named_with_its_figures() -> None:
    found = trends.endpoints_with_errors(
        {"/a": Share(80, 1000), "/b": Share(5, 1000)}, {"/a": Share(4, 1000), "/b": Share(4, 1000)}, USUAL
    )

    assert found == (
        Trend(
            "/a",
            "at most 2 % of the calls to fail",
            "8 % (80 of 1,000) failed, 0.4 % (4 of 1,000) the week before",
            Action.TUNE_RETRIES,
        ),
    )


def test_a_doubled_share_is_a_finding_below_the_threshold_too() -> None:
    found = trends.endpoints_with_errors({"/a": Share(20, 1000)}, {"/a": Share(3, 1000)}, USUAL)

    assert [trend.expected for trend in found] == ["less than 2 times the share of the week before"]


@pytest.mark.parametrize(
    ("week", "before"),
    [
        (Share(2, 40), Share(0, 40)),  # too few calls
        (Share(2, 1000), Share(0, 1000)),  # chance
        (Share(22, 1000), Share(20, 1000)),  # about the threshold, for weeks
        (Share(0, 1000), Share(9, 1000)),  # better
    ],
)
def test_a_quiet_week_raises_nothing(week: Share, before: Share) -> None:
    assert trends.endpoints_with_errors({"/a": week}, {"/a": before}, USUAL) == ()


def test_a_new_endpoint_is_judged_by_the_threshold_alone() -> None:
    assert trends.endpoints_with_errors({"/new": Share(8, 1000)}, {}, USUAL) == ()
    assert len(trends.endpoints_with_errors({"/new": Share(80, 1000)}, {}, USUAL)) == 1


def test_a_share_that_grew() -> None:
    said = trends.share_grew("429", Share(60, 1000), Share(80, 4000), 1.5, USUAL, Action.TUNE_RETRIES)

    assert said == Trend(
        "",
        "at most 1.5 times the share of the four weeks before",
        "429: 6 % (60 of 1,000), 2 % (80 of 4,000) in the four weeks before",
        Action.TUNE_RETRIES,
    )
    assert trends.share_grew("429", Share(25, 1000), Share(80, 4000), 1.5, USUAL, Action.TUNE_RETRIES) is None


def test_too_little_is_said_as_such() -> None:
    assert trends.share_grew("429", Share(5, 20), Share(0, 4000), 1.5, USUAL, Action.TUNE_RETRIES) == TooLittle(
        "50 calls in the week and in the four before", "20 and 4,000"
    )
    assert trends.bad_feedback(Share(5, 9), Share(1, 100), USUAL) == TooLittle(
        "10 ratings in the week and in the four before", "9 and 100"
    )
    assert trends.low_confidence(Share(5, 9), Share(1, 100), USUAL) == TooLittle(
        "10 answers with a level in the week and in the four before", "9 and 100"
    )
    assert trends.retries(Share(1, 2), USUAL) == TooLittle("50 calls", "2")
    assert trends.polling(80, 90, 3, USUAL) == TooLittle("50 async answers", "3")


def test_answers_became_worse() -> None:
    assert trends.low_confidence(Share(25, 100), Share(40, 400), USUAL) == Trend(
        "",
        "less than 10 points more of low confidence than in the four weeks before",
        "low confidence: 25 % (25 of 100), 10 % (40 of 400) in the four weeks before",
        Action.IMPROVE_CONTENT,
    )
    assert trends.low_confidence(Share(15, 100), Share(40, 400), USUAL) is None
    assert trends.bad_feedback(Share(30, 100), Share(40, 400), USUAL) == Trend(
        "",
        "less than 2 times the share of the four weeks before",
        "bad ratings: 30 % (30 of 100), 10 % (40 of 400) in the four weeks before",
        Action.IMPROVE_CONTENT,
    )
    assert trends.bad_feedback(Share(3, 12), Share(5, 50), USUAL) is None


def test_fewer_calls_than_usual() -> None:
    found = trends.volume_fell({"/a": 10, "/b": 99}, {"/a": 100, "/b": 100, "/gone": 500, "/rare": 4}, USUAL)

    assert [(trend.about, trend.actual) for trend in found] == [
        ("/gone", "0 calls, 500 a week in the four weeks before"),
        ("/a", "10 calls, 100 a week in the four weeks before"),
    ]
    assert {(trend.expected, trend.action) for trend in found} == {
        ("at least 50 % of the usual volume", Action.LOOK_INTO)
    }


def test_too_many_retries() -> None:
    assert trends.retries(Share(200, 1000), USUAL) == Trend(
        "", "at most 10 % of the calls to be retries", "retries: 20 % (200 of 1,000)", Action.TUNE_RETRIES
    )
    assert trends.retries(Share(100, 1000), USUAL) is None


def test_async_answers_that_are_almost_too_late() -> None:
    assert trends.polling(80, 90, 500, USUAL) == Trend(
        "",
        "95 of 100 async answers within 80 % of the 90 s they are waited for",
        "80.0 s (of 500 answers)",
        Action.CHANGE_POLLING,
    )
    assert trends.polling(40, 90, 500, USUAL) is None
