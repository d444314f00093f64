"""Turns what a source of figures, or a file of the monitoring, cannot tell into the outcome of a check."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from pytest_golive.facts.finding import CannotTell, CheckFailed, Finding, NotVerified
from pytest_golive.review.alerts.routes import Routes, RoutesProblem, routes_in
from pytest_golive.review.review import Review
from pytest_golive.review.rotation import codes_missing
from pytest_golive.review.traffic import NotKept, Row, TrafficProblem


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


def must_have_codes(requirement: str, review: Review, rows: Sequence[Row]) -> None:
    """Go on only where calls are counted by status code: `4xx` hides 401, 404 and 429 among each other.

    Args:
        requirement: what has to hold, for the finding.
        review: who was asked.
        rows: calls by status.

    Raises:
        CannotTell: they are counted by classes, or by nothing.
    """
    __tracebackhide__ = True
    classes = codes_missing(rows)
    if not classes and (not rows or any(row.label("status") for row in rows)):
        return
    seen = ", ".join(classes) or "no call has a status"
    expected = "calls counted by status code, such as 429"
    raise CannotTell(Finding(requirement, expected, f"{seen}, by {review.traffic.title}"))


def files_named(key: str, files: Sequence[Path]) -> list[Path]:
    """Return the files that a key of golive.yaml names, those of folders one by one.

    Raises:
        NotVerified: it names none.
        CheckFailed: it names one that is not there.
    """
    __tracebackhide__ = True
    if not files:
        raise NotVerified(f"{key} is missing: no file is named", key=key)
    lost = [path.name for path in files if not path.exists()]
    if lost:
        expected, actual = "a file or folder, seen from golive.yaml", f"{key}: {', '.join(lost)} is not there"
        raise CheckFailed(Finding("what golive.yaml names has to be there", expected, actual))
    found = [each for path in files for each in (sorted(path.rglob("*")) if path.is_dir() else [path])]
    return [path for path in found if path.is_file()]


def routes_named(key: str, files: Sequence[Path]) -> tuple[Routes, ...]:
    """Return whom alerts are sent to, by the files that a key of golive.yaml names.

    Raises:
        NotVerified: it names none.
        CheckFailed: it names one that is not there.
        CannotTell: they are nothing of the kind.
    """
    __tracebackhide__ = True
    try:
        return routes_in(files_named(key, files))
    except RoutesProblem as problem:
        expected = "a configuration of Alertmanager, or policies of Grafana"
        raise CannotTell(Finding("routes have to be readable", expected, str(problem))) from None
