"""One connection served: request by request, each answered, delayed or broken as its step says."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Mapping

from pytest_golive.clients.script import REAL, Step
from pytest_golive.clients.standin.line import GoneError, Line
from pytest_golive.clients.standin.listener import Joined
from pytest_golive.clients.standin.request import BadRequestError, Head, read_body, read_head
from pytest_golive.clients.standin.seen import Entry
from pytest_golive.clients.standin.written_answer import Written, answer_of, chunk, is_real, written
from pytest_golive.clients.trace import KEPT_BYTES
from pytest_golive.sandbox.http import Response

CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

CLOSING_SECONDS = 5.0
"""How long a connection stays open after `Connection: close`, to see whether it is used all the same."""

AFTER_CLOSE = "the connection was used after Connection: close"

LONGEST_SECONDS = 3600.0

_APART = 0.02
"""Seconds between a beginning of an answer and a reset, so that it reaches the client."""

_NEVER_READ = frozenset(("reset_before_reading",))

Answers = Callable[[Entry], Awaitable[Response]]


class Serving:
    """Serves the connections of one stand-in.

    Args:
        begin: makes the entry of a request that has arrived, and says what happens to it.
        vendor: answers a request truly.
        otherwise: answers a request at a listener that has an answer of its own; None where it has none.
        refuse: makes an error of a status as the vendor writes it.
        places: the addresses and the target of a request, for headers and bodies.
    """

    def __init__(
        self,
        *,
        begin: Callable[[Head, Joined], tuple[Entry, Step]],
        vendor: Answers,
        otherwise: Callable[[Entry], Response | None],
        refuse: Callable[[int], Awaitable[Response]],
        places: Callable[[Entry], Mapping[str, str]],
    ) -> None:
        self._begin = begin
        self._vendor = vendor
        self._otherwise = otherwise
        self._refuse = refuse
        self._places = places
        self._late: list[tuple[Entry, asyncio.Event]] = []
        self._begun: dict[Line, tuple[Entry, Step]] = {}
        """Requests that were taken note of before the one ahead of them on their connection was answered."""

    async def serve(self, joined: Joined) -> None:
        """Answer what comes over a connection until it ends."""
        line = joined.line
        assert line is not None, "the connection stands"
        try:
            while await self._next(line, joined):
                pass
        except GoneError:
            pass
        finally:
            line.close()

    async def _next(self, line: Line, joined: Joined) -> bool:
        """Answer the next request; whether the connection goes on."""
        begun = self._begun.pop(line, None)
        if begun is None:
            begun = await self._noted(line, joined)
        if begun is None:
            return False
        entry, step = begun
        try:
            return await self._answer(line, entry, step)
        except GoneError:
            self._note_left(line, entry)
            return False
        except BadRequestError:
            return await self._send(line, entry, REAL, await self._refuse(400), ends=True)

    async def _noted(self, line: Line, joined: Joined) -> tuple[Entry, Step] | None:
        """Take note of the next request; None: there is none."""
        came = await line.read_head()
        if came is None:
            self._note_foreign(line, joined)
            return None
        try:
            head = read_head(*came)
        except BadRequestError:
            joined.handshake = joined.handshake or "what was sent is no HTTP request"
            await line.write(b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\nContent-Length: 0\r\n\r\n")
            return None
        entry, step = self._begin(head, joined)
        joined.requests += 1
        self._let_late_ones_go(entry)
        return entry, step

    async def _answer(self, line: Line, entry: Entry, step: Step) -> bool:
        if step.breaks in _NEVER_READ:
            entry.ended_at = line.reset()
            return False
        if entry.head.header("expect").lower() == "100-continue":
            await line.write(CONTINUE)
        await read_body(line, entry.head, entry.body)
        for status in step.informs:
            await line.write(f"HTTP/1.1 {status} Interim\r\n\r\n".encode())
        response = await self._response(entry, step)
        if step.until_next:
            await self._until_next(line, entry, step)
        else:
            await line.sleep(self._left_to_wait(entry, step))
        if response is None:
            await self._break(line, entry, step)
            return False
        return await self._send(line, entry, step, response)

    async def _response(self, entry: Entry, step: Step) -> Response | None:
        """Return what is answered; None where the connection breaks instead. What is to happen has happened then."""
        own = self._otherwise(entry) if step == REAL else None
        if own is not None:
            return own
        real = await self._vendor(entry) if is_real(step) or step.happens else None
        if step.breaks and not is_real(step) and step.status is None and step.body is None:
            return None
        if is_real(step):
            return answer_of(step, real, None)
        refused = step.status is not None and step.status >= 400 and step.body is None
        return answer_of(step, None, await self._refuse(step.status or 500) if refused else None)

    async def _until_next(self, line: Line, entry: Entry, step: Step) -> None:
        """Wait until the next request of the operation arrives over another connection, or stands behind this one."""
        arrived = asyncio.Event()
        self._late.append((entry, arrived))
        used = asyncio.ensure_future(line.is_used_within(step.wait or LONGEST_SECONDS))
        other = asyncio.ensure_future(arrived.wait())
        try:
            await asyncio.wait((used, other), return_when=asyncio.FIRST_COMPLETED)
        finally:
            used.cancel()
            other.cancel()
            self._late.remove((entry, arrived))
        await line.sleep(0.0)
        if not arrived.is_set() and await line.is_used_within(0.0):
            # By the time this is answered and the next one read, the call both belong to may be over.
            begun = await self._noted(line, entry.joined)
            if begun is not None:
                self._begun[line] = begun

    def _let_late_ones_go(self, next_one: Entry) -> None:
        for entry, arrived in self._late:
            if entry.operation == next_one.operation:
                arrived.set()

    def _left_to_wait(self, entry: Entry, step: Step) -> float:
        """Return the rest of the wait, of which the vendor has used some."""
        assert entry.body.at is not None, "the body was read"
        return step.wait - (asyncio.get_running_loop().time() - entry.body.at) if step.wait else 0.0

    async def _break(self, line: Line, entry: Entry, step: Step) -> None:
        if step.breaks == "hang":
            await line.until_gone()
            raise GoneError
        if step.breaks == "close":
            entry.ended_at = asyncio.get_running_loop().time()
            line.close()
        else:
            entry.ended_at = line.reset()

    async def _send(self, line: Line, entry: Entry, step: Step, response: Response, *, ends: bool = False) -> bool:
        keep = entry.head.keeps_alive and not (step.closes or step.breaks or ends)
        ready = written(step, response, self._places(entry), method=entry.head.method, keep=keep)
        entry.status, entry.answer_fields = ready.status, ready.fields
        entry.answer = ready.body[:KEPT_BYTES]
        if step.breaks:
            await self._send_broken(line, entry, step, ready)
            return False
        if step.pause:
            await self._send_slowly(line, entry, step, ready)
        else:
            entry.answered_at = asyncio.get_running_loop().time()
            entry.ended_at = await line.write(ready.head + ready.payload)
        if step.closes and entry.head.keeps_alive:
            await self._watch_closing(line, entry.joined)
            return False
        if step.idles is not None:
            return keep and await line.is_used_within(step.idles)
        return keep

    async def _send_slowly(self, line: Line, entry: Entry, step: Step, ready: Written) -> None:
        entry.answered_at = await line.write(ready.head)
        last = entry.answered_at
        pieces = [ready.body[at : at + 1] for at in range(len(ready.body))]
        for piece in pieces:
            await line.sleep(step.pause)
            last = await line.write(chunk(piece) if ready.chunked else piece)
        entry.ended_at = await line.write(b"0\r\n\r\n") if ready.chunked else last

    async def _send_broken(self, line: Line, entry: Entry, step: Step, ready: Written) -> None:
        half = ready.body[: len(ready.body) // 2]
        if step.breaks == "bad_chunk":
            rest = ready.body[len(half) :]
            sent = ready.head + chunk(half) + b"ZZ\r\n" + rest + b"\r\n0\r\n\r\n"
        else:
            sent = ready.head + (chunk(half) if ready.chunked else half)
            entry.answer = half[:KEPT_BYTES]
        entry.answered_at = asyncio.get_running_loop().time()
        ended = await line.write(sent)
        if step.breaks == "hang_in_answer":
            await line.until_gone()
            raise GoneError
        if step.breaks == "reset_in_answer":
            await line.sleep(_APART)
            ended = line.reset()
        entry.ended_at = ended

    async def _watch_closing(self, line: Line, joined: Joined) -> None:
        """Look whether the client uses the connection although it was told that it is over."""
        if not await line.is_used_within(CLOSING_SECONDS):
            return
        came = await line.read_head()
        if came is None:
            return
        try:
            entry, _ = self._begin(read_head(*came), joined)
        except BadRequestError:
            return
        joined.requests += 1
        entry.fired = AFTER_CLOSE
        entry.ended_at = line.reset()

    def _note_left(self, line: Line, entry: Entry) -> None:
        if entry.ended_at is None:
            entry.left_at = line.left_at

    def _note_foreign(self, line: Line, joined: Joined) -> None:
        """Say what came in the place of a request, where something did."""
        rest = line.rest()
        if rest[:1] == b"\x16":
            joined.handshake = "the client began TLS where plain http is spoken"
        elif rest:
            joined.handshake = "what was sent is no HTTP request"
