"""What a judgement says, and the words that all of them share."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from pytest_golive.clients.trace import Attempt, Call

TOLERANCE = 0.05
"""By how much golive's clock and the client's may differ, in seconds."""

DATE_TOLERANCE = 1.0
"""The same where a date in a header is involved, which knows whole seconds only."""


@dataclass(frozen=True, slots=True)
class Flaw:
    """What is wrong.

    Attributes:
        expected: what a right client does.
        actual: what this one did.
        rows: numbers of the requests that show it.
    """

    expected: str
    actual: str
    rows: tuple[int, ...] = ()


def seconds(length: float) -> str:
    """Return a length of time in words: 0.03 s, 12.5 s."""
    return f"{length:.2f} s" if length < 10 else f"{length:.1f} s"


def times(count: int) -> str:
    """Return how often, in words: once, 3 times."""
    return {0: "never", 1: "once", 2: "twice"}.get(count, f"{count} times")


def told(attempt: Attempt) -> str:
    """Return what a request was answered, in words."""
    return str(attempt.status) if attempt.status is not None else "no answer"


def got(attempt: Attempt) -> str:
    """Return what a request got, as the end of a sentence."""
    return f"was answered {attempt.status}" if attempt.status is not None else "got no answer"


def all_told(attempts: Iterable[Attempt]) -> str:
    """Return what requests were answered, one after the other."""
    return ", ".join(map(told, attempts))


def rows(attempts: Iterable[Attempt]) -> tuple[int, ...]:
    """Return the numbers of requests."""
    return tuple(attempt.number for attempt in attempts)


def came_to(call: Call | None) -> str:
    """Return how a call ended, as the end of a sentence."""
    if call is None:
        return "nothing more came"
    if call.outcome == "crash":
        return f"the client crashed: {call.crash}" if call.crash else "the client crashed"
    return "the call succeeded" if call.outcome == "ok" else "the call failed"
