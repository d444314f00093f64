"""A sync log beside what the vendor lists: right in many ways, and wrong in one."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any

import pytest

from pytest_golive.papers.content.published import Compared, Place, compare, is_ready, rows_here
from pytest_golive.papers.content.sync_log import rows_of
from pytest_golive.papers.text.reading import Paper

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
HERE = Place("production", True, "s-1", "t-1")

HEAD = "source_id,document_id,batch_id,published_at,status"
LOG = f"{HEAD}\ncms-1,doc_1,B-1,2026-11-02T09:00Z,published\ncms-2,doc_2,B-1,2026-11-02T09:01Z,published\n"
DOCUMENTS: tuple[Mapping[str, Any], ...] = (
    {"id": "doc_1", "title": "Returns", "status": "active"},
    {"id": "doc_2", "title": "Vouchers", "status": "active"},
)


def _compared(log: str, *items: Mapping[str, Any], place: Place = HERE) -> Compared:
    rows = rows_here(rows_of(Paper("log.csv", log)), place)
    return compare(rows, [*DOCUMENTS, *items], place, NOW)


RIGHT_ITEMS: Mapping[str, Mapping[str, Any]] = {
    "a draft": {"id": "doc_9", "title": "Old", "status": "draft"},
    "one of another state": {"id": "doc_9", "title": "Old", "state": "ARCHIVED"},
    "one that is switched off": {"id": "doc_9", "title": "Old", "active": False},
    "one of golive": {"id": "doc_9", "title": "golive_document_1234abcd_0000000011", "status": "active"},
    "one of a smoke test": {"id": "doc_9", "title": "ops-smoke-2026-11-20T11:00", "status": "active"},
    "one of another site": {"id": "doc_9", "title": "Theirs", "status": "active", "site_id": "s-2"},
    "one of another tenant": {"id": "doc_9", "title": "Theirs", "status": "active", "tenant_id": "t-2"},
    "one of a moment ago": {"id": "doc_9", "title": "New", "status": "active", "created_at": "2026-11-20T11:30:00Z"},
}


@pytest.mark.parametrize("name", RIGHT_ITEMS)
def test_documents_that_need_no_row(name: str) -> None:
    assert _compared(LOG, RIGHT_ITEMS[name]).unknown == ()


def test_documents_that_answers_rest_on_already() -> None:
    ready: list[dict[str, Any]] = [
        {"id": "1", "status": "active"},
        {"id": "2", "status": "active", "ready": False},
        {"id": "3", "status": "Processing"},
        {"id": "4", "status": "draft"},
        {"id": "5"},
    ]

    assert [each["id"] for each in ready if is_ready(each)] == ["1", "5"]


def test_a_document_without_a_row() -> None:
    """Also where its state is not told."""
    found = _compared(LOG, {"id": "doc_9", "title": "Prices", "status": "Active"}, {"document_id": "doc_8"})

    assert (found.unknown, found.published, found.drafts) == (("doc_9 'Prices'", "doc_8"), 4, 0)


RIGHT_ROWS = {
    "deleted": "cms-3,doc_3,B-1,2026-11-02,deleted",
    "deleted later": "cms-3,doc_3,B-1,2026-11-02,published\ncms-3,doc_3,B-1,2026-11-05,deleted",
    "gelöscht": "cms-3,doc_3,B-1,2026-11-02,gelöscht",
    "replaced": "cms-2,doc_3,B-1,2026-11-01T09:00Z,published",
    "failed": "cms-3,doc_3,B-2,2026-11-02,failed",
    "published a moment ago": "cms-3,doc_3,B-2,2026-11-20T11:30Z,published",
    "published today": "cms-3,doc_3,B-2,2026-11-20,published",
    "a pause": ",,B-1,2026-11-05,paused",
    "an address": "cms-3,https://app.uppzy.com/documents/doc_2,B-1,2026-11-02,published",
}


@pytest.mark.parametrize("name", RIGHT_ROWS)
def test_rows_that_need_no_document(name: str) -> None:
    assert _compared(f"{LOG}{RIGHT_ROWS[name]}\n").missing == ()


def test_a_document_that_is_gone() -> None:
    """One that was published again after it was deleted has to be there."""
    rows = "cms-3,doc_3,B-1,2026-11-02,\ncms-4,doc_4,B-1,2026-11-02,deleted\ncms-4,doc_4,B-2,2026-11-05,published\n"
    found = _compared(LOG + rows)

    assert (found.missing, found.logged) == (("doc_3 (cms-3, batch B-1)", "doc_4 (cms-4, batch B-2)"), 4)


PLACES = {
    "environment": ("production", "staging"),
    "env": ("prod", "stage"),
    "stage": ("live", "test"),
    "target_environment": ("eu-production", "pre-production"),
    "umgebung": ("Production (EU)", "non-prod"),
    "site_id": ("s-1", "s-2"),
    "tenant_id": ("t-1", "t-2"),
}


@pytest.mark.parametrize("column", PLACES)
def test_rows_of_other_places_are_left_out(column: str) -> None:
    own, other = PLACES[column]
    log = f"source_id,document_id,{column}\ncms-1,doc_1,{own}\ncms-2,doc_2,{own}\ncms-3,doc_3,{other}\n"
    found = _compared(log)

    assert (found.missing, found.unknown, found.tells_place) == ((), (), column != "tenant_id")


def test_a_column_of_stages_leaves_nothing_out() -> None:
    """Those of a rollout are no environments."""
    log = "source_id,document_id,stage\ncms-1,doc_1,pilot\ncms-2,doc_2,pilot\ncms-3,doc_3,all\n"

    assert (_compared(log).missing, _compared(log).tells_place) == (("doc_3 (cms-3)",), False)


def test_a_column_of_names_leaves_nothing_out() -> None:
    log = "source_id,document_id,site\ncms-1,doc_1,Shop\ncms-2,doc_2,Shop\ncms-3,doc_3,Shop\n"

    assert _compared(log).missing == ("doc_3 (cms-3)",)


def test_a_log_of_another_place() -> None:
    """It names none of what is listed, and not where it is about."""
    other = f"{HEAD}\ncms-1,doc_71,B-1,2026-11-02,published\n"

    assert _compared(other).is_of_another_place
    assert not _compared(LOG).is_of_another_place
    assert not _compared("source_id,document_id,environment\ncms-1,doc_71,production\n").is_of_another_place
