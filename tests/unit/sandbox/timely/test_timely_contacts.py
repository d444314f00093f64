from __future__ import annotations

from typing import Any

import httpx
import pytest

from pytest_golive.sandbox.timely import Timely


def told(answer: httpx.Response) -> tuple[int, str]:
    return answer.status_code, answer.json()["error"]["code"]


def test_a_contact_looks_as_described(api: httpx.Client) -> None:
    """Field by field, with times and what was not given."""
    answer = api.post(
        "/contacts",
        json={"customer_name": "Ana", "customer_phone": "+5547990000000", "customer_email": "a@example.com"},
    )
    data = answer.json()["data"]

    assert answer.status_code == 201
    assert data == {
        "id": data["id"],
        "customer_name": "Ana",
        "customer_email": "a@example.com",
        "customer_phone": "+5547990000000",
        "status": "active",
        "tags": [],
        "custom_fields": {},
        "created_at": data["created_at"],
        "updated_at": data["updated_at"],
    }
    assert len(data["id"]) == 36
    assert data["created_at"].endswith("Z")


@pytest.mark.parametrize("shared", [{"customer_phone": "+5547990000000"}, {"customer_email": "ana@golive.example"}])
def test_the_same_number_or_address_is_the_same_contact(api: httpx.Client, shared: dict[str, str]) -> None:
    """The first one is returned, unchanged, and there is no second."""
    first = api.post("/contacts", json={"customer_name": "Ana", **shared})
    second = api.post("/contacts", json={"customer_name": "Someone else", **shared})
    listed = api.get("/contacts", params={"search": next(iter(shared.values()))}).json()["data"]

    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json() == first.json()
    assert [each["id"] for each in listed] == [first.json()["data"]["id"]]


def test_contacts_of_one_name_are_two(api: httpx.Client) -> None:
    """A name is nobody's own."""
    ids = {api.post("/contacts", json={"customer_name": "Ana"}).json()["data"]["id"] for _ in range(2)}

    assert len(ids) == 2


@pytest.mark.parametrize("phone", ["47990000000", "+0123", "golive", "+55 47 99000"])
def test_a_number_has_to_be_in_e164(api: httpx.Client, phone: str) -> None:
    """With a code of its own."""
    answer = api.post("/contacts", json={"customer_name": "Ana", "customer_phone": phone})

    assert told(answer) == (400, "INVALID_PHONE_FORMAT")


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"customer_name": ""}, "VALIDATION_ERROR"),
        ({"customer_name": "n" * 256}, "VALIDATION_ERROR"),
        ({"customer_name": None}, "VALIDATION_ERROR"),
        ({"customer_email": "golive at example"}, "VALIDATION_ERROR"),
        ({"tags": "one"}, "VALIDATION_ERROR"),
        ({"status": "gone"}, "VALIDATION_ERROR"),
    ],
)
def test_a_wrong_field_is_named(api: httpx.Client, change: dict[str, Any], code: str) -> None:
    """The message names the field, the code says what kind of mistake it is."""
    answer = api.post("/contacts", json={"customer_name": "Ana", **change})

    assert told(answer) == (400, code)
    assert next(iter(change)) in answer.json()["error"]["message"]


def test_only_what_is_sent_changes(api: httpx.Client) -> None:
    """An empty change changes nothing."""
    made = api.post("/contacts", json={"customer_name": "Ana", "tags": ["a"]}).json()["data"]
    changed = api.put(f"/contacts/{made['id']}", json={"tags": ["b"], "status": "blocked"}).json()["data"]
    same = api.put(f"/contacts/{made['id']}", json={})

    assert (changed["customer_name"], changed["tags"], changed["status"]) == ("Ana", ["b"], "blocked")
    assert (same.status_code, same.json()["data"]["tags"]) == (200, ["b"])


def test_a_removed_contact_is_gone(api: httpx.Client) -> None:
    """For good, and a second removal finds nothing."""
    path = f"/contacts/{api.post('/contacts', json={'customer_name': 'Ana'}).json()['data']['id']}"
    removed = api.delete(path)

    assert (removed.status_code, removed.json()) == (200, {"data": {"deleted": True}})
    assert told(api.delete(path)) == (404, "CONTACT_NOT_FOUND")
    assert told(api.get(path)) == (404, "CONTACT_NOT_FOUND")


def test_contacts_are_found_by_search_and_status(api: httpx.Client) -> None:
    """Search looks at name, address and number."""
    names = [each["customer_name"] for each in api.get("/contacts", params={"search": "SOUZA"}).json()["data"]]
    by_phone = api.get("/contacts", params={"search": "+12025550110"}).json()["data"]
    blocked = api.get("/contacts", params={"status": "blocked"}).json()

    assert names == ["Ana Souza"]
    assert [each["customer_name"] for each in by_phone] == ["Ana Souza"]
    assert (blocked["data"], blocked["meta"]["total"]) == ([], 0)


def test_older_fields_are_kept(api: httpx.Client) -> None:
    """A client written by the older page is not refused."""
    answer = api.post("/contacts", json={"customer_name": "Ana", "customer_company": "Shop", "source": "crm"})

    assert answer.json()["data"]["customer_company"] == "Shop"


def test_a_contact_of_another_workspace_is_not_there(api: httpx.Client, timely: Timely) -> None:
    """Whatever key asks, a contact belongs to one workspace."""
    there = next(iter(timely.workspace("production").contacts))

    assert told(api.get(f"/contacts/{there}")) == (404, "CONTACT_NOT_FOUND")
