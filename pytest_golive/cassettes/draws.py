"""Names and random values as a function of what they are for: the same in a recording and in its replay."""

from __future__ import annotations

import hashlib
import random
import threading
from collections import Counter
from collections.abc import Callable

from pytest_golive.facts.scope import Scope, scope

DIGITS = 9
"""Digits by which the names of one scope differ from those of another."""


class Draws:
    """Gives each scope its own names and its own chance. Thread-safe.

    Args:
        run_of: the run whose names a scope uses: this one, or the one that was recorded.
        process: tells xdist's workers apart, which make the same shared things; empty where there is only one.
    """

    def __init__(self, run_of: Callable[[Scope | None], str], process: str = "") -> None:
        self._run_of = run_of
        self._process = process
        self._lock = threading.Lock()
        self._counts: Counter[tuple[Scope | None, str]] = Counter()

    def name(self, kind: str) -> str:
        """Return a name that nothing else has, neither in this run nor in another one."""
        mine = scope()
        number = self._next(mine, kind)
        place = int(_digest(_told(mine)), 16) % 10**DIGITS
        return f"golive_{kind}_{self._run_of(mine)}{self._process}_{place:0{DIGITS}}{number}"

    def chance(self, kind: str) -> random.Random:
        """Return the generator of random values for the next thing of a kind."""
        mine = scope()
        number = self._next(mine, f"chance {kind}")
        seed = _digest(self._run_of(mine), self._process, _told(mine), kind, str(number))
        return random.Random(seed)  # noqa: S311  # ids nobody has, not secrets

    def _next(self, mine: Scope | None, kind: str) -> int:
        with self._lock:
            self._counts[mine, kind] += 1
            return self._counts[mine, kind]


def _told(mine: Scope | None) -> str:
    return "" if mine is None else f"{mine.kind} {mine.name}"


def _digest(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()
