"""Ends the programs that golive started once golive is gone, however it went: Ctrl-C, a crash, a KILL.

A process of its own, with nothing but the standard library. It reads lines: ``+123`` a process group was started,
``-123`` it is over. At the end of its input it ends those that are left.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterable


def keep(lines: Iterable[str]) -> None:
    """Take note of process groups until the input ends; end those that are left."""
    groups: set[int] = set()
    for line in lines:
        sign, number = line[:1], line[1:].strip()
        (groups.add if sign == "+" else groups.discard)(int(number))
    for group in groups:
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(group, signal.SIGKILL)


class Keeper:
    """The keeper's end in this process; started with the first program. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None

    def started(self, group: int) -> None:
        """Tell it of a process group that was started."""
        self._tell(f"+{group}\n")

    def ended(self, group: int) -> None:
        """Tell it of a process group that is over: its number may soon be another's."""
        self._tell(f"-{group}\n")

    def close(self) -> None:
        """End it, and what it still keeps."""
        with self._lock:
            if self._process is not None and self._process.stdin is not None:
                with contextlib.suppress(OSError):
                    self._process.stdin.close()
                self._process.wait(10)
            self._process = None

    def _tell(self, line: str) -> None:
        with self._lock:
            if self._process is None or self._process.poll() is not None:
                self._process = _launched()
            assert self._process.stdin is not None, "a pipe was asked for"
            self._process.stdin.write(line)
            self._process.stdin.flush()


def _launched() -> subprocess.Popen[str]:
    return subprocess.Popen(  # noqa: S603  # golive's own file
        [sys.executable, "-I", "-S", __file__],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        text=True,
        start_new_session=True,  # Ctrl-C at the terminal is for golive alone
    )


KEEPER = Keeper()

if __name__ == "__main__":
    keep(sys.stdin)
