from __future__ import annotations

from typing import Any

import pytest

from pytest_golive.changes.difference import Difference, difference

BEFORE: dict[str, Any] = {
    "id": "i1",
    "provider": "ga4",
    "enabled": True,
    "testMode": False,
    "config": {"measurementId": "G-TEST000001", "apiSecret": "********"},
    "eventMapping": {"purchase": "purchase", "page_view": "page_view"},
    "reverseEventMapping": {},
    "eventFilters": {"purchase": {"enabled": True}},
    "updatedAt": "2026-01-02T00:00:00Z",
}


def test_the_same_twice_differs_in_nothing() -> None:
    """Whoever wrote it, and whenever."""
    found = difference(BEFORE, {**BEFORE, "id": "i2", "updatedAt": "2026-01-03T00:00:00Z"})

    assert not found
    assert str(found) == "no difference"


@pytest.mark.parametrize(
    ("changes", "due", "told"),
    [
        ({"enabled": False}, Difference(changed=("enabled",)), "changed enabled"),
        ({"enabled": 1}, Difference(changed=("enabled",)), "changed enabled"),
        (
            {"eventMapping": {"purchase": "buy", "search_query": "search"}},
            Difference(("eventMapping.page_view",), ("eventMapping.search_query",), ("eventMapping.purchase",)),
            "lost eventMapping.page_view; added eventMapping.search_query; changed eventMapping.purchase",
        ),
        ({"eventFilters": {}}, Difference(lost=("eventFilters.purchase",)), "lost eventFilters.purchase"),
        (
            {"eventFilters": {"purchase": {"enabled": False}}},
            Difference(changed=("eventFilters.purchase",)),
            "changed eventFilters.purchase",
        ),
        (
            {"reverseEventMapping": {"shop.purchase": "purchase"}},
            Difference(added=("reverseEventMapping.shop.purchase",)),
            "added reverseEventMapping.shop.purchase",
        ),
        (
            {"config": {"measurementId": "G-TEST000002"}},
            Difference(lost=("config.apiSecret",), changed=("config.measurementId",)),
            "lost config.apiSecret; changed config.measurementId",
        ),
    ],
)
def test_what_differs_is_named(changes: dict[str, Any], due: Difference, told: str) -> None:
    """By its dotted name, and by what became of it."""
    found = difference(BEFORE, {**BEFORE, **changes})

    assert found == due
    assert str(found) == told


@pytest.mark.parametrize("shown", ["*****", "••••••••", "another one"])
def test_a_secret_is_only_there_or_not(shown: str) -> None:
    """Its value says nothing: it may be masked in another way the next time."""
    config = {"measurementId": "G-TEST000001", "apiSecret": shown}

    assert not difference(BEFORE, {**BEFORE, "config": config}, hidden=["config.apiSecret"])


def test_parts_of_a_difference_are_told_apart() -> None:
    """What was meant to differ, and what lies elsewhere."""
    found = Difference(("eventMapping.purchase", "enabled"), ("config.x",), ("testMode",))

    assert found.without(["enabled", "config.x"]) == Difference(("eventMapping.purchase",), (), ("testMode",))
    assert found.of("eventMapping", "config") == Difference(("eventMapping.purchase",), ("config.x",), ())
    assert found.names == ("eventMapping.purchase", "enabled", "testMode", "config.x")
