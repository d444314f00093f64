"""Whether a configured value is one: not empty, and not the placeholder of somebody's sample."""

from __future__ import annotations

import ipaddress
import re
from urllib.parse import urlsplit

PLACEHOLDER = re.compile(
    r"<.*>|\{\{?.*\}?\}|\$\{?\w+\}?|%\w+%|x{3,}|\.\.\.|…"
    r"|(your|my|the|some|insert|enter|add|change|replace|put)[-_ ].*|change-?me|placeholder"
    r"|todo|tbd|fixme|none|null|undefined",
    re.IGNORECASE,
)


def is_filled_in(value: str) -> bool:
    """Whether a value is neither blank nor a placeholder such as ``<tenant_id>`` or ``your-site-id``."""
    text = value.strip()
    return bool(text) and PLACEHOLDER.fullmatch(text) is None


def is_loopback_url(url: str) -> bool:
    """Whether an address leads to this machine, where nothing travels over a network."""
    return is_loopback(urlsplit(url).hostname or "")


def is_loopback(host: str) -> bool:
    """Whether a host name or address means this machine."""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False
