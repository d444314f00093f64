"""Times as logs tell them."""

from __future__ import annotations

import pytest

from pytest_golive.papers.content.log_times import first, times

TOLD = {
    "2026-11-02T09:00:00Z": "2026-11-02 09:00 UTC",
    "2026-11-02T09:00:00.250+01:00": "2026-11-02 08:00 UTC",
    "2026-11-02 09:00:00+00:00": "2026-11-02 09:00 UTC",
    "2026-11-02 09:00 UTC": "2026-11-02 09:00 UTC",
    "2026-11-02T23:30:00-0300": "2026-11-03 02:30 UTC",
    "2026/11/02 9:05": "2026-11-02 09:05 UTC",
    "2026-11-02": "2026-11-02",
    "02.11.2026": "2026-11-02",
    "2.11.2026, 9:05 Uhr": "2026-11-02 09:05 UTC",
    "1793610000": "2026-11-02 09:00 UTC",
    "1793610000000": "2026-11-02 09:00 UTC",
    "paused on 2026-11-02 at noon": "2026-11-02",
}


@pytest.mark.parametrize("text", TOLD)
def test_times_of_many_kinds(text: str) -> None:
    moment = first(text)

    assert moment is not None
    assert moment.told == TOLD[text]
    assert moment.is_day is not (":" in TOLD[text])


@pytest.mark.parametrize("text", ["", "yes", "11/02/2026", "batch 20261102", "1.2.3", "v2026.1"])
def test_what_is_no_time(text: str) -> None:
    """What may be a day or a month is neither."""
    assert times(text) == ()


def test_several_times_stay_in_their_order() -> None:
    assert [each.told for each in times("2026-11-04 back, from 03.11.2026 on")] == ["2026-11-04", "2026-11-03"]
