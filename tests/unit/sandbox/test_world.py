from __future__ import annotations

import json
from typing import Any

import httpx
import pytest

from pytest_golive.credentials.secret import fingerprint
from pytest_golive.sandbox.http import App, Request, Response
from pytest_golive.sandbox.server import LARGEST_BODY
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
    """Uppzy's own 404 where only it could be meant, and the sandbox's where nobody is."""
    answer = get(sandbox.server.url + path)

    assert (answer.status_code, answer.json()) == (404, {"error": "not found"})


NOWHERE: list[tuple[str, str, dict[str, str], Any]] = [
    ("timely", "/v1/nothing", {}, {"error": {"code": "NOT_FOUND", "message": "not found", "status": 404}}),
    ("selwise", "/api/v1/nothing", {}, {"statusCode": 404, "message": "not found", "error": "Not Found"}),
]


@pytest.mark.parametrize(("vendor", "path", "headers", "body"), NOWHERE)
def test_a_path_that_nobody_has_is_refused_in_the_vendor_s_words(
    vendor: str, path: str, headers: dict[str, str], body: dict[str, Any]
) -> None:
    """A client reads the vendor's errors, whatever it asked for."""
    with Sandbox(vendors=[vendor]) as one:
        answer = get(one.server.url + path, **headers)

    assert (answer.status_code, answer.json()) == (404, body)


@pytest.mark.parametrize(
    ("header", "code"), [("Augno-Version", "resource_not_found"), ("x-api-key", "NOT_FOUND"), ("X-Other", "NOT_FOUND")]
)
def test_of_several_vendors_the_one_that_is_spoken_to_answers(header: str, code: str) -> None:
    """Told by a header that only it has, else by the longest base path."""
    with Sandbox(vendors=["augno", "timely", "uppzy"]) as several:
        answer = get(f"{several.server.url}/v1/nothing", **{header: "1.0.forge-preview.3"})

    assert (answer.status_code, answer.json()["error"]["code"]) == (404, code)


@pytest.mark.parametrize(
    ("vendor", "path", "status", "code"),
    [
        ("timely", "/v1/contacts", 413, ("error", "code", "PAYLOAD_TOO_LARGE")),
        ("selwise", "/api/v1/public/sites/{site_key}/orders", 413, ("statusCode", None, 413)),
        ("augno", "/v1/catalog/units", 400, ("error", "code", "validation_failed")),
        ("uppzy", "/api/v1/m2m/sites/{site_id}/chat", 413, ("error", None, "body too large")),
    ],
)
def test_a_body_beyond_all_bounds_is_refused_in_the_vendor_s_words(
    vendor: str, path: str, status: int, code: tuple[str, str | None, Any]
) -> None:
    """More than the server reads is more than any vendor takes."""
    with Sandbox(vendors=[vendor]) as one:
        mine = one.connection(vendor)
        keys = {"x-api-key": mine.api_key, "x-selwise-api-key": mine.further.get("public_api_key", "")}
        headers = {**keys, "Authorization": f"Bearer {mine.api_key}", "Augno-Version": "1.0.forge-preview.3"}
        url = one.server.url + path.format(**mine.ids)
        content = b'{"a": "' + b"x" * LARGEST_BODY + b'"}'
        headers["Content-Type"] = "application/json"
        answer = httpx.post(url, content=content, headers=headers, trust_env=False, verify=False)
    outer, inner, due = code
    told = answer.json()[outer]

    assert (answer.status_code, told if inner is None else told[inner]) == (status, due)


@pytest.mark.parametrize("method", ["HEAD", "OPTIONS"])
@pytest.mark.parametrize(
    ("vendor", "path"),
    [("timely", "/v1/contacts"), ("augno", "/v1/catalog/units"), ("selwise", "/api/v1/sites/{site_id}/integrations")],
)
def test_a_method_that_no_vendor_has_is_refused_in_the_vendor_s_words(vendor: str, path: str, method: str) -> None:
    """With the headers that every answer of it has."""
    with Sandbox(vendors=[vendor]) as one:
        url = one.server.url + path.format(**one.connection(vendor).ids)
        version = {"Augno-Version": "1.0.forge-preview.3"}
        answers = [
            httpx.request(verb, url, headers=version, trust_env=False, verify=False) for verb in (method, "PATCH")
        ]

    assert [answer.status_code for answer in answers] == [405, 405]
    assert {*answers[0].headers} == {*answers[1].headers}
    assert method == "HEAD" or {*answers[0].json()} == {*answers[1].json()}


def test_a_vendor_can_be_replaced_by_a_broken_one() -> None:
    """The wrapper gets the vendor's name and app, and sees every request for it."""

    def wrap(name: str, app: App) -> App:
        def broken(request: Request) -> Response:
            return Response(503) if request.path.endswith("/limits") else app(request)

        return broken if name == "uppzy" else app

    with Sandbox(wrap=wrap) as sandbox:
        answers = [get(f"{sandbox.base_url('uppzy')}/m2m/tenants/t{tail}") for tail in ("", "/limits")]

    assert [answer.status_code for answer in answers] == [401, 503]


@pytest.mark.parametrize(
    ("vendor", "path", "limit", "code"),
    [
        ("timely", "/v1/me", 100, "RATE_LIMIT_EXCEEDED"),
        ("selwise", "/api/v1/sites/x/integrations", 60, "too many requests"),
        ("augno", "/v1/catalog/units", 20, "rate_limit_exceeded"),
    ],
)
def test_the_vendors_limits_are_kept_on_request(vendor: str, path: str, limit: int, code: str) -> None:
    """Each by its own count; who may not call at all is counted too."""
    several = Sandbox(vendors=["timely", "selwise", "augno", "uppzy"])
    several.keep_rate_limits()
    answers = [several(Request("GET", path)) for _ in range(limit + 1)]
    told = json.loads(answers[-1].body)

    # The orders that Augno begins with have taken some of what it allows in a second.
    taken = 2 if vendor == "augno" else 0
    assert 429 not in [answer.status for answer in answers[: limit - taken]]
    assert (answers[-1].status, int(answers[-1].headers["Retry-After"]) > 0) == (429, True)
    assert code == (told["error"]["code"] if isinstance(told["error"], dict) else told["message"])


def test_an_unknown_vendor_is_told_with_those_there_are() -> None:
    """A wrong name is answered with the right ones."""
    with pytest.raises(
        ValueError, match=r"^no embedded vendor is named 'acme'; there are: augno, selwise, timely, uppzy$"
    ):
        Sandbox(vendors=["acme"])
