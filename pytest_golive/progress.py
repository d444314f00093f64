"""A line in the terminal that says what a run is doing right now, below what pytest prints.

It is for somebody who sits there and waits. In a pipeline, in a file, with `-q` or `-s`, or at a terminal that cannot
move its cursor, there is none.
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Generator, Mapping, Sequence
from contextlib import suppress
from typing import Any, TextIO

import pytest

from pytest_golive.output import Passing
from pytest_golive.report.ticket.plain_text import one_line
from pytest_golive.run import Run

EVERY_SECONDS = 0.5
"""How often the line is looked at; it is drawn again only if it says something else."""

QUIET_SECONDS = 1.0
"""A run that takes no longer than this shows none."""

LONG_SECONDS = 2.0
"""A check that has been running for longer is named."""

ERASE = "\x1b[J"
BELOW = "\x1bD\x1bM\x1b7\x1b[1B\r"
"""Makes room for a line below the cursor, remembers where that is, and goes there."""

BACK = "\x1b[K\x1b8"

Busy = Sequence[tuple[str, float]]
"""Checks that are running: name, and for how many seconds."""


class Line(Passing):
    """Stands before the terminal: whatever is written goes above the line.

    Args:
        stream: the terminal.
    """

    def __init__(self, stream: TextIO) -> None:
        super().__init__(stream, "terminal")
        self._lock = threading.RLock()
        self._shown = ""

    def write(self, text: str) -> int:
        """Write what pytest has to say, and the line below it again."""
        with self._lock:
            shown = self._shown
            self.show("")
            written = self._stream.write(text)
            self.show(shown)
            return written

    def show(self, text: str) -> None:
        """Show a text in the line; an empty one takes it away."""
        with self._lock:
            if text == self._shown:
                return
            encoding = getattr(self._stream, "encoding", None) or "ascii"
            told = text.encode(encoding, errors="replace").decode(encoding)
            drawn = f"{BELOW}\x1b[2m{told}\x1b[0m{BACK}" if told else ERASE
            self._stream.write(drawn)
            self._stream.flush()
            self._shown = text


class Progress:
    """Counts what ends, and shows it.

    Args:
        run: the run.
        busy: tells which checks are running in this process.
    """

    def __init__(self, run: Run, busy: Callable[[], Busy]) -> None:
        self._run = run
        self._busy = busy
        self._begun: dict[str, float] = {}
        self._ended: set[str] = set()
        self._done = threading.Event()

    @pytest.hookimpl(wrapper=True)
    def pytest_runtestloop(self, session: pytest.Session) -> Generator[None, object, object]:
        """Show the line while tests run."""
        out = session.config.pluginmanager.getplugin("terminalreporter")
        if not is_watched(session.config, out):
            return (yield)
        terminal = out._tw  # noqa: SLF001  # pytest has no other way to its stream
        stream = terminal._file  # noqa: SLF001
        terminal._file = line = Line(stream)  # noqa: SLF001
        thread = threading.Thread(target=self._draw, args=(line, out), name="golive-progress", daemon=True)
        thread.start()
        try:
            return (yield)
        finally:
            self._done.set()
            thread.join()
            with suppress(OSError, ValueError):
                line.show("")
            terminal._file = stream  # noqa: SLF001

    def pytest_runtest_logstart(self, nodeid: str) -> None:
        """Note that a test began."""
        self._begun[nodeid] = time.monotonic()

    def pytest_runtest_logfinish(self, nodeid: str) -> None:
        """Note that a test ended."""
        self._begun.pop(nodeid, None)
        self._ended.add(nodeid)

    def text(self, width: int) -> str:
        """Return the line, no longer than the terminal is wide."""
        budgets = self._run.golive.budgets
        running = self._running()
        parts = [
            f"golive: {len(self._ended)} of {max(len(self._run.plan.checks), len(self._ended))} checks",
            _running_told(running),
            _counted(budgets.calls(), "call"),
            *_waiting_told(budgets.waiting()),
        ]
        told = one_line(" · ".join(part for part in parts if part))
        return told if len(told) < width else f"{told[: width - 2]}…"

    def _running(self) -> Busy:
        """Return the checks that run: those that overlap say so themselves, any other is the one pytest is at."""
        now = time.monotonic()
        return self._busy() or [(_name(test), now - begun) for test, begun in list(self._begun.items())]

    def _draw(self, line: Line, out: pytest.TerminalReporter) -> None:
        if self._done.wait(QUIET_SECONDS):
            return
        with suppress(OSError, ValueError):  # the terminal has gone: whoever sat there has, too
            while not self._done.wait(EVERY_SECONDS):
                line.show(self.text(out._tw.fullwidth))  # noqa: SLF001


def is_watched(config: pytest.Config, out: Any) -> bool:
    """Whether somebody sits at a terminal and wants to see more than a verdict."""
    options = config.option
    return (
        out is not None
        and bool(getattr(out, "isatty", False))
        and os.environ.get("TERM", "dumb") != "dumb"
        and not any(os.environ.get(name) for name in ("CI", "BUILD_NUMBER", "TF_BUILD", "TEAMCITY_VERSION"))
        and out.verbosity >= 0
        and getattr(options, "capture", "fd") in {"fd", "sys"}
        and not any(getattr(options, name, False) for name in ("usepdb", "trace", "collectonly"))
    )


def _running_told(running: Busy) -> str:
    if not running:
        return ""
    name, seconds = max(running, key=lambda each: each[1])
    longest = f", {name} for {seconds:.0f} s" if seconds >= LONG_SECONDS else ""
    return f"{len(running)} running{longest}"


def _waiting_told(waiting: Mapping[str, tuple[str, float]]) -> list[str]:
    """Say of each vendor what its calls wait for; what is over in a moment is not worth a word."""
    return [
        f"{vendor} waits {seconds:.0f} s for {what}" for vendor, (what, seconds) in waiting.items() if seconds >= 0.5
    ]


def _counted(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}" if count else ""


def _name(test: str) -> str:
    return test.rpartition("::")[2].removeprefix("test_")
