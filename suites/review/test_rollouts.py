"""What batches of content did to answers and calls: before and after each, from the team's metrics or logs."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import timedelta
from itertools import pairwise

from pytest_golive.facts.finding import CannotTell, CheckFailed, Finding, NotApplicable, NotVerified, NotYet
from pytest_golive.facts.moment import moment
from pytest_golive.golive import Golive
from pytest_golive.papers.content.batches import Batch, growing
from pytest_golive.publishing import Publishing, publishing_of, rollout_of
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.review.action import Action
from pytest_golive.review.asking import asking
from pytest_golive.review.content import rising, rollouts
from pytest_golive.review.content.bulk_sync import Job, failed_meanwhile
from pytest_golive.review.content.rising import DAY
from pytest_golive.review.content.rollouts import Doubt, Early, Said
from pytest_golive.review.trends import TooLittle, Trend
from pytest_golive.review.window import Window

A_DAY_HOURS = 23
"""A sync of every night does not begin at the same second."""

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
            # A sync of every night is watched over the week, not by each of its nights.
            if share.of < figure.least and rollout is due[0]:
                said.append(TooLittle(f"{figure.least} {figure.unit} since {rollout.told}", f"{share.of:,.0f}"))
        said.append(None)
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
        hours = (batch.begun - before.times[0].at).total_seconds() / 3600
        if hours < A_DAY_HOURS:
            actual = f"it began {hours:.1f} hours after batch {before.name}"
            said.append(Trend(f"batch {batch.name}", "a day of figures before a bigger batch", actual, Action.PAUSE))
            continue
        earlier, following = look.until(before), rollout_of(batch)
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
    figure = rising.bad_ratings(look.review.thresholds)
    said: list[Said] = []
    for before, batch in pairwise(look.dated):
        assert before.begun is not None, "only those with times"
        assert batch.begun is not None, "only those with times"
        if not look.review.week.start <= batch.begun <= look.now:
            continue
        if before.was_rolled_back or before.paused_between(before.begun, batch.begun):
            said.append(None)
            continue
        with asking(planned.title, look.review):
            one = rollouts.went_on(figure, look.figures.ratings, look.until(before), rollout_of(batch))
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
    errors, late = look.failures
    figures = ((errors, look.figures.all_errors), (late, look.figures.all_timeouts))
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
    documents: dict[str, tuple[str, ...]] = {}
    lacking: NotVerified | None = None
    for figure, measure in look.answers:
        try:
            with asking(planned.title, look.review):
                found = list(rollouts.effects(figure, measure, look.rollouts, look.now))
            said += [one for _, one in found]
            documents |= {rollout.told: rollout.documents for rollout, _ in found}
        except NotVerified as unkept:
            lacking = unkept
    for figure, measure in look.calls:
        # What nobody keeps is left out: it is told by the checks of the calls themselves.
        with suppress(NotVerified), asking(planned.title, look.review):
            found = list(rollouts.effects(figure, measure, look.rollouts, look.now))
            # Too few calls to say anything of say nothing about answers either.
            said += [one for _, one in found if isinstance(one, Trend | Doubt)]
            documents |= {rollout.told: rollout.documents for rollout, _ in found}
    if not said and lacking is None:
        raise NotApplicable(f"no batch was published in the two weeks before {look.now:%Y-%m-%d %H:%M} UTC")
    _judge(planned, look, said, lacking, documents)


def _job(batch: Batch) -> Job:
    is_exact = not any(each.is_day for each in batch.times)
    sent = sorted(each.at for each in batch.times)
    # Where days are told, the sync may have run at any time of them.
    return Job(batch.name, tuple(sent) if is_exact else (sent[0], max(each.until for each in batch.times)), is_exact)


def _look(golive: Golive, planned: PlannedCheck) -> Publishing:
    __tracebackhide__ = True
    return publishing_of(golive, planned.vendor, planned.environment, moment())


def _judge(
    planned: PlannedCheck,
    look: Publishing,
    said: Iterable[Said],
    lacking: NotVerified | None = None,
    documents: Mapping[str, Sequence[str]] | None = None,
) -> None:
    """End as failed where there is a finding; else as not verified, inconclusive or pending where that is due."""
    __tracebackhide__ = True
    everything = list(said)
    by = f"by {look.review.traffic.title}"
    found = [one for one in everything if isinstance(one, Trend)]
    if found:
        actual = "; ".join(f"{one.about}: {one.actual}" for one in found)
        expected = "; ".join(dict.fromkeys(one.expected for one in found))
        actions = dict.fromkeys(_next(one, (documents or {}).get(one.about, ())) for one in found)
        fix = f"Next action: {'; '.join(actions)}. {planned.fix}"
        raise CheckFailed(Finding(planned.title, expected, f"{actual} ({by})", fix=fix))
    if lacking is not None:
        raise lacking
    for one in everything:
        if isinstance(one, Doubt | TooLittle):
            raise CannotTell(Finding(planned.title, one.expected, f"{one.actual} ({by})"))
    early = [one.until for one in everything if isinstance(one, Early)]
    if early and len(early) == len(everything):
        raise NotYet(f"the newest batch is looked at from {max(early):%Y-%m-%d %H:%M} UTC on, a day after it")


def _next(found: Trend, documents: Sequence[str]) -> str:
    """Return the next action, with the batch, and the documents that it is about."""
    if found.action is not Action.ROLL_BACK:
        return f"{found.action}, {found.about}"
    shown = ", ".join(documents[:10]) + (f" and {len(documents) - 10} more" if len(documents) > 10 else "")
    return f"{found.action} {found.about} (set to draft: {shown})" if shown else f"{found.action} {found.about}"
