"""A value that is made by the first who asks, while the others wait: a costly question is asked once a run."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any


class Once:
    """Values by key, each made once; what raised is raised again. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._values: dict[object, _Value] = {}

    def get(self, key: object, make: Callable[[], Any]) -> Any:
        """Return what ``make`` returned the first time this key was asked for."""
        with self._lock:
            if key not in self._values:
                self._values[key] = _Value(make)
            value = self._values[key]
        return value.get()


class _Value:
    def __init__(self, make: Callable[[], Any]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._done = False
        self._value: Any = None
        self._error: BaseException | None = None

    def get(self) -> Any:
        with self._lock:
            if not self._done:
                self._try()
            if self._error is not None:
                raise _another(self._error)
            return self._value

    def _try(self) -> None:
        try:
            self._value = self._make()
        except (KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:  # a skip is an answer too, and no Exception
            self._error = error
        self._done = True


def _another(error: BaseException) -> BaseException:
    """Return an exception that says the same: threads that raise one at once would share its traceback."""
    try:
        other = type(error).__new__(type(error), *error.args)
    except Exception:  # an exception with needs of its own
        return error.with_traceback(None)
    other.args = error.args
    other.__dict__.update(error.__dict__)
    other.__cause__, other.__context__ = error.__cause__, error.__context__
    other.__suppress_context__ = error.__suppress_context__
    return other
