"""Valid calls, made from the examples of the pack, and what follows when one is sent twice."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Any

from pytest_golive.exchange.answer import Answer
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.exchange.walk import Item, id_in, page_of
from pytest_golive.facts.body_path import first_at
from pytest_golive.facts.finding import CannotTell, Finding
from pytest_golive.facts.once import Once
from pytest_golive.facts.scope import for_all

PLACEHOLDER = re.compile(r"{(fresh|id|setting|answer|own|first):([\w.]+)}")


@dataclass(frozen=True, slots=True)
class Made:
    """A call that was made, with its answer.

    Attributes:
        arguments: what it was called with.
        answer: what came back.
    """

    arguments: Mapping[str, Any]
    answer: Answer


class Examples:
    """Makes valid calls of a vendor's operations, and shares the costly ones among all checks of a process.

    Args:
        vendor: the vendor to call.
        fresh: names what a call creates.
        shared: counts what happens meanwhile to something all checks share, by its name, and to none of them.
    """

    def __init__(
        self,
        vendor: Vendor,
        fresh: Callable[[str], str],
        shared: Callable[[str], AbstractContextManager[object]] = for_all,
    ) -> None:
        self._vendor = vendor
        self._fresh = fresh
        self._shared = shared
        self._once = Once()

    def made(self, operation: str) -> Made:
        """Return the operation's example call, made once a run.

        Raises:
            CannotTell: an earlier call that this one needs did not succeed.
        """

        def make() -> Made:
            with self._shared(self._name(operation)):
                arguments = self.arguments(operation)
                return Made(arguments, self._vendor.call(operation, **arguments))

        made: Made = self._once.get(operation, make)
        return made

    def twice(self, operation: str) -> tuple[Made, Made]:
        """Return the same valid call made two times, once a run.

        What only creates or rates shares its first call with the other checks; what takes something away gets a thing
        of its own to take.

        Raises:
            CannotTell: an earlier call that this one needs did not succeed.
        """

        def make() -> tuple[Made, Made]:
            with self._shared(self._name(operation, "twice")):
                if operation in self._removals():
                    arguments = self.arguments(operation, own=True)
                    first = Made(arguments, self._vendor.call(operation, **arguments))
                else:
                    first = self.made(operation)
                return first, Made(first.arguments, self._vendor.call(operation, **first.arguments))

        both: tuple[Made, Made] = self._once.get(("twice", operation), make)
        return both

    def field(self, operation: str, field: str) -> str:
        """Return a field of the answer to an operation's example call, made once a run.

        Raises:
            CannotTell: the call did not succeed, or its answer does not hold the field.
        """
        return self._field(operation, field, own=False)

    def arguments(self, operation: str, *, own: bool = False) -> dict[str, Any]:
        """Return the example's arguments with every placeholder filled.

        ``{fresh:KIND}`` is a new name, ``{id:NAME}`` a configured id, ``{setting:NAME}`` a setting or the pack's
        example of it, ``{answer:OPERATION.PATH}`` a place in another example's answer, ``{own:OPERATION.PATH}`` the
        same of one that is made for this call alone, ``{first:OPERATION.PATH}`` one in the first item of a listing.

        Args:
            operation: the operation.
            own: make the other examples anew instead of sharing them.
        """
        return self.filled(self._vendor.operation(operation).example, own=own)

    def filled(self, example: Mapping[str, Any], *, own: bool = False) -> dict[str, Any]:
        """Return arguments with every placeholder filled, as :meth:`arguments` does."""
        return {name: self._filled(value, own) for name, value in example.items()}

    def _filled(self, value: Any, own: bool) -> Any:
        if isinstance(value, Mapping):
            return {name: self._filled(each, own) for name, each in value.items()}
        if isinstance(value, list | tuple):
            return [self._filled(each, own) for each in value]
        if not isinstance(value, str):
            return value
        return PLACEHOLDER.sub(lambda match: self._value(match[1], match[2], own), value)

    def _value(self, kind: str, name: str, own: bool) -> str:
        if kind == "fresh":
            return self._fresh(name)
        if kind == "id":
            return self._vendor.id(name)
        if kind == "setting":
            return str(self._vendor.target.settings.get(name, self._vendor.pack.settings[name].example))
        operation, _, field = name.partition(".")
        if kind == "first":
            return self._first(operation, field)
        return self._field(operation, field, own or kind == "own")

    def _first(self, operation: str, field: str) -> str:
        """Return a field of the first item that a listing shows; asked for once a run."""

        def make() -> Made:
            with self._shared(self._name(operation, "first")):
                arguments = self.arguments(operation)
                return Made(arguments, self._vendor.call(operation, **arguments))

        made: Made = self._once.get(("first", operation), make)
        page = page_of(made.answer, self._vendor.operation(operation).paging) if made.answer.succeeded else None
        found = id_in(_oldest(page.items), (field,)) if page is not None and page.items else ""
        if not found:
            raise CannotTell(
                Finding(
                    requirement=f"{operation} has to list something whose `{field}` other calls can use",
                    expected=f"an item with `{field}`",
                    actual=made.answer.told,
                )
            )
        return found

    def _field(self, operation: str, field: str, own: bool) -> str:
        if own:
            arguments = self.arguments(operation, own=True)
            made = Made(arguments, self._vendor.call(operation, **arguments))
        else:
            made = self.made(operation)
        names = (field, *(alias for alias in self._id_fields(operation) if alias != field))
        found = made.answer.identifier(names) if made.answer.succeeded else None
        if found is None:
            raise CannotTell(
                Finding(
                    requirement=f"{operation} has to answer with the `{field}` that other calls need",
                    expected=f"a success with `{field}`",
                    actual=made.answer.told,
                )
            )
        return found

    def _name(self, operation: str, which: str = "example") -> str:
        return f"{self._vendor.name}@{self._vendor.permit.environment}.{which}.{operation}"

    def _id_fields(self, operation: str) -> tuple[str, ...]:
        creates = self._vendor.pack.operations[operation].creates
        return creates.id if creates is not None else ()

    def _removals(self) -> frozenset[str]:
        operations = self._vendor.pack.operations.values()
        return frozenset(each.creates.remove.operation for each in operations if each.creates and each.creates.remove)


def _oldest(items: Sequence[Item]) -> Item:
    """Return the item that was there first, as far as its times tell: what this run made may be gone any moment."""
    times = [first_at(item, ("created_at", "createdAt")) for item in items]
    dated = [(time, number) for number, time in enumerate(times) if isinstance(time, str)]
    return items[min(dated)[1]] if len(dated) == len(items) else items[0]
