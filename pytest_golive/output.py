"""What threads print and log belongs to the check they work for, and holds no secret."""

from __future__ import annotations

import logging
import sys
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, TextIO

from pytest_golive.facts.current import CheckRecord, current, running


class Router:
    """Stands before a text stream: passes on what the running check writes, keeps what another check's threads do.

    Args:
        stream: where text goes.
        running_check: the check pytest is running.
        scrub: masks known secrets, for streams nothing captures (-s).
    """

    def __init__(self, stream: TextIO, running_check: CheckRecord, scrub: Callable[[str], str]) -> None:
        self._stream = stream
        self._running = running_check
        self._scrub = scrub

    def write(self, text: str) -> int:
        """Write to the stream, or to the record of the check whose thread this is."""
        owner = current()
        if owner is None or owner is self._running:
            self._stream.write(self._scrub(text))
        else:
            owner.output.append(self._scrub(text))
        return len(text)

    def writelines(self, lines: Iterator[str]) -> None:
        """Write each line."""
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def routed(record: CheckRecord, scrub: Callable[[str], str]) -> Iterator[None]:
    """Route both standard streams while a check runs."""
    out, err = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = Router(out, record, scrub), Router(err, record, scrub)
    try:
        yield
    finally:
        sys.stdout, sys.stderr = out, err


def scrubbed_logs(scrub: Callable[[str], str]) -> Callable[[], None]:
    """Mask known secrets in log records as they are made, whoever handles them; return what undoes it.

    A record without a secret stays as it is: tests may look at its arguments.
    """
    make = logging.getLogRecordFactory()

    def scrubbing(*args: Any, **kwargs: Any) -> logging.LogRecord:
        record = make(*args, **kwargs)
        try:
            message = record.getMessage()
        except (TypeError, ValueError):
            return record  # a wrong format string is the logging module's to report
        masked = scrub(message)
        if masked != message:
            record.msg, record.args = masked, ()
        if record.exc_info and record.exc_info[0] is not None:
            text = "".join(traceback.format_exception(*record.exc_info)).rstrip("\n")
            if scrub(text) != text:
                record.exc_text = scrub(text)
        return record

    logging.setLogRecordFactory(scrubbing)
    return lambda: logging.setLogRecordFactory(make)


class OwnLogs(logging.Filter):
    """Keeps log records of other checks' threads out of the report of the running one."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Pass what belongs to the running check; keep the rest with its owner."""
        owner, at_work = current(), running()
        if owner is None or at_work is None or owner is at_work:
            return True
        owner.output.append(f"{record.levelname} {record.name}: {record.getMessage()}\n")
        return False
