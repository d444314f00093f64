"""Sends parcels over sockets of its own: no client library that tidies what it is given."""

from __future__ import annotations

import contextlib
import select
import socket
import ssl
import struct
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlsplit

import h11

from pytest_golive.facts.current import carry
from pytest_golive.handlers.parcel import End, Parcel, Receipt

READ = 64 * 1024
MOST_READ = 4 * 1024 * 1024
"""Bytes of an answer that are read."""

CONTINUE_SECONDS = 1.0
"""How long a sender waits for a 100 before it sends the body all the same."""

MOST_AT_ONCE = 64

Wait = Callable[[], object]


def send(parcel: Parcel, *, timeout_seconds: float = 30.0, before_last_byte: Wait | None = None) -> Receipt:
    """Send a parcel over a connection of its own; whatever happens is in the receipt.

    Args:
        parcel: what is sent.
        timeout_seconds: within which all of it has to be over.
        before_last_byte: called when all but the last byte is on its way.
    """
    return _Sending(parcel, time.monotonic() + timeout_seconds, timeout_seconds).done(before_last_byte)


def send_together(parcels: Sequence[Parcel], *, timeout_seconds: float = 30.0) -> tuple[Receipt, ...]:
    """Send all at once: connections first, then all but the last byte of each, then the last bytes together."""
    if not parcels:
        return ()
    barrier = threading.Barrier(len(parcels))

    def meet() -> None:
        with contextlib.suppress(threading.BrokenBarrierError):
            barrier.wait(timeout_seconds / 2)

    def one(parcel: Parcel) -> Receipt:
        met = False

        def once() -> None:
            nonlocal met
            met = True
            meet()

        receipt = send(parcel, timeout_seconds=timeout_seconds, before_last_byte=once)
        if not met:
            barrier.abort()  # one that got no connection keeps nobody waiting
        return receipt

    with ThreadPoolExecutor(len(parcels)) as pool:
        return tuple(pool.map(carry(one), parcels))


def send_at_rate(parcels: Sequence[Parcel], *, per_second: float, timeout_seconds: float = 30.0) -> tuple[Receipt, ...]:
    """Send one after the other at a rate, without waiting for answers."""
    begun = time.monotonic()

    def one(numbered: tuple[int, Parcel]) -> Receipt:
        number, parcel = numbered
        time.sleep(max(0.0, begun + number / per_second - time.monotonic()))
        return send(parcel, timeout_seconds=timeout_seconds)

    with ThreadPoolExecutor(min(len(parcels) or 1, MOST_AT_ONCE)) as pool:
        return tuple(pool.map(carry(one), enumerate(parcels)))


class _Broken(Exception):
    """The connection came to an end before there was an answer."""

    def __init__(self, ended: End, error: str) -> None:
        super().__init__(error)
        self.ended: End = ended
        self.error = error


@dataclass(slots=True)
class _Sending:
    parcel: Parcel
    until: float
    timeout_seconds: float
    begun: float = 0.0
    seconds: float | None = None
    head: h11.Response | None = None
    body: bytearray = field(default_factory=bytearray)
    informational: list[int] = field(default_factory=list)
    http: Any = None

    def done(self, before_last_byte: Wait | None) -> Receipt:
        self.begun = time.monotonic()
        ended: End = "answered"
        error = ""
        try:
            with self._connected() as connection:
                self.begun = time.monotonic()
                self._post(connection, before_last_byte)
                self._read(connection)
        except _Broken as broken:
            ended, error = broken.ended, broken.error
        except TimeoutError:
            ended, error = "timeout", f"no answer within {self.timeout_seconds:g} s"
        except ConnectionResetError:
            ended, error = "reset", "the handler broke the connection"
        except OSError as problem:
            ended, error = "reset", f"the connection broke: {problem.strerror or problem}"
        except h11.RemoteProtocolError as problem:
            ended, error = "not_http", f"what came back is no HTTP: {problem}"
        if self.head is not None and ended == "not_http":
            error = "the answer broke off"
        return Receipt(
            ended=ended,
            status=None if self.head is None else self.head.status_code,
            headers=()
            if self.head is None
            else tuple((name.decode("latin-1"), value.decode("latin-1")) for name, value in self.head.headers),
            body=bytes(self.body),
            seconds=self.seconds,
            total_seconds=time.monotonic() - self.begun,
            informational=tuple(self.informational),
            http_version="" if self.head is None else self.head.http_version.decode("ascii"),
            error=error,
            begun=self.begun,
        )

    def _connected(self) -> socket.socket:
        parts = urlsplit(self.parcel.url)
        if parts.scheme not in {"http", "https"} or not parts.hostname:
            raise _Broken("not_sent", f"{self.parcel.url} is no address of http or https")
        port = parts.port or (443 if parts.scheme == "https" else 80)
        try:
            connection = socket.create_connection((parts.hostname, port), self._left())
        except TimeoutError:
            raise
        except OSError as problem:
            raise _Broken(
                "refused", f"no connection to {parts.hostname}:{port}: {problem.strerror or problem}"
            ) from None
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        if parts.scheme == "http":
            return connection
        try:
            return ssl.create_default_context().wrap_socket(connection, server_hostname=parts.hostname)
        except ssl.SSLError as problem:
            connection.close()
            raise _Broken("refused", f"no secure connection to {parts.hostname}:{port}: {problem.reason}") from None

    def _post(self, connection: socket.socket, before_last_byte: Wait | None) -> None:
        self.http = _http(self.parcel)
        pieces = list(self.parcel.pieces())
        head = self.parcel.head()
        if self.parcel.waits_for_continue:
            self._put(connection, head)
            if self._refused_before_body(connection):
                return
        else:
            pieces = [head + (pieces[0] if pieces else b""), *pieces[1:]]
        for number, piece in enumerate(pieces):
            if number:
                time.sleep(self.parcel.pause_seconds)
            if self._is_answered(connection):
                return  # it answers already: the rest is of no use
            if number == len(pieces) - 1 and before_last_byte is not None:
                self._put(connection, piece[:-1])
                before_last_byte()
                piece = piece[-1:]  # noqa: PLW2901  # what is left of it
            self._put(connection, piece)
        self._aborted(connection)

    def _aborted(self, connection: socket.socket) -> None:
        if self.parcel.abort == "half_close":
            connection.shutdown(socket.SHUT_WR)
        elif self.parcel.abort == "reset":
            time.sleep(0.05)  # what was sent is to arrive before the reset
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            connection.close()
            raise _Broken("reset", "golive broke the connection, as intended")

    def _refused_before_body(self, connection: socket.socket) -> bool:
        """Wait for a 100; tell whether an answer came in its place."""
        until = time.monotonic() + CONTINUE_SECONDS
        while not self._is_answered(connection):
            if time.monotonic() > until:
                return False
            time.sleep(0.005)
        if not isinstance(connection, ssl.SSLSocket):
            self._feed(connection)
        event = self.http.next_event()
        if isinstance(event, h11.InformationalResponse):
            self.informational.append(event.status_code)
            return False
        if isinstance(event, h11.Response):
            self._take(event)
            return True
        return event is not h11.NEED_DATA

    def _put(self, connection: socket.socket, data: bytes) -> None:
        connection.settimeout(self._left())
        try:
            connection.sendall(data)
        except (BrokenPipeError, ConnectionResetError):
            # It may have answered before it went away.
            if not self._is_answered(connection):
                raise

    def _read(self, connection: socket.socket) -> None:
        while True:
            event = self.http.next_event()
            if event is h11.NEED_DATA:
                self._feed(connection)
            elif isinstance(event, h11.InformationalResponse):
                self.informational.append(event.status_code)
            elif isinstance(event, h11.Response):
                self._take(event)
            elif isinstance(event, h11.Data):
                self.body += event.data
                if len(self.body) >= MOST_READ:
                    return
            elif isinstance(event, h11.EndOfMessage):
                return
            else:
                raise _Broken("closed", "the handler closed the connection without an answer")

    def _take(self, head: h11.Response) -> None:
        self.head = head
        self.seconds = time.monotonic() - self.begun

    def _feed(self, connection: socket.socket) -> None:
        connection.settimeout(self._left())
        data = connection.recv(READ)
        if not data and self.head is None and self.http.trailing_data[0] == b"":
            raise _Broken("closed", "the handler closed the connection without an answer")
        self.http.receive_data(data)

    def _is_answered(self, connection: socket.socket) -> bool:
        """Whether something of an answer is there; over TLS it is taken in."""
        if not isinstance(connection, ssl.SSLSocket):
            return _is_readable(connection)
        # The tickets of TLS 1.3 make a socket readable, and are no answer: only reading tells.
        connection.settimeout(0)
        try:
            data = connection.recv(READ)
        except OSError:
            return False
        self.http.receive_data(data)
        return True

    def _left(self) -> float:
        left = self.until - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


def _http(parcel: Parcel) -> Any:
    """Return h11's side of the conversation, which reads the answer to whatever really was sent."""
    http = h11.Connection(h11.CLIENT, max_incomplete_event_size=256 * 1024)
    method = parcel.method if parcel.method.isalpha() and parcel.method != "CONNECT" else "POST"
    http.send(h11.Request(method=method, target="/", headers=[("host", "handler")]))
    http.send(h11.EndOfMessage())
    return http


def _is_readable(connection: socket.socket) -> bool:
    try:
        return bool(select.select([connection], [], [], 0)[0])
    except (OSError, ValueError):
        return False
