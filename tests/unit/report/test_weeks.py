"""This week against the four before, as it is drawn: bars, words, and what is unusual."""

from __future__ import annotations

from typing import Any

import pytest

from pytest_golive.facts.ledger import Charted
from pytest_golive.facts.outcome import Word
from pytest_golive.report.ticket.exhibits import Exhibits
from pytest_golive.report.ticket.page import charts_page
from pytest_golive.report.ticket.weeks import SHOWN, TALL, Bar, weeks_of
from tests.unit.report.red_runs import HOSTILE

WEEKS = ("2026-10-24", "2026-10-31", "2026-11-07", "2026-11-14", "2026-11-21")


def line(endpoint: str = "/chat", **changes: Any) -> dict[str, Any]:
    """Return the figures of an endpoint in ordinary weeks, but for what is given."""
    usual = {"calls": [100.0] * 5, "failed": [1.0] * 5, "seconds": [0.5] * 5}
    return {"endpoint": endpoint, **usual, **changes}


def charted(*lines: dict[str, Any], more: int = 0, vendor: str = "uppzy") -> Charted:
    """Return a chart."""
    return Charted(vendor, "production", "made-up traffic", WEEKS, "2026-11-28 12:00 UTC", 0.02, lines, more)


def test_bars_are_as_tall_as_their_weeks() -> None:
    """The last one is this week's; a week of which nothing is known has none."""
    (drawn,) = weeks_of(charted(line(calls=[50, 100, 0, 100, 200], seconds=[None, 1.0, 2.0, 3.0, 1.0]))).lines

    assert drawn.calls.bars[0] == Bar(x=2.0, width=16.0, y=TALL * 0.75, height=TALL / 4, now=False)
    assert [bar.height for bar in drawn.calls.bars] == [7.5, 15.0, 1.5, 15.0, 30.0]
    assert [bar.now for bar in drawn.calls.bars] == [False] * 4 + [True]
    assert (drawn.calls.now, drawn.calls.usual, drawn.calls.limit) == ("200", "62", None)
    assert [bar.x for bar in drawn.slow.bars] == [22.0, 42.0, 62.0, 82.0]
    assert (drawn.slow.now, drawn.slow.usual) == ("1.0 s", "2.0 s")


def test_the_limit_of_failures_is_seen_even_where_all_is_far_below_it() -> None:
    (drawn,) = weeks_of(charted(line())).lines

    assert drawn.failed.limit == 0.0
    assert [bar.height for bar in drawn.failed.bars] == [TALL / 2] * 5
    assert (drawn.failed.now, drawn.failed.usual) == ("1 %", "1 %")


def test_all_weeks_in_words() -> None:
    (drawn,) = weeks_of(charted(line(failed=[0, 1, 2, 13, 0], calls=[0, 100, 100, 100, 100]))).lines

    assert drawn.failed.told == (
        "week of 2026-10-24: not known; week of 2026-10-31: 1 %; week of 2026-11-07: 2 %; "
        "week of 2026-11-14: 13 %; this week of 2026-11-21: 0 %"
    )
    assert drawn.failed.all == ("not known", "1 %", "2 %", "13 %", "0 %")
    assert drawn.failed.usual == "5.3 %"


@pytest.mark.parametrize(
    ("changes", "figure", "remark"),
    [
        ({"calls": [100, 100, 100, 100, 49]}, "calls", "▼ less than half"),
        ({"calls": [100, 100, 100, 100, 50]}, "calls", ""),
        ({"calls": [100, 100, 100, 100, 0]}, "calls", "▼ less than half"),
        ({"failed": [1, 1, 1, 1, 3]}, "failed", "▲ above 2 %"),
        ({"failed": [1, 1, 1, 1, 2]}, "failed", ""),
        ({"seconds": [0.5, 0.5, 0.5, 0.5, 1.1]}, "slow", "▲ more than twice"),
        ({"seconds": [None, None, None, None, 9.0]}, "slow", ""),
        ({"calls": [0, 0, 0, 0, 10], "failed": [0, 0, 0, 0, 0]}, "calls", ""),
    ],
)
def test_what_is_unusual_is_said_beside_the_bars(changes: dict[str, Any], figure: str, remark: str) -> None:
    (drawn,) = weeks_of(charted(line(**changes))).lines

    assert getattr(drawn, figure).remark == remark
    assert drawn.is_unusual is (remark != "")


def test_unusual_endpoints_are_drawn_first_and_no_more_than_a_screen_of_them() -> None:
    quiet = [line(f"/{number}") for number in range(SHOWN + 2)]

    drawn = weeks_of(charted(*quiet, line("/loud", calls=[100, 100, 100, 100, 3])))

    assert [one.endpoint for one in drawn.drawn] == ["/loud", *(f"/{number}" for number in range(SHOWN - 1))]
    assert len(drawn.lines) == SHOWN + 3


def test_several_checks_tell_a_chart_once() -> None:
    """What is new goes to the ledger."""
    exhibits = Exhibits()
    told = {name: getattr(charted(line()), name) for name in Charted.__slots__ if name != "fact"}

    assert exhibits.add({"check": "a", "charts": [told, told]}) == (charted(line()),)
    assert exhibits.add({"check": "b", "charts": [told]}) == ()
    assert list(exhibits.charts.values()) == [charted(line())]


def test_the_charts_as_a_page_of_their_own() -> None:
    """Made from a ledger: as hostile as what stands in it, and no more is shown than the page has room for."""
    begin = {"project": HOSTILE, "environment": "production", "suites": ["weekly"], "at": "2026-11-28T12:00:00Z"}
    lines = [line(HOSTILE), *(line(f"/{number}") for number in range(SHOWN))]

    page = charts_page([charted(*lines, more=2, vendor=HOSTILE)], {**begin, "run": "1a2b"}, Word.NO_GO)

    assert "<h1>NO-GO</h1>" in page
    assert "2026-11-28 12:00:00 UTC · run <code>1a2b</code>, from its ledger" in page
    assert "<script>" not in page
    assert page.count('<svg class="weeks"') == 3 * SHOWN
    assert "All figures, of 1 more endpoint as well" in page
    assert "2 endpoints with fewer calls are left out." in page
