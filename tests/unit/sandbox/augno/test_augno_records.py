from __future__ import annotations

from typing import Any

import httpx
import pytest

from pytest_golive.sandbox.augno import Augno
from pytest_golive.sandbox.augno.changes import LARGEST_LOGGED
from pytest_golive.sandbox.augno.records import KINDS_FOUND
from pytest_golive.sandbox.connection import Connection

LOGS = "/v1/core/request-logs"
EVENTS = "/v1/core/audit-events"
SEARCH = "/v1/core/search"
TERMS = "/v1/finance/payment-terms"


def log_of(client: httpx.Client, answer: httpx.Response, **query: str) -> dict[str, Any]:
    (log,) = client.get(LOGS, params={"q": answer.headers["request-id"], **query}).json()["data"]
    assert isinstance(log, dict)
    return log


def test_a_request_is_found_by_its_id(api: httpx.Client, connection: Connection) -> None:
    """With all that it was."""
    headers = {"Idempotency-Key": "k1", "User-Agent": "shop/1", "Referer": "https://shop.example"}
    answer = api.post(f"{TERMS}?include=owner", json={"name": "Net 37"}, headers=headers)
    log = log_of(api, answer, include="actor,account")

    assert log == {
        "id": answer.headers["request-id"],
        "object": "request_log",
        "method": "POST",
        "host": "api.augno.com",
        "path": TERMS,
        "normalized_route": TERMS,
        "query_params": {"include": ["owner"]},
        "status_code": 201,
        "latency_us": log["latency_us"],
        "api_version": "1.0.forge-preview.3",
        "client_ip": "127.0.0.1",
        "user_agent": "shop/1",
        "referrer": "https://shop.example",
        "idempotency_key": "k1",
        "error_code": None,
        "error_message": None,
        "request_body": {"name": "Net 37"},
        "response_body": answer.json(),
        "occurred_at": log["occurred_at"],
        "actor": {**log["actor"], "object": "actor", "type": "api_key", "name": "shop-integration"},
        "account": log["account"],
        "created_at": log["created_at"],
    }
    assert log["account"]["id"] == connection.ids["account_id"]
    assert api.get(f"{LOGS}/{log['id']}").json() == {**log, "actor": None, "account": None}


def test_a_failure_is_logged_with_its_code(api: httpx.Client) -> None:
    """And with the route, not the path alone."""
    answer = api.get("/v1/catalog/units/un_none")
    log = log_of(api, answer)

    assert (log["status_code"], log["error_code"], log["error_message"]) == (404, "resource_not_found", "No such unit.")
    assert (log["path"], log["normalized_route"]) == ("/v1/catalog/units/un_none", "/v1/catalog/units/{unit_id}")


def test_secrets_are_masked(admin: httpx.Client, connection: Connection) -> None:
    """A new key is in no log, and neither is the one that was sent."""
    body = {"name": "second", "role_id": connection.ids["key_role_id"]}
    answer = admin.post("/v1/auth/api-keys", json=body)
    logs = admin.get(LOGS).text

    assert log_of(admin, answer)["response_body"]["api_key_secret"] == "[REDACTED]"
    assert answer.json()["api_key_secret"] not in logs
    assert connection.keys["audit_key"] not in logs


def test_large_and_broken_bodies_are_logged_as_text(api: httpx.Client) -> None:
    """A large one in part."""
    large = api.post(TERMS, json={"name": "n" * LARGEST_LOGGED})
    broken = api.post(TERMS, content=b"{")

    assert len(log_of(api, large)["request_body"]) == LARGEST_LOGGED
    assert log_of(api, broken)["request_body"] == "{"


def test_logs_show_a_little_later(augno: Augno, api: httpx.Client) -> None:
    """As do audit events."""
    augno.changes.log_seconds = 3600
    answer = api.post(TERMS, json={"name": "Net 37"})
    late = answer.headers["request-id"]

    assert api.get(LOGS, params={"q": late}).json()["data"] == []
    assert api.get(f"{LOGS}/{late}").json()["error"]["message"] == "No such request log."
    assert api.get(EVENTS, params={"resource_ids": answer.json()["id"]}).json()["data"] == []


def test_what_opened_no_account_is_in_no_log(api: httpx.Client, connection: Connection) -> None:
    """Nobody could look at it."""
    answer = api.get(TERMS, headers={"Authorization": "Bearer aug_sk_test_nobodys"})

    assert api.get(LOGS, params={"q": answer.headers["request-id"]}).json()["data"] == []


def test_logs_are_found_by_what_they_are(api: httpx.Client, connection: Connection) -> None:
    """By method, status, code, actor, route, key, latency and time."""
    made = api.post(TERMS, json={"name": "Net 37"}, headers={"Idempotency-Key": "k1"})
    api.post(TERMS, json={"name": "Net 37"})
    api.get("/v1/catalog/units/un_none")
    actor = log_of(api, made, include="actor")["actor"]["id"]
    counts = [
        len(api.get(f"{LOGS}?q=/v1/&{query}").json()["data"])
        for query in (
            f"methods[]=POST&actor_ids[]={actor}",
            "status_codes[]=409&status_codes[]=404",
            "status_code_classes=4,5",
            "status_code_classes[]=5",
            "error_codes[]=resource_conflict",
            "status_code_classes=4&exclude_error_codes[]=resource_conflict",
            "actor_ids[]=apke_none",
            "actor_types[]=user",
            "hosts[]=api.augno.com&methods=POST&status_codes=409",
            "normalized_routes[]=/v1/catalog/units/{unit_id}",
            "idempotency_key=k1",
            "min_latency_us=60000000",
            "starts_at=2026-11-03",
        )
    ]

    assert counts == [2, 2, 2, 0, 1, 1, 0, 0, 1, 1, 1, 0, 0]


def test_only_so_many_logs_are_kept(augno: Augno, api: httpx.Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest go first."""
    monkeypatch.setattr("pytest_golive.sandbox.augno.changes.KEPT_LOGS", 5)
    account = augno._openings["sandbox"].account
    ids = [api.get("/v1/catalog/units/un_none").headers["request-id"] for _ in range(7)]

    assert [row.id for row in account.table("request_log")][-5:] == ids[-5:]
    assert account.table("request_log").find(ids[0]) is None


def test_changes_are_written_down(api: httpx.Client) -> None:
    """Who did what to which, and what it was before."""
    term = api.post(TERMS, json={"name": "Net 37"}).json()["id"]
    changed = api.patch(f"{TERMS}/{term}", json={"name": "Net 38"}, headers={"Idempotency-Key": "k1"})
    api.delete(f"{TERMS}/{term}")
    wanted = "actor,account,changes,request"
    events = api.get(EVENTS, params={"resource_ids": term, "include": wanted}).json()["data"]
    (event,) = [each for each in events if each["action"] == "update"]

    assert [each["action"] for each in events] == ["delete", "update", "create"]
    assert {each["resource_type"] for each in events} == {"payment_term"}
    assert event["changes"]["data"] == [
        {"object": "audit_field_change", "field": "name", "old_value": "Net 37", "new_value": "Net 38"}
    ]
    assert (event["actor"]["name"], event["idempotency_key"], event["source_ip"]) == (
        "shop-integration",
        "k1",
        "127.0.0.1",
    )
    assert event["request"]["id"] == changed.headers["request-id"]
    bare = api.get(f"{EVENTS}/{event['id']}").json()
    assert {bare[name] for name in ("actor", "account", "changes", "request", "metadata")} == {None}


def test_refused_changes_are_none(api: httpx.Client) -> None:
    """Nothing happened."""
    before = api.get(EVENTS).json()
    api.post(TERMS, json={"name": "Net 30"})

    assert api.get(EVENTS).json() == before


def test_events_are_found_by_what_they_are(api: httpx.Client) -> None:
    """Of root type and root id, one alone counts for nothing."""
    term = api.post(TERMS, json={"name": "Net 37"}).json()["id"]
    counts = [
        len(api.get(f"{EVENTS}?{query}").json()["data"])
        for query in (
            "resource_types=payment_term",
            "resource_types=payment_term,sales_order",
            "resource_types[]=unit",
            "actions=create",
            "actions=delete",
            "actor_ids=apke_none",
            "start_date=2026-11-02&end_date=2026-11-02",
            "end_date=2026-11-01",
            f"root_resource_type=payment_term&root_resource_id={term}",
            "root_resource_type=unit",
            f"q={term}",
            "q=nobody",
        )
    ]

    assert counts == [1, 2, 0, 2, 0, 0, 2, 0, 1, 2, 1, 0]
    assert api.get(f"{EVENTS}/resource-types").json()["data"] == ["payment_term", "sales_order"]


def test_the_search_goes_through_all_records(api: httpx.Client) -> None:
    """On one page; of the types that were asked for."""
    api.post(TERMS, json={"name": "Golive terms"})
    found = api.get(SEARCH, params={"q": "golive"}).json()
    customers = api.get(SEARCH, params={"q": "golive", "types": "customer,invoice"}).json()["data"]

    assert {each["type"] for each in found["data"]} == {"customer", "product", "payment_term", "address"}
    assert found["page_info"]["has_next_page"] is False
    assert customers == [
        {
            "id": customers[0]["id"],
            "object": "record",
            "type": "customer",
            "number": "1001",
            "status": "normal",
            "metadata": {"name": "Golive Hardware", "number": "1001"},
        }
    ]


@pytest.mark.parametrize(
    ("query", "code", "message", "param"),
    [
        ("", "parameter_missing", "q is required.", "q"),
        ("?q=+", "parameter_missing", "q is required.", "q"),
        (
            "?q=a&types=mood",
            "parameter_invalid",
            f"types must be one of: {', '.join(KINDS_FOUND)}.",
            "types",
        ),
        ("?q=a&limit=1", "parameter_unknown", "Unknown parameter: limit.", "limit"),
    ],
)
def test_a_search_for_nothing_is_refused(api: httpx.Client, query: str, code: str, message: str, param: str) -> None:
    """It has no pages either."""
    answer = api.get(f"{SEARCH}{query}")
    error = answer.json()["error"]

    assert (answer.status_code, error["code"], error["message"], error["param"]) == (400, code, message, param)
