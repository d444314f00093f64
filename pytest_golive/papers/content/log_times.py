"""Times as sync logs tell them: as people write them, and as programs count them."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from functools import lru_cache

from pytest_golive.papers.text.moments import Moment, moments_in

_EPOCH = re.compile(r"1[5-9]\d{8}(\d{3})?(?:\.\d+)?")
_SLASHED = re.compile(r"(?<!\d)(\d\d?)/(\d\d?)/20\d\d")


@lru_cache(maxsize=50_000)
def times(text: str) -> tuple[Moment, ...]:
    """Return the times that a text tells, in its order; in UTC where it tells no zone.

    What could be a day or a month, as in 11/02/2026, is no time.
    """
    whole = _EPOCH.fullmatch(text.strip())
    if whole is not None:
        return (Moment(datetime.fromtimestamp(float(text) / (1000 if whole[1] else 1), UTC), is_zoned=True),)
    return moments_in(_SLASHED.sub(_if_sure, text))


def first(text: str) -> Moment | None:
    """Return the first time that a text tells."""
    return next(iter(times(text)), None)


def _if_sure(match: re.Match[str]) -> str:
    day, month = int(match[1]), int(match[2])
    return "" if day != month and max(day, month) <= 12 else match[0]
