"""One change of a thing at a time, whichever process of this machine makes it."""

from __future__ import annotations

import fcntl
import hashlib
import os
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def held_alone(*names: str) -> Iterator[None]:
    """Wait until nobody else changes what these names name, and keep all others out meanwhile.

    Workers of one run and runs of several projects wait for each other; a killed process holds nothing up.
    """
    digest = hashlib.sha256("\0".join(names).encode()).hexdigest()[:16]
    # Left where it is: a file that is removed while somebody waits for it keeps nobody out.
    path = Path(tempfile.gettempdir()) / f"golive-{os.getuid()}-{digest}.lock"
    with path.open("a", encoding="utf-8") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
