"""Asking one address many times at once, so that each worker behind it gets to answer."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

AT_ONCE = 8
"""As many requests are under way: workers that are busy leave the next one to others."""


def probe(fetch: Callable[[], Any], times: int, *, at_once: int | None = None) -> tuple[Any, ...]:
    """Return what was fetched each time; what raised is raised.

    Args:
        fetch: asks once, over a connection of its own.
        times: how often.
        at_once: how many at the same time; None for the usual number.
    """
    with ThreadPoolExecutor(at_once or AT_ONCE) as pool:
        return tuple(pool.map(lambda _: fetch(), range(times)))
