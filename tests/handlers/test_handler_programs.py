"""Programs under test: started, asked, restarted, ended, and told apart."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_golive.handlers.parcel import Parcel
from pytest_golive.handlers.program import Launch, Program, ProgramProblem, free_port, served
from pytest_golive.handlers.sender import send

PROGRAMS = Path(__file__).parent / "programs"


def launch(*argv: str, **changes: object) -> Launch:
    port = free_port()
    made = Launch(tuple(word.replace("PORT", str(port)) for word in argv), PROGRAMS, {"ECHOED": "once"}, port)
    return replace(made, **changes)  # type: ignore[arg-type]


@pytest.fixture(params=["wsgi", "asgi"])
def program(request: pytest.FixtureRequest) -> Iterator[Program]:
    port = free_port()
    argv = served(f"echo_apps:{request.param}", port)
    started = Program(Launch(argv, PROGRAMS, {"ECHOED": "once"}, port, start_seconds=10))
    started.start()
    yield started
    started.stop()


@pytest.mark.parametrize("framing", ["length", "chunked"])
def test_an_app_gets_what_was_sent(program: Program, framing: str) -> None:
    """Either kind of app is told apart by looking, and gets method, path, query, body and its variables."""
    parcel = Parcel(f"{program.launch.origin}/hooks?a=1", body=b'{"a": "\xc3\xa9"}', framing=framing, chunk_bytes=3)  # type: ignore[arg-type]

    receipt = send(parcel)

    told = json.loads(receipt.body)
    assert (receipt.ended, receipt.status) == ("answered", 200)
    assert {name: told[name] for name in ("method", "path", "query", "body", "variable")} == {
        "method": "POST",
        "path": "/hooks",
        "query": "a=1",
        "body": '{"a": "Ã©"}',
        "variable": "once",
    }
    assert told.get("lifespan", ["yes"]) == ["yes"]


def test_an_app_is_asked_before_the_body_is_sent(program: Program) -> None:
    """`Expect: 100-continue` gets its 100."""
    receipt = send(Parcel(f"{program.launch.origin}/hooks", body=b"late", waits_for_continue=True))

    assert (receipt.status, receipt.informational) == (200, (100,))
    assert json.loads(receipt.body)["body"] == "late"


def test_a_program_is_started_again_at_the_same_port(program: Program) -> None:
    """Restarted by TERM or KILL, it answers where it did."""
    for kill in (False, True):
        program.restart(kill=kill)

        assert send(Parcel(f"{program.launch.origin}/")).status == 200

    program.stop()
    assert send(Parcel(f"{program.launch.origin}/")).ended == "refused"


def test_an_app_that_raises_answers_500_and_its_traceback_is_logged() -> None:
    port = free_port()
    program = Program(Launch(served("echo_apps:asgi", port), PROGRAMS, {}, port))
    program.start()
    try:
        receipt = send(Parcel(f"{program.launch.origin}/boom"))

        assert receipt.status == 500
        # Its words come by a pipe of their own, which may be later than the answer.
        until = time.monotonic() + 5
        while "RuntimeError: as asked" not in program.log() and time.monotonic() < until:
            time.sleep(0.02)
        assert "RuntimeError: as asked" in program.log()
    finally:
        program.stop()


@pytest.mark.parametrize(
    ("argv", "changes", "told"),
    [
        (("golive-no-such-program",), {}, "the program golive-no-such-program was not found"),
        (
            (sys.executable, "-c", "1"),
            {"directory": PROGRAMS / "nowhere"},
            f"the folder {PROGRAMS}/nowhere was not found",
        ),
        (
            (sys.executable, "-c", "print('key-1234567890'); print('bye'); raise SystemExit(3)"),
            {"scrub": lambda text: text.replace("key-1234567890", "***")},
            "ended with exit code 3 before it was ready; it said: *** | bye",
        ),
        (
            ("sleep", "30"),
            {"start_seconds": 0.2, "port": 1},
            "sleep 30: port 1 took no connection within 0.2 s; it said nothing",
        ),
        (
            ("sleep", "30"),
            {"start_seconds": 0.2, "port": 1, "ready": "/healthz"},
            "sleep 30: /healthz did not answer within 0.2 s; it said nothing",
        ),
        (
            (sys.executable, "-m", "pytest_golive.handlers.serve", "echo_apps:nothing", "--port", "PORT"),
            {},
            "ended with exit code 1 before it was ready; it said: the module echo_apps has no nothing",
        ),
        (
            (sys.executable, "-m", "pytest_golive.handlers.serve", "no_such_module:app", "--port", "PORT"),
            {},
            (
                "ended with exit code 1 before it was ready; it said: no module named no_such_module, looked for in "
                f"{PROGRAMS}"
            ),
        ),
    ],
)
def test_what_is_wrong_with_a_program_is_one_sentence(
    argv: tuple[str, ...], changes: dict[str, object], told: str
) -> None:
    """Not there, ended at once, not up in time: each says so, with the end of what it wrote, secrets masked."""
    program = Program(launch(*argv, **changes))

    with pytest.raises(ProgramProblem) as caught:
        program.start()

    command = program.launch.scrub(" ".join(program.launch.argv))
    assert told in {str(caught.value), str(caught.value).removeprefix(f"{command} ")}
    assert not program.running


def test_no_program_outlives_golive(tmp_path: Path) -> None:
    """Even where golive is killed, the keeper ends what it started, with all that this started."""
    port = free_port()
    script = f"""
import sys, time
from pathlib import Path
from pytest_golive.handlers.program import Launch, Program, served
program = Program(Launch(served("echo_apps:wsgi", {port}), Path({str(PROGRAMS)!r}), {{}}, {port}))
program.start()
print(program._process.pid, flush=True)
time.sleep(60)
"""
    golive = subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, text=True)
    assert golive.stdout is not None
    with golive.stdout:
        group = int(golive.stdout.readline())

        golive.send_signal(signal.SIGKILL)
        golive.wait()

    until = time.monotonic() + 5
    while time.monotonic() < until:
        try:
            os.killpg(group, 0)
        except ProcessLookupError:
            break
        time.sleep(0.02)
    else:
        pytest.fail("the program is still there")
