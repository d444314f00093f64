"""A run that ends before its end is never green, whoever ended it, and its facts are kept."""

from __future__ import annotations

import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.plugin.conftest import WITHOUT, Project, Ran, facts

FIRST = "@pytest.mark.weekly\ndef test_first():\n    pass\n"
LAST = "\n@pytest.mark.weekly\ndef test_last():\n    pass\n"
WORKERS = pytest.mark.parametrize("workers", [(), ("-n", "1")], ids=["alone", "xdist"])


def ending(body: str) -> str:
    """Return three tests, of which the second ends the run."""
    return f"{FIRST}\n@pytest.mark.weekly\n@pytest.mark.rule(id='SHOP-07')\ndef test_second():\n    {body}\n{LAST}"


def yesterday(project: Project) -> None:
    """Leave the files of a green run."""
    project.write("golive-verdict.json", '{"verdict": "GO"}')
    project.write("golive-report.html", "<h1>GO</h1>")
    project.write("golive-pytest.html", "<h2>GO</h2>")


def assert_facts_kept(project: Project) -> None:
    """What was known before the end stands in the ledger."""
    told = facts(project.folder / ".golive" / "ledger.jsonl")
    assert {"fact": "decided", "check": "test_shop.py::test_first", "outcome": "passed"}.items() <= next(
        fact.items() for fact in told if fact["fact"] == "decided"
    )


@pytest.mark.parametrize("option", ["-x", "--maxfail=1"])
@WORKERS
def test_stopped_at_the_first_failure(project: Project, option: str, workers: tuple[str, ...]) -> None:
    """What did not run any more did not report."""
    project.tests(ending("assert False"))

    ran = project.weekly(option, *workers)

    ran.assert_not_green()
    assert_facts_kept(project)
    if not workers:
        assert "stopped early: stopping after 1 failures" in ran.verdict["reasons"]
        assert "test_shop.py::test_last did not report" in ran.verdict["reasons"]


@pytest.mark.parametrize("where", ["test", "fixture"])
@WORKERS
def test_pytest_exit_with_zero(project: Project, where: str, workers: tuple[str, ...]) -> None:
    """pytest.exit(…, 0) ends the process with 0 for everyone but golive."""
    yesterday(project)
    body = ending("pytest.exit('enough', 0)")
    if where == "fixture":
        body = "@pytest.fixture\ndef end():\n    pytest.exit('enough', 0)\n\n" + ending("pass").replace(
            "test_second()", "test_second(end)"
        )
    project.tests(body)

    ran = project.weekly(*workers)

    ran.assert_not_green()
    assert_facts_kept(project)
    if not workers:
        assert ran.verdict["reasons"][0] == "ended by pytest.exit: enough"


@WORKERS
def test_the_process_of_a_test_vanishes(project: Project, workers: tuple[str, ...]) -> None:
    """os._exit(0) skips every hook: the files of the start say that the run did not finish."""
    yesterday(project)
    project.tests(ending("os._exit(0)"))

    ran = project.weekly(*workers)

    assert ran.word != "GO"
    assert ">GO</h2>" not in ran.page
    assert ">GO</h1>" not in ran.ticket
    assert_facts_kept(project)
    if workers:
        assert (ran.code, ran.word) == (1, "NO-GO")
        assert ran.own("test_shop.py::test_second")["outcome"] == "failed"
        block = ran.page.partition('<section class="golive"')[2].partition("</section>")[0]
        assert "test_shop.py::test_second" in block, "pytest-html has no row for it"
    else:
        assert ran.verdict["reasons"] == ["the run did not finish"]
        assert ran.verdict["finished"] is None


def test_a_worker_is_killed(project: Project) -> None:
    """The kernel may take a worker at any time."""
    project.tests(ending("os.kill(os.getpid(), signal.SIGKILL)"))

    ran = project.weekly("-n", "2")

    ran.assert_not_green()
    assert ran.word == "NO-GO"
    assert any("crashed while running" in reason for reason in ran.verdict["reasons"])


@pytest.mark.parametrize(
    ("sent", "code", "reasons"),
    [
        (signal.SIGINT, 2, ["interrupted"]),
        (signal.SIGTERM, -signal.SIGTERM, ["the run did not finish"]),
        (signal.SIGKILL, -signal.SIGKILL, ["the run did not finish"]),
    ],
)
def test_a_signal_in_the_middle(project: Project, sent: signal.Signals, code: int, reasons: list[str]) -> None:
    """Ctrl-C is written down; what gives no time for that leaves the files of the start."""
    yesterday(project)
    project.tests(ending("open('here', 'w').close(); time.sleep(60)"))

    line = [sys.executable, "-m", "pytest", *WITHOUT, "-m", "weekly", "--env", "sandbox"]
    process = subprocess.Popen(line, cwd=project.folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
    _wait_for(project.folder / "here", process)
    process.send_signal(sent)
    process.communicate(timeout=60)
    ran = Ran(pytest.RunResult(process.returncode, [], [], 0.0), project.folder)

    ran.assert_not_green()
    assert (ran.code, ran.verdict["reasons"][:1]) == (code, reasons)
    assert_facts_kept(project)


def _wait_for(path: Path, process: subprocess.Popen[bytes]) -> None:
    deadline = time.monotonic() + 60
    while not path.exists():
        assert process.poll() is None, "pytest ended before its second test"
        assert time.monotonic() < deadline
        time.sleep(0.05)
