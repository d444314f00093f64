"""Uppzy's listings: numbered pages."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, TypeVar

Item = TypeVar("Item")

DEFAULT_SIZE = 50


def page_of(items: list[Item], query: Mapping[str, Any]) -> list[Item]:
    """Return the part of a listing that the query asks for; pages are counted from 1."""
    size = int(query.get("limit", DEFAULT_SIZE))
    begin = (int(query.get("page", 1)) - 1) * size
    return items[begin : begin + size]
