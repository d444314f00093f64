"""Traffic facts from the statistics a vendor offers: numbers of a span of days, where its answers tell them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.body_path import first_at
from pytest_golive.facts.finding import CannotTell, CheckFailed, NotVerified
from pytest_golive.review.traffic import Counted
from pytest_golive.review.window import Window
from pytest_golive.vendors.records import Statistics

Figures = Mapping[Counted, Mapping[str, float]]
"""What is counted -> a value of its label -> how often."""

LONG_AGO = "2001-01-01"
"""A day on which nobody called: a vendor that counts something there does not look at the days that are asked for."""


def read_statistics(vendor: Vendor, window: Window) -> Figures:
    """Return the numbers of the whole days of a window; nothing where the vendor does not tell them by days.

    What an answer holds is assumed at best, so nothing is said of one that cannot be read.
    """
    statistics = None if vendor.pack.records is None else vendor.pack.records.statistics
    if statistics is None:
        return {}
    last = window.end - timedelta(days=1)
    try:
        figures = _figures(vendor, statistics, f"{window.start:%Y-%m-%d}", f"{max(last, window.start):%Y-%m-%d}")
        if not figures or _figures(vendor, statistics, LONG_AGO, LONG_AGO) == figures:
            return {}
    except (CheckFailed, CannotTell, NotVerified):
        return {}
    return figures


def _figures(vendor: Vendor, statistics: Statistics, first: str, last: str) -> Figures:
    answer = vendor.call(statistics.operation, **{statistics.since: first, statistics.until: last})
    answer.must_succeed()
    kinds: Mapping[Counted, Mapping[str, tuple[str, ...]]] = {
        "feedback": statistics.feedback,
        "answers": statistics.answers,
    }
    told = {of: dict(_told(answer.json, places)) for of, places in kinds.items()}
    # All values of a label have to be told, or a share of them would be wrong.
    return {of: known for of, known in told.items() if known and len(known) == len(kinds[of])}


def _told(body: Any, places: Mapping[str, tuple[str, ...]]) -> Iterator[tuple[str, float]]:
    for value, paths in places.items():
        number = first_at(body, paths)
        if isinstance(number, (int, float)) and not isinstance(number, bool):
            yield value, float(number)
