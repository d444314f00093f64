"""The cassette of one check, in this process: asked by several threads, written when the check has ended."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from pytest_golive.cassettes.format import serialize
from pytest_golive.cassettes.matching import alike, differences, same_call, told
from pytest_golive.cassettes.shelf import replace_file

if TYPE_CHECKING:
    from vcr.request import Request


class Mode(StrEnum):
    """What --golive-record asks for."""

    NONE = "none"
    MISSING = "missing"
    ALL = "all"


class Written:
    """vcrpy's idea of a serializer: our layout, read as if it had been recorded with today's addresses.

    Args:
        heading: a comment above all.
        interactions: what was read already.
    """

    def __init__(self, heading: str = "", interactions: Iterable[Mapping[str, Any]] = ()) -> None:
        self._heading = heading
        self._interactions = interactions

    def serialize(self, cassette: Mapping[str, Any]) -> str:
        """Return the text of a cassette."""
        return f"# {self._heading}\n{serialize(cassette)}"

    def deserialize(self, _: str) -> dict[str, Any]:
        """Return what a cassette holds: the shelf has read it, and looked whether it is one."""
        # vcrpy turns texts into bytes in place, and what lies on the shelf is others' too.
        copies = [
            {"request": dict(each["request"]), "response": {**each["response"], "body": dict(each["response"]["body"])}}
            for each in self._interactions
        ]
        return {"version": 1, "interactions": copies}


class Persister:
    """vcrpy's idea of where cassettes lie: a file that is replaced as a whole."""

    @classmethod
    def load_cassette(cls, path: str, serializer: Written) -> Any:
        """Return what lies in a file.

        Raises:
            CassetteNotFoundError: there is none.
        """
        from vcr.persisters.filesystem import CassetteNotFoundError
        from vcr.serialize import deserialize as read

        if not Path(path).is_file():
            raise CassetteNotFoundError
        return read("", serializer)

    @staticmethod
    def save_cassette(path: str, cassette: Mapping[str, Any], serializer: Written) -> str:
        """Replace a file; return the text that stands there now."""
        text = text_of(cassette, serializer)
        replace_file(Path(path), text)
        return text


def text_of(cassette: Mapping[str, Any], serializer: Written) -> str:
    """Return the text of requests and answers, by vcrpy."""
    from vcr.serialize import serialize as write

    text: str = write(dict(cassette), serializer)
    return text


class Tape:
    """One cassette. Thread-safe.

    Args:
        path: its file.
        mode: whether it is played, completed or recorded anew.
        interactions: what lies there, as it is read today.
        readings: what a clock said when it was recorded, see :meth:`seconds`.
    """

    def __init__(
        self, path: Path, mode: Mode, interactions: Iterable[Mapping[str, Any]] = (), readings: Sequence[float] = ()
    ) -> None:
        from vcr.cassette import Cassette
        from vcr.record_mode import RecordMode

        self.path = path
        self.mode = mode
        self.lock = threading.RLock()
        self.changed = False
        self.readings = list(readings)
        self._read = 0
        self._zero: float | None = None
        how: dict[str, Any] = {
            "path": str(path),
            "serializer": Written(interactions=interactions),
            "persister": Persister,
            "match_on": (same_call,),
            "record_mode": RecordMode.NONE if mode is Mode.NONE else RecordMode.NEW_EPISODES,
        }
        # Recorded anew: what lies there is not even looked at.
        self._cassette = Cassette(**how) if mode is Mode.ALL else Cassette.load(**how)
        self._recorded = len(self._cassette)

    def play(self, request: Request) -> dict[str, Any] | None:
        """Return the next answer that was recorded for a call, None where there is none left."""
        with self.lock:
            if not self._cassette.can_play_response_for(request):
                return None
            answer: dict[str, Any] = self._cassette.play_response(request)
            return answer

    def record(self, request: Request, answer: dict[str, Any]) -> None:
        """Keep a call that was just made."""
        with self.lock:
            self._cassette.append(request, answer)
            # It was answered already: the same call again is asked again.
            self._cassette.play_counts[len(self._cassette) - 1] += 1
            self.changed = True

    def seconds(self) -> float:
        """Return the seconds since the clock was first read: as recorded, and from there on as they pass.

        Rounded, so that a recording and its replay get the very same figures and wait equally often.
        """
        with self.lock:
            self._read += 1
            if self._read <= len(self.readings):
                return self.readings[self._read - 1]
            last = self.readings[-1] if self.readings else 0.0
            if self._zero is None:
                self._zero = time.monotonic() - last
            self.readings.append(max(last, round(time.monotonic() - self._zero, 3)))
            return self.readings[-1]

    def why_not(self, request: Request) -> str:
        """Say why a call cannot be played: never recorded, recorded otherwise, or played already."""
        with self.lock:
            recorded = list(enumerate(self._cassette.requests))
            same = [index for index, each in recorded if same_call(request, each)]
            if same:
                times = "once" if len(same) == 1 else f"{len(same)} times"
                return f"played out: it was recorded {times}, and is asked for once more"
            near = [(index, each, list(differences(request, each))) for index, each in recorded if alike(request, each)]
            if not near:
                return "never recorded"
            # Of those that are equally near, one that was not played is more likely to be meant.
            index, _, found = min(near, key=lambda each: (len(each[2]), bool(self._cassette.play_counts[each[0]])))
            return f"differs from recorded call {index + 1}: {told(found)}"

    @property
    def played(self) -> frozenset[int]:
        """Which of the recorded calls were played, by their place."""
        counts = self._cassette.play_counts
        return frozenset(index for index in range(self._recorded) if counts[index])

    def __len__(self) -> int:
        return len(self._cassette)

    def interactions(self) -> Iterator[tuple[Request, dict[str, Any]]]:
        """Yield what the cassette holds."""
        yield from zip(self._cassette.requests, self._cassette.responses, strict=True)
