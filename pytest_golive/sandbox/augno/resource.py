"""What all kinds of objects have in common: they are listed, created, read, changed and deleted."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from pytest_golive.sandbox.augno.changes import Changes
from pytest_golive.sandbox.augno.endpoints import Asked, Endpoint, Reply
from pytest_golive.sandbox.augno.fields import Field
from pytest_golive.sandbox.augno.paging import Pager
from pytest_golive.sandbox.augno.problem import Problem, conflict, unfit
from pytest_golive.sandbox.augno.queries import LISTING, Parameter
from pytest_golive.sandbox.augno.state import Account, Row, State
from pytest_golive.sandbox.augno.views import show


@dataclass(frozen=True, slots=True)
class Core:
    """What every subject works with."""

    state: State
    pager: Pager
    changes: Changes


class Resource:
    """One kind of objects.

    Attributes:
        kind: its name, as in `object`; also of its table.
        plural: how operations name several of them.
        title: its name in messages.
        prefix: of its ids.
        path: where it is listed.
        permission: what comes before `:read` and the like; '' where every key will do.
        creatable: fields of a body that creates one; none where nobody can.
        changeable: fields of a body that changes one.
        includes: sub-objects that may be asked for.
        filters: query parameters of its listing.
        unique: fields no two of them may have the same value of.
        searched: fields that `q` is looked for in.
        deletable: whether what can be created can be deleted, too.
    """

    kind: ClassVar[str]
    plural: ClassVar[str]
    title: ClassVar[str]
    prefix: ClassVar[str]
    path: ClassVar[str]
    permission: ClassVar[str]
    creatable: ClassVar[tuple[Field, ...]] = ()
    changeable: ClassVar[tuple[Field, ...]] = ()
    includes: ClassVar[frozenset[str]] = frozenset()
    filters: ClassVar[Mapping[str, Parameter]] = {}
    unique: ClassVar[tuple[str, ...]] = ()
    searched: ClassVar[tuple[str, ...]] = ("name",)
    deletable: ClassVar[bool] = True

    def __init__(self, core: Core) -> None:
        self.core = core

    @property
    def one(self) -> str:
        """The path of one of them."""
        return f"{self.path}/{{{self.kind}_id}}"

    def endpoints(self) -> Iterable[Endpoint]:
        """Return the calls there are."""
        kind, path, includes = self.kind, self.path, self.includes
        listed, reading = {**LISTING, **self.filters}, self.needs("read")
        yield Endpoint(f"list_{self.plural}", "GET", path, reading, self.list, query=listed, includes=includes)
        yield Endpoint(f"get_{kind}", "GET", self.one, reading, self.get, includes=includes)
        if not self.creatable:
            return
        yield Endpoint(
            f"create_{kind}",
            "POST",
            path,
            self.needs("create"),
            self.create,
            status=201,
            includes=includes,
            fields=self.creatable,
        )
        yield Endpoint(
            f"update_{kind}",
            "PATCH",
            self.one,
            self.needs("update"),
            self.update,
            includes=includes,
            fields=self.changeable,
            patch=True,
        )
        if self.deletable:
            yield Endpoint(f"delete_{kind}", "DELETE", self.one, self.needs("delete"), self.delete)

    def needs(self, verb: str) -> str:
        """Return the permission for reading, creating, updating or deleting; '' where every key may do it."""
        return f"{self.permission}:{verb}" if self.permission else ""

    def list(self, asked: Asked) -> Reply:
        """Return a page of them, newest first."""
        rows = [row for row in self.rows(asked) if self.matches(asked.account, row, asked.query)]
        return self.page(asked, rows)

    def get(self, asked: Asked) -> Reply:
        """Return one of them."""
        return self.reply(asked, self.row(asked))

    def create(self, asked: Asked) -> Reply:
        """Make a new one."""
        values = self.made(asked, asked.body)
        self.check_unique(asked.account, values)
        row = self.core.state.new_row(self.prefix, values)
        asked.account.table(self.kind).add(row)
        self.core.changes.made(asked, "create", self.kind, row)
        return Reply(self.shown(asked, row), f"{self.path}/{row.id}")

    def update(self, asked: Asked) -> Reply:
        """Change what was sent, nothing else."""
        row = self.row(asked)
        self.check_own(row)
        values = {**row.values, **self.changed(asked, row, asked.body)}
        self.check_unique(asked.account, values, row)
        before, row.values, row.updated_at = row.values, values, self.core.state.now()
        self.core.changes.made(asked, "update", self.kind, row, before)
        return self.reply(asked, row)

    def delete(self, asked: Asked) -> Reply:
        """Delete one that nothing rests on."""
        table = asked.account.table(self.kind)
        row = table.to_remove(asked.path[f"{self.kind}_id"], self.title)
        self.check_own(row)
        self.check_unused(asked, row)
        table.remove(row)
        self.core.changes.made(asked, "delete", self.kind, row, row.values)
        return Reply({})

    def rows(self, asked: Asked) -> Sequence[Row]:
        """Return all that a listing chooses from, newest first."""
        return asked.account.table(self.kind).newest_first()

    def matches(self, _account: Account, row: Row, query: Mapping[str, Any]) -> bool:
        """Whether a listing with this query holds a row."""
        sought = query.get("q", "").lower()
        return not sought or any(sought in (row.get(name) or "").lower() for name in self.searched)

    def made(self, _asked: Asked, body: dict[str, Any]) -> dict[str, Any]:
        """Return the fields of a new one."""
        return {field.name: None for field in self.creatable} | body

    def changed(self, _asked: Asked, _row: Row, sent: dict[str, Any]) -> dict[str, Any]:
        """Return the fields to change in one."""
        return sent

    def check_unused(self, asked: Asked, row: Row) -> None:
        """Refuse to delete what others rest on.

        Raises:
            Problem: something rests on it.
        """

    def check_own(self, row: Row) -> None:
        """Refuse to change what the system gave.

        Raises:
            Problem: the system gave it.
        """
        if row.is_system:
            raise Problem("validation_failed", f"This {self.title} belongs to the system and cannot be changed.")

    def check_unique(self, account: Account, values: Mapping[str, Any], own: Row | None = None) -> None:
        """Refuse a value that another one has.

        Raises:
            Problem: another one has it.
        """
        others = [row for row in account.table(self.kind) if row is not own]
        for name in self.unique:
            if any(row[name] == values[name] for row in others):
                raise conflict(f"Another {self.title} has this {name}.", name)

    def row(self, asked: Asked) -> Row:
        """Return the one that the path names.

        Raises:
            Problem: there is none.
        """
        return asked.account.table(self.kind).get(asked.path[f"{self.kind}_id"], self.title)

    def shown(self, asked: Asked, row: Row) -> dict[str, Any]:
        """Return one as the request wants to see it."""
        return show(asked.account, self.kind, row, asked.wants)

    def reply(self, asked: Asked, row: Row) -> Reply:
        """Return the answer that holds one."""
        return Reply(self.shown(asked, row))

    def page(self, asked: Asked, rows: Sequence[Row]) -> Reply:
        """Return the answer that holds a page of them."""
        page = self.core.pager.cut(rows, asked.request.path, asked.account.id, asked.values)
        data = [self.shown(asked, row) for row in page.rows]
        return Reply({"object": "list", "data": data, "page_info": page.info})


def referred(account: Account, kind: str, row_id: object, param: str) -> Row | None:
    """Return what a field of a body refers to; None where it holds null.

    Raises:
        Problem: there is no such object.
    """
    if row_id is None:
        return None
    row = account.table(kind).find(row_id)
    if row is None:
        raise unfit(param, f"{param} refers to nothing that exists.")
    return row
