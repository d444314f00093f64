from __future__ import annotations

from collections.abc import Callable

import httpx
import pytest

from pytest_golive.sandbox.augno import Augno
from pytest_golive.sandbox.connection import Connection

Open = Callable[..., httpx.Client]

UNITS = "/v1/catalog/units"


def problem(answer: httpx.Response) -> tuple[int, str, str, str | None]:
    error = answer.json()["error"]
    return answer.status_code, error["code"], error["message"], error["param"]


def test_a_version_is_demanded_before_a_key(opened: Open) -> None:
    """Neither is there: what is told is the version."""
    answer = opened(augno_version=None).get(UNITS)

    assert problem(answer) == (
        400,
        "api_version_required",
        "The Augno-Version header is required.",
        "Augno-Version",
    )
    assert "augno-version" not in answer.headers


def test_an_unknown_version_is_answered_with_those_there_are(opened: Open) -> None:
    """The message lists them."""
    app = Augno(versions=("1.0.forge-preview.3", "1.0.forge-preview.4"))
    answer = opened(app=app, augno_version="1.0.golive").get(UNITS)

    assert problem(answer) == (
        400,
        "api_version_invalid",
        "Version 1.0.golive is not supported. Supported versions: 1.0.forge-preview.3, 1.0.forge-preview.4.",
        "Augno-Version",
    )


def test_a_version_that_once_was_is_too_old(opened: Open, connection: Connection) -> None:
    """It is known, and below the minimum."""
    answer = opened(connection.api_key, augno_version="1.0.forge-preview.1").get(UNITS)
    message = "Version 1.0.forge-preview.1 is too old for this endpoint, which needs 1.0.forge-preview.3 or later."

    assert problem(answer) == (400, "api_version_too_old", message, "Augno-Version")


@pytest.mark.parametrize(("key", "status"), [("right", 200), ("none", 401)])
def test_the_served_version_is_echoed(opened: Open, connection: Connection, key: str, status: int) -> None:
    """By refusals as well."""
    answer = opened(connection.api_key if key == "right" else None).get(UNITS)

    assert (status, "1.0.forge-preview.3") == (answer.status_code, answer.headers["augno-version"])


def test_health_needs_no_version_and_no_key(opened: Open) -> None:
    """It is open."""
    answer = opened(augno_version=None).get("/healthz")

    assert (answer.status_code, answer.json()) == (200, {"object": "healthcheck", "status": "ok"})


def test_the_version_is_told_with_the_connection(augno: Augno) -> None:
    """A client of the sandbox needs it, and a key of an admin role where it manages keys."""
    for one in augno.connections().values():
        assert one.further == {"version": "1.0.forge-preview.3", "audit_key": one.keys["audit_key"]}
        assert one.settings["api_version"] == "1.0.forge-preview.3"


def test_the_other_brand_has_its_own_names(opened: Open) -> None:
    """Headers, keys and addresses carry the brand; the old header is none any more."""
    app = Augno("openmrp", work_seconds=0)
    key = app.connections()["sandbox"].api_key
    right = opened(key, app=app, augno_version=None, openmrp_version="1.0.forge-preview.3").get(f"{UNITS}/un_none")
    wrong = opened(key, app=app).get(UNITS)
    error = right.json()["error"]

    assert key.startswith("mrp_sk_test_")
    assert right.headers["openmrp-version"] == "1.0.forge-preview.3"
    assert error["doc_url"] == "https://docs.openmrp.ai/api/errors#resource_not_found"
    assert error["request_log_url"] == f"https://openmrp.ai/dashboard/request-logs/{right.headers['request-id']}"
    assert problem(wrong)[1:3] == ("api_version_required", "The OpenMRP-Version header is required.")
