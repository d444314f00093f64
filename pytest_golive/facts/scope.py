"""What a call, a name or a random value is made for: a check, or something that all checks share.

What belongs together is told by this and never by the order in which checks run: they may run at once, in several
processes, or only some of them.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Literal

from pytest_golive.facts.current import current

PLANNED = re.compile(r"(\w+)\[(.+)\]")
"""The id of a planned check: the function, and its case."""


@dataclass(frozen=True, slots=True)
class Scope:
    """What is worked for.

    Attributes:
        kind: `checks` for a planned check, `own` for a test of the team's own, `shared` for what is made once for all.
        name: the check's id, the test's node id, or the name of what is shared.
    """

    kind: Literal["checks", "own", "shared"]
    name: str

    @property
    def told(self) -> str:
        """The scope as a sentence names it."""
        return f"{self.name}, which all checks share" if self.kind == "shared" else self.name


_shared: ContextVar[Scope | None] = ContextVar("golive_shared", default=None)


def scope() -> Scope | None:
    """Return what the calling thread works for; None outside of checks."""
    made = _shared.get()
    if made is not None:
        return made
    record = current()
    return None if record is None else check_scope(record.key)


def check_scope(key: str) -> Scope:
    """Return the scope of a check by the key it reports under."""
    return Scope("checks" if PLANNED.fullmatch(key) else "own", key)


@contextmanager
def for_all(name: str) -> Iterator[Scope]:
    """Count what happens meanwhile to something that all checks share, whichever check comes first."""
    made = Scope("shared", name)
    token = _shared.set(made)
    try:
        yield made
    finally:
        _shared.reset(token)
