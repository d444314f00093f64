"""What a check did, kept for the ticket: its calls, the course of its retries, and how long operations took."""

from __future__ import annotations

import json
import math
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pytest_golive.facts.ledger import Charted
from pytest_golive.source.leaks import Leak

KEPT_CALLS = 5
"""Calls of a check that the ticket shows, the last ones: a finding tells of the same."""

SHORTEST = 0.001
"""Seconds that an axis begins with at the least."""

KEPT_SAMPLES = 2_000
"""Durations kept of one operation: more say nothing new."""


@dataclass(frozen=True, slots=True)
class Step:
    """A stretch of time in the course of a check.

    Attributes:
        begun: seconds after its beginning.
        ended: seconds after its beginning.
        what: what happened in it: a request, a wait.
        came: what came of it: a status, "no answer"; empty for a wait.
        kind: a call that somebody asked for, an attempt at it, a pause.
        lane: the call or the event that it belongs to.
        part: which drive it is of.
    """

    begun: float
    ended: float
    what: str
    came: str = ""
    kind: str = "attempt"
    lane: str = ""
    part: str = ""

    @property
    def seconds(self) -> float:
        """How long it took."""
        return max(0.0, self.ended - self.begun)


@dataclass(frozen=True, slots=True)
class Exhibit:
    """What one check has to show.

    Attributes:
        calls: its last calls, as the recorder kept them.
        left_out: how many it made before those.
        course: what happened when; only some checks tell it.
    """

    calls: tuple[Mapping[str, Any], ...] = ()
    left_out: int = 0
    course: tuple[Step, ...] = ()


@dataclass(slots=True)
class Exhibits:
    """What all checks of a run have to show, taken from the plain values on pytest's reports."""

    by_check: dict[str, Exhibit] = field(default_factory=dict)
    seconds: dict[tuple[str, str], list[float]] = field(default_factory=lambda: defaultdict(list))
    leaks: dict[tuple[str, int, str, str, str], Leak] = field(default_factory=dict)
    charts: dict[tuple[str, str, str], Charted] = field(default_factory=dict)

    def add(self, told: Mapping[str, Any]) -> tuple[Charted, ...]:
        """Take in what one phase of a check told; return the charts that nobody told before.

        Args:
            told: may hold `exchanges`, each a JSON text; `timings`, pairs of operation and seconds; and `timeline`,
                steps as `facts/course.py` makes them; `leaks`, keys that were found in files; and `charts`, figures of
                weeks as `review/chart.py` makes them.
        """
        for each in told.get("leaks") or ():
            leak = Leak(**each)
            self.leaks[leak.path, leak.line, leak.what, leak.masked, leak.commit] = leak
        for operation, seconds in told.get("timings") or ():
            samples = self.seconds[told.get("vendor") or "", str(operation)]
            if len(samples) < KEPT_SAMPLES:
                samples.append(float(seconds))
        exchanges = told.get("exchanges") or ()
        course = tuple(map(_step, told.get("timeline") or ()))
        if exchanges or course:
            calls = tuple(json.loads(text) for text in exchanges[-KEPT_CALLS:])
            self.by_check[told["check"]] = Exhibit(calls, max(0, len(exchanges) - KEPT_CALLS), course)
        return tuple(self._new(told.get("charts") or ()))

    def _new(self, charts: Iterable[Mapping[str, Any]]) -> Iterator[Charted]:
        """Yield the charts that are not there yet: several checks look at the same figures."""
        for told in charts:
            charted = Charted(**told)
            key = (charted.vendor, charted.environment, charted.until)
            if key not in self.charts:
                self.charts[key] = charted
                yield charted


@dataclass(frozen=True, slots=True)
class Latency:
    """How long one operation took, in seconds.

    Attributes:
        vendor: whose operation.
        operation: its name.
        count: calls that were answered or given up.
        shortest: of all.
        median: half of them took no longer.
        most: 95 of 100 took no longer.
        longest: of all.
    """

    vendor: str
    operation: str
    count: int
    shortest: float
    median: float
    most: float
    longest: float


@dataclass(frozen=True, slots=True)
class Scale:
    """An axis of durations on which the slow and the fast can both be seen: each step is ten times the one before.

    Attributes:
        least: what stands at its beginning, in seconds.
        decades: how many times ten its end is away from that.
    """

    least: float
    decades: int

    @classmethod
    def of(cls, rows: Sequence[Latency]) -> Scale:
        """Return the axis on which all of these have their place."""
        low = math.floor(math.log10(max(SHORTEST, min(row.shortest for row in rows))))
        high = math.ceil(math.log10(max(SHORTEST, *(row.longest for row in rows))))
        return cls(10.0**low, max(1, high - low))

    def place(self, value: float) -> float:
        """Return where a duration stands, in percent of the width."""
        share = math.log10(max(value, self.least) / self.least) / self.decades
        return round(100 * min(1.0, share), 2)

    @property
    def marks(self) -> tuple[float, ...]:
        """The durations that it names."""
        return tuple(self.least * 10**number for number in range(self.decades + 1))


def latencies(seconds: Mapping[tuple[str, str], Sequence[float]]) -> tuple[Latency, ...]:
    """Return the operations, the slowest first."""
    found = []
    for (vendor, operation), samples in seconds.items():
        row = sorted(samples)
        if row and operation:
            found.append(Latency(vendor, operation, len(row), row[0], _at(row, 0.5), _at(row, 0.95), row[-1]))
    return tuple(sorted(found, key=lambda each: (-each.most, each.vendor, each.operation)))


def _at(row: Sequence[float], share: float) -> float:
    """Return the smallest value that this share of all does not exceed."""
    return row[max(0, -(-len(row) * int(share * 100) // 100) - 1)]


def _step(told: Mapping[str, Any]) -> Step:
    came = str(told.get("came", ""))
    kind = str(told.get("kind") or ("attempt" if came else "wait"))
    begun, ended = float(told["begun"]), float(told["ended"])
    return Step(begun, ended, str(told["what"]), came, kind, str(told.get("lane", "")), str(told.get("part", "")))
