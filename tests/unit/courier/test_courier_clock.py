from __future__ import annotations

import asyncio
import threading
from collections.abc import Iterator

import pytest

from pytest_golive.sandbox.courier import ManualClock


@pytest.fixture
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """Runs in a thread of its own, as a courier's does."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


def asleep(clock: ManualClock, loop: asyncio.AbstractEventLoop) -> None:
    """Wait until everything that was begun before is asleep."""
    asyncio.run_coroutine_threadsafe(asyncio.sleep(0), loop).result(10)


def test_sleepers_wake_in_their_order_each_at_its_time(loop: asyncio.AbstractEventLoop) -> None:
    """Whatever order they went to sleep in; one that sleeps again is woken again."""
    clock, woken = ManualClock(start=100), list[tuple[str, float]]()

    async def sleeper(name: str, *pauses: float) -> None:
        for pause in pauses:
            await clock.sleep(pause)
            woken.append((name, clock.now()))

    for name, pauses in {"late": (50.0,), "early": (10.0, 15.0), "same": (50.0,), "never": (60.5,)}.items():
        never = asyncio.run_coroutine_threadsafe(sleeper(name, *pauses), loop)
    asleep(clock, loop)
    clock.advance(60)
    never.cancel()

    assert woken == [("early", 110), ("early", 125), ("late", 150), ("same", 150)]
    assert (clock.now(), clock.after(5)) == (160, 165)


def test_one_that_was_cancelled_is_passed_over(loop: asyncio.AbstractEventLoop) -> None:
    """Nobody waits for it."""
    clock = ManualClock(start=100)
    cancelled = asyncio.run_coroutine_threadsafe(clock.sleep(5), loop)
    asleep(clock, loop)
    cancelled.cancel()
    asleep(clock, loop)
    clock.advance(10)

    assert clock.now() == 110


def test_what_does_not_come_to_an_end_is_told(loop: asyncio.AbstractEventLoop) -> None:
    """A test must not hang for ever."""
    clock = ManualClock(start=100)
    clock.PATIENCE_SECONDS = 0.1
    release = asyncio.Event()

    async def stuck() -> None:
        await clock.sleep(5)
        await release.wait()

    task = asyncio.run_coroutine_threadsafe(stuck(), loop)
    asleep(clock, loop)
    with pytest.raises(TimeoutError, match=r"^what was due at 105\.000 did not come to an end$"):
        clock.advance(10)

    loop.call_soon_threadsafe(release.set)
    task.result(10)
