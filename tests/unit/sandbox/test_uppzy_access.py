from __future__ import annotations

import httpx
import pytest

from pytest_golive.sandbox.connection import Connection
from pytest_golive.sandbox.uppzy import Uppzy
from pytest_golive.sandbox.world import Sandbox

WRITES = [
    "/chat",
    "/chat/async",
    "/chat/feedback",
    "/chat/session/close",
    "/documents/text",
    "/documents/bulk-delete",
]


def told(answer: httpx.Response) -> tuple[int, object]:
    return answer.status_code, answer.json()


@pytest.mark.parametrize("key", ["", "upz_sandbox_wrong", "previous", "expired", "revoked"])
def test_a_key_that_is_not_active_is_refused(
    api: httpx.Client, tenant: str, uppzy: Uppzy, connection: Connection, key: str
) -> None:
    """Missing, wrong, rotated, expired and revoked keys are refused alike."""
    if key == "expired":
        uppzy.expire(connection.api_key)
    elif key == "revoked":
        uppzy.revoke(connection.api_key)
    sent = {
        "previous": connection.previous_api_key,
        "expired": connection.api_key,
        "revoked": connection.api_key,
    }

    answer = api.get(f"{tenant}/limits", headers={"X-API-Key": sent.get(key, key)})

    assert told(answer) == (401, {"error": "invalid_api_key"})


def test_a_plan_without_api_access_is_refused(
    api: httpx.Client, tenant: str, uppzy: Uppzy, connection: Connection
) -> None:
    """The key is right, the plan is not; and back again."""
    uppzy.set_plan(connection.ids["tenant_id"], "level1")
    refused = api.get(tenant)
    uppzy.set_plan(connection.ids["tenant_id"], "level3")

    assert told(refused) == (403, {"error": "api_access_not_available_on_plan"})
    assert told(api.get(tenant)) == (200, {"id": connection.ids["tenant_id"], "plan": "level3"})


@pytest.mark.parametrize("kind", ["tenant", "site"])
def test_what_belongs_to_another_tenant_is_refused(api: httpx.Client, sandbox: Sandbox, kind: str) -> None:
    """The sandbox key opens nothing of production."""
    production = sandbox.connection("uppzy", "production").ids[f"{kind}_id"]

    assert told(api.get(f"/m2m/{kind}s/{production}")) == (403, {"error": f"{kind} not allowed for this key"})


@pytest.mark.parametrize("kind", ["tenant", "site"])
def test_what_does_not_exist_is_not_found(api: httpx.Client, kind: str) -> None:
    """An invented id is told from a forbidden one."""
    assert told(api.get(f"/m2m/{kind}s/invented")) == (404, {"error": f"{kind} not found"})


@pytest.mark.parametrize("path", WRITES)
def test_the_key_is_judged_before_the_body(api: httpx.Client, site: str, path: str) -> None:
    """Without a key, a broken body is a 401."""
    assert api.post(site + path, content=b"{", headers={"X-API-Key": ""}).status_code == 401


@pytest.mark.parametrize("path", WRITES)
def test_the_site_is_judged_before_the_body(api: httpx.Client, path: str) -> None:
    """On an unknown site, a broken body is a 404."""
    assert api.post(f"/m2m/sites/invented{path}", content=b"{").status_code == 404


@pytest.mark.parametrize("path", WRITES)
def test_broken_json_is_refused(api: httpx.Client, site: str, path: str) -> None:
    """A body that ends in the middle of a value is a 400."""
    assert told(api.post(site + path, content=b'{"golive": ')) == (400, {"error": "invalid payload"})


def test_too_many_requests_are_told_when_to_come_again(api: httpx.Client, tenant: str, uppzy: Uppzy) -> None:
    """With a limit of two a second, the third is a 429 with Retry-After."""
    uppzy.rate.per_second = 2
    answers = [api.get(tenant) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [200, 200, 429]
    assert (answers[2].headers["Retry-After"], answers[2].json()) == ("1", {"error": "too many requests"})


def test_another_method_is_refused_with_those_there_are(api: httpx.Client, site: str) -> None:
    """A document is not deleted with DELETE: there is no such endpoint."""
    answer = api.delete(f"{site}/documents/doc_1")

    assert told(answer) == (405, {"error": "method not allowed"})
    assert answer.headers["Allow"] == "PATCH"


def test_keys_differ_at_each_start() -> None:
    """A key of a past run opens nothing."""
    keys = {Uppzy().connections()["sandbox"].api_key for _ in range(3)}

    assert len(keys) == 3
    assert all(key.startswith("upz_sandbox_") for key in keys)


def test_a_connection_does_not_show_its_keys(connection: Connection) -> None:
    """Printed into a log by mistake, it gives nothing away."""
    assert connection.api_key not in repr(connection)
    assert connection.previous_api_key not in repr(connection)
