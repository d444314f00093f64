"""What earlier runs left, and what `golive rotate begin` noted: the history, and a file of its own per environment."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from pytest_golive.credentials.secret import Secret
from pytest_golive.history.kept import HOLDS, KeptRun
from pytest_golive.history.store import History, HistoryProblem, file_of, is_available
from pytest_golive.rotation.earlier import Used

AFTER_A_ROTATION = "postrotation"

MOST = 400
"""So many runs of the history are looked through."""


@dataclass(frozen=True, slots=True)
class Begun:
    """What was noted before a switch.

    Attributes:
        vendor: whose key is replaced.
        at: when it was noted, ISO 8601.
        fingerprint: of the key that was used then.
        operation: what was submitted, to be asked for after the switch; "" for nothing.
        arguments: what it is asked for by.
    """

    vendor: str
    at: str
    fingerprint: str
    operation: str = ""
    arguments: Mapping[str, str] = field(default_factory=dict)

    @property
    def moment(self) -> datetime:
        """When it was noted."""
        return moment_of(self.at)


@dataclass(slots=True)
class Past:
    """What is kept of earlier runs. Thread-safe; read once a run.

    Attributes:
        root: pytest's root folder; None: nothing is kept, as in a rehearsal.
        project: name of the integration.
        history: URL of the history's database; None: the file of the project.
        problem: why the history could not be read; "" where it could.
    """

    root: Path | None = None
    project: str = ""
    history: Secret | None = None
    problem: str = ""
    _runs: dict[str, tuple[KeptRun, ...]] = field(default_factory=dict)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def runs(self, environment: str) -> tuple[KeptRun, ...]:
        """Return the runs of an environment that are kept, the newest first."""
        with self._lock:
            if environment not in self._runs:
                known = {run.run: run for run in (*self._noted(environment), *self._of_history(environment))}
                in_order = sorted(known.values(), key=lambda run: moment_of(run.finished), reverse=True)
                self._runs[environment] = tuple(in_order)
            return self._runs[environment]

    def begun(self, environment: str, vendor: str) -> tuple[Begun, ...]:
        """Return what was noted before switches of a vendor's key, the newest first."""
        found = [each for line in self._lines(environment) if (each := _begun(line)) and each.vendor == vendor]
        return tuple(sorted(found, key=lambda each: each.moment, reverse=True))

    def used(self, environment: str, vendor: str, credential: str) -> tuple[Used, ...]:
        """Return which keys of a vendor were in use, by all that is kept."""
        runs = (
            Used(
                moment_of(run.finished),
                run.fingerprints[vendor, credential],
                f"the run {run.run}",
                after=AFTER_A_ROTATION in run.suites,
            )
            for run in self.runs(environment)
            if (vendor, credential) in run.fingerprints
        )
        begun = self.begun(environment, vendor)
        noted = (Used(each.moment, each.fingerprint, "`golive rotate begin`") for each in begun)
        return (*runs, *noted)

    def passes(self, environment: str, vendor: str, rule: str, key: tuple[str, str]) -> tuple[datetime, ...]:
        """Return when runs began in which a rule held.

        Args:
            environment: where.
            vendor: whose rule.
            rule: its id.
            key: name of a credential, and its fingerprint: runs with another one do not count.
        """
        return tuple(
            moment_of(run.started)
            for run in self.runs(environment)
            if run.results.get((vendor, rule)) in HOLDS and run.fingerprints.get((vendor, key[0])) == key[1]
        )

    def kept_since(self, environment: str) -> datetime | None:
        """Return when the first run began that is kept of an environment; None where none is."""
        return min((moment_of(run.started) for run in self.runs(environment)), default=None)

    def note(self, environment: str, told: KeptRun | Begun) -> None:
        """Keep a run, or what was noted before a switch.

        Raises:
            OSError: the file cannot be written.
        """
        assert self.root is not None, "who notes something has a place for it"
        path = noted_in(self.root, environment)
        path.parent.mkdir(parents=True, exist_ok=True)
        line = {"begun": asdict(told)} if isinstance(told, Begun) else {"run": _flat(told)}
        with path.open("a", encoding="utf-8") as file:
            file.write(json.dumps(line) + "\n")

    def _noted(self, environment: str) -> Iterator[KeptRun]:
        for line in self._lines(environment):
            run = _run(line)
            if run is not None:
                yield run

    def _lines(self, environment: str) -> Iterator[Mapping[str, Any]]:
        path = noted_in(self.root, environment) if self.root is not None else None
        if path is None or not path.is_file():
            return
        for text in path.read_text(encoding="utf-8", errors="replace").splitlines():
            try:
                line = json.loads(text)
            except ValueError:
                continue  # half a line, of a run that was killed
            if isinstance(line, dict):
                yield line

    def _of_history(self, environment: str) -> tuple[KeptRun, ...]:
        if self.root is None or not is_available():
            return ()
        if self.history is None and not file_of(self.root).is_file():
            return ()
        try:
            history = History(self.history.reveal() if self.history is not None else file_of(self.root))
            try:
                return history.runs(self.project, environment, MOST)
            finally:
                history.close()
        except HistoryProblem as problem:
            self.problem = str(problem)
            return ()


def noted_in(root: Path, environment: str) -> Path:
    """Return the file that keeps what concerns rotations of an environment."""
    return root / ".golive" / "rotation" / f"{environment}.jsonl"


def moment_of(text: str) -> datetime:
    """Return the moment that a kept text tells."""
    at = datetime.fromisoformat(text)
    return at if at.tzinfo is not None else at.replace(tzinfo=UTC)


def _flat(run: KeptRun) -> dict[str, Any]:
    """Return a run as JSON takes it: tuples are no keys there."""
    pairs = {name: [[*key, value] for key, value in getattr(run, name).items()] for name in ("results", "fingerprints")}
    return {**asdict(run), **pairs}


def _run(line: Mapping[str, Any]) -> KeptRun | None:
    try:
        told = line["run"]
        pairs = {
            name: {(vendor, key): value for vendor, key, value in told[name]} for name in ("results", "fingerprints")
        }
        run = KeptRun(**{**told, **pairs, "suites": tuple(told["suites"])})
        moment_of(run.started), moment_of(run.finished)
    except (TypeError, KeyError, ValueError):
        return None
    return run


def _begun(line: Mapping[str, Any]) -> Begun | None:
    try:
        begun = Begun(**line["begun"])
        moment_of(begun.at)
    except (TypeError, KeyError, ValueError):
        return None
    return begun
