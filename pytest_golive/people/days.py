"""Days and moments as people write them into a file: `2026-11-21`, or `2026-11-21T09:00:00Z`; all of them UTC."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Annotated

from pydantic import Field

WRITTEN = r"^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d)?Z)?$"

Day = Annotated[str, Field(pattern=WRITTEN, examples=["2026-11-21"])]
"""A day, or a moment of it, in UTC."""

ONE_DAY = timedelta(days=1)


def is_a_day(text: str) -> bool:
    """Whether a text of the right form names a day that exists."""
    try:
        begins(text)
    except ValueError:
        return False
    return True


def begins(text: str) -> datetime:
    """Return the moment that is written, for a day its first.

    Raises:
        ValueError: there is no such day or time.
    """
    moment = datetime.fromisoformat(text.removesuffix("Z"))
    return moment.replace(tzinfo=UTC)


def ends(text: str) -> datetime:
    """Return the moment that is written, for a day the end of it: who writes a day means all of it.

    Raises:
        ValueError: there is no such day or time.
    """
    return begins(text) + (timedelta() if "T" in text else ONE_DAY)


def day_of(moment: datetime) -> str:
    """Return the day of a moment, as people write it."""
    return moment.astimezone(UTC).strftime("%Y-%m-%d")


def last_day(end: datetime) -> str:
    """Return the last day before a moment at which something ends."""
    return day_of(end - timedelta(seconds=1))
