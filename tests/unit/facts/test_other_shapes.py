from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.facts.finding import CannotTell, CheckFailed, Finding
from pytest_golive.facts.other_shapes import bearing_other_shapes

SEEN = "list_things: assumed that it would fit things.json, seen: the body is an object, a list is due (assumed)"

BODY: dict[str, Any] = {}
ITEMS: list[Any] = []
NOTHING: Any = None


@bearing_other_shapes
def check(stumble: Callable[[], object]) -> object:
    """Look into an answer."""
    return stumble()


@pytest.mark.parametrize(
    "stumble",
    [lambda: BODY["id"], lambda: ITEMS[0], lambda: NOTHING["id"], lambda: NOTHING.id, lambda: int("x")],
)
def test_a_stumble_over_another_shape_says_nothing(stumble: Callable[[], object]) -> None:
    """The observation tells which fact of the pack to correct."""
    with recording(CheckRecord("a check", observations=[SEEN])), pytest.raises(CannotTell) as caught:
        check(stumble)

    assert caught.value.finding == Finding(
        requirement="the answers have to hold what this check looks at",
        expected="the shape that the pack assumes, or a corrected pack",
        actual=SEEN,
    )


def test_a_mistake_of_the_check_stays_one() -> None:
    """Where every shape was as assumed."""
    with recording(CheckRecord("a check")), pytest.raises(KeyError):
        check(lambda: BODY["id"])
    with pytest.raises(KeyError):
        check(lambda: BODY["id"])


def test_what_a_check_finds_stays_found() -> None:
    """A failure is told as it is, and a value is returned."""
    finding = Finding("it has to hold", "this", "that")

    def fails() -> None:
        raise CheckFailed(finding)

    with recording(CheckRecord("a check", observations=[SEEN])):
        assert check(lambda: 7) == 7
        with pytest.raises(CheckFailed) as caught:
            check(fails)
    assert caught.value.finding is finding
