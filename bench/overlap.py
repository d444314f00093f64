"""How long a rehearsal takes when its vendors are slow: one check after the other, and side by side.

::

    python bench/overlap.py [rounds] [vendors, separated by commas]

Every answer takes 50 ms longer, and every answer of a chat 2 s. Beside it stands a bare loop: the same number of
calls with the same delays, on as many threads, through one httpx client, and nothing else.
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import httpx

from pytest_golive.vendors.library import read_pack

CONCURRENCY = (1, 8, 16, 32)

CONFTEST = """
import json, pathlib, threading, time
from collections import Counter

SLOW = ("/chat", "/chat/async", "/messages", "/conversations")
seen, lock = Counter(), threading.Lock()

def pytest_golive_sandbox(vendor, app):
    def slow(request):
        seconds = 2.0 if request.method == "POST" and request.path.endswith(SLOW) else 0.05
        with lock:
            seen[seconds] += 1
        time.sleep(seconds)
        return app(request)
    return slow

def pytest_unconfigure(config):
    if not hasattr(config, "workerinput"):
        pathlib.Path("seen.json").write_text(json.dumps(dict(seen)))
"""


def manifest(vendors: Sequence[str]) -> str:
    """Return a golive.yaml that names these vendors; the rehearsal takes no more of it than their names."""
    targets = {}
    for vendor in vendors:
        pack = read_pack(vendor)
        keys = {name: {"env": "NONE"} for name, credential in pack.credentials.items() if credential.required}
        ids = {name: "none" for name, each in pack.ids.items() if each.required}
        targets[vendor] = {"base_url": "http://127.0.0.1:9", **keys, "ids": ids}
    return json.dumps({"golive": 1, "project": "bench", "environments": {"staging": {"vendors": targets}}})


def rehearsed(folder: Path, *options: str) -> tuple[float, Counter[float]]:
    """Return the seconds of one run of the whole suite, and how many calls had which delay."""
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:randomly", "-p", "no:cacheprovider"]
    command += ["-m", "prerelease", "--env", "sandbox", *options]
    begun = time.perf_counter()
    ran = subprocess.run(command, cwd=folder, env=os.environ, capture_output=True, text=True, check=False)
    wall = time.perf_counter() - begun
    if "golive: GO" not in ran.stdout.splitlines():
        raise SystemExit(f"{' '.join(options)} was not GO:\n{ran.stdout[-2000:]}{ran.stderr[-2000:]}")
    told = json.loads((folder / "seen.json").read_text(encoding="utf-8"))
    return wall, Counter({float(seconds): count for seconds, count in told.items()})


class Slow(BaseHTTPRequestHandler):
    """Answers after as many seconds as the path says."""

    protocol_version = "HTTP/1.1"
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        """Wait, and answer with a small body."""
        time.sleep(float(self.path.lstrip("/")))
        body = b'{"id": "t_81", "name": "golive"}'
        self.send_response(200)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Server(ThreadingHTTPServer):
    """A server that keeps up with as many connections as there are threads."""

    request_queue_size = 128
    daemon_threads = True


def bare(calls: Counter[float], threads: int) -> float:
    """Return the seconds the same calls take without pytest and without golive, the slow ones first."""
    with Server(("127.0.0.1", 0), Slow) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        base = f"http://127.0.0.1:{server.server_address[1]}"
        delays = sorted(calls.elements(), reverse=True)
        begun = time.perf_counter()
        with httpx.Client(base_url=base, trust_env=False, timeout=30) as client, ThreadPoolExecutor(threads) as pool:
            ask: Callable[[float], httpx.Response] = lambda seconds: client.get(f"/{seconds}")  # noqa: E731
            assert all(answer.status_code == 200 for answer in pool.map(ask, delays))
        wall = time.perf_counter() - begun
        server.shutdown()
    return wall


def main(rounds: int, vendors: list[str]) -> None:
    """Print the table."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "conftest.py").write_text(CONFTEST, encoding="utf-8")
        (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")
        if vendors:
            (folder / "golive.yaml").write_text(manifest(vendors), encoding="utf-8")
        taken: dict[str, list[float]] = {}
        calls: Counter[float] = Counter()
        for _ in range(rounds):
            for number in CONCURRENCY:
                wall, calls = rehearsed(folder, "--golive-concurrency", str(number))
                taken.setdefault(f"--golive-concurrency {number}", []).append(wall)
                if number > 1:
                    taken.setdefault(f"bare loop, {number} threads", []).append(bare(calls, number))
    told = ", ".join(f"{count} of {seconds:g} s" for seconds, count in sorted(calls.items()))
    print(f"{sum(calls.values())} calls: {told}; {rounds} rounds, medians")
    reference = taken["--golive-concurrency 1"]
    print(f"{'candidate':<28} {'wall s':>8} {'min-max':>14} {'times as fast':>14}")
    for candidate, seconds in sorted(taken.items()):
        ratio = statistics.median(one / mine for one, mine in zip(reference, seconds, strict=True))
        span = f"{min(seconds):.1f}-{max(seconds):.1f}"
        print(f"{candidate:<28} {statistics.median(seconds):>8.2f} {span:>14} {ratio:>14.1f}")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 3, sys.argv[2].split(",") if len(sys.argv) > 2 else [])
