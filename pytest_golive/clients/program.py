"""A client's process: one line in per call, one line out per answer, and everything else it says is its log."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import IO

from pytest_golive.programs.keeper import KEEPER

LINE_BYTES = 8 * 1024 * 1024
"""The longest line that is read; a listing of many things is one."""

LOG_BYTES = 4 * 1024 * 1024
"""What is kept of a client's log: the last of it."""

ENDING_SECONDS = 0.7
"""How long a process has to end once its input is closed, before it is killed."""

LAST_WORDS_SECONDS = 2.0
"""How long golive waits for a process that closed its standard output to end, and for the last of its log."""

AT_ONCE = threading.BoundedSemaphore(4 * (os.cpu_count() or 1))
"""So many scenarios have driven processes at the same time, over all labs of this process."""


class Unstarted(Exception):
    """A client could not be started; one sentence."""


class Log:
    """What a client says besides its answers. Thread-safe."""

    def __init__(self, leaving: Callable[[str], None]) -> None:
        self._lock = threading.Lock()
        self._lines: list[str] = []
        self._bytes = 0
        self._leaving = leaving
        self.last = ""

    def add(self, line: bytes) -> None:
        """Keep a line; of a lot the last."""
        text = line.decode("utf-8", "replace").rstrip("\r\n")
        with self._lock:
            self._lines.append(text)
            self._bytes += len(line)
            self.last = text if text.strip() else self.last
            if self._bytes > LOG_BYTES:
                half = len(self._lines) // 2 or 1
                gone, self._lines = self._lines[:half], self._lines[half:]
                self._bytes = sum(map(len, self._lines))
                self._leaving("\n".join(gone))

    @property
    def lines(self) -> tuple[str, ...]:
        """What is kept, unmasked."""
        with self._lock:
            return tuple(self._lines)


class Program:
    """A client's process, in a group of its own.

    Args:
        argv: program and arguments.
        directory: where it runs.
        environ: all of its variables.
        on_line: gets each line of standard output, without its end; tells whether it was an answer.
        on_end: gets how the process ended, in words, once nothing more comes from it.
        leaving: gets what falls out of the log because there is too much of it.
    """

    def __init__(
        self,
        argv: Sequence[str],
        directory: Path,
        environ: Mapping[str, str],
        *,
        on_line: Callable[[bytes], bool],
        on_end: Callable[[str], None],
        leaving: Callable[[str], None],
    ) -> None:
        self._argv = list(argv)
        self._directory = directory
        self._environ = dict(environ)
        self._on_line = on_line
        self._on_end = on_end
        self.log = Log(leaving)
        self._process: subprocess.Popen[bytes] | None = None
        self._writing = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._closing = False
        self._has_room = False

    def start(self, *, beside: bool = False) -> None:
        """Start it, as soon as there is room for one more.

        Args:
            beside: it runs beside another one of the same scenario, and takes that one's room: scenarios that held
                some rooms and waited for others would wait for each other.

        Raises:
            Unstarted: it cannot be started.
        """
        if not beside:
            AT_ONCE.acquire()
        self._has_room = not beside
        try:
            self._process = self._launched()
        except BaseException:
            self._give_room()
            raise
        KEEPER.started(self._process.pid)
        for name, task in (("answers", self._read_answers), ("log", self._read_log)):
            thread = threading.Thread(target=task, daemon=True, name=f"golive-client-{name}")
            thread.start()
            self._threads.append(thread)

    def write(self, line: bytes) -> None:
        """Give it a line; one that is gone is told by `on_end`."""
        assert self._process is not None, "was started"
        stream = self._process.stdin
        assert stream is not None, "a pipe was asked for"
        with self._writing, contextlib.suppress(OSError, ValueError):
            stream.write(line + b"\n")
            stream.flush()

    def end_input(self) -> None:
        """Close its standard input: it has nothing more to do."""
        if self._process is not None and self._process.stdin is not None:
            with contextlib.suppress(OSError):
                self._process.stdin.close()

    def close(self, *, at_once: bool = False) -> None:
        """End it, and all it has started."""
        process = self._process
        if process is None or self._closing:
            return
        self._closing = True
        if not at_once:
            self.end_input()
            with contextlib.suppress(subprocess.TimeoutExpired):
                process.wait(ENDING_SECONDS)
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()
        self.end_input()
        for thread in self._threads:
            thread.join(1)  # a grandchild that left the group may hold the pipe open
        KEEPER.ended(process.pid)
        self._give_room()

    def _give_room(self) -> None:
        if self._has_room:
            self._has_room = False
            AT_ONCE.release()

    def _launched(self) -> subprocess.Popen[bytes]:
        try:
            return subprocess.Popen(  # noqa: S603  # the user's own golive.yaml names the program; no shell
                self._argv,
                cwd=self._directory,
                env=self._environ,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
        except FileNotFoundError:
            what = "program" if self._directory.is_dir() else "folder"
            name = self._argv[0] if what == "program" else str(self._directory)
            raise Unstarted(f"the {what} {name} was not found") from None
        except OSError as error:
            raise Unstarted(f"{self._argv[0]} cannot be started: {error.strerror}") from None

    def _read_answers(self) -> None:
        process = self._process
        assert process is not None, "was started"
        assert process.stdout is not None, "a pipe was asked for"
        how = self._read(process.stdout)
        self._on_end(how or self._ended(process))

    def _read(self, stream: IO[bytes]) -> str:
        """Hand on each line; return what ended it other than the stream's end."""
        with stream:
            while line := stream.readline(LINE_BYTES):
                if len(line) == LINE_BYTES and not line.endswith(b"\n"):
                    return f"it wrote a line of more than {LINE_BYTES // 1024 // 1024} MiB"
                if not self._on_line(line.rstrip(b"\r\n")) and line.strip():
                    self.log.add(line)
        return ""

    def _ended(self, process: subprocess.Popen[bytes]) -> str:
        try:
            code = process.wait(LAST_WORDS_SECONDS)
        except subprocess.TimeoutExpired:
            return "it closed its standard output"
        if len(self._threads) > 1 and threading.current_thread() is not self._threads[1]:
            self._threads[1].join(LAST_WORDS_SECONDS)  # what it said at last
        return f"its process ended with exit code {code}" if code >= 0 else f"its process ended by signal {-code}"

    def _read_log(self) -> None:
        assert self._process is not None, "was started"
        assert self._process.stderr is not None, "a pipe was asked for"
        with self._process.stderr as stream:
            while line := stream.readline(LINE_BYTES):
                if line.strip():
                    self.log.add(line)


def now() -> float:
    """Return the time by which answers are stamped."""
    return time.monotonic()
