from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from pytest_golive.credentials.secret import Secret
from pytest_golive.exchange.deployment import LONGEST_REPORT, fetch_report, fingerprints_in, others_of
from pytest_golive.facts.current import CheckRecord
from pytest_golive.facts.finding import CannotTell, Finding
from pytest_golive.manifest.environment import Environment, Target
from pytest_golive.sandbox.http import Response, json_response
from pytest_golive.sandbox.server import Server

Report = Callable[[Response], str]


@pytest.fixture
def deployed(record: CheckRecord) -> Iterator[Report]:
    """Start a deployment that answers so; return its address."""
    servers: list[Server] = []

    def start(response: Response) -> str:
        server = Server(lambda request: response)
        server.start()
        servers.append(server)
        return f"{server.url}/fingerprints"

    yield start
    for server in servers:
        server.stop()


def _untold(url: str) -> Finding:
    with pytest.raises(CannotTell) as untold:
        fetch_report(url, str)
    return untold.value.finding


def test_a_report_is_fetched_as_json(deployed: Report, record: CheckRecord) -> None:
    """And is evidence like any other call."""
    url = deployed(json_response(200, {"uppzy": "0123456789ab"}))

    assert fetch_report(url, str) == {"uppzy": "0123456789ab"}
    assert [(each.method, each.url, each.status) for each in record.exchanges] == [("GET", url, 200)]


@pytest.mark.parametrize(
    ("response", "told"),
    [
        (json_response(404, {}), "404, 2 bytes"),
        (json_response(301, {}, {"Location": "https://elsewhere.example/"}), "301, 2 bytes"),
        (Response(200, {}, b"<html>"), "200 with a body that is not JSON"),
        (Response(200, {}, b"\xff"), "200 with a body that is not JSON"),
        (Response(200, {}, b"[" * 100_000), "200 with a body that is not JSON"),
        (Response(200, {}, b" " * (LONGEST_REPORT + 1)), f"200, {LONGEST_REPORT + 1} bytes"),
    ],
    ids=["not there", "elsewhere", "html", "no utf-8", "without end", "too long"],
)
def test_anything_else_tells_nothing(deployed: Report, response: Response, told: str) -> None:
    """With the address, what it said, and what to do."""
    url = deployed(response)

    assert _untold(url) == Finding(
        requirement="the deployment has to report the fingerprints of its keys",
        expected="200 with JSON: vendor -> credential -> fingerprint",
        actual=f"{url}: {told}",
        fix="make the deployment answer there; `golive fingerprint` shows how one is made",
    )


def test_a_deployment_that_is_not_there_tells_nothing(record: CheckRecord) -> None:
    """The reason is told."""
    assert _untold("http://127.0.0.1:9/x").actual.startswith("http://127.0.0.1:9/x: ConnectError: ")


def test_a_report_that_cannot_be_decoded_tells_nothing(deployed: Report) -> None:
    """As for any other body that cannot be read."""
    url = deployed(Response(200, {"Content-Encoding": "gzip"}, b"no gzip"))

    assert _untold(url).actual.startswith(f"{url}: DecodingError: ")


@pytest.mark.parametrize(
    ("report", "found"),
    [
        ({"uppzy": "a"}, ("a",)),
        ({"uppzy": {"api_key": "a"}}, ("a",)),
        ({"uppzy": {"api_key": ["a", "b"]}}, ("a", "b")),
        ({"uppzy": ["a", {"api_key": "b"}]}, ("a", "b")),
        ({"uppzy": {"worker-1": {"api_key": "a"}, "worker-2": {"api_key": "b"}}}, ("a", "b")),
        ([{"uppzy": "a"}, {"uppzy": "b"}], ("a", "b")),
        ({"targets": {"web": {"uppzy": "a"}, "worker": {"uppzy": {"api_key": "b"}}}}, ("a", "b")),
        ({"uppzy": {"previous_api_key": "a"}}, ()),
        ({"timely": {"api_key": "a"}}, ()),
        ({"uppzy": None}, ()),
        ("uppzy", ()),
        (None, ()),
    ],
)
def test_fingerprints_are_found_in_any_shape(report: Any, found: tuple[str, ...]) -> None:
    """One per worker, target or region; those of other vendors and credentials are passed over."""
    assert fingerprints_in(report, "uppzy", "api_key") == found


def _environment(name: str, *, key: str = "", url: str | None = None, **target: Any) -> Environment:
    credentials = {"api_key": Secret(key, "uppzy.api_key")} if key else {}
    return Environment(
        name, fingerprints_url=url, targets={"uppzy": Target("uppzy", "https://x", credentials=credentials, **target)}
    )


def _reports(url: str) -> Any:
    return {"https://b/": {"uppzy": "bbb"}, "https://c/": {"timely": "ccc"}}[url]


def test_other_environments_are_compared_by_their_own_key_or_their_report() -> None:
    """The chosen one, and those without the vendor, are left out."""
    others = others_of(
        [
            _environment("staging", key="upz_staging_key_1"),
            _environment("test", key="upz_test_key_12345"),
            _environment("production", url="https://b/"),
            Environment("empty"),
        ],
        "staging",
        "uppzy",
        "api_key",
        _reports,
    )

    assert others.told == {"test": Secret("upz_test_key_12345", "x").fingerprint, "production": "bbb"}
    assert others.untold == {}


def test_what_cannot_be_compared_says_why() -> None:
    """No key here and no report there; or a report without this vendor."""
    others = others_of(
        [
            _environment("production", missing={"api_key": "environment variable KEY is not set"}),
            _environment("dark"),
            _environment("silent", url="https://c/"),
        ],
        "staging",
        "uppzy",
        "api_key",
        _reports,
    )

    assert others.told == {}
    assert others.untold == {
        "production": (
            "environment variable KEY is not set, and environments.production.deployment.fingerprints is missing"
        ),
        "dark": "no key, and environments.dark.deployment.fingerprints is missing",
        "silent": "https://c/ reports no api_key for uppzy",
    }
