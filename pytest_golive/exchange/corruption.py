"""A key that is nearly the configured one: of the same shape, and opening nothing."""

from __future__ import annotations

import string

from pytest_golive.credentials.secret import Secret
from pytest_golive.facts.chance import chance


def corrupted(key: Secret) -> Secret:
    """Return the key with its last letter changed."""
    value = key.reveal()
    last = chance("corrupted key").choice((string.ascii_letters + string.digits).replace(value[-1], ""))
    return Secret(value[:-1] + last, name=f"{key.name} (corrupted)")
