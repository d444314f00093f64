from __future__ import annotations

import getpass
import io
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pytest_golive.credentials.secret import fingerprint
from pytest_golive.credentials.source import Source, read_secret

Command = Callable[..., Any]

SECRET = "upz_live_8c1f0a77d2"
SHOWN = fingerprint(SECRET)


@pytest.fixture
def keyboard(monkeypatch: pytest.MonkeyPatch) -> Callable[[str], None]:
    """Types a secret at a terminal."""

    def types(text: str) -> None:
        terminal = io.StringIO()
        monkeypatch.setattr(terminal, "isatty", lambda: True)
        monkeypatch.setattr(sys, "stdin", terminal)
        monkeypatch.setattr(getpass, "getpass", lambda prompt: text if prompt == "Secret: " else "")

    return types


def test_a_variable_a_file_and_standard_input_give_the_same(
    golive: Command, process: Command, here: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever the secret lies, and whether or not a newline ends it."""
    monkeypatch.setenv("UPPZY_API_KEY", SECRET)
    (here / "key").write_text(f"{SECRET}\r\n", encoding="utf-8")

    expected: tuple[int, list[str], list[str]] = (0, [SHOWN], [])
    assert expected == golive("fingerprint", "--env-var", "UPPZY_API_KEY")
    assert expected == golive("fingerprint", "--file", "key")
    assert expected == process("fingerprint", stdin=SECRET)
    assert expected == process("fingerprint", stdin=f"{SECRET}\n")


def test_it_is_the_one_a_run_tells(golive: Command, here: Path) -> None:
    """What a deployment reports is compared with it."""
    (here / "key").write_text(f" {SECRET}\n\n", encoding="utf-8")

    assert golive("fingerprint", "--file", "key").out == [
        read_secret(Source(file="key"), "uppzy.api_key", here).fingerprint
    ]


def test_one_newline_is_taken_off_and_no_more(process: Command) -> None:
    """White space may belong to a secret."""
    assert process("fingerprint", stdin=f"{SECRET}\n\n").out == [fingerprint(f"{SECRET}\n")]


def test_a_newline_that_slipped_into_a_variable_is_taken_off(golive: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """As `export KEY="$(cat key; echo)"` would leave it."""
    monkeypatch.setenv("UPPZY_API_KEY", f"{SECRET}\n")

    assert golive("fingerprint", "--env-var", "UPPZY_API_KEY").out == [SHOWN]


def test_at_a_terminal_it_is_asked_for_without_being_shown(golive: Command, keyboard: Callable[[str], None]) -> None:
    """The prompt is getpass's."""
    keyboard(SECRET)

    assert golive("fingerprint") == (0, [SHOWN], [])


@pytest.mark.parametrize("stdin", ["", "\n", " \n"])
def test_an_empty_secret_is_refused(process: Command, stdin: str) -> None:
    """Its fingerprint would look like any other."""
    assert process("fingerprint", stdin=stdin) == (2, [], ["golive fingerprint: the secret is empty"])


def test_a_secret_no_run_would_take_is_told_as_one(process: Command) -> None:
    """The fingerprint is still the right one."""
    reason = "the secret is shorter than 8 characters, too short to be masked in a report"

    assert process("fingerprint", stdin="hunter2") == (
        0,
        [fingerprint("hunter2")],
        [f"golive fingerprint: a run would refuse it: {reason}"],
    )


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--env-var", "NO_SUCH_KEY"], "environment variable NO_SUCH_KEY is not set"),
        (["--env-var", "EMPTY_KEY"], "environment variable EMPTY_KEY is set, but empty"),
        (["--env-var", SECRET], "what --env-var names is not set"),
        (["--env-var", f"{SECRET}-="], "--env-var takes the name of a variable"),
        (["--file", SECRET], "what --file names is not there"),
        (["--file", ""], "--file takes the name of a file"),
        (["--file", "."], "what --file names is a folder"),
        (["--file", "key", "--env-var", "KEY"], "argument --env-var: not allowed with argument --file"),
        ([SECRET], "a secret is never typed here, where others can read it: use --env-var, --file or standard input"),
    ],
)
def test_what_cannot_be_read_is_told_without_the_secret(
    golive: Command, monkeypatch: pytest.MonkeyPatch, arguments: list[str], message: str
) -> None:
    """Also where the secret itself was typed in the place of its name."""
    monkeypatch.setenv("EMPTY_KEY", " ")

    assert golive("fingerprint", *arguments) == (2, [], [f"golive fingerprint: {message}"])


def test_standard_input_that_is_closed_or_no_text_is_refused(golive: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """As in a service without a terminal."""
    monkeypatch.setattr(sys, "stdin", None)
    closed = golive("fingerprint").err
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(b"\xff\xfe")))

    assert closed == ["golive fingerprint: standard input is closed: use --env-var or --file"]
    assert golive("fingerprint").err == ["golive fingerprint: standard input is not UTF-8 text"]


def test_an_ended_terminal_is_an_empty_secret(
    golive: Command, keyboard: Callable[[str], None], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Ctrl-D at the prompt."""

    def ended(_: str) -> str:
        raise EOFError

    keyboard("")
    monkeypatch.setattr(getpass, "getpass", ended)

    assert golive("fingerprint").err == ["golive fingerprint: the secret is empty"]
