"""The questions file: what an assistant is asked before it goes live, and what its answers have to be like."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from pytest_golive.manifest.document import Document, PathInDocument, read_document
from pytest_golive.manifest.explain import explain
from pytest_golive.manifest.mistake import Mistake, Mistakes
from pytest_golive.manifest.model import Frozen, Text
from pytest_golive.manifest.schema import schema_of

Language = Literal["en", "es", "pt"]

ALIKE = 0.9
"""Share of common words above which two questions count as one."""


class Question(Frozen):
    """One question, and what holds for its answer. Patterns are regular expressions; letter case does not count."""

    question: Text = Field(description="as a customer writes it")
    out_of_scope: bool = Field(default=False, description="true: beside the subject, has to be declined")
    expect: tuple[Text, ...] = Field(default=(), description="patterns that the answer has to hold, each of them")
    forbid: tuple[Text, ...] = Field(default=(), description="patterns that the answer must not hold")
    language: Language | None = Field(default=None, description="the language the answer has to be in")
    vendor: Text | None = Field(default=None, description="whose assistant is asked; default: everyone's")
    topics: tuple[Text, ...] = Field(default=(), description="the categories of content that the answer rests on")
    batches: tuple[Text, ...] = Field(default=(), description="the batches of content that it rests on")
    sources: tuple[Text, ...] = Field(default=(), description="the source ids of the content that it rests on")


class QuestionsFile(Frozen):
    """A questions file."""

    questions: Annotated[tuple[Question, ...], Field(min_length=1)] = Field(description="what is asked")
    declines: tuple[Text, ...] = Field(
        default=(), description="patterns of a polite refusal; an answer out of scope has to hold one of them"
    )
    canaries: tuple[Text, ...] = Field(
        default=(), description="patterns of facts that no answer may hold: internal names, other customers' data"
    )
    allowed: tuple[Text, ...] = Field(
        default=(), description="prices, addresses, numbers and dates that answers out of scope may name all the same"
    )


@dataclass(frozen=True, slots=True)
class Questions:
    """The questions of a project, read and checked.

    Attributes:
        path: the file.
        asked: the questions, in its order.
        lines: the line each of them stands on.
        declines: how a polite refusal looks.
        canaries: what no answer may hold.
        allowed: what answers out of scope may name.
    """

    path: Path
    asked: tuple[Question, ...]
    lines: tuple[int, ...]
    declines: tuple[str, ...] = ()
    canaries: tuple[str, ...] = ()
    allowed: tuple[str, ...] = ()

    def place(self, question: Question) -> str:
        """Return where a question stands, as a finding names it."""
        return f"{self.path.name}:{self.lines[self.asked.index(question)]}"

    def of(self, vendor: str) -> Questions:
        """Return the questions that one vendor's assistant is asked."""
        mine = [number for number, each in enumerate(self.asked) if each.vendor in {None, vendor}]
        asked, lines = tuple(self.asked[number] for number in mine), tuple(self.lines[number] for number in mine)
        return replace(self, asked=asked, lines=lines)

    @property
    def distinct(self) -> tuple[Question, ...]:
        """The questions without those that say the same as an earlier one, word by word or nearly so."""
        kept: list[tuple[Question, frozenset[str]]] = []
        for question in self.asked:
            words = words_of(question.question)
            if not any(overlap(words, other) > ALIKE for _, other in kept):
                kept.append((question, words))
        return tuple(question for question, _ in kept)


def read_questions(path: Path) -> Questions:
    """Read a questions file.

    Raises:
        Mistakes: everything that is wrong in it, with lines.
    """
    document = read_document(path)
    mistakes = [*explain(document, schema_of(QuestionsFile)), *_broken_patterns(document)]
    if mistakes:
        raise Mistakes(mistakes)
    file = QuestionsFile.model_validate(document.data)
    return Questions(
        path=path,
        asked=file.questions,
        lines=tuple(document.line(("questions", number)) for number in range(len(file.questions))),
        declines=file.declines,
        canaries=file.canaries,
        allowed=file.allowed,
    )


def words_of(text: str) -> frozenset[str]:
    """Return the words of a text without accents, letter case and signs."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    return frozenset(re.findall(r"\w+", "".join(sign for sign in plain if not unicodedata.combining(sign))))


def overlap(one: frozenset[str], other: frozenset[str]) -> float:
    """Return the share of words that two texts have in common; texts without any word are alike."""
    both = one | other
    return len(one & other) / len(both) if both else 1.0


def _broken_patterns(document: Document) -> Iterator[Mistake]:
    """Yield the patterns that are no regular expressions; the document may be wrong in other ways, too."""
    for place, pattern in _patterns(document.data):
        try:
            re.compile(pattern)
        except re.error as error:
            yield document.mistake(place, f"is no regular expression: {error}")


def _patterns(data: dict[str, Any]) -> Iterator[tuple[PathInDocument, str]]:
    for name in ("declines", "canaries"):
        yield from _texts((name,), data.get(name))
    questions = data.get("questions")
    for number, question in enumerate(questions if isinstance(questions, list) else ()):
        for name in ("expect", "forbid"):
            yield from _texts(("questions", number, name), question.get(name) if isinstance(question, dict) else None)


def _texts(place: PathInDocument, values: object) -> Iterator[tuple[PathInDocument, str]]:
    found: Sequence[object] = values if isinstance(values, list) else ()
    yield from (((*place, number), value) for number, value in enumerate(found) if isinstance(value, str))
