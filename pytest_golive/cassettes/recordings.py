"""The tapes of a run: opened when a check makes its first call, written when it has come to its end."""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from pytest_golive import __version__
from pytest_golive.cassettes.environments import described, description_text, recorded_environments, values_of
from pytest_golive.cassettes.filtering import TARGET as TARGET_HEADER
from pytest_golive.cassettes.filtering import Filter, header_of
from pytest_golive.cassettes.leaks import leaks_in
from pytest_golive.cassettes.shelf import MOMENT, Label, Shelf, Unreadable, replace_file, translation
from pytest_golive.cassettes.tape import Mode, Tape, Written, text_of
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.facts.scope import Scope, for_all, scope
from pytest_golive.manifest.environment import Environment

SHOWN = 3
"""Files that a note about unused recordings names."""


def just_now() -> datetime:
    """Return the time at which a recording begins; a full second, and not before anything that is there already."""
    now = datetime.now(UTC)
    return now.replace(microsecond=0) + timedelta(seconds=bool(now.microsecond))


class Recordings:
    """Plays, completes or makes the recordings of one environment. Thread-safe.

    Args:
        shelf: where they lie.
        mode: what is wanted.
        run: id of this run.
        environments: those of the run, by name.
        redactor: knows their secrets.
        prefixes: public beginnings of the vendors' keys.
        patterns: regular expressions of such keys.
        sandbox: whether the embedded vendors are recorded.

    Attributes:
        lock: held while a layer of a transport is made.
        incidents: what went wrong with files.
        leaks: what was not written because it would have given a secret away.
    """

    def __init__(  # what a recording is made of
        self,
        shelf: Shelf,
        mode: Mode,
        *,
        run: str,
        environments: Mapping[str, Environment],
        redactor: Redactor,
        prefixes: Iterable[str] = (),
        patterns: Iterable[str] = (),
        sandbox: bool = False,
    ) -> None:
        self.shelf = shelf
        self.mode = mode
        self.lock = threading.RLock()
        self.incidents: list[str] = []
        self.leaks: list[str] = []
        self.filter = Filter(redactor, prefixes, patterns, learning=mode is not Mode.NONE)
        self._run = run
        self._environments = environments
        self._prefixes = tuple(prefixes)
        self._source = "sandbox" if sandbox else "live"
        self._values = values_of(environments.values())
        self._masks = {
            f"[{secret.name} {secret.fingerprint}]": secret
            for environment in environments.values()
            for target in environment.targets.values()
            for secret in target.credentials.values()
        }
        self._begun = recorded_environments(shelf)[1] if mode is Mode.NONE else just_now()
        self._tapes: dict[Scope, Tape] = {}
        self._labels: dict[Scope, Label | None] = {}
        self._played: dict[str, set[int]] = defaultdict(set)

    @property
    def replays(self) -> bool:
        """Whether nothing is asked."""
        return self.mode is Mode.NONE

    def begin(self) -> None:
        """Write down where this is recorded, before the first call is.

        Raises:
            OSError: it cannot be written.
            Unreadable: it would give a secret away.
        """
        if self.replays:
            return
        described_ = described(self._environments.values(), self._prefixes)
        text = description_text(
            described_, recorded=f"{self._begun:{MOMENT}}", source=self._source, version=__version__
        )
        held = self.filter.held(text)
        if held:
            name = self.shelf.told(self.shelf.description)
            raise Unreadable(f"{name} would give away {', '.join(held)}: a setting or an id holds a credential")
        replace_file(self.shelf.description, text)

    def run_of(self, scope: Scope | None) -> str:
        """Return the run whose names a scope uses: the recorded one where it is played, else this one."""
        label = self.label(scope) if scope is not None and self.mode is not Mode.ALL else None
        return label.run if label is not None else self._run

    def moment(self) -> datetime:
        """Return the time by which answers are judged that this thread gets: that of the run, or of the recording.

        It is one for a whole run, so that a check that only looks at what another one was told judges alike.
        """
        mine = scope()
        return self._begun if mine is None else self._moment_of(mine)

    def seconds(self) -> float:
        """Return the seconds of the check's own clock, as they were recorded."""
        mine = scope()
        return time.monotonic() if mine is None else self.tape(mine).seconds()

    def _moment_of(self, scope: Scope) -> datetime:
        label = self.label(scope) if self.mode is not Mode.ALL else None
        return self._begun if label is None else label.moment

    def label(self, scope: Scope) -> Label | None:
        """Return what the cassette of a scope says of itself; None where there is none that can be read."""
        with self.lock:
            if scope not in self._labels:
                path = self.shelf.path(scope)
                try:
                    self._labels[scope] = self.shelf.read(path).label if path.is_file() else None
                except Unreadable:
                    self._labels[scope] = None  # told before anything ran
            return self._labels[scope]

    def tape(self, scope: Scope) -> Tape:
        """Return the cassette of a scope, opened by whoever needs it first."""
        with self.lock:
            if scope not in self._tapes:
                path, label = self.shelf.path(scope), self.label(scope)
                if label is None or self.mode is Mode.ALL:
                    self._tapes[scope] = Tape(path, self.mode)
                else:
                    translated = translation(label.values, self._values)
                    interactions = [translated(each) for each in self.shelf.read(path).interactions]
                    self._tapes[scope] = Tape(path, self.mode, interactions, label.readings)
            return self._tapes[scope]

    def told(self, scope: Scope) -> str:
        """Return the file of a scope as messages show it."""
        return self.shelf.told(self.shelf.path(scope))

    def unmasked(self, answer: dict[str, Any]) -> dict[str, Any]:
        """Return an answer with credentials in the place of their masks: a vendor may have echoed one."""
        body: bytes = answer["body"]["string"]
        for mask, secret in self._masks.items():
            if mask.encode() in body:
                body = body.replace(mask.encode(), secret.reveal().encode("utf-8", "surrogatepass"))
        return {**answer, "body": {"string": body}}

    @contextmanager
    def shared(self, name: str) -> Iterator[None]:
        """Keep what happens meanwhile on a tape of its own: it is made once, by whichever check comes first."""
        with for_all(name) as scope:
            try:
                yield
            except (KeyboardInterrupt, SystemExit, GeneratorExit):
                raise
            except BaseException:
                self.end(scope)  # a refusal or a skip is an end, too
                raise
            self.end(scope)

    def end(self, scope: Scope) -> None:
        """Take note that a check has come to its end, and write its cassette as a whole."""
        with self.lock:
            # It stays open: what all share may be needed again, and then goes on where it was.
            tape = self._tapes.get(scope)
            if tape is not None:
                self._played[self.told(scope)] |= tape.played
        if tape is None:
            if self.mode is Mode.ALL:
                self._forget(scope)
            return
        with tape.lock:
            if tape.changed:
                self._write(scope, tape)
                tape.changed = False

    def played(self) -> dict[str, list[int]]:
        """Return which recorded calls this process played, by file."""
        return {file: sorted(played) for file, played in self._played.items()}

    def hear(self, played: Mapping[str, Iterable[int]]) -> None:
        """Take in what another process played."""
        for file, indexes in played.items():
            self._played[file] |= set(indexes)

    def unused(self) -> list[str]:
        """Return what was recorded of this suite and not played by this run, as notes."""
        silent, half = [], []
        for lying in self.shelf.lying():
            file, played = self.shelf.told(lying.path), self._played.get(self.shelf.told(lying.path), set())
            if not played:
                silent.append(file)
            elif len(played) < len(lying.interactions):
                half.append(f"{file} ({len(lying.interactions) - len(played)} of {len(lying.interactions)})")
        return [*_noted("no check played", silent), *_noted("only a part was played of", half)]

    def _forget(self, scope: Scope) -> None:
        """Take away an old cassette of a check that makes no call any more."""
        path = self.shelf.path(scope)
        if path.is_file():
            path.unlink()

    def _write(self, scope: Scope, tape: Tape) -> None:
        requests, answers = [], []
        for request, answer in tape.interactions():
            request.uri = self.filter.cleaned(request.uri)
            request.body = self.filter.cleaned(request.body)
            requests.append(request)
            answers.append(self.filter.cleaned(answer))
        leaks = leaks_in(requests, answers, self.filter.held)
        label = self._labelled(scope, requests, tape)
        heading = f"{label.scope.told}: recorded {label.day} by pytest-golive from {_from(label)}"
        cassette = {"requests": requests, "responses": answers, "metadata": {}}
        text = text_of(cassette, Written())
        targets = {header_of(request.headers, TARGET_HEADER) for request in requests}
        used = {name: value for name, value in self._values.items() if value in text and _concerns(name, targets)}
        cassette["metadata"] = replace(label, values=used).plain()
        text = text_of(cassette, Written(self.filter.text(heading)))
        leaks = leaks or [f"{name} somewhere in it" for name in self.filter.held(text)]
        if leaks:
            self.leaks.append(f"{self.told(scope)} was not written: it would give away {'; '.join(leaks[:SHOWN])}")
            return
        try:
            replace_file(tape.path, text)
            self.shelf.forget(tape.path)
        except OSError as error:
            self.incidents.append(f"{self.told(scope)} cannot be written: {error.strerror}")

    def _labelled(self, scope: Scope, requests: list[Any], tape: Tape) -> Label:
        vendors = {header_of(request.headers, TARGET_HEADER).partition("@")[0] for request in requests}
        return Label(
            scope=scope,
            environment=self.shelf.environment,
            vendors=tuple(sorted(vendors)),
            # Completed is not renewed: a cassette is as old as the oldest answer in it.
            moment=self._moment_of(scope),
            source=self._source,
            run=self.run_of(scope),
            version=__version__,
            values={},
            readings=tuple(tape.readings),
        )


def _concerns(name: str, targets: set[str]) -> bool:
    """Whether a value of this name may stand in a recording of these targets: `uppzy@staging`."""
    environment, _, rest = name.partition("/")
    return rest == "deployment" or "deployment" in targets or f"{rest.partition('/')[0]}@{environment}" in targets


def days_told(labels: Iterable[Label]) -> str:
    """Return when recordings were made, as a sentence goes on after "recorded"."""
    days = sorted({label.day for label in labels})
    if not days:
        return "on no day"
    return f"on {days[0]}" if days[0] == days[-1] else f"from {days[0]} to {days[-1]}"


def _from(label: Label) -> str:
    return "the sandbox" if label.source == "sandbox" else f"{', '.join(label.vendors)} in {label.environment}"


def _noted(what: str, files: list[str]) -> list[str]:
    if not files:
        return []
    more = f" and {len(files) - SHOWN} more" if len(files) > SHOWN else ""
    return [f"recordings: {what} {', '.join(files[:SHOWN])}{more}"]
