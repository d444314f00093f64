"""Times and ids as Augno writes them."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime

ALPHABET = "0123456789abcdefghijklmnopqrstuvwxyz"
LETTERS = ALPHABET + ALPHABET[10:].upper()


def in_utc(moment: datetime) -> str:
    """Return a moment as RFC 3339 in UTC, always with microseconds: the order of the texts is that of the times."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def new_id(prefix: str, length: int = 22) -> str:
    """Return an id that nobody has yet."""
    return f"{prefix}_{random_text(length, ALPHABET)}"


def random_text(length: int, letters: str = LETTERS) -> str:
    """Return letters and digits that nobody can guess."""
    return "".join(secrets.choice(letters) for _ in range(length))
