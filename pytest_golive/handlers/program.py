"""A handler that golive starts: a command in any language, or an app that golive serves; one process group each."""

from __future__ import annotations

import contextlib
import http.client
import os
import secrets
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO

from pytest_golive.programs.keeper import KEEPER

LOG_BYTES = 4 * 1024 * 1024
"""What is kept of a program's output: the last of it."""

TAIL_LINES = 8
"""Lines of output that a mistake quotes."""

TERM_SECONDS = 5.0
"""How long a program has to end after TERM before it is killed."""

LOOPBACK = "127.0.0.1"

OWN_PORTS = range(15_000, 32_000)
"""Where programs listen: below what Linux (32768) and others (49152) give to connections."""

PORT_TRIES = 50


class ProgramProblem(Exception):
    """A handler could not be started; one sentence, and the end of what it said."""


@dataclass(frozen=True, slots=True)
class Launch:
    """What is started, and how one tells that it is up.

    Attributes:
        argv: program and arguments.
        directory: where it runs.
        environ: variables beside those of golive itself.
        port: where it listens on this machine.
        ready: path that answers once it is up; None: the port accepts connections.
        start_seconds: how long that may take.
        scrub: masks known secrets in a text.
    """

    argv: Sequence[str]
    directory: Path
    environ: Mapping[str, str] = field(repr=False)
    port: int
    ready: str | None = None
    start_seconds: float = 20.0
    scrub: Callable[[str], str] = str

    @property
    def origin(self) -> str:
        """Where it is reached."""
        return f"http://{LOOPBACK}:{self.port}"


class Program:
    """A program under way. Started, stopped and started again at the same port; its output is kept over restarts."""

    def __init__(self, launch: Launch) -> None:
        self.launch = launch
        self._lock = threading.RLock()
        self._process: subprocess.Popen[bytes] | None = None
        self._output = _Output()

    @property
    def running(self) -> bool:
        """Whether its process is there."""
        return self._process is not None and self._process.poll() is None

    def ends_within(self, seconds: float) -> bool:
        """Whether it ends within a time: its connections break a moment before."""
        process = self._process
        if process is None:
            return True
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(seconds)
        return process.poll() is not None

    def start(self) -> None:
        """Start it, and wait until it is up.

        Raises:
            ProgramProblem: it cannot be started, ends at once, or does not come up in time.
        """
        with self._lock:
            self._process = self._launched()
            KEEPER.started(self._process.pid)
            self._output.follow(self._process.stdout)
            try:
                self._wait_until_ready()
            except ProgramProblem as problem:
                self.stop(kill=True)
                raise ProgramProblem(self.launch.scrub(str(problem))) from None

    def stop(self, *, kill: bool = False) -> None:
        """End it and all it has started: by TERM and, where that does not do in time, by KILL."""
        with self._lock:
            process, self._process = self._process, None
            if process is None:
                return
            if not kill:
                _signal(process.pid, signal.SIGTERM)
                with contextlib.suppress(subprocess.TimeoutExpired):
                    process.wait(TERM_SECONDS)
            _signal(process.pid, signal.SIGKILL)
            process.wait()
            self._output.drain()
            KEEPER.ended(process.pid)

    def restart(self, *, kill: bool = False) -> None:
        """Stop it by TERM, or KILL, and start it again.

        Raises:
            ProgramProblem: it does not come up again.
        """
        with self._lock:
            self.stop(kill=kill)
            self.start()

    def log(self) -> str:
        """Return what it wrote so far, unmasked; of a lot the last."""
        return self._output.text()

    def _launched(self) -> subprocess.Popen[bytes]:
        launch = self.launch
        try:
            return subprocess.Popen(  # noqa: S603  # the user's own golive.yaml names the program; no shell
                list(launch.argv),
                cwd=launch.directory,
                env={**os.environ, **launch.environ},
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        except FileNotFoundError:
            what = "folder" if not launch.directory.is_dir() else "program"
            name = launch.directory if what == "folder" else launch.argv[0]
            raise ProgramProblem(f"the {what} {name} was not found") from None
        except OSError as error:
            raise ProgramProblem(f"{launch.argv[0]} cannot be started: {error.strerror}") from None

    def _wait_until_ready(self) -> None:
        launch, process = self.launch, self._process
        assert process is not None, "was started"
        until = time.monotonic() + launch.start_seconds
        while time.monotonic() < until:
            code = process.poll()
            if code is not None:
                self._output.drain()
                how = f"with exit code {code}" if code >= 0 else f"by signal {-code}"
                raise ProgramProblem(f"{self._name} ended {how} before it was ready{self._said()}")
            if _answers(launch):
                return
            time.sleep(0.02)
        asked = f"{launch.ready} did not answer" if launch.ready else f"port {launch.port} took no connection"
        raise ProgramProblem(f"{self._name}: {asked} within {launch.start_seconds:g} s{self._said()}")

    @property
    def _name(self) -> str:
        return " ".join(self.launch.argv)

    def _said(self) -> str:
        lines = [line for line in self._output.text().splitlines() if line.strip()][-TAIL_LINES:]
        if not lines:
            return "; it said nothing"
        return "; it said: " + " | ".join(lines)


def free_port() -> int:
    """Return a port of this machine at which nobody listens.

    Not one of those that the system gives to connections: one of these might take it while the program is stopped.
    """
    for _ in range(PORT_TRIES):
        port = secrets.choice(OWN_PORTS)
        with contextlib.suppress(OSError), socket.socket() as probe:
            probe.bind((LOOPBACK, port))
            return port
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])


def served(app: str, port: int) -> list[str]:
    """Return the command that serves an ASGI or WSGI app."""
    return [sys.executable, "-m", "pytest_golive.handlers.serve", app, "--port", str(port)]


def _answers(launch: Launch) -> bool:
    if launch.ready is None:
        with contextlib.suppress(OSError), socket.create_connection((LOOPBACK, launch.port), 1):
            return True
        return False
    connection = http.client.HTTPConnection(LOOPBACK, launch.port, timeout=2)
    try:
        connection.request("GET", launch.ready)
        return connection.getresponse().status < 400
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


def _signal(group: int, number: int) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)


class _Output:
    """What a program writes, gathered by a thread, so that it never waits for its reader."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._kept = bytearray()
        self._reader: threading.Thread | None = None

    def follow(self, stream: IO[bytes] | None) -> None:
        assert stream is not None, "a pipe was asked for"
        self._reader = threading.Thread(target=self._gather, args=(stream,), daemon=True, name="golive-handler-log")
        self._reader.start()

    def drain(self) -> None:
        """Wait until all of it is here; a grandchild that lives on may hold the pipe open."""
        if self._reader is not None:
            self._reader.join(1)

    def text(self) -> str:
        with self._lock:
            return self._kept.decode("utf-8", "replace")

    def _gather(self, stream: IO[bytes]) -> None:
        with stream:
            while piece := os.read(stream.fileno(), 65536):
                with self._lock:
                    self._kept += piece
                    if len(self._kept) > LOG_BYTES:
                        del self._kept[: len(self._kept) - LOG_BYTES]
