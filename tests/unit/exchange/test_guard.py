from __future__ import annotations

import httpx
import pytest

from pytest_golive.exchange.guard import Guard, HostNotAllowed, origin


class Inner(httpx.BaseTransport):
    def __init__(self) -> None:
        self.closed = False

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        return httpx.Response(204)

    def close(self) -> None:
        self.closed = True


@pytest.mark.parametrize(
    "url",
    ["https://api.uppzy.com/api/v1/m2m", "https://API.uppzy.com:443/other", "http://127.0.0.1:8080/x"],
)
def test_a_configured_origin_is_let_through(url: str) -> None:
    """Scheme, host and port are compared, whatever the path; the default port may be told or not."""
    guard = Guard(Inner(), ["https://api.uppzy.com/api/v1", "http://127.0.0.1:8080"])

    assert guard.handle_request(httpx.Request("GET", url)).status_code == 204


@pytest.mark.parametrize(
    ("url", "asked"),
    [
        ("https://evil.example/api/v1", "https://evil.example:443"),
        ("http://api.uppzy.com/api/v1", "http://api.uppzy.com:80"),
        ("https://api.uppzy.com:8443/api/v1", "https://api.uppzy.com:8443"),
        ("https://api.uppzy.com.evil.example/", "https://api.uppzy.com.evil.example:443"),
    ],
)
def test_any_other_origin_is_refused_by_name(url: str, asked: str) -> None:
    """The message says where the call was about to go, and what is allowed."""
    guard = Guard(Inner(), ["https://api.uppzy.com/api/v1"])

    with pytest.raises(HostNotAllowed) as refused:
        guard.handle_request(httpx.Request("GET", url))

    assert f"{asked} is not in this environment; allowed: https://api.uppzy.com:443" == str(refused.value)


def test_a_redirect_to_another_host_is_not_followed() -> None:
    """The guard stands below the client, so that a redirect meets it too."""

    def away(request: httpx.Request) -> httpx.Response:
        return httpx.Response(302, headers={"location": "https://evil.example/"})

    guard = Guard(httpx.MockTransport(away), ["https://api.uppzy.com"])

    with (
        httpx.Client(transport=guard, trust_env=False) as client,
        pytest.raises(HostNotAllowed, match=r"^https://evil\.example:443 is not"),
    ):
        client.get("https://api.uppzy.com/x", follow_redirects=True)


def test_closing_closes_the_layers_below() -> None:
    """No socket is left behind."""
    inner = Inner()
    Guard(inner, []).close()

    assert inner.closed


def test_an_origin_always_tells_its_port() -> None:
    """Other schemes have no default one."""
    assert origin(httpx.URL("ftp://host/x")) == "ftp://host:None"
