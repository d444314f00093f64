"""The example project's service, several workers behind one address: started, in part started anew, ended."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Self

from pytest_golive.programs.keeper import KEEPER
from pytest_golive.sandbox.rehearsal import EXAMPLE

PROGRAM = EXAMPLE / "fleet.py"

ENDING_SECONDS = 10.0
"""How long it has to end its workers, before all of them are killed."""


@dataclass(frozen=True, slots=True)
class Service:
    """What the program is told.

    Attributes:
        vendor: whom it calls.
        credential: name of the key.
        secret: the file that holds the key.
        base_url: where the vendor is.
        path: what is called there, with places for ids.
        ids: of its configuration.
        header: carries the key.
        scheme: how it is written there.
        headers: further ones of each call.
        workers: how many there are.
    """

    vendor: str
    credential: str
    secret: str
    base_url: str
    path: str
    ids: Mapping[str, str]
    header: str
    scheme: str
    headers: Mapping[str, str] = field(default_factory=dict)
    workers: int = 3


class Fleet:
    """The running program.

    Args:
        service: what it is told.
        started: since when its workers say they run.

    Raises:
        OSError: it cannot be started.
    """

    def __init__(self, service: Service, started: datetime) -> None:
        told = json.dumps({**asdict(service), "started": started.isoformat()})
        self._process = subprocess.Popen(  # noqa: S603  # golive's own file
            [sys.executable, "-I", "-S", str(PROGRAM), told],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            start_new_session=True,
        )
        KEEPER.started(self._process.pid)
        try:
            self.url = f"http://127.0.0.1:{self._answer()['port']}"
        except OSError:
            self.close()
            raise

    def restart(self, workers: Sequence[int], at: datetime) -> None:
        """Start workers anew, that read the secret as it is now."""
        assert self._process.stdin is not None, "a pipe was asked for"
        self._process.stdin.write(json.dumps({"restart": list(workers), "at": at.isoformat()}) + "\n")
        self._process.stdin.flush()
        self._answer()

    def close(self) -> None:
        """End it."""
        assert self._process.stdin is not None, "a pipe was asked for"
        assert self._process.stdout is not None, "a pipe was asked for"
        self._process.stdin.close()
        try:
            self._process.wait(ENDING_SECONDS)
        except subprocess.TimeoutExpired:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        self._process.stdout.close()
        KEEPER.ended(self._process.pid)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _answer(self) -> Any:
        assert self._process.stdout is not None, "a pipe was asked for"
        line = self._process.stdout.readline()
        if not line:
            raise OSError(f"{Path(PROGRAM).name} ended before it answered")
        return json.loads(line)
