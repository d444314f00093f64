"""How Uppzy finds an answer: the document that shares most words with the question, else a stock text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

from pytest_golive.sandbox.uppzy.state import Document

STOCK = "Our support hours are Monday to Friday, from 9:00 to 18:00."
SHORTEST_WORD = 4


@dataclass(frozen=True, slots=True)
class Written:
    """An answer, and how sure Uppzy is of it."""

    text: str
    level: str
    score: float


def write_answer(message: str, documents: Iterable[Document]) -> Written:
    """Return the answer to a message, resting on documents that are active and ready."""
    asked = _words(message)
    usable = [one for one in documents if one.status == "active" and one.ready]
    shared = {one.id: len(asked & _words(" ".join(one.fields.values()))) for one in usable}
    best = max(usable, key=lambda one: shared[one.id], default=None)
    if best is not None and shared[best.id]:
        return Written(best.fields.get("answer") or best.fields["content"], "high", 0.9)
    if asked & _words(STOCK):
        return Written(STOCK, "high", 0.9)
    return Written(STOCK, "low", 0.2)


def _words(text: str) -> set[str]:
    return {word for word in re.findall(r"\w+", text.lower()) if len(word) >= SHORTEST_WORD}
