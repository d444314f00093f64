"""Timely.ai's listings: numbered pages, in the envelope of one page of its documentation or of another."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Literal

Dialect = Literal["meta", "pagination"]

DEFAULT_SIZE = 20


def listed(items: Sequence[Any], query: Mapping[str, Any], dialect: Dialect) -> dict[str, Any]:
    """Return the page that a query asks for; a page behind the end is empty.

    Args:
        items: everything there is, oldest first.
        query: `page`, `per_page` or `limit`, and `order`; the newest come first by default.
        dialect: which envelope to use, and which of two sizes counts where both are given.
    """
    ordered = list(items) if query.get("order") == "asc" else list(reversed(items))
    sizes = ("per_page", "limit") if dialect == "meta" else ("limit", "per_page")
    size = next((int(query[name]) for name in sizes if name in query), DEFAULT_SIZE)
    number = int(query.get("page", 1))
    begin = (number - 1) * size
    told = {"page": number, sizes[0]: size, "total": len(ordered), "total_pages": -(-len(ordered) // size)}
    return {"data": ordered[begin : begin + size], dialect: told}
