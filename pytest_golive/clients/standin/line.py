"""One connection as bytes: what arrived and when, to the byte; what leaves; and who left first."""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from collections import deque
from contextlib import suppress

LARGEST_HEAD = 256 * 1024
"""Bytes of a request's head; what is longer is none."""

UNREAD_LIMIT = 1024 * 1024
"""Bytes that may wait here to be read before the client is made to wait."""

_RESET_ON_CLOSE = struct.pack("ii", 1, 0)


class GoneError(Exception):
    """The client left before what was waited for."""


class Line(asyncio.Protocol):
    """A connection, once it stands. All times are of the monotonic clock.

    Attributes:
        left_at: when the client left; None: it is still there.
        closed_at: when it was over, whoever ended it.
        closed_here: whether it was ended here before the client did so.
    """

    def __init__(self) -> None:
        self.left_at: float | None = None
        self.closed_at: float | None = None
        self.closed_here = False
        self.lost = asyncio.get_running_loop().create_future()
        self._transport: asyncio.Transport | None = None
        self._carrier: socket.socket | None = None
        self._ending = False
        self._buffer = bytearray()
        self._taken = 0
        self._marks: deque[tuple[int, float]] = deque()
        self._changed = asyncio.Event()
        self._gone = asyncio.Event()
        self._flushed = asyncio.Event()
        self._flushed.set()

    # ------------------------------------------------------------------ what asyncio calls

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Keep the transport; nothing is to be buffered above the kernel's own buffers."""
        assert isinstance(transport, asyncio.Transport)
        self._transport = transport
        # A secured transport forgets its socket once it is closed.
        self._carrier = transport.get_extra_info("socket")
        transport.set_write_buffer_limits(0)

    def data_received(self, data: bytes) -> None:
        """Keep what arrived, and when."""
        self._buffer += data
        self._marks.append((self._taken + len(self._buffer), time.monotonic()))
        if len(self._buffer) > UNREAD_LIMIT and self._transport is not None:
            self._transport.pause_reading()
        self._changed.set()

    def eof_received(self) -> bool:
        """Take the client for gone: none that closes its side goes on to read."""
        self._leave()
        # Over TLS the transport closes itself, whatever is said here.
        return self.transport.get_extra_info("ssl_object") is None

    def connection_lost(self, exc: Exception | None) -> None:
        """Take note of the end."""
        del exc  # a reset and a close are the same to whom it concerns: the client left
        self.closed_at = time.monotonic()
        if not self.closed_here:
            self._leave()
        self._gone.set()
        self._changed.set()
        self._flushed.set()
        if not self.lost.done():
            self.lost.set_result(None)

    def pause_writing(self) -> None:
        """Wait: the client does not read."""
        self._flushed.clear()

    def resume_writing(self) -> None:
        """Go on: everything has left."""
        self._flushed.set()

    # ------------------------------------------------------------------ reading

    @property
    def transport(self) -> asyncio.Transport:
        """What the bytes go through."""
        assert self._transport is not None, "the connection stands"
        return self._transport

    @property
    def gone(self) -> bool:
        """Whether nobody is there any more."""
        return self._gone.is_set()

    async def read_head(self) -> tuple[bytes, float] | None:
        """Return the next request's head without its empty line, and when it was complete; None: there is none.

        What is not empty and never became a head is given as :meth:`rest`.
        """
        while True:
            # A stray empty line before a request is allowed.
            while self._buffer.startswith(b"\r\n"):
                self._take(2)
            end = self._buffer.find(b"\r\n\r\n")
            if end >= 0:
                at = self._time_of(end + 4)
                return self._take(end + 4)[:-4], at
            if len(self._buffer) > LARGEST_HEAD or not await self._more():
                return None

    async def read_line(self) -> tuple[bytes, float]:
        """Return the bytes up to the next line's end, without it, and when they were complete.

        Raises:
            GoneError: the client left before.
        """
        while (end := self._buffer.find(b"\r\n")) < 0:
            if len(self._buffer) > LARGEST_HEAD or not await self._more():
                raise GoneError
        at = self._time_of(end + 2)
        return self._take(end + 2)[:-2], at

    async def read_some(self, most: int) -> tuple[bytes, float]:
        """Return some bytes, at least one and at most so many, and when the last of them arrived.

        Raises:
            GoneError: the client left before.
        """
        while not self._buffer:
            if not await self._more():
                raise GoneError
        count = min(most, len(self._buffer))
        at = self._time_of(count)
        return self._take(count), at

    def rest(self) -> bytes:
        """Return the beginning of what is there and was not read."""
        return bytes(self._buffer[:64])

    async def sleep(self, seconds: float) -> None:
        """Wait; not longer than the client does.

        Raises:
            GoneError: it left.
        """
        if seconds > 0:
            with suppress(TimeoutError):
                await asyncio.wait_for(self._gone.wait(), seconds)
        if self.gone:
            raise GoneError

    async def until_gone(self) -> None:
        """Wait until the client leaves."""
        await self._gone.wait()

    async def is_used_within(self, seconds: float) -> bool:
        """Return whether something more arrives within so many seconds."""
        deadline = time.monotonic() + seconds
        while not self._buffer and not self.gone and (left := deadline - time.monotonic()) > 0:
            self._changed.clear()
            with suppress(TimeoutError):
                await asyncio.wait_for(self._changed.wait(), left)
        return bool(self._buffer)

    async def _more(self) -> bool:
        """Wait until more has arrived; False: nothing will."""
        if self.gone:
            return False
        self._changed.clear()
        await self._changed.wait()
        return not self.gone or bool(self._buffer)

    def _take(self, count: int) -> bytes:
        taken = bytes(self._buffer[:count])
        del self._buffer[:count]
        self._taken += count
        while self._marks and self._marks[0][0] <= self._taken:
            self._marks.popleft()
        if len(self._buffer) <= UNREAD_LIMIT and self._transport is not None and not self.gone:
            self._transport.resume_reading()
        return taken

    def _time_of(self, count: int) -> float:
        """Return when the last of the next so many bytes arrived."""
        wanted = self._taken + count
        return next(at for end, at in self._marks if end >= wanted)

    def _leave(self) -> None:
        if self.left_at is None:
            self.left_at = time.monotonic()
        self._gone.set()
        self._changed.set()
        self._flushed.set()

    # ------------------------------------------------------------------ writing, ending

    async def write(self, data: bytes) -> float:
        """Hand bytes to the kernel and return when the last of them left.

        That is taken before they are handed over wherever they fit in at once: what the client does next can then
        never seem to come too early.

        Raises:
            GoneError: the client left before all of it was sent.
        """
        if self.gone:
            raise GoneError
        at = time.monotonic()
        self.transport.write(data)
        if not self._flushed.is_set():
            await self._flushed.wait()
            at = time.monotonic()
        if self.gone and self.transport.get_write_buffer_size():
            raise GoneError
        return at

    def close(self) -> None:
        """End the connection in order."""
        self._end()
        if not self._ending:
            self._ending = True
            self.transport.close()

    def reset(self) -> float:
        """End the connection by a reset, and return when."""
        at = time.monotonic()
        self._end()
        if self._carrier is not None and self.closed_at is None:
            with suppress(OSError):
                self._carrier.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET_ON_CLOSE)
            self._ending = True
            self.transport.abort()
        return at

    def _end(self) -> None:
        if self.closed_at is None and self.left_at is None:
            self.closed_here = True
