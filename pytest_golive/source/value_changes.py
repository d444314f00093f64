"""Which values changed over the versions of files, from what to what, and on which day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from pytest_golive.source.values import is_secret, may_be_secret
from pytest_golive.source.versions import Step

Reader = Callable[[str], Mapping[str, str]]
"""Takes the text of a version apart: name of a value -> the value."""

SHOWN_LENGTH = 60


@dataclass(frozen=True, slots=True)
class Change:
    """One value that changed.

    Attributes:
        file: where it stands.
        name: its dotted name.
        values: what it was, and what it became, one after another.
        days: when it was changed.
        places: the commits.
    """

    file: str
    name: str
    values: tuple[str, ...]
    days: tuple[date, ...]
    places: tuple[str, ...]

    @property
    def old(self) -> str:
        """What it was at first."""
        return self.values[0]

    @property
    def new(self) -> str:
        """What it is now."""
        return self.values[-1]

    @property
    def told(self) -> str:
        """The change in one line; what may be a secret is not shown."""
        where = f"{self.file}, {self.places[-1]} of {self.days[-1]}"
        if is_secret(self.name) or any(map(may_be_secret, self.values)):
            return f"{self.name} ({where})"
        return f"{self.name}: {_short(self.old)} -> {_short(self.new)} ({where})"


def changes_over(file: str, steps: Sequence[Step], read: Reader, *, is_release: bool) -> tuple[Change, ...]:
    """Return the values that changed, those that were only added or taken away left out.

    Args:
        file: what the file is called.
        steps: its versions, the oldest first.
        read: takes a version apart.
        is_release: whether only what is different in the end counts, as nothing was released in between; else what
            was changed and taken back on one day is no change.
    """
    found: dict[str, list[Change]] = {}
    for step in steps:
        for change in _between(file, step, read):
            own = found.setdefault(change.name, [])
            if own and (is_release or set(own[-1].days) & set(change.days)):
                own[-1] = _joined(own[-1], change)
            else:
                own.append(change)
    return tuple(each for several in found.values() for each in several if each.old != each.new)


def _between(file: str, step: Step, read: Reader) -> Iterator[Change]:
    if step.before is None or step.after is None:
        return
    before, after = read(_text(step.before)), read(_text(step.after))
    for name, value in after.items():
        if name in before and before[name] != value:
            yield Change(file, name, (before[name], value), step.days, (step.place,))


def _joined(first: Change, second: Change) -> Change:
    return replace(
        first,
        values=(*first.values, *second.values[1:]),
        days=(*first.days, *second.days),
        places=(*first.places, *second.places),
    )


def only(changes: Iterable[Change], fits: Callable[[str], bool]) -> tuple[Change, ...]:
    """Return the changes of values whose name fits."""
    return tuple(each for each in changes if fits(each.name))


def _text(data: bytes) -> str:
    return data.decode("utf-8-sig", "replace").replace("\r\n", "\n")


def _short(value: str) -> str:
    return value if len(value) <= SHOWN_LENGTH else f"{value[: SHOWN_LENGTH - 1]}…"
