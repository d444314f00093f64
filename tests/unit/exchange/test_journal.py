from __future__ import annotations

import json
import multiprocessing
import threading
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_golive.exchange.journal import Created, Journal, forget_removed, unremoved

DOCUMENT = Created("r1", "staging", "uppzy", "create_text_document", "document", "golive_document_r1_1", call="a")
SESSION = Created("r1", "staging", "uppzy", "chat", "session", "golive_session_r1_2", call="b")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / ".golive" / "journal.jsonl"


def test_what_is_about_to_be_created_is_written_before_it_is(path: Path) -> None:
    """A run that is killed in between has left a line."""
    journal = Journal(path)
    assert not path.exists()
    journal.intend(DOCUMENT)

    assert unremoved(path) == (DOCUMENT,) == journal.left()


def test_the_id_the_vendor_gave_is_added(path: Path) -> None:
    """To the same entry."""
    journal = Journal(path)
    journal.intend(DOCUMENT)
    journal.confirm(DOCUMENT, "doc_1")

    assert unremoved(path) == (replace(DOCUMENT, id="doc_1"),) == journal.left()


def test_what_is_removed_is_struck_out(path: Path) -> None:
    """From the file and from what this process still has to remove."""
    journal = Journal(path)
    journal.intend(DOCUMENT)
    journal.confirm(DOCUMENT, "doc_1")
    journal.remove(replace(DOCUMENT, id="doc_1"))

    assert unremoved(path) == () == journal.left()


def test_what_came_last_goes_first(path: Path) -> None:
    """What was made later may rest on what was there before."""
    journal = Journal(path)
    for created in (DOCUMENT, SESSION):
        journal.intend(created)
    journal.confirm(DOCUMENT, "doc_1")

    assert [created.kind for created in unremoved(path)] == ["session", "document"]
    assert [created.kind for created in journal.left()] == ["session", "document"]


def test_two_things_of_one_name_are_two_entries(path: Path) -> None:
    """The same call made twice."""
    journal = Journal(path)
    again = replace(DOCUMENT, call="c")
    for created, identifier in ((DOCUMENT, "doc_1"), (again, "doc_2")):
        journal.intend(created)
        journal.confirm(created, identifier)

    assert [created.id for created in unremoved(path)] == ["doc_2", "doc_1"]


def test_a_line_cut_by_a_crash_is_passed_over(path: Path) -> None:
    """The others stay."""
    journal = Journal(path)
    journal.intend(DOCUMENT)
    with path.open("a") as file:
        file.write(json.dumps({"run": "r1"}) + "\n5\n" + '{"run": "r1", "environ')

    assert unremoved(path) == (DOCUMENT,)


def test_a_line_cut_by_a_crash_takes_no_later_one_with_it(path: Path) -> None:
    """The next run begins on a line of its own."""
    Journal(path).intend(DOCUMENT)
    with path.open("a") as file:
        file.write('{"run": "r1", "environ')
    later = Journal(path)
    later.intend(SESSION)
    later.confirm(SESSION, "s")

    assert unremoved(path) == (replace(SESSION, id="s"), DOCUMENT)


def test_an_older_journal_can_be_read(path: Path) -> None:
    """Its entries have no call."""
    path.parent.mkdir()
    entry = {name: getattr(DOCUMENT, name) for name in DOCUMENT.__slots__ if name != "call"}
    path.write_text(json.dumps(entry) + "\n")

    assert unremoved(path) == (replace(DOCUMENT, call=""),)


def test_a_journal_that_is_not_there_holds_nothing(path: Path) -> None:
    """A first run has none."""
    assert unremoved(path) == ()
    forget_removed(path)


def test_the_file_goes_once_nothing_in_it_is_left(path: Path) -> None:
    """And stays as long as something is."""
    journal = Journal(path)
    journal.intend(DOCUMENT)
    forget_removed(path)
    assert path.exists()
    journal.remove(DOCUMENT)
    forget_removed(path)

    assert not path.exists()


def _append(path: Path, run: str) -> None:
    journal = Journal(path)
    for number in range(100):
        created = replace(DOCUMENT, run=run, name=f"golive_document_{run}_{number}")
        journal.intend(created)
        journal.confirm(created, f"doc_{number}")


def test_two_processes_append_to_one_journal(path: Path) -> None:
    """No line of one is lost or mixed with the other's."""
    path.parent.mkdir()
    context = multiprocessing.get_context("spawn")
    workers = [context.Process(target=_append, args=(path, run)) for run in ("gw0", "gw1")]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)

    assert [worker.exitcode for worker in workers] == [0, 0]
    assert len(path.read_text().splitlines()) == 400
    assert len(unremoved(path)) == 200


def test_many_threads_write_one_journal(path: Path) -> None:
    """Checks run side by side."""
    journal = Journal(path)

    def write(number: int) -> None:
        journal.intend(replace(DOCUMENT, name=str(number)))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(50)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)

    assert len(unremoved(path)) == len(journal.left()) == 50
