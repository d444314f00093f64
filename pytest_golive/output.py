"""What leaves a run on the screen or in a log file holds no secret, and belongs to the check whose thread wrote it.

Masked are the ways out, never what a test sees of itself: with ``capsys`` and ``caplog`` a team checks that its own
program prints no key, and a mask in their place would turn every such test green.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, TextIO

import pytest

from pytest_golive.facts.current import CheckRecord, ahead, elsewhere


class Passing:
    """Stands before a text stream and is like it in all but writing."""

    def __init__(self, stream: TextIO, name: str) -> None:
        self._stream = stream
        self._name = name

    def write(self, text: str) -> int:
        """Write a text; each kind does so in its own way."""
        raise NotImplementedError

    def writelines(self, lines: Iterable[str]) -> None:
        """Write several texts."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class Masking(Passing):
    """Stands before a stream that somebody reads as it is written: a terminal, a build log.

    Args:
        stream: where text goes.
        name: stdout or stderr.
        scrub: masks known secrets.
    """

    def __init__(self, stream: TextIO, name: str, scrub: Callable[[str], str]) -> None:
        super().__init__(stream, name)
        self._scrub = scrub

    def write(self, text: str) -> int:
        """Write the text without its secrets."""
        if not keep(self._name, text):
            self._stream.write(self._scrub(text))
        return len(text)


class Routing(Passing):
    """Stands before a captured stream: what the threads of another check write is kept with that check."""

    def write(self, text: str) -> int:
        """Write to the stream, or to the record of the check whose thread this is."""
        if keep(self._name, text):
            return len(text)
        owner = elsewhere()
        if owner is None:
            self._stream.write(text)
        else:
            owner.output.append(text)
        return len(text)


def keep(stream: str, text: str) -> bool:
    """Keep what a check prints that runs ahead, until its turn; False for any other."""
    early = ahead()
    if early is None:
        return False
    early.printed.append((stream, text))
    return True


@contextmanager
def routed() -> Iterator[None]:
    """Route the standard streams while they are captured for one phase of a check."""
    mine = {}
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if not isinstance(stream, Passing):
            mine[name] = (stream, Routing(stream, name))
            setattr(sys, name, mine[name][1])
    try:
        yield
    finally:
        for name, (stream, routing) in mine.items():
            if getattr(sys, name) is routing:  # a test may have put another one there for good
                setattr(sys, name, stream)


def mask_streams(config: pytest.Config, scrub: Callable[[str], str]) -> Callable[[], None]:
    """Mask what is written to the real standard streams; return what undoes it.

    pytest's capturing puts the streams it remembers back between the phases of a test, with ``capsys.disabled()``,
    and copies to them with ``--capture=tee-sys``: those have to be masked too.
    """
    changed = []
    for holder, name, called in [(sys, "stdout", "stdout"), (sys, "stderr", "stderr"), *_remembered(config)]:
        stream = getattr(holder, name, None)
        if stream is not None and not isinstance(stream, Masking):
            setattr(holder, name, Masking(stream, called, scrub))
            changed.append((holder, name, stream))

    def undo() -> None:
        for holder, name, stream in changed:
            if isinstance(getattr(holder, name, None), Masking):
                setattr(holder, name, stream)

    return undo


def _remembered(config: pytest.Config) -> Iterator[tuple[object, str, str]]:
    for called, capture in _captures(config):
        if hasattr(capture, "_old"):
            yield capture, "_old", called
        if hasattr(getattr(capture, "tmpfile", None), "_other"):
            yield capture.tmpfile, "_other", called


def _captures(config: pytest.Config) -> Iterator[tuple[str, Any]]:
    """Yield what pytest puts in the place of the standard streams while it captures them."""
    capturing = getattr(config.pluginmanager.getplugin("capturemanager"), "_global_capturing", None)
    for name in ("out", "err"):
        capture = getattr(capturing, name, None)
        yield f"std{name}", getattr(capture, "syscapture", capture)


class MaskingFormatter(logging.Formatter):
    """Formats as another formatter does, without secrets.

    Args:
        formatter: how a record is written.
        scrub: masks known secrets.
    """

    def __init__(self, formatter: logging.Formatter, scrub: Callable[[str], str]) -> None:
        super().__init__()
        self._formatter = formatter
        self._scrub = scrub

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as a line, exception and all."""
        return self._scrub(self._formatter.format(record))


class OwnLogs(logging.Filter):
    """Keeps log records of other checks' threads out of the report of the running one."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Pass what belongs to the running check; keep the rest with its owner."""
        owner = elsewhere()
        if owner is None:
            return True
        if not hasattr(record, "golive_owner"):  # several handlers ask about one record
            record.golive_owner = owner.key
            owner.output.append(f"{record.levelname} {record.name}: {record.getMessage()}\n")
        return False


def guard_logs(config: pytest.Config, scrub: Callable[[str], str]) -> None:
    """Mask pytest's log file, and keep what pytest gathers of logs to the running check."""
    logs = config.pluginmanager.getplugin("logging-plugin")
    for name in ("caplog_handler", "report_handler"):
        handler = getattr(logs, name, None)
        if handler is not None:
            handler.addFilter(OwnLogs())
    file = getattr(logs, "log_file_handler", None)
    if file is not None and file.formatter is not None:
        file.setFormatter(MaskingFormatter(file.formatter, scrub))


class NotAhead(logging.Filter):
    """Keeps log records of checks that run ahead from a handler of pytest's, until their turn."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Pass what no check that runs ahead has logged."""
        del record  # asked is in which thread this is
        return ahead() is None


class Keeper(logging.Handler):
    """Keeps log records of checks that run ahead; pytest's own handlers are there only while a test is running."""

    def emit(self, record: logging.LogRecord) -> None:
        """Keep the record with its check."""
        early = ahead()
        if early is not None:
            early.logged.append(record)


class Kept:
    """What checks print and log before their turn comes is kept, and given to pytest then.

    Args:
        config: pytest's configuration.
    """

    def __init__(self, config: pytest.Config) -> None:
        self._files = [
            capture.tmpfile for _, capture in _captures(config) if hasattr(getattr(capture, "tmpfile", None), "write")
        ]
        for name, file in zip(("stdout", "stderr"), self._files, strict=False):
            # Between the phases of a test there is a moment in which this file is the stream, with nothing before it.
            file.write = _keeping(name, file.write)
        logs = config.pluginmanager.getplugin("logging-plugin")
        names = ("caplog_handler", "report_handler", "log_cli_handler", "log_file_handler")
        self._handlers: list[logging.Handler] = [getattr(logs, name) for name in names if hasattr(logs, name)]
        self._filter = NotAhead()
        for handler in self._handlers:
            handler.addFilter(self._filter)
        self._keeper = Keeper()
        root = logging.getLogger()
        root.addHandler(self._keeper)
        self._level = root.level
        wanted = getattr(logs, "log_level", None)
        if wanted is not None:
            # While a test is running pytest does the same.
            root.setLevel(min(root.level, wanted))

    def replay(self, record: CheckRecord) -> None:
        """Print and log again what a check did ahead, now that pytest listens."""
        printed, record.printed = record.printed, []
        logged, record.logged = record.logged, []
        for name, text in printed:
            getattr(sys, name).write(text)
        for each in logged:
            for handler in self._handlers:
                if each.levelno >= handler.level:
                    handler.handle(each)

    def end(self) -> None:
        """Keep nothing any more."""
        for file in self._files:
            with suppress(AttributeError):
                del file.write
        for handler in self._handlers:
            handler.removeFilter(self._filter)
        root = logging.getLogger()
        root.removeHandler(self._keeper)
        root.setLevel(self._level)


def _keeping(name: str, write: Callable[[str], int]) -> Callable[[str], int]:
    def written(text: str) -> int:
        return len(text) if keep(name, text) else write(text)

    return written
