from __future__ import annotations

import httpx
import pytest

from pytest_golive.credentials.secret import fingerprint
from pytest_golive.sandbox.http import App, Request, Response
from pytest_golive.sandbox.world import Sandbox


def get(url: str, **headers: str) -> httpx.Response:
    return httpx.get(url, headers=headers, trust_env=False, verify=False)


def test_the_description_is_enough_for_a_client(sandbox: Sandbox) -> None:
    """Base URL, key and ids lead to the connectivity check."""
    told = sandbox.describe()["uppzy"]
    answer = get(f"{told['base_url']}/m2m/tenants/{told['ids']['tenant_id']}/limits", **{"X-API-Key": told["api_key"]})

    assert told["base_url"] == f"{sandbox.server.url}/api/v1"
    assert answer.status_code == 200


def test_the_environments_have_nothing_in_common(sandbox: Sandbox) -> None:
    """Other keys, tenants and sites."""
    staging, production = (sandbox.connection("uppzy", name) for name in ("sandbox", "production"))

    assert staging.api_key != production.api_key
    assert not {*staging.ids.values(), *staging.foreign_ids.values()} & {*production.ids.values()}


@pytest.mark.parametrize("environment", ["sandbox", "production"])
def test_the_deployment_reports_fingerprints(sandbox: Sandbox, environment: str) -> None:
    """Whoever holds the key can compare it; nobody learns it."""
    held = sandbox.connection("uppzy", environment).api_key
    answer = get(f"{sandbox.server.url}/golive/fingerprints?environment={environment}")

    assert (answer.status_code, answer.json()) == (200, {"uppzy": {"api_key": fingerprint(held)}})


def test_the_default_report_is_of_the_sandbox(sandbox: Sandbox) -> None:
    """No environment named, the one of that name is meant."""
    told = [get(f"{sandbox.server.url}/golive/fingerprints{query}").json() for query in ("", "?environment=sandbox")]

    assert told[0] == told[1]


def test_an_unknown_environment_holds_no_keys(sandbox: Sandbox) -> None:
    """Nothing is reported for it."""
    assert get(f"{sandbox.server.url}/golive/fingerprints?environment=moon").json() == {}


def test_fingerprints_are_only_read(sandbox: Sandbox) -> None:
    """Nothing else can be done there."""
    assert httpx.post(f"{sandbox.server.url}/golive/fingerprints", trust_env=False, verify=False).status_code == 405


def test_another_fingerprint_can_be_used() -> None:
    """The function is given, not fixed."""
    with Sandbox(fingerprint=lambda key: f"<{key[:4]}>") as sandbox:
        assert get(f"{sandbox.server.url}/golive/fingerprints").json() == {"uppzy": {"api_key": "<upz_>"}}


@pytest.mark.parametrize("path", ["/", "/api/v1", "/api/v1/sites/1", "/v1/contacts", "/golive"])
def test_what_no_vendor_owns_is_not_found(sandbox: Sandbox, path: str) -> None:
    """Other paths below /api/v1 are not Uppzy's."""
    answer = get(sandbox.server.url + path)

    assert (answer.status_code, answer.json()) == (404, {"error": "not found"})


def test_a_vendor_can_be_replaced_by_a_broken_one() -> None:
    """The wrapper gets the vendor's name and app, and sees every request for it."""

    def wrap(name: str, app: App) -> App:
        def broken(request: Request) -> Response:
            return Response(503) if request.path.endswith("/limits") else app(request)

        return broken if name == "uppzy" else app

    with Sandbox(wrap=wrap) as sandbox:
        answers = [get(f"{sandbox.base_url('uppzy')}/m2m/tenants/t{tail}") for tail in ("", "/limits")]

    assert [answer.status_code for answer in answers] == [401, 503]


def test_an_unknown_vendor_is_told_with_those_there_are() -> None:
    """A wrong name is answered with the right ones."""
    with pytest.raises(ValueError, match=r"^no embedded vendor is named 'acme'; there are: augno, selwise, timely, uppzy$"):
        Sandbox(vendors=["acme"])
