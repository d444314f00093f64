"""Which topics a rollout changed, and which questions are about them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pytest_golive.manifest.questions import Question, words_of
from pytest_golive.papers.content.batches import Batch
from pytest_golive.papers.content.sync_log import Row

LATELY = timedelta(days=30)
"""Batches of so long ago are asked about, and the newest one however old it is."""

SHORTEST_STEM = 4
"""Words that begin with as many equal letters are taken for forms of one: delivery and deliveries."""


@dataclass(frozen=True, slots=True)
class Topic:
    """Something that a batch changed.

    Attributes:
        name: the category of its documents; empty where nobody tells one.
        batch: the batch.
        documents: the ids of the documents.
        sources: the ids of their sources.
    """

    name: str
    batch: Batch
    documents: tuple[str, ...]
    sources: frozenset[str]

    @property
    def told(self) -> str:
        """The topic as a sentence names it."""
        return f"{self.name} (batch {self.batch.name})" if self.name else f"batch {self.batch.name}"


def changed_lately(batches: Sequence[Batch], now: datetime) -> tuple[Batch, ...]:
    """Return the batches whose topics are asked about, the newest first; those taken back change nothing."""
    kept = [batch for batch in batches if not batch.was_rolled_back]
    newest = next((batch for batch in reversed(kept) if batch.begun), kept[-1] if kept else None)
    lately = [batch for batch in kept if batch is newest or (batch.begun and batch.begun >= now - LATELY)]
    return tuple(reversed(lately))


def topics_of(batches: Iterable[Batch], categories: Mapping[str, str]) -> tuple[Topic, ...]:
    """Return the topics of batches.

    Args:
        batches: the batches.
        categories: document -> its category as the vendor lists it, for rows that tell none.
    """
    found: list[Topic] = []
    for batch in batches:
        by_name: dict[str, list[Row]] = {}
        for row in (row for row in batch.rows if not row.is_gone and row.told["document"] not in batch.gone):
            name = row.told["category"] or categories.get(row.told["document"], "")
            by_name.setdefault(name.strip(), []).append(row)
        if len(by_name) > 1:
            by_name.pop("", None)  # the others tell what the batch is about
        for name, rows in by_name.items():
            documents = tuple(dict.fromkeys(row.told["document"] for row in rows if row.told["document"]))
            found.append(Topic(name, batch, documents, frozenset(row.told["source"] for row in rows)))
    return tuple(found)


def is_about(question: Question, topic: Topic, *, by_words: bool) -> bool:
    """Whether a question is about a topic, and says what its answer has to hold.

    Args:
        question: the question.
        topic: the topic.
        by_words: whether the words of a question that says nothing else tell what it is about.
    """
    if question.out_of_scope or not question.expect:
        return False
    if any(_plain(each) == _plain(topic.batch.name) for each in question.batches):
        return True
    if topic.sources & set(question.sources):
        return True
    if topic.name and any(_alike(each, topic.name) for each in question.topics):
        return True
    return by_words and not says_its_topic(question) and bool(topic.name) and _alike(topic.name, question.question)


def says_its_topic(question: Question) -> bool:
    """Whether a question says what it is about."""
    return bool(question.topics or question.batches or question.sources)


def _alike(words: str, text: str) -> bool:
    """Whether a text holds all of these words, in whatever form."""
    there = words_of(text.replace("_", " "))
    wanted = words_of(words.replace("_", " "))
    return bool(wanted) and all(any(_is_form(word, other) for other in there) for word in wanted)


def _is_form(word: str, other: str) -> bool:
    if word == other:
        return True
    stem = max(SHORTEST_STEM, min(len(word), len(other)) - 2)
    return len(word) >= stem and len(other) >= stem and word[:stem] == other[:stem]


def _plain(text: str) -> str:
    return re.sub(r"[\s_-]+", "-", text.strip().casefold())
