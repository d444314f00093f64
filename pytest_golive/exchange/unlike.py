"""An id of the same shape as a configured one, that nobody has."""

from __future__ import annotations

import random
import re
import string
import uuid

from pytest_golive.facts.chance import chance

KINDS = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
UUID = re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE)

LONG = 8
"""Letters from which on a random id is nobody's."""


def unlike(configured: str) -> str:
    """Return an id of the same shape that nobody has: letters and digits replaced by others of their kind."""
    source = chance("unlike")
    if UUID.fullmatch(configured):
        # Version and variant are part of the shape: without them the id would be refused as malformed.
        return str(uuid.UUID(bytes=source.randbytes(16), version=4))
    # The first part may name the kind of thing (t_, ws_): it stays, so that only the thing itself is unknown.
    head, mark, tail = configured.rpartition("_")
    made = "".join(_other(letter, source) for letter in tail)
    return f"{head}{mark}{made}" if len(tail) >= LONG else f"{head}{mark}{made}{'golive' if mark else ''}"


def _other(letter: str, source: random.Random) -> str:
    kind = next((kind for kind in KINDS if letter in kind), "")
    return source.choice(kind.replace(letter, "")) if kind else letter
