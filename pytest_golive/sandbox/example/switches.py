"""What the example service's operators can change while it runs, without a new release."""

from __future__ import annotations

import os
from collections.abc import Mapping


def most_calls_at_once(environ: Mapping[str, str] = os.environ) -> int:
    """Return how many calls of Uppzy may be under way at the same time."""
    return max(1, int(environ.get("UPPZY_MAX_CONCURRENT_CALLS", "4")))


def is_on(switch: str, environ: Mapping[str, str] = os.environ) -> bool:
    """Whether a flow is on; each is until somebody says no."""
    return environ.get(switch, "yes").lower() not in {"no", "off", "false", "0"}


def may_sync(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether documents may be sent: the first thing to wait when the vendor says 429."""
    return is_on("UPPZY_SYNC", environ)


def may_chat(environ: Mapping[str, str] = os.environ) -> bool:
    """Whether questions may be asked."""
    return is_on("UPPZY_CHAT", environ)
