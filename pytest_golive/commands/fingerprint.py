"""Print the fingerprint of a secret, read from a variable, a file or standard input. The secret is never shown."""

from __future__ import annotations

import argparse
import getpass
import re
import sys
from pathlib import Path

from pytest_golive.commands.console import Refused, say

NO_WORDS = "a secret is never typed here, where others can read it: use --env-var, --file or standard input"

VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]*")
"""What is surely the name of a variable and not, by mistake, the secret; only this is repeated in a message."""


def declare(parser: argparse.ArgumentParser) -> None:
    """Name the options."""
    place = parser.add_mutually_exclusive_group()
    place.add_argument("--env-var", metavar="NAME", help="environment variable that holds the secret")
    place.add_argument("--file", metavar="PATH", help="file that holds the secret and nothing else")


def run(arguments: argparse.Namespace) -> int:
    """Print the fingerprint.

    Raises:
        Refused: there is no secret.
    """
    from pytest_golive.credentials.secret import fingerprint, weakness

    secret = _secret(arguments)
    if not secret.strip():
        raise Refused("the secret is empty")
    say(fingerprint(secret))
    problem = weakness(secret)
    if problem:
        sys.stderr.write(f"golive fingerprint: a run would refuse it: {problem}\n")
    return 0


def _secret(arguments: argparse.Namespace) -> str:
    if arguments.env_var is not None:
        return _without_newline(_from_place("env", arguments.env_var))
    if arguments.file is not None:
        return _from_place("file", arguments.file)
    if sys.stdin is None or sys.stdin.closed:
        raise Refused("standard input is closed: use --env-var or --file")
    try:
        if sys.stdin.isatty():
            return getpass.getpass("Secret: ")
        return _without_newline(sys.stdin.buffer.read().decode("utf-8"))
    except UnicodeDecodeError:
        raise Refused("standard input is not UTF-8 text") from None
    except EOFError:
        return ""


def _from_place(kind: str, name: str) -> str:
    """Read as a run reads what golive.yaml names, so that both tell the same fingerprint."""
    from pydantic import ValidationError

    from pytest_golive.credentials.source import Source, SourceProblem, read

    option = "--env-var" if kind == "env" else "--file"
    try:
        source = Source.model_validate({kind: name})
        return read(source, Path.cwd())
    except ValidationError:
        raise Refused(f"{option} takes the name of {'a variable' if kind == 'env' else 'a file'}") from None
    except SourceProblem as problem:
        shown = source.describe() if kind == "env" and VARIABLE.fullmatch(name) else f"what {option} names"
        raise Refused(str(problem).replace(source.describe(), shown)) from None


def _without_newline(text: str) -> str:
    return text.removesuffix("\n").removesuffix("\r") if text.endswith("\n") else text
