"""What Selwise remembers: accounts, sites, and of each site what is configured and what was sent."""

from __future__ import annotations

import secrets
import threading
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

MASK = "********"
"""What a secret reads as."""

SECRETS: Mapping[str, tuple[str, ...]] = {"ga4": ("apiSecret",), "meta": ("accessToken",), "gads": ()}
"""The members of `config` that are secret, by provider."""

ALIASES: Mapping[str, str] = {"ga4": "ga4", "meta": "meta", "gads": "gads", "google_ads": "gads"}
"""The names of providers -> the one that they are stored under."""

DEFAULTS: Mapping[str, Mapping[str, str]] = {
    "ga4": {
        "page_view": "page_view",
        "search_query": "search",
        "add_to_cart": "add_to_cart",
        "purchase": "purchase",
    },
    "meta": {"page_view": "PageView", "add_to_cart": "AddToCart", "purchase": "Purchase"},
    "gads": {"purchase": "purchase", "add_to_cart": "add_to_cart"},
}
"""The mapping that each provider begins with."""

LAYER: Mapping[str, Any] = {
    "enabled": True,
    "autoPageTracking": True,
    "variableName": "selwiseLayer",
    "pageDetection": "auto",
    "bufferSize": 10,
    "flushInterval": 1000,
    "externalDataLayerName": "dataLayer",
    "debugMode": False,
}
"""The data layer of a site that never saved one."""


@dataclass(slots=True)
class Integration:
    """One provider as a site configured it."""

    id: str
    provider: str
    created_at: str
    updated_at: str
    enabled: bool = False
    test_mode: bool = False
    config: dict[str, Any] = field(default_factory=dict)
    event_mapping: dict[str, str] = field(default_factory=dict)
    reverse_mapping: dict[str, str] = field(default_factory=dict)
    filters: dict[str, Any] = field(default_factory=dict)


@dataclass(slots=True)
class Hook:
    """A webhook; `fields` holds what its owner set, secrets as they are."""

    id: str
    fields: dict[str, Any]
    created_at: str
    updated_at: str
    log: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class PublicKey:
    """A key of the public surface."""

    id: str
    site_id: str
    name: str
    scopes: tuple[str, ...]
    value: str = field(repr=False)
    created_at: str
    last_used_at: str | None = None
    revoked_at: str | None = None


@dataclass(slots=True)
class Site:
    """A site: what is configured there, and what passed through.

    Attributes:
        account: whom it belongs to.
        domain: the verified domain; browsers come from there.
        right_secrets: by provider and member of `config`, the secret that the provider knows.
        logs: by provider that ever was configured, the entries, oldest first.
        receipts: what reached a provider: its name, and the id of the event.
    """

    id: str
    key: str
    account: str
    domain: str
    right_secrets: dict[tuple[str, str], str] = field(default_factory=dict, repr=False)
    integrations: dict[str, Integration] = field(default_factory=dict)
    logs: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    receipts: list[tuple[str, str]] = field(default_factory=list)
    layer: dict[str, Any] = field(default_factory=lambda: dict(LAYER))
    hooks: dict[str, Hook] = field(default_factory=dict)
    keys: dict[str, PublicKey] = field(default_factory=dict)
    event_ids: set[str] = field(default_factory=set)
    orders: dict[str, str] = field(default_factory=dict)
    users: dict[str, dict[str, Any]] = field(default_factory=dict)
    consents: dict[str, dict[str, bool]] = field(default_factory=dict)


class State:
    """Everything, behind one lock. Whoever reads or writes holds it; nobody delivers or sleeps with it."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.tokens: dict[str, str] = {}
        self.read_only: set[str] = set()
        self.sites: dict[str, Site] = {}

    def add_site(self, account: str, name: str) -> Site:
        """Open a site of an account."""
        site = Site(str(uuid.uuid4()), f"sk_{name}_{secrets.token_hex(4)}", account, f"{name}.shop.example")
        self.sites[site.id] = site
        return site

    def add_token(self, account: str, name: str) -> str:
        """Issue a token of the management surface, and return it."""
        value = f"swt_{name}_{secrets.token_urlsafe(24)}"
        self.tokens[value] = account
        return value

    def site_by_key(self, key: str) -> Site | None:
        """Return the site of that name on the public surface."""
        return next((site for site in self.sites.values() if site.key == key), None)

    def public_key(self, value: str) -> PublicKey | None:
        """Return a public key by its value."""
        keys = (key for site in self.sites.values() for key in site.keys.values())
        return next((key for key in keys if secrets.compare_digest(key.value.encode(), value.encode())), None)


def add_public_key(site: Site, name: str, scopes: tuple[str, ...]) -> PublicKey:
    """Issue a key of the public surface."""
    key = PublicKey(new_id(), site.id, name, scopes, new_public_key(), now())
    site.keys[key.id] = key
    return key


def new_public_key() -> str:
    """Return the value of a new public key."""
    return f"swpk_live_{secrets.token_urlsafe(24)}"


def new_id() -> str:
    """Return an id that nobody has yet."""
    return str(uuid.uuid4())


def now(ago_seconds: float = 0.0) -> str:
    """Return a time, in the way Selwise writes it."""
    moment = datetime.now(UTC) - timedelta(seconds=ago_seconds)
    return f"{moment:%Y-%m-%dT%H:%M:%S}.{moment.microsecond // 1000:03d}Z"
