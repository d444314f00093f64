"""The door beside pytest: `golive COMMAND`. Only the module of the command that was asked for is imported."""

from __future__ import annotations

import argparse
import importlib
import io
import os
import sys
from collections.abc import Sequence
from typing import NoReturn

from pytest_golive import __version__
from pytest_golive.commands.console import Refused, complain, must_be_known

COMMANDS = {
    "init": "write a golive.yaml for the vendors you name",
    "rules": "list what has to hold, and what each rule waits for",
    "sandbox": "serve the embedded vendors until Ctrl-C",
    "deliver": "send an event, an order of events or a fault to your webhook handler",
    "drive": "drive your API client against a vendor that fails on purpose, and see what it does",
    "judge": "judge recorded traffic of your API client, from HAR or JSON lines",
    "verify": "check a report against the ledger of its run",
    "alerts": "print the alerts of the vendors' checklists as a Prometheus rule file",
    "dashboard": "print a Grafana dashboard for the vendors' dashboard checklists",
    "rotate": "how a key is replaced, what golive checks at each step, and what to note before",
    "fingerprint": "print the 12 hex digits that stand for a secret",
    "sweep": "remove what killed runs left at the vendors",
    "attest": "vouch for a rule that no program can decide",
    "waive": "accept a gap until a day",
    "not-applicable": "say that a rule does not concern this integration",
    "decide": "write down what was decided about a finding of a weekly review",
    "lint": "look through what people vouch for and accept",
    "verdict": "say again what a run said, from its ledger alone",
    "join": "make one verdict of the ledgers of several shards",
    "history": "list earlier runs, and what changed from one to the next",
    "schema": "print the JSON Schema of golive.yaml, for editors",
}

NO_WORDS = "takes options only, and was given a word without one"

INTERRUPTED = 130
PIPE_CLOSED = 141


class Parser(argparse.ArgumentParser):
    """Raises what argparse would print with a usage text."""

    def error(self, message: str) -> NoReturn:
        """Refuse the command line."""
        raise Refused(message)

    def refuse(self, word: str, no_words: str) -> NoReturn:
        """Refuse a word that nothing declares; only an option's name is repeated, for a value may be a secret."""
        name = word.partition("=")[0]
        if name.startswith("-"):
            must_be_known(name, (option for option in self._option_string_actions if len(option) > 2), "option")
        raise Refused(no_words)


def main(argv: Sequence[str] | None = None) -> int:
    """Run `golive` with these arguments, else those of the process; return its exit code."""
    typed = list(sys.argv[1:] if argv is None else argv)
    speaker = f"golive {typed[0]}" if typed and typed[0] in COMMANDS else "golive"
    _write_what_cannot_be_encoded()
    try:
        code = _run(typed)
        sys.stdout.flush()
    except Refused as refusal:
        complain(speaker, str(refusal))
        return 2
    except KeyboardInterrupt:
        # The sandbox is ended this way; here, before it has seen to that itself.
        return 0 if typed[0] == "sandbox" else INTERRUPTED
    except BrokenPipeError:  # `golive rules | head`
        _leave_the_pipe_alone()
        return PIPE_CLOSED
    return code


def _run(typed: Sequence[str]) -> int:
    if not typed or typed[0].startswith("-"):
        _front_page().parse_args(typed)
        raise Refused(f"name a command: {', '.join(COMMANDS)}")
    name = typed[0]
    must_be_known(name, COMMANDS, "command")
    command = importlib.import_module(f"pytest_golive.commands.{name.replace('-', '_')}")
    parser = Parser(prog=f"golive {name}", description=command.__doc__, allow_abbrev=False)
    command.declare(parser)
    arguments, unknown = parser.parse_known_args(typed[1:])
    if unknown:
        parser.refuse(unknown[0], getattr(command, "NO_WORDS", NO_WORDS))
    code: int = command.run(arguments)
    return code


def _front_page() -> Parser:
    width = max(map(len, COMMANDS))
    commands = [f"  {name:<{width}}  {told}" for name, told in COMMANDS.items()]
    parser = Parser(
        prog="golive",
        usage="golive COMMAND [OPTIONS]",
        description="Is your integration ready for production? The checks themselves run with pytest.",
        epilog="\n".join(["commands:", *commands, "", "golive COMMAND --help lists the options of a command."]),
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument("--version", action="version", version=f"pytest-golive {__version__}")
    return parser


def _write_what_cannot_be_encoded() -> None:
    """Have a console without, say, an ellipsis show a stand-in, and not a traceback."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _leave_the_pipe_alone() -> None:
    """Point standard output to nowhere: Python writes what is left of it when the process ends."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nowhere, sys.stdout.fileno())
