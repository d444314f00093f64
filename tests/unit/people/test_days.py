"""Days and moments in UTC, and what was left open."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pytest_golive.people.days import begins, ends, is_a_day, last_day
from pytest_golive.people.said import is_said


def test_a_day_ends_when_the_next_begins() -> None:
    """Who writes a day means all of it; who writes a moment means that."""
    assert begins("2026-11-21") == datetime(2026, 11, 21, tzinfo=UTC)
    assert ends("2026-11-21") == datetime(2026, 11, 22, tzinfo=UTC)
    assert ends("2026-11-21T09:30Z") == datetime(2026, 11, 21, 9, 30, tzinfo=UTC)
    assert last_day(ends("2026-11-21")) == "2026-11-21"


@pytest.mark.parametrize(
    ("text", "is_one"), [("2026-02-29", False), ("2028-02-29", True), ("2026-11-21T25:00Z", False)]
)
def test_days_of_the_calendar(text: str, is_one: bool) -> None:
    """The form alone makes no day."""
    assert is_a_day(text) is is_one


@pytest.mark.parametrize(
    "text",
    ["", " ", "<name>", "TODO", "tbd: ask Ana", "{who}", "$WHO", "xxx", "…", "...", "n/a", "your-name", "?", "none"],
)
def test_what_was_left_open(text: str) -> None:
    """The placeholders of templates."""
    assert not is_said(text)


@pytest.mark.parametrize(
    "text", ["The old key is revoked.", "my team", "Ana <ana@shop.example>", "Nona None", "https://x.example/…"]
)
def test_what_was_said(text: str) -> None:
    """Sentences may begin with any word."""
    assert is_said(text)
