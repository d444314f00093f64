from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from pytest_golive import __version__
from pytest_golive.commands import fingerprint, sandbox

Command = Callable[..., Any]
Program = tuple[str, ...]

COMMANDS = (
    "init, rules, sandbox, deliver, drive, judge, verify, alerts, dashboard, rotate, fingerprint, "
    "sweep, attest, waive, not-applicable, decide, lint, verdict, join, history, schema"
)


def test_help_lists_the_commands_and_imports_nothing_heavy() -> None:
    """Asking what there is takes no longer than Python itself."""
    code = (
        "import sys\nfrom pytest_golive.cli import main\n"
        "try:\n    main(['--help'])\nexcept SystemExit as end:\n    code = end.code\n"
        "print(code, sorted({'pytest', 'pydantic', 'httpx', 'yaml', 'jsonschema'} & set(sys.modules)))"
    )

    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout.splitlines()

    assert told[-1] == "0 []"
    assert [line.split()[0] for line in told if line.startswith("  ") and "-" not in line[:4]] == COMMANDS.split(", ")


def test_the_version_is_told(golive: Command, capsys: pytest.CaptureFixture[str]) -> None:
    """As for any program."""
    with pytest.raises(SystemExit) as end:
        golive("--version")

    assert end.value.code == 0
    assert capsys.readouterr().out == f"pytest-golive {__version__}\n"


def test_a_command_has_help_of_its_own(golive: Command, capsys: pytest.CaptureFixture[str]) -> None:
    """Under its own name."""
    with pytest.raises(SystemExit) as end:
        golive("sweep", "--help")

    assert end.value.code == 0
    assert capsys.readouterr().out.startswith("usage: golive sweep [-h] [--env NAME]")


def test_without_a_command_they_are_named(golive: Command) -> None:
    """One line, not a page of usage."""
    assert golive() == (2, [], [f"golive: name a command: {COMMANDS}"])


def test_an_unknown_command_is_told_with_the_nearest(program: Program) -> None:
    """In a real process too: exit code 2, and no traceback."""
    done = subprocess.run([*program, "fingerprnt"], capture_output=True, text=True, check=False)

    assert (done.returncode, done.stdout) == (2, "")
    assert done.stderr == f"golive: unknown command 'fingerprnt'; did you mean fingerprint? There are: {COMMANDS}\n"


def test_an_unknown_option_is_told_with_the_nearest_and_without_its_value(golive: Command) -> None:
    """Who mistypes the option of a secret must not find the secret in a log."""
    told = golive("fingerprint", "--envvar=sk_live_1234567890")

    known = "--help, --env-var, --file"
    assert told == (
        2,
        [],
        [f"golive fingerprint: unknown option '--envvar'; did you mean --env-var? There are: {known}"],
    )


def test_options_are_not_abbreviated(golive: Command) -> None:
    """A script that says --vend would change its meaning with a new option."""
    told = golive("sandbox", "--vend", "uppzy")

    known = (
        "--help, --port, --latency-ms, --vendor, --rate-limits, --variant, --deliver, --scheme, --retry, "
        "--webhook-secret-env, --clock-factor"
    )
    assert told.err == [f"golive sandbox: unknown option '--vend'; did you mean --vendor? There are: {known}"]


def test_a_word_without_an_option_is_refused(golive: Command) -> None:
    """It is not repeated either."""
    assert golive("init", "uppzy") == (2, [], ["golive init: takes options only, and was given a word without one"])


def test_ctrl_c_ends_quietly(golive: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    """With the code that shells give to an interrupted program; the sandbox is ended so, and that is no failure."""

    def interrupted(_: object) -> int:
        raise KeyboardInterrupt

    monkeypatch.setattr(fingerprint, "run", interrupted)
    monkeypatch.setattr(sandbox, "run", interrupted)

    assert golive("fingerprint") == (130, [], [])
    assert golive("sandbox") == (0, [], [])


def test_a_reader_that_has_seen_enough_ends_it_quietly(here: Path, program: Program) -> None:
    """`golive rules | head` shows no traceback."""
    with subprocess.Popen([*program, "rules"], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=here) as running:
        assert running.stdout is not None
        assert running.stderr is not None
        running.stdout.close()
        said = running.stderr.read()

    assert (running.returncode, said) == (141, b"")


def test_a_console_that_cannot_show_a_character_gets_a_stand_in(process: Command) -> None:
    """And not a traceback."""
    told = process("rules", COLUMNS="60", PYTHONIOENCODING="ascii", PYTHONUTF8="0")

    assert (told.code, told.err) == (0, [])
    assert any(line.endswith(r"\u2026") for line in told.out)


def test_it_is_installed_as_a_program() -> None:
    """The name stands in the environment's folder of programs."""
    program = Path(sys.executable).with_name("golive")

    assert os.access(program, os.X_OK)
