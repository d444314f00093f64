from __future__ import annotations

from typing import Any

import httpx
import pytest


def issue(api: httpx.Client, *scopes: str) -> dict[str, Any]:
    answer = api.post("/public-api-keys", json={"name": "ci", "scopes": [*scopes]})
    assert answer.status_code == 201, answer.text
    made: dict[str, Any] = answer.json()
    return made


def test_a_key_is_told_once(api: httpx.Client, public: httpx.Client) -> None:
    """The list shows its beginning, and when it was used."""
    made = issue(api, "mobile_read", "mobile_read")
    public.get("/config", headers={"x-selwise-api-key": made["key"]})
    (listed,) = (one for one in api.get("/public-api-keys").json() if one["id"] == made["id"])

    assert made["key"].startswith("swpk_live_")
    assert listed["lastUsedAt"] is not None
    assert listed | {"lastUsedAt": None} == {name: value for name, value in made.items() if name != "key"}
    assert (made["scopes"], made["key"].startswith(made["prefix"])) == (["mobile_read"], True)
    assert made["key"] not in api.get("/public-api-keys").text


def test_a_replaced_key_is_refused_at_once(api: httpx.Client, public: httpx.Client) -> None:
    """Without any time in which both are right."""
    made = issue(api, "mobile_read")
    rotated = api.post(f"/public-api-keys/{made['id']}/rotate").json()
    statuses = [
        public.get("/config", headers={"x-selwise-api-key": key}).status_code for key in (made["key"], rotated["key"])
    ]

    assert (rotated["id"], statuses) == (made["id"], [403, 200])


def test_a_revoked_key_stays_revoked(api: httpx.Client, public: httpx.Client) -> None:
    """Once more changes nothing, and it cannot be replaced."""
    made = issue(api, "mobile_read")
    path = f"/public-api-keys/{made['id']}"
    first, second = (api.post(f"{path}/revoke").json() for _ in range(2))

    assert first == second
    assert public.get("/config", headers={"x-selwise-api-key": made["key"]}).status_code == 403
    assert api.post(f"{path}/rotate").status_code == 409


@pytest.mark.parametrize("body", [{}, {"scopes": []}, {"scopes": ["admin"]}])
def test_a_key_needs_scopes_there_are(api: httpx.Client, body: dict[str, Any]) -> None:
    """None, an empty list, one that does not exist."""
    assert api.post("/public-api-keys", json=body).status_code == 400


@pytest.mark.parametrize("action", ["rotate", "revoke"])
def test_a_key_nobody_has_is_not_found(api: httpx.Client, action: str) -> None:
    """404."""
    assert api.post(f"/public-api-keys/nobody/{action}").status_code == 404
