"""Whether a bulk sync went on while calls failed: pure functions, from the times of its documents and figures."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from statistics import median

from pytest_golive.review.action import Action
from pytest_golive.review.content.rising import Figure, Measure, Split
from pytest_golive.review.content.rollouts import Doubt, Said
from pytest_golive.review.trends import TooLittle, Trend
from pytest_golive.review.window import WEEK, Window

HOLD = timedelta(minutes=10)
"""Rates have to be high for so long before anybody can pause a sync: so do the alerts on them."""

STILL = timedelta(minutes=30)
"""A sync that sends nothing for so long has paused."""

FEWEST = 10
"""Calls while a sync ran, below which nothing is said."""

MOST_LOOKS = 24
"""How often a sync is looked at while it ran, to find out when rates had risen."""


@dataclass(frozen=True, slots=True)
class Job:
    """One run of a bulk sync.

    Attributes:
        name: the batch.
        sent: when its documents were sent, sorted.
        is_exact: whether the times are told, and not only the days.
    """

    name: str
    sent: tuple[datetime, ...]
    is_exact: bool = True

    @property
    def begun(self) -> datetime:
        """When the first document was sent."""
        return self.sent[0]

    @property
    def ended(self) -> datetime:
        """When the last one was."""
        return self.sent[-1]

    def stood_still(self, at: datetime) -> bool:
        """Whether nothing was sent for a while from about a time on: a pause, whoever made it."""
        gaps = [(sent, (later - sent).total_seconds()) for sent, later in pairwise(self.sent)]
        least = max(STILL.total_seconds(), 5 * median(seconds for _, seconds in gaps))
        return any(seconds >= least and abs(sent - at) <= STILL for sent, seconds in gaps)

    @property
    def is_short(self) -> bool:
        """Whether it was over before anybody could have paused it."""
        return self.is_exact and self.ended - self.begun < HOLD


def failed_meanwhile(figure: Figure, measure: Measure, job: Job) -> Said:
    """Return whether a sync went on though a share of failed calls had risen while it ran.

    Args:
        figure: the share.
        measure: tells it for a span of time, over all calls; apart those that content has no part in.
        job: the sync; one that nobody could have paused is none.
    """
    if job.is_short:
        return None
    begin = job.begun.replace(minute=0, second=0, microsecond=0)
    before = measure(Window(begin - WEEK, begin))
    during = measure(Window(_minute(job.begun), _minute(job.ended)))
    if before.own.of < figure.least or during.own.of < FEWEST:
        return TooLittle(
            f"{figure.least} {figure.unit} in the week before batch {job.name} and {FEWEST} while it was sent",
            f"{before.own.of:,.0f} and {during.own.of:,.0f}",
        )
    if not figure.rose(during.own, before.own):
        return None
    if not job.is_exact:
        told = f"{figure.what}: {during.own.told} on the days of batch {job.name}, {before.own.told} in the week before"
        return Doubt(figure.expected, f"{told}; the sync log tells no times: whether it went on cannot be told")
    return _went_on(figure, measure, job, before)


def _went_on(figure: Figure, measure: Measure, job: Job, before: Split) -> Said:
    step = max(HOLD, (job.ended - job.begun) / MOST_LOOKS)
    at = _minute(job.begun) + step
    while at + HOLD < job.ended:
        seen = measure(Window(_minute(job.begun), at))
        late = sum(sent > at + HOLD for sent in job.sent)
        if late and seen.own.of >= FEWEST and figure.rose(seen.own, before.own):
            if job.stood_still(at):
                return None
            told = (
                f"{figure.what}: {seen.own.told} by {at:%Y-%m-%d %H:%M} UTC, {before.own.told} in the week before; "
                f"{late} more documents were sent until {job.ended:%H:%M} UTC, and no pause is recorded"
            )
            return Trend(
                f"batch {job.name}", figure.expected, told + _also(figure, measure, job, before), Action.PAUSE_SYNC
            )
        at = _minute(at + step)
    return None


def _also(figure: Figure, measure: Measure, job: Job, before: Split) -> str:
    """Return what speaks for another cause: a sync makes it worse all the same."""
    lately = measure(Window(_minute(job.begun) - timedelta(hours=1), _minute(job.begun)))
    if lately.own.of >= FEWEST and figure.rose(lately.own, before.own):
        return f" (that share had risen before it began, to {lately.own.told} in the hour before)"
    others = measure(Window(_minute(job.begun), _minute(job.ended))).others
    if others.of >= FEWEST and before.others.of >= figure.least and figure.rose(others, before.others):
        return f" (that share rose {figure.elsewhere} as well, to {others.told})"
    return ""


def _minute(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
