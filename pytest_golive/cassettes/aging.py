"""How old recordings are, and whether the vendor still answers as it did when they were made."""

from __future__ import annotations

import json
import re
import threading
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any
from weakref import WeakKeyDictionary

from pytest_golive.cassettes.filtering import OPERATION, TARGET, header_of
from pytest_golive.cassettes.shelf import Label, Lying, Shelf
from pytest_golive.contract.judge import KINDS, kind_of
from pytest_golive.contract.likeness import NULL, NUMBERS, known_fields
from pytest_golive.facts.scope import Scope

LOOKED_AT = 50
"""Items of a list that are looked at; a list of thousands repeats itself."""

AHEAD_DAYS = 14
"""Days before the limit from which on an old recording is warned of."""


@dataclass(frozen=True, slots=True)
class Answered:
    """Successful answers that were recorded of one operation.

    Attributes:
        days: when each was recorded.
        bodies: what they held.
    """

    days: tuple[date, ...]
    bodies: tuple[Any, ...]


def answered(shelf: Shelf, target: str, operation: str, *, but: Scope | None = None) -> Answered:
    """Return what was recorded of an operation's successes.

    Args:
        shelf: the recordings.
        target: vendor and environment: `uppzy@staging`.
        operation: its name.
        but: a scope that is left out: a check does not compare with itself.

    Raises:
        Unreadable: a recording cannot be read.
    """
    found = [(label.day, body) for label, body in _index(shelf).get((target, operation), ()) if label.scope != but]
    read = [(day, value) for day, body in found for value in _json(body)]
    return Answered(tuple(day for day, _ in read), tuple(value for _, value in read))


def recorded_operations(shelf: Shelf) -> dict[str, frozenset[str]]:
    """Return by target, `uppzy@staging`, which operations' successes were recorded.

    Raises:
        Unreadable: a recording cannot be read.
    """
    found: dict[str, set[str]] = defaultdict(set)
    for target, operation in _index(shelf):
        found[target].add(operation)
    return {target: frozenset(operations) for target, operations in found.items()}


Index = dict[tuple[str, str], list[tuple[Label, str | bytes]]]

_indexes: WeakKeyDictionary[Shelf, Index] = WeakKeyDictionary()
_lock = threading.Lock()


def _index(shelf: Shelf) -> Index:
    """Return what lies on a shelf by target and operation, gathered once: dozens of checks ask, side by side."""
    with _lock:
        if shelf not in _indexes:
            made: Index = defaultdict(list)
            for lying in shelf.everything():
                for each in lying.interactions:
                    headers, response = each["request"]["headers"], each["response"]
                    if 200 <= response["status"]["code"] < 300:
                        called = (header_of(headers, TARGET), header_of(headers, OPERATION))
                        made[called].append((lying.label, response["body"]["string"]))
            _indexes[shelf] = dict(made)
        return _indexes[shelf]


def _json(body: str | bytes) -> Iterator[Any]:
    """Yield what a body says, if it is JSON."""
    try:
        yield json.loads(body or "null")
    except (ValueError, RecursionError):
        return


@dataclass(frozen=True, slots=True)
class Change:
    """One way in which an answer has another structure than the recorded ones.

    Attributes:
        path: the field: ``items[].status``.
        kind: lost, of another kind, or new.
        known: whether the contract names the field.
        was: of which kinds it was, in words.
        now: of which kinds it is.
    """

    path: str
    kind: str
    known: bool
    was: str = ""
    now: str = ""


class Shape:
    """Which objects bodies hold, how often each of their fields is there, and of what kind it is."""

    def __init__(self, bodies: Iterable[Any]) -> None:
        self.objects: Counter[str] = Counter()
        self.fields: Counter[str] = Counter()
        self.kinds: dict[str, set[str]] = defaultdict(set)
        for body in bodies:
            self._take(body, "")

    def _take(self, value: Any, path: str) -> None:
        self.kinds[path].add(kind_of(value))
        if isinstance(value, Mapping):
            self.objects[path] += 1
            for name, each in value.items():
                inner = f"{path}.{name}" if path else str(name)
                self.fields[inner] += 1
                self._take(each, inner)
        elif isinstance(value, list):
            for each in value[:LOOKED_AT]:
                self._take(each, f"{path}[]")

    def always(self, path: str) -> bool:
        """Whether a field was in every object that could hold it."""
        return bool(self.objects[_parent(path)]) and self.fields[path] == self.objects[_parent(path)]


def changes(recorded: Iterable[Any], today: Any, schema: Any) -> list[Change]:
    """Return in what today's answer has another structure than the recorded ones.

    Fields are compared in objects for which the contract names some; elsewhere the names may be data themselves. A
    field that was not always there is not missed, an empty list says nothing of its items, and null nothing of a kind.

    Args:
        recorded: bodies of answers to the same operation.
        today: the body of today's answer.
        schema: the JSON Schema of such an answer.
    """
    was, now = Shape(recorded), Shape([today])
    fields = known_fields(schema)
    objects = {_parent(path) for path in fields}
    found = []
    for path in sorted({*was.fields, *now.fields}):
        if _parent(path) not in objects or not (was.objects[_parent(path)] and now.objects[_parent(path)]):
            continue
        known = path in fields
        if path not in now.fields:
            if was.always(path):
                found.append(Change(path, "lost", known))
        elif path not in was.fields:
            found.append(Change(path, "new", known))
        elif not _compatible(was.kinds[path], now.kinds[path]):
            found.append(Change(path, "other", known, _told(was.kinds[path]), _told(now.kinds[path])))
    return found


def place_of(where: str) -> str:
    """Return a place in a body, ``items[3].status``, as a path of a structure: ``items[].status``."""
    return re.sub(r"\[\d+\]", "[]", where)


def too_old(recordings: Iterable[Lying], today: date, limit: int) -> tuple[list[Lying], list[Lying]]:
    """Return the recordings that are older than the limit, and those that soon will be; the oldest first."""
    aged = sorted(recordings, key=lambda each: (each.label.day, each.path))
    old = [each for each in aged if (today - each.label.day).days > limit]
    soon = [each for each in aged if limit - AHEAD_DAYS < (today - each.label.day).days <= limit]
    return old, soon


def _parent(path: str) -> str:
    return path.rpartition(".")[0]


def _compatible(was: set[str], now: set[str]) -> bool:
    left, right = was - {NULL}, now - {NULL}
    return not left or not right or bool(left & right) or bool(left & NUMBERS and right & NUMBERS)


def _told(kinds: set[str]) -> str:
    return " or ".join(sorted(kinds - {NULL} or {KINDS["null"]}))
