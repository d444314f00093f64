from __future__ import annotations

import base64
import re
from collections.abc import Callable

import httpx
import pytest

from pytest_golive.sandbox.augno import Augno
from pytest_golive.sandbox.connection import Connection

Open = Callable[..., httpx.Client]

UNITS = "/v1/catalog/units"
KEYS = "/v1/auth/api-keys"
HINT = "Is the environment variable that holds it set?"


def basic(text: str) -> str:
    return f"Basic {base64.b64encode(text.encode()).decode()}"


def refusal(answer: httpx.Response) -> tuple[int, str, str]:
    error = answer.json()["error"]
    return answer.status_code, error["code"], error["message"]


@pytest.fixture
def role(connection: Connection) -> str:
    return connection.ids["key_role_id"]


def test_keys_are_written_as_the_vendor_writes_them(augno: Augno) -> None:
    """The prefix tells the environment; a leak is found by the rest."""
    keys = {name: one.api_key for name, one in augno.connections().items()}

    assert re.fullmatch(r"aug_sk_test_[0-9A-Za-z]{22}_[0-9A-Za-z]{50}", keys["sandbox"])
    assert re.fullmatch(r"aug_sk_prod_[0-9A-Za-z]{22}_[0-9A-Za-z]{50}", keys["production"])


def test_a_key_opens_as_bearer_and_as_basic(opened: Open, connection: Connection) -> None:
    """With an empty password."""
    key = connection.api_key
    answers = [opened(authorization=value).get(UNITS) for value in (f"Bearer {key}", basic(f"{key}:"))]

    assert [answer.status_code for answer in answers] == [200, 200]


@pytest.mark.parametrize(
    ("authorization", "message"),
    [
        (None, "The Authorization header holds no API key: send Bearer or Basic."),
        ("Digest abc", "The Authorization header holds no API key: send Bearer or Basic."),
        ("Bearer", f"The API key is empty. {HINT}"),
        ("Bearer undefined", f"The API key is undefined. {HINT}"),
        ("Bearer None", f"The API key is None. {HINT}"),
        ("Bearer null", f"The API key is null. {HINT}"),
        (basic("undefined:"), f"The API key is undefined. {HINT}"),
        (basic("aug_sk_test_without_a_colon"), "Basic credentials are the API key and a colon, in base64."),
        ("Basic not base64", "Basic credentials are the API key and a colon, in base64."),
        ("Bearer aug_sk_test_nobodys", "The API key is not valid."),
    ],
)
def test_what_is_no_key_opens_nothing(opened: Open, authorization: str | None, message: str) -> None:
    """One code; the message says what is wrong."""
    answer = opened(authorization=authorization).get(UNITS)

    assert refusal(answer) == (401, "invalid_credentials", message)
    assert answer.json()["error"]["request_log_url"] is None


def test_a_key_and_a_session_together_are_refused(opened: Open, connection: Connection) -> None:
    """Other cookies do not matter."""
    answers = [opened(connection.api_key, cookie=cookie).get(UNITS) for cookie in ("session=1", "theme=dark")]

    assert refusal(answers[0]) == (401, "invalid_credentials", "Send an API key or a session cookie, not both.")
    assert answers[1].status_code == 200


def test_states_of_keys_have_codes_of_their_own(opened: Open, augno: Augno, connection: Connection) -> None:
    """Revoked before, expired before, and both while it is in use."""
    further = [augno.issue_key("sandbox") for _ in range(2)]
    augno.revoke(further[0])
    augno.expire(further[1])
    keys = [connection.previous_api_key, connection.keys["expired_key"], *further]

    assert [refusal(opened(key).get(UNITS)) for key in keys] == [
        (401, "api_key_revoked", "This API key is revoked."),
        (401, "api_key_expired", "This API key is expired."),
        (401, "api_key_revoked", "This API key is revoked."),
        (401, "api_key_expired", "This API key is expired."),
    ]


def test_a_role_fixes_what_a_key_may_do(opened: Open, connection: Connection) -> None:
    """The limited key reads units and nothing else; only an admin role sees keys."""
    limited = opened(connection.keys["limited_key"])
    answers = [limited.post(UNITS, json={}), limited.get("/v1/sales/customers"), opened(connection.api_key).get(KEYS)]

    assert limited.get(UNITS).status_code == 200
    assert [refusal(answer) for answer in answers] == [
        (403, "insufficient_permissions", "The role of this API key lacks the permission units:create."),
        (403, "insufficient_permissions", "The role of this API key lacks the permission customers:read."),
        (403, "insufficient_permissions", "The role of this API key lacks an admin role."),
    ]


def test_another_account_needs_a_relationship(opened: Open, augno: Augno, connection: Connection) -> None:
    """The own one may be named; the other header name is not looked at."""
    other = augno.connections()["production"].ids["account_id"]
    own = connection.ids["account_id"]
    clients = [
        opened(connection.api_key, augno_account=own),
        opened(connection.api_key, augno_account_id=other),
        opened(connection.api_key, augno_account=other),
    ]
    answers = [client.get(UNITS) for client in clients]
    message = "There is no relationship to the account that Augno-Account names."

    assert [answer.status_code for answer in answers] == [200, 200, 403]
    assert refusal(answers[2]) == (403, "insufficient_permissions", message)


def test_the_listing_masks_keys_and_knows_their_states(admin: httpx.Client, connection: Connection) -> None:
    """The docs key is among them."""
    by_status = {
        status: {each["name"] for each in admin.get(KEYS, params={"statuses[]": status}).json()["data"]}
        for status in ("active", "revoked", "expired")
    }
    whole = admin.get(KEYS, params={"include[]": "role"}).json()["data"]
    own = next(each for each in whole if each["redacted_value"].endswith(connection.api_key[-4:]))

    assert by_status == {
        "active": {"shop-integration", "unit-reader", "golive-audit", "Doc API Key [System Generated]"},
        "revoked": {"shop-integration"},
        "expired": {"trial"},
    }
    assert own["redacted_value"] == f"aug_sk_test_****{connection.api_key[-4:]}"
    assert (own["role"]["name"], own["role"]["type"]) == ("Integration", "custom")
    assert connection.api_key not in str(whole)


def test_a_new_key_works_and_shows_its_secret_once(admin: httpx.Client, opened: Open, role: str) -> None:
    """Reading it shows the mask only."""
    made = admin.post(KEYS, json={"name": "second", "role_id": role}).json()
    secret, info = made["api_key_secret"], made["api_key_info"]

    assert made["object"] == "created_api_key"
    assert opened(secret).get(UNITS).status_code == 200
    assert secret not in admin.get(f"{KEYS}/{info['id']}").text


def test_a_revoked_key_is_refused_at_once_and_for_good(admin: httpx.Client, opened: Open, role: str) -> None:
    """It stays in the listing; revoking it again finds it gone."""
    made = admin.post(KEYS, json={"name": "second", "role_id": role}).json()
    path = f"{KEYS}/{made['api_key_info']['id']}"
    first, second = admin.delete(path), admin.delete(path)

    assert (first.status_code, first.json()) == (200, {})
    assert refusal(second) == (410, "resource_gone", "This API key was revoked before.")
    assert refusal(opened(made["api_key_secret"]).get(UNITS))[1] == "api_key_revoked"
    assert admin.get(path).json()["revoked_at"] is not None


def test_a_replaced_key_dies_at_once_unless_told_otherwise(admin: httpx.Client, opened: Open, role: str) -> None:
    """The new one has another id, the same name and the same role."""
    old = admin.post(KEYS, json={"name": "second", "role_id": role}).json()
    path = f"{KEYS}/{old['api_key_info']['id']}/actions/rotate"
    answer = admin.post(path, json={}, params={"include[]": "role"})
    new = answer.json()
    again = admin.post(path, json={})

    assert answer.status_code == 201
    assert new["api_key_info"]["id"] != old["api_key_info"]["id"]
    assert (new["api_key_info"]["name"], new["api_key_info"]["role"]["id"]) == ("second", role)
    assert opened(new["api_key_secret"]).get(UNITS).status_code == 200
    assert refusal(opened(old["api_key_secret"]).get(UNITS))[1] == "api_key_revoked"
    assert refusal(again) == (401, "api_key_revoked", "This API key is revoked.")


def test_both_keys_work_in_the_overlap(
    admin: httpx.Client, opened: Open, role: str, pass_by: Callable[..., None]
) -> None:
    """Until the day the old one is revoked; until then it counts as active."""
    old = admin.post(KEYS, json={"name": "second", "role_id": role}).json()
    path = f"{KEYS}/{old['api_key_info']['id']}"
    new = admin.post(f"{path}/actions/rotate", json={"revoke_at": "2026-11-04T09:00:00Z"}).json()
    secrets = (old["api_key_secret"], new["api_key_secret"])
    pass_by(days=1)
    during = [opened(secret).get(UNITS).status_code for secret in secrets]
    active = {each["id"] for each in admin.get(KEYS, params={"statuses": "active"}).json()["data"]}
    pass_by(days=2)
    after = [opened(secret).get(UNITS).status_code for secret in secrets]

    assert (during, after) == ([200, 200], [401, 200])
    assert old["api_key_info"]["id"] in active


@pytest.mark.parametrize(
    ("field", "value", "message"),
    [
        ("revoke_at", "2027-01-01T00:00:00Z", "revoke_at must be at most 30 days ahead."),
        ("revoke_at", "soon", "revoke_at must be a date and time (RFC 3339)."),
        ("expires_at", "2026-01-01T00:00:00Z", "expires_at must be in the future."),
        ("expires_at", 5, "expires_at must be a date and time (RFC 3339)."),
    ],
)
def test_bad_dates_are_refused(admin: httpx.Client, role: str, field: str, value: object, message: str) -> None:
    """And the key stays as it was."""
    made = admin.post(KEYS, json={"name": "second", "role_id": role}).json()
    path = f"{KEYS}/{made['api_key_info']['id']}"
    answer = admin.post(f"{path}/actions/rotate", json={field: value})

    assert refusal(answer) == (400, "invalid_format", message)
    assert admin.get(path).json()["revoked_at"] is None


def test_a_key_expires_on_its_day(admin: httpx.Client, opened: Open, role: str, pass_by: Callable[..., None]) -> None:
    """Not before."""
    body = {"name": "second", "role_id": role, "expires_at": "2026-11-03T09:00:00Z"}
    client = opened(admin.post(KEYS, json=body).json()["api_key_secret"])
    before = client.get(UNITS).status_code
    pass_by(days=2)

    assert (before, refusal(client.get(UNITS))[1]) == (200, "api_key_expired")


def test_a_key_of_an_unknown_role_is_not_made(admin: httpx.Client) -> None:
    """The role is looked for."""
    answer = admin.post(KEYS, json={"name": "second", "role_id": "rl_none"})

    assert refusal(answer) == (400, "validation_failed", "role_id refers to nothing that exists.")


def test_last_use_is_refreshed_once_a_day(
    admin: httpx.Client, connection: Connection, pass_by: Callable[..., None]
) -> None:
    """It lags, as documented."""

    def seen() -> str | None:
        found = admin.get(KEYS, params={"q": "golive-audit"}).json()["data"][0]["last_used_at"]
        return str(found)

    first = seen()
    pass_by(hours=23)
    second = seen()
    pass_by(hours=2)

    assert (second == first, seen() == first) == (True, False)


def test_keys_that_are_not_there_cannot_be_set(augno: Augno) -> None:
    """A test that names a wrong one is told."""
    with pytest.raises(KeyError):
        augno.revoke("aug_sk_test_nobodys")
    with pytest.raises(KeyError):
        augno.expire("aug_sk_test_nobodys")
