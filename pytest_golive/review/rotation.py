"""Whether traffic is as it was, after a key was replaced: pure functions, from figures to findings.

A rotation changes nothing that users do. What differs from the same time a week before is most likely its doing: an
instance that still sends the old key, a client that tries a refused call again and again, a flow that stopped.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from statistics import NormalDist

from pytest_golive.review.action import Action
from pytest_golive.review.shares import Share, chance_of_more, lower_bound, percent
from pytest_golive.review.thresholds import Thresholds
from pytest_golive.review.traffic import Row, summed, total
from pytest_golive.review.trends import Said, TooLittle, Trend, errors_of
from pytest_golive.review.window import WEEK, Window

SETTLED = timedelta(minutes=30)
"""So long after a switch the traffic is looked at first."""

WATCHED = timedelta(hours=24)
"""So long after it refusals are watched."""

UNAUTHORIZED = "401"

UNAUTHORIZED_SECONDS = 300
"""The span that the alert on repeated 401 counts in."""

_CODE = re.compile(r"[1-5][0-9][0-9]")


@dataclass(frozen=True, slots=True)
class Switch:
    """When a key was replaced.

    Attributes:
        switched: when the new one came into use.
        revoked: when the old one was refused from; None where that is not told.
    """

    switched: datetime
    revoked: datetime | None = None

    @classmethod
    def read(cls, told: Mapping[str, str]) -> Switch | None:
        """Return what golive.yaml tells; None where it does not say when the key was switched."""
        if "switched" not in told:
            return None
        revoked = told.get("revoked")
        return cls(datetime.fromisoformat(told["switched"]), datetime.fromisoformat(revoked) if revoked else None)

    def since(self, now: datetime, longest: timedelta | None = None) -> Window:
        """Return the span from the switch until now, or until it is as long as it may be."""
        return Window(self.switched, now if longest is None else min(now, self.switched + longest))

    @property
    def settled(self) -> datetime:
        """From when on the traffic tells something."""
        return self.switched + SETTLED


def week_before(window: Window) -> Window:
    """Return the same span a week before: the same hours of the same days."""
    return Window(window.start - WEEK, window.end - WEEK)


def days_before(switch: Switch) -> Window:
    """Return the seven days before the switch."""
    return Window(switch.switched - WEEK, switch.switched)


def codes_missing(rows: Sequence[Row]) -> tuple[str, ...]:
    """Return what calls are counted by that is no status code: `4xx` does not tell 401 from 404."""
    return tuple(sorted({row.label("status") for row in rows} - {""} - {row.label("status") for row in _coded(rows)}))


def volume(now: float, before: float, thresholds: Thresholds) -> Said:
    """Return whether there are far more or far fewer calls than a week before, and not by chance.

    Args:
        now: calls since the switch.
        before: calls in the same span a week before.
        thresholds: how much may differ, how much data it takes, how sure it has to be.
    """
    if before < thresholds.least_calls:
        return TooLittle(f"{thresholds.least_calls} calls in the same time a week before", f"{before:,.0f}")
    change = thresholds.volume_change
    fewer, more = before * (1 - change), before * (1 + change)
    bound = fewer if now < fewer else more
    # Both are counts: how far they are apart, in units of what chance moves that by.
    spread = math.sqrt(now + bound * bound / before)
    if fewer <= now <= more or abs(now - bound) <= NormalDist().inv_cdf(1 - thresholds.sure) * spread:
        return None
    return Trend("", f"calls within {percent(change)} of the same time a week before", _calls(now, before), _LOOK)


def refused(rows: Sequence[Row]) -> Said:
    """Return whether calls were answered with 401, and which."""
    by_endpoint = summed(tuple(row for row in rows if row.label("status") == UNAUTHORIZED), "endpoint")
    seen = {endpoint: count for endpoint, count in by_endpoint.items() if count >= 0.5}
    if not seen:
        return None if total(tuple(rows)) >= 1 else TooLittle("calls", "none")
    named = ", ".join(f"{count:,.0f} of {endpoint or 'calls'}" for endpoint, count in sorted(seen.items()))
    return Trend("", "no answer of 401", f"401: {named}", _LOOK)


def errors(rows: Sequence[Row], before: Sequence[Row], thresholds: Thresholds) -> Said:
    """Return whether a larger share of the calls fails than a week before, by more than may be and not by chance."""
    now, then = _joined(rows), _joined(before)
    least = thresholds.least_calls
    if now.of < least or then.of < least:
        return TooLittle(f"{least} calls now and a week before", f"{now.of:,.0f} and {then.of:,.0f}")
    most = then.value + thresholds.error_points
    if lower_bound(now, thresholds.sure) <= most:
        return None
    expected = f"at most {100 * thresholds.error_points:g} points more failed calls than a week before"
    return Trend("", expected, f"{now.told} failed, {then.told} a week before", _LOOK)


def pile_up(most: float, limit: float, calls: float) -> Said:
    """Return whether so many calls were answered with 401 in a short time that the alert on them fires.

    Args:
        most: the most answers of 401 within its span.
        limit: from how many on it fires.
        calls: all calls that were looked at.
    """
    if most >= limit:
        minutes = UNAUTHORIZED_SECONDS // 60
        return Trend(
            "", f"fewer than {limit:g} answers of 401 within {minutes} minutes", f"{math.floor(most + 0.5):,}", _LOOK
        )
    return None if calls >= 1 else TooLittle("calls", "none")


def retried(now: Share, usual: Share, thresholds: Thresholds) -> Said:
    """Return whether too many calls are retries: more than may ever be, or twice as many as in the week before.

    What stays below one point of all calls is no storm, however few there were before.
    """
    least = thresholds.least_calls
    if now.of < least or usual.of < least:
        return TooLittle(f"{least} calls since the switch and in the week before", f"{now.of:,.0f} and {usual.of:,.0f}")
    if lower_bound(now, thresholds.sure) > thresholds.retry_share:
        expected = f"at most {percent(thresholds.retry_share)} of the calls to be retries"
    elif now.value > max(thresholds.error_points, thresholds.retry_growth * usual.value) and _surely(
        now, usual, thresholds
    ):
        expected = f"at most {thresholds.retry_growth:g} times the share of the week before"
    else:
        return None
    return Trend("", expected, f"retries: {now.told}, {usual.told} in the week before", Action.TUNE_RETRIES)


_LOOK = Action.LOOK_INTO


def _surely(now: Share, usual: Share, thresholds: Thresholds) -> bool:
    """Whether chance does not explain that a share is above so many times the usual one."""
    allowed = Share(min(usual.of, thresholds.retry_growth * usual.hits), usual.of)
    return chance_of_more(now, allowed) < thresholds.sure


def _coded(rows: Sequence[Row]) -> list[Row]:
    return [row for row in rows if _CODE.fullmatch(row.label("status"))]


def _joined(rows: Sequence[Row]) -> Share:
    shares = errors_of(rows).values()
    return Share(sum(share.hits for share in shares), sum(share.of for share in shares))


def _calls(now: float, before: float) -> str:
    return f"{now:,.0f} calls, {before:,.0f} a week before"
