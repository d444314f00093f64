"""The handlers of a run, each in its lab once it is needed."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from pytest_golive.handlers.lab import Lab
from pytest_golive.handlers.setup import Setup


class Labs:
    """Labs by the names that golive.yaml gives their handlers. Thread-safe.

    Args:
        setups: the handlers.
        scrub: masks known secrets in a text.
    """

    def __init__(self, setups: Iterable[Setup] = (), scrub: Callable[[str], str] = str) -> None:
        self.setups = {setup.name: setup for setup in setups}
        self._scrub = scrub
        self._lock = threading.Lock()
        self._labs: dict[str, Lab] = {}

    def lab(self, name: str) -> Lab:
        """Return a handler's lab; the handler is started by whoever needs it first.

        Raises:
            LookupError: there is none of this name.
        """
        if name not in self.setups:
            raise LookupError(f"there is no handler {name!r}; there are: {', '.join(self.setups) or 'none'}")
        with self._lock:
            if name not in self._labs:
                self._labs[name] = Lab(self.setups[name], self._scrub)
            return self._labs[name]

    def close(self) -> None:
        """Stop what was started."""
        with self._lock:
            for lab in self._labs.values():
                lab.close()
            self._labs.clear()
