"""A run as the history keeps it, and what changed from one to the next."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

FAILED = "failed"
HOLDS = frozenset({"passed", "attested", "warned", "observed"})


@dataclass(frozen=True, slots=True)
class KeptRun:
    """A run that is over.

    Attributes:
        run: id of the run, eight hex digits.
        project: name of the integration.
        environment: where it ran.
        suites: what ran, in order.
        verdict: its word.
        started: when it began, UTC, as 2026-11-21T09:00:00Z.
        finished: when it ended.
        commit: what it looked at; "" where there is no repository.
        version: of golive.
        results: (vendor, rule) -> outcome; the vendor of a team's own rule is "".
        fingerprints: (vendor, credential) -> the fingerprint of the key that was used.
    """

    run: str
    project: str
    environment: str
    suites: tuple[str, ...]
    verdict: str
    started: str
    finished: str
    commit: str = ""
    version: str = ""
    results: Mapping[tuple[str, str], str] = field(default_factory=dict)
    fingerprints: Mapping[tuple[str, str], str] = field(default_factory=dict)


def changes(run: KeptRun, before: KeptRun | None) -> tuple[str, ...]:
    """Return what is different from the run before of the same suites, one thing a line."""
    if before is None:
        return ()
    keys = [
        f"{vendor}.{name}: {before.fingerprints[vendor, name]} is {fingerprint} now"
        for (vendor, name), fingerprint in run.fingerprints.items()
        if before.fingerprints.get((vendor, name), fingerprint) != fingerprint
    ]
    then = before.results
    fails = [key for key, outcome in run.results.items() if outcome == FAILED and then.get(key) != FAILED]
    holds = [key for key, outcome in run.results.items() if outcome in HOLDS and then.get(key) == FAILED]
    told = (("fails now", fails), ("holds again", holds))
    return (*keys, *(f"{words}: {', '.join(map(_named, rules))}" for words, rules in told if rules))


def run_before(run: KeptRun, older: Sequence[KeptRun]) -> KeptRun | None:
    """Return the newest of these older runs, the newest first, that is of the same environment and suites."""
    same = (each for each in older if (each.environment, each.suites) == (run.environment, run.suites))
    return next(same, None)


def _named(key: tuple[str, str]) -> str:
    return " ".join(filter(None, key))
