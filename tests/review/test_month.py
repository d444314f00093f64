"""A month of an integration's life: what went wrong in its last week is found, by metrics and by logs alike."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal

import pytest

from pytest_golive.review.review import Review
from pytest_golive.review.sources.logs import AccessLogs
from pytest_golive.review.sources.prometheus import Prometheus
from pytest_golive.review.traffic import NotKept
from tests.review.month import KINDS, Kept, Month, found, metrics
from tests.review.prometheus_server import is_here, prometheus
from tests.review.traffic_made import full_hour, write_logs

AN_HOUR = 12.0


@pytest.fixture(scope="module")
def month() -> Month:
    """A month in which everything goes wrong."""
    return Month(full_hour(), seed=5, an_hour=AN_HOUR, incidents=frozenset(KINDS))


@pytest.fixture(scope="module")
def logs(month: Month, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Review]:
    pytest.importorskip("duckdb")
    path = write_logs(tmp_path_factory.mktemp("month") / "calls.jsonl", month.events)
    with closing(AccessLogs([str(path)])) as kept:
        yield Review(kept, month.now, environment="production")


def test_logs_tell_what_went_wrong(logs: Review) -> None:
    """Each with its next action; what follows from it is found too."""
    told = found(logs)

    assert {name: told.get(name) for name, _ in KINDS.values()} == dict(KINDS.values())


def test_metrics_tell_the_same(logs: Review, month: Month, tmp_path: Path) -> None:
    """The same findings, and hour by hour about as many calls, with scrapes missing and counters that begin anew."""
    if not is_here():
        pytest.skip("Prometheus is not installed (Debian: prometheus)")
    with prometheus(tmp_path, metrics(month)) as url, closing(Prometheus(url)) as kept:
        review = Review(kept, month.now, environment="production")
        assert found(review) == found(logs)
        week = [sum(slot.row.value for slot in each.slots("requests", 86_400, logs.week)) for each in (review, logs)]
        most = [each.busiest("requests", logs.week, 300, "429") for each in (review, logs)]
        untold = [
            _untold(lambda: review.highest("queue_depth")),
            _untold(lambda: kept.sent_again(review.week, {}, 4, 9)),
        ]
    assert week[0] == pytest.approx(week[1], rel=0.02)
    assert most[0] == pytest.approx(most[1], rel=0.3)
    assert [each.replace(url, "there") for each in untold] == [
        "Prometheus at there has no series async_queue_depth",
        "Prometheus at there does not tell one message from another; logs do (traffic)",
    ]


def _untold(ask: Callable[[], object]) -> str:
    with pytest.raises(NotKept) as missing:
        ask()
    return str(missing.value)


@pytest.mark.parametrize("kind", ["ratings"])
def test_what_went_wrong_is_found_alone(kind: str) -> None:
    """And nothing else: more 429 are no failures, and bad ratings are no low confidence."""
    month = Month(datetime(2026, 3, 31, 12, tzinfo=UTC), 21, AN_HOUR, frozenset({kind}))

    assert found(Review(Kept(month), month.now)) == dict([KINDS[kind]])


@pytest.mark.parametrize("life", ["shop", "office"])
def test_a_quiet_month_raises_nothing(life: Literal["shop", "office"]) -> None:
    """With a holiday, growth, releases and a new endpoint in it; `bench/weekly_month.py` tries many more."""
    month = Month(datetime(2026, 3, 31, 12, tzinfo=UTC), 1, 8.0, life=life)

    assert found(Review(Kept(month), month.now)) == {}
