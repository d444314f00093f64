"""What a handler calls for its work, as golive stands in for it: well, failing, slow, and with a memory."""

from __future__ import annotations

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

LOOPBACK = "127.0.0.1"


@dataclass(frozen=True, slots=True)
class Asked:
    """One call of the handler.

    Attributes:
        at: seconds on the monotonic clock.
        method: request method.
        path: path and query.
        headers: by name as it came.
        body: the bytes.
        status: what it was answered.
    """

    at: float
    method: str
    path: str
    headers: dict[str, str]
    body: bytes = field(repr=False)
    status: int = 200

    def is_about(self, word: str) -> bool:
        """Whether an id stands in its path or body."""
        return bool(word) and (word in self.path or word.encode() in self.body)


@dataclass(slots=True)
class Mood:
    """How calls are answered: those that are about a word, or all.

    Attributes:
        about: a word that stands in path or body of the calls it is meant for; '' for all.
        status: what is answered.
        seconds: after how long.
        times: how many calls it lasts for; None: until it is taken back.
        hits: how many calls it was for.
        over: set once it is taken back: calls that still wait are answered then.
    """

    about: str = ""
    status: int = 500
    seconds: float = 0.0
    times: int | None = None
    hits: int = 0
    over: threading.Event = field(default_factory=threading.Event, repr=False)


class Downstream:
    """A small server of golive's own. Answers 200 and `{}` unless a mood says otherwise. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._moods: list[Mood] = []
        self._asked: list[Asked] = []
        self._server = _Server((LOOPBACK, 0), _Call)
        self._server.downstream = self
        threading.Thread(target=self._server.serve_forever, daemon=True, name="golive-downstream").start()

    @property
    def url(self) -> str:
        """Where the handler calls it."""
        return f"http://{LOOPBACK}:{self._server.server_address[1]}"

    @contextmanager
    def behaving(
        self, *, status: int = 500, seconds: float = 0.0, times: int | None = None, about: str = ""
    ) -> Iterator[Mood]:
        """Answer so meanwhile: whoever needs it only for one event names its id, and disturbs no others."""
        mood = Mood(about, status, seconds, times)
        with self._lock:
            self._moods.append(mood)
        try:
            yield mood
        finally:
            with self._lock:
                self._moods.remove(mood)
            mood.over.set()

    def asked(self, about: str = "") -> tuple[Asked, ...]:
        """Return the calls so far; of those that are about a word, or all."""
        with self._lock:
            return tuple(one for one in self._asked if not about or one.is_about(about))

    def close(self) -> None:
        """Listen no more."""
        with self._lock:
            for mood in self._moods:
                mood.over.set()
        self._server.shutdown()
        self._server.server_close()

    def answer(self, method: str, path: str, headers: dict[str, str], body: bytes) -> int:
        """Take note of a call; return what it is answered, once the time for it has come."""
        asked = Asked(time.monotonic(), method, path, headers, body)
        with self._lock:
            mood = next((one for one in self._moods if _fits(one, asked)), None)
            if mood is not None:
                mood.hits += 1
            status = mood.status if mood is not None else 200
            self._asked.append(Asked(asked.at, method, path, headers, body, status))
        if mood is not None:
            mood.over.wait(mood.seconds)
        return status


def _fits(mood: Mood, asked: Asked) -> bool:
    spent = mood.times is not None and mood.hits >= mood.times
    return not spent and (not mood.about or asked.is_about(mood.about))


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 256
    downstream: Downstream

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of a handler that went away."""


class _Call(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server

    def _serve(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length") or 0))
        status = self.server.downstream.answer(self.command, self.path, dict(self.headers.items()), body)
        told = json.dumps({} if status < 400 else {"error": "golive lets this call fail"}).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(told)))
        self.end_headers()
        self.wfile.write(told)

    do_GET = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815  # the standard library's names

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the standard library's name
        """Say nothing."""
