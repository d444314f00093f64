"""Sockets that listen on loopback: what accepts connections, refuses them, or leaves them unanswered."""

from __future__ import annotations

import asyncio
import socket
import ssl
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Literal

from pytest_golive.clients.certificates import HOST, Proof, certificates
from pytest_golive.clients.standin.line import Line

QUEUE = 512
"""Connections that may wait to be accepted."""

HANDSHAKE_SECONDS = 15.0

ListenerName = Literal["vendor", "elsewhere", "plain", "proxy"]


@dataclass(slots=True)
class Joined:
    """A connection as its listener sees it. Times are of the monotonic clock.

    Attributes:
        id: unique within the stand-in.
        listener: whose it is.
        opened_at: when it was accepted.
        line: its bytes; None: the handshake failed, or is not over.
        tls: version of TLS.
        handshake: why there was none, in words.
        server_name: host name asked for within TLS.
        broken_at: when the handshake failed.
        requests: how many arrived.
    """

    id: int
    listener: ListenerName
    opened_at: float
    line: Line | None = None
    tls: str | None = None
    handshake: str = ""
    server_name: str | None = None
    broken_at: float | None = None
    requests: int = 0


@dataclass(slots=True)
class Listener:
    """One address, on IPv4 and, where its name is `localhost`, on IPv6 too.

    Attributes:
        name: which of the stand-in's.
        host: how clients are told to call it.
        serve: gets every connection that stands.
        joined: makes the entry of a new connection.
        proof: how it proves itself; "": plain http.
        port: its port, once it is open.
        failures: what went wrong here, and was no client's doing.
    """

    name: ListenerName
    host: str
    serve: Callable[[Joined], Awaitable[None]]
    joined: Callable[[ListenerName], Joined]
    proof: Proof | Literal[""] = ""
    port: int = 0
    failures: list[BaseException] = field(default_factory=list)
    _sockets: list[socket.socket] = field(default_factory=list)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)
    _fillers: list[socket.socket] = field(default_factory=list)

    @property
    def origin(self) -> str:
        """Its address, without a slash at its end."""
        return f"{'https' if self.proof else 'http'}://{self.host}:{self.port}"

    def open(self) -> None:
        """Listen on a free port. To be called on the loop."""
        self._sockets = _listening(both=self.host == HOST)
        self.port = self._sockets[0].getsockname()[1]
        for each in self._sockets:
            self._start(self._accept(each))

    async def refuse(self) -> None:
        """Refuse every new connection, and let nobody else have the port."""
        await _ended(self._accepting())
        for each in self._sockets:
            each.close()
        self._sockets = [_bound(family, self.port) for family in {each.family for each in self._sockets}]

    async def fall_silent(self) -> None:
        """Leave every new connection unanswered: the queue is full, and nobody takes from it."""
        await _ended(self._accepting())
        for each in self._sockets:
            each.listen(0)
            await self._fill(each)

    async def close(self) -> None:
        """Stop listening, and serving."""
        await _ended(self._tasks)
        for each in (*self._sockets, *self._fillers):
            each.close()

    def _accepting(self) -> set[asyncio.Task[None]]:
        return {task for task in self._tasks if task.get_name() == "accept"}

    async def _fill(self, listening: socket.socket) -> None:
        """Connect until a connection stays unanswered."""
        loop = asyncio.get_running_loop()
        for _ in range(QUEUE):
            filler = socket.socket(listening.family, socket.SOCK_STREAM)
            filler.setblocking(False)
            self._fillers.append(filler)
            try:
                await asyncio.wait_for(loop.sock_connect(filler, listening.getsockname()[:2]), 0.1)
            except TimeoutError:
                return

    async def _accept(self, listening: socket.socket) -> None:
        loop = asyncio.get_running_loop()
        while True:
            try:
                accepted, _ = await loop.sock_accept(listening)
            except OSError:
                await asyncio.sleep(0.01)  # gone again, or no file descriptors left
                continue
            joined = self.joined(self.name)
            self._start(self._join(accepted, joined), "connection")

    async def _join(self, accepted: socket.socket, joined: Joined) -> None:
        context = self._context(joined)
        loop = asyncio.get_running_loop()
        lines: list[Line] = []

        def made() -> Line:
            lines.append(Line())
            return lines[0]

        try:
            await loop.connect_accepted_socket(
                made, accepted, ssl=context, ssl_handshake_timeout=HANDSHAKE_SECONDS if context else None
            )
        except (OSError, TimeoutError) as failure:  # ssl.SSLError is an OSError
            joined.handshake, joined.broken_at = _words_of(failure), time.monotonic()
            accepted.close()
            return
        joined.line = lines[0]
        secured = joined.line.transport.get_extra_info("ssl_object")
        joined.tls = secured.version() if secured is not None else None
        await self.serve(joined)

    def _context(self, joined: Joined) -> ssl.SSLContext | None:
        if not self.proof:
            return None
        context = certificates().context(self.proof)

        def take_note(secured: ssl.SSLObject | ssl.SSLSocket, name: str | None, _: ssl.SSLContext) -> None:
            del secured
            joined.server_name = name

        context.sni_callback = take_note
        return context

    def _start(self, work: Awaitable[None], name: str = "accept") -> None:
        async def done() -> None:
            await work

        task = asyncio.get_running_loop().create_task(done(), name=name)
        self._tasks.add(task)
        task.add_done_callback(self._done)

    def _done(self, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        failure = None if task.cancelled() else task.exception()
        if failure is not None:
            self.failures.append(failure)


async def _ended(tasks: set[asyncio.Task[None]]) -> None:
    """End tasks. A socket is closed only after its task let go of it: the loop knows it by a number that is reused."""
    ending = tuple(tasks)
    for task in ending:
        task.cancel()
    await asyncio.gather(*ending, return_exceptions=True)


def _words_of(failure: OSError) -> str:
    """Return why a handshake failed, in words."""
    if isinstance(failure, ssl.SSLError) and failure.reason:
        return failure.reason.lower().replace("_", " ")
    if isinstance(failure, TimeoutError):
        return f"the client did not finish it within {HANDSHAKE_SECONDS:g} s"
    if isinstance(failure, ConnectionError):
        return "the client left"
    return "it failed"


def _listening(*, both: bool) -> list[socket.socket]:
    for _ in range(20):
        first = _bound(socket.AF_INET, 0)
        sockets = [first]
        if both:
            try:
                sockets.append(_bound(socket.AF_INET6, first.getsockname()[1]))
            except OSError as failure:
                if _is_taken(failure):
                    first.close()
                    continue
                # No IPv6 on this machine: the name leads to IPv4 alone.
        for each in sockets:
            each.listen(QUEUE)
        return sockets
    raise OSError("no port is free on both 127.0.0.1 and ::1")


def _is_taken(failure: OSError) -> bool:
    import errno

    return failure.errno == errno.EADDRINUSE


def _bound(family: int, port: int) -> socket.socket:
    made = socket.socket(family, socket.SOCK_STREAM)
    try:
        made.setblocking(False)
        made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            with suppress(OSError):
                made.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        made.bind(("::1" if family == socket.AF_INET6 else "127.0.0.1", port))
    except OSError:
        made.close()
        raise
    return made
