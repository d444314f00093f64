"""How fast a vendor may be asked: so many calls in a span of time, so many at once, none during a pause it asked for.

The pace is kept by all threads of a run, and by all its processes: xdist's workers share it through small files
under ``.golive/budget``. What a worker holds there is freed by the system when it dies.
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import struct
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol
from urllib.parse import quote

from pytest_golive.manifest.environment import CallBudget, Target
from pytest_golive.vendors.pack import Pack

ARRIVED_SECONDS = 1.0
"""A call has reached the vendor this long after it was sent, however long its answer takes."""

LOOK_SECONDS = 0.01
"""How often one who waits for a call to end looks again: nobody tells when it is another process's."""

KEPT_SECONDS = 86_400.0
"""Files of a run that was killed are removed once they are as old as this."""


BUDGET = "its budget"
PAUSE = "the pause it asked for"
"""What a call waits for, in words."""


@dataclass(slots=True)
class Notes:
    """What is known of the calls so far.

    Attributes:
        free_at: until when nothing may be sent, on the clock all processes share.
        arrived: for each of the last calls, when the vendor had certainly received it.
    """

    free_at: float = 0.0
    arrived: list[float] = field(default_factory=list)


class Board(Protocol):
    """Where the notes are, and the places for calls under way."""

    def locked(self) -> contextlib.AbstractContextManager[Notes]:
        """Read the notes; what is changed inside is written, and nobody else reads meanwhile."""

    def enter(self) -> int | None:
        """Take a place for a call; None if there is none."""

    def leave(self, place: int) -> None:
        """Give a place back."""


class OneProcess:
    """Notes that the threads of one process share.

    Args:
        limits: how much may be asked; None for no limit.
    """

    def __init__(self, limits: CallBudget | None) -> None:
        self._lock = threading.Lock()
        self._notes = Notes(arrived=[0.0] * (limits.requests if limits is not None else 0))
        self._places = None if limits is None else limits.in_flight

    @contextmanager
    def locked(self) -> Iterator[Notes]:
        """Read and change the notes."""
        with self._lock:
            yield self._notes

    def enter(self) -> int | None:
        """Take a place; called only while locked."""
        if self._places is None:
            return 0
        if self._places == 0:
            return None
        self._places -= 1
        return 0

    def leave(self, place: int) -> None:
        """Give a place back."""
        del place  # all are alike
        with self._lock:
            if self._places is not None:
                self._places += 1


class AllProcesses:
    """Notes that all processes of a run share, in a file; a place is a file that is locked.

    Args:
        path: the file; the places stand beside it.
        limits: how much may be asked; None for no limit.
    """

    def __init__(self, path: Path, limits: CallBudget | None) -> None:
        self._path = path
        self._limits = limits
        self._lock = threading.Lock()
        self._format = struct.Struct(f"={1 + (limits.requests if limits is not None else 0)}d")
        self._file: int | None = None

    @contextmanager
    def locked(self) -> Iterator[Notes]:
        """Read the notes, and write them if they were changed."""
        with self._lock:
            file = self._opened()
            # Threads of one process share the file's lock: the lock above is theirs.
            fcntl.flock(file, fcntl.LOCK_EX)
            try:
                data = os.pread(file, self._format.size, 0).ljust(self._format.size, b"\0")
                free_at, *arrived = self._format.unpack(data)
                notes = Notes(free_at, arrived)
                yield notes
                written = self._format.pack(notes.free_at, *notes.arrived)
                if written != data:
                    os.pwrite(file, written, 0)
            finally:
                fcntl.flock(file, fcntl.LOCK_UN)

    def enter(self) -> int | None:
        """Take a place; called only while locked."""
        if self._limits is None:
            return -1
        for number in range(self._limits.in_flight):
            place = os.open(self._path.with_name(f"{self._path.name}.{number}"), os.O_RDWR | os.O_CREAT, 0o600)
            with contextlib.suppress(BlockingIOError):
                fcntl.flock(place, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return place
            os.close(place)
        return None

    def leave(self, place: int) -> None:
        """Give a place back."""
        if place >= 0:
            os.close(place)

    def _opened(self) -> int:
        if self._file is None:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        return self._file


class Pace:
    """Lets a call go once it may.

    A call counts from when it is sent until a whole span after the vendor had certainly received it. So the vendor
    never sees more than the budget in any span of time, however the calls take their way.

    Args:
        limits: how much may be asked; None for no limit.
        board: where all who ask keep their notes; None for this process alone.
        sleep: waits a number of seconds; replaced in tests.
        clock: tells the seconds of a clock that all processes share; replaced in tests.
    """

    def __init__(
        self,
        limits: CallBudget | None = None,
        board: Board | None = None,
        sleep: Callable[[float], None] = time.sleep,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.limits = limits
        self.waited_seconds = 0.0
        self.calls = 0
        self.waits_for = ("", 0.0)
        self._board = board or OneProcess(limits)
        self._sleep = sleep
        self._clock = clock
        self._door = threading.Lock()

    @contextmanager
    def turn(self) -> Iterator[float]:
        """Wait for a turn to call, and yield how long it took; the call is under way until the block ends."""
        begun = self._clock()
        with self._door:  # one of the process's threads waits for time to pass, the others for it
            place, number, stamp = self._granted()
            waited = self._clock() - begun
            self.waited_seconds += waited
        try:
            yield waited
        finally:
            self._board.leave(place)
            if number is not None:
                self._arrived(number, stamp)

    @property
    def waiting(self) -> tuple[str, float]:
        """What the next call waits for, and for how many seconds still; empty where none waits."""
        what, until = self.waits_for
        return what, max(0.0, until - self._clock()) if what else 0.0

    def hold_back(self, seconds: float) -> None:
        """Let nobody call for so long."""
        with self._board.locked() as notes:
            notes.free_at = max(notes.free_at, self._clock() + seconds)

    def _granted(self) -> tuple[int, int | None, float]:
        """Wait until a call may go; return its place, and where it is noted and how."""
        while True:
            with self._board.locked() as notes:
                now = self._clock()
                wait, number = self._due(notes, now)
                if wait <= 0:
                    place = self._board.enter()
                    if place is not None:
                        stamp = now + ARRIVED_SECONDS
                        if number is not None:
                            notes.arrived[number] = stamp
                        self.calls, self.waits_for = self.calls + 1, ("", 0.0)
                        return place, number, stamp
                    wait = LOOK_SECONDS
                self.waits_for = (PAUSE if notes.free_at > now else BUDGET, now + wait)
            self._sleep(wait)

    def _due(self, notes: Notes, now: float) -> tuple[float, int | None]:
        """Return how long to wait at least, and whose note may be written over then."""
        if self.limits is None:
            return notes.free_at - now, None
        number = min(range(len(notes.arrived)), key=notes.arrived.__getitem__)
        oldest = notes.arrived[number]
        over = oldest + self.limits.per_seconds if oldest else 0.0
        return max(notes.free_at, over) - now, number

    def _arrived(self, number: int, stamp: float) -> None:
        """Note that the vendor has the call, if it has answered before that was certain."""
        with self._board.locked() as notes:
            now = self._clock()
            if notes.arrived[number] == stamp and now < stamp:
                notes.arrived[number] = now


class Budgets:
    """The paces of a run, one for each vendor and environment.

    Args:
        folder: where all processes of the run share them; None for a run that needs no sharing.
        run: id of the run.
    """

    def __init__(self, folder: Path | None = None, run: str = "") -> None:
        self._folder = folder
        self._run = run
        self._lock = threading.Lock()
        self._paces: dict[tuple[str, str], Pace] = {}

    def pace(self, vendor: str, environment: str, limits: CallBudget | None) -> Pace:
        """Return the pace at which a vendor is asked in an environment."""
        with self._lock:
            key = (vendor, environment)
            if key not in self._paces:
                board: Board | None = None
                if self._folder is not None:
                    board = AllProcesses(self._folder / f"{self._run}-{quote(environment, safe='')}-{vendor}", limits)
                self._paces[key] = Pace(limits, board)
            return self._paces[key]

    def calls(self) -> int:
        """Return how many calls this process has made."""
        return sum(pace.calls for pace in list(self._paces.values()))

    def waiting(self) -> dict[str, tuple[str, float]]:
        """Return by vendor what its next call waits for, and for how many seconds still."""
        told = {vendor: pace.waiting for (vendor, _), pace in list(self._paces.items())}
        return {vendor: each for vendor, each in told.items() if each[0]}

    def waited(self) -> dict[str, float]:
        """Return how long this process's calls waited in all, by vendor."""
        told: dict[str, float] = {}
        for (vendor, _), pace in self._paces.items():
            told[vendor] = told.get(vendor, 0.0) + pace.waited_seconds
        return told

    def remove(self) -> None:
        """Remove the files of this run, and what killed runs left long ago."""
        if self._folder is None or not self._folder.is_dir():
            return
        for path in self._folder.iterdir():
            with contextlib.suppress(OSError):
                if path.name.startswith(f"{self._run}-") or path.stat().st_mtime < time.time() - KEPT_SECONDS:
                    path.unlink()
        with contextlib.suppress(OSError):
            self._folder.rmdir()


def limits_of(pack: Pack, target: Target, *, production: bool) -> CallBudget | None:
    """Return how much golive may ask of a vendor: as golive.yaml says, else as the pack does, else without limit."""
    if target.budget is not None or pack.budget is None:
        return target.budget
    fewer = pack.budget.production_requests if production else None
    return CallBudget(
        requests=fewer or pack.budget.requests,
        per_seconds=pack.budget.per_seconds,
        in_flight=pack.budget.in_flight,
    )
