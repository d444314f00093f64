"""Where random values come from: the system, unless a run gives its own source.

A run does, so that a replay asks with the very ids and keys that were recorded.
"""

from __future__ import annotations

import random
from collections.abc import Callable

Source = Callable[[str], random.Random]

_sources: list[Source] = []


def chance(kind: str) -> random.Random:
    """Return a generator of random values for one thing of this kind; ask again for the next thing."""
    return _sources[-1](kind) if _sources else random.SystemRandom()


def draw_from(source: Source) -> Callable[[], None]:
    """Take random values from here; return what undoes it."""
    _sources.append(source)

    def undo() -> None:
        if source in _sources:
            _sources.remove(source)

    return undo
