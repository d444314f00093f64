"""A pytest plugin for rehearsals: checks read the clock of the rehearsed rotation, told by a variable.

`golive rotate rehearse` goes through a day and more within seconds. Only its own runs load this, and they say so.
"""

from __future__ import annotations

import os
import time
from datetime import UTC, datetime, timedelta

from pytest_golive.facts.moment import read_from

VARIABLE = "GOLIVE_REHEARSED_AT"


class Shifted:
    """A clock that runs as fast as any, from another time on.

    Args:
        now: what time it is to be now.
    """

    def __init__(self, now: datetime) -> None:
        self._ahead = now - datetime.now(UTC)

    @property
    def ahead(self) -> timedelta:
        """How much it differs from the clock."""
        return self._ahead

    def moment(self) -> datetime:
        """Return its time."""
        return datetime.now(UTC) + self._ahead

    def seconds(self) -> float:
        """Return the seconds of a clock that only goes forward."""
        return time.monotonic()


def pytest_configure() -> None:
    """Read the time from here until the process ends."""
    if os.environ.get(VARIABLE):
        read_from(Shifted(datetime.fromisoformat(os.environ[VARIABLE])))


def pytest_report_header() -> str:
    """Say that the clock is not the real one."""
    return f"golive: a rehearsed rotation, at {os.environ.get(VARIABLE) or 'no time that is told'}"
