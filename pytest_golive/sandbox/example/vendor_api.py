"""What the example service knows of four vendors: the headers they know it by, and the paths of its calls."""

from __future__ import annotations

AUGNO_VERSION = "1.0.forge-preview.3"

SITE = "/m2m/sites/{site_id}"

PATHS = {
    "get_limits": "/m2m/tenants/{tenant_id}/limits",
    "chat": f"{SITE}/chat",
    "send_feedback": f"{SITE}/chat/feedback",
}
"""Calls of Uppzy's."""


def headers_of(vendor: str, api_key: str) -> dict[str, str]:
    """Return the headers by which a vendor knows us."""
    if vendor == "augno":
        return {"Authorization": f"Bearer {api_key}", "Augno-Version": AUGNO_VERSION}
    if vendor == "selwise":
        return {"Authorization": f"Bearer {api_key}"}
    return {"X-API-Key" if vendor == "uppzy" else "x-api-key": api_key}
