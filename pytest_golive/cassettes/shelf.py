"""The folder of an environment's cassettes, as it lies there: where each is, and what each says of itself."""

from __future__ import annotations

import contextlib
import hashlib
import os
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from pytest_golive.cassettes.format import NotACassette, deserialize
from pytest_golive.facts.scope import PLANNED, Scope

FOLDER = "golive-cassettes"
"""Where cassettes lie unless somebody chose another place, seen from golive.yaml's folder or the rootdir."""

DELIVERIES = "deliveries"
"""Below an environment's folder: webhook deliveries, which are no cassettes."""

RECORDING = "recording.yaml"
"""Beside the cassettes: addresses and ids they were recorded with."""

MOMENT = "%Y-%m-%dT%H:%M:%SZ"
LONGEST_NAME = 80


class Unreadable(Exception):
    """A cassette cannot be read; says where and why, in one line."""


@dataclass(frozen=True, slots=True)
class Label:
    """What a cassette says of itself.

    Attributes:
        scope: what it was recorded for.
        environment: where.
        vendors: whose answers it holds.
        moment: when, in UTC.
        source: `sandbox`, or `live` for a real environment.
        run: the run whose names stand in it.
        version: of golive.
        values: addresses, ids and fingerprints that stand in it, by name.
        readings: what the check's clock said each time it was read.
    """

    scope: Scope
    environment: str
    vendors: tuple[str, ...]
    moment: datetime
    source: str
    run: str
    version: str
    values: Mapping[str, str]
    readings: tuple[float, ...] = ()

    @property
    def day(self) -> date:
        """The day it was recorded on."""
        return self.moment.date()

    def plain(self) -> dict[str, Any]:
        """Return the label as a cassette's `metadata` holds it."""
        return {
            self.scope.kind.removesuffix("s") if self.scope.kind != "own" else "test": self.scope.name,
            "environment": self.environment,
            "golive": self.version,
            "recorded": f"{self.moment:{MOMENT}}",
            "run": self.run,
            "source": self.source,
            "values": dict(sorted(self.values.items())),
            "vendors": list(self.vendors),
            **({"clock": list(self.readings)} if self.readings else {}),
        }


KINDS: Mapping[str, Any] = {"check": "checks", "test": "own", "shared": "shared"}


def label_of(plain: Mapping[str, Any]) -> Label:
    """Read a cassette's `metadata`.

    Raises:
        ValueError: something is missing or wrong; says what.
    """
    kinds = [kind for kind in KINDS if isinstance(plain.get(kind), str)]
    if len(kinds) != 1:
        raise ValueError("`metadata` has to name one of check, test, shared")
    for name in ("environment", "golive", "run", "source"):
        if not isinstance(plain.get(name), str):
            raise ValueError(f"`metadata.{name}` has to be text")  # noqa: TRY004  # a file is wrong, not a caller
    if not isinstance(plain.get("vendors"), list):
        raise ValueError("`metadata.vendors` has to be a list")  # noqa: TRY004
    values = plain.get("values")
    if not isinstance(values, dict) or not all(isinstance(each, str) for each in values.values()):
        raise ValueError("`metadata.values` has to be a mapping of texts")
    return Label(
        scope=Scope(KINDS[kinds[0]], plain[kinds[0]]),
        environment=plain["environment"],
        vendors=tuple(map(str, plain["vendors"])),
        moment=moment_of(plain.get("recorded")),
        source=plain["source"],
        run=plain["run"],
        version=plain["golive"],
        values=values,
        readings=_readings(plain.get("clock", [])),
    )


def _readings(told: object) -> tuple[float, ...]:
    if not isinstance(told, list) or not all(isinstance(each, int | float) for each in told):
        raise ValueError("`metadata.clock` has to be a list of seconds")
    return tuple(map(float, told))


def moment_of(value: object) -> datetime:
    """Read the time of a recording, which YAML may have read as a time already.

    Raises:
        ValueError: it is none.
    """
    try:
        moment = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    except ValueError:
        raise ValueError("`recorded` has to be a time: 2026-11-28T09:00:00Z") from None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Lying:
    """A cassette as it lies on the shelf.

    Attributes:
        path: its file.
        label: what it says of itself.
        interactions: requests and answers, as plain values.
    """

    path: Path
    label: Label
    interactions: tuple[Mapping[str, Any], ...]


class Shelf:
    """The cassettes of one environment and one suite.

    Each suite has a recording of its own: what its checks share was made in one run with them, and recording another
    suite must not take it from under them.

    Args:
        folder: of all environments.
        environment: the chosen one.
        suite: the suite.
        max_age_days: how old a recording may be.
    """

    def __init__(self, folder: Path, environment: str, suite: str, max_age_days: int = 90) -> None:
        self.root = folder
        self.home = folder / environment
        self.folder = self.home / suite
        self.environment = environment
        self.suite = suite
        self.max_age_days = max_age_days
        self._known: dict[Path, Lying] = {}

    @property
    def has_recordings(self) -> bool:
        """Whether anything was recorded of this suite."""
        return next(self.files(), None) is not None

    @property
    def description(self) -> Path:
        """The file with addresses and ids."""
        return self.folder / RECORDING

    def path(self, scope: Scope) -> Path:
        """Return where the cassette of a scope lies."""
        planned = PLANNED.fullmatch(scope.name) if scope.kind == "checks" else None
        if planned is not None:
            return self.folder / "checks" / planned[1] / f"{slug(planned[2])}.yaml"
        return self.folder / scope.kind / f"{slug(scope.name)}.yaml"

    def told(self, path: Path) -> str:
        """Return a file's name as messages show it."""
        return path.relative_to(self.root.parent).as_posix()

    def files(self) -> Iterator[Path]:
        """Yield every cassette, in order."""
        yield from (path for path in sorted(self.folder.rglob("*.yaml")) if path != self.description)

    def read(self, path: Path) -> Lying:
        """Return one cassette, read once a process.

        Raises:
            Unreadable: it is not UTF-8, not YAML, or no cassette of this environment.
        """
        if path not in self._known:
            self._known[path] = self._read(path)
        return self._known[path]

    def forget(self, path: Path) -> None:
        """Take note that a cassette was written anew."""
        self._known.pop(path, None)

    def _read(self, path: Path) -> Lying:
        text = self.text(path)
        try:
            cassette = deserialize(text)
        except NotACassette as error:
            raise Unreadable(f"{self.told(path)}, line {error.line}: {error.problem}") from None
        line = _line_of(text, "metadata:")
        try:
            label = label_of(cassette["metadata"])
        except ValueError as error:
            raise Unreadable(f"{self.told(path)}, line {line}: {error}") from None
        if label.environment != self.environment:
            problem = f"it was recorded in {label.environment}, and lies among the cassettes of {self.environment}"
            raise Unreadable(f"{self.told(path)}, line {line}: {problem}")
        if self.path(label.scope) != path:
            raise Unreadable(f"{self.told(path)}, line {line}: it belongs to {self.told(self.path(label.scope))}")
        return Lying(path, label, tuple(cassette["interactions"]))

    def text(self, path: Path) -> str:
        """Return the text of a file.

        Raises:
            Unreadable: it cannot be read, or is not UTF-8.
        """
        try:
            raw = path.read_bytes()
        except OSError as error:
            raise Unreadable(f"{self.told(path)} cannot be read: {error.strerror}") from None
        try:
            return raw.decode("utf-8")
        except UnicodeDecodeError as error:
            line = raw.count(b"\n", 0, error.start) + 1
            raise Unreadable(f"{self.told(path)}, line {line}: this is not UTF-8 text") from None

    def lying(self) -> tuple[Lying, ...]:
        """Return every cassette.

        Raises:
            Unreadable: one of them cannot be read.
        """
        return tuple(self.read(path) for path in self.files())

    def everything(self) -> tuple[Lying, ...]:
        """Return the cassettes of every suite of this environment.

        Raises:
            Unreadable: one of them cannot be read.
        """
        folders = sorted(self.home.iterdir()) if self.home.is_dir() else []
        names = [folder.name for folder in folders if folder.is_dir() and folder.name != DELIVERIES]
        shelves = [self if name == self.suite else Shelf(self.root, self.environment, name) for name in names]
        return tuple(lying for shelf in shelves for lying in shelf.lying())

    def problems(self) -> list[str]:
        """Return one line for each cassette that cannot be read."""
        found = []
        for path in self.files():
            try:
                self.read(path)
            except Unreadable as error:
                found.append(str(error))
        return found


def replace_file(path: Path, text: str) -> None:
    """Replace a file as a whole: whoever reads it sees the old text or the new one, never a part.

    Raises:
        OSError: it cannot be written; the old file is still there.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    staged = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with staged.open("w", encoding="utf-8", newline="\n") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        staged.replace(path)
    except OSError:
        with contextlib.suppress(OSError):
            staged.unlink()
        raise


def translation(old: Mapping[str, str], new: Mapping[str, str]) -> Callable[[Any], Any]:
    """Return what writes a recording as if it had been made with other addresses, ids and fingerprints.

    Args:
        old: what stands in it, by name.
        new: what stands for the same names now.
    """
    changed = {value: new[name] for name, value in old.items() if value and new.get(name, value) != value}
    if not changed:
        return lambda value: value
    words = "|".join(map(re.escape, sorted(changed, key=len, reverse=True)))
    pattern = re.compile(rf"(?<![A-Za-z0-9])(?:{words})(?![A-Za-z0-9])")

    def translated(value: Any) -> Any:
        if isinstance(value, str):
            return pattern.sub(lambda match: changed[match[0]], value)
        if isinstance(value, Mapping):
            return {name: translated(each) for name, each in value.items()}
        return [translated(each) for each in value] if isinstance(value, list) else value

    return translated


def slug(name: str) -> str:
    """Return a name as a file may be called, told apart from others that would be called the same."""
    plain = re.sub(r"[^A-Za-z0-9._@-]+", "-", name).strip("-.")[:LONGEST_NAME]
    return plain if plain == name else f"{plain}-{hashlib.sha256(name.encode()).hexdigest()[:6]}".lstrip("-")


def _line_of(text: str, beginning: str) -> int:
    lines = text.splitlines()
    return next((number for number, line in enumerate(lines, 1) if line.startswith(beginning)), 1)
