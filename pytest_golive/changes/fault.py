"""What a record of a change is wrong about, and where it stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from pytest_golive.papers.changes.recorded import Change, Step


@dataclass(frozen=True, slots=True)
class Fault:
    """Something a record is wrong about, or does not tell.

    Attributes:
        place: file and line.
        text: what it is.
        certain: false where the record only does not tell enough.
    """

    place: str
    text: str
    certain: bool = True

    def __str__(self) -> str:
        """Say it in one line."""
        return f"{self.place}: {self.text}"


def at(change: Change, step: Step) -> str:
    """Return where a step stands."""
    return f"{change.paper}:{step.line}"


def when(step: Step) -> str:
    """Return the words for when a step was made; empty where its hour is not told."""
    return f" at {clock(step.at)}" if step.at is not None and step.is_exact else ""


def clock(told: datetime) -> str:
    """Return a time to the minute, in the zone it was told in."""
    return f"{told:%Y-%m-%d %H:%M}"


def listed(names: Sequence[str]) -> str:
    """Return names as a sentence has them."""
    return ", ".join(names[:-1]) + " and " + names[-1] if len(names) > 1 else "".join(names)
