"""The ledger: one JSON line per fact of a run, written as it happens. Reports are views of it."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal

from pytest_golive.facts.outcome import Outcome, Severity, Word


def now() -> str:
    """Return the time as the files of a run write it: UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


@dataclass(frozen=True, slots=True)
class RunStarted:
    """The first line: what was asked for."""

    run: str
    environment: str
    suites: tuple[str, ...]
    scope: Literal["full", "partial"]
    project: str
    version: str
    fingerprints: dict[str, str] = field(default_factory=dict)
    commit: str | None = None
    hashes: dict[str, str] = field(default_factory=dict)
    sandbox: bool = False
    left_out: tuple[str, ...] = ()
    fact: Literal["run_started"] = "run_started"


@dataclass(frozen=True, slots=True)
class Planned:
    """A check that has to report before the verdict may be GO."""

    check: str
    rules: tuple[str, ...]
    vendor: str | None
    severity: Severity
    title: str = ""
    fact: Literal["planned"] = "planned"


@dataclass(frozen=True, slots=True)
class RulePlanned:
    """A rule that has to be decided, and the checks that decide it."""

    rule: str
    vendor: str
    title: str
    severity: Severity
    checks: tuple[str, ...]
    undecided: tuple[str, ...] = ()
    not_applicable: str = ""
    waived: str = ""
    pending: str = ""
    is_ahead: bool = False
    fact: Literal["rule_planned"] = "rule_planned"


@dataclass(frozen=True, slots=True)
class Belonging:
    """Tests of the team's own that belong to these suites, whether or not this run was asked for them."""

    tests: tuple[str, ...]
    fact: Literal["belonging"] = "belonging"


@dataclass(frozen=True, slots=True)
class Started:
    """A test began."""

    test: str
    fact: Literal["started"] = "started"


@dataclass(frozen=True, slots=True)
class Observed:
    """An assumed fact of a pack did not hold, something holds only just, or is worth knowing."""

    check: str
    kind: Literal["observed", "warned", "noted"]
    text: str
    fact: Literal["observed"] = "observed"


@dataclass(frozen=True, slots=True)
class Decided:
    """One phase of a test said how its check stands; the worst phase counts."""

    check: str
    test: str
    phase: Literal["setup", "call", "teardown", "crash"]
    outcome: Outcome
    seconds: float
    actual: str = ""
    requirement: str = ""
    severity: Severity = Severity.MAJOR
    rules: tuple[str, ...] = ()
    title: str = ""
    vendor: str | None = None
    key: str = ""
    fact: Literal["decided"] = "decided"


@dataclass(frozen=True, slots=True)
class Charted:
    """Figures of this week and of the four before, by endpoint: what a chart is drawn from, again at any time."""

    vendor: str
    environment: str
    source: str
    weeks: tuple[str, ...]
    until: str
    error_share: float
    endpoints: tuple[dict[str, Any], ...]
    more: int = 0
    title: str = ""
    fact: Literal["charted"] = "charted"


@dataclass(frozen=True, slots=True)
class Output:
    """What threads of a check wrote while another check was running, and its own report was closed."""

    check: str
    text: str
    fact: Literal["output"] = "output"


@dataclass(frozen=True, slots=True)
class Incident:
    """Something that concerns the run as a whole: an interruption, a crash, a masked secret."""

    text: str
    word: Literal[Word.NO_GO, Word.INCONCLUSIVE] = Word.INCONCLUSIVE
    fact: Literal["incident"] = "incident"


@dataclass(frozen=True, slots=True)
class RunFinished:
    """The last line; without it the run did not finish."""

    verdict: Word
    reasons: tuple[str, ...]
    fact: Literal["run_finished"] = "run_finished"


@dataclass(frozen=True, slots=True)
class Written:
    """A report was written: what it is called, and what it hashes to, so that it can be told from a changed one."""

    file: str
    sha256: str
    fact: Literal["written"] = "written"


Plans = RunStarted | Planned | RulePlanned | Belonging
Record = Plans | Started | Observed | Decided | Charted | Output | Incident | RunFinished | Written


FIRST = "0" * 64
"""What stands in the place of the hash of the line before the first one."""


class Ledger:
    """Appends records to a file; every line is on its way to disk before the next one is taken.

    Each line holds the SHA-256 of the line before it, so that none can be changed or taken out without a trace.

    Args:
        path: the file, replaced by the first record.
        scrub: masks known secrets in a nested value.
    """

    def __init__(self, path: Path, scrub: Callable[[Any], Any]) -> None:
        self._scrub = scrub
        self._lock = threading.Lock()
        self._file = path.open("w", encoding="utf-8")
        self._number = 0
        self._before = FIRST

    def write(self, record: Record) -> None:
        """Append one record.

        Raises:
            OSError: the disk is full or the file was taken away.
        """
        with self._lock:
            self._number += 1
            line = {"n": self._number, "at": now(), "before": self._before, **asdict(record)}
            text = json.dumps(self._scrub(line), ensure_ascii=False)
            self._file.write(text + "\n")
            self._file.flush()
            self._before = digest_of(text)

    def close(self) -> None:
        """Close the file; writing afterwards is an error."""
        self._file.close()


def digest_of(line: str) -> str:
    """Return the SHA-256 of a line of a ledger, without what ends it."""
    return hashlib.sha256(line.encode("utf-8", "surrogatepass")).hexdigest()
