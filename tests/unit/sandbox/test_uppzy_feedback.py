from __future__ import annotations

from datetime import datetime
from typing import Any

import httpx
import pytest

from pytest_golive.sandbox.uppzy import Uppzy


@pytest.fixture
def rating(api: httpx.Client, site: str) -> dict[str, Any]:
    """A valid rating of an answer that was just given."""
    asked = api.post(f"{site}/chat", json={"session_id": "a", "message": "hours?"}).json()
    return {"session_id": "a", "request_id": asked["request_id"], "feedback": "good"}


def rate(api: httpx.Client, site: str, rating: dict[str, Any]) -> tuple[int, dict[str, Any]]:
    answer = api.post(f"{site}/chat/feedback", json=rating)
    return answer.status_code, answer.json()


def test_a_rating_is_taken(api: httpx.Client, site: str, rating: dict[str, Any]) -> None:
    """Everything is echoed, and the time has an offset."""
    status, body = rate(api, site, rating)
    submitted = datetime.fromisoformat(body.pop("feedback_submitted_at"))

    assert (status, body) == (200, {"status": "ok", "request_id": rating["request_id"], "feedback": "good"})
    assert submitted.tzinfo is not None


def test_a_repeated_rating_has_no_time(api: httpx.Client, site: str, rating: dict[str, Any]) -> None:
    """It is a success, and changes nothing: the first value stays."""
    rate(api, site, rating)
    again = [rate(api, site, rating), rate(api, site, {**rating, "feedback": "bad"})]

    assert again == [(200, {"status": "ok", "request_id": rating["request_id"], "feedback": "good"})] * 2
    assert api.get(f"{site}/statistics").json()["feedback"] == {"good": 1, "bad": 0}


@pytest.mark.parametrize("message", ["hours?", "hours? (fail)"])
def test_only_a_completed_request_can_be_rated(api: httpx.Client, site: str, uppzy: Uppzy, message: str) -> None:
    """Neither one that is still waiting nor one that failed."""
    uppzy.chat.async_seconds = 0 if "fail" in message else 60
    asked = api.post(f"{site}/chat/async", json={"session_id": "a", "message": message}).json()
    rating = {"session_id": "a", "request_id": asked["request_id"], "feedback": "good"}

    assert rate(api, site, rating) == (409, {"error": "request is not completed"})


@pytest.mark.parametrize("change", [{"request_id": "req_0"}, {"session_id": "b"}, {"request_id": "not an id"}])
def test_a_request_that_is_not_of_this_session_is_not_found(
    api: httpx.Client, site: str, rating: dict[str, Any], change: dict[str, Any]
) -> None:
    """Unknown requests and foreign sessions look alike."""
    assert rate(api, site, {**rating, **change}) == (404, {"error": "request not found"})


def test_a_request_of_another_site_cannot_be_rated(api: httpx.Client, other_site: str, rating: dict[str, Any]) -> None:
    """Same key, same tenant, other site."""
    assert rate(api, other_site, rating) == (404, {"error": "request not found"})


@pytest.mark.parametrize("value", ["GOOD", "great", None, 1, True, ""])
def test_another_value_is_refused(api: httpx.Client, site: str, rating: dict[str, Any], value: Any) -> None:
    """Two words are taken, in small letters."""
    status, body = rate(api, site, {**rating, "feedback": value})

    assert status == 400
    assert body["error"].startswith("feedback ")


@pytest.mark.parametrize("field", ["session_id", "request_id", "feedback"])
def test_every_field_is_needed(api: httpx.Client, site: str, rating: dict[str, Any], field: str) -> None:
    """The missing one is named."""
    del rating[field]

    assert rate(api, site, rating) == (400, {"error": f"{field} is required"})
