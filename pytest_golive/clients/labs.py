"""The clients of a run, each in its lab once it is needed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

from pytest_golive.clients.lab import Lab
from pytest_golive.clients.standin import Loop

if TYPE_CHECKING:
    from pytest_golive.clients.setup import Setup
    from pytest_golive.clients.vendor_behind import StoodIn


class Labs:
    """Labs by the names that golive.yaml gives their clients; all share one loop. Thread-safe.

    Args:
        setups: the clients.
        scrub: masks known secrets in a text.
        behind: makes the vendor behind a stand-in; None: golive's own.
    """

    def __init__(
        self,
        setups: Iterable[Setup] = (),
        scrub: Callable[[str], str] = str,
        behind: Callable[[Setup], StoodIn] | None = None,
    ) -> None:
        self.setups = {setup.name: setup for setup in setups}
        self._scrub = scrub
        self._behind = behind
        self._lock = threading.Lock()
        self._labs: dict[str, Lab] = {}
        self._loop: Loop | None = None

    def lab(self, name: str) -> Lab:
        """Return a client's lab; nothing is started before it is driven.

        Raises:
            LookupError: there is none of this name.
        """
        if name not in self.setups:
            raise LookupError(f"there is no client {name!r}; there are: {', '.join(self.setups) or 'none'}")
        with self._lock:
            if name not in self._labs:
                self._loop = self._loop or Loop()
                self._labs[name] = Lab(self.setups[name], self._loop, self._scrub, self._behind)
            return self._labs[name]

    def close(self) -> None:
        """Stop what was started."""
        with self._lock:
            self._labs.clear()
            if self._loop is not None:
                self._loop.stop()
                self._loop = None
