"""What became of a configuration, by dotted name: lost, added, changed. Values of secrets are never compared."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from pytest_golive.exchange.restoring import MASKED

PASSING = frozenset({"id", "siteId", "provider", "createdAt", "updatedAt"})
"""Fields that say which record it is and when it was written, and nothing of what is configured."""

SECRET = object()
"""Stands for a secret: it is there, whatever it is."""


@dataclass(frozen=True, slots=True)
class Difference:
    """What two readings of one configuration differ in, by dotted name: `eventMapping.purchase`.

    Attributes:
        lost: what was there and is not any more.
        added: what was not there before.
        changed: what holds another value.
    """

    lost: tuple[str, ...] = ()
    added: tuple[str, ...] = ()
    changed: tuple[str, ...] = ()

    @property
    def names(self) -> tuple[str, ...]:
        """Everything that differs."""
        return (*self.lost, *self.changed, *self.added)

    def without(self, names: Collection[str]) -> Difference:
        """Return the difference without what was meant to differ."""
        return Difference(*(tuple(name for name in each if name not in names) for each in self._parts))

    def of(self, *fields: str) -> Difference:
        """Return the part of the difference that lies in these fields."""
        return Difference(*(tuple(name for name in each if name.partition(".")[0] in fields) for each in self._parts))

    def __bool__(self) -> bool:
        """Whether anything differs at all."""
        return bool(self.names)

    def __str__(self) -> str:
        """Say what differs: `lost eventMapping.purchase; changed enabled`."""
        words = ("lost", "added", "changed")
        told = (f"{word} {', '.join(names)}" for word, names in zip(words, self._parts, strict=True) if names)
        return "; ".join(told) or "no difference"

    @property
    def _parts(self) -> tuple[tuple[str, ...], ...]:
        return (self.lost, self.added, self.changed)


def difference(before: Mapping[str, Any], after: Mapping[str, Any], hidden: Collection[str] = ()) -> Difference:
    """Return what two readings of one configuration differ in.

    Args:
        before: the earlier one.
        after: the later one.
        hidden: dotted names of secrets: only whether they are there counts.
    """
    old, new = (dict(_leaves(record, hidden)) for record in (before, after))
    return Difference(
        lost=tuple(name for name in old if name not in new),
        added=tuple(name for name in new if name not in old),
        changed=tuple(name for name in old if name in new and not _same(old[name], new[name])),
    )


def _leaves(record: Mapping[str, Any], hidden: Collection[str]) -> Iterator[tuple[str, Any]]:
    for field, value in record.items():
        if field in PASSING:
            continue
        if not isinstance(value, Mapping):
            yield field, value
            continue
        for name, inner in value.items():
            dotted = f"{field}.{name}"
            masked = isinstance(inner, str) and MASKED.match(inner)
            yield dotted, SECRET if masked or dotted in hidden else inner


def _same(old: Any, new: Any) -> bool:
    # In Python true is 1; to whoever reads the configuration it is not.
    return bool(old == new) and isinstance(old, bool) is isinstance(new, bool)
