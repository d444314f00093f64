from __future__ import annotations

import time
from typing import Any

import httpx

from pytest_golive.sandbox.uppzy import Uppzy


def submit(api: httpx.Client, site: str, message: str = "What are your support hours?") -> dict[str, Any]:
    answer = api.post(f"{site}/chat/async", json={"session_id": "a", "message": message})
    assert answer.status_code == 202
    submitted: dict[str, Any] = answer.json()
    return submitted


def poll(api: httpx.Client, site: str, submitted: dict[str, Any]) -> httpx.Response:
    return api.get(f"{site}/chat/requests/{submitted['request_id']}")


def states(api: httpx.Client, site: str, submitted: dict[str, Any]) -> list[str]:
    """Poll to the end, and return each state once, in order."""
    seen: dict[str, None] = {}
    deadline = time.monotonic() + 5
    while not seen.keys() & {"completed", "failed"} and time.monotonic() < deadline:
        seen[poll(api, site, submitted).json()["status"]] = None
        time.sleep(0.01)
    return list(seen)


def test_a_submitted_question_is_pending(api: httpx.Client, site: str) -> None:
    """The answer to the submit says what to poll for, and no more."""
    submitted = submit(api, site)

    assert submitted == {"session_id": "a", "request_id": submitted["request_id"], "status": "pending"}


def test_a_question_passes_through_its_states(api: httpx.Client, site: str) -> None:
    """Pending, processing, completed; only then is there an answer."""
    submitted = submit(api, site)
    waiting = poll(api, site, submitted).json()

    assert waiting == submitted
    assert states(api, site, submitted) == ["pending", "processing", "completed"]
    assert "support hours" in poll(api, site, submitted).json()["answer"]


def test_a_finished_answer_stays(api: httpx.Client, site: str, uppzy: Uppzy) -> None:
    """Documents that come later change nothing about it."""
    submitted = submit(api, site)
    states(api, site, submitted)
    before = poll(api, site, submitted).json()
    uppzy.documents.ready_seconds = 0
    document = api.post(f"{site}/documents/text", json={"title": "t", "content": "Support never sleeps."}).json()["id"]
    api.patch(f"{site}/documents/{document}", json={"status": "active"})

    assert poll(api, site, submitted).json() == before


def test_a_question_may_fail(api: httpx.Client, site: str) -> None:
    """On demand; it then says why, and has no answer."""
    submitted = submit(api, site, "Hello? (fail)")
    ended = states(api, site, submitted)[-1]

    assert ended == "failed"
    assert poll(api, site, submitted).json() == {
        **submitted,
        "status": "failed",
        "error": "no answer could be written",
    }


def test_two_submits_are_two_requests(api: httpx.Client, site: str) -> None:
    """The caller's own job id has to keep duplicates away."""
    assert submit(api, site)["request_id"] != submit(api, site)["request_id"]


def test_a_request_of_another_site_is_not_found(api: httpx.Client, site: str, other_site: str) -> None:
    """Same key, same tenant, other site."""
    answer = poll(api, other_site, submit(api, site))

    assert (answer.status_code, answer.json()) == (404, {"error": "request not found"})


def test_a_sync_question_can_be_polled_too(api: httpx.Client, site: str) -> None:
    """Its request is finished."""
    asked = api.post(f"{site}/chat", json={"session_id": "a", "message": "hours?"}).json()

    assert poll(api, site, asked).json() == {**asked, "status": "completed"}
