"""What batches of content did to answers and calls: before and after each, from the team's metrics or logs."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise

from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.finding import CannotTell, CheckFailed, Finding, NotApplicable, NotVerified, NotYet
from pytest_golive.facts.moment import moment
from pytest_golive.golive import Golive
from pytest_golive.papers import asked
from pytest_golive.papers.batches import Batch, growing
from pytest_golive.papers.published import Place
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.review import rollouts
from pytest_golive.review.action import Action
from pytest_golive.review.asking import asking
from pytest_golive.review.bulk_sync import Job, failed_meanwhile
from pytest_golive.review.content_figures import ContentFigures
from pytest_golive.review.endpoints import stands_for
from pytest_golive.review.review import Review
from pytest_golive.review.rollouts import DAY, Doubt, Early, Figure, Measure, Rollout, Said
from pytest_golive.review.trends import TooLittle, Trend
from pytest_golive.review.window import Window

CHAT = ("chat", "chat_async", "get_chat_request")
"""Operations whose answers rest on content."""

LATELY = timedelta(weeks=4)
"""A batch that began so long ago was judged before."""


def test_batches_are_watched(golive: Golive, planned: PlannedCheck) -> None:
    """For each batch of the week, bad ratings and low confidence since then are known, over a day or more.

    If this fails: count ratings and levels of confidence, and let each batch run for a day.
    """
    look = _look(golive, planned)
    due = [each for each in look.rollouts if look.review.week.start <= each.ended and each.begun < look.now]
    if not due:
        raise NotApplicable(f"no batch was published in {look.review.week.told}")
    said: list[Said] = []
    for rollout in due:
        begin = rollout.ended.replace(minute=0, second=0, microsecond=0)
        if rollout.ended + DAY > look.now:
            said.append(Early(rollout.ended + DAY))
            continue
        shares = []
        for figure, measure in look.answers:
            with asking(planned.title, look.review):
                share = measure(Window(begin, look.now)).own
            shares.append(f"{figure.what} {share.told}")
            if share.of < figure.least:
                said.append(TooLittle(f"{figure.least} {figure.unit} since {rollout.told}", f"{share.of:,.0f}"))
        golive.note(f"since {rollout.told}: {', '.join(shares)}")
    _judge(planned, look, said)


def test_growth_waited_for_good_figures(golive: Golive, planned: PlannedCheck) -> None:
    """When a bigger batch began, ratings and confidence had been good for a day or more since the one before it.

    If this fails: hold the next batch until the figures of the last one are known and good.
    """
    look = _look(golive, planned)
    said: list[Said] = []
    for before, batch in growing(look.batches):
        if batch.begun is None or not look.now - LATELY <= batch.begun <= look.now or before.was_rolled_back:
            continue
        hours = (batch.begun - before.times[-1].at).total_seconds() / 3600
        if hours < 24:
            actual = f"it began {hours:.1f} hours after batch {before.name}"
            said.append(Trend(f"batch {batch.name}", "a day of figures before a bigger batch", actual, Action.PAUSE))
            continue
        earlier, following = look.until(before), look.rollout(batch)
        for figure, measure in look.answers:
            with asking(planned.title, look.review):
                said.append(rollouts.went_on(figure, measure, earlier, following))
    if not said:
        golive.note("no batch of the last 28 days was bigger than the one before it and more than a small one")
    _judge(planned, look, said)


def test_rollout_pauses_when_ratings_get_worse(golive: Golive, planned: PlannedCheck) -> None:
    """Where bad ratings had risen sharply since a batch, a pause is written down before the next one.

    If this fails: pause the rollout and write it down; look at the answers that were rated badly before going on.
    """
    look = _look(golive, planned)
    figure = rollouts.bad_ratings(look.review.thresholds)
    dated = [batch for batch in look.batches if batch.begun]
    said: list[Said] = []
    for before, batch in pairwise(dated):
        assert before.begun is not None, "only those with times"
        assert batch.begun is not None, "only those with times"
        if not look.review.week.start <= batch.begun <= look.now:
            continue
        if before.was_rolled_back or before.paused_between(before.begun, batch.begun):
            said.append(None)
            continue
        with asking(planned.title, look.review):
            one = rollouts.went_on(figure, look.figures.ratings, look.until(before), look.rollout(batch))
        if isinstance(one, Trend):
            one = replace(one, actual=f"it was published, though {one.actual}; no pause is recorded")
        said.append(one)
    if not said:
        raise NotApplicable(f"no batch followed another one in {look.review.week.told}")
    _judge(planned, look, said)


def test_sync_pauses_when_calls_fail(golive: Golive, planned: PlannedCheck) -> None:
    """Where 5xx or timeouts had risen while a batch was sent, a pause of it is written down.

    If this fails: let the job watch the rates itself; send what is left in smaller steps once they are normal.
    """
    look = _look(golive, planned)
    limits, thresholds = golive.reviews.limits, look.review.thresholds
    figures: tuple[tuple[Figure, Measure], ...] = (
        (rollouts.server_errors(thresholds), look.figures.all_errors),
        (rollouts.timeouts(thresholds, limits.timeouts_growth, limits.timeouts), look.figures.all_timeouts),
    )
    due = [batch for batch in look.batches if batch.ended and look.review.week.start <= batch.ended <= look.now]
    if not due:
        raise NotApplicable(f"no batch was published in {look.review.week.told}")
    said: list[Said] = []
    lacking: NotVerified | None = None
    for batch in due:
        job = _job(batch)
        if job.is_short:
            golive.note(f"batch {batch.name} was sent within ten minutes: too soon over to be paused")
        elif not batch.paused_between(job.begun, job.ended + DAY):
            for figure, measure in figures:
                try:
                    with asking(planned.title, look.review):
                        said.append(failed_meanwhile(figure, measure, job))
                except NotVerified as unkept:
                    lacking = unkept
    _judge(planned, look, said, lacking)


def test_batches_made_nothing_worse(golive: Golive, planned: PlannedCheck) -> None:
    """After no batch of the last fortnight ratings, confidence, 5xx or timeouts are worse than before it.

    If this fails: set the documents of the batch to draft, or correct them, and ask its questions again.
    """
    look = _look(golive, planned)
    said: list[Said] = []
    lacking: NotVerified | None = None
    for figure, measure in look.answers:
        try:
            with asking(planned.title, look.review):
                said += [one for _, one in rollouts.effects(figure, measure, look.rollouts, look.now)]
        except NotVerified as unkept:
            lacking = unkept
    for figure, measure in look.calls(golive):
        # What nobody keeps is left out: it is told by the checks of the calls themselves.
        with suppress(NotVerified), asking(planned.title, look.review):
            found = [one for _, one in rollouts.effects(figure, measure, look.rollouts, look.now)]
            # Too few calls to say anything of say nothing about answers either.
            said += [one for one in found if isinstance(one, Trend | Doubt)]
    if not said and lacking is None:
        raise NotApplicable(f"no batch was published in the two weeks before {look.now:%Y-%m-%d %H:%M} UTC")
    _judge(planned, look, said, lacking)


@dataclass(frozen=True, slots=True)
class _Look:
    """What a check looks at.

    Attributes:
        review: who is asked.
        figures: the figures of the site.
        batches: what was published, with what is written down about it.
        rates: whether answers are rated.
        now: the end of what is known, a full hour.
    """

    review: Review
    figures: ContentFigures
    batches: tuple[Batch, ...]
    rates: bool
    now: datetime

    @property
    def answers(self) -> tuple[tuple[Figure, Measure], ...]:
        """The figures of answers, with what measures them."""
        thresholds = self.review.thresholds
        levels = (rollouts.low_confidence(thresholds), self.figures.confidence)
        return ((rollouts.bad_ratings(thresholds), self.figures.ratings), levels) if self.rates else (levels,)

    @property
    def rollouts(self) -> tuple[Rollout, ...]:
        """The batches that tell their time."""
        return tuple(self.rollout(batch) for batch in self.batches if batch.begun)

    def calls(self, golive: Golive) -> tuple[tuple[Figure, Measure], ...]:
        """Return the figures of calls that rest on content, with what measures them."""
        thresholds, limits = self.review.thresholds, golive.reviews.limits
        late = rollouts.timeouts(thresholds, limits.timeouts_growth, limits.timeouts)
        return ((rollouts.server_errors(thresholds), self.figures.errors), (late, self.figures.timeouts))

    def rollout(self, batch: Batch) -> Rollout:
        """Return a batch as figures are asked about it."""
        assert batch.begun is not None, "only batches with times"
        assert batch.ended is not None, "only batches with times"
        return Rollout((batch.name,), batch.begun, batch.ended, batch.documents, batch.was_rolled_back)

    def until(self, last: Batch) -> list[Rollout]:
        """Return the batches up to one."""
        dated = [batch for batch in self.batches if batch.begun]
        return [self.rollout(batch) for batch in dated[: dated.index(last) + 1]]


def _job(batch: Batch) -> Job:
    is_exact = not any(each.is_day for each in batch.times)
    sent = sorted(each.at for each in batch.times)
    # Where days are told, the sync may have run at any time of them.
    return Job(batch.name, tuple(sent) if is_exact else (sent[0], max(each.until for each in batch.times)), is_exact)


def _look(golive: Golive, planned: PlannedCheck) -> _Look:
    __tracebackhide__ = True
    vendor = golive.vendor(planned.vendor, planned.environment)
    if not vendor.has("content_sync"):
        raise NotApplicable("the feature content_sync is switched off in golive.yaml")
    batches = asked.batches(golive.papers, Place.of(golive.environments[planned.environment], planned.vendor))
    if not any(batch.begun for batch in batches):
        raise NotVerified("the sync log tells no times of its batches: figures have no before", key=asked.SYNC_LOG)
    review = golive.reviews.of(planned.vendor, planned.environment, moment())
    figures = ContentFigures(review, vendor.target.ids.get("site_id", ""), _rests_on_content(vendor))
    return _Look(review, figures, batches, vendor.has("feedback"), review.week.end)


def _rests_on_content(vendor: Vendor) -> Callable[[str], bool]:
    """Return what tells whether an endpoint's calls rest on content or publish it, by its name or path."""
    operations = vendor.pack.operations.items()
    paths = {name: each.path for name, each in operations if name in CHAT or each.feature == "content_sync"}

    @cache
    def rests(endpoint: str) -> bool:
        return any(stands_for(endpoint, *each) for each in paths.items())

    return rests


def _judge(planned: PlannedCheck, look: _Look, said: Iterable[Said], lacking: NotVerified | None = None) -> None:
    """End as failed where there is a finding; else as not verified, inconclusive or pending where that is due."""
    __tracebackhide__ = True
    everything = list(said)
    by = f"by {look.review.traffic.title}"
    found = [one for one in everything if isinstance(one, Trend)]
    if found:
        actual = "; ".join(f"{one.about}: {one.actual}" for one in found)
        expected = "; ".join(dict.fromkeys(one.expected for one in found))
        fix = f"Next action: {'; '.join(dict.fromkeys(_next(one, look.rollouts) for one in found))}. {planned.fix}"
        raise CheckFailed(Finding(planned.title, expected, f"{actual} ({by})", fix=fix))
    if lacking is not None:
        raise lacking
    for one in everything:
        if isinstance(one, Doubt | TooLittle):
            raise CannotTell(Finding(planned.title, one.expected, f"{one.actual} ({by})"))
    early = [one.until for one in everything if isinstance(one, Early)]
    if early and len(early) == len(everything):
        raise NotYet(f"the newest batch is looked at from {max(early):%Y-%m-%d %H:%M} UTC on, a day after it")


def _next(found: Trend, batches: Sequence[Rollout]) -> str:
    """Return the next action, with the batch, and the documents that it is about."""
    if found.action is not Action.ROLL_BACK:
        return f"{found.action}, {found.about}"
    names = found.about.partition(" ")[2].replace(" and ", ", ").split(", ")
    documents = [name for batch in batches if set(batch.names) & set(names) for name in batch.documents]
    shown = ", ".join(documents[:10]) + (f" and {len(documents) - 10} more" if len(documents) > 10 else "")
    return f"{found.action} {found.about} (set to draft: {shown})" if shown else f"{found.action} {found.about}"
