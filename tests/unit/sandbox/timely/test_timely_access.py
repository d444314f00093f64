from __future__ import annotations

from typing import Any

import httpx
import pytest

from pytest_golive.sandbox.connection import Connection
from pytest_golive.sandbox.timely import Timely


def told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


@pytest.mark.parametrize(("key", "code"), [("", "MISSING_API_KEY"), ("tly_live_wrong", "INVALID_API_KEY")])
def test_a_missing_key_is_told_from_a_wrong_one(api: httpx.Client, key: str, code: str) -> None:
    """Both are a 401, with codes of their own."""
    assert told(api.get("/me", headers={"x-api-key": key})) == (401, code)


def test_no_header_at_all_is_a_missing_key(timely: Timely, served: Any) -> None:
    """The header is the only way in."""
    with served(timely) as client:
        del client.headers["x-api-key"]

        assert told(client.get("/contacts")) == (401, "MISSING_API_KEY")


def test_an_error_names_code_message_and_status(api: httpx.Client) -> None:
    """The object is the one of the vendor's page, and repeats the status."""
    answer = api.post("/contacts", json={})

    assert answer.json() == {
        "error": {"code": "MISSING_REQUIRED_FIELD", "message": "customer_name is required", "status": 400}
    }


def test_a_revoked_key_is_refused(api: httpx.Client, timely: Timely, connection: Connection) -> None:
    """Revoking works at once, and the replaced key of the sandbox has been revoked from the start."""
    before = api.get("/me", headers={"x-api-key": connection.previous_api_key})
    timely.revoke(connection.api_key)

    assert told(before) == (401, "INVALID_API_KEY")
    assert told(api.get("/me")) == (401, "INVALID_API_KEY")


def test_me_names_the_workspace_and_the_scopes(api: httpx.Client, connection: Connection) -> None:
    """Field by field as in the vendor's description."""
    data = api.get("/me").json()["data"]

    assert set(data) == {"id", "key_name", "company_id", "workspace_id", "scopes", "permissions", "is_active"}
    assert data["workspace_id"] == connection.ids["workspace_id"]
    assert data["company_id"] == connection.ids["company_id"]
    assert data["key_name"] == "golive sandbox"
    assert "contacts:write" in data["scopes"]


@pytest.mark.parametrize("key", ["", "wrong"])
def test_health_needs_no_key(api: httpx.Client, key: str) -> None:
    """It is open, so a key is never proven with it."""
    answer = api.get("/health", headers={"x-api-key": key})

    assert answer.status_code == 200
    assert answer.json()["status"] == "ok"
    assert set(answer.json()) == {"status", "timestamp"}


def test_the_workspaces_are_of_one_company_and_apart(timely: Timely) -> None:
    """A test environment is a second workspace, with keys of its own."""
    here, there = (timely.connections()[name] for name in ("sandbox", "production"))

    assert here.ids["company_id"] == there.ids["company_id"]
    assert here.ids["workspace_id"] != there.ids["workspace_id"]
    assert here.api_key != there.api_key
    assert there.settings["test_workspace_ids"] == [here.ids["workspace_id"]]


@pytest.mark.parametrize(
    ("path", "code"),
    [
        ("/agents/{agent_id}", "AGENT_NOT_FOUND"),
        ("/agents/{agent_id}/credits", "AGENT_NOT_FOUND"),
        ("/conversations/{conversation_id}", "CONVERSATION_NOT_FOUND"),
        ("/conversations/{conversation_id}/messages", "CONVERSATION_NOT_FOUND"),
    ],
)
def test_what_belongs_to_another_workspace_is_not_there(
    api: httpx.Client, timely: Timely, path: str, code: str
) -> None:
    """404 and not 403: nobody learns that it exists elsewhere."""
    assert told(api.get(path.format(**timely.connections()["production"].ids))) == (404, code)


def test_a_service_holds_only_what_it_needs(timely: Timely, served: Any) -> None:
    """The example service reads and writes contacts, reads conversations and sends, and may nothing else."""
    connection = timely.connections()["sandbox"]
    conversation, agent = connection.ids["conversation_id"], connection.ids["agent_id"]
    with served(timely, key=connection.keys["service_api_key"]) as client:
        allowed = [
            client.get("/contacts"),
            client.post("/contacts", json={"customer_name": "Ana"}),
            client.get("/conversations"),
            client.post(f"/conversations/{conversation}/messages", json={"content": "hi"}),
        ]
        refused = [
            client.post(f"/agents/{agent}/conversation", json={"message": "hi"}),
            client.get("/webhooks"),
            client.delete("/webhooks/any"),
            client.get(f"/conversations/{conversation}/messages"),
        ]

    assert [answer.status_code for answer in allowed] == [200, 201, 200, 201]
    assert [told(answer) for answer in refused] == [(403, "INSUFFICIENT_SCOPE")] * 4


@pytest.mark.parametrize(
    ("scope", "path", "status"),
    [
        ("webhooks:manage", "/webhooks", 200),
        ("read", "/webhooks", 200),
        ("write", "/webhooks", 403),
        ("contacts:read", "/contacts", 200),
        ("contacts:write", "/contacts", 403),
        ("conversations", "/conversations", 200),
    ],
)
def test_scopes_are_understood_in_every_vocabulary(
    api: httpx.Client, timely: Timely, connection: Connection, scope: str, path: str, status: int
) -> None:
    """A scope of the newer pages stands for those of the API reference."""
    timely.limit(connection.api_key, (scope,))

    assert api.get(path).status_code == status


def test_every_answer_tells_the_limit(api: httpx.Client) -> None:
    """Also a refusal does, and what remains goes down."""
    answers = [api.get("/me"), api.get("/contacts/nobody"), api.post("/contacts", json={})]
    remaining = [int(answer.headers["X-RateLimit-Remaining"]) for answer in answers]

    assert remaining == sorted(remaining, reverse=True)
    assert {answer.headers["X-RateLimit-Limit"] for answer in answers} == {"100"}
    assert all(int(answer.headers["X-RateLimit-Reset"]) > 1_700_000_000 for answer in answers)


def test_without_a_limit_nothing_ever_remains_at_nought(api: httpx.Client) -> None:
    """A client that waits for the window when nothing remains is not made to wait for nothing."""
    remaining = [int(api.get("/health").headers["X-RateLimit-Remaining"]) for _ in range(120)]

    assert min(remaining) >= 1


def test_too_many_requests_are_told_when_to_come_again(api: httpx.Client, timely: Timely) -> None:
    """Over the limit: 429 with whole seconds of Retry-After, and nothing remains."""
    timely.quota.per_minute = 2
    answers = [api.get("/me") for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert told(answers[2]) == (429, "RATE_LIMIT_EXCEEDED")
    assert 1 <= int(answers[2].headers["Retry-After"]) <= 60
    assert answers[2].headers["X-RateLimit-Remaining"] == "0"


def test_a_body_over_5_mb_is_too_large(api: httpx.Client) -> None:
    """Neither read nor stored."""
    answer = api.post("/contacts", json={"customer_name": "A", "notes": "n" * (5 * 1024 * 1024)})

    assert told(answer) == (413, "PAYLOAD_TOO_LARGE")


@pytest.mark.parametrize("content", [b'{"golive": ', b"", b"[]"])
def test_a_body_that_is_no_object_is_refused(api: httpx.Client, content: bytes) -> None:
    """Whatever it is instead."""
    assert told(api.post("/contacts", content=content)) == (400, "VALIDATION_ERROR")


def test_another_method_is_refused_with_those_there_are(api: httpx.Client) -> None:
    """There is no call that removes all contacts."""
    answer = api.delete("/contacts")

    assert answer.status_code == 405
    assert answer.headers["Allow"] == "GET, POST"


def test_the_key_is_judged_before_scope_body_and_id(api: httpx.Client, timely: Timely, connection: Connection) -> None:
    """401, then 403, then 400, then 404."""
    path = "/conversations/nobody/messages"
    first = api.post(path, content=b"{", headers={"x-api-key": "wrong"})
    third = api.post(path, content=b"{")
    fourth = api.post(path, json={"content": "hi"})
    timely.limit(connection.api_key, ("contacts:read",))
    second = api.post(path, content=b"{")

    assert [answer.status_code for answer in (first, second, third, fourth)] == [401, 403, 400, 404]


def test_only_paths_of_its_own_are_owned(timely: Timely) -> None:
    """Another vendor lives below /v1 too."""
    assert timely.owns("/v1/contacts/1")
    assert timely.owns("/v1/agent/1/transfer-rules")
    assert not timely.owns("/v1/catalog/units")
    assert not timely.owns("/contacts")


def test_a_connection_does_not_show_its_keys(connection: Connection) -> None:
    """Printed into a log by mistake, it gives nothing away."""
    assert connection.api_key not in repr(connection)
    assert connection.keys["service_api_key"] not in repr(connection)
