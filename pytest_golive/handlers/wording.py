"""Words that findings about handlers share."""

from __future__ import annotations


def times(count: int) -> str:
    """Return how often, in words."""
    return {0: "not at all", 1: "once", 2: "twice"}.get(count, f"{count} times")
