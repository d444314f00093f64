"""Uppzy's documents: drafts at first, used for answers once they are active and ready."""

from __future__ import annotations

import time
from pathlib import PurePosixPath
from typing import Any

from pytest_golive.sandbox.front import Call, Refusal
from pytest_golive.sandbox.uppzy.paging import page_of
from pytest_golive.sandbox.uppzy.state import Document, Site, State, Tenant, new_id

FILES = frozenset({".pdf", ".doc", ".docx", ".txt"})
"""Endings of the files that are taken: PDF, Word and text."""


class Documents:
    """Operations on the documents of a site.

    Attributes:
        ready_seconds: how long a new or rewritten document takes until answers can rest on it.
    """

    def __init__(self, state: State, ready_seconds: float) -> None:
        self._state = state
        self.ready_seconds = ready_seconds

    def list_documents(self, call: Call[Tenant]) -> dict[str, Any]:
        """Return the documents, oldest first."""
        with self._state.lock:
            documents = list(self._site(call).documents.values())
            wanted = call.query.get("status")
            found = [_shown(one) for one in documents if wanted in {None, one.status}]
        return {"items": page_of(found, call.query)}

    def upload_document(self, call: Call[Tenant]) -> dict[str, Any]:
        """Store a file under its name."""
        file = call.body["file"]
        if PurePosixPath(file["name"]).suffix.lower() not in FILES:
            raise Refusal(415, "unsupported file type", field="file")
        document = self._store(call, {"title": file["name"], "content": file["content"]})
        return {"id": document.id, "status": document.status}

    def create_text_document(self, call: Call[Tenant]) -> dict[str, Any]:
        """Store a text; the same text again is another document."""
        document = self._store(call, _fields(call.body))
        return {"id": document.id, "status": document.status}

    def create_qa_document(self, call: Call[Tenant]) -> dict[str, Any]:
        """Store a question with its answer."""
        return {"id": self._store(call, _fields(call.body)).id}

    def update_document(self, call: Call[Tenant]) -> dict[str, Any]:
        """Change the fields that were sent; a rewritten document has to become ready again."""
        with self._state.lock:
            document = self._site(call).documents.get(call.path["document_id"])
            if document is None:
                raise Refusal(404, "document not found")
            fields = {**document.fields, **_fields(call.body)}
            if fields != document.fields:
                document.fields = fields
                document.ready_at = time.monotonic() + self.ready_seconds
            document.status = call.body.get("status", document.status)
            return _shown(document)

    def update_documents_status(self, call: Call[Tenant]) -> dict[str, Any]:
        """Set one status for all, or, when one of them is not there, for none."""
        with self._state.lock:
            documents = self._site(call).documents
            wanted = dict.fromkeys(call.body["document_ids"])
            if not wanted.keys() <= documents.keys():
                raise Refusal(404, "document not found")
            for document_id in wanted:
                documents[document_id].status = call.body["status"]
        return {"updated": len(wanted)}

    def delete_documents(self, call: Call[Tenant]) -> dict[str, Any]:
        """Delete those of this site, and pass over all others."""
        with self._state.lock:
            documents = self._site(call).documents
            deleted = [documents.pop(document_id, None) for document_id in call.body["document_ids"]]
        return {"deleted": sum(document is not None for document in deleted)}

    def _store(self, call: Call[Tenant], fields: dict[str, str]) -> Document:
        document = Document(new_id("doc"), fields, "draft", time.monotonic() + self.ready_seconds)
        with self._state.lock:
            self._site(call).documents[document.id] = document
        return document

    def _site(self, call: Call[Tenant]) -> Site:
        return self._state.sites[call.path["site_id"]]


def _fields(body: dict[str, str]) -> dict[str, str]:
    known = ("title", "content", "question", "answer", "category")
    return {name: body[name] for name in known if name in body}


def _shown(document: Document) -> dict[str, Any]:
    fields = document.fields
    return {
        "id": document.id,
        "title": fields["title"],
        "category": fields.get("category"),
        "status": document.status,
        "ready": document.ready,
    }
