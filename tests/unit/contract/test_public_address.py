from __future__ import annotations

import pytest

from pytest_golive.contract.public_address import is_global, not_public, tunnel_of


@pytest.mark.parametrize(
    "url",
    [
        "https://hooks.shop.example/timely",
        "https://hooks.shop.com.br:8443/x?y=1",
        "https://8.8.8.8/hook",
        "https://[2606:4700::1111]/hook",
        "https://localhost.shop.example/hook",
    ],
)
def test_a_public_address_has_nothing_against_it(url: str) -> None:
    """As far as its text tells."""
    assert not_public(url) is None


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://hooks.shop.example/x", "its scheme is http, not https"),
        ("hooks.shop.example", "its scheme is missing, not https"),
        ("https:///x", "it names no host"),
        ("https://[::1", "it cannot be read"),
        ("https://localhost/x", "its host localhost is known only inside of a network"),
        ("https://LOCALHOST./x", "its host localhost is known only inside of a network"),
        ("https://app.localhost/x", "its host app.localhost is known only inside of a network"),
        ("https://db.internal/x", "its host db.internal is known only inside of a network"),
        ("https://printer.local/x", "its host printer.local is known only inside of a network"),
        ("https://intranet-host/x", "its host intranet-host has no domain"),
        ("https://127.0.0.1/x", "its host 127.0.0.1 is no public address"),
        ("https://10.1.2.3/x", "its host 10.1.2.3 is no public address"),
        ("https://192.168.0.5/x", "its host 192.168.0.5 is no public address"),
        ("https://169.254.169.254/x", "its host 169.254.169.254 is no public address"),
        ("https://[fd00::1]/x", "its host fd00::1 is no public address"),
    ],
)
def test_an_address_that_is_not_public_says_why(url: str, why: str) -> None:
    """In words that follow the address."""
    assert not_public(url) == why


@pytest.mark.parametrize(
    ("url", "tunnel"),
    [
        ("https://ab12.ngrok-free.app/x", "ngrok-free.app"),
        ("https://hkdk.events/abc", "hkdk.events"),
        ("https://x.trycloudflare.com", "trycloudflare.com"),
        ("https://hooks.shop.example/ngrok.io", None),
        ("https://notngrok.io.shop.example", None),
    ],
)
def test_a_tunnel_is_known_by_its_host(url: str, tunnel: str | None) -> None:
    """Not by what stands elsewhere in the address."""
    assert tunnel_of(url) == tunnel


@pytest.mark.parametrize(("number", "public"), [("8.8.8.8", True), ("10.0.0.1", False), ("fe80::1%eth0", False)])
def test_a_number_is_one_of_the_internet_or_not(number: str, public: bool) -> None:
    """As a resolver gives it, with a zone too."""
    assert is_global(number) is public
