"""What the two environments begin with: the same configuration, each with secrets and logs of its own."""

from __future__ import annotations

import secrets
from typing import Any

from pytest_golive.sandbox.selwise.entries import entry
from pytest_golive.sandbox.selwise.state import DEFAULTS, Hook, Integration, Site, new_id, now

MAY_BE_FREE = {"enabled": True, "conditions": [{"field": "order.total", "operator": "gte", "value": 0}]}

HOURS = 24
"""Entries that a provider's log begins with, one for each hour."""


def furnish(site: Site) -> None:
    """Configure all three providers and a webhook, as a shop that has been at it for a while."""
    site.right_secrets = {
        ("ga4", "apiSecret"): secrets.token_urlsafe(18),
        ("meta", "accessToken"): f"EAA{secrets.token_urlsafe(24)}",
    }
    _provider(
        site,
        "ga4",
        {"measurementId": "G-TEST000001", "apiSecret": site.right_secrets["ga4", "apiSecret"]},
        reverse={"shopPurchase": "purchase"},
        filters={"purchase": MAY_BE_FREE},
    )
    _provider(
        site,
        "meta",
        {
            "pixelId": "100000000000001",
            "accessToken": site.right_secrets["meta", "accessToken"],
            "advancedMatching": True,
        },
    )
    _provider(site, "gads", {"conversionId": "AW-100000001", "conversionLabel": "orders", "valueBased": True})
    fields = {
        "name": "orders",
        "url": "https://hooks.shop.example/selwise",
        "events": ["purchase"],
        "authType": "hmac",
        "authConfig": {"secret": secrets.token_urlsafe(24)},
        "isActive": True,
    }
    hook = Hook(new_id(), fields, now(), now())
    hook.log = [
        entry("success", "purchase", webhookId=hook.id, eventId=new_id(), httpStatus=204, durationMs=31, createdAt=at)
        for at in _hours()
    ]
    site.hooks[hook.id] = hook


def _provider(
    site: Site,
    provider: str,
    config: dict[str, Any],
    *,
    reverse: dict[str, str] | None = None,
    filters: dict[str, Any] | None = None,
) -> None:
    mapping = dict(DEFAULTS[provider])
    site.integrations[provider] = Integration(
        new_id(),
        provider,
        now(30 * 86_400),
        now(86_400),
        enabled=True,
        config=config,
        event_mapping=mapping,
        reverse_mapping=reverse or {},
        filters=filters or {},
    )
    names = sorted(mapping)
    site.logs[provider] = [
        entry(
            "success",
            (name := names[number % len(names)]),
            provider=provider,
            eventId=new_id(),
            mappedName=mapping[name],
            httpStatus=204,
            durationMs=40,
            createdAt=at,
        )
        for number, at in enumerate(_hours())
    ]


def _hours() -> list[str]:
    return [now(3600.0 * hour - 1800.0) for hour in range(HOURS, 0, -1)]
