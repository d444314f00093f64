"""What is written down about the batches that content goes out in."""

from __future__ import annotations

from datetime import datetime, timedelta

from pytest_golive.facts.moment import moment
from pytest_golive.golive import Golive
from pytest_golive.history.kept import HOLDS
from pytest_golive.papers import asked
from pytest_golive.papers.content.batches import Batch, growing
from pytest_golive.papers.content.published import Place
from pytest_golive.readiness.plan import PlannedCheck

LATELY = timedelta(days=90)
"""Rollouts of so long ago are told, not judged."""

ASKING = ("UPZ-56", "UPZ-60")
"""Rules by which golive itself asks about what was published lately."""

SHOWN = 5


def test_batches_wait_for_the_one_before(golive: Golive, planned: PlannedCheck) -> None:
    """Before each bigger batch it is written down that the one before it is good.

    A run of golive that asked about the one before, and is kept, says the same.

    If this fails: hold the next batch; ask the topic questions, look at the ratings, and write both results down.
    """
    batches = _batches(golive, planned)
    undated = [batch.name for batch in batches if not batch.begun]
    if undated and len(batches) > 1:
        golive.not_verified(
            f"the sync log does not tell when {_some(undated)} began: nothing tells which batch followed which",
            key=asked.SYNC_LOG,
        )
    followed = [pair for pair in growing(batches) if pair[1].begun and pair[1].begun >= moment() - LATELY]
    problems = [
        problem
        for before, batch in followed
        if (problem := _problem(before, batch)) and not _has_run(golive, planned, before, batch)
    ]
    golive.must(
        "a bigger batch has to wait until the one before it is written down as good",
        not problems,
        expected="in the sync log or the change log, for each batch: questions and ratings are good, before a bigger "
        "one begins",
        actual="; ".join(problems),
    )
    if not followed:
        golive.note("no batch of the last 90 days was bigger than the one before it and more than a small one")


def test_batches_tell_their_time(golive: Golive, planned: PlannedCheck) -> None:
    """The sync log tells of each batch when it was published.

    If this fails: let the sync write the time of each document, as published_at.
    """
    silent = [batch.name for batch in _batches(golive, planned) if not batch.begun]
    golive.must(
        "the sync log has to tell when each batch was published",
        not silent,
        expected="a time that can be read, such as 2026-11-02T09:00:00Z, in a column such as published_at",
        actual=f"none for {_some(silent)}",
    )


def _problem(before: Batch, batch: Batch) -> str:
    assert batch.begun is not None, "only batches with times follow each other"
    told = f"{batch.name} ({batch.size} documents) began on {batch.begun:%Y-%m-%d %H:%M} UTC"
    good = [each for each in before.checks if each.good]
    if any(each.at is None or each.at.at <= batch.begun for each in good):
        return ""
    if good:
        at = min((each.at for each in good if each.at is not None), key=lambda moment: moment.at)
        return f"{told}, {before.name} was found good after that, on {at.told}"
    if before.checks:
        return f"{told}, and {before.name} was not found good: {before.checks[0].place}"
    return f"{told}, and nothing is written down about {before.name}"


def _has_run(golive: Golive, planned: PlannedCheck, before: Batch, batch: Batch) -> bool:
    """Whether a run of golive that is kept found the questions answered, between a batch and the next one."""
    if before.begun is None or batch.begun is None:
        return False
    return any(
        before.begun <= datetime.fromisoformat(run.finished) <= batch.begun
        and any(run.results.get((planned.vendor, rule)) in HOLDS for rule in ASKING)
        for run in golive.past.runs(planned.environment)
    )


def _batches(golive: Golive, planned: PlannedCheck) -> tuple[Batch, ...]:
    __tracebackhide__ = True
    return asked.batches(golive.papers, Place.of(golive.environments[planned.environment], planned.vendor))


def _some(found: list[str]) -> str:
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return f"{', '.join(found[:SHOWN])}{more}"
