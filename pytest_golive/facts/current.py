"""Which check is running: whatever is written, from whichever thread, belongs to it.

The current check is a context variable. golive's own threads copy the context (:func:`carry`). A plain thread
that a test starts by itself has none: it is counted to the check that pytest is running, and once that is over, to
the check it was started in.
"""

from __future__ import annotations

import contextvars
import logging
import threading
from collections.abc import Callable, Container, Iterator
from concurrent.futures import thread as pools
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import Any, ParamSpec, TypeVar
from weakref import WeakKeyDictionary

from pytest_golive.facts.exchange import Exchange

P = ParamSpec("P")
T = TypeVar("T")


@dataclass(slots=True)
class CheckRecord:
    """What one check has gathered so far. Appending is safe from any thread.

    Attributes:
        key: the planned check, or the node id of a test of the user's own.
        exchanges: calls made, in the order they ended.
        observations: assumed facts of a pack that did not hold.
        warnings: what holds, but close to the edge.
        leaks: keys that were found in files, as plain values.
        notes: what a reader may want to know: fields the schema does not name, the dialect that was served.
        output: text written by threads of this check while another one was running.
        ahead: whether its body runs before its turn; what it prints and logs is kept for then.
        printed: what it printed meanwhile: name of the stream, and text.
        logged: what it logged meanwhile.
        charts: figures of weeks, by endpoint, as `review/chart.py` makes them.
        timeline: the course of what it provoked, for a drawing: steps as `facts/course.py` makes them.
    """

    key: str
    exchanges: list[Exchange] = field(default_factory=list)
    observations: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    output: list[str] = field(default_factory=list)
    ahead: bool = False
    printed: list[tuple[str, str]] = field(default_factory=list)
    logged: list[logging.LogRecord] = field(default_factory=list)
    timeline: list[dict[str, float | str]] = field(default_factory=list)
    leaks: list[dict[str, Any]] = field(default_factory=list)
    charts: list[dict[str, Any]] = field(default_factory=list)

    def forget(self) -> None:
        """Begin again: the check is run once more, and only that counts."""
        gathered = (
            *(self.exchanges, self.observations, self.warnings, self.notes),
            *(self.printed, self.logged, self.timeline, self.leaks, self.charts),
        )
        for each in gathered:
            each.clear()


_current: ContextVar[CheckRecord | None] = ContextVar("golive_current_check", default=None)
_ahead: ContextVar[bool] = ContextVar("golive_ahead", default=False)
_running: list[CheckRecord] = []
_outlived: WeakKeyDictionary[threading.Thread, CheckRecord] = WeakKeyDictionary()


def current() -> CheckRecord | None:
    """Return the check that the calling thread works for, None between checks."""
    own = _current.get()
    if own is not None:
        return own
    return _outlived.get(threading.current_thread()) or running()


def elsewhere() -> CheckRecord | None:
    """Return the check that the calling thread works for, if it is not the one pytest is running."""
    owner, at_work = current(), running()
    return owner if at_work is not None and owner is not at_work else None


def running() -> CheckRecord | None:
    """Return the check that pytest is running right now, whichever thread asks."""
    return _running[-1] if _running else None


@contextmanager
def recording(record: CheckRecord) -> Iterator[CheckRecord]:
    """Make ``record`` the current check for this context and for threads that have none."""
    token = _current.set(record)
    _running.append(record)
    try:
        yield record
    finally:
        _running.remove(record)
        _current.reset(token)


@contextmanager
def working_ahead(record: CheckRecord) -> Iterator[None]:
    """Work for ``record`` in this thread, and those that carry on from it, before pytest comes to its test."""
    tokens = _current.set(record), _ahead.set(True)
    record.ahead = True
    try:
        yield
    finally:
        record.ahead = False
        _ahead.reset(tokens[1])
        _current.reset(tokens[0])


def ahead() -> CheckRecord | None:
    """Return the check that the calling thread works for, if pytest has not come to it yet."""
    own = _current.get()
    return own if own is not None and own.ahead and _ahead.get() else None


@contextmanager
def owning_threads(record: CheckRecord) -> Iterator[None]:
    """Count threads that are started meanwhile, and outlive their check, to ``record``.

    Not those of a pool: it may belong to the session, and what it does next is another check's.
    """
    before = set(threading.enumerate())
    try:
        yield
    finally:
        pooled: Container[threading.Thread] = getattr(pools, "_threads_queues", ())
        for thread in set(threading.enumerate()) - before:
            if thread not in pooled:
                _outlived[thread] = record


def carry(function: Callable[P, T]) -> Callable[P, T]:
    """Return ``function`` bound to the caller's current check, to be run in another thread."""
    context = contextvars.copy_context()

    def run(*args: P.args, **kwargs: P.kwargs) -> T:
        return context.copy().run(function, *args, **kwargs)

    return run
