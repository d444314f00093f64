from __future__ import annotations

from typing import Any

import httpx
import pytest

from pytest_golive.sandbox.connection import Connection
from pytest_golive.sandbox.timely import Timely


def told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


@pytest.fixture
def conversation(connection: Connection) -> str:
    """Path of the conversation for tests."""
    return f"/conversations/{connection.ids['conversation_id']}"


def test_a_message_looks_as_described(api: httpx.Client, conversation: str, connection: Connection) -> None:
    """From an agent and of text, unless it says otherwise."""
    answer = api.post(f"{conversation}/messages", json={"content": "hi"})
    data = answer.json()["data"]

    assert answer.status_code == 201
    assert data == {
        "id": data["id"],
        "conversation_id": connection.ids["conversation_id"],
        "content": "hi",
        "sender_type": "agent",
        "message_type": "text",
        "media_url": None,
        "media_type": None,
        "is_edited": False,
        "created_at": data["created_at"],
    }


def test_the_same_message_twice_is_two_messages(api: httpx.Client, conversation: str) -> None:
    """Nothing protects a customer from a retry."""
    ids = {api.post(f"{conversation}/messages", json={"content": "hi"}).json()["data"]["id"] for _ in range(2)}

    assert len(ids) == 2


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "MISSING_REQUIRED_FIELD"),
        ({"message_type": "image"}, "MISSING_REQUIRED_FIELD"),
        ({"content": ""}, "VALIDATION_ERROR"),
        ({"content": "c" * 65536}, "VALIDATION_ERROR"),
        ({"content": "hi", "sender_type": "golive"}, "VALIDATION_ERROR"),
        ({"content": "hi", "message_type": "golive"}, "VALIDATION_ERROR"),
        ({"content": "hi", "media_url": "golive not a url"}, "VALIDATION_ERROR"),
    ],
)
def test_a_wrong_message_is_refused(api: httpx.Client, conversation: str, body: dict[str, Any], code: str) -> None:
    """And not written."""
    before = api.get(f"{conversation}/messages").json()["meta"]["total"]

    assert told(api.post(f"{conversation}/messages", json=body)) == (400, code)
    assert api.get(f"{conversation}/messages").json()["meta"]["total"] == before


def test_a_message_can_be_changed_and_read(api: httpx.Client, conversation: str) -> None:
    """It says that it was edited."""
    made = api.post(f"{conversation}/messages", json={"content": "hi"}).json()["data"]["id"]
    changed = api.put(f"{conversation}/messages/{made}", json={"content": "hello"}).json()["data"]

    assert (changed["content"], changed["is_edited"]) == ("hello", True)
    assert api.get(f"/messages/{made}").json()["data"] == changed


def test_a_message_belongs_to_its_conversation(api: httpx.Client, conversation: str, timely: Timely) -> None:
    """Under another one it is not found."""
    made = api.post(f"{conversation}/messages", json={"content": "hi"}).json()["data"]["id"]
    other = list(timely.workspace().conversations)[1]

    assert told(api.put(f"/conversations/{other}/messages/{made}", json={"content": "x"})) == (404, "NOT_FOUND")
    assert told(api.get("/messages/nobody")) == (404, "NOT_FOUND")


def test_what_a_customer_writes_is_answered(api: httpx.Client, conversation: str) -> None:
    """By the agent of the conversation."""
    api.post(f"{conversation}/messages", json={"content": "Are you open today?", "sender_type": "customer"})
    last = api.get(f"{conversation}/messages").json()["data"][0]

    assert (last["sender_type"], "opening hours" in last["content"]) == ("ai", True)


@pytest.mark.parametrize(
    ("start", "stop"), [("{c}/human-handoff", "{c}/ai-resume"), ("/chats/{id}/start-human", "/chats/{id}/stop-human")]
)
def test_a_conversation_is_handed_over_and_back(
    api: httpx.Client, conversation: str, connection: Connection, start: str, stop: str
) -> None:
    """By either pair of calls, as often as one likes; meanwhile the agent is silent."""
    chat = connection.ids["conversation_id"]
    paths = [path.format(c=conversation, id=chat) for path in (start, start, stop, stop)]
    answers = [api.post(path) for path in paths[:2]]
    api.post(f"{conversation}/messages", json={"content": "Are you open today?", "sender_type": "customer"})
    last = api.get(f"{conversation}/messages").json()["data"][0]["sender_type"]
    shown = api.get(conversation).json()["data"]["ai_mode"]
    answers += [api.post(path) for path in paths[2:]]

    assert [(each.status_code, each.json()) for each in answers] == [
        (200, {"data": {"id": chat, "ai_mode": mode}}) for mode in ("paused", "paused", "auto", "auto")
    ]
    assert (last, shown) == ("customer", "paused")


def test_a_handover_may_be_sent_as_the_older_page_says(api: httpx.Client, conversation: str) -> None:
    """With a reason in the body, which is not needed."""
    assert api.post(f"{conversation}/human-handoff", json={"reason": "asked for"}).status_code == 200
    assert told(api.post("/conversations/nobody/human-handoff")) == (404, "CONVERSATION_NOT_FOUND")


@pytest.mark.parametrize("path", ["{c}/human-handoff", "/chats/{id}/start-human"])
@pytest.mark.parametrize(
    ("body", "message"),
    [
        (b'{"reason": "' + b"r" * 501 + b'"}', "reason: has to be text of at most 500 characters"),
        (b'{"reason": 5}', "reason: has to be text of at most 500 characters"),
        (b'{"attendant_id": "ana"}', "attendant_id: has to be a UUID"),
        (b'{"attendant_id": 5}', "attendant_id: has to be a UUID"),
        (b"[]", "invalid payload"),
        (b"{", "invalid payload"),
    ],
)
def test_a_wrong_handover_is_refused(
    api: httpx.Client, conversation: str, connection: Connection, path: str, body: bytes, message: str
) -> None:
    """By the limits of the older page; the agent goes on answering."""
    url = path.format(c=conversation, id=connection.ids["conversation_id"])
    answer = api.post(url, content=body, headers={"Content-Type": "application/json"})
    error = {"code": "VALIDATION_ERROR", "message": message, "status": 400}

    assert (answer.status_code, answer.json()) == (400, {"error": error})
    assert api.get(conversation).json()["data"]["ai_mode"] == "auto"


def test_a_chat_takes_messages_as_its_conversation_does(
    api: httpx.Client, conversation: str, connection: Connection
) -> None:
    """One of the three places that the pages send messages to."""
    chat = f"/chats/{connection.ids['conversation_id']}/messages"
    sent = api.post(chat, json={"content": "hi"})

    assert (sent.status_code, sent.json()["data"]["conversation_id"]) == (201, connection.ids["conversation_id"])
    assert api.get(f"{conversation}/messages").json()["data"][0] == sent.json()["data"]
    assert told(api.post("/chats/nobody/messages", json={"content": "hi"})) == (404, "CONVERSATION_NOT_FOUND")
    assert told(api.post(chat, json={})) == (400, "MISSING_REQUIRED_FIELD")


def test_a_keyword_of_a_customer_hands_over(api: httpx.Client, conversation: str) -> None:
    """The agent says so, and is silent from then on."""
    api.post(f"{conversation}/messages", json={"content": "A human, please", "sender_type": "customer"})

    assert api.get(conversation).json()["data"]["ai_mode"] == "paused"


def test_conversations_are_found_by_status_channel_and_search(api: httpx.Client) -> None:
    """The filters of the vendor's description."""
    counted = [
        api.get("/conversations", params=each).json()["meta"]["total"]
        for each in ({}, {"status": "closed"}, {"channel": "whatsapp"}, {"search": "souza"}, {"search": "nobody"})
    ]

    assert counted == [5, 1, 3, 1, 0]


def test_a_conversation_looks_as_described(api: httpx.Client, conversation: str, connection: Connection) -> None:
    """Field by field."""
    data = api.get(conversation).json()["data"]

    assert data == {
        "id": connection.ids["conversation_id"],
        "channel": "whatsapp",
        "channel_id": connection.ids["channel_id"],
        "contact_id": data["contact_id"],
        "agent_id": connection.ids["agent_id"],
        "customer_name": "Ana Souza",
        "status": "open",
        "ai_mode": "auto",
        "last_message_at": data["last_message_at"],
        "created_at": data["created_at"],
    }


def test_messages_of_a_span_of_time_are_listed(api: httpx.Client, conversation: str) -> None:
    """By which a client looks before it sends again."""
    totals = [
        api.get(f"{conversation}/messages", params=each).json()["meta"]["total"]
        for each in (
            {"since": "2020-01-01T00:00:00Z"},
            {"since": "2099-01-01T00:00:00Z"},
            {"until": "2020-01-01T00:00:00Z"},
        )
    ]

    assert totals == [2, 0, 0]
    assert told(api.get(f"{conversation}/messages", params={"since": "golive"})) == (400, "VALIDATION_ERROR")
    assert told(api.get(f"{conversation}/messages", params={"since": "2026-05-04"})) == (400, "VALIDATION_ERROR")


def test_a_channel_writes_first(api: httpx.Client, connection: Connection) -> None:
    """To a number that may be new: the contact is made, and made only once."""
    path = f"/channels/{connection.ids['channel_id']}/conversation"
    answers = [api.post(path, json={"to": "+12025550199", "message": "hi"}) for _ in range(2)]
    contacts = api.get("/contacts", params={"search": "+12025550199"}).json()["data"]

    assert [each.status_code for each in answers] == [201, 201]
    assert set(answers[0].json()["data"]) == {"conversation_id", "message_id"}
    assert len(contacts) == 1


@pytest.mark.parametrize(
    ("channel", "body", "due"),
    [
        ("whatsapp", {"message": "hi"}, (400, "MISSING_REQUIRED_FIELD")),
        ("whatsapp", {"to": "golive", "message": "hi"}, (400, "INVALID_PHONE_FORMAT")),
        ("nobody", {"to": "+12025550199", "message": "hi"}, (404, "CHANNEL_NOT_FOUND")),
        ("pending", {"to": "+12025550199", "message": "hi"}, (404, "CHANNEL_NOT_FOUND")),
        ("email", {"to": "+12025550199", "message": "hi"}, (400, "VALIDATION_ERROR")),
        ("email", {"to": "ana@example.com", "message": "hi"}, (201, "")),
    ],
)
def test_a_channel_writes_only_to_its_own_kind_of_address(
    api: httpx.Client, timely: Timely, connection: Connection, channel: str, body: dict[str, str], due: tuple[int, str]
) -> None:
    """And one that does not work writes to nobody."""
    new = {"pending": "website", "email": "email"}
    path = connection.ids["channel_id"] if channel == "whatsapp" else "nobody"
    if channel in new:
        made = api.post(
            "/channels", json={"name": channel, "type": new[channel], "agent_id": connection.ids["agent_id"]}
        )
        path = made.json()["data"]["id"]
        timely.workspace().channels[path].status = "active" if channel == "email" else "pending"
    answer = api.post(f"/channels/{path}/conversation", json=body)

    assert (answer.status_code, "" if answer.is_success else answer.json()["error"]["code"]) == due


def test_a_message_is_sent_without_a_conversation(api: httpx.Client, connection: Connection) -> None:
    """The first makes one, the second goes into the same."""
    body = {
        "agent_id": connection.ids["agent_id"],
        "contact": {"phone": "+12025550198", "name": "Zoe"},
        "message": "hi",
        "channel": "whatsapp",
    }
    answers = [api.post("/messages/send", json=body) for _ in range(2)]
    first, second = (each.json()["data"] for each in answers)

    assert [each.status_code for each in answers] == [201, 201]
    assert set(first) == {"message_id", "conversation_id", "status", "created_at"}
    assert first["status"] == "queued"
    assert first["conversation_id"] == second["conversation_id"]
    assert first["message_id"] != second["message_id"]


@pytest.mark.parametrize(
    ("change", "due"),
    [
        ({"agent_id": "nobody"}, (404, "AGENT_NOT_FOUND")),
        ({"contact": {"phone": "golive"}}, (400, "INVALID_PHONE_FORMAT")),
        ({"contact": {}}, (400, "MISSING_REQUIRED_FIELD")),
        ({"channel": "telegram"}, (404, "CHANNEL_NOT_FOUND")),
    ],
)
def test_a_wrong_message_without_a_conversation_is_refused(
    api: httpx.Client, connection: Connection, change: dict[str, Any], due: tuple[int, str]
) -> None:
    """Agent, number and channel have to be there."""
    body = {
        "agent_id": connection.ids["agent_id"],
        "contact": {"phone": "+12025550198"},
        "message": "hi",
        "channel": "whatsapp",
        **change,
    }

    assert told(api.post("/messages/send", json=body)) == due


def test_without_credits_a_channel_still_receives(
    api: httpx.Client, conversation: str, timely: Timely, connection: Connection
) -> None:
    """And nobody answers."""
    timely.workspace().agents[connection.ids["agent_id"]].credits_used = 1000
    answer = api.post(f"{conversation}/messages", json={"content": "Are you open?", "sender_type": "customer"})

    assert answer.status_code == 201
    assert api.get(f"{conversation}/messages").json()["data"][0]["sender_type"] == "customer"


def test_channels_are_listed_and_made(api: httpx.Client, connection: Connection) -> None:
    """A new one is pending; a name is taken once; the agent has to be there."""
    body = {"name": "New", "type": "telegram", "agent_id": connection.ids["agent_id"]}
    made = api.post("/channels", json=body)
    kinds = {each["type"]: each["status"] for each in api.get("/channels").json()["data"]}
    only = api.get("/channels", params={"type": "whatsapp"}).json()["data"]

    assert (made.status_code, set(made.json()["data"])) == (
        201,
        {"id", "name", "type", "status", "agent_id", "created_at"},
    )
    assert kinds == {"whatsapp": "active", "website": "active", "telegram": "pending"}
    assert [each["name"] for each in only] == ["WhatsApp"]
    assert told(api.post("/channels", json=body)) == (409, "CHANNEL_ALREADY_CONNECTED")
    assert told(api.post("/channels", json={**body, "name": "X", "agent_id": "nobody"})) == (404, "AGENT_NOT_FOUND")
