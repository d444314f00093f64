from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pytest_golive.facts.ledger import Ledger, RunFinished, RunStarted, Written
from pytest_golive.facts.outcome import Word
from pytest_golive.report.ticket.page import ticket
from pytest_golive.report.ticket.seal import digest, seal_of
from tests.unit.report.red_runs import run_of

Command = Callable[..., Any]


def written(folder: Path, word: Word = Word.INCONCLUSIVE) -> Path:
    """Return a report as a run leaves it that came to its end and decided nothing, with its ledger."""
    (folder / ".golive").mkdir()
    path = folder / ".golive" / "ledger.jsonl"
    ledger = Ledger(path, lambda line: line)
    ledger.write(RunStarted("1a2b3c4d", "staging", ("prerelease",), "full", "shop", "0.1.0"))
    ledger.write(RunFinished(word, ("nothing was decided",)))
    told = run_of([])
    file = told.file.model_copy(update={"verdict": word})
    page = ticket(replace(told, file=file, seal=seal_of(path, "1a2b3c4d", word)))
    (folder / "golive-report.html").write_text(page, encoding="utf-8")
    ledger.write(Written("golive-report.html", digest(page.encode())))
    ledger.close()
    return folder / "golive-report.html"


@pytest.fixture
def report(here: Path) -> Path:
    """Return the report of a run that decided nothing."""
    return written(here)


def test_as_it_was_written(golive: Command, report: Path) -> None:
    """With the word, so that nobody has to open it."""
    assert golive("verify", "golive-report.html") == (
        0,
        ["golive-report.html is as run 1a2b3c4d wrote it: INCONCLUSIVE, from 2 lines of .golive/ledger.jsonl"],
        [],
    )


def test_attached_somewhere_else(golive: Command, report: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """The ledger of the folder golive is called in serves, or the one that is named."""
    moved = report.rename(tmp_path_factory.mktemp("tickets") / "REL-881.html")
    ledger = report.parent / ".golive" / "ledger.jsonl"

    here = golive("verify", str(moved))
    named = golive("verify", str(moved), "--ledger", str(ledger))

    assert here.out == [f"{moved} is as run 1a2b3c4d wrote it: INCONCLUSIVE, from 2 lines of .golive/ledger.jsonl"]
    assert named.out == [f"{moved} is as run 1a2b3c4d wrote it: INCONCLUSIVE, from 2 lines of {ledger}"]


def test_changed(golive: Command, report: Path) -> None:
    """1, and what does not fit, in lines."""
    report.write_text(
        report.read_text(encoding="utf-8").replace("Nothing can be said", "All is well"), encoding="utf-8"
    )

    assert golive("verify", "golive-report.html") == (
        1,
        [],
        ["golive verify: golive-report.html was changed after it was written"],
    )


def test_what_cannot_be_verified(golive: Command, report: Path) -> None:
    """A file that is not there, a page of another kind, a ledger that is not there, and no report at all."""
    Path("other.html").write_text("<h1>GO</h1>", encoding="utf-8")
    other = golive("verify", "other.html")
    missing = golive("verify", "nothing.html")
    unread = golive("verify", "golive-report.html", "--ledger", "nothing.jsonl")
    (report.parent / ".golive" / "ledger.jsonl").unlink()
    without = golive("verify", "golive-report.html")

    assert (other.code, other.err) == (
        2,
        ["golive verify: other.html is no report of a finished run of golive, or its seal was removed"],
    )
    assert missing.err == ["golive verify: nothing.html cannot be read: No such file or directory"]
    assert unread.err == ["golive verify: nothing.jsonl cannot be read: No such file or directory"]
    assert without.err == ["golive verify: .golive/ledger.jsonl is not there: name the ledger of the run with --ledger"]
    assert golive("verify").err == ["golive verify: the following arguments are required: REPORT"]
    assert golive("verify", "a", "b").err == ["golive verify: takes one report"]


def test_a_report_names_no_place(golive: Command, report: Path) -> None:
    """Only the name of its ledger counts: a page that anybody made leads to no file elsewhere."""
    page = report.read_text(encoding="utf-8").replace('content="ledger.jsonl"', 'content="../../etc/ledger.jsonl"')
    report.write_text(page, encoding="utf-8")

    assert golive("verify", "golive-report.html").err == [
        "golive verify: golive-report.html was changed after it was written"
    ]


def test_a_verdict_that_does_not_follow(golive: Command, here: Path) -> None:
    """A ledger whose last word was turned about, chain and all, and a page that fits it."""
    written(here, Word.GO)

    assert golive("verify", "golive-report.html") == (
        1,
        [],
        ["golive verify: the report says GO, and INCONCLUSIVE follows from the facts in .golive/ledger.jsonl"],
    )


def test_a_line_behind_the_report_was_changed(golive: Command, report: Path) -> None:
    """The chain goes on to the ledger's end."""
    ledger = report.parent / ".golive" / "ledger.jsonl"
    text = ledger.read_text(encoding="utf-8")
    ledger.write_text(text + text.splitlines(keepends=True)[-1], encoding="utf-8")

    assert golive("verify", "golive-report.html").err == [
        "golive verify: .golive/ledger.jsonl:4: the chain is broken: this line does not follow the one before it"
    ]
