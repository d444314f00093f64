"""Asking one address many times at once, so that each worker behind it gets to answer."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pytest_golive.facts.finding import CannotTell

AT_ONCE = 8
"""As many requests are under way: workers that are busy leave the next one to others."""


def probe(fetch: Callable[[], Any], times: int, *, at_once: int | None = None) -> tuple[Any, ...]:
    """Return what was fetched each time that something came.

    Args:
        fetch: asks once, over a connection of its own.
        times: how often.
        at_once: how many at the same time; None for the usual number.

    Raises:
        CannotTell: nothing came.
    """
    failures: list[CannotTell] = []

    def once(_: int) -> tuple[Any, ...]:
        try:
            return (fetch(),)
        except CannotTell as failure:
            failures.append(failure)
            return ()

    with ThreadPoolExecutor(at_once or AT_ONCE) as pool:
        told = tuple(each for some in pool.map(once, range(times)) for each in some)
    if not told and failures:
        raise failures[0]
    return told
