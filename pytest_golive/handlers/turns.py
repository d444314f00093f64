"""Whose turn it is at a handler: many trials at once, or one that wants it for itself."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager


class Turns:
    """Shared by many or held by one; whoever waits to hold it alone goes before new ones who share."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self._sharing = 0
        self._entered = 0
        self._waiting = 0
        self._held = False

    @contextmanager
    def shared(self) -> Iterator[Callable[[], bool]]:
        """Have it together with others; what is given tells whether any were there so far."""
        with self._changed:
            self._changed.wait_for(lambda: not self._held and not self._waiting)
            met = self._sharing > 0
            self._sharing += 1
            self._entered += 1
            entered = self._entered

        def had_company() -> bool:
            return met or self._entered > entered

        try:
            yield had_company
        finally:
            with self._changed:
                self._sharing -= 1
                self._changed.notify_all()

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Have it with nobody beside."""
        with self._changed:
            self._waiting += 1
            self._changed.wait_for(lambda: not self._held and not self._sharing)
            self._waiting -= 1
            self._held = True
        try:
            yield
        finally:
            with self._changed:
                self._held = False
                self._changed.notify_all()
