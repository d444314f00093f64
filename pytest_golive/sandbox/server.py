"""One app behind a socket on loopback: HTTP/1.1 with connections kept open, one thread for each of them."""

from __future__ import annotations

import socket
import socketserver
import threading
import time
from contextlib import suppress
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import parse_qs

from pytest_golive.sandbox.http import App, Headers, Request, Response, json_response

LARGEST_BODY = 10 * 1024 * 1024
"""Bytes of a request body; more is answered with 413."""

DRAINED = 4 * LARGEST_BODY
"""Bytes read of a body that is too large, so that its sender gets to read the 413 and meets no reset."""


class Server:
    """Serves an app until it is stopped.

    Args:
        app: answers the requests.
        host: address to listen on.
        port: port to listen on; 0 takes a free one.
        latency_seconds: added to every answer.

    Attributes:
        failures: what the app raised. Each was answered with a 500; tests look here.
    """

    def __init__(self, app: App, host: str = "127.0.0.1", port: int = 0, *, latency_seconds: float = 0.0) -> None:
        self.app = app
        self.latency_seconds = latency_seconds
        self.failures: list[BaseException] = []
        self._address = (host, port)
        self._listener: _Listener | None = None
        self._thread: threading.Thread | None = None

    @property
    def url(self) -> str:
        """The origin, without a slash at its end.

        Raises:
            RuntimeError: the server is not running.
        """
        if self._listener is None:
            raise RuntimeError("the server has no address before it is started")
        host, port = self._listener.server_address[:2]
        return f"http://{host!s}:{port}"

    def start(self) -> None:
        """Listen, and answer in threads of its own.

        Raises:
            OSError: the address is taken.
        """
        self._listener = _Listener(self._address, self)
        self._thread = threading.Thread(
            target=self._listener.serve_forever, args=(0.02,), name="golive-sandbox", daemon=True
        )
        self._thread.start()

    def stop(self) -> None:
        """Stop listening and cut what is still connected."""
        if self._listener is None or self._thread is None:
            return
        self._listener.shutdown()
        self._listener.server_close()
        self._listener.cut_connections()
        self._thread.join()
        self._listener = self._thread = None

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()

    def answer(self, request: Request) -> Response:
        """Return the app's answer; what the app raises is kept, and answered with a 500."""
        return self._answer(self.app, request)

    def answer_oversized(self, request: Request) -> Response:
        """Return the answer to a request whose body goes on beyond what is read: the app's own, if it has one."""
        oversized = getattr(self.app, "oversized", None)
        response = _too_large(request) if oversized is None else self._answer(oversized, request)
        return Response(response.status, {**response.headers, "Connection": "close"}, response.body)

    def _answer(self, app: App, request: Request) -> Response:
        try:
            response = app(request)
        except Exception as failure:  # whatever it is: the client is answered, and the test sees it
            self.failures.append(failure)
            response = json_response(500, {"error": "sandbox failure"})
        if self.latency_seconds:
            time.sleep(self.latency_seconds)
        return response


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    # A burst of connections must not be refused: the default queue holds five.
    request_queue_size = 256

    def __init__(self, address: tuple[str, int], server: Server) -> None:
        self.golive = server
        self._open: set[socket.socket] = set()
        self._lock = threading.Lock()
        super().__init__(address, _Connection)

    def server_bind(self) -> None:
        # HTTPServer's own asks the resolver for the host's full name: seconds, where there is none.
        socketserver.TCPServer.server_bind(self)
        self.server_name, self.server_port = str(self.server_address[0]), int(self.server_address[1])

    def handle_error(self, request: object, client_address: object) -> None:
        """Say nothing: whatever is left here is a connection that broke."""

    def process_request(self, request: Any, client_address: Any) -> None:
        # Here and not in the connection's own thread: one accepted just before the stop has to be cut too.
        with self._lock:
            self._open.add(request)
        super().process_request(request, client_address)

    def close_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().close_request(request)

    def cut_connections(self) -> None:
        with self._lock:
            connections = list(self._open)
        for connection in connections:
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _TooLargeError(Exception):
    """The body goes on beyond what is read of it.

    Attributes:
        beginning: one byte more than the largest body has.
    """

    def __init__(self, beginning: bytes) -> None:
        super().__init__("the body is too large")
        self.beginning = beginning


class _BrokenError(Exception):
    """The body cannot be read to its end; the connection is of no use any more."""


class _Connection(BaseHTTPRequestHandler):
    server: _Listener
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    wbufsize = -1  # head and body leave in one packet

    def handle(self) -> None:
        with suppress(ConnectionError, TimeoutError):
            super().handle()

    def finish(self) -> None:
        with suppress(OSError, ValueError):
            super().finish()

    def handle_expect_100(self) -> bool:
        """Let a client go on that waits for leave to send its body; what is only buffered does not reach it."""
        goes_on = super().handle_expect_100()
        self.wfile.flush()
        return goes_on

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the base class's name
        """Say nothing: a run's output belongs to its tests."""

    def _serve(self) -> None:
        try:
            body = self._read_body()
        except _TooLargeError as too_large:
            self._send(self.server.golive.answer_oversized(self._request(too_large.beginning)))
            return
        except _BrokenError:
            self._send(json_response(400, {"error": "body cannot be read"}, {"Connection": "close"}))
            return
        self._send(self.server.golive.answer(self._request(body)))

    def _request(self, body: bytes) -> Request:
        path, _, query = self.path.partition("?")
        values = parse_qs(query, keep_blank_values=True)
        last = {name: given[-1] for name, given in values.items()}
        return Request(self.command, path, last, Headers(self.headers.items()), body, values)

    # Whether a path may be asked for by HEAD or OPTIONS is the vendor's to say, in its own words.
    do_GET = do_HEAD = do_OPTIONS = do_POST = do_PUT = do_PATCH = do_DELETE = _serve  # noqa: N815  # the base class's

    def _refuse_method(self) -> None:
        self._send(json_response(405, {"error": "method not allowed"}, {"Connection": "close"}))

    do_TRACE = do_CONNECT = _refuse_method  # noqa: N815  # the base class's names

    def _send(self, response: Response) -> None:
        self.send_response(response.status, _reason(response.status))
        for name, value in response.headers.items():
            self.send_header(name, value)
        if response.status != 204:
            self.send_header("Content-Length", str(len(response.body)))
        self.end_headers()
        if self.command != "HEAD" and response.status != 204:
            self.wfile.write(response.body)
        self.wfile.flush()

    def _read_body(self) -> bytes:
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            return self._read_chunks()
        length = self.headers.get("Content-Length", "0")
        if not length.isdecimal():
            raise _BrokenError
        if int(length) > LARGEST_BODY:
            beginning = self._read_exactly(LARGEST_BODY + 1)
            self._drain(int(length) - len(beginning))
            raise _TooLargeError(beginning)
        return self._read_exactly(int(length))

    def _read_chunks(self) -> bytes:
        chunks: list[bytes] = []
        total = 0
        while size := self._read_chunk_size():
            total += size
            if total > DRAINED:
                raise _TooLargeError(b"".join(chunks).ljust(LARGEST_BODY + 1))
            chunk = self._read_exactly(size)
            self._read_exactly(2)
            if total - size <= LARGEST_BODY:
                chunks.append(chunk[: LARGEST_BODY + 1])
        while self.rfile.readline(65536).strip():
            pass  # trailers
        body = b"".join(chunks)
        if total > LARGEST_BODY:
            raise _TooLargeError(body[: LARGEST_BODY + 1])
        return body

    def _read_chunk_size(self) -> int:
        size = self.rfile.readline(1024).partition(b";")[0].strip()
        try:
            return int(size, 16)
        except ValueError:
            raise _BrokenError from None

    def _read_exactly(self, length: int) -> bytes:
        body = self.rfile.read(length)
        if len(body) < length:
            raise ConnectionAbortedError("the client went away within its body")
        return body

    def _drain(self, length: int) -> None:
        left = min(length, DRAINED)
        while left > 0 and (piece := self.rfile.read(min(left, 65536))):
            left -= len(piece)


def _too_large(_: Request) -> Response:
    return json_response(413, {"error": "body too large"})


def _reason(status: int) -> str:
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Unknown"
