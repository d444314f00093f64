"""One asyncio loop in a thread of its own, for all stand-ins of a run; it knows by how much it was late."""

from __future__ import annotations

import asyncio
import threading
import time
from collections import deque
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Self, TypeVar

Value = TypeVar("Value")

TICK_SECONDS = 0.01
"""How often the loop looks at the clock."""

WORTH_KEEPING = 0.005
"""Seconds; being late by less is not remembered."""


class Loop:
    """Runs coroutines for other threads. Started when it is made; :meth:`stop` ends it.

    Attributes:
        workers: threads for what blocks: the vendors behind.
    """

    def __init__(self) -> None:
        self.workers = ThreadPoolExecutor(16, thread_name_prefix="golive-vendor")
        self._late: deque[tuple[float, float]] = deque(maxlen=50_000)
        self._looked = time.monotonic()
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._serve, name="golive-standin", daemon=True)
        self._thread.start()

    @property
    def asyncio(self) -> asyncio.AbstractEventLoop:
        """The loop itself, for what runs on it."""
        return self._loop

    def run(self, work: Coroutine[Any, Any, Value], seconds: float = 30.0) -> Value:
        """Run a coroutine on the loop and return what it returns; not to be called from the loop's own thread.

        Raises:
            TimeoutError: it took too long.
        """
        future = asyncio.run_coroutine_threadsafe(work, self._loop)
        try:
            return future.result(seconds)
        except TimeoutError:
            future.cancel()
            raise

    def lag_since(self, moment: float) -> float:
        """Return by how many seconds the loop was late at worst since a moment of the monotonic clock."""
        looked = self._looked
        # Late right now, and so not yet written down.
        now_late = time.monotonic() - looked - TICK_SECONDS
        past = max((late for at, late in tuple(self._late) if at >= moment), default=0.0)
        return max(past, now_late if now_late > WORTH_KEEPING else 0.0)

    def lates_since(self, moment: float) -> tuple[tuple[float, float], ...]:
        """Return when it was noticed that the loop was late, on the monotonic clock, and by how many seconds."""
        return tuple((at, late) for at, late in tuple(self._late) if at >= moment)

    def stop(self) -> None:
        """End the loop, and what still runs on it."""
        if not self._thread.is_alive():
            return
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self.workers.shutdown(wait=False, cancel_futures=True)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def _serve(self) -> None:
        asyncio.set_event_loop(self._loop)
        self._tick(time.monotonic())
        try:
            self._loop.run_forever()
            self._cancel_all()
        finally:
            self._loop.close()

    def _tick(self, due: float) -> None:
        now = time.monotonic()
        self._looked = now
        if now - due > WORTH_KEEPING:
            self._late.append((now, now - due))
        self._loop.call_later(TICK_SECONDS, self._tick, now + TICK_SECONDS)

    def _cancel_all(self) -> None:
        left = asyncio.all_tasks(self._loop)
        for task in left:
            task.cancel()
        if left:
            self._loop.run_until_complete(asyncio.wait(left, timeout=1))
