"""An id of the same shape as a configured one, that nobody has."""

from __future__ import annotations

import secrets
import string


def unlike(configured: str) -> str:
    """Return an id of the same shape that nobody has: letters and digits replaced by others of their kind."""
    kinds = (string.ascii_lowercase, string.ascii_uppercase, string.digits)

    def other(letter: str) -> str:
        kind = next((kind for kind in kinds if letter in kind), "")
        return secrets.choice(kind.replace(letter, "")) if kind else letter

    # The first part may name the kind of thing (t_, ws_): it stays, so that only the thing itself is unknown.
    head, mark, tail = configured.partition("_")
    told = tail if mark else head
    while (made := "".join(map(other, told))) == told and any(letter.isalnum() for letter in told):
        pass
    return f"{head}_{made}golive" if mark else f"{made}"
