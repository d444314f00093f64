"""By which day a key or secret is replaced."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta

LONGEST_DAYS = 90
"""How long a key may be used, as vendors advise."""

SOON_DAYS = 14


@dataclass(frozen=True, slots=True)
class Due:
    """When one key is replaced.

    Attributes:
        key: the key of golive.yaml.
        created: the day it was made.
        replace_by: the last day it may be used.
    """

    key: str
    created: date
    replace_by: date

    def wrong(self, today: date) -> Iterator[str]:
        """Yield what is wrong with its days."""
        if self.replace_by < self.created:
            yield f"{self.key} is to be replaced by {self.replace_by}, before it was made"
        elif self.replace_by - self.created > timedelta(days=LONGEST_DAYS):
            yield f"{self.key} is used for {(self.replace_by - self.created).days} days"
        if self.replace_by < today:
            yield f"{self.key} was due by {self.replace_by}"

    def is_soon(self, today: date) -> bool:
        """Whether it has to be replaced within the next days."""
        return today <= self.replace_by <= today + timedelta(days=SOON_DAYS)


def due(key: str, record: Mapping[str, str]) -> Due:
    """Read one record.

    Raises:
        ValueError: it names a day that the calendar does not have.
    """
    return Due(key, *(date.fromisoformat(record[name][:10]) for name in ("created", "replace_by")))
