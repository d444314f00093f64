"""The pace holds for threads, for processes, and for what the vendor asks for: measured where the calls arrive."""

from __future__ import annotations

import http.client
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path

import pytest

from pytest_golive.exchange.pace import AllProcesses, Budgets, Pace, limits_of
from pytest_golive.manifest.environment import CallBudget, Target
from pytest_golive.vendors.library import read_pack
from pytest_golive.vendors.pack import RequestBudget

CALLER = """
import json, sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx

from pytest_golive.exchange.budget import Budget
from pytest_golive.exchange.pace import AllProcesses, Pace
from pytest_golive.manifest.environment import CallBudget

told = json.loads(sys.argv[1])
limits = CallBudget(**told["limits"]) if told["limits"] else None
pace = Pace(limits, AllProcesses(Path(told["board"]), limits))
with httpx.Client(transport=Budget(httpx.HTTPTransport(), pace), trust_env=False) as client:
    def call(number):
        return client.get(told["url"] + told["path"]).status_code
    call(0)
    print("ready", flush=True)
    with ThreadPoolExecutor(told["threads"]) as pool:
        statuses = list(pool.map(call, range(told["calls"] - 1)))
print(json.dumps({"statuses": statuses, "waited": pace.waited_seconds}))
"""


class Vendor(ThreadingHTTPServer):
    """Writes down when each call came and when it was answered."""

    request_queue_size = 128
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.lock = threading.Lock()
        self.arrived: list[float] = []
        self.under_way = 0
        self.most = 0
        self.limited = 0
        self.refused_at = 0.0
        self.answer_seconds = 0.02

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.server_address[1]}"

    def most_in(self, seconds: float) -> int:
        """Return the most calls that arrived in any span of this length."""
        times = sorted(self.arrived)
        return max(sum(begin <= each < begin + seconds for each in times) for begin in times)


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Vendor

    def do_GET(self) -> None:
        with self.server.lock:
            self.server.arrived.append(time.monotonic())
            self.server.under_way += 1
            self.server.most = max(self.server.most, self.server.under_way)
            self.server.limited += self.path == "/limited"
            refused = self.path == "/limited" and self.server.limited == 2
        time.sleep(self.server.answer_seconds)
        with self.server.lock:
            self.server.under_way -= 1
        self.send_response(429 if refused else 200)
        if refused:
            self.send_header("Retry-After", "1")
        self.send_header("Content-Length", "0")
        self.end_headers()
        if refused:
            self.wfile.flush()
            self.server.refused_at = time.monotonic()

    def log_message(self, *_: object) -> None:
        pass


@pytest.fixture
def vendor() -> Iterator[Vendor]:
    with Vendor() as server:
        threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
        yield server
        server.shutdown()


def caller(vendor: Vendor, board: Path, limits: CallBudget | None, **told: object) -> subprocess.Popen[str]:
    """Start a process that calls the vendor, and return once its first call was answered."""
    figures = None if limits is None else {name: getattr(limits, name) for name in limits.__slots__}
    words = {"url": vendor.url, "board": str(board), "limits": figures, "path": "/", "threads": 8, **told}
    process = subprocess.Popen([sys.executable, "-c", CALLER, json.dumps(words)], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "ready\n"
    return process


def ask(vendor: Vendor, pace: Pace) -> None:
    """Make one call."""
    with pace.turn():
        connection = http.client.HTTPConnection("127.0.0.1", int(vendor.server_address[1]))
        connection.request("GET", "/")
        connection.getresponse().read()
        connection.close()


def test_threads_keep_to_the_budget(vendor: Vendor) -> None:
    """Never more than the budget in any span, never more at once, and not much slower than that either."""
    pace = Pace(CallBudget(requests=6, per_seconds=0.3, in_flight=3))

    begun = time.monotonic()
    with ThreadPoolExecutor(12) as pool:
        list(pool.map(lambda _: ask(vendor, pace), range(24)))
    seconds = time.monotonic() - begun

    assert (len(vendor.arrived), vendor.most_in(0.3) <= 6, vendor.most) == (24, True, 3)
    assert 0.9 <= seconds < 3.0
    assert pace.waited_seconds > 0.9


def test_processes_share_the_budget(vendor: Vendor, tmp_path: Path) -> None:
    """Two processes with eight threads each are bound together like one."""
    limits = CallBudget(requests=8, per_seconds=0.4, in_flight=3)
    board = tmp_path / "budget" / "run-staging-shop"

    callers = [caller(vendor, board, limits, calls=16) for _ in range(2)]
    told = [json.loads(each.communicate(timeout=30)[0]) for each in callers]

    assert [each["statuses"] for each in told] == [[200] * 15] * 2
    assert (len(vendor.arrived), vendor.most_in(0.4) <= 8, vendor.most <= 3) == (32, True, True)
    assert all(each["waited"] > 0.1 for each in told)


def test_a_429_in_one_process_holds_back_the_other(vendor: Vendor, tmp_path: Path) -> None:
    """The pause is the vendor's word to all who use this key."""
    board = tmp_path / "run-staging-shop"
    pace = Pace(None, AllProcesses(board, None))

    other = caller(vendor, board, None, calls=2, path="/limited", threads=1)
    until = time.monotonic() + 10
    while not vendor.refused_at and time.monotonic() < until:
        time.sleep(0.01)
    time.sleep(0.1)  # the answer is on its way
    ask(vendor, pace)
    told = json.loads(other.communicate(timeout=30)[0])

    assert told["statuses"] == [200]
    refused, *after = vendor.arrived[1:]
    assert len(after) == 2
    assert all(each - refused >= 1.0 for each in after)
    assert pace.waited_seconds > 0.5


def test_a_killed_process_frees_its_places(vendor: Vendor, tmp_path: Path) -> None:
    """Its calls are over for the vendor too, and nobody waits for them for ever."""
    limits = CallBudget(requests=100, per_seconds=0.1, in_flight=2)
    board = tmp_path / "run-staging-shop"
    process = caller(vendor, board, limits, calls=50, threads=2)
    vendor.answer_seconds = 30.0
    until = time.monotonic() + 10
    while vendor.under_way < 2 and time.monotonic() < until:
        time.sleep(0.01)
    pace = Pace(limits, AllProcesses(board, limits))
    with pace._board.locked():
        assert pace._board.enter() is None

    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=10)
    vendor.answer_seconds = 0.0
    begun = time.monotonic()
    ask(vendor, pace)

    assert time.monotonic() - begun < 2.0


def test_a_long_answer_is_counted_once_it_has_certainly_arrived() -> None:
    """A call that takes a minute leaves its room in the span long before."""

    class Clock:
        now = 100.0

        def sleep(self, seconds: float) -> None:
            self.now += seconds

    clock = Clock()
    pace = Pace(CallBudget(requests=1, per_seconds=5.0, in_flight=2), None, clock.sleep, lambda: clock.now)
    with pace.turn() as first, pace.turn() as second:
        assert (first, second) == (0.0, 6.0)
    with pace.turn() as third:
        clock.now += 0.5
        assert third == 5.0  # the second was answered at once
    with pace.turn() as fourth:
        assert fourth == 5.0


def test_files_of_a_run_are_removed(tmp_path: Path) -> None:
    """And those of another one stay, until they are a day old."""
    folder = tmp_path / "budget"
    budgets = Budgets(folder, "0a1b2c3d")
    limits = CallBudget(requests=2, per_seconds=1.0, in_flight=1)
    with budgets.pace("shop", "eu/staging", limits).turn():
        assert sorted(each.name for each in folder.iterdir()) == [
            "0a1b2c3d-eu%2Fstaging-shop",
            "0a1b2c3d-eu%2Fstaging-shop.0",
        ]
    (folder / "4e5f6071-staging-shop").touch()
    old = folder / "11111111-staging-shop"
    old.touch()
    os.utime(old, (1.0, 1.0))

    budgets.remove()

    assert [each.name for each in folder.iterdir()] == ["4e5f6071-staging-shop"]
    assert budgets.waited()["shop"] < 0.5
    (folder / "4e5f6071-staging-shop").unlink()
    budgets.remove()
    assert not folder.exists()
    budgets.remove()


def test_golive_yaml_has_the_last_word_on_the_budget() -> None:
    """Then the pack, which may ask for less in production; else there is no limit."""
    pack, target = read_pack("uppzy"), Target("uppzy", "https://api.example")
    own = CallBudget(requests=3, per_seconds=1.0, in_flight=1)
    modest = pack.model_copy(
        update={
            "budget": RequestBudget(evidence="assumed", requests=9, per_seconds=60, in_flight=4, production_requests=2)
        }
    )
    frank = pack.model_copy(
        update={"budget": RequestBudget(evidence="assumed", requests=9, per_seconds=60, in_flight=4)}
    )
    silent = pack.model_copy(update={"budget": None})

    assert limits_of(modest, Target("uppzy", "https://api.example", budget=own), production=True) == own
    assert limits_of(modest, target, production=False) == CallBudget(9, 60, 4)
    assert limits_of(modest, target, production=True) == CallBudget(2, 60, 4)
    assert limits_of(frank, target, production=True) == CallBudget(9, 60, 4)
    assert limits_of(silent, target, production=True) is None


@pytest.mark.parametrize(
    ("limits", "told"),
    [
        (CallBudget(10, 1.0, 8), "10 times in 1 s, 8 at once"),
        (CallBudget(1, 0.5, 1), "once in 0.5 s, 1 at once"),
    ],
)
def test_a_budget_in_words(limits: CallBudget, told: str) -> None:
    """As the header of a run tells it."""
    assert limits.told == told
