from __future__ import annotations

from typing import Any

import httpx
import pytest

from pytest_golive.sandbox.timely import Timely
from pytest_golive.sandbox.timely.dialects import Dialects


def test_a_page_tells_where_it_stands(api: httpx.Client) -> None:
    """Page, size, total and number of pages; 20 rows unless asked otherwise."""
    first = api.get("/contacts", params={"per_page": 3}).json()
    plain = api.get("/contacts").json()

    assert first["meta"] == {"page": 1, "per_page": 3, "total": 7, "total_pages": 3}
    assert plain["meta"] == {"page": 1, "per_page": 20, "total": 7, "total_pages": 1}
    assert "pagination" not in first


def test_the_other_dialect_has_another_envelope(served: Any) -> None:
    """`pagination` with `limit`."""
    with served(Timely(dialects=Dialects(paging="pagination"))) as client:
        body = client.get("/contacts", params={"limit": 3, "page": 3}).json()

    assert body["pagination"] == {"page": 3, "limit": 3, "total": 7, "total_pages": 3}
    assert len(body["data"]) == 1
    assert "meta" not in body


@pytest.mark.parametrize("dialect", ["meta", "pagination"])
@pytest.mark.parametrize("params", [{"per_page": 2}, {"limit": 2}, {"per_page": 2, "limit": 2}])
def test_the_size_is_taken_by_either_name(served: Any, dialect: Any, params: dict[str, int]) -> None:
    """A client of one page of the documentation works against the dialect of another."""
    with served(Timely(dialects=Dialects(paging=dialect))) as client:
        assert len(client.get("/contacts", params=params).json()["data"]) == 2


def test_behind_the_end_there_is_nothing(api: httpx.Client) -> None:
    """An empty page, not an error."""
    answer = api.get("/contacts", params={"page": 9})

    assert (answer.status_code, answer.json()["data"]) == (200, [])


@pytest.mark.parametrize("params", [{"per_page": 101}, {"limit": 0}, {"page": 0}, {"page": "golive"}, {"order": "up"}])
def test_a_page_out_of_bounds_is_refused(api: httpx.Client, params: dict[str, Any]) -> None:
    """Sizes go from 1 to 100, pages from 1."""
    answer = api.get("/contacts", params=params)

    assert (answer.status_code, answer.json()["error"]["code"]) == (400, "VALIDATION_ERROR")


def test_the_newest_come_first(api: httpx.Client) -> None:
    """Unless the other order is asked for."""
    made = api.post("/contacts", json={"customer_name": "Newest"}).json()["data"]["id"]
    ids = {
        order: [each["id"] for each in api.get("/contacts", params={"order": order}).json()["data"]]
        for order in ("asc", "desc")
    }

    assert ids["desc"][0] == made
    assert ids["asc"] == ids["desc"][::-1]
    assert [each["id"] for each in api.get("/contacts").json()["data"]] == ids["desc"]


def test_contacts_can_be_sorted_by_name(api: httpx.Client) -> None:
    """As the older page says."""
    listed = api.get("/contacts", params={"sort": "customer_name", "order": "asc"}).json()["data"]
    names = [each["customer_name"] for each in listed]

    assert names == sorted(names)


def test_coarse_codes_are_a_dialect(served: Any) -> None:
    """The same refusals, told as the other page tells them."""
    with served(Timely(dialects=Dialects(errors="generic"))) as client:
        codes = [
            client.get("/me", headers={"x-api-key": "wrong"}).json()["error"]["code"],
            client.post("/contacts", json={}).json()["error"]["code"],
            client.get("/contacts/nobody").json()["error"]["code"],
        ]

    assert codes == ["UNAUTHORIZED", "VALIDATION_ERROR", "NOT_FOUND"]


def test_health_and_answers_are_dialects_too(served: Any) -> None:
    """The envelope of /health, and the status of an agent's answer."""
    timely = Timely(dialects=Dialects(health="wrapped", created=200), think_seconds=0)
    agent = timely.connections()["sandbox"].ids["agent_id"]
    with served(timely) as client:
        health = client.get("/health").json()
        asked = client.post(f"/agents/{agent}/conversation", json={"message": "hi"})
        made = client.post("/agents", json={"name": "Helper"})

    assert set(health["data"]) == {"status", "timestamp", "version"}
    assert (asked.status_code, made.status_code) == (200, 201)
