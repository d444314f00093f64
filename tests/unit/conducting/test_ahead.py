"""Bodies start as early as what they claim is free, and no earlier."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from pytest_golive.conducting.ahead import Body, Pool
from pytest_golive.conducting.claims import EVERYTHING, Claims, Place, Use
from pytest_golive.facts.current import CheckRecord, current

VENDOR: Place = ("staging", "shop")
LISTING: Place = (*VENDOR, "list")


class Stage:
    """Bodies that note when they run, and wait for their cue."""

    def __init__(self, size: int = 4, rooms: dict[Place, int] | None = None) -> None:
        self.stopped = False
        self.pool = Pool(size, rooms or {}, lambda: self.stopped)
        self.on_stage: list[str] = []
        self.order: list[str] = []
        self.cues: dict[str, threading.Event] = {}

    def body(self, name: str, claims: Claims | None = None, *, room: Place = (), patience: float = 0.0) -> Body:
        """Return a body that ends when its cue is given."""
        self.cues[name] = threading.Event()

        def play() -> None:
            self.order.append(name)
            self.on_stage.append(name)
            assert self.cues[name].wait(10)
            self.on_stage.remove(name)

        own = {(): Use.BESIDE, **(claims or {})}
        return Body(name, play, CheckRecord(name), own, room, patience)

    def cue(self, *names: str) -> None:
        """Let these end."""
        for name in names:
            self.cues[name].set()

    def expect(self, *names: str) -> None:
        """Wait until exactly these run."""
        until(lambda: sorted(self.on_stage) == sorted(names))
        time.sleep(0.02)  # nobody else comes
        assert sorted(self.on_stage) == sorted(names)


def until(holds: Callable[[], bool]) -> None:
    """Wait for something, not for ever."""
    end = time.monotonic() + 10
    while not holds() and time.monotonic() < end:
        time.sleep(0.002)
    assert holds()


@pytest.fixture
def stage() -> Iterator[Stage]:
    with staged() as made:
        yield made


@contextmanager
def staged(size: int = 4, rooms: dict[Place, int] | None = None) -> Iterator[Stage]:
    made = Stage(size, rooms)
    yield made
    made.cue(*made.cues)
    assert made.pool.close(10) == ()


def test_those_that_compare_run_beside_those_that_add(stage: Stage) -> None:
    """And one who walks through the listing waits for all of them, but is not overtaken for ever."""
    adds, reads = {LISTING: Use.ADDS}, {LISTING: Use.READS}
    bodies = [
        stage.body("adds", adds),
        stage.body("compares", {LISTING: Use.COMPARES}),
        stage.body("reads", reads),
        stage.body("reads too", reads),
        stage.body("adds later", adds),
    ]
    stage.pool.add(bodies)

    stage.expect("adds", "compares")
    stage.cue("adds", "compares")
    stage.expect("reads", "reads too")
    stage.cue("reads", "reads too")
    stage.expect("adds later")


def test_one_who_wants_a_vendor_to_itself(stage: Stage) -> None:
    """Waits for all of this vendor, and holds back nobody of another."""
    beside: Claims = {VENDOR: Use.BESIDE}
    other: Claims = {("staging", "other"): Use.BESIDE}
    stage.pool.add([stage.body("first", beside)])
    stage.expect("first")
    stage.pool.add([stage.body("alone", {VENDOR: Use.ALONE}), stage.body("of another", other)])

    stage.expect("first", "of another")
    stage.cue("first")
    stage.expect("alone", "of another")
    stage.pool.add([stage.body("second", beside)])
    stage.expect("alone", "of another")
    stage.cue("alone")
    stage.expect("second", "of another")


def test_one_alone_comes_last(stage: Stage) -> None:
    """Those that may take long come first, those that hold back others last."""
    with staged(1) as narrow:
        narrow.pool.add(
            [
                narrow.body("alone", {VENDOR: Use.ALONE}),
                narrow.body("quick", {VENDOR: Use.BESIDE}),
                narrow.body("long", {VENDOR: Use.BESIDE}, patience=60),
            ]
        )
        narrow.cue("alone", "quick", "long")
        until(lambda: len(narrow.order) == 3)

        assert narrow.order == ["long", "quick", "alone"]
    assert not stage.order


def test_a_full_room_keeps_no_other_out() -> None:
    """A vendor that bears two calls at once leaves the other threads to other vendors."""
    with staged(4, {VENDOR: 2}) as stage:
        stage.pool.add([stage.body(f"shop {number}", room=VENDOR) for number in range(4)])
        stage.pool.add([stage.body(f"other {number}", room=("staging", "other")) for number in range(2)])

        stage.expect("shop 0", "shop 1", "other 0", "other 1")


def test_ones_turn_comes_before_the_rest(stage: Stage) -> None:
    """Who is waited for is next."""
    with staged(1) as narrow:
        bodies = [narrow.body(name) for name in ("first", "second", "third")]
        narrow.pool.add(bodies)
        narrow.expect("first")
        waiting = threading.Thread(target=narrow.pool.take, args=(bodies[2],))
        waiting.start()
        time.sleep(0.05)
        narrow.cue("first", "third")
        waiting.join(10)

        assert narrow.order[:2] == ["first", "third"]
    assert not stage.order


def test_pytests_own_thread_comes_before_all(stage: Stage) -> None:
    """It waits for those that run; and until it is through, nobody begins."""
    stage.pool.add([stage.body("before")])
    stage.expect("before")
    inside, go_on = threading.Event(), threading.Event()

    def own() -> None:
        with stage.pool.holding(EVERYTHING):
            inside.set()
            assert go_on.wait(10)

    thread = threading.Thread(target=own)
    thread.start()
    time.sleep(0.05)
    stage.pool.add([stage.body("after")])
    stage.expect("before")
    assert not inside.is_set()
    stage.cue("before")
    assert inside.wait(10)
    stage.expect()
    go_on.set()
    thread.join(10)
    stage.expect("after")


def test_two_that_compared_in_company_know_it(stage: Stage) -> None:
    """Also the one that had begun before the other came; not one that looked elsewhere."""
    compares = {LISTING: Use.COMPARES}
    bodies = [
        stage.body("one", compares),
        stage.body("other", compares),
        stage.body("elsewhere", {(*VENDOR, "another"): Use.COMPARES}),
    ]
    stage.pool.add(bodies[:1])
    stage.expect("one")
    stage.pool.add(bodies[1:])
    stage.expect("one", "other", "elsewhere")

    assert [body.disturbed for body in bodies] == [True, True, False]


def test_after_a_stop_nothing_begins() -> None:
    """What is asked for all the same runs in the thread that asks."""
    with staged(1) as stage:
        bodies = [stage.body(name) for name in ("first", "second")]
        stage.pool.add(bodies)
        stage.expect("first")
        stage.stopped = True
        stage.cue("first", "second")
        stage.pool.take(bodies[0])
        time.sleep(0.05)
        assert stage.order == ["first"]

        stage.pool.take(bodies[1])

        assert stage.order == ["first", "second"]


def test_what_does_not_end_is_told() -> None:
    """By name, after the time that was given."""
    stage = Stage()
    stage.pool.add([stage.body("endless")])
    stage.expect("endless")

    assert stage.pool.close(0.05) == ("endless",)
    stage.cue("endless")


def test_a_body_keeps_what_becomes_of_it() -> None:
    """Its time, its check, and what it raised, with a traceback that begins in its own code."""
    record, seen = CheckRecord("a check"), []

    def fails() -> None:
        seen.append(current())
        time.sleep(0.02)
        pytest.skip("not here")

    body = Body("a check", fails, record, {})
    body.run()

    assert seen == [record]
    assert isinstance(body.error, pytest.skip.Exception)
    assert body.error.__traceback__ is not None
    assert body.error.__traceback__.tb_frame.f_code is fails.__code__
    assert body.seconds >= 0.02
    assert abs(body.started - time.time()) < 5
    assert current() is None
