from __future__ import annotations

import httpx
import pytest

from pytest_golive.exchange import wire as wires
from pytest_golive.exchange.wire import wire
from pytest_golive.sandbox.http import Request, Response, json_response
from pytest_golive.sandbox.server import Server

VARIABLES = ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "NO_PROXY")


@pytest.fixture(autouse=True)
def no_proxies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever this machine has set."""
    for name in VARIABLES:
        monkeypatch.delenv(name, raising=False)
        monkeypatch.delenv(name.lower(), raising=False)


def _proxied(url: str) -> str | None:
    return wires._proxy(httpx.URL(url))


def test_a_server_on_this_machine_is_reached_past_a_dead_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """Proxy variables have nothing to say about loopback."""
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")

    with (
        Server(lambda request: json_response(200, {"path": request.path})) as server,
        httpx.Client(transport=wire(server.url), trust_env=False) as client,
    ):
        assert client.get(f"{server.url}/x").json() == {"path": "/x"}


def test_elsewhere_the_proxy_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    """As curl does: the call arrives at the proxy, with the whole address."""
    asked: list[str] = []

    def proxy(request: Request) -> Response:
        asked.append(request.path)
        return json_response(200, {})

    with Server(proxy) as server:
        monkeypatch.setenv("http_proxy", server.url)
        with httpx.Client(transport=wire("http://api.example"), trust_env=False) as client:
            client.get("http://api.example/x")

    assert asked == ["http://api.example/x"]


@pytest.mark.parametrize(
    ("variables", "url", "proxy"),
    [
        ({}, "https://api.example/", None),
        ({"https_proxy": "http://p:1"}, "https://api.example/", "http://p:1"),
        ({"https_proxy": "http://p:1"}, "http://api.example/", None),
        ({"all_proxy": "http://p:1"}, "https://api.example/", "http://p:1"),
        ({"all_proxy": "http://p:1", "no_proxy": "api.example"}, "https://api.example/", None),
        ({"all_proxy": "http://p:1"}, "http://localhost:8000/", None),
        ({"all_proxy": "http://p:1"}, "http://[::1]:8000/", None),
    ],
)
def test_which_proxy_is_asked(
    monkeypatch: pytest.MonkeyPatch, variables: dict[str, str], url: str, proxy: str | None
) -> None:
    """By scheme, else the one for all; no_proxy and loopback go past it."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)

    assert proxy == _proxied(url)


def test_certificates_are_loaded_once() -> None:
    """Building a context takes longer than most calls."""
    assert wires._trusting() is wires._trusting()
