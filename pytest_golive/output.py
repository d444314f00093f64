"""What leaves a run on the screen or in a log file holds no secret, and belongs to the check whose thread wrote it.

Masked are the ways out, never what a test sees of itself: with ``capsys`` and ``caplog`` a team checks that its own
program prints no key, and a mask in their place would turn every such test green.
"""

from __future__ import annotations

import logging
import sys
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

import pytest

from pytest_golive.facts.current import elsewhere


class _Stream:
    """Stands before a text stream and is like it in all but writing."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        raise NotImplementedError

    def writelines(self, lines: Iterable[str]) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


class Masking(_Stream):
    """Stands before a stream that somebody reads as it is written: a terminal, a build log.

    Args:
        stream: where text goes.
        scrub: masks known secrets.
    """

    def __init__(self, stream: TextIO, scrub: Callable[[str], str]) -> None:
        super().__init__(stream)
        self._scrub = scrub

    def write(self, text: str) -> int:
        """Write the text without its secrets."""
        self._stream.write(self._scrub(text))
        return len(text)


class Routing(_Stream):
    """Stands before a captured stream: what the threads of another check write is kept with that check."""

    def write(self, text: str) -> int:
        """Write to the stream, or to the record of the check whose thread this is."""
        owner = elsewhere()
        if owner is None:
            self._stream.write(text)
        else:
            owner.output.append(text)
        return len(text)


@contextmanager
def routed() -> Iterator[None]:
    """Route the standard streams while they are captured for one phase of a check."""
    mine = {}
    for name in ("stdout", "stderr"):
        stream = getattr(sys, name)
        if not isinstance(stream, _Stream):
            mine[name] = (stream, Routing(stream))
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
    for holder, name in [(sys, "stdout"), (sys, "stderr"), *_remembered(config)]:
        stream = getattr(holder, name, None)
        if stream is not None and not isinstance(stream, Masking):
            setattr(holder, name, Masking(stream, scrub))
            changed.append((holder, name, stream))

    def undo() -> None:
        for holder, name, stream in changed:
            if isinstance(getattr(holder, name, None), Masking):
                setattr(holder, name, stream)

    return undo


def _remembered(config: pytest.Config) -> Iterator[tuple[object, str]]:
    capturing = getattr(config.pluginmanager.getplugin("capturemanager"), "_global_capturing", None)
    for name in ("out", "err"):
        capture = getattr(capturing, name, None)
        capture = getattr(capture, "syscapture", capture)
        if hasattr(capture, "_old"):
            yield capture, "_old"
        if hasattr(getattr(capture, "tmpfile", None), "_other"):
            yield capture.tmpfile, "_other"  # type: ignore[union-attr]  # hasattr() was asked


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
