"""What a team has published at a vendor: its batches, by the papers, beside the figures that they may change."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from functools import cache

from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.finding import CannotTell, CheckFailed, NotApplicable, NotVerified
from pytest_golive.golive import Golive
from pytest_golive.papers import asked
from pytest_golive.papers.content.batches import Batch
from pytest_golive.papers.content.published import Place
from pytest_golive.review.alerts.alerting import Limits
from pytest_golive.review.content import rising, rollouts
from pytest_golive.review.content.figures import ContentFigures
from pytest_golive.review.content.rising import Figure, Measure
from pytest_golive.review.content.rollouts import Rollout
from pytest_golive.review.endpoints import stands_for
from pytest_golive.review.findings import name_of
from pytest_golive.review.review import Review
from pytest_golive.review.traffic import NotKept
from pytest_golive.review.trends import Trend

CHAT = ("chat", "chat_async", "get_chat_request")
"""Operations whose answers rest on content."""


@dataclass(frozen=True, slots=True)
class Publishing:
    """The batches of a site, and its figures.

    Attributes:
        review: who is asked.
        figures: the figures of the site.
        batches: what was published, with what is written down about it.
        rates: whether answers are rated.
        limits: from what on alerts fire.
    """

    review: Review
    figures: ContentFigures
    batches: tuple[Batch, ...]
    rates: bool
    limits: Limits

    @property
    def now(self) -> datetime:
        """The end of what is known, a full hour."""
        return self.review.week.end

    @property
    def answers(self) -> tuple[tuple[Figure, Measure], ...]:
        """The figures of answers, with what measures them."""
        thresholds = self.review.thresholds
        levels = (rising.low_confidence(thresholds), self.figures.confidence)
        return ((rising.bad_ratings(thresholds), self.figures.ratings), levels) if self.rates else (levels,)

    @property
    def calls(self) -> tuple[tuple[Figure, Measure], ...]:
        """The figures of calls that rest on content, with what measures them."""
        errors, late = self.failures
        return ((errors, self.figures.errors), (late, self.figures.timeouts))

    @property
    def failures(self) -> tuple[Figure, Figure]:
        """Calls that failed at the vendor, and those that took too long."""
        thresholds, limits = self.review.thresholds, self.limits
        late = rising.timeouts(thresholds, limits.timeouts_growth, limits.timeouts)
        return rising.server_errors(thresholds), late

    @property
    def dated(self) -> tuple[Batch, ...]:
        """The batches that tell their time."""
        return tuple(batch for batch in self.batches if batch.begun)

    @property
    def rollouts(self) -> tuple[Rollout, ...]:
        """The same, as figures are asked about them."""
        return tuple(map(rollout_of, self.dated))

    def until(self, last: Batch) -> tuple[Rollout, ...]:
        """Return the batches up to one."""
        return self.rollouts[: self.dated.index(last) + 1]


def rollout_of(batch: Batch) -> Rollout:
    """Return a batch that tells its time as figures are asked about it."""
    assert batch.begun is not None, "only batches with times"
    assert batch.ended is not None, "only batches with times"
    return Rollout((batch.name,), batch.begun, batch.ended, batch.documents, batch.was_rolled_back)


def publishing_of(golive: Golive, name: str, environment: str, now: datetime) -> Publishing:
    """Return what was published at a vendor in an environment, for the review before `now`.

    Raises:
        NotVerified: golive.yaml names no sync log or no figures, or the log tells no batch or no time.
        NotApplicable: the team publishes nothing there.
        CannotTell: the log cannot be read, or is about other environments.
        CheckFailed: golive.yaml names a log that is not there.
    """
    vendor = golive.vendor(name, environment)
    if "content_sync" not in vendor.pack.features or not vendor.has("content_sync"):
        raise NotApplicable("the feature content_sync is switched off in golive.yaml")
    batches = asked.batches(golive.papers, Place.of(golive.environments[environment], name))
    if not any(batch.begun for batch in batches):
        raise NotVerified("the sync log tells no times of its batches: figures have no before", key=asked.SYNC_LOG)
    review = golive.reviews.of(name, environment, now)
    figures = ContentFigures(review, vendor.target.ids.get("site_id", ""), _rests_on_content(vendor))
    return Publishing(review, figures, batches, vendor.has("feedback"), golive.reviews.limits)


def rollouts_found(golive: Golive, name: str, environment: str, now: datetime) -> Mapping[str, Trend]:
    """Return the batches that made something worse, by the names that decisions are about; what is unknown is none.

    Raises:
        TrafficProblem: the source cannot be asked.
    """
    found: dict[str, Trend] = {}
    with suppress(NotVerified, CannotTell, CheckFailed):
        published = publishing_of(golive, name, environment, now)
        for figure, measure in (*published.answers, *published.calls):
            with suppress(NotKept):
                for rollout, said in rollouts.effects(figure, measure, published.rollouts, published.now):
                    if isinstance(said, Trend):
                        found[name_of(name, "rollout", "+".join(rollout.names))] = said
    return found


def _rests_on_content(vendor: Vendor) -> Callable[[str], bool]:
    """Return what tells whether an endpoint's calls rest on content or publish it, by its name or path."""
    operations = vendor.pack.operations.items()
    paths = {name: each.path for name, each in operations if name in CHAT or each.feature == "content_sync"}

    @cache
    def rests(endpoint: str) -> bool:
        return any(stands_for(endpoint, *each) for each in paths.items())

    return rests
