"""Answers held against what a questions file expects of them."""

from __future__ import annotations

import html
import re
from collections.abc import Iterator, Sequence

from pytest_golive.contract.language import language_of
from pytest_golive.manifest.questions import Question

_MARKS = re.compile(r"</?[a-zA-Z][^<>]*>|[*`]+|(?<!\w)_+|_+(?!\w)")
"""What makes words bold, or a link, in HTML and Markdown."""

SHOWN = 200
"""Letters of an answer that a finding quotes."""


def unlike(question: Question, told: str, canaries: Sequence[str] = ()) -> Iterator[str]:
    """Yield in what an answer differs from what is expected of it, the worst first.

    Args:
        question: what was asked, with what the answer has to hold.
        told: the answer.
        canaries: patterns that no answer may hold.
    """
    if not told.strip():
        yield "there is no answer"
        return
    for pattern in canaries:
        if _holds(told, pattern):
            yield f"the answer holds the canary {pattern!r}"
    for pattern in question.expect:
        if not _holds(told, pattern):
            yield f"the answer lacks {pattern!r}: {_short(told)!r}"
    for pattern in question.forbid:
        if _holds(told, pattern):
            yield f"the answer holds {pattern!r}, which is forbidden: {_short(told)!r}"
    seen = language_of(told)
    if question.language is not None and seen not in {None, question.language}:
        yield f"the answer is in {seen}, {question.language} is due: {_short(told)!r}"


def _holds(told: str, pattern: str) -> bool:
    """Whether an answer holds a pattern, as it stands or without the marks and the spaces that only lay it out."""
    plain = " ".join(html.unescape(_MARKS.sub("", told)).split())
    return any(re.search(pattern, each, re.IGNORECASE) is not None for each in (told, plain))


def _short(told: str) -> str:
    return told if len(told) <= SHOWN else f"{told[:SHOWN]}…"
