from __future__ import annotations

import httpx
import pytest

from pytest_golive.sandbox.connection import Connection
from pytest_golive.sandbox.selwise import Selwise
from pytest_golive.sandbox.world import Sandbox


def refused(answer: httpx.Response) -> tuple[int, str]:
    body = answer.json()
    assert body["statusCode"] == answer.status_code
    return answer.status_code, body["message"]


@pytest.mark.parametrize(
    ("header", "message"),
    [({"Authorization": ""}, "token is missing"), ({"Authorization": "Bearer nobody's"}, "invalid token")],
)
def test_without_its_token_the_management_surface_is_closed(
    api: httpx.Client, header: dict[str, str], message: str
) -> None:
    """401, for no token and for a wrong one, in the documented error shape."""
    answer = api.get("/integrations", headers=header)

    assert refused(answer) == (401, message)
    assert answer.json()["error"] == "Unauthorized"


def test_the_replaced_token_is_refused(api: httpx.Client, connection: Connection) -> None:
    """The one before the last rotation opens nothing."""
    answer = api.get("/integrations", headers={"Authorization": f"Bearer {connection.previous_api_key}"})

    assert refused(answer) == (401, "invalid token")


def test_a_reading_token_changes_nothing(api: httpx.Client, selwise: Selwise, connection: Connection) -> None:
    """403 on every write, while reads go on."""
    selwise.let_read_only(connection.api_key)

    assert api.get("/integrations").status_code == 200
    assert refused(api.put("/integrations/ga4", json={"enabled": False})) == (403, "this token may only read")


@pytest.mark.parametrize(
    ("site", "due"),
    [
        ("golive-no-site", (400, "siteId must be a UUID")),
        ("6f1c0d8e-0000-4000-8000-0000000000ff", (404, "site not found")),
        ("other", (403, "no access to this site")),
        ("production", (403, "no access to this site")),
    ],
)
def test_another_site_is_not_reached(sandbox: Sandbox, connection: Connection, site: str, due: tuple[int, str]) -> None:
    """A malformed, an unknown and two foreign ones."""
    named = {
        "other": connection.foreign_ids["site_id"],
        "production": sandbox.connection("selwise", "production").ids["site_id"],
    }
    answer = httpx.get(
        f"{sandbox.base_url('selwise')}/sites/{named.get(site, site)}/integrations",
        headers={"Authorization": f"Bearer {connection.api_key}"},
        trust_env=False,
    )

    assert refused(answer) == due


def test_a_public_key_is_no_token(api: httpx.Client, connection: Connection) -> None:
    """Mixing the two surfaces up is refused."""
    key = connection.keys["public_api_key"]

    assert refused(api.get("/integrations", headers={"Authorization": f"Bearer {key}"})) == (401, "invalid token")


@pytest.mark.parametrize(
    ("key", "message"), [("", "public api key is missing"), ("swpk_live_nobody", "invalid public api key")]
)
def test_without_its_key_the_public_surface_is_closed(public: httpx.Client, key: str, message: str) -> None:
    """403, for no key and for a wrong one."""
    assert refused(public.get("/config", headers={"x-selwise-api-key": key})) == (403, message)


def test_an_unknown_site_key_is_not_found(sandbox: Sandbox, connection: Connection) -> None:
    """404, as the vendor's page says."""
    headers = {"x-selwise-api-key": connection.keys["public_api_key"]}
    url = f"{sandbox.base_url('selwise')}/public/sites/sk_nobody/config"

    assert refused(httpx.get(url, headers=headers, trust_env=False)) == (404, "site not found")


def test_a_public_key_opens_its_own_site_only(sandbox: Sandbox, connection: Connection) -> None:
    """That of another environment is refused."""
    key = sandbox.connection("selwise", "production").keys["public_api_key"]
    url = f"{sandbox.base_url('selwise')}/public/sites/{connection.ids['site_key']}/config"
    answer = httpx.get(url, headers={"x-selwise-api-key": key}, trust_env=False)

    assert refused(answer) == (403, "invalid public api key")


@pytest.mark.parametrize(
    ("origin", "status"),
    [("https://sandbox.shop.example", 200), ("https://sandbox.shop.example.evil.example", 403), ("null", 403)],
)
@pytest.mark.parametrize("header", ["Origin", "Referer"])
def test_a_browser_needs_no_key_but_the_right_domain(
    public: httpx.Client, header: str, origin: str, status: int
) -> None:
    """Where Origin or Referer is sent, the verified domain decides."""
    answer = public.get("/config", headers={"x-selwise-api-key": "", header: origin})

    assert answer.status_code == status
    if status == 403:
        assert refused(answer) == (403, "domain not verified for this site")


def test_the_verified_domain_is_told_to_who_starts_the_sandbox(selwise: Selwise, public: httpx.Client) -> None:
    """Else no browser could be let in."""
    domain = selwise.connections()["sandbox"].further["verified_domain"]

    assert domain == "sandbox.shop.example"
    assert public.get("/config", headers={"x-selwise-api-key": "", "Origin": f"https://{domain}"}).status_code == 200


def test_a_reading_key_writes_nothing(api: httpx.Client, public: httpx.Client) -> None:
    """The scope goes by the method: GET reads, everything else writes."""
    key = api.post("/public-api-keys", json={"name": "reader", "scopes": ["mobile_read"]}).json()["key"]
    headers = {"x-selwise-api-key": key}

    assert public.get("/config", headers=headers).status_code == 200
    answer = public.post("/users/identify", json={"externalId": "u"}, headers=headers)
    assert refused(answer) == (403, "scope mobile_write is required")


def test_a_wrong_method_is_told_which_are_right(api: httpx.Client) -> None:
    """405 with Allow."""
    answer = api.patch("/integrations/ga4", json={})

    assert refused(answer) == (405, "method not allowed")
    assert answer.headers["allow"] == "DELETE, GET, PUT"


def test_every_answer_tells_what_is_left_of_the_minute(selwise: Selwise, api: httpx.Client) -> None:
    """Limit, rest and reset with every answer; over the limit 429 and how long to wait."""
    selwise.rate.requests = 2
    first, second, third = (api.get("/integrations") for _ in range(3))

    assert [one.status_code for one in (first, second, third)] == [200, 200, 429]
    assert [one.headers["x-ratelimit-remaining"] for one in (first, second, third)] == ["1", "0", "0"]
    assert {one.headers["x-ratelimit-limit"] for one in (first, second, third)} == {"2"}
    assert 0 < int(third.headers["retry-after"]) <= 60
    assert refused(third) == (429, "too many requests")


@pytest.mark.parametrize(
    ("content", "headers", "due"),
    [
        (b"", {}, (400, "invalid payload")),
        (b'{"enabled": ', {}, (400, "invalid payload")),
        (b"{}", {"content-type": "text/plain"}, (415, "content type must be application/json")),
        (b'{"a": "' + b"g" * 256 * 1024 + b'"}', {}, (413, "body too large")),
        (b'{"golive": 1}', {}, (400, "invalid payload")),
    ],
)
def test_a_body_that_is_none_is_refused(
    api: httpx.Client, content: bytes, headers: dict[str, str], due: tuple[int, str]
) -> None:
    """Nothing, half of one, of another kind, too much, with a field that nobody knows."""
    answer = api.put("/integrations/ga4", content=content, headers={"content-type": "application/json", **headers})

    assert refused(answer) == due
