"""Gives a check the papers it is about, or ends it with the key of golive.yaml that names none."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from pathlib import Path

from pytest_golive.facts.finding import CannotTell, CheckFailed, Finding, NotVerified
from pytest_golive.papers.changes.log import Entry
from pytest_golive.papers.content.batches import Batch, batches_of, entries_and_items
from pytest_golive.papers.content.published import Place, rows_here
from pytest_golive.papers.content.sync_log import Row, Unreadable, rows_of
from pytest_golive.papers.named import Papers
from pytest_golive.papers.text.reading import Elsewhere, Missing, Paper, read, read_records

SYNC_LOG = "operations.sync_log"

ELSEWHERE = "golive reads files only: keep it in the repository, or let somebody vouch for it"


_rows = lru_cache(maxsize=16)(rows_of)
"""Ten checks look at one log, which may be large."""

Reader = Callable[[Path, str, str], tuple[Paper, ...]]


def records(papers: Papers, given: str, key: str, what: str) -> tuple[Paper, ...]:
    """Return the files of records that golive.yaml names: as :func:`named`, also those that programs write."""
    return named(papers, given, key, what, read_records)


def named(papers: Papers, given: str, key: str, what: str, reader: Reader = read) -> tuple[Paper, ...]:
    """Return what golive.yaml names under a key.

    Args:
        papers: where its files lie.
        given: what it names; may be empty.
        key: the key.
        what: what it should name, for a reader.
        reader: reads it, seen from their folder.

    Raises:
        NotVerified: it names nothing, or an address.
        CheckFailed: it names a file that is not there.
    """
    if not given.strip():
        raise NotVerified(f"{key} is missing: {what}", key=key)
    try:
        return reader(papers.folder, given, key)
    except Elsewhere as address:
        raise NotVerified(f"{key} is {address}: {ELSEWHERE}", key=key) from None
    except Missing as problem:
        finding = Finding(
            "what golive.yaml names has to be there", "a file or folder, seen from golive.yaml", str(problem)
        )
        raise CheckFailed(finding) from None


def runbooks(papers: Papers, what: str) -> Mapping[str, tuple[Paper, ...]]:
    """Return the runbooks by what golive.yaml calls them; those at addresses are left out where there are others.

    Raises:
        NotVerified: it names none that can be read.
        CheckFailed: it names a file that is not there.
    """
    key = "operations.runbooks"
    if not papers.runbooks:
        raise NotVerified(f"{key} is missing: {what}", key=key)
    found: dict[str, tuple[Paper, ...]] = {}
    away: NotVerified | None = None
    for name, given in papers.runbooks.items():
        try:
            found[name] = named(papers, given, f"{key}.{name}", what)
        except NotVerified as elsewhere:
            away = elsewhere
    if not found and away is not None:
        raise away
    return found


def has_some_elsewhere(papers: Papers) -> bool:
    """Whether a runbook lies where golive cannot read it, so that nothing can be said to be missing."""
    return any("://" in given for given in papers.runbooks.values())


def sync_log(papers: Papers) -> tuple[Row, ...]:
    """Return the rows of the sync log; none where nothing was published yet.

    Raises:
        NotVerified: golive.yaml names none that can be read.
        CheckFailed: it names a file that is not there.
        CannotTell: it cannot be read as rows.
    """
    rows: list[Row] = []
    for paper in named(papers, papers.sync_log, SYNC_LOG, "nothing says what was published", read_records):
        try:
            rows += _rows(paper)
        except Unreadable as problem:
            expected = "CSV, JSON, JSON lines or YAML with one row per document"
            raise CannotTell(Finding("the sync log has to be readable", expected, f"{paper.name}: {problem}")) from None
    return tuple(rows)


def rows_about(papers: Papers, place: Place) -> tuple[Row, ...]:
    """Return the rows of the sync log about a place.

    Raises:
        NotVerified: golive.yaml names no log that can be read, or it has no row at all.
        CheckFailed: it names a file that is not there.
        CannotTell: it cannot be read as rows, or all of them are about other places.
    """
    rows = sync_log(papers)
    if not rows:
        raise NotVerified("the sync log has no row yet: nothing was published", key=SYNC_LOG)
    here = rows_here(rows, place)
    if not here:
        others = ", ".join(dict.fromkeys(row.told["environment"] or row.told["site"] for row in rows))
        expected = f"rows of {place.environment}"
        raise CannotTell(Finding("the sync log has to be about the environment", expected, f"rows of {others} only"))
    return here


def batches(papers: Papers, place: Place) -> tuple[Batch, ...]:
    """Return the batches that were published to a place, with what sync log and change log tell of them.

    Raises:
        NotVerified: golive.yaml names no sync log that can be read, it has no row, or no row names a batch.
        CheckFailed: it names a file that is not there.
        CannotTell: it cannot be read as rows, or all of them are about other places.
    """
    found = batches_of(rows_about(papers, place), changes(papers))
    if not found:
        raise NotVerified("the sync log names no batch: nothing tells what was published together", key=SYNC_LOG)
    return found


def changes(papers: Papers) -> tuple[Entry, ...]:
    """Return the entries of the change log, for what it may tell besides; none where there is no log to read."""
    if not papers.change_log.strip():
        return ()
    try:
        found = read(papers.folder, papers.change_log, "operations.change_log")
    except (Elsewhere, Missing):
        return ()
    return tuple(entry for paper in found for entry in entries_and_items(paper))
