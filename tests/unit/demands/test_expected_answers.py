"""Answers beside what a questions file expects of them."""

from __future__ import annotations

import pytest

from pytest_golive.demands.expected_answers import SHOWN, unlike
from pytest_golive.manifest.questions import Question

QUESTION = Question(question="Can shoes be sent back?", expect=("30 days",), forbid=("no refunds?",), language="en")

RIGHT = (
    "Within 30 days, of course.",
    "You can send the shoes back within **30** days.",
    "Within 30\u00a0days you can send the shoes back.",
    "You have 30\n  days.",
    "<p>You have <b>30</b>&nbsp;days.</p>",
    "You have _30 days_.",
    "Within 30 DAYS.",
)


@pytest.mark.parametrize("told", RIGHT)
def test_answers_that_are_right(told: str) -> None:
    """However they are laid out."""
    assert list(unlike(QUESTION, told, ["Heron"])) == []


WRONG = {
    "  ": ["there is no answer"],
    "Within 14 days.": ["the answer lacks '30 days': 'Within 14 days.'"],
    "30 days, but no **refund**.": [
        "the answer holds 'no refunds?', which is forbidden: '30 days, but no **refund**.'"
    ],
    "30 days, says Project Heron.": ["the answer holds the canary 'Heron'"],
    "Os sapatos podem ser devolvidos em 30 days, com a nota da loja, para a troca que você quiser.": [
        (
            "the answer is in pt, en is due: 'Os sapatos podem ser devolvidos em 30 days, com a nota da loja, para a "
            "troca que você quiser.'"
        )
    ],
}


@pytest.mark.parametrize("told", WRONG)
def test_answers_that_are_wrong(told: str) -> None:
    assert list(unlike(QUESTION, told, ["Heron"])) == WRONG[told]


def test_a_long_answer_is_told_in_part() -> None:
    (problem,) = unlike(QUESTION, "word " * 100)

    assert problem == f"the answer lacks '30 days': {('word ' * 100)[:SHOWN] + '…'!r}"
