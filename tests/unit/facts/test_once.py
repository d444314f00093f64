from __future__ import annotations

import threading
import time

import pytest

from pytest_golive.exchange.silence import NoAnswer
from pytest_golive.facts.finding import Finding
from pytest_golive.facts.once import Once


def test_threads_wait_for_the_first() -> None:
    """A costly question is asked once, and all get the answer."""
    once, calls, got = Once(), [], list[object]()

    def make() -> object:
        calls.append(1)
        time.sleep(0.05)
        return object()

    threads = [threading.Thread(target=lambda: got.append(once.get("key", make))) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert (len(calls), len(got), len(set(map(id, got)))) == (1, 8, 1)


def test_what_raised_is_raised_again() -> None:
    """Also a skip, which is no Exception."""
    once, calls = Once(), list[int]()

    def make() -> None:
        calls.append(1)
        pytest.skip("not here")

    for _ in range(2):
        with pytest.raises(pytest.skip.Exception, match="not here"):
            once.get("key", make)

    assert calls == [1]


def test_an_interruption_is_no_answer() -> None:
    """After Ctrl-C the next one may ask again."""
    once, calls = Once(), list[int]()

    def make() -> int:
        calls.append(1)
        if len(calls) == 1:
            raise KeyboardInterrupt
        return 5

    with pytest.raises(KeyboardInterrupt):
        once.get("key", make)

    assert once.get("key", make) == 5


def test_keys_do_not_wait_for_each_other() -> None:
    """One value may be made of another."""
    once = Once()

    assert once.get("outer", lambda: once.get("inner", lambda: 1) + 1) == 2


def test_each_raises_its_own() -> None:
    """With all the first one knew, and a traceback that no other thread writes to."""
    once, seen = Once(), []
    finding = Finding("a requirement", "this", "that")

    def make() -> None:
        raise NoAnswer(finding, sent=False) from KeyError("a cause")

    for _ in range(2):
        with pytest.raises(NoAnswer, match="a requirement") as caught:
            once.get("key", make)
        seen.append(caught.value)

    assert seen[0] is not seen[1]
    assert [(each.finding, each.sent, str(each.__cause__)) for each in seen] == [(finding, False, "'a cause'")] * 2


def test_an_exception_with_needs_of_its_own_is_raised_all_the_same() -> None:
    """It may not be possible to make another one."""

    class Strange(Exception):
        def __new__(cls, *, told: str) -> Strange:
            made = super().__new__(cls)
            made.told = told  # type: ignore[attr-defined]
            return made

        def __init__(self, *, told: str) -> None:
            super().__init__(told)

    once = Once()

    def make() -> None:
        raise Strange(told="why")

    for _ in range(2):
        with pytest.raises(Strange, match="why"):
            once.get("key", make)
