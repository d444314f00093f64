"""A trace as the course of a check, for the report to draw: calls, their requests, and the pauses between them."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pytest_golive.clients.timeline import outcome_of
from pytest_golive.clients.trace import Attempt, Trace
from pytest_golive.facts.course import Step, step, with_pauses

LONGEST = 100
"""Characters of a path or a message."""

STRAY = "no call"
"""The lane of requests that nobody asked for."""


def course_of(trace: Trace, scrub: Callable[[str], str] = str) -> Iterator[Step]:
    """Yield the steps of a drive, call by call.

    Args:
        trace: what was seen.
        scrub: masks known secrets in a text.
    """
    part = scrub(trace.name)
    for call in trace.calls:
        told = scrub(outcome_of(call))
        yield step(call.began_at, call.ended_at, call.operation, told, kind="call", lane=call.id, part=part)
        yield from with_pauses(_requests(trace.of_call(call), call.id, part, scrub))
    known = {call.id for call in trace.calls}
    strays = tuple(one for one in trace.attempts if one.call not in known)
    yield from with_pauses(_requests(strays, STRAY if known else "", part, scrub))


def _requests(attempts: tuple[Attempt, ...], lane: str, part: str, scrub: Callable[[str], str]) -> Iterator[Step]:
    for one in attempts:
        where = "" if one.listener == "vendor" else f" at {one.listener}"
        what = scrub(f"{one.method} {one.target}")[:LONGEST] + where
        yield step(one.at, one.over_at, what, scrub(_came(one)), lane=lane, part=part)


def _came(attempt: Attempt) -> str:
    if attempt.status is None:
        ended = attempt.fired or ("the client left" if attempt.left_at is not None else "no answer")
        return f"no answer: {ended}"[:LONGEST] if ended != "no answer" else ended
    after = attempt.answer_header("retry-after")
    said = [str(attempt.status), *([f"retry-after: {after}"] if after else [])]
    if attempt.left_at is not None:
        said.append("the client left before its end")
    return ", ".join(said)[:LONGEST]
