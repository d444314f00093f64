"""One more item in a file that people write: every other line stays as it is."""

from __future__ import annotations

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from pytest_golive.people.writing import CannotAppend, items, with_items, with_key

ONE: list[dict[str, str | bool]] = [{"rule": "TIM-24", "example": True}]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("golive: 1\n", "golive: 1\nwords:\n  - rule: TIM-24\n    example: true\n"),
        ("golive: 1", "golive: 1\nwords:\n  - rule: TIM-24\n    example: true\n"),
        ("words: []  # none yet\n", "words:\n  - rule: TIM-24\n    example: true\n"),
        (
            "words:\n- rule: A-1\n# end\n\nlast: 1\n",
            "words:\n- rule: A-1\n- rule: TIM-24\n  example: true\n# end\n\nlast: 1\n",
        ),
        (
            "words:\n    - rule: A-1\n      by: x  # y\n\nlast: 1\n",
            "words:\n    - rule: A-1\n      by: x  # y\n    - rule: TIM-24\n      example: true\n\nlast: 1\n",
        ),
        ("words:\nlast: 1\n", "words:\n  - rule: TIM-24\n    example: true\nlast: 1\n"),
    ],
)
def test_an_item_is_put_behind_the_last_one(before: str, after: str) -> None:
    """As deep as those before it; comments and other keys stay."""
    assert with_items(before, "words", ONE) == after


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (
            "words: [{rule: A-1}]\n",
            "words is written in brackets: put the item there yourself, or write one item a line",
        ),
        ('{"golive": 1}\n', "it is written in brackets: put an item into words yourself"),
    ],
)
def test_what_cannot_be_done_by_text(text: str, told: str) -> None:
    """It is said, not tried."""
    with pytest.raises(CannotAppend) as problem:
        with_items(text, "words", ONE)

    assert str(problem.value) == told


def test_a_key_more() -> None:
    """At the end of the file."""
    assert with_key("golive: 1\n\n", "words", "golive/a.yaml") == "golive: 1\nwords: golive/a.yaml\n"
    with pytest.raises(CannotAppend) as problem:
        with_key("{}", "words", "a.yaml")
    assert str(problem.value) == "it is written in brackets: add words: a.yaml to it yourself"


@given(
    st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="\x85\u2028\u2029\ufeff"))
)
def test_whatever_is_said_is_read_as_it_was(text: str) -> None:
    """Quoted where YAML needs it."""
    told = yaml.safe_load(items([{"said": text}], "  "))

    assert told == [{"said": text}] or str(told[0]["said"]) == text
