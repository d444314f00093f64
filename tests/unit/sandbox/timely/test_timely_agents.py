from __future__ import annotations

from typing import Any

import httpx
import pytest

from pytest_golive.sandbox.connection import Connection
from pytest_golive.sandbox.timely import Timely


def told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


@pytest.fixture
def agent(connection: Connection) -> str:
    """Path of the active agent."""
    return f"/agents/{connection.ids['agent_id']}"


def ask(api: httpx.Client, agent: str, message: str, **further: Any) -> httpx.Response:
    return api.post(f"{agent}/conversation", json={"message": message, **further})


def test_an_agent_looks_as_described(api: httpx.Client) -> None:
    """A new one is inactive, and has the vendor's defaults."""
    answer = api.post("/agents", json={"name": "Helper"})
    data = answer.json()["data"]

    assert answer.status_code == 201
    assert data == {
        "id": data["id"],
        "name": "Helper",
        "description": None,
        "avatar_url": None,
        "status": "inactive",
        "model": "gpt-4o-mini",
        "temperature": 0.7,
        "created_at": data["created_at"],
        "updated_at": data["updated_at"],
    }


def test_an_inactive_agent_does_not_answer(api: httpx.Client) -> None:
    """Switched on, it does."""
    path = f"/agents/{api.post('/agents', json={'name': 'Helper'}).json()['data']['id']}"
    refused = ask(api, path, "Are you open?")
    api.post(f"{path}/activate")
    answered = ask(api, path, "Are you open?")
    again = api.post(f"{path}/deactivate").json()["data"]["status"]

    assert told(refused) == (400, "VALIDATION_ERROR")
    assert answered.status_code == 201
    assert again == "inactive"


@pytest.mark.parametrize(
    ("question", "words"),
    [
        ("What are your opening hours?", "9:00 to 18:00"),
        ("How long does delivery take?", "three to five days"),
        ("Qual é o horário de vocês?", "segunda a sexta"),
        ("Quando posso devolver o meu pedido?", "30 dias"),
        ("Who won the world cup?", "I can only help with questions about our shop"),
        ("Qual é a capital da França, você sabe?", "só posso ajudar"),
    ],
)
def test_an_agent_answers_what_it_knows(api: httpx.Client, agent: str, question: str, words: str) -> None:
    """In the language of the question, and declines the rest."""
    answer = ask(api, agent, question)

    assert answer.status_code == 201
    assert words in answer.json()["data"]["response"]


def test_each_question_is_a_conversation_of_its_own(api: httpx.Client, agent: str) -> None:
    """Unless it goes on with one, as the older page says."""
    first, second = (ask(api, agent, "Are you open?").json()["data"] for _ in range(2))
    further = ask(api, agent, "And delivery?", conversation_id=first["conversation_id"]).json()["data"]

    assert first["conversation_id"] != second["conversation_id"]
    assert further["conversation_id"] == first["conversation_id"]


def test_the_conversation_of_a_question_can_be_read(api: httpx.Client, agent: str) -> None:
    """With the question and its answer."""
    made = ask(api, agent, "Are you open?").json()["data"]
    messages = api.get(f"/conversations/{made['conversation_id']}/messages", params={"order": "asc"}).json()["data"]

    assert [(each["sender_type"], each["content"]) for each in messages] == [
        ("customer", "Are you open?"),
        ("ai", made["response"]),
    ]


def test_whoever_asks_for_a_person_gets_one(api: httpx.Client, agent: str) -> None:
    """The conversation is paused, and the answer says so."""
    made = ask(api, agent, "I want to talk to a human").json()["data"]
    plain = ask(api, agent, "Are you open?").json()["data"]
    modes = [api.get(f"/conversations/{each['conversation_id']}").json()["data"]["ai_mode"] for each in (made, plain)]

    assert "handing you over" in made["response"]
    assert modes == ["paused", "auto"]


def test_credits_count_down(api: httpx.Client, agent: str, timely: Timely, connection: Connection) -> None:
    """One a question; with none left there is no answer."""
    before = api.get(f"{agent}/credits").json()["data"]
    ask(api, agent, "Are you open?")
    after = api.get(f"{agent}/credits").json()["data"]
    timely.workspace().agents[connection.ids["agent_id"]].credits_used = 1000

    assert before == {"credits_remaining": 900, "credits_used": 100, "credits_total": 1000}
    assert after == {"credits_remaining": 899, "credits_used": 101, "credits_total": 1000}
    assert told(ask(api, agent, "Are you open?")) == (402, "PLAN_LIMIT_REACHED")


@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({}, "MISSING_REQUIRED_FIELD"),
        ({"message": ""}, "VALIDATION_ERROR"),
        ({"message": "hi", "contact_id": "golive"}, "VALIDATION_ERROR"),
    ],
)
def test_a_wrong_question_is_refused(api: httpx.Client, agent: str, body: dict[str, Any], code: str) -> None:
    """Nothing is asked, and no credit is taken."""
    answer = api.post(f"{agent}/conversation", json=body)

    assert told(answer) == (400, code)
    assert api.get(f"{agent}/credits").json()["data"]["credits_used"] == 100


@pytest.mark.parametrize(
    "body", [{}, {"name": "n" * 256}, {"name": "a", "temperature": 3}, {"name": "a", "avatar_url": "golive not a url"}]
)
def test_a_wrong_agent_is_refused(api: httpx.Client, body: dict[str, Any]) -> None:
    """Name, temperature and address have their limits."""
    assert api.post("/agents", json=body).status_code == 400


def test_changes_of_an_agent_are_listed(api: httpx.Client, agent: str) -> None:
    """The latest first, with what it was before."""
    api.post(f"{agent}/deactivate")
    rows = api.get(f"{agent}/behavior-history").json()["data"]

    assert set(rows[0]) == {"id", "field", "old_value", "new_value", "changed_by", "created_at"}
    assert [(row["field"], row["new_value"]) for row in rows] == [
        ("status", "inactive"),
        ("system_prompt", "Be kind and brief."),
    ]


def test_rules_that_hand_over_are_listed_by_the_older_path(api: httpx.Client, connection: Connection) -> None:
    """`agent` in the singular, as on the one page that knows it."""
    rows = api.get(f"/agent/{connection.ids['agent_id']}/transfer-rules").json()["data"]

    assert [(row["condition_type"], row["condition_config"], row["is_active"]) for row in rows] == [
        ("keyword", {"keywords": ["human"]}, True)
    ]


def test_a_removed_agent_is_gone(api: httpx.Client) -> None:
    """So that what a run makes can be taken back."""
    path = f"/agents/{api.post('/agents', json={'name': 'Helper'}).json()['data']['id']}"

    assert api.delete(path).json() == {"data": {"deleted": True}}
    assert told(api.get(path)) == (404, "AGENT_NOT_FOUND")


def test_an_answer_takes_as_long_as_it_is_told_to(api: httpx.Client, agent: str, timely: Timely) -> None:
    """Answers that overlap do not wait for each other: nobody thinks with the lock held."""
    timely.agents.think_seconds = 0.2

    assert ask(api, agent, "Are you open?").elapsed.total_seconds() >= 0.2
