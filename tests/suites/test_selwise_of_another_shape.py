"""What the pack only assumes of Selwise may be otherwise at a real one: that is observed, never failed."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from pytest_golive.sandbox.http import App, Request, Response, json_response
from pytest_golive.sandbox.selwise import Selwise
from pytest_golive.sandbox.world import Sandbox
from pytest_golive.vendors.library import read_pack
from tests.suites.observed import Observed, run
from tests.suites.vendor_in_disguise import json_of, operation_of

SETTINGS = {name: each.example for name, each in read_pack("selwise").settings.items()}


def _enveloped(operation: str, body: Any) -> Any:
    return {"data": body}


def _renamed(operation: str, body: Any) -> Any:
    names = {
        "items": "entries",
        "integrations": "providers",
        "success": "ok",
        "enabled": "active",
        "config": "settings",
    }
    if isinstance(body, list):
        return [_renamed(operation, each) for each in body]
    return {names.get(name, name): value for name, value in body.items()} if isinstance(body, dict) else body


def _listed_by_name(operation: str, body: Any) -> Any:
    return {one["provider"]: one for one in body} if operation == "list_integrations" else body


def _shorter(operation: str, body: Any) -> Any:
    """Leave out whatever a client can do without."""
    spare = (
        "createdAt",
        "updatedAt",
        "durationMs",
        "attempt",
        "checkedAt",
        "testedAt",
        "details",
        "latencyMs",
        "total",
    )
    if isinstance(body, list):
        return [_shorter(operation, each) for each in body]
    if isinstance(body, dict):
        return {name: _shorter(operation, each) for name, each in body.items() if name not in spare}
    return body


def _other_words(operation: str, body: Any) -> Any:
    words = {"healthy": "ok", "success": "delivered", "test": "simulated", "failed": "error"}
    if isinstance(body, list):
        return [_other_words(operation, each) for each in body]
    if isinstance(body, dict):
        return {
            name: words.get(each, each) if name == "status" else _other_words(operation, each)
            for name, each in body.items()
        }
    return body


SHAPES: dict[str, Callable[[str, Any], Any]] = {
    "enveloped": _enveloped,
    "renamed": _renamed,
    "listed by name": _listed_by_name,
    "shorter": _shorter,
    "other words": _other_words,
}


@pytest.mark.parametrize("shape", SHAPES)
@pytest.mark.parametrize("suite", ["prerelease", "weekly"])
def test_another_shape_is_observed(pytester: pytest.Pytester, shape: str, suite: str) -> None:
    """Checks that cannot judge it say so; none fails, none breaks down, and what was configured is as it was."""
    selwise = Selwise()
    before = _configured(selwise)

    def reshaped(request: Request) -> Response:
        response = selwise(request)
        if response.status >= 300 or not response.body:
            return response
        body = SHAPES[shape](operation_of(selwise, request), json_of(response.body))
        headers = {name: value for name, value in response.headers.items() if name.lower() != "content-type"}
        return json_response(response.status, body, headers)

    wrapped: App = reshaped
    with Sandbox(("selwise",), apps={"selwise": selwise}, wrap=lambda name, app: wrapped) as sandbox:
        observed = _run(pytester, sandbox, suite)

    assert {check: observed.message(check) for check in observed.those("failed")} == {}
    assert observed.verdict == "INCONCLUSIVE"
    assert observed.observations() != {}
    assert _configured(selwise) == before


def _configured(selwise: Selwise) -> dict[str, Any]:
    """Return what is stored of every provider and of the data layer, but for times."""
    site = selwise.site("sandbox")
    providers = {name: asdict(one) | {"updated_at": ""} for name, one in site.integrations.items()}
    return {**providers, "layer": dict(site.layer), "webhooks": len(site.hooks)}


def _run(pytester: pytest.Pytester, sandbox: Sandbox, suite: str) -> Observed:
    connection = sandbox.connection("selwise")
    target = {
        "base_url": sandbox.base_url("selwise"),
        "ids": {**connection.ids, "other_site_id": connection.foreign_ids["site_id"]},
        "api_key": {"file": "api_key"},
        **{name: {"file": name} for name in connection.keys},
        "settings": {**SETTINGS, **connection.settings},
        "budget": {"requests": 10_000, "per_seconds": 60, "in_flight": 4},
    }
    for name, key in {**connection.keys, "api_key": connection.api_key}.items():
        Path(pytester.path, name).write_text(key)
    manifest = {"golive": 1, "project": "shop", "environments": {"staging": {"vendors": {"selwise": target}}}}
    Path(pytester.path, "golive.yaml").write_text(json.dumps(manifest))
    return run(pytester, "staging", suite=suite)
