"""Shares and their differences, against figures that are known."""

from __future__ import annotations

import pytest

from pytest_golive.review.shares import Share, chance_of_more, lower_bound, percent


@pytest.mark.parametrize(
    ("share", "told"),
    [
        (Share(50, 2000), "2.5 % (50 of 2,000)"),
        (Share(0, 10), "0 % (0 of 10)"),
        (Share(1, 3), "33 % (1 of 3)"),
        (Share(0, 0), "0 % (0 of 0)"),
    ],
)
def test_a_share_is_written_for_people(share: Share, told: str) -> None:
    assert share.told == told


def test_percent_keeps_what_tells_something() -> None:
    assert [percent(value) for value in (0.00123, 0.02, 0.5, 1.0)] == ["0.12 %", "2 %", "50 %", "100 %"]


def test_fishers_exact_test_as_in_the_textbook() -> None:
    """The tea of the lady: 3 of 4 against 1 of 4 has a chance of 17/70."""
    assert chance_of_more(Share(3, 4), Share(1, 4)) == pytest.approx(17 / 70)
    assert chance_of_more(Share(4, 4), Share(0, 4)) == pytest.approx(1 / 70)


def test_both_tests_agree_where_they_meet() -> None:
    """Where many are so the normal approximation takes over, without a step."""
    exact = chance_of_more(Share(260, 10_000), Share(700, 30_000))
    rough = chance_of_more(Share(270, 10_000), Share(740, 30_000))

    assert exact == pytest.approx(0.07, abs=0.02)
    assert rough == pytest.approx(0.10, abs=0.03)


def test_of_nothing_nothing_is_said() -> None:
    assert chance_of_more(Share(0, 0), Share(5, 10)) == 1.0
    assert lower_bound(Share(0, 0), 0.01) == 0.0


def test_few_calls_prove_little() -> None:
    """One failure in twenty is a twentieth, and yet may be two in a hundred; a thousandfold of it may not."""
    assert lower_bound(Share(1, 20), 0.01) < 0.02 < lower_bound(Share(1000, 20_000), 0.01)
