"""`golive sandbox` in a process of its own: signals are what it is about."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import time
from collections.abc import Callable
from typing import IO, Any

import httpx
import pytest

Command = Callable[..., Any]
Start = Callable[..., "subprocess.Popen[str]"]

SOON = 3.0
"""Seconds within which it has to be gone; far less than any connection would be kept open."""


def described(running: subprocess.Popen[str]) -> dict[str, Any]:
    """Return what the one line says."""
    vendors: dict[str, Any] = json.loads(_pipe(running.stdout).readline())
    return vendors


def ended_by(running: subprocess.Popen[str], number: int) -> tuple[int, str, str]:
    """Send a signal; return the exit code and what else was written."""
    running.send_signal(number)
    out, err = running.communicate(timeout=SOON)
    return running.returncode, out, err


def _pipe(stream: IO[str] | None) -> IO[str]:
    assert stream is not None, "started with pipes"
    return stream


def test_one_line_says_all_a_client_needs(start: Start) -> None:
    """Address, key and ids lead to an answer, and nothing else is written."""
    with start(["sandbox"]) as running:
        uppzy = described(running)["uppzy"]
        answer = httpx.get(
            f"{uppzy['base_url']}/m2m/tenants/{uppzy['ids']['tenant_id']}/limits",
            headers={"X-API-Key": uppzy["api_key"]},
            trust_env=False,
        )

        assert answer.status_code == 200
        assert set(uppzy) >= {"base_url", "api_key", "ids"}
        assert ended_by(running, signal.SIGTERM) == (0, "", "")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_at_once_with_a_connection_kept_open(start: Start, number: signal.Signals) -> None:
    """A client that pools its connections must not hold it up."""
    with start(["sandbox"]) as running, httpx.Client(trust_env=False) as client:
        client.get(described(running)["uppzy"]["base_url"])

        assert ended_by(running, number) == (0, "", "")


def test_it_ends_while_an_answer_is_waited_for(start: Start) -> None:
    """A latency of minutes is not sat out."""
    with start(["sandbox", "--latency-ms", "600000"]) as running:
        address = httpx.URL(described(running)["uppzy"]["base_url"])
        with socket.create_connection((address.host, address.port or 0)) as connection:
            connection.sendall(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n")
            time.sleep(0.2)

            assert ended_by(running, signal.SIGTERM) == (0, "", "")


def test_a_second_signal_changes_nothing(start: Start) -> None:
    """Impatience does not turn the exit code, and shows no traceback."""
    with start(["sandbox"]) as running:
        described(running)
        running.send_signal(signal.SIGINT)

        assert ended_by(running, signal.SIGINT) == (0, "", "")


def test_it_ends_where_a_shell_has_it_ignore_signals_and_no_input_is_there(start: Start) -> None:
    """As `golive sandbox <&- &` in a script is started: without standard input, and with SIGINT ignored."""
    with start(["sandbox"], ["sh", "-c", "trap '' INT; exec \"$@\" <&-", "sh"]) as running:
        described(running)

        assert ended_by(running, signal.SIGINT) == (0, "", "")


def test_a_latency_is_added_to_every_answer(start: Start) -> None:
    """To see what a slow vendor does to a client."""
    with start(["sandbox", "--latency-ms", "250"]) as running, httpx.Client(trust_env=False) as client:
        base_url = described(running)["uppzy"]["base_url"]
        begun = time.monotonic()
        client.get(base_url)

        assert time.monotonic() - begun >= 0.25
        ended_by(running, signal.SIGTERM)


@pytest.mark.parametrize(("options", "last"), [([], 200), (["--rate-limits"], 429)])
def test_the_vendors_limits_are_kept_on_request(start: Start, options: list[str], last: int) -> None:
    """To see what a client does when it is told to wait."""
    with start(["sandbox", "--vendor", "timely", *options]) as running, httpx.Client(trust_env=False) as client:
        timely = described(running)["timely"]
        url, headers = f"{timely['base_url']}/me", {"x-api-key": timely["api_key"]}
        answers = [client.get(url, headers=headers) for _ in range(101)]
        ended_by(running, signal.SIGTERM)

    assert [answer.status_code for answer in answers] == [*[200] * 100, last]
    assert ("retry-after" in answers[-1].headers) is (last == 429)


def test_the_port_and_the_vendors_are_chosen(start: Start) -> None:
    """A client with a fixed address finds it there."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    with start(["sandbox", "--port", str(port), "--vendor", "uppzy", "--vendor", "uppzy"]) as running:
        assert {name: told["base_url"] for name, told in described(running).items()} == {
            "uppzy": f"http://127.0.0.1:{port}/api/v1"
        }
        ended_by(running, signal.SIGTERM)


def test_a_port_that_is_taken_is_told(process: Command) -> None:
    """One line on standard error, none on standard output."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        told = process("sandbox", "--port", str(port))

    assert told == (2, [], [f"golive sandbox: port {port} is taken; without --port a free one is found"])


def test_a_start_that_fails_leaves_signals_as_they_were(golive: Command) -> None:
    """The process it was called in may go on."""
    before = signal.getsignal(signal.SIGINT), signal.pthread_sigmask(signal.SIG_BLOCK, [])

    told = golive("sandbox", "--vendor", "upzy")

    assert told == (
        2,
        [],
        ["golive sandbox: unknown vendor 'upzy'; did you mean uppzy? There are: augno, selwise, timely, uppzy"],
    )
    assert (signal.getsignal(signal.SIGINT), signal.pthread_sigmask(signal.SIG_BLOCK, [])) == before


def test_a_port_that_may_not_be_listened_on_is_told(golive: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the system's own reason."""

    def refused(_: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("pytest_golive.sandbox.world.Sandbox.start", refused)

    assert golive("sandbox", "--port", "80").err == ["golive sandbox: port 80 cannot be listened on: Permission denied"]


@pytest.mark.parametrize("value", ["x", "-1", "65536", "0000000001", "1.5", "²"])
def test_a_port_is_a_number_of_its_range(golive: Command, value: str) -> None:
    """Told before anything starts."""
    message = "golive sandbox: argument --port: has to be a whole number from 0 to 65535"

    assert golive("sandbox", f"--port={value}") == (2, [], [message])


@pytest.mark.parametrize("value", ["x", "-1", "nan", "inf", "600001"])
def test_a_latency_is_a_number_of_its_range(golive: Command, value: str) -> None:
    """Neither before the question nor for ever."""
    message = "golive sandbox: argument --latency-ms: has to be a number of milliseconds from 0 to 600000"

    assert golive("sandbox", f"--latency-ms={value}") == (2, [], [message])
