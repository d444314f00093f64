"""How commands speak, and how they refuse."""

from __future__ import annotations

import sys
from collections.abc import Iterable


class Refused(Exception):
    """What the user asked for cannot be done; the message says why, and what would be right."""


def say(line: str = "") -> None:
    """Write one line to standard output."""
    sys.stdout.write(f"{line}\n")


def complain(speaker: str, message: str) -> None:
    """Write a message to standard error, every line of it under the speaker's name."""
    sys.stderr.writelines(f"{speaker}: {line}\n" for line in message.splitlines())


def must_be_known(given: str, known: Iterable[str], kind: str) -> None:
    """Refuse a name that is not one of those there are.

    Raises:
        Refused: with the nearest name, and with all of them.
    """
    names = list(known)
    if given not in names:
        from pytest_golive.manifest.explain import listed

        raise Refused(f"unknown {kind} {given!r}{listed(names, given, 'there are')}")
