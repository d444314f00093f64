"""A small server for ASGI apps on h11: lifespan, keep-alive, chunked bodies, `Expect: 100-continue`."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import traceback
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import unquote

import h11

LOOPBACK = "127.0.0.1"
READ = 65536
LONGEST_HEAD = 256 * 1024

Message = MutableMapping[str, Any]
App = Callable[[Message, Callable[[], Awaitable[Message]], Callable[[Message], Awaitable[None]]], Awaitable[None]]


async def serve_asgi(app: App, port: int) -> None:
    """Serve an app until TERM or INT.

    Raises:
        RuntimeError: its start-up failed.
    """
    over = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, over.set)
    async with _lifespan(app):
        server = await asyncio.start_server(
            lambda reader, writer: _Connection(app, reader, writer).serve(), LOOPBACK, port, backlog=256
        )
        await over.wait()
        server.close()


@contextlib.asynccontextmanager
async def _lifespan(app: App) -> Any:
    to_app: asyncio.Queue[Message] = asyncio.Queue()
    from_app: asyncio.Queue[str] = asyncio.Queue()

    async def send(message: Message) -> None:
        await from_app.put(str(message["type"]) + (f": {message['message']}" if message.get("message") else ""))

    async def run() -> None:
        try:
            await app({"type": "lifespan", "asgi": {"version": "3.0", "spec_version": "2.0"}}, to_app.get, send)
        except Exception:  # an app without lifespan raises whatever it likes
            await from_app.put("unsupported")

    task = asyncio.create_task(run())
    await to_app.put({"type": "lifespan.startup"})
    told = asyncio.create_task(from_app.get())
    await asyncio.wait({told, task}, return_when=asyncio.FIRST_COMPLETED)
    if told.done() and told.result().startswith("lifespan.startup.failed"):
        raise RuntimeError(told.result())
    try:
        yield
    finally:
        if not task.done():
            await to_app.put({"type": "lifespan.shutdown"})
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(from_app.get(), 5)
            task.cancel()
        told.cancel()


class _Connection:
    """One connection: one request after the other."""

    def __init__(self, app: App, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self._app, self._reader, self._writer = app, reader, writer
        self._http = h11.Connection(h11.SERVER, max_incomplete_event_size=LONGEST_HEAD)
        self._gone = False
        self._answered = asyncio.Event()

    async def serve(self) -> None:
        try:
            while await self._one():
                self._http.start_next_cycle()
        except (ConnectionError, h11.LocalProtocolError):
            pass
        finally:
            with contextlib.suppress(ConnectionError):
                self._writer.close()

    async def _one(self) -> bool:
        """Serve a request; tell whether another may follow."""
        try:
            request = await self._event()
        except h11.RemoteProtocolError as error:
            await self._plain(error.error_status_hint)
            return False
        if not isinstance(request, h11.Request):
            return False
        self._answered.clear()
        try:
            await self._app(self._scope(request), self._receive, self._answer)
        except Exception:  # what an app raises is its own; the caller gets 500 as everywhere
            traceback.print_exc()
            if self._http.our_state is not h11.SEND_RESPONSE:
                return False
            await self._plain(500)
        # What the app did not read stands before the next request.
        with contextlib.suppress(h11.RemoteProtocolError):
            while self._http.their_state is h11.SEND_BODY and not self._gone:
                if isinstance(await self._event(), h11.ConnectionClosed):
                    break
        return self._http.our_state is h11.DONE and self._http.their_state is h11.DONE

    async def _event(self) -> Any:
        while True:
            event = self._http.next_event()
            if event is not h11.NEED_DATA:
                return event
            if self._http.they_are_waiting_for_100_continue:
                await self._write(self._http.send(h11.InformationalResponse(status_code=100, headers=[])))
            self._http.receive_data(await self._reader.read(READ))

    def _scope(self, request: h11.Request) -> Message:
        path, _, query = request.target.partition(b"?")
        host, port = self._writer.get_extra_info("sockname")[:2]
        return {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": request.http_version.decode(),
            "method": request.method.decode(),
            "scheme": "http",
            "path": unquote(path.decode("latin-1")),
            "raw_path": path,
            "query_string": query,
            "root_path": "",
            "headers": [(bytes(name), bytes(value)) for name, value in request.headers],
            "client": tuple(self._writer.get_extra_info("peername")[:2]),
            "server": (host, port),
            "state": {},
        }

    async def _receive(self) -> Message:
        if not self._gone and self._http.their_state is not h11.SEND_BODY:
            await self._answered.wait()  # the body is whole: whoever asks again waits for the end
            return {"type": "http.disconnect"}
        if self._gone:
            return {"type": "http.disconnect"}
        try:
            event = await self._event()
        except h11.RemoteProtocolError:
            self._gone = True
            return {"type": "http.disconnect"}
        if isinstance(event, h11.Data):
            return {"type": "http.request", "body": bytes(event.data), "more_body": True}
        if isinstance(event, h11.EndOfMessage):
            return {"type": "http.request", "body": b"", "more_body": False}
        self._gone = True
        return {"type": "http.disconnect"}

    async def _answer(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            headers = [(bytes(name), bytes(value)) for name, value in message.get("headers", ())]
            await self._write(self._http.send(h11.Response(status_code=message["status"], headers=headers)))
        elif message["type"] == "http.response.body":
            body = message.get("body", b"")
            if body:
                await self._write(self._http.send(h11.Data(data=bytes(body))))
            if not message.get("more_body"):
                await self._write(self._http.send(h11.EndOfMessage()))
                self._answered.set()

    async def _plain(self, status: int) -> None:
        if self._http.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            headers = [("content-length", "0"), ("connection", "close")]
            answer = self._http.send(h11.Response(status_code=status, headers=headers))
            await self._write((answer or b"") + (self._http.send(h11.EndOfMessage()) or b""))

    async def _write(self, data: bytes | None) -> None:
        if data:
            self._writer.write(data)
            await self._writer.drain()
