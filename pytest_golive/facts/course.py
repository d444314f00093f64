"""The course of what a check provoked: requests and pauses on one axis of time, as plain values that a report draws."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Literal

from pytest_golive.facts.current import CheckRecord

Step = dict[str, float | str]

Kind = Literal["call", "attempt", "wait"]
"""What a step is: a call that somebody asked for, a request or delivery, a pause between two of them."""

PARTS = 4
"""Of a check so many drives are kept, the last ones: the last is the one that the finding is about."""

STEPS = 80
"""Of one drive so many steps are kept: who never stops would fill the report."""

SHORTEST_PAUSE = 0.02
"""Seconds between two requests that are worth a line."""


def step(
    begun: float, ended: float, what: str, came: str = "", *, kind: Kind = "attempt", lane: str = "", part: str = ""
) -> Step:
    """Return one step.

    Args:
        begun: seconds, on whichever clock; all steps of one part are on the same.
        ended: seconds on that clock.
        what: what happened: a request, a call, "waits".
        came: what came of it: a status, "no answer"; empty for a pause.
        kind: what it is.
        lane: what it belongs to: a call, an event; steps of one lane are drawn in one row.
        part: which drive it is of; each has an axis of its own.
    """
    return {"begun": begun, "ended": ended, "what": what, "came": came, "kind": kind, "lane": lane, "part": part}


def with_pauses(steps: Iterable[Step]) -> Iterator[Step]:
    """Yield the steps of one lane with the pauses between them; where two overlap there is none."""
    over: float | None = None
    for one in sorted(steps, key=lambda each: each["begun"]):
        begun, ended = float(one["begun"]), float(one["ended"])
        if over is not None and begun - over >= SHORTEST_PAUSE:
            yield step(over, begun, "waits", kind="wait", lane=str(one["lane"]), part=str(one["part"]))
        yield one
        over = ended if over is None else max(over, ended)


def keep_part(record: CheckRecord, steps: Iterable[Step]) -> None:
    """Keep one drive as the newest part of a check's course; what was kept of the same part before is forgotten."""
    new = list(steps)[:STEPS]
    if not new:
        return
    name = new[0]["part"]
    kept = [each for each in record.timeline if each.get("part", "") != name] + new
    parts = list(dict.fromkeys(each.get("part", "") for each in kept))[-PARTS:]
    record.timeline[:] = [each for each in kept if each.get("part", "") in parts]


def keep_step(record: CheckRecord, one: Step) -> None:
    """Add a step to its part of a check's course, as long as there is room."""
    if sum(each.get("part", "") == one["part"] for each in record.timeline) < STEPS:
        record.timeline.append(one)
