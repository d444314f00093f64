from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from pytest_golive.sandbox.uppzy import Uppzy

TEXT = {"title": "Hours", "content": "Open from nine to six.", "category": "support"}


def create(api: httpx.Client, site: str, **change: str) -> str:
    """Create a text document, and return its id."""
    return str(api.post(f"{site}/documents/text", json={**TEXT, **change}).json()["id"])


def listed(api: httpx.Client, site: str, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get(f"{site}/documents", params=query).json()["items"]
    return found


def statuses(api: httpx.Client, site: str) -> list[str]:
    return [item["status"] for item in listed(api, site)]


def test_a_text_becomes_a_draft(api: httpx.Client, site: str) -> None:
    """Created documents are listed and not yet used."""
    answer = api.post(f"{site}/documents/text", json=TEXT)
    created = answer.json()

    assert (answer.status_code, created["status"]) == (201, "draft")
    assert listed(api, site) == [
        {"id": created["id"], "title": "Hours", "category": "support", "status": "draft", "ready": False}
    ]


def test_a_question_with_its_answer_is_stored(api: httpx.Client, site: str) -> None:
    """No category is fine."""
    body = {"title": "Delivery", "question": "Same day?", "answer": "Depends on the place."}
    answer = api.post(f"{site}/documents/qa", json=body)

    assert (answer.status_code, list(answer.json())) == (201, ["id"])
    assert listed(api, site)[0]["category"] is None


def test_a_file_is_stored_under_its_name(api: httpx.Client, site: str) -> None:
    """An upload is a multipart form with one part."""
    answer = api.post(f"{site}/documents", files={"file": ("policy.pdf", b"%PDF-1.7 ...", "application/pdf")})

    assert (answer.status_code, answer.json()["status"]) == (201, "draft")
    assert listed(api, site)[0]["title"] == "policy.pdf"


@pytest.mark.parametrize(
    ("sent", "status"),
    [
        ({"files": {"document": ("a.txt", b"x", "text/plain")}}, 400),
        ({"files": {"file": ("a.txt", b"", "text/plain")}}, 400),
        ({"files": {"file": (None, b"x")}}, 400),
        ({"files": {"file": ("a.exe", b"x", "application/x-msdownload")}}, 415),
        ({"json": {"file": "x"}}, 415),
        ({"content": b"x", "headers": {"Content-Type": "multipart/form-data"}}, 400),
    ],
    ids=["no file", "empty file", "text for file", "program", "JSON", "no boundary"],
)
def test_a_bad_upload_is_refused(api: httpx.Client, site: str, sent: dict[str, Any], status: int) -> None:
    """Incomplete forms are 400, wrong kinds are 415, and nothing is stored."""
    assert api.post(f"{site}/documents", **sent).status_code == status
    assert listed(api, site) == []


def test_the_same_text_twice_is_two_documents(api: httpx.Client, site: str) -> None:
    """The vendor does not look for duplicates: that is the caller's duty."""
    assert create(api, site) != create(api, site)
    assert len(listed(api, site)) == 2


def test_a_document_becomes_ready_after_a_while(api: httpx.Client, site: str, uppzy: Uppzy) -> None:
    """Not at once; and again after it was rewritten."""
    uppzy.documents.ready_seconds = 0.05
    document = create(api, site)
    time.sleep(0.06)
    ready = listed(api, site)[0]["ready"]
    uppzy.documents.ready_seconds = 60
    rewritten = api.patch(f"{site}/documents/{document}", json={"content": "Open at noon."}).json()

    assert (ready, rewritten["ready"]) == (True, False)


def test_a_patch_changes_what_was_sent(api: httpx.Client, site: str) -> None:
    """The same patch twice is the same document."""
    document = create(api, site)
    answers = [api.patch(f"{site}/documents/{document}", json={"status": "active"}) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 200]
    assert answers[0].json() == answers[1].json() == listed(api, site)[0]
    assert statuses(api, site) == ["active"]


@pytest.mark.parametrize("where", ["invented", "other site"])
def test_a_document_that_is_not_here_is_not_found(api: httpx.Client, site: str, other_site: str, where: str) -> None:
    """Neither an invented one nor another site's."""
    document = "doc_0" if where == "invented" else create(api, other_site)
    answer = api.patch(f"{site}/documents/{document}", json={"status": "active"})

    assert (answer.status_code, answer.json()) == (404, {"error": "document not found"})


def test_an_empty_patch_is_refused(api: httpx.Client, site: str) -> None:
    """Nothing to change is a mistake."""
    assert api.patch(f"{site}/documents/{create(api, site)}", json={}).status_code == 400


def test_several_documents_get_a_status(api: httpx.Client, site: str) -> None:
    """An id that stands there twice counts once."""
    ids = [create(api, site), create(api, site), create(api, site)]
    body = {"document_ids": [ids[0], ids[1], ids[0]], "status": "active"}
    answers = [api.patch(f"{site}/documents/bulk-status", json=body) for _ in range(2)]

    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, {"updated": 2})] * 2
    assert statuses(api, site) == ["active", "active", "draft"]


def test_one_unknown_id_changes_nothing(api: httpx.Client, site: str) -> None:
    """All or none."""
    body = {"document_ids": [create(api, site), "doc_0"], "status": "active"}
    answer = api.patch(f"{site}/documents/bulk-status", json=body)

    assert (answer.status_code, statuses(api, site)) == (404, ["draft"])


def test_deleted_documents_are_gone(api: httpx.Client, site: str) -> None:
    """Deleting again deletes nothing, and says so."""
    body = {"document_ids": [create(api, site)]}
    answers = [api.post(f"{site}/documents/bulk-delete", json=body) for _ in range(2)]

    assert [(answer.status_code, answer.json()) for answer in answers] == [
        (200, {"deleted": 1}),
        (200, {"deleted": 0}),
    ]
    assert listed(api, site) == []


def test_another_sites_document_is_not_deleted(api: httpx.Client, site: str, other_site: str) -> None:
    """An id opens nothing outside of its site."""
    body = {"document_ids": [create(api, other_site)]}

    assert api.post(f"{site}/documents/bulk-delete", json=body).json() == {"deleted": 0}
    assert len(listed(api, other_site)) == 1


@pytest.mark.parametrize("body", [{}, {"document_ids": []}, {"document_ids": "all"}])
def test_a_bad_deletion_deletes_nothing(api: httpx.Client, site: str, body: dict[str, Any]) -> None:
    """No ids, an empty list and no list are refused."""
    create(api, site)

    assert api.post(f"{site}/documents/bulk-delete", json=body).status_code == 400
    assert len(listed(api, site)) == 1


def test_listings_are_paged_and_filtered(api: httpx.Client, site: str) -> None:
    """Pages are counted from 1; a page behind the last is empty."""
    ids = [create(api, site, title=str(number)) for number in range(5)]
    api.patch(f"{site}/documents/{ids[3]}", json={"status": "active"})

    assert [item["title"] for item in listed(api, site, page=2, limit=2)] == ["2", "3"]
    assert [item["title"] for item in listed(api, site, status="active")] == ["3"]
    assert listed(api, site, page=9) == []


def test_many_threads_get_documents_of_their_own(api: httpx.Client, site: str) -> None:
    """Twenty at once are twenty documents."""
    with ThreadPoolExecutor(20) as threads:
        created = list(threads.map(lambda number: create(api, site, title=str(number)), range(20)))

    assert len(set(created)) == 20
    assert {item["id"] for item in listed(api, site)} == set(created)
