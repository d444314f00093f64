"""A small threaded server for WSGI apps, on the standard library's."""

from __future__ import annotations

import io
from collections.abc import Callable
from socketserver import TCPServer, ThreadingMixIn
from typing import Any, cast
from wsgiref.simple_server import ServerHandler, WSGIRequestHandler, WSGIServer

LOOPBACK = "127.0.0.1"


class _Server(ThreadingMixIn, WSGIServer):
    daemon_threads = True
    request_queue_size = 256

    def server_bind(self) -> None:
        """Bind without asking for the name of this machine, which may take seconds."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = LOOPBACK, int(self.server_address[1])
        self.setup_environ()

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of callers that went away."""


class _Request(WSGIRequestHandler):
    # 1.1, or nobody answers `Expect: 100-continue`.
    protocol_version = "HTTP/1.1"

    def handle(self) -> None:
        self.raw_requestline = self.rfile.readline(65537)
        if len(self.raw_requestline) > 65536:
            self.requestline = self.request_version = self.command = ""
            self.send_error(414)
            return
        if not self.parse_request():
            return
        body: Any = self.rfile
        environ = self.get_environ()
        if "chunked" in self.headers.get("Transfer-Encoding", "").lower():
            whole = _dechunked(self.rfile)
            if whole is None:
                self.send_error(400)
                return
            body = io.BytesIO(whole)
            environ["CONTENT_LENGTH"] = str(len(whole))
            environ.pop("HTTP_TRANSFER_ENCODING", None)
        handler = ServerHandler(body, cast("Any", self.wfile), self.get_stderr(), environ, multithread=True)
        handler.request_handler = self  # type: ignore[attr-defined]  # wsgiref's own way to reach the logger
        handler.run(self.server.get_app())  # type: ignore[attr-defined]

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the standard library's name
        """Say nothing: what the log holds is to be the app's own."""


def serve_wsgi(app: Callable[..., Any], port: int) -> None:
    """Serve an app for ever, each connection in a thread."""
    server = _Server((LOOPBACK, port), _Request)
    server.set_app(app)
    with server:
        server.serve_forever()


def _dechunked(stream: Any) -> bytes | None:
    """Return a chunked body as a whole; None where it is not written rightly or broke off."""
    whole = bytearray()
    while True:
        line = stream.readline(4096)
        try:
            size = int(line.split(b";")[0].strip(), 16)
        except ValueError:
            return None
        if size == 0:
            break
        piece = stream.read(size)
        if len(piece) < size or stream.readline(4).strip():
            return None
        whole += piece
    while (line := stream.readline(65536)).strip():
        pass
    return bytes(whole)
