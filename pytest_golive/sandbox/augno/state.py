"""What Augno remembers: accounts, and in each of them rows of every kind."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime
from itertools import count
from typing import Any, Literal

from pytest_golive.sandbox.augno.moments import in_utc, new_id
from pytest_golive.sandbox.augno.problem import Problem, not_found

Mode = Literal["test", "prod"]
"""The two kinds of account, as the prefixes of their keys say it."""


@dataclass(slots=True)
class Row:
    """One object of an account.

    Attributes:
        sequence: its place in the order of creation, over all kinds.
        values: its fields, ids of others in the place of sub-objects.
        is_system: it was there before the account was, and is only read.
    """

    id: str
    sequence: int
    created_at: str
    updated_at: str
    values: dict[str, Any]
    is_system: bool = False

    def __getitem__(self, name: str) -> Any:
        return self.values[name]

    def get(self, name: str, default: Any = None) -> Any:
        """Return a field, or what stands for it where it was never set."""
        return self.values.get(name, default)


class Table:
    """All objects of one kind in one account, deleted ones by their ids."""

    __slots__ = ("_gone", "_rows")

    def __init__(self) -> None:
        self._rows: dict[str, Row] = {}
        self._gone: set[str] = set()

    def add(self, row: Row) -> None:
        """Take a new row in."""
        self._rows[row.id] = row

    def find(self, row_id: object) -> Row | None:
        """Return a row; None where there is none."""
        return self._rows.get(row_id) if isinstance(row_id, str) else None

    def get(self, row_id: str, what: str) -> Row:
        """Return a row.

        Raises:
            Problem: there is none, or none any more.
        """
        row = self._rows.get(row_id)
        if row is None:
            raise not_found(what)
        return row

    def to_remove(self, row_id: str, what: str) -> Row:
        """Return a row that is to be deleted.

        Raises:
            Problem: it was deleted before, or never was.
        """
        if row_id in self._gone:
            raise Problem("resource_gone", f"This {what} was deleted before.")
        return self.get(row_id, what)

    def remove(self, row: Row) -> None:
        """Delete a row; its id is remembered."""
        del self._rows[row.id]
        self._gone.add(row.id)

    def forget_oldest(self) -> None:
        """Let go of the oldest row, as if it had never been."""
        del self._rows[next(iter(self._rows))]

    def newest_first(self) -> list[Row]:
        """Return all rows, the newest first."""
        return list(reversed(self._rows.values()))

    def __iter__(self) -> Iterator[Row]:
        return iter(self._rows.values())

    def __len__(self) -> int:
        return len(self._rows)


@dataclass(slots=True)
class Account:
    """An organization with data of its own, be it a sandbox or not.

    Attributes:
        row: how it looks as an object.
        tables: its objects by kind.
        numbers: the last customer number, order number.
        sandboxes_allowed: how many sandboxes its plan has.
    """

    row: Row
    mode: Mode
    tables: dict[str, Table] = field(default_factory=dict)
    numbers: dict[str, int] = field(default_factory=dict)
    sandboxes_allowed: int = 3

    @property
    def id(self) -> str:
        """Its id."""
        return self.row.id

    def table(self, kind: str) -> Table:
        """Return its objects of one kind."""
        return self.tables.setdefault(kind, Table())

    def next_number(self, kind: str) -> str:
        """Return the next number of a customer or an order."""
        self.numbers[kind] = self.numbers.get(kind, 1000) + 1
        return str(self.numbers[kind])


class State:
    """Everything, behind one lock. Whoever reads or writes holds it; nobody sleeps with it.

    Attributes:
        clock: what tells the time.
        accounts: by id.
        keys: rows of API keys, by the digest of their text, with the account each opens.
    """

    def __init__(self, clock: Callable[[], datetime]) -> None:
        self.lock = threading.RLock()
        self.clock = clock
        self.accounts: dict[str, Account] = {}
        self.keys: dict[str, tuple[Row, Account]] = {}
        self._sequence = count(1)

    def now(self) -> str:
        """Return the time as the API writes it."""
        return in_utc(self.clock())

    def new_row(self, prefix: str, values: dict[str, Any], *, is_system: bool = False) -> Row:
        """Return a row that no table holds yet."""
        now = self.now()
        return Row(new_id(prefix), next(self._sequence), now, now, values, is_system)

    def open_account(self, name: str, mode: Mode) -> Account:
        """Open an account without anything in it."""
        account = Account(self.new_row("ac", {"name": name}), mode)
        self.accounts[account.id] = account
        return account


def digest(key: str) -> str:
    """Return what a key is looked up by, so that none is kept as it is."""
    return hashlib.sha256(key.encode()).hexdigest()
