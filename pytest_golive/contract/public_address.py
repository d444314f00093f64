"""Whether an address can be reached from the internet, as far as its text tells."""

from __future__ import annotations

import ipaddress
from urllib.parse import urlsplit

INSIDE = ("localhost", "local", "internal", "intranet", "lan", "home.arpa", "localdomain")
"""Endings of names that mean something only inside of a network."""

TUNNELS = (
    "ngrok.io",
    "ngrok.app",
    "ngrok.dev",
    "ngrok-free.app",
    "ngrok-free.dev",
    "hookdeck.com",
    "hkdk.events",
    "loca.lt",
    "localhost.run",
    "lhr.life",
    "trycloudflare.com",
    "serveo.net",
    "pagekite.me",
    "smee.io",
    "webhook.site",
    "devtunnels.ms",
)
"""Endings of addresses that lead to somebody's desk, or to a page that shows what arrives."""


def not_public(url: str) -> str | None:
    """Return why an address cannot be reached from the internet over https, as "its host ..."; None where it may be."""
    try:
        parts = urlsplit(url)
        host = (parts.hostname or "").rstrip(".").lower()
    except ValueError:
        return "it cannot be read"
    if parts.scheme != "https":
        return f"its scheme is {parts.scheme or 'missing'}, not https"
    if not host:
        return "it names no host"
    try:
        number = ipaddress.ip_address(host)
    except ValueError:
        return _of_name(host)
    return None if number.is_global else f"its host {host} is no public address"


def tunnel_of(url: str) -> str | None:
    """Return the tunnel service that an address belongs to; None where it is none that is known."""
    host = (urlsplit(url).hostname or "").rstrip(".").lower()
    return next((ending for ending in TUNNELS if _ends(host, ending)), None)


def is_global(number: str) -> bool:
    """Whether an IP address is one of the internet."""
    return ipaddress.ip_address(number.partition("%")[0]).is_global


def _of_name(host: str) -> str | None:
    inside = next((ending for ending in INSIDE if _ends(host, ending)), None)
    if inside is not None:
        return f"its host {host} is known only inside of a network"
    return None if "." in host else f"its host {host} has no domain"


def _ends(host: str, ending: str) -> bool:
    return host == ending or host.endswith(f".{ending}")
