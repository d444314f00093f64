"""Augno's pages: newest first, walked by cursors that are signed and that rows coming in meanwhile do not move."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal
from urllib.parse import quote

from pytest_golive.sandbox.augno.problem import Problem
from pytest_golive.sandbox.augno.queries import DEFAULT_PAGE, Values
from pytest_golive.sandbox.augno.state import Row

Shape = Literal["url", "cursor"]
"""How a page tells the way on: by whole addresses, or, as the older pages of the docs have it, by bare cursors."""

Direction = Literal["after", "before"]


@dataclass(frozen=True, slots=True)
class Page:
    """A part of a listing.

    Attributes:
        rows: newest first.
        info: what the answer says about it.
    """

    rows: Sequence[Row]
    info: dict[str, Any]


class Pager:
    """Cuts listings into pages.

    Attributes:
        shape: how a page tells the way on; may be changed at any time.
    """

    def __init__(self, shape: Shape = "url") -> None:
        self.shape = shape
        self._secret = secrets.token_bytes(32)

    def cut(self, rows: Sequence[Row], path: str, account_id: str, values: Values) -> Page:
        """Return the page that a query asks for.

        Args:
            rows: the whole listing, newest first.
            path: where it was asked for.
            account_id: whose listing it is; its cursors serve nobody else.
            values: the query.

        Raises:
            Problem: the cursor was not given out for this listing.
        """
        size = int(values["limit"][0]) if "limit" in values else DEFAULT_PAGE
        listing = f"{account_id} {path}"
        cursor = self._open(values["cursor"][0], listing) if "cursor" in values else None
        chosen, newer, older = _cut(rows, size, cursor)
        following = self._seal("after", chosen[-1].sequence, listing) if older else None
        preceding = self._seal("before", chosen[0].sequence, listing) if newer else None
        return Page(chosen, self._info(following, preceding, path, values))

    def single(self) -> dict[str, Any]:
        """Return what a listing of one page says about it."""
        return self._info(None, None, "", {})

    def _info(self, following: str | None, preceding: str | None, path: str, values: Values) -> dict[str, Any]:
        known = {"has_next_page": following is not None, "has_prev_page": preceding is not None}
        if self.shape == "cursor":
            return {"next_cursor": following, "prev_cursor": preceding, **known}
        return {
            "next_page_url": _address(path, values, following),
            "previous_page_url": _address(path, values, preceding),
            **known,
        }

    def _seal(self, direction: Direction, sequence: int, listing: str) -> str:
        content = f"{direction}:{sequence}".encode()
        return base64.urlsafe_b64encode(self._signature(content, listing) + content).decode().rstrip("=")

    def _open(self, text: str, listing: str) -> tuple[Direction, int]:
        try:
            raw = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        except (binascii.Error, ValueError):
            raw = b""
        signature, content = raw[:16], raw[16:]
        # Written anew it has to be the same text: base64 has spare bits that an alteration could hide in.
        canonical = base64.urlsafe_b64encode(raw).decode().rstrip("=") == text
        if not canonical or not hmac.compare_digest(signature, self._signature(content, listing)):
            raise Problem("parameter_invalid", "cursor is not one that this listing gave out.", "cursor")
        direction, _, sequence = content.decode().partition(":")
        return ("before" if direction == "before" else "after"), int(sequence)

    def _signature(self, content: bytes, listing: str) -> bytes:
        return hmac.new(self._secret, listing.encode() + b"\0" + content, hashlib.sha256).digest()[:16]


def _cut(rows: Sequence[Row], size: int, cursor: tuple[Direction, int] | None) -> tuple[Sequence[Row], bool, bool]:
    """Return the rows of a page, and whether there are newer and older ones to go to."""
    if cursor is None:
        return rows[:size], False, len(rows) > size
    direction, sequence = cursor
    if direction == "after":
        rest = [row for row in rows if row.sequence < sequence]
        return rest[:size], len(rest) < len(rows) and bool(rest), len(rest) > size
    rest = [row for row in rows if row.sequence > sequence]
    return rest[-size:], len(rest) > size, len(rest) < len(rows) and bool(rest)


def _address(path: str, values: Values, cursor: str | None) -> str | None:
    if cursor is None:
        return None
    kept = [(name, value) for name, given in values.items() if name != "cursor" for value in given]
    pairs = [f"{quote(name, safe='[]')}={quote(value, safe=',')}" for name, value in [*kept, ("cursor", cursor)]]
    return f"{path}?{'&'.join(pairs)}"
