"""Whether the key is another one than before the rotation: by the runs that are kept, and what was noted before it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from pytest_golive.rotation.steps import MINUTE, written

RECENT = timedelta(days=14)
"""So long after it a rotation is looked at without being written down."""


@dataclass(frozen=True, slots=True)
class Used:
    """A key that was in use.

    Attributes:
        at: when.
        fingerprint: which.
        by: by what it is known: a run, or what `golive rotate begin` noted.
        after: whether that run was about a rotation already.
    """

    at: datetime
    fingerprint: str
    by: str
    after: bool = False


@dataclass(frozen=True, slots=True)
class Same:
    """The key was not replaced.

    Attributes:
        expected: what would have been right.
        actual: what was found.
    """

    expected: str
    actual: str


@dataclass(frozen=True, slots=True)
class Unknown:
    """Nothing tells it.

    Attributes:
        reason: what is missing.
    """

    reason: str


@dataclass(frozen=True, slots=True)
class Other:
    """The key was replaced.

    Attributes:
        before: what was used before.
    """

    before: Used


def judged(mine: str, used: Sequence[Used], switched: datetime | None, now: datetime) -> Same | Unknown | Other:
    """Return whether a key is another one than before the rotation.

    Args:
        mine: fingerprint of the key that is used now.
        used: the keys that were in use before, in any order.
        switched: when the deployment began to use the new key; None where nobody says.
        now: the time.
    """
    newest_first = sorted(used, key=lambda each: each.at, reverse=True)
    if switched is not None:
        return _before(mine, newest_first, switched)
    same = _alike(mine, newest_first)
    if len(same) < len(newest_first):
        return _since(mine, same, newest_first[len(same)], now)
    if not same:
        return Unknown("no earlier run is kept")
    if all(each.after for each in same) and now - same[-1].at <= RECENT:
        return Unknown("no run from before the rotation is kept")
    return _same(mine, same[-1])


def in_use_since(mine: str, used: Sequence[Used]) -> Used | None:
    """Return the first of the latest uses of a key without another one in between; None where there is none."""
    same = _alike(mine, sorted(used, key=lambda each: each.at, reverse=True))
    return same[-1] if same else None


def _alike(mine: str, newest_first: Sequence[Used]) -> list[Used]:
    others = (number for number, each in enumerate(newest_first) if each.fingerprint != mine)
    return list(newest_first[: next(others, len(newest_first))])


def _before(mine: str, newest_first: Sequence[Used], switched: datetime) -> Same | Unknown | Other:
    before = next((each for each in newest_first if each.at <= switched + MINUTE), None)
    if before is None:
        return Unknown(f"no run from before the switch, {written(switched)}, is kept")
    if before.fingerprint != mine:
        return Other(before)
    expected = f"another key than before the switch, {written(switched)}"
    return Same(expected, f"{mine}, as in {before.by} of {written(before.at)}")


def _since(mine: str, same: Sequence[Used], before: Used, now: datetime) -> Same | Unknown | Other:
    if not same or now - same[-1].at <= RECENT:
        return Other(before)
    return _same(mine, same[-1])


def _same(mine: str, first: Used) -> Same:
    return Same("another key than in the runs before the rotation", f"{mine}, as in {first.by} of {written(first.at)}")
