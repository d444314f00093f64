"""Turns what a source of figures cannot tell into the outcome of a check."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from pytest_golive.facts.finding import CannotTell, Finding, NotVerified
from pytest_golive.review.review import Review
from pytest_golive.review.traffic import NotKept, TrafficProblem


@contextmanager
def asking(requirement: str, review: Review) -> Iterator[None]:
    """Ask a source of figures.

    Args:
        requirement: what has to hold, for the finding.
        review: whose source is asked.

    Raises:
        NotVerified: the source does not keep such figures, under the names it was looked for by.
        CannotTell: it cannot be asked.
    """
    __tracebackhide__ = True
    try:
        yield
    except NotKept as error:
        raise NotVerified(f"{error}{error.advice}", key="monitoring") from None
    except TrafficProblem as error:
        raise CannotTell(Finding(requirement, f"{review.traffic.title} to answer", str(error))) from None
