"""Checks that look into answers whose shape a pack only assumes."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from pytest_golive.facts.current import current
from pytest_golive.facts.finding import CannotTell, Finding

P = ParamSpec("P")
T = TypeVar("T")

STUMBLES = (KeyError, IndexError, TypeError, AttributeError, ValueError)
"""What is raised where a field is absent, or is not what it was taken for."""


def bearing_other_shapes(check: Callable[P, T]) -> Callable[P, T]:
    """Let a check that stumbles over an answer of another shape say that it cannot tell.

    Only where it was observed before that an assumed fact does not hold; any other stumble is a mistake of the check.
    """

    @functools.wraps(check)
    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        __tracebackhide__ = True
        try:
            return check(*args, **kwargs)
        except STUMBLES:
            record = current()
            if record is None or not record.observations:
                raise
            seen = record.observations[-1]
        raise CannotTell(
            Finding(
                requirement="the answers have to hold what this check looks at",
                expected="the shape that the pack assumes, or a corrected pack",
                actual=seen,
            )
        )

    return run
