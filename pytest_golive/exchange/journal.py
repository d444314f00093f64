"""What a run creates is written down before it is created, and struck out once it is removed.

One JSON line per step in ``.golive/journal.jsonl``. What a killed run left is found there by ``golive sweep``.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Created:
    """Something a run created, or is about to.

    Attributes:
        run: the run that made it.
        environment: where it was made.
        vendor: at whose API.
        operation: the operation that creates it.
        kind: what it is: document, session.
        name: the name golive gave it, to find it by.
        id: the vendor's id; None as long as the vendor has not answered.
        removed: whether it is gone again.
        call: tells two things of one name apart.
        puts_back: for something that was replaced and not created: the arguments by which `operation` puts it back,
            with ``{credential:NAME}`` in the place of each secret.
    """

    run: str
    environment: str
    vendor: str
    operation: str
    kind: str
    name: str
    id: str | None = None
    removed: bool = False
    call: str = ""
    puts_back: Mapping[str, Any] | None = None

    @property
    def key(self) -> tuple[str, ...]:
        """What the steps of one creation have in common."""
        return (self.run, self.vendor, self.kind, self.name, self.call)


class Journal:
    """The list of what still has to be removed.

    Args:
        path: the journal's file; made with its first line, so that a run that creates nothing leaves nothing.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()
        self._open: dict[tuple[str, ...], Created] = {}
        self._begun = False

    def intend(self, created: Created) -> None:
        """Write down what is about to be created."""
        self._step(created)

    def confirm(self, created: Created, identifier: str | None) -> None:
        """Write down the id the vendor gave it."""
        self._step(replace(created, id=identifier))

    def remove(self, created: Created) -> None:
        """Strike out what is gone, or was never made."""
        self._step(replace(created, removed=True))

    def left(self) -> tuple[Created, ...]:
        """Return what this process made and has not removed, newest first."""
        with self._lock:
            return tuple(reversed(self._open.values()))

    def held_elsewhere(self, created: Created) -> bool:
        """Whether another process of the same run has written the same thing down, and not struck it out."""
        with self._lock:
            mine = created.key in self._open
        return not mine and any(one.key == created.key for one in unremoved(self._path))

    def noted(self, created: Created) -> Created | None:
        """Return the same thing as this run, in whichever process, has written it down; None where it has not."""
        with self._lock:
            mine = self._open.get(created.key)
        return mine or next((one for one in unremoved(self._path) if one.key == created.key), None)

    def _step(self, created: Created) -> None:
        with self._lock:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            # Opened anew for each line: workers append to the same file, and a short line is written at once.
            with self._path.open("a", encoding="utf-8") as file:
                file.write(self._before() + json.dumps(asdict(created), ensure_ascii=False) + "\n")
            if created.removed:
                self._open.pop(created.key, None)
            else:
                self._open[created.key] = created

    def _before(self) -> str:
        """Return the line end that a killed run owes, so that its last line takes no other one with it."""
        if self._begun:
            return ""
        self._begun = True
        return "" if self._path.read_bytes()[-1:] in {b"", b"\n"} else "\n"


class Unwritten(Journal):
    """The journal of a replay: nothing is created, so nothing has to be found again."""

    def __init__(self) -> None:
        super().__init__(Path())

    def held_elsewhere(self, created: Created) -> bool:
        """Whether another process remembers it: none does."""
        del created
        return False

    def noted(self, created: Created) -> Created | None:
        """Return nothing: a replay writes nothing down."""
        del created
        return None

    def _step(self, created: Created) -> None:
        pass


def unremoved(path: Path) -> tuple[Created, ...]:
    """Return what all runs so far left behind, newest first; a line cut by a crash is passed over."""
    latest: dict[tuple[str, ...], Created] = {}
    for created in _read(path):
        latest[created.key] = created
    return tuple(created for created in reversed(latest.values()) if not created.removed)


def forget_removed(path: Path) -> None:
    """Delete the journal once nothing in it is left to remove."""
    if path.exists() and not unremoved(path):
        path.unlink()


def _read(path: Path) -> Iterator[Created]:
    if not path.exists():
        return
    for line in _lines(path):
        try:
            yield Created(**json.loads(line))
        except (ValueError, TypeError):
            continue


def _lines(path: Path) -> Iterable[str]:
    return path.read_text(encoding="utf-8", errors="replace").splitlines()
