"""What the team writes down when it publishes content or replaces a key."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from pytest_golive.golive import Golive
from pytest_golive.papers import asked
from pytest_golive.papers.changes.log import OWNER, TICKET, WAY_BACK, Entry, newest, rotations
from pytest_golive.papers.content.batches import SMALL, SMALL_SHARE
from pytest_golive.papers.content.sync_log import Row
from pytest_golive.papers.text.reading import Paper
from pytest_golive.readiness.plan import PlannedCheck

SHOWN = 5

FRESH_DAYS = 30
"""An older entry is hardly about the rotation that was just made."""


def test_published_content_is_approved(golive: Golive, planned: PlannedCheck) -> None:
    """Every row of the sync log has an approver and a day, and no source is a draft or archived.

    If this fails: take the rows that the finding names out of the batch until somebody approved them.
    """
    del planned
    rows = _rows(golive)
    unfit = [f"row {row.number} is {row.told['state']}" for row in rows if row.is_unfit]
    golive.must(
        "only content that is approved and valid may be published",
        not unfit,
        expected="no source that is a draft or archived",
        actual=_some(unfit),
    )
    live = [row for row in rows if not row.is_gone and row.was_sent]
    lacking = [f"row {row.number}" for row in live if row.lacks("approver", "time")]
    golive.must(
        "each row of the sync log has to tell who approved it, and when",
        not lacking,
        expected="an approver and a day in each row",
        actual=f"missing in {_some(lacking)}",
    )


def test_sources_are_recorded(golive: Golive, planned: PlannedCheck) -> None:
    """Every row of the sync log has the id of the source and the id of the document.

    If this fails: let the sync write both as soon as the vendor answered.
    """
    del planned
    lacking = [f"row {row.number}" for row in _rows(golive) if row.was_sent and row.lacks("source", "document")]
    golive.must(
        "each row of the sync log has to tell source and document",
        not lacking,
        expected="a source id and a document id in each row",
        actual=f"missing in {_some(lacking)}",
    )


def test_first_batch_is_small(golive: Golive, planned: PlannedCheck) -> None:
    """The first batch of the sync log is small.

    If this fails: begin a rollout with a few documents, and go on once answers are right.
    """
    del planned
    rows = _rows(golive)
    batches = list(dict.fromkeys(row.told["batch"] for row in rows if row.told["batch"]))
    if not batches:
        golive.not_verified("the sync log names no batch: nothing tells which came first", key="operations.sync_log")
    times = {name: min(row.told["time"] for row in rows if row.told["batch"] == name) for name in batches}
    first = min(batches, key=lambda name: times[name]) if all(times.values()) else batches[0]
    size = sum(row.told["batch"] == first for row in rows)
    most = max(SMALL, int(len(rows) * SMALL_SHARE))
    golive.must(
        "a rollout has to begin with a small batch",
        size <= most,
        expected=f"at most {most} documents",
        actual=f"batch {first} has {size}",
    )


def test_batches_stand_in_the_change_log(golive: Golive, planned: PlannedCheck) -> None:
    """Each batch of the sync log has an entry in the change log.

    If this fails: add the entry, with the id of the batch.
    """
    del planned
    batches = dict.fromkeys(row.told["batch"] for row in _rows(golive) if row.told["batch"])
    text = "\n".join(paper.text for paper in _changes(golive))
    missing = [name for name in batches if name not in text]
    golive.must(
        "each batch has to stand in the change log",
        not missing,
        expected="an entry with the id of the batch",
        actual=f"no entry names {_some(missing)}",
    )
    if not batches:
        golive.note("the sync log names no batch")


def test_rotation_is_planned(golive: Golive, planned: PlannedCheck) -> None:
    """The change log has the rotation, with its day, its owner and the way back.

    If this fails: write the entry before the first step.
    """
    del planned
    entry = _rotation(golive)
    wanted = {"the day": entry.day, "the owner": OWNER.search(entry.text), "the way back": WAY_BACK.search(entry.text)}
    missing = [name for name, found in wanted.items() if not found]
    ticket = TICKET.search(entry.text)
    if missing and ticket and entry.day:
        golive.warn(f"{entry.place} does not tell {' and '.join(missing)}: see that {ticket[0]} does")
        return
    golive.must(
        "a rotation has to be planned",
        not missing,
        expected="an entry with the day, the owner and the way back",
        actual=f"{entry.place} does not tell {', '.join(missing)}",
    )


def test_rotation_is_dated(golive: Golive, planned: PlannedCheck) -> None:
    """The change log has the day of the rotation.

    If this fails: add the entry, with the day.
    """
    del planned
    entry = _rotation(golive)
    golive.must(
        "the change log has to have the day of the rotation",
        entry.day,
        expected="an entry with the day",
        actual=f"{entry.place} tells none",
    )
    today = datetime.now(UTC).date()
    # The example project's rotation was made up once and for all.
    if entry.day and entry.day < today - timedelta(days=FRESH_DAYS) and not golive.sandbox:
        golive.warn(f"the newest rotation of the change log is of {entry.day}: is this one in it?")


def _rotation(golive: Golive) -> Entry:
    __tracebackhide__ = True
    papers = _changes(golive)
    entry = newest(tuple(each for paper in papers for each in rotations(paper)))
    golive.must(
        "the change log has to have the rotation",
        entry,
        expected="an entry about the key that was replaced",
        actual=f"{', '.join(paper.name for paper in papers)} has none",
    )
    assert entry is not None, "the check ended otherwise"
    return entry


def _changes(golive: Golive) -> tuple[Paper, ...]:
    papers = golive.papers
    return asked.named(
        papers, papers.change_log, "operations.change_log", "nothing says where changes are written down"
    )


def _rows(golive: Golive) -> list[Row]:
    """Return the rows about documents: what happened to a batch has no source and no approver."""
    __tracebackhide__ = True
    rows = [row for row in asked.sync_log(golive.papers) if row.is_about_a_document]
    if not rows:
        golive.not_verified("the sync log has no row yet: nothing was published", key=asked.SYNC_LOG)
    return rows


def _some(found: Sequence[str]) -> str:
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return f"{', '.join(found[:SHOWN])}{more}"
