from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

from pytest_golive.facts.current import (
    CheckRecord,
    ahead,
    carry,
    current,
    elsewhere,
    owning_threads,
    recording,
    running,
    working_ahead,
)


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


def test_who_works_ahead_is_told_apart_from_who_is_running() -> None:
    """In its own thread and those that carry on from it; not in pytest's, which has come to the check meanwhile."""
    early = CheckRecord("early")
    told: dict[str, CheckRecord | None] = {}

    def body() -> None:
        with working_ahead(early):
            told["own"] = ahead()
            told["carried"] = in_pool(carry(ahead))
            told["plain"] = in_pool(ahead)
            go_on.wait(5)
        told["after"] = ahead()

    def in_pool(function: Callable[[], CheckRecord | None]) -> CheckRecord | None:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(function).result()

    go_on = threading.Event()
    thread = threading.Thread(target=body)
    thread.start()
    while "plain" not in told:
        threading.Event().wait(0.005)
    with recording(early):
        told["pytest"] = ahead()
        assert current() is early
    go_on.set()
    thread.join(5)

    assert told == {"own": early, "carried": early, "plain": None, "pytest": None, "after": None}
    assert early.ahead is False


def test_a_check_that_begins_again_forgets() -> None:
    """What it gathered in company does not count; what threads wrote late is no part of that."""
    record = CheckRecord("a")
    record.notes.append("noted")
    record.printed.append(("stdout", "printed"))
    record.output.append("late")

    record.forget()

    assert (record.notes, record.printed, record.output) == ([], [], ["late"])
