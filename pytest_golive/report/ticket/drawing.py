"""The course of a check as a drawing: one row per call or event, its requests and pauses on one axis of time.

Everything across is in percent of the width, so that the drawing fits a phone and its letters keep their size. A label
that finds no room there is left out: the table below the drawing has all of them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from pytest_golive.report.ticket.durations import nice_steps, seconds
from pytest_golive.report.ticket.exhibits import Step

LANES = 8
"""Rows of one drawing; of what is more the table tells."""

MARKS = 80
"""Requests and pauses in one row."""

TIERS = 2
"""Lines of labels above a row."""

LETTER = 2.1
"""Percent of the width that a letter takes on a phone."""

NARROWEST = 0.7
"""Percent of the width that can still be seen."""

TITLE = 44
"""Letters of a row's title that fit a phone."""

MESSAGE = ": '"
"""What a client's own words begin with; the table has them."""

ROW, LINE, BAR = 16, 13, 12
"""Heights in pixels: of a title, of a line of labels, of a bar."""

Look = Literal["answered", "refused", "silent", "wait", "call"]
"""How a mark looks: a full bar, a tall one, an empty one, a broken line, a pale band behind all of them."""


@dataclass(frozen=True, slots=True)
class Mark:
    """One thing in a row. `x` and `width` are percents, `y` and `height` pixels."""

    look: Look
    x: float
    width: float
    y: float
    height: float


@dataclass(frozen=True, slots=True)
class Label:
    """A word at a place; `anchor` says which of its ends stands there."""

    text: str
    x: float
    y: float
    anchor: Literal["start", "middle", "end"] = "start"


@dataclass(frozen=True, slots=True)
class Drawing:
    """A drive, drawn.

    Attributes:
        title: what it is of.
        told: what is to be seen, in sentences, for those who cannot.
        marks: bars and lines.
        labels: statuses and pauses above them.
        rows: titles of the rows.
        ticks: the axis: a place in percent, and its time.
        height: of the whole, in pixels.
        axis: where the axis is, in pixels.
        steps: everything that happened, from its beginning on.
        more: rows that are left out.
    """

    title: str
    told: str
    marks: tuple[Mark, ...]
    labels: tuple[Label, ...]
    rows: tuple[Label, ...]
    ticks: tuple[Label, ...]
    height: int
    axis: int
    steps: tuple[Step, ...]
    more: int = 0


def drawings(course: Sequence[Step]) -> tuple[Drawing, ...]:
    """Return the drives of a check's course, in the order they were made in."""
    parts = dict.fromkeys(step.part for step in course)
    return tuple(_drawn(part, [step for step in course if step.part == part]) for part in parts)


def look_of(step: Step) -> Look:
    """Return how a step looks: by its kind, and by the status it came to."""
    if step.kind == "call":
        return "call"
    if step.kind == "wait":
        return "wait"
    status = step.came[:3]
    if not status.isdecimal():
        return "silent"
    return "answered" if status < "400" else "refused"


def _drawn(part: str, course: Sequence[Step]) -> Drawing:
    zero = min(step.begun for step in course)
    steps = tuple(
        Step(step.begun - zero, max(step.ended - zero, step.begun - zero), *_rest(step))
        for step in sorted(course, key=lambda each: (each.begun, each.kind != "call"))
    )
    whole = max(0.001, *(step.ended for step in steps))
    lanes: dict[str, list[Step]] = {}
    for step in steps:
        lanes.setdefault(step.lane, []).append(step)
    marks: list[Mark] = []
    labels: list[Label] = []
    rows: list[Label] = []
    top = 0
    for lane, own in list(lanes.items())[:LANES]:
        if title := _title(lane, own):
            top += ROW
            rows.append(Label(title, 0, top - 4))
        top += TIERS * LINE
        labels += _labels(own, whole, top)
        marks += [_mark(step, whole, top) for step in own[:MARKS]]
        top += BAR + 6
    ticks = tuple(_tick(at, whole, top + 16) for at in nice_steps(whole))
    return Drawing(
        title=part or "What happened when",
        told=_told(lanes, whole),
        marks=tuple(marks),
        labels=tuple(labels),
        rows=tuple(rows),
        ticks=ticks,
        height=top + 22,
        axis=top,
        steps=steps,
        more=max(0, len(lanes) - LANES),
    )


def _rest(step: Step) -> tuple[str, str, str, str, str]:
    return step.what, step.came, step.kind, step.lane, step.part


def _title(lane: str, steps: Sequence[Step]) -> str:
    """Return what a row is about: the call and what came of it, or the event."""
    call = next((step for step in steps if step.kind == "call"), None)
    told = f"{call.what}: {call.came.partition(MESSAGE)[0]}" if call is not None else lane
    return told if len(told) <= TITLE else f"{told[: TITLE - 1]}…"


def _mark(step: Step, whole: float, top: float) -> Mark:
    look = look_of(step)
    x = min(100 * step.begun / whole, 100 - NARROWEST)
    width = min(max(100 * step.seconds / whole, NARROWEST), 100 - x)
    if look == "call":
        return Mark(look, _round(x), _round(width), top, BAR)
    if look == "wait":
        return Mark(look, _round(x), _round(width), top + BAR / 2, 0)
    tall = 4 if look == "refused" else 0
    return Mark(look, _round(x), _round(width), top - tall, BAR + tall)


def _labels(steps: Sequence[Step], whole: float, top: int) -> Iterator[Label]:
    """Yield the labels that find room, statuses before pauses."""
    ends: list[list[tuple[float, float]]] = [[] for _ in range(TIERS)]
    wanted = [step for step in steps[:MARKS] if step.kind not in {"call", "wait"}]
    wanted += [step for step in steps[:MARKS] if step.kind == "wait"]
    for step in wanted:
        text = seconds(step.seconds) if step.kind == "wait" else _short(step.came)
        middle = 50 * (step.begun + step.ended) / whole
        size = LETTER * (len(text) + 1)
        left = min(max(0.0, middle - size / 2), 100 - size)
        for tier, taken in enumerate(ends):
            if all(left + size <= begun or left >= ended for begun, ended in taken):
                taken.append((left, left + size))
                anchor, x = _anchored(left, size, middle)
                yield Label(text, _round(x), top - 6 - tier * LINE, anchor)
                break


def _anchored(left: float, size: float, middle: float) -> tuple[Literal["start", "middle", "end"], float]:
    """Return how a label keeps inside of the drawing, however wide it is."""
    if left <= 0:
        return "start", 0
    return ("end", 100) if left + size >= 100 else ("middle", middle)


def _short(came: str) -> str:
    """Return what fits above a bar: a status, or that there was none."""
    return came[:3] if came[:3].isdecimal() else "none"


def _tick(at: float, whole: float, y: int) -> Label:
    share = 100 * at / whole
    return Label(
        seconds(at) if at else "0", _round(share), y, "start" if share < 5 else "end" if share > 92 else "middle"
    )


def _told(lanes: dict[str, list[Step]], whole: float) -> str:
    return (
        " ".join(_sentence(lane, steps) for lane, steps in list(lanes.items())[:LANES]) + f" {seconds(whole)} in all."
    )


def _sentence(lane: str, steps: Iterable[Step]) -> str:
    told = []
    named = lane
    ended = ""
    for step in steps:
        if step.kind == "call":
            named, ended = step.what, f"; {step.came} in the end"
        elif step.kind == "wait":
            told.append(f"waits {seconds(step.seconds)}")
        else:
            told.append(f"{step.came} at {seconds(step.begun)}")
    return f"{f'{named}: ' if named else ''}{', '.join(told[:20]) or 'nothing was sent'}{ended}."


def _round(value: float) -> float:
    return round(value, 2)
