"""Bodies of checks that run ahead of their turn, each in a thread, beside those that leave it in peace.

No thread waits inside of a body for a place: a body starts once all it claims is free. So the threads there are never
all wait for one that has none.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from pytest_golive.conducting.claims import BEARS, Claims, Place, Use, disturb, hold_back
from pytest_golive.facts.current import CheckRecord, working_ahead

LOOK_SECONDS = 0.5
"""How often one who waits looks whether the run was stopped meanwhile."""


@dataclass(slots=True, eq=False)
class Body:
    """What one test does, to be run in a thread.

    Attributes:
        name: the check, for messages.
        call: runs it.
        record: where its evidence goes.
        claims: the places it uses.
        room: whose room it takes: a vendor bears only so many bodies at once as calls.
        patience_seconds: how long it may wait for its vendor; the longest start first.
        last: whether it starts once nobody else waits for its vendor, since it holds all others back.
        done: set once it has ended.
        taken: whether its test has reported it.
        disturbed: whether one ran beside it whose doing it may have taken for its own.
        error: what it raised, with its traceback.
        started: when it began, in seconds since the epoch.
        seconds: how long it took.
    """

    name: str
    call: Callable[[], object]
    record: CheckRecord
    claims: Claims
    room: Place = ()
    patience_seconds: float = 0.0
    last: bool = field(init=False)
    done: threading.Event = field(default_factory=threading.Event)
    taken: bool = False
    disturbed: bool = False
    error: BaseException | None = None
    started: float = 0.0
    seconds: float = 0.0

    def __post_init__(self) -> None:
        self.last = hold_back(self.claims)

    def run(self) -> None:
        """Run it, and keep what comes of it for its turn: a skip, a failure, an exit."""
        self.started, begun = time.time(), time.perf_counter()
        with working_ahead(self.record):
            try:
                self.call()
            except BaseException as error:  # whatever it is, it is this test's own and raised again in its turn
                # Without this frame the traceback is the one pytest would have got.
                self.error = error.with_traceback(error.__traceback__.tb_next if error.__traceback__ else None)
        self.seconds = time.perf_counter() - begun


class Places:
    """Which places are used right now, and how."""

    def __init__(self) -> None:
        self._uses: dict[Place, Counter[Use]] = {}

    def bear(self, claims: Claims) -> bool:
        """Whether these claims go together with all that is there."""
        return all(BEARS[use].issuperset(self._uses[place]) for place, use in claims.items() if self._uses.get(place))

    def take(self, claims: Claims) -> None:
        """Note that these places are used."""
        for place, use in claims.items():
            self._uses.setdefault(place, Counter())[use] += 1

    def leave(self, claims: Claims) -> None:
        """Note that they are no longer."""
        for place, use in claims.items():
            counter = self._uses[place]
            counter[use] -= 1
            if not counter[use]:
                del counter[use]


class Pool:
    """Runs bodies in up to `size` threads, as early as their claims allow.

    A body that cannot start holds back those behind it that want the same place, so that none waits for ever; whoever
    waits in pytest's own thread comes before all of them.

    Args:
        size: threads at most.
        rooms: place -> how many bodies it has room for at once; the others are not limited.
        stopped: whether the run was stopped: then nothing starts any more.
    """

    def __init__(self, size: int, rooms: Mapping[Place, int], stopped: Callable[[], bool]) -> None:
        self._size = size
        self._rooms = rooms
        self._stopped = stopped
        self._changed = threading.Condition()
        self._used = Places()
        self._guests: Counter[Place] = Counter()
        self._pending: list[Body] = []
        self._running: list[Body] = []
        self._first: Claims | None = None
        self._threads: list[threading.Thread] = []
        self._idle = 0
        self._closed = False

    def add(self, bodies: Iterable[Body]) -> None:
        """Let these bodies run: those that may take longest first, those that hold back others last."""
        with self._changed:
            self._pending += bodies
            self._pending.sort(key=lambda body: (body.last, -body.patience_seconds))
            missing = min(self._size - len(self._threads), len(self._pending) - self._idle)
            for _ in range(missing):
                thread = threading.Thread(target=self._work, name=f"golive-ahead-{len(self._threads) + 1}", daemon=True)
                thread.start()
                self._threads.append(thread)
            self._changed.notify_all()

    def take(self, body: Body) -> None:
        """Return once a body has ended; its turn has come, so it comes before the others."""
        with self._changed:
            if body in self._pending:
                self._pending.remove(body)
                self._pending.insert(0, body)
                self._changed.notify_all()
        while not body.done.wait(LOOK_SECONDS):
            if (self._closed or self._stopped()) and self._withdraw(body):
                body.run()
                body.done.set()

    @contextmanager
    def holding(self, claims: Claims) -> Iterator[None]:
        """Use places from pytest's own thread: wait until they are free, and let nobody overtake."""
        with self._changed:
            self._first = claims
            try:
                while not self._used.bear(claims):
                    self._changed.wait()
            finally:
                self._first = None
            self._used.take(claims)
        try:
            yield
        finally:
            with self._changed:
                self._used.leave(claims)
                self._changed.notify_all()

    def busy(self) -> list[tuple[str, float]]:
        """Return what is running, and for how many seconds."""
        with self._changed:
            return [(body.name, time.time() - body.started) for body in self._running if body.started]

    def stop(self) -> None:
        """Start nothing any more."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def close(self, seconds: float) -> Sequence[str]:
        """Start nothing any more, wait so long for what runs, and return the names of what does not end.

        A second Ctrl-C ends the waiting.
        """
        until = time.monotonic() + seconds
        self.stop()
        with self._changed:
            try:
                while self._running and (left := until - time.monotonic()) > 0:
                    self._changed.wait(left)
            except KeyboardInterrupt:
                pass
            return tuple(body.name for body in self._running)

    def _withdraw(self, body: Body) -> bool:
        with self._changed:
            if body not in self._pending:
                return False
            self._pending.remove(body)
            return True

    def _work(self) -> None:
        while (body := self._next()) is not None:
            body.run()
            with self._changed:
                self._used.leave(body.claims)
                self._guests[body.room] -= 1
                self._running.remove(body)
                self._changed.notify_all()
            body.done.set()

    def _next(self) -> Body | None:
        with self._changed:
            while (body := self._startable()) is None:
                if self._closed:
                    return None
                self._idle += 1
                self._changed.wait()
                self._idle -= 1
            self._pending.remove(body)
            self._used.take(body.claims)
            self._guests[body.room] += 1
            for other in self._running:
                if disturb(body.claims, other.claims):
                    body.disturbed = other.disturbed = True
            self._running.append(body)
            return body

    def _startable(self) -> Body | None:
        """Return the first body whose places are free and wanted by nobody before it."""
        if self._closed or self._stopped():
            return None
        wanted = Places()
        if self._first is not None:
            wanted.take(self._first)
        for body in self._in_order():
            if self._guests[body.room] >= self._rooms.get(body.room, self._size):
                continue
            if self._used.bear(body.claims) and wanted.bear(body.claims):
                return body
            wanted.take(body.claims)
        return None

    def _in_order(self) -> Sequence[Body]:
        """Return what is pending, before all those that want a vendor to themselves which nobody else waits for."""
        if not self._pending or not self._pending[-1].last:
            return self._pending
        busy = {body.room for body in self._pending if not body.last}
        due = [body for body in self._pending if body.last and body.room not in busy]
        return [*due, *(body for body in self._pending if not body.last or body.room in busy)] if due else self._pending
