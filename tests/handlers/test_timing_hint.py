"""How long a comparison takes is a hint, told with its numbers, and never a failure."""

from __future__ import annotations

import random
import re
from pathlib import Path

import pytest

from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.handlers.faults import timing
from pytest_golive.handlers.faults.timing import rank_test
from pytest_golive.handlers.trying import try_fault
from tests.handlers.handler_mutants import Mutant, flask_setup, under_test, written

LEAKING = Mutant(
    "WH-19",
    "    return True in [hmac.compare_digest(given, one) for one in right]\n",
    "    for one, other in zip(given, right[0], strict=False):\n"
    "        if one != other:\n"
    "            return False\n"
    "        time.sleep(0.0003)\n"
    "    return len(given) == len(right[0])\n",
    "",
    "",
)
NUMBERS = (
    r"refusing a signature wrong at its end took [0-9.]+ ms in the median, "
    r"one wrong at its start [0-9.]+ ms \(rank test, n = 2 x 40, p = [0-9.e-]+\)"
)


@pytest.fixture(autouse=True)
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "PAIRS", 40)


def test_a_comparison_that_stops_at_the_first_difference_is_hinted_at(tmp_path: Path) -> None:
    with under_test(flask_setup(tmp_path, written(LEAKING, tmp_path))) as lab, recording(CheckRecord("x")) as record:
        try_fault(lab, "WH-19")

    (told,) = record.warnings
    assert re.fullmatch(
        f"a hint that the comparison tells how far a signature is right: {NUMBERS}; "
        + re.escape("Compare with a function made for it, such as hmac.compare_digest."),
        told,
    )
    assert record.notes == []


def test_the_numbers_are_told_where_nothing_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(timing, "SIGNIFICANT", 0.0)  # a right handler, whatever this machine does meanwhile

    with under_test(flask_setup(tmp_path)) as lab, recording(CheckRecord("x")) as record:
        try_fault(lab, "WH-19")

    (told,) = record.notes
    assert re.fullmatch(f"no hint that the comparison tells anything: {NUMBERS}", told)
    assert record.warnings == []


def test_p_is_that_of_the_rank_test() -> None:
    # Numbers of a textbook's kind: no overlap at all, and as even as can be.
    assert rank_test(range(1, 11), range(11, 21)) == pytest.approx(0.000183, rel=0.01)
    assert rank_test([1, 4, 5, 8], [2, 3, 6, 7]) == 1.0
    assert rank_test([1.0] * 5, [1.0] * 5) == 1.0


def test_chance_alone_is_seldom_taken_for_a_hint() -> None:
    chance = random.Random(1)
    drawn = [rank_test([chance.random() for _ in range(50)], [chance.random() for _ in range(50)]) for _ in range(400)]

    assert 0.02 < sum(p < 0.05 for p in drawn) / len(drawn) < 0.08
