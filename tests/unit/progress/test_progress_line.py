"""The live line, on a terminal that can be looked at."""

from __future__ import annotations

import io
import threading
from collections import deque
from collections.abc import Mapping
from types import SimpleNamespace
from typing import Any

import pyte
import pytest

from pytest_golive.exchange.pace import Budgets
from pytest_golive.manifest.environment import CallBudget
from pytest_golive.progress import Busy, Line, Progress, is_watched

WIDTH = 60


class Terminal(io.StringIO):
    """A terminal of six lines."""

    encoding = "utf-8"

    def __init__(self) -> None:
        super().__init__()
        self._screen = pyte.Screen(WIDTH, 6)
        self._stream = pyte.Stream(self._screen)

    def write(self, text: str) -> int:
        self._stream.feed(text.replace("\n", "\r\n"))
        return len(text)

    @property
    def shown(self) -> list[str]:
        """What can be read on it, empty lines at the end left out."""
        return "\n".join(line.rstrip() for line in self._screen.display).rstrip().splitlines()


@pytest.fixture
def terminal() -> Terminal:
    """Return an empty terminal."""
    return Terminal()


def test_what_pytest_writes_goes_above_the_line(terminal: Terminal) -> None:
    """In the middle of a line of dots, after it, and when the screen is full."""
    line = Line(terminal)
    line.write("test_a.py ..")
    line.show("golive: 2 of 9 checks")
    first = terminal.shown
    line.write(".")
    line.write("\ntest_b.py .")
    second = terminal.shown
    for number in range(9):
        line.write(f"\nmore {number}")
    third = terminal.shown
    line.show("")
    line.write("\nend\n")

    assert first == ["test_a.py ..", "golive: 2 of 9 checks"]
    assert second == ["test_a.py ...", "test_b.py .", "golive: 2 of 9 checks"]
    assert third == ["more 4", "more 5", "more 6", "more 7", "more 8", "golive: 2 of 9 checks"]
    assert terminal.shown == ["more 5", "more 6", "more 7", "more 8", "end"]


def test_a_shorter_line_leaves_nothing_of_a_longer_one(terminal: Terminal) -> None:
    """And a line that says the same is not drawn again."""
    line = Line(terminal)
    line.show("golive: a long line that was shown before")
    line.show("golive: short")
    seen = terminal.shown
    terminal.write("\x1b[2J")
    line.show("golive: short")

    assert seen == ["", "golive: short"]
    assert terminal.shown == []


def test_a_terminal_of_few_letters() -> None:
    """What it cannot show is a question mark, and no error in a thread."""
    written: list[str] = []
    stream = SimpleNamespace(write=written.append, flush=lambda: None, encoding="ascii")

    Line(stream).show("golive: 2 of 9 checks · 1 running")  # type: ignore[arg-type]

    assert "golive: 2 of 9 checks ? 1 running" in written[0]


def test_two_threads_write_one_after_the_other(terminal: Terminal) -> None:
    """The line never gets into the words of a test."""
    line = Line(terminal)
    threads = [threading.Thread(target=lambda: [line.write("x") for _ in range(5)]) for _ in range(4)]
    threads.append(
        threading.Thread(target=lambda: deque(map(line.show, (f"golive: {number}" for number in range(20)))))
    )
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert terminal.shown == ["x" * 20, "golive: 19"]


def progress(busy: Busy = (), budgets: Budgets | None = None, checks: int = 9) -> Progress:
    """Return the progress of a run with these checks."""
    plan = SimpleNamespace(checks=dict.fromkeys(map(str, range(checks))))
    run: Any = SimpleNamespace(plan=plan, golive=SimpleNamespace(budgets=budgets or Budgets()))
    return Progress(run, lambda: busy)


def test_what_is_counted() -> None:
    """Checks that ended of those planned, and the one pytest is at."""
    at = progress()
    at.pytest_runtest_logstart("golive/chat/test_smoke.py::test_answers[uppzy]")
    begun = at.text(100)
    at.pytest_runtest_logfinish("golive/chat/test_smoke.py::test_answers[uppzy]")

    assert begun == "golive: 0 of 9 checks · 1 running"
    assert at.text(100) == "golive: 1 of 9 checks"


def test_the_longest_is_named() -> None:
    """Where it has been running for a while."""
    at = progress([("answers[uppzy]", 12.4), ("walk[timely]", 0.2)])

    assert at.text(100) == "golive: 0 of 9 checks · 2 running, answers[uppzy] for 12 s"
    assert at.text(30) == "golive: 0 of 9 checks · 2 run…"[:28] + "…"


def test_tests_of_the_team_count_as_well() -> None:
    """More may end than golive has planned."""
    at = progress(checks=1)
    for number in range(3):
        at.pytest_runtest_logfinish(f"test_shop.py::test_{number}")

    assert at.text(100) == "golive: 3 of 3 checks"


def test_it_says_what_calls_wait_for() -> None:
    """For the budget that golive keeps to, or because the vendor asked for a pause."""
    clock = [1_000.0]
    budgets = Budgets()
    pace = budgets.pace("timely", "staging", CallBudget(requests=1, per_seconds=30, in_flight=1))
    pace._clock = lambda: clock[0]
    told: dict[str, str] = {}

    def sleep(seconds: float) -> None:
        told[pace.waits_for[0]] = progress(budgets=budgets).text(100)
        clock[0] += seconds

    pace._sleep = sleep
    with pace.turn():
        pass
    with pace.turn():
        pass
    pace.hold_back(100)
    with pace.turn():
        pass

    assert told == {
        "its budget": "golive: 0 of 9 checks · 1 call · timely waits 30 s for its budget",
        "the pause it asked for": "golive: 0 of 9 checks · 2 calls · timely waits 100 s for the pause it asked for",
    }
    assert budgets.waiting() == {}


def test_a_moment_is_not_worth_a_word() -> None:
    """Most calls wait a few milliseconds for one another."""
    budgets = Budgets()
    budgets.pace("timely", "staging", None).waits_for = ("its budget", 0.0)

    assert progress(budgets=budgets).text(100) == "golive: 0 of 9 checks"


def watched(environ: Mapping[str, str], monkeypatch: pytest.MonkeyPatch, **options: object) -> bool:
    """Return whether there is a line at a terminal, in this environment and with these options."""
    for name in ("CI", "BUILD_NUMBER", "TF_BUILD", "TEAMCITY_VERSION"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("TERM", "xterm")
    for name, value in environ.items():
        monkeypatch.setenv(name, value)
    named: dict[str, object] = {"capture": "fd", "verbose": 0, "tty": True, **options}
    out = SimpleNamespace(isatty=named.pop("tty"), verbosity=named.pop("verbose"))
    config: Any = SimpleNamespace(option=SimpleNamespace(**named))
    return is_watched(config, out)


def test_who_sits_at_a_terminal_sees_it(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody else does."""
    assert watched({}, monkeypatch)
    assert watched({}, monkeypatch, verbose=1)
    for environ in ({"CI": "true"}, {"TF_BUILD": "True"}, {"TERM": "dumb"}):
        assert not watched(environ, monkeypatch)
    for option in ({"tty": False}, {"verbose": -1}, {"capture": "no"}, {"capture": "tee-sys"}, {"usepdb": True}):
        assert not watched({}, monkeypatch, **option)
    config: Any = SimpleNamespace(option=SimpleNamespace())
    assert not is_watched(config, None)
