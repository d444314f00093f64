"""One document, from its creation to its removal."""

from __future__ import annotations

from collections.abc import Mapping

from pytest_golive.exchange.cleaning import items_of
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck


def test_document_round_trip(golive: Golive, planned: PlannedCheck) -> None:
    """A text document is created, listed, set to draft, deleted, and no longer listed.

    If this fails: stop the content sync; a document that cannot be deleted is named in the finding and in the journal.
    """
    vendor = golive.vendor(planned.vendor, planned.environment)
    title = golive.fresh("document")
    created = vendor.call(
        "create_text_document", title=title, content="Support is there from nine to six.", category="support"
    )
    created.must_fit()
    document = created.identifier(("id", "document_id")) or ""
    created.must("give the document an id", document)
    _must_be_listed(vendor, document, listed=True)
    drafted = vendor.call("update_documents_status", document_ids=[document], status="draft")
    drafted.must_fit()
    states = [item.get("status") for item in items_of(vendor, "list_documents") if _id_of(item) == document]
    drafted.must("leave the document as draft", states == ["draft"], actual=_told(states))
    deleted = vendor.call("delete_documents", document_ids=[document])
    deleted.must_fit()
    _must_be_listed(vendor, document, listed=False)


def _must_be_listed(vendor: Vendor, document: str, *, listed: bool) -> None:
    __tracebackhide__ = True
    answer = vendor.call("list_documents")
    answer.must_fit()
    items = items_of(vendor, "list_documents")
    answer.must(
        "hold the document that was created" if listed else "no longer hold the document that was deleted",
        (document in map(_id_of, items)) is listed,
        actual=f"{document} is {'not' if listed else 'still'} among the {len(items)} documents",
    )


def _id_of(item: Mapping[str, object]) -> str:
    return str(item.get("id") or item.get("document_id") or "")


def _told(states: list[object]) -> str:
    return f"listed with status {' and '.join(map(str, states))}" if states else "it is no longer listed"
