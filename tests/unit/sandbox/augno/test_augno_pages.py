from __future__ import annotations

import base64
from typing import Any

import httpx
import pytest

from pytest_golive.sandbox.augno import Augno

TERMS = "/v1/finance/payment-terms"
CURSOR = {"code": "parameter_invalid", "message": "cursor is not one that this listing gave out.", "param": "cursor"}


def add(client: httpx.Client, *names: str) -> None:
    for name in names:
        assert client.post(TERMS, json={"name": name}).status_code == 201


def walk(client: httpx.Client, url: str | None) -> list[list[str]]:
    """Follow the pages' addresses to their end; return the names on each page."""
    pages = []
    while url is not None:
        body = client.get(url).json()
        pages.append([each["name"] for each in body["data"]])
        url = body["page_info"]["next_page_url"]
    return pages


def refused_cursor(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 400
    return {name: answer.json()["error"][name] for name in CURSOR}


def test_a_listing_is_walked_newest_first(api: httpx.Client) -> None:
    """Every row once, whatever the size; the last page leads nowhere."""
    add(api, *(f"golive {number}" for number in range(6)))
    newest = [f"golive {number}" for number in reversed(range(6))]
    walks = {size: walk(api, f"{TERMS}?q=golive&limit={size}") for size in (1, 3, 4, 6, 7)}

    assert {size: [name for page in pages for name in page] for size, pages in walks.items()} == dict.fromkeys(
        walks, newest
    )
    assert {size: len(pages) for size, pages in walks.items()} == {1: 6, 3: 2, 4: 2, 6: 1, 7: 1}


def test_addresses_are_relative_and_keep_the_filters(api: httpx.Client) -> None:
    """Followed verbatim, they lead through what was asked for only."""
    add(api, "golive a", "golive b", "other")
    info = api.get(TERMS, params={"q": "golive", "limit": 1, "include[]": "owner"}).json()["page_info"]

    assert info["next_page_url"].startswith(f"{TERMS}?q=golive&limit=1&include[]=owner&cursor=")
    assert info["previous_page_url"] is None
    assert (info["has_next_page"], info["has_prev_page"]) == (True, False)


def test_there_is_a_way_back(api: httpx.Client) -> None:
    """To the rows that came right before."""
    add(api, *(f"golive {number}" for number in range(5)))
    first = api.get(f"{TERMS}?q=golive&limit=2").json()
    second = api.get(first["page_info"]["next_page_url"]).json()
    third = api.get(second["page_info"]["next_page_url"]).json()
    back = api.get(third["page_info"]["previous_page_url"]).json()
    start = api.get(back["page_info"]["previous_page_url"]).json()

    assert (back["data"], start["data"]) == (second["data"], first["data"])
    assert [each["page_info"]["has_prev_page"] for each in (first, second, third, back, start)] == [
        False,
        True,
        True,
        True,
        False,
    ]
    assert [each["page_info"]["has_next_page"] for each in (third, back, start)] == [False, True, True]


def test_rows_that_come_or_go_meanwhile_lose_none(api: httpx.Client) -> None:
    """A new one stands before the first page, a deleted one leaves no gap."""
    add(api, *(f"golive {number}" for number in range(4)))
    first = api.get(f"{TERMS}?q=golive&limit=2").json()
    add(api, "golive 4")
    api.delete(f"{TERMS}/{first['data'][1]['id']}")

    assert walk(api, first["page_info"]["next_page_url"]) == [["golive 1", "golive 0"]]


def test_a_listing_of_nothing_has_one_page(api: httpx.Client) -> None:
    """Without a way on."""
    body = api.get(TERMS, params={"q": "nobody has this"}).json()
    nowhere = {"next_page_url": None, "previous_page_url": None, "has_next_page": False, "has_prev_page": False}

    assert body == {"object": "list", "data": [], "page_info": nowhere}


def test_a_page_has_100_rows_unless_told_otherwise(api: httpx.Client) -> None:
    """And at most 1000."""
    add(api, *(f"golive {number}" for number in range(101)))

    assert len(api.get(TERMS, params={"q": "golive"}).json()["data"]) == 100
    assert len(api.get(TERMS, params={"q": "golive", "limit": 1000}).json()["data"]) == 101


def test_an_altered_cursor_is_refused(api: httpx.Client) -> None:
    """Whichever of its characters it is."""
    cursor = api.get(f"{TERMS}?limit=1").json()["page_info"]["next_page_url"].rpartition("cursor=")[2]
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
    altered = [
        cursor[:place] + letters[(letters.index(letter) + 1) % 64] + cursor[place + 1 :]
        for place, letter in enumerate(cursor)
    ]
    answers = [api.get(TERMS, params={"cursor": each}) for each in [*altered, "", "golive", "g!live", cursor + "="]]

    assert [refused_cursor(answer) for answer in answers] == [CURSOR] * len(answers)


def test_a_cursor_serves_its_own_listing_only(api: httpx.Client, production: httpx.Client) -> None:
    """Not another one, and nobody else."""
    cursor = api.get(f"{TERMS}?limit=1").json()["page_info"]["next_page_url"].rpartition("cursor=")[2]
    elsewhere = [api.get("/v1/catalog/units", params={"cursor": cursor}), production.get(f"{TERMS}?cursor={cursor}")]

    assert [refused_cursor(answer) for answer in elsewhere] == [CURSOR] * 2


def test_a_cursor_cannot_be_read(api: httpx.Client) -> None:
    """It is opaque: what it holds beyond its signature is of no use without it."""
    cursor = api.get(f"{TERMS}?limit=1").json()["page_info"]["next_page_url"].rpartition("cursor=")[2]
    raw = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4))
    unsigned = base64.urlsafe_b64encode(bytes(16) + raw[16:]).decode().rstrip("=")

    assert refused_cursor(api.get(TERMS, params={"cursor": unsigned})) == CURSOR


def test_the_older_shape_has_bare_cursors(augno: Augno, api: httpx.Client) -> None:
    """To be sent as the parameter."""
    augno.pager.shape = "cursor"
    add(api, "golive a", "golive b")
    first = api.get(TERMS, params={"q": "golive", "limit": 1}).json()
    cursor = first["page_info"]["next_cursor"]
    second = api.get(TERMS, params={"q": "golive", "limit": 1, "cursor": cursor}).json()

    assert set(first["page_info"]) == {"next_cursor", "prev_cursor", "has_next_page", "has_prev_page"}
    assert [each["name"] for each in second["data"]] == ["golive a"]
    assert (second["page_info"]["next_cursor"], first["page_info"]["prev_cursor"]) == (None, None)
    assert second["page_info"]["prev_cursor"] is not None


@pytest.mark.parametrize(
    ("path", "query", "found"),
    [
        ("/v1/catalog/units", "q=KG", ["kg"]),
        ("/v1/catalog/units", "type=time", ["h", "s"]),
    ],
)
def test_listings_are_searched_and_filtered(api: httpx.Client, path: str, query: str, found: list[str]) -> None:
    """By words, whatever their case, and by fields."""
    assert [each["abbreviation"] for each in api.get(f"{path}?{query}").json()["data"]] == found
