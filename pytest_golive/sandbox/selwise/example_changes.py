"""The example project's records of its changes: two, by the book, some weeks ago, seen from the day of a rehearsal."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from pytest_golive.sandbox.selwise.integrations import shown
from pytest_golive.sandbox.selwise.seed import furnish
from pytest_golive.sandbox.selwise.state import Site

CYCLE_DAYS = 7
COUNTED_DAYS = 45
CHANGES = {"CHG-7": ("ga4", 30, "eventFilters.purchase"), "CHG-8": ("meta", 20, "config.advancedMatching")}
"""The name of a change -> its provider, how many days ago it was made, and what was planned."""


def recorded_changes(today: date) -> str:
    """Return the records, as JSON; what they leave behind is what the embedded vendor begins with."""
    return json.dumps([_record(name, *about, today) for name, about in CHANGES.items()], indent=1)


def known_good(today: date) -> str:
    """Return the mappings that the example project keeps, as JSON, taken after its last change."""
    day = today - timedelta(days=min(days for _, days, _ in CHANGES.values()))
    return json.dumps({"taken_at": f"{day}", "providers": configured()}, indent=1)


def event_counts(today: date) -> str:
    """Return how many events of each day were expected and how many arrived, as JSON."""
    return json.dumps(
        [
            {
                "day": f"{today - timedelta(days=days)}",
                "provider": provider,
                "event": event,
                "expected": 40,
                "arrived": 40,
            }
            for days in range(1, COUNTED_DAYS + 1)
            for provider, held in configured().items()
            for event in held["eventMapping"]
        ]
    )


def _record(name: str, provider: str, days: int, planned: str, today: date) -> dict[str, Any]:
    day = today - timedelta(days=days)
    after = configured()
    before = {one: _without(held, planned) if one == provider else held for one, held in after.items()}
    steps: list[tuple[str, str, dict[str, Any]]] = [
        ("09:00:00", "snapshot_before", {"list": _listed(before), "health": _health(before)}),
        ("09:05:00", "config", {"outcome": "ok"}),
        ("09:06:00", "test", {"outcome": "passed", "request": f"POST /integrations/{provider}/test"}),
        ("09:07:00", "health", {"outcome": "healthy"}),
        ("09:15:00", "logs", {"outcome": "12 successes, no failures"}),
        ("09:16:00", "snapshot_after", {"list": _listed(after), "health": _health(after)}),
    ]
    watched = [
        {"kind": "watch", "at": f"{day + timedelta(days=number)}T09:00:00Z"} for number in range(1, CYCLE_DAYS + 1)
    ]
    end = {"kind": "monitor_end", "at": f"{day + timedelta(days=CYCLE_DAYS)}T10:00:00Z", "by": "Ana Example"}
    return {
        "change_id": name,
        "environment": "sandbox",
        "owner": "Ana Example",
        "target": {"kind": "provider", "key": provider},
        "planned_fields": [planned],
        "steps": [*({"kind": kind, "at": f"{day}T{at}Z", **told} for at, kind, told in steps), *watched, end],
    }


def configured() -> dict[str, dict[str, Any]]:
    """Return how the embedded vendor begins: provider -> its configuration, secrets masked."""
    site = Site("", "", "", "")
    furnish(site)
    passing = {"id", "siteId", "createdAt", "updatedAt"}
    return {
        provider: {name: value for name, value in shown(site, mine).items() if name not in passing}
        for provider, mine in site.integrations.items()
    }


def _listed(state: Mapping[str, Mapping[str, Any]]) -> list[Mapping[str, Any]]:
    return [*state.values()]


def _health(state: Mapping[str, Mapping[str, Any]]) -> dict[str, Any]:
    told = [{"provider": name, "enabled": held["enabled"], "status": "healthy"} for name, held in state.items()]
    return {"status": "healthy", "integrations": told}


def _without(held: Mapping[str, Any], planned: str) -> dict[str, Any]:
    field, _, member = planned.partition(".")
    return {**held, field: {name: value for name, value in held[field].items() if name != member}}
