"""What the sync log tells, held against the documents that the vendor lists."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from pytest_golive.demands.documents import documents_of
from pytest_golive.facts.moment import moment
from pytest_golive.golive import Golive
from pytest_golive.papers import asked
from pytest_golive.papers.content.published import Compared, Place, compare
from pytest_golive.readiness.plan import PlannedCheck

SHOWN = 5


def test_listed_documents_are_in_the_sync_log(golive: Golive, planned: PlannedCheck) -> None:
    """Every document that answers may rest on has a row in the sync log, and so a source.

    If this fails: find the source of each document by its title and add the row, or delete the document.
    """
    if asked.sync_log(golive.papers):
        found = _compared(golive, planned)
    else:
        found = compare((), _listed(golive, planned), _place(golive, planned), moment())
        if not found.published:
            golive.not_verified("the sync log has no row yet: nothing was published", key=asked.SYNC_LOG)
    golive.must(
        "every published document has to stand in the sync log",
        not found.unknown,
        expected=f"a row for each of the {found.published} published documents",
        actual=f"no row for {_some(found.unknown)}",
    )
    if found.drafts:
        golive.note(f"{found.drafts} drafts stand in no row of the sync log: no answer rests on them")


def test_logged_documents_are_listed(golive: Golive, planned: PlannedCheck) -> None:
    """Every document of the sync log is still listed, or marked as deleted there.

    If this fails: find out who deleted the documents; publish them again, or mark them as deleted.
    """
    found = _compared(golive, planned)
    place = _place(golive, planned)
    if found.logged and not found.published and not (place.production or found.tells_place):
        _of_another_place(golive, place, found)
    golive.must(
        "every document of the sync log has to be listed, or marked as deleted",
        not found.missing,
        expected=f"all {found.logged} documents that the log does not mark as deleted",
        actual=f"{len(found.missing)} are not listed: {_some(found.missing)}",
    )


def _compared(golive: Golive, planned: PlannedCheck) -> Compared:
    """Compare the log with what is listed, once it is sure that both are about the same place."""
    __tracebackhide__ = True
    place = _place(golive, planned)
    rows = asked.rows_about(golive.papers, place)
    items = _listed(golive, planned)
    found = compare(rows, items, place, moment())
    if found.without_id:
        golive.cannot_tell(
            "every listed document has to have an id",
            expected="an id with each document",
            actual=f"{found.without_id} of {len(items)} documents without one",
        )
    if found.logged and found.is_of_another_place:
        _of_another_place(golive, place, found)
    return found


def _of_another_place(golive: Golive, place: Place, found: Compared) -> None:
    __tracebackhide__ = True
    golive.cannot_tell(
        "the sync log has to be about the documents that are listed",
        expected=f"document ids of {place.environment}",
        actual=f"none of its {found.logged} documents is among the {found.published} that are published there: "
        "a column `environment` or `site_id` tells which rows are about which",
    )


def _listed(golive: Golive, planned: PlannedCheck) -> list[Mapping[str, Any]]:
    """Return the documents of the site, read once for all checks of the sync log."""
    __tracebackhide__ = True
    vendor = golive.vendor(planned.vendor, planned.environment)
    found: list[Mapping[str, Any]] = golive.once(
        ("documents", planned.vendor, planned.environment), lambda: documents_of(vendor)
    )
    return found


def _place(golive: Golive, planned: PlannedCheck) -> Place:
    return Place.of(golive.environments[planned.environment], planned.vendor)


def _some(found: Sequence[str]) -> str:
    more = f" and {len(found) - SHOWN} more" if len(found) > SHOWN else ""
    return f"{', '.join(found[:SHOWN])}{more}"
