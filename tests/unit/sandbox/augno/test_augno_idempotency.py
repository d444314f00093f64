from __future__ import annotations

import threading
from collections.abc import Callable

import httpx
import pytest

from pytest_golive.sandbox.augno import Augno
from pytest_golive.sandbox.connection import Connection

Open = Callable[..., httpx.Client]

TERMS = "/v1/finance/payment-terms"
KEY = {"Idempotency-Key": "8e03978e-40d5-43e8-bc93-6894a57f9324"}


def names(client: httpx.Client) -> list[str]:
    return [each["name"] for each in client.get(TERMS).json()["data"]]


def problem(answer: httpx.Response) -> tuple[int, str, str, str]:
    error = answer.json()["error"]
    return answer.status_code, error["code"], error["type"], error["message"]


OTHER_REQUEST = (
    400,
    "validation_failed",
    "idempotency_error",
    "This Idempotency-Key was used before with another request.",
)


def test_the_same_write_again_is_answered_from_memory(api: httpx.Client) -> None:
    """Status, place and body are the first one's; the second answer says so, and has an id of its own."""
    first, second = (api.post(TERMS, json={"name": "Net 37"}, headers=KEY) for _ in range(2))

    assert (first.status_code, second.status_code) == (201, 201)
    assert (second.json(), second.headers["location"]) == (first.json(), first.headers["location"])
    assert ("idempotent-replayed" in first.headers, second.headers["idempotent-replayed"]) == (False, "true")
    assert second.headers["request-id"] != first.headers["request-id"]
    assert names(api).count("Net 37") == 1


def test_spaces_and_order_make_no_other_body(api: httpx.Client) -> None:
    """The same JSON is the same request."""
    group = '{"name": "Friends", "type": "type_group"}', '{"type":"type_group","name":"Friends"}'
    answers = [api.post("/v1/sales/account-groups", content=each, headers=KEY) for each in group]

    assert answers[0].json() == answers[1].json()


def test_a_used_key_with_another_body_is_refused(api: httpx.Client) -> None:
    """Nothing is made, and the first answer is still there."""
    first = api.post(TERMS, json={"name": "Net 37"}, headers=KEY)
    other = api.post(TERMS, json={"name": "Net 38"}, headers=KEY)

    assert problem(other) == OTHER_REQUEST
    assert other.json()["error"]["param"] == "Idempotency-Key"
    assert "Net 38" not in names(api)
    assert api.post(TERMS, json={"name": "Net 37"}, headers=KEY).json() == first.json()


def test_a_body_that_is_no_json_is_remembered_too(api: httpx.Client) -> None:
    """Byte by byte."""
    answers = [api.post(TERMS, content=content, headers=KEY) for content in (b"{", b"{", b"{ ")]

    assert [answer.json()["error"]["type"] for answer in answers] == [
        "invalid_request_error",
        "invalid_request_error",
        "idempotency_error",
    ]
    assert answers[1].headers["idempotent-replayed"] == "true"


def test_a_request_that_broke_off_inside_is_done_anew(
    augno: Augno, api: httpx.Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its key is not blocked for ever."""
    with monkeypatch.context() as broken:
        broken.setattr(augno.gate, "_work", lambda _: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            api.post(TERMS, json={"name": "Net 37"}, headers=KEY)

    assert api.post(TERMS, json={"name": "Net 37"}, headers=KEY).status_code == 201


def test_the_query_belongs_to_the_request(api: httpx.Client) -> None:
    """By the first value of each parameter."""
    answers = [
        api.post(f"{TERMS}?{query}", json={"name": "Net 37"}, headers=KEY)
        for query in ("include[]=owner", "include[]=owner&include[]=owner.account", "")
    ]

    assert [answer.status_code for answer in answers] == [201, 201, 400]
    assert problem(answers[2]) == OTHER_REQUEST


def test_a_failure_for_good_is_answered_from_memory(api: httpx.Client) -> None:
    """What made it fail may be gone meanwhile."""
    made = api.post(TERMS, json={"name": "Net 37"}).json()
    first = api.post(TERMS, json={"name": "Net 37"}, headers=KEY)
    api.delete(f"{TERMS}/{made['id']}")
    second = api.post(TERMS, json={"name": "Net 37"}, headers=KEY)

    assert (first.status_code, second.status_code) == (409, 409)
    assert (second.json(), second.headers["idempotent-replayed"]) == (first.json(), "true")


@pytest.mark.parametrize("code", ["internal_error", "external_service_error", "service_unavailable", "timeout"])
def test_a_passing_failure_is_done_anew(augno: Augno, api: httpx.Client, code: str) -> None:
    """With the same key."""
    augno.fail("create_payment_term", code)
    answers = [api.post(TERMS, json={"name": "Net 37"}, headers=KEY) for _ in range(2)]

    assert answers[0].json()["error"]["code"] == code
    assert answers[1].status_code == 201
    assert "idempotent-replayed" not in answers[1].headers


def test_two_at_once_are_done_once(augno: Augno, opened: Open, connection: Connection) -> None:
    """The later one is told that the first still runs, and may try again."""
    augno.gate.work_seconds = 0.4
    answers: list[httpx.Response] = []
    clients = [opened(connection.api_key) for _ in range(4)]
    threads = [
        threading.Thread(target=lambda one=one: answers.append(one.post(TERMS, json={"name": "N"}, headers=KEY)))
        for one in clients
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    busy = [answer for answer in answers if answer.status_code != 201]

    assert len(busy) == 3
    assert {problem(answer) for answer in busy} == {
        (
            409,
            "idempotency_in_progress",
            "idempotency_error",
            "The first request with this Idempotency-Key is still in progress.",
        )
    }
    assert all(answer.json()["error"]["is_transient"] for answer in busy)
    assert names(clients[0]).count("N") == 1


def test_a_key_of_an_api_key_says_nothing_to_another(augno: Augno, opened: Open, connection: Connection) -> None:
    """So that what is sent again after a rotation is done again."""
    clients = [opened(connection.api_key), opened(augno.issue_key("sandbox"))]
    answers = [client.post(TERMS, json={"name": "Net 37"}, headers=KEY) for client in clients]

    assert [answer.status_code for answer in answers] == [201, 409]


def test_another_endpoint_has_keys_of_its_own(api: httpx.Client) -> None:
    """The same key creates a term and a group."""
    answers = [
        api.post(TERMS, json={"name": "Net 37"}, headers=KEY),
        api.post("/v1/sales/account-groups", json={"name": "G", "type": "type_group"}, headers=KEY),
    ]

    assert [answer.status_code for answer in answers] == [201, 201]


def test_the_id_in_the_path_does_not_tell_requests_apart(api: httpx.Client) -> None:
    """The scope is the route: who shares a key across objects gets the first one's answer."""
    ids = [api.post("/v1/sales/addresses", json={"name": "A", "country": "US"}).json()["id"] for _ in range(2)]
    answers = [api.patch(f"/v1/sales/addresses/{each}", json={"name": "B"}, headers=KEY) for each in ids]
    second = api.get(f"/v1/sales/addresses/{ids[1]}").json()

    assert [answer.json()["id"] for answer in answers] == [ids[0], ids[0]]
    assert second["name"] == "A"


def test_a_key_is_forgotten_after_30_days(api: httpx.Client, pass_by: Callable[..., None]) -> None:
    """Then the same write is done again, and here meets the first one's term."""
    api.post(TERMS, json={"name": "Net 37"}, headers=KEY)
    pass_by(days=29)
    replayed = api.post(TERMS, json={"name": "Net 37"}, headers=KEY)
    pass_by(days=2)

    assert replayed.headers["idempotent-replayed"] == "true"
    assert api.post(TERMS, json={"name": "Net 37"}, headers=KEY).status_code == 409


@pytest.mark.parametrize(("length", "status"), [(255, 201), (256, 400)])
def test_a_key_may_be_255_characters_long(api: httpx.Client, length: int, status: int) -> None:
    """Not more."""
    answer = api.post(TERMS, json={"name": "Net 37"}, headers={"Idempotency-Key": "k" * length})

    assert answer.status_code == status
    if status == 400:
        assert problem(answer)[3] == "Idempotency-Key must be 1 to 255 characters."


def test_other_methods_do_not_heed_a_key(api: httpx.Client) -> None:
    """The second deletion finds it gone."""
    made = api.post(TERMS, json={"name": "Net 37"}).json()
    answers = [api.delete(f"{TERMS}/{made['id']}", headers=KEY) for _ in range(2)]

    assert [answer.status_code for answer in answers] == [200, 410]


def test_a_replaced_key_is_told_again_to_who_asks_with_the_same_key(
    admin: httpx.Client, connection: Connection
) -> None:
    """The secret is the same: an answer that was lost is not lost for good."""
    body = {"name": "second", "role_id": connection.ids["key_role_id"]}
    made = admin.post("/v1/auth/api-keys", json=body).json()
    path = f"/v1/auth/api-keys/{made['api_key_info']['id']}/actions/rotate"
    answers = [admin.post(path, json={}, headers=KEY) for _ in range(2)]

    assert answers[0].json()["api_key_secret"] == answers[1].json()["api_key_secret"]
