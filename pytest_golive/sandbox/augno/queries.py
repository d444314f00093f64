"""What the query of a request may hold, and what may be asked to come along with an object."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal, Self

from pytest_golive.sandbox.augno.fields import read_day, read_moment
from pytest_golive.sandbox.augno.moments import in_utc
from pytest_golive.sandbox.augno.problem import Problem

LONGEST_Q = 500
LARGEST_PAGE = 1000
DEFAULT_PAGE = 100

WHOLE_NUMBER = re.compile(r"-?[0-9]{1,18}")

Values = Mapping[str, Sequence[str]]
"""Every value of each query parameter."""


@dataclass(frozen=True, slots=True)
class Parameter:
    """One query parameter.

    Attributes:
        sort: what it holds; `list` may be sent several times or with commas, also as `name[]`.
        choices: the values it may have; empty for any.
    """

    sort: Literal["text", "list", "integer", "boolean", "date"] = "text"
    choices: tuple[str, ...] = ()


TEXT = Parameter()
LIST = Parameter("list")
DATE = Parameter("date")
LISTING: Mapping[str, Parameter] = {"limit": Parameter("integer"), "cursor": TEXT, "q": TEXT}
"""What every listing takes."""


class Wants:
    """The sub-objects that a request asked for, as a tree: a deeper path brings its parents along."""

    __slots__ = ("_tree",)

    def __init__(self, tree: Mapping[str, Any] | None = None) -> None:
        self._tree = tree or {}

    @classmethod
    def of(cls, paths: Iterable[str]) -> Self:
        """Return what paths such as `owner.account` ask for."""
        tree: dict[str, Any] = {}
        for path in paths:
            branch = tree
            for name in path.split("."):
                branch = branch.setdefault(name, {})
        return cls(tree)

    def get(self, name: str) -> Wants | None:
        """Return what is wanted below a sub-object; None if it is not wanted itself."""
        return Wants(self._tree[name]) if name in self._tree else None

    def __contains__(self, name: object) -> bool:
        return name in self._tree


def read_wants(values: Values, possible: frozenset[str]) -> Wants:
    """Return what `include[]=a&include[]=b.c` or `include=a,b.c` asks for.

    Raises:
        Problem: there is no such sub-object.
    """
    asked = [*values.get("include[]", ()), *(path for each in values.get("include", ()) for path in each.split(","))]
    for path in asked:
        if path not in possible:
            allowed = f"one of: {', '.join(sorted(possible))}" if possible else "left out here"
            raise Problem("parameter_invalid", f"include[] must be {allowed}.", "include[]")
    return Wants.of(asked)


def read_query(values: Values, known: Mapping[str, Parameter]) -> dict[str, Any]:
    """Return the parameters that were sent, `include` aside, by their names without brackets.

    Raises:
        Problem: one is unknown or wrong.
    """
    found: dict[str, Any] = {}
    for name, given in values.items():
        if name in {"include", "include[]"}:
            continue
        plain = name.removesuffix("[]")
        parameter = known.get(plain)
        if parameter is None or (plain != name and parameter.sort != "list"):
            raise Problem("parameter_unknown", f"Unknown parameter: {name}.", name)
        if parameter.sort == "list":
            found.setdefault(plain, []).extend(_list(parameter, name, given))
        else:
            found[plain] = _single(parameter, name, given[0])
    return _bounded(found)


def _list(parameter: Parameter, name: str, given: Sequence[str]) -> list[str]:
    return [_allowed(parameter, name, value) for each in given for value in each.split(",")]


def _single(parameter: Parameter, name: str, value: str) -> Any:
    if parameter.sort == "integer":
        if not WHOLE_NUMBER.fullmatch(value):
            raise _wrong(name, "a whole number")
        return int(value)
    if parameter.sort == "boolean":
        if value not in {"true", "false"}:
            raise _wrong(name, "true or false")
        return value == "true"
    if parameter.sort == "date":
        if read_day(value) is None and read_moment(value) is None:
            raise _wrong(name, "a date")
        return value
    return _allowed(parameter, name, value)


def _allowed(parameter: Parameter, name: str, value: str) -> str:
    if parameter.choices and value not in parameter.choices:
        raise _wrong(name, f"one of: {', '.join(parameter.choices)}")
    return value


def _bounded(found: dict[str, Any]) -> dict[str, Any]:
    if not 1 <= found.get("limit", DEFAULT_PAGE) <= LARGEST_PAGE:
        raise _wrong("limit", f"from 1 to {LARGEST_PAGE}")
    if len(found.get("q", "")) > LONGEST_Q:
        raise _wrong("q", f"at most {LONGEST_Q} characters")
    return found


def _wrong(name: str, due: str) -> Problem:
    return Problem("parameter_invalid", f"{name} must be {due}.", name)


def within(moment: str, query: Mapping[str, Any], first: str = "starts_at", last: str = "ends_at") -> bool:
    """Whether a moment lies in the range of dates that a query names; a last day belongs to it, whole."""
    begin, end = query.get(first), query.get(last)
    # All times here are RFC 3339 in UTC with microseconds, so that their order is that of their texts.
    return (begin is None or moment >= _utc(begin, "")) and (end is None or moment <= _utc(end, "T99"))


def _utc(text: str, day_ends: str) -> str:
    moment = read_moment(text)
    return text + day_ends if moment is None else in_utc(moment)
