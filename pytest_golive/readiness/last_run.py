"""What earlier runs of an environment said, to compare with: kept small, in `.golive/last/`."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from pytest_golive.facts.outcome import Outcome, Word
from pytest_golive.readiness.verdict import DecidedRule

HOLDS = frozenset({Outcome.PASSED, Outcome.ATTESTED, Outcome.WARNED, Outcome.OBSERVED})
GREEN = frozenset({Word.GO, Word.GO_WITH_WAIVERS})
SHOWN = 12
"""Digits of a commit that are shown."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """What is kept of a run.

    Attributes:
        at: when it ended, UTC.
        verdict: its word.
        commit: what it looked at.
        hashes: what it was made of.
        rules: outcome of each rule, by vendor and id.
    """

    at: str
    verdict: str
    commit: str | None = None
    hashes: Mapping[str, str] = field(default_factory=dict)
    rules: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Compared:
    """What became of the rules since the last run of the same suites in the same environment.

    Attributes:
        at: when that was.
        verdict: what it said.
        commit: what it looked at.
        new: rules that fail now, and did not then.
        fixed: rules that failed then, and hold now.
        still_failing: rules that fail both times.
        newly_waived: rules that are waived now, and were not then.
    """

    at: str
    verdict: str
    commit: str | None
    new: tuple[str, ...]
    fixed: tuple[str, ...]
    still_failing: tuple[str, ...]
    newly_waived: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Changed:
    """What is different since the last GO of the same suites in the same environment.

    Attributes:
        at: when that was.
        commit: what it looked at.
        what: what changed, one thing a line.
    """

    at: str
    commit: str | None
    what: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Memory:
    """The file of one environment.

    Args:
        path: where it lies.
    """

    path: Path

    def last(self, suites: Sequence[str]) -> Remembered | None:
        """Return the last run of these suites, if one is remembered."""
        return self._of(suites, "last")

    def last_go(self, suites: Sequence[str]) -> Remembered | None:
        """Return the last run of these suites that said GO, if one is remembered."""
        return self._of(suites, "go")

    def keep(self, suites: Sequence[str], run: Remembered) -> str:
        """Return the text of the file with this run in it."""
        told = self._read()
        entry = {**told.get(_name(suites), {}), "last": asdict(run)}
        if run.verdict in GREEN:
            entry["go"] = asdict(run)
        return json.dumps({**told, _name(suites): entry}, indent=1, sort_keys=True) + "\n"

    def _of(self, suites: Sequence[str], which: str) -> Remembered | None:
        entry = self._read().get(_name(suites), {})
        with contextlib.suppress(TypeError, AttributeError):  # somebody else's file of this name
            return Remembered(**entry[which]) if which in entry else None
        return None

    def _read(self) -> dict[str, Any]:
        try:
            told = json.loads(self.path.read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return {}
        return told if isinstance(told, dict) else {}


def memory(root: Path, environment: str) -> Memory:
    """Return what is remembered of an environment."""
    return Memory(root / ".golive" / "last" / f"{environment}.json")


def outcomes_of(rules: Sequence[DecidedRule]) -> dict[str, str]:
    """Return the outcomes of rules as they are kept."""
    return {_key(rule): rule.outcome.value for rule in rules}


def compared(rules: Sequence[DecidedRule], before: Remembered | None) -> Compared | None:
    """Return what became of rules since an earlier run; None where there was none."""
    if before is None:
        return None
    then = before.rules
    failing = [_key(rule) for rule in rules if rule.outcome is Outcome.FAILED]
    holding = {_key(rule) for rule in rules if rule.outcome in HOLDS}
    return Compared(
        at=before.at,
        verdict=before.verdict,
        commit=before.commit,
        new=tuple(key for key in failing if then.get(key) != Outcome.FAILED),
        fixed=tuple(key for key, outcome in then.items() if outcome == Outcome.FAILED and key in holding),
        still_failing=tuple(key for key in failing if then.get(key) == Outcome.FAILED),
        newly_waived=tuple(
            _key(rule) for rule in rules if rule.outcome is Outcome.WAIVED and then.get(_key(rule)) != Outcome.WAIVED
        ),
    )


def changed(commit: str | None, hashes: Mapping[str, str], before: Remembered | None) -> Changed | None:
    """Return what is different since an earlier run; None where there was none."""
    if before is None:
        return None
    what = [f"{name} changed" for name in hashes if before.hashes.get(name, hashes[name]) != hashes[name]]
    what += [f"{name} is new" for name in hashes if name not in before.hashes]
    what += [f"{name} is gone" for name in before.hashes if name not in hashes]
    if commit != before.commit:
        what.insert(0, f"commit {_short(before.commit)} is {_short(commit)} now")
    return Changed(before.at, before.commit, tuple(what))


def _short(commit: str | None) -> str:
    return commit[:SHOWN] if commit else "unknown"


def _name(suites: Sequence[str]) -> str:
    return ",".join(sorted(suites))


def _key(rule: DecidedRule) -> str:
    return f"{rule.vendor} {rule.rule}" if rule.vendor else rule.rule
