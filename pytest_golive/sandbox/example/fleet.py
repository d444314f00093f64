"""The example project's service as several workers: each reads the key when it starts, and keeps it until it ends.

Run as a script, with nothing but the standard library. Its argument is JSON: where the vendor is and how it is called,
the file that holds the key, how many workers there are. Each line of its input names workers to start anew, and the
time at which that is said to be done; each is answered by a line. It ends with its input.

A worker answers ``GET /golive/fingerprints`` with what it holds, ``GET /work`` by calling the vendor, and
``POST /golive`` as a client under test does.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import signal
import socket
import sys
import time
import urllib.error
import urllib.request
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path
from typing import Any

BUSY_SECONDS = 0.01
"""How long a worker is busy with a request, so that the next one is taken by another."""


class Worker:
    """One process.

    Args:
        number: which of them.
        told: the program's argument.
        started: since when it runs, as it reports it.
    """

    def __init__(self, number: int, told: dict[str, Any], started: str) -> None:
        self.number = number
        self.told = told
        self.started = started
        self.key = Path(told["secret"]).read_text(encoding="utf-8").strip()

    def report(self) -> dict[str, Any]:
        """Return what it holds, and since when."""
        digest = hmac.new(b"pytest-golive/1", self.key.encode(), hashlib.sha256).hexdigest()
        held = {self.told["vendor"]: {self.told["credential"]: digest[:12]}}
        return {"worker": self.number, "started": self.started, **held}

    def call(self, base_url: str, ids: dict[str, str]) -> int:
        """Call the vendor with the key in memory; return the status."""
        url = base_url + self.told["path"].format(**ids)
        written = {
            "plain": self.key,
            "bearer": f"Bearer {self.key}",
            "basic": f"Basic {base64.b64encode(f'{self.key}:'.encode()).decode()}",
        }[self.told["scheme"]]
        headers = {**self.told["headers"], self.told["header"]: written}
        request = urllib.request.Request(url, headers=headers)  # noqa: S310  # the address it is told
        try:
            with OPENER.open(request, timeout=10) as answer:
                return int(answer.status)
        except urllib.error.HTTPError as refused:
            return int(refused.code)

    def answer(self, method: str, path: str, body: bytes) -> tuple[int, dict[str, Any]]:
        """Return status and JSON for a request."""
        time.sleep(BUSY_SECONDS)
        if (method, path) == ("GET", "/golive/fingerprints"):
            return 200, self.report()
        if (method, path) == ("GET", "/work"):
            return 200, {"worker": self.number, "status": self.call(self.told["base_url"], self.told["ids"])}
        if (method, path) == ("POST", "/golive"):
            asked = json.loads(body)
            status = self.call(asked["base_url"], asked["ids"])
            if status == 200:
                return 200, {"call_id": asked["call_id"], "ok": True, "result": {}}
            error = {"kind": "backend", "message": "Something went wrong. Please try again later."}
            return 200, {"call_id": asked["call_id"], "ok": False, "error": error}
        return 404, {"error": "not found"}


OPENER = urllib.request.build_opener(urllib.request.ProxyHandler({}))
"""What it calls lies on this machine."""


def serve(worker: Worker, listener: socket.socket) -> None:
    """Answer what comes, together with the others, until it is ended."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            self._answer(self.rfile.read(int(self.headers.get("Content-Length") or 0)))

        def log_message(self, *args: object) -> None:
            pass

        def _answer(self, body: bytes) -> None:
            status, told = worker.answer(self.command, self.path, body)
            text = json.dumps(told).encode()
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(text)))
            self.end_headers()
            self.wfile.write(text)

    server = HTTPServer(listener.getsockname(), Handler, bind_and_activate=False)
    server.socket.close()
    server.socket = listener
    while True:
        server.handle_request()


def start(number: int, told: dict[str, Any], started: str, listener: socket.socket) -> int:
    """Start a worker as a process of its own; return its number at the system."""
    pid = os.fork()
    if pid == 0:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        os.close(0)
        serve(Worker(number, told, started), listener)
    return pid


def end(pid: int) -> None:
    """End a worker."""
    os.kill(pid, signal.SIGTERM)
    os.waitpid(pid, 0)


def say(told: dict[str, Any]) -> None:
    """Write a line to standard output."""
    sys.stdout.write(json.dumps(told) + "\n")
    sys.stdout.flush()


def main() -> None:
    """Start all workers, and again those that the input names."""
    told = json.loads(sys.argv[1])
    listener = socket.create_server(("127.0.0.1", 0), backlog=128)
    running = {number: start(number, told, told["started"], listener) for number in range(1, told["workers"] + 1)}
    say({"port": listener.getsockname()[1]})
    try:
        for line in sys.stdin:
            asked = json.loads(line)
            for number in asked["restart"]:
                end(running[number])
                running[number] = start(number, told, asked["at"], listener)
            say({"restarted": asked["restart"]})
    finally:
        for pid in running.values():
            end(pid)


if __name__ == "__main__":
    main()
