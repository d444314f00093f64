"""Batches of content, and what sync logs and change logs of many kinds tell of them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from pytest_golive.papers.content.batches import Batch, batches_of, entries_and_items, growing
from pytest_golive.papers.content.sync_log import rows_of
from pytest_golive.papers.text.reading import Paper

HEAD = "source_id,document_id,batch_id,approver,published_at,status"
PLAIN = f"{HEAD}\ncms-1,doc_1,B-1,Ana,2026-11-02T09:00Z,published\ncms-2,doc_2,B-2,Ana,2026-11-09T09:00Z,published\n"


def _batches(log: str, changes: str = "", name: str = "log.csv", changed: str = "changes.md") -> dict[str, Batch]:
    entries = entries_and_items(Paper(changed, changes)) if changes else ()
    return {batch.name: batch for batch in batches_of(rows_of(Paper(name, log)), entries)}


def test_batches_have_their_documents_and_times() -> None:
    """In the order of their times, whatever the order of the rows is."""
    rows = [
        "cms-3,doc_3,B-2,Ana,2026-11-09T09:30Z,",
        "cms-1,doc_1,B-1,Ana,2026-11-02,",
        "cms-2,doc_2,B-2,Ana,2026-11-09T09:00Z,",
    ]
    batches = _batches("\n".join([HEAD, *rows]))

    assert list(batches) == ["B-1", "B-2"]
    assert (batches["B-1"].begun, batches["B-1"].ended) == (
        datetime(2026, 11, 2, tzinfo=UTC),
        datetime(2026, 11, 3, tzinfo=UTC),
    )
    assert (batches["B-2"].begun, batches["B-2"].ended) == (
        datetime(2026, 11, 9, 9, tzinfo=UTC),
        datetime(2026, 11, 9, 9, 30, tzinfo=UTC),
    )
    assert (batches["B-2"].size, batches["B-2"].documents) == (2, ("doc_3", "doc_2"))


PAUSED = {
    "a state": PLAIN.replace("09:00Z,published\ncms-2", "09:00Z,paused\ncms-2"),
    "a column": PLAIN.replace("status", "paused_at")
    .replace("published\ncms-2", "2026-11-04\ncms-2")
    .replace("09:00Z,published", "09:00Z,"),
    "a row of its own": f"{PLAIN},,B-1,,2026-11-04,paused\n",
    "lines of events": (
        '{"event": "document.published", "source_id": "cms-1", "document_id": "doc_1", "batch": "B-1",'
        ' "ts": "2026-11-02T09:00:00Z"}\n'
        '{"event": "rollout.paused", "batch": "B-1", "ts": "2026-11-04T10:00:00Z", "reason": "bad ratings"}\n'
        '{"event": "document.published", "source_id": "cms-2", "document_id": "doc_2", "batch": "B-2",'
        ' "ts": "2026-11-09T09:00:00Z"}\n'
    ),
    "events of seconds": (
        '{"event": "document.published", "source": "cms-1", "document": "doc_1", "batch": "B-1", "ts": 1793610000}\n'
        '{"event": "sync.paused", "batch": "B-1", "ts": 1793800000}\n'
        '{"event": "document.published", "source": "cms-2", "document": "doc_2", "batch": "B-2", "ts": 1794214800}\n'
    ),
    "yaml with pauses": (
        "batches:\n"
        "  - id: B-1\n    documents: [{source: cms-1, document: doc_1, published_at: 2026-11-02T09:00:00Z}]\n"
        "    pauses: [{from: 2026-11-04T08:00:00Z, to: 2026-11-08T08:00:00Z, reason: bad ratings}]\n"
        "  - id: B-2\n    documents: [{source: cms-2, document: doc_2, published_at: 2026-11-09T09:00:00Z}]\n"
    ),
    "yaml with pauses beside": (
        "batches:\n"
        "  - id: B-1\n    documents: [{source: cms-1, document: doc_1, published_at: 2026-11-02T09:00:00Z}]\n"
        "  - id: B-2\n    documents: [{source: cms-2, document: doc_2, published_at: 2026-11-09T09:00:00Z}]\n"
        "pauses:\n  - {batch: B-1, at: 2026-11-04}\n"
    ),
}


@pytest.mark.parametrize("told", PAUSED)
def test_a_pause_in_the_sync_log(told: str) -> None:
    """However it is told, it belongs to the batch it is about, and to no other."""
    name = "log.yaml" if told.startswith("yaml") else "log.jsonl" if "events" in told else "log.csv"
    batches = _batches(PAUSED[told], name=name)

    paused = {name: batch.paused_between(_day(2), _day(9)) for name, batch in batches.items()}
    assert paused == {"B-1": True, "B-2": False}


CHANGES = {
    "an undated first line": "- paused after B-1 on 2026-11-04\n- B-2 published\n",
    "yaml": "- {day: 2026-11-04, what: Paused after B-1}\n- {day: 2026-11-09, what: B-2 published}\n",
    "items": "# Log\n\n## 2026-11-04\n\n- Paused the rollout after B-1: ratings.\n- Published B-2.\n",
    "one line": "- 2026-11-04: B-1 is on hold\n- 2026-11-09: B-2 published\n",
    "german": "## 04.11.2026\n\nNach B-1 angehalten.\n\n## 09.11.2026\n\nB-2 veröffentlicht.\n",
    "table": "| Day | What |\n|---|---|\n| 2026-11-04 | stopped after B-1 |\n| 2026-11-09 | B-2 |\n",
    "spanish": "- 2026-11-04: rollout pausado tras B-1\n- 2026-11-09: publicado B-2\n",
}


@pytest.mark.parametrize("told", CHANGES)
def test_a_pause_in_the_change_log(told: str) -> None:
    batches = _batches(PLAIN, CHANGES[told], changed="changes.yaml" if told == "yaml" else "changes.md")

    assert {name: [each and each.told for each in batch.pauses] for name, batch in batches.items()} == {
        "B-1": ["2026-11-04"],
        "B-2": [],
    }


@pytest.mark.parametrize(
    "text",
    ["no pause was needed after B-1", "B-1 went out without a pause", "B-12 was paused", "nothing to pause: B-1"],
)
def test_what_is_no_pause(text: str) -> None:
    assert _batches(PLAIN, f"- 2026-11-04: {text}\n")["B-1"].pauses == ()


GOOD = {
    "B-1: smoke questions passed": True,
    "B-1: answers ok, no bad ratings": True,
    "quality of B-1 is good": True,
    "Fragen zu B-1 bestanden": True,
    "B-1: questions failed": False,
    "B-1: two answers were wrong": False,
}


@pytest.mark.parametrize("text", GOOD)
def test_what_is_written_about_quality(text: str) -> None:
    checks = _batches(PLAIN, f"- 2026-11-05: {text}\n- 2026-11-09: published B-2\n")["B-1"].checks

    assert [(each.good, each.at and each.at.told) for each in checks] == [(GOOD[text], "2026-11-05")]


@pytest.mark.parametrize(
    ("cell", "good"),
    [("2026-11-05", [True]), ("passed", [True]), ("yes", [True]), ("failed", [False]), ("", []), ("no", []), ("-", [])],
)
def test_a_column_about_quality(cell: str, good: list[bool]) -> None:
    log = f"source_id,document_id,batch_id,published_at,smoke_questions\ncms-1,doc_1,B-1,2026-11-02,{cell}\n"

    assert [each.good for each in _batches(log)["B-1"].checks] == good


def test_a_batch_that_was_taken_back() -> None:
    """All of its documents are gone, or it is written down."""
    gone = _batches(PLAIN.replace("09:00Z,published\ncms-2", "09:00Z,deleted\ncms-2"))
    told = _batches(PLAIN, "- 2026-11-04: rolled back B-1\n")

    assert [[batch.was_rolled_back for batch in each.values()] for each in (gone, told)] == [[True, False]] * 2
    assert not _batches(PLAIN, "- 2026-11-02: published B-1. Way back: set it to draft\n")["B-1"].was_rolled_back


def test_batches_that_grow() -> None:
    """Bigger than the one before, and more than a small one."""
    sizes = {"B-1": 3, "B-2": 9, "B-3": 12, "B-4": 12, "B-5": 40}
    rows = [
        f"cms-{name}-{number},doc-{name}-{number},{name},Ana,2026-11-0{name[-1]},"
        for name, size in sizes.items()
        for number in range(size)
    ]
    pairs = growing(tuple(_batches("\n".join([HEAD, *rows])).values()))

    assert [(before.name, batch.name) for before, batch in pairs] == [("B-2", "B-3"), ("B-4", "B-5")]


def _day(number: int) -> datetime:
    return datetime(2026, 11, number, tzinfo=UTC)
