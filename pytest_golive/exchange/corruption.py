"""A key that is nearly the configured one: of the same shape, and opening nothing."""

from __future__ import annotations

import secrets
import string

from pytest_golive.credentials.secret import Secret


def corrupted(key: Secret) -> Secret:
    """Return the key with its last letter changed."""
    value = key.reveal()
    last = secrets.choice((string.ascii_letters + string.digits).replace(value[-1], ""))
    return Secret(value[:-1] + last, name=f"{key.name} (corrupted)")
