from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest

from pytest_golive.sandbox.uppzy import Uppzy

STOCK = "Our support hours are Monday to Friday, from 9:00 to 18:00."


def ask(api: httpx.Client, site: str, message: str = "What are your support hours?", **more: Any) -> httpx.Response:
    """Ask in the session `a`."""
    return api.post(f"{site}/chat", json={"session_id": "a", "message": message, **more})


def sessions(api: httpx.Client, site: str, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = api.get(f"{site}/sessions", params=query).json()["items"]
    return found


def close(api: httpx.Client, site: str, session: str = "a") -> httpx.Response:
    return api.post(f"{site}/chat/session/close", json={"session_id": session})


def test_a_question_is_answered(api: httpx.Client, site: str) -> None:
    """The session is echoed, the request has an id, and support hours are always known."""
    answer = ask(api, site, response_language="en")
    body = answer.json()

    assert answer.status_code == 200
    assert body == {
        "session_id": "a",
        "request_id": body["request_id"],
        "answer": STOCK,
        "confidence_level": "high",
        "confidence_score": 0.9,
    }
    assert body["request_id"].startswith("req_")


def test_the_same_question_twice_has_two_requests(api: httpx.Client, site: str) -> None:
    """Asking is not idempotent."""
    assert ask(api, site).json()["request_id"] != ask(api, site).json()["request_id"]


def test_an_answer_rests_on_active_and_ready_documents(api: httpx.Client, site: str, uppzy: Uppzy) -> None:
    """A draft is not used, nor one that is not ready yet."""
    body = {"title": "Parcels", "question": "When are parcels delivered?", "answer": "Within two days."}
    document = api.post(f"{site}/documents/qa", json=body).json()["id"]
    drafted = ask(api, site, "When are parcels delivered?").json()
    api.patch(f"{site}/documents/{document}", json={"status": "active"})
    unready = ask(api, site, "When are parcels delivered?").json()
    uppzy.documents.ready_seconds = 0
    api.patch(f"{site}/documents/{document}", json={"answer": "Within three days."})
    used = ask(api, site, "When are parcels delivered?").json()

    assert [one["answer"] for one in (drafted, unready, used)] == [STOCK, STOCK, "Within three days."]
    assert [one["confidence_level"] for one in (drafted, unready, used)] == ["low", "low", "high"]


def test_the_document_that_shares_most_words_wins(api: httpx.Client, site: str, uppzy: Uppzy) -> None:
    """Of two that fit, the closer one answers."""
    uppzy.documents.ready_seconds = 0
    for content in ("Parcels are heavy.", "Parcels are delivered within days."):
        document = api.post(f"{site}/documents/text", json={"title": "t", "content": content}).json()["id"]
        api.patch(f"{site}/documents/{document}", json={"status": "active"})

    assert ask(api, site, "When are parcels delivered?").json()["answer"] == "Parcels are delivered within days."


def test_documents_of_another_site_are_not_used(api: httpx.Client, site: str, other_site: str, uppzy: Uppzy) -> None:
    """Each site has its own knowledge."""
    uppzy.documents.ready_seconds = 0
    document = api.post(f"{other_site}/documents/text", json={"title": "t", "content": "Parcels fly."}).json()["id"]
    api.patch(f"{other_site}/documents/{document}", json={"status": "active"})

    assert ask(api, site, "Do parcels fly?").json()["answer"] == STOCK


def test_thinking_takes_its_time_without_holding_others_up(api: httpx.Client, site: str, uppzy: Uppzy) -> None:
    """Ten questions at once take as long as one."""
    uppzy.chat.think_seconds = 0.2
    begun = time.monotonic()
    with ThreadPoolExecutor(10) as threads:
        answers = list(threads.map(lambda _: ask(api, site), range(10)))

    assert 0.2 <= time.monotonic() - begun < 1
    assert len({answer.json()["request_id"] for answer in answers}) == 10


def test_sessions_are_listed_and_closed(api: httpx.Client, site: str) -> None:
    """Open until closed; found by state and by mail."""
    ask(api, site)
    api.post(f"{site}/chat", json={"session_id": "b", "message": "hours?", "email": "bob@example.com"})
    closed = close(api, site)

    assert (closed.status_code, closed.json()) == (200, {"status": "ok"})
    assert sessions(api, site) == [
        {"session_id": "a", "status": "closed"},
        {"session_id": "b", "status": "open"},
    ]
    assert sessions(api, site, status="open") == [{"session_id": "b", "status": "open"}]
    assert sessions(api, site, email="bob@example.com") == [{"session_id": "b", "status": "open"}]
    assert sessions(api, site, page=2, limit=1) == [{"session_id": "b", "status": "open"}]


def test_closing_twice_is_closing(api: httpx.Client, site: str) -> None:
    """The second time is answered like the first."""
    ask(api, site)
    answers = [close(api, site), close(api, site)]

    assert [(answer.status_code, answer.json()) for answer in answers] == [(200, {"status": "ok"})] * 2


@pytest.mark.parametrize("path", ["/chat", "/chat/async"])
def test_a_closed_session_takes_no_messages(api: httpx.Client, site: str, path: str) -> None:
    """To go on, another session is needed."""
    ask(api, site)
    close(api, site)
    answer = api.post(site + path, json={"session_id": "a", "message": "Still there?"})

    assert (answer.status_code, answer.json()) == (409, {"error": "session is closed"})
    assert api.get(f"{site}/statistics").json()["questions"] == 1


def test_a_session_that_was_never_seen_cannot_be_closed(api: httpx.Client, site: str, other_site: str) -> None:
    """Not even when another site has one of that name."""
    ask(api, other_site)

    assert (close(api, site).status_code, close(api, site).json()) == (404, {"error": "session not found"})
