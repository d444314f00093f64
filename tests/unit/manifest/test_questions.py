from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from pytest_golive.manifest.mistake import Mistakes
from pytest_golive.manifest.questions import Questions, overlap, read_questions, words_of
from pytest_golive.sandbox.rehearsal import EXAMPLE

Read = Callable[[str], Questions]


@pytest.fixture
def read(tmp_path: Path) -> Read:
    """Return a function that reads the text as a questions file."""

    def reading(text: str) -> Questions:
        path = tmp_path / "questions.yaml"
        path.write_text(text, encoding="utf-8")
        return read_questions(path)

    return reading


def mistakes(read: Read, text: str) -> list[str]:
    with pytest.raises(Mistakes) as told:
        read(text)
    return str(told.value).splitlines()


def test_a_file_is_read_with_everything(read: Read) -> None:
    """Rows with what their answers need, and what holds for all answers."""
    asked = read(
        "declines: [can only help]\n"
        "canaries: [Heron]\n"
        "allowed: ['R$ 10']\n"
        "questions:\n"
        "  - question: Are you open?\n"
        "    expect: ['9:00']\n"
        "    forbid: [closed]\n"
        "    language: en\n"
        "  - {question: Tell me a joke, out_of_scope: true}\n"
    )
    first, second = asked.asked

    assert (first.question, first.expect, first.forbid, first.language) == (
        "Are you open?",
        ("9:00",),
        ("closed",),
        "en",
    )
    assert (second.out_of_scope, first.out_of_scope) == (True, False)
    assert (asked.declines, asked.canaries, asked.allowed) == (("can only help",), ("Heron",), ("R$ 10",))
    assert [asked.place(each) for each in asked.asked] == ["questions.yaml:5", "questions.yaml:9"]


def test_questions_that_say_the_same_count_once(read: Read) -> None:
    """Letter case, signs and accents do not make another question; another word does."""
    asked = read(
        "questions:\n"
        "  - question: Are you open today?\n"
        "  - question: ARE YOU OPEN, TODAY!\n"
        "  - question: Are you open tomorrow?\n"
        "  - question: Onde é a loja\n"
        "  - question: onde e a loja?\n"
    )

    assert [each.question for each in asked.distinct] == [
        "Are you open today?",
        "Are you open tomorrow?",
        "Onde é a loja",
    ]


def test_a_long_question_with_one_word_more_is_the_same() -> None:
    """More than nine tenths of all words in common."""
    long = "how can i send back the blue shoes that i bought for my brother in your shop last week please"

    assert overlap(words_of(long), words_of(f"{long} today")) > 0.9
    assert overlap(words_of("are you open"), words_of("are you closed")) == 0.5
    assert overlap(words_of("?"), words_of("!")) == 1.0


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("questions: []\n", ["questions.yaml:1: questions: must not be empty"]),
        ("declines: [x]\n", ["questions.yaml:1: the key questions is missing (what is asked)"]),
        (
            "questions:\n  - question: Are you open?\n    expects: [x]\n",
            [
                (
                    "questions.yaml:3: questions[0].expects: unknown key; did you mean expect? Allowed here: "
                    "batches, expect, forbid, language, out_of_scope, question, sources, topics, vendor"
                )
            ],
        ),
        (
            "questions:\n  - {question: Are you open, expect: ['9:00', '(9']}\n",
            [
                (
                    "questions.yaml:2: questions[0].expect[1]: is no regular expression: "
                    "missing ), unterminated subpattern at position 0"
                )
            ],
        ),
        (
            "canaries: ['[']\nquestions:\n  - {question: Are you open, language: fr}\n",
            [
                "questions.yaml:1: canaries[0]: is no regular expression: unterminated character set at position 0",
                "questions.yaml:3: questions[0].language: 'fr' is not known here; allowed: en, es, pt",
            ],
        ),
    ],
)
def test_a_mistake_is_told_with_its_line(read: Read, text: str, told: list[str]) -> None:
    """All of them at once, with what is allowed."""
    assert mistakes(read, text) == told


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    """With its whole path."""
    path = tmp_path / "questions.yaml"
    with pytest.raises(Mistakes) as told:
        read_questions(path)

    assert str(told.value) == f"questions.yaml is not there: {path}"


def test_the_example_has_enough_questions() -> None:
    """22 or more different ones, 5 or more beside the subject, with canaries and ways to decline."""
    asked = read_questions(EXAMPLE / "questions.yaml")

    assert len(asked.distinct) == len(asked.asked) >= 22
    assert sum(each.out_of_scope for each in asked.asked) >= 5
    assert asked.canaries
    assert asked.declines
