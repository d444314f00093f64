"""What ties a report to the ledger of its run, so that `golive verify` can tell whether one of them was changed.

The page names how many lines of the ledger it was made from, and their hash. The ledger's next line names the page and
its hash. Neither can be changed alone.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, slots=True)
class Seal:
    """What a page says of the ledger it was made from.

    Attributes:
        run: id of the run.
        verdict: the word it shows.
        ledger: name of the file.
        lines: how many lines it had.
        sha256: of these lines.
    """

    run: str
    verdict: str
    ledger: str
    lines: int
    sha256: str


class Unsealed(Exception):
    """A page is no report of golive's, or a ledger cannot be read; says why."""


def seal_of(ledger: Path, run: str, verdict: str) -> Seal:
    """Return the seal for a page that is made now.

    Raises:
        OSError: the ledger cannot be read.
    """
    written = ledger.read_bytes()
    return Seal(run, verdict, ledger.name, written.count(b"\n"), digest(written))


def digest(data: bytes) -> str:
    """Return the SHA-256 of data, in hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


def read_seal(page: str) -> Seal:
    """Return the seal of a page.

    Raises:
        Unsealed: it has none.
    """
    found = dict(re.findall(r'<meta name="golive-(run|verdict|ledger|lines|sha256)" content="([^"]*)">', page))
    if set(found) != {"run", "verdict", "ledger", "lines", "sha256"} or not found["lines"].isdigit():
        raise Unsealed("is no report of a finished run of golive, or its seal was removed")
    told = {name: html.unescape(value) for name, value in found.items()}
    return Seal(told["run"], told["verdict"], told["ledger"], int(told["lines"]), told["sha256"])


def differences(page: bytes, name: str, ledger: Path) -> list[str]:
    """Return what does not fit between a page and the ledger of its run, in sentences; empty where all does.

    Args:
        page: the page, byte by byte.
        name: its file name, as the ledger has it.
        ledger: the file.

    Raises:
        Unsealed: the page has no seal, or the ledger cannot be read.
    """
    seal = read_seal(page.decode("utf-8", errors="replace"))
    lines = _lines(ledger)
    facts = [_fact(line, number, ledger) for number, line in enumerate(lines, 1)]
    runs = [str(fact.get("run", "")) for fact in facts if fact.get("fact") == "run_started"]
    if runs != [seal.run]:
        told = runs[0] if runs else "none"
        return [f"the report is of run {seal.run}, {ledger.name} is of run {told}"]
    found = []
    if len(lines) < seal.lines:
        found.append(f"{ledger.name} ends after {len(lines)} lines, the report was made from {seal.lines}")
    elif digest(b"".join(lines[: seal.lines])) != seal.sha256:
        found.append(f"{ledger.name} was changed: its first {seal.lines} lines are not those the report was made from")
    return found + _told_differently(seal, facts, page, name)


def _told_differently(seal: Seal, facts: Sequence[dict[str, Any]], page: bytes, name: str) -> list[str]:
    found = []
    words = [str(fact.get("verdict")) for fact in facts if fact.get("fact") == "run_finished"]
    if not words:
        found.append("the ledger has no verdict: its run did not finish")
    elif words[-1] != seal.verdict:
        found.append(f"the report says {seal.verdict}, the ledger says {words[-1]}")
    written = {fact.get("sha256") for fact in facts if fact.get("fact") == "written"}
    if not written:
        found.append(f"the ledger does not say that {name} was written")
    elif digest(page) not in written:
        found.append(f"{name} was changed after it was written")
    return found


def _lines(ledger: Path) -> list[bytes]:
    try:
        return ledger.read_bytes().splitlines(keepends=True)
    except OSError as error:
        raise Unsealed(f"{ledger} cannot be read: {error.strerror}") from error


def _fact(line: bytes, number: int, ledger: Path) -> dict[str, Any]:
    try:
        fact = json.loads(line)
    except ValueError:
        raise Unsealed(f"{ledger}, line {number}: is no JSON") from None
    if not isinstance(fact, dict):
        raise Unsealed(f"{ledger}, line {number}: is no fact of a run")
    return fact
