from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from pytest_golive.facts.current import CheckRecord, carry, current, elsewhere, owning_threads, recording, running


def key() -> str | None:
    """Return the key of the check the calling thread works for."""
    record = current()
    return None if record is None else record.key


def in_a_thread(function: Callable[[], str | None]) -> str | None:
    """Return what a plain thread gets."""
    got: list[str | None] = []
    thread = threading.Thread(target=lambda: got.append(function()))
    thread.start()
    thread.join()
    return got[0]


def test_between_checks_nothing_is_current() -> None:
    """Nor is anything running."""
    with recording(CheckRecord("a")):
        pass

    assert (key(), running(), elsewhere(), in_a_thread(key)) == (None, None, None, None)


def test_a_plain_thread_works_for_the_running_check() -> None:
    """It has no context of its own."""
    with recording(CheckRecord("a")):
        assert (key(), in_a_thread(key)) == ("a", "a")


def test_a_carried_function_keeps_its_check() -> None:
    """Also in a pool's thread, while another check runs, and as often as it is called."""
    with ThreadPoolExecutor(2) as pool:
        with recording(CheckRecord("a")):
            carried = carry(key)
        with recording(CheckRecord("b")):
            assert [pool.submit(carried).result() for _ in range(3)] == ["a", "a", "a"]
            assert pool.submit(key).result() == "b"
            assert carry(lambda: elsewhere() is not None)() is False
        assert pool.submit(carried).result() == "a"


def test_arguments_and_errors_pass_through() -> None:
    """carry() changes nothing about the function but where it counts."""
    assert carry(divmod)(7, 3) == (2, 1)


def test_a_thread_that_outlives_its_check_stays_with_it() -> None:
    """And one that its check joined is forgotten."""
    go, got = threading.Event(), list[str | None]()

    def late() -> None:
        go.wait(5)
        got.append(key())
        owner = elsewhere()
        got.append(None if owner is None else owner.key)

    first = CheckRecord("a")
    with recording(first), owning_threads(first):
        thread = threading.Thread(target=late)
        thread.start()
        assert in_a_thread(key) == "a"
    with recording(CheckRecord("b")):
        go.set()
        thread.join()

    assert got == ["a", "a"]


def test_a_pools_threads_stay_with_nobody() -> None:
    """A pool may belong to the session: its idle threads work for whoever is running."""
    first = CheckRecord("a")
    with ThreadPoolExecutor(1) as pool:
        with recording(first), owning_threads(first):
            assert pool.submit(key).result() == "a"
        with recording(CheckRecord("b")):
            assert pool.submit(key).result() == "b"
