"""The time deliveries go by: as it is, with pauses that run faster, or moved by hand."""

from __future__ import annotations

import asyncio
import heapq
import itertools
import threading
import time
from dataclasses import dataclass, field
from typing import Any, Protocol


class Clock(Protocol):
    """What time it is, and how long a pause of the vendor takes."""

    def now(self) -> float:
        """Return Unix seconds, as they are written into timestamps."""

    def after(self, seconds: float) -> float:
        """Return the Unix seconds at which a pause that begins now is over."""

    async def sleep(self, seconds: float) -> None:
        """Sit out a pause of the vendor's schedule."""


class FastClock:
    """Pauses run faster than the vendor's; timestamps are right.

    Args:
        factor: how many times faster.
    """

    def __init__(self, factor: float = 1.0) -> None:
        if factor <= 0:
            raise ValueError("a clock runs forward: its factor is more than 0")
        self.factor = factor

    def now(self) -> float:
        """Return the time."""
        return time.time()

    def after(self, seconds: float) -> float:
        """Return when the shortened pause is over."""
        return self.now() + seconds / self.factor

    async def sleep(self, seconds: float) -> None:
        """Sit out the shortened pause."""
        await asyncio.sleep(seconds / self.factor)


class RealClock(FastClock):
    """Pauses as long as the vendor's."""

    def __init__(self) -> None:
        super().__init__(1.0)


@dataclass(order=True, slots=True)
class _Sleeper:
    due: float
    place: int
    loop: asyncio.AbstractEventLoop = field(compare=False)
    waiter: asyncio.Future[None] = field(compare=False)
    task: asyncio.Task[Any] = field(compare=False)
    settled: threading.Event = field(compare=False, default_factory=threading.Event)

    def wake(self) -> None:
        """Let it go on, and tell when its task has ended. In the loop's thread."""
        self.task.add_done_callback(lambda _: self.settled.set())
        if not self.waiter.done():
            self.waiter.set_result(None)


class ManualClock:
    """Stands still until a test moves it on, and then does what is due one after the other.

    Args:
        start: Unix seconds it begins at.
    """

    PATIENCE_SECONDS = 30.0

    def __init__(self, start: float = 1_777_896_000.0) -> None:
        self._now = start
        self._order = itertools.count()
        self._lock = threading.Lock()
        self._sleepers: list[_Sleeper] = []
        self._awake: dict[asyncio.Task[Any], _Sleeper] = {}

    def now(self) -> float:
        """Return the time it was moved to."""
        return self._now

    def after(self, seconds: float) -> float:
        """Return the time a pause is over."""
        return self._now + seconds

    async def sleep(self, seconds: float) -> None:
        """Sleep until it is moved far enough."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None, "runs in a task"
        sleeper = _Sleeper(self.after(seconds), next(self._order), loop, loop.create_future(), task)
        with self._lock:
            heapq.heappush(self._sleepers, sleeper)
            woken = self._awake.pop(task, None)
        if woken is not None:
            woken.settled.set()  # it was woken, has done its work, and sleeps again
        await sleeper.waiter

    def advance(self, seconds: float) -> None:
        """Move on. Whatever is due meanwhile is done at its time, and is over when this returns.

        Raises:
            TimeoutError: what was due did not come to an end.
        """
        until = self._now + seconds
        while (sleeper := self._next(until)) is not None:
            self._now = max(self._now, sleeper.due)
            sleeper.loop.call_soon_threadsafe(sleeper.wake)
            if not sleeper.settled.wait(self.PATIENCE_SECONDS):
                raise TimeoutError(f"what was due at {sleeper.due:.3f} did not come to an end")
        self._now = until

    def _first_due(self) -> float | None:
        with self._lock:
            return min((sleeper.due for sleeper in self._sleepers if not sleeper.task.done()), default=None)

    def _next(self, until: float) -> _Sleeper | None:
        with self._lock:
            # One that was cancelled is of no concern any more, and its loop may be closed.
            while self._sleepers and self._sleepers[0].task.done():
                heapq.heappop(self._sleepers)
            if not self._sleepers or self._sleepers[0].due > until:
                return None
            sleeper = heapq.heappop(self._sleepers)
            self._awake[sleeper.task] = sleeper
            return sleeper


class SkippingClock(ManualClock):
    """Pauses are skipped one by one, whenever that is asked for; timestamps are right all the time."""

    LOOK_SECONDS = 0.005

    def __init__(self) -> None:
        super().__init__(time.time())

    def now(self) -> float:
        """Return the time."""
        return time.time()

    def skip(self) -> None:
        """End the pause that would be over first; what is due then is over when this returns.

        Raises:
            TimeoutError: there is no pause, or what was due did not come to an end.
        """
        until = time.monotonic() + self.PATIENCE_SECONDS
        while (due := self._first_due()) is None:
            if time.monotonic() >= until:
                raise TimeoutError("nothing waits for its next attempt")
            time.sleep(self.LOOK_SECONDS)
        self.advance(max(0.0, due - self._now))
