"""What the API is made of: endpoints, what reaches them and how they are found."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import unquote

from pytest_golive.sandbox.augno.fields import Field
from pytest_golive.sandbox.augno.problem import Problem
from pytest_golive.sandbox.augno.queries import Parameter, Values, Wants
from pytest_golive.sandbox.augno.state import Account, Row
from pytest_golive.sandbox.http import Request

ADMIN = "admin"
"""In the place of a permission: only keys whose role is of this type."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request that was let in.

    Attributes:
        id: id of the request.
        account: whom it acts for.
        key: the API key it came with.
        path: values of the path's placeholders.
        values: the query as it was sent.
        query: its parameters, read.
        wants: the sub-objects to bring along.
        body: the fields of the body, read.
        request: all of it.
    """

    id: str
    account: Account
    key: Row
    path: Mapping[str, str]
    values: Values
    query: Mapping[str, Any]
    wants: Wants
    body: dict[str, Any]
    request: Request


@dataclass(frozen=True, slots=True)
class Reply:
    """An answer before it is written.

    Attributes:
        created: path of what was created.
    """

    body: Any
    created: str | None = None


@dataclass(frozen=True, slots=True)
class Endpoint:
    """One call of the API.

    Attributes:
        operation: its name, as the pack has it.
        permission: what the key's role needs; empty where every key will do.
        handler: answers it.
        status: status of a success.
        query: parameters it takes beside `include`.
        includes: sub-objects that may be asked for.
        fields: fields of the body.
        patch: whether only what is sent changes.
    """

    operation: str
    method: str
    template: str
    permission: str
    handler: Callable[[Asked], Reply]
    status: int = 200
    query: Mapping[str, Parameter] = field(default_factory=dict)
    includes: frozenset[str] = frozenset()
    fields: tuple[Field, ...] = ()
    patch: bool = False


class Map:
    """All endpoints, by method and path. A literal segment goes before a placeholder."""

    def __init__(self, endpoints: Iterable[Endpoint]) -> None:
        self._templates: dict[tuple[str, ...], dict[str, Endpoint]] = {}
        for endpoint in endpoints:
            self._templates.setdefault(tuple(endpoint.template.split("/")), {})[endpoint.method] = endpoint

    def find(self, method: str, path: str) -> tuple[Endpoint, dict[str, str]]:
        """Return the endpoint a request asks for, with the decoded values of its placeholders.

        Raises:
            Problem: no endpoint has this path, or none of those that have it has this method.
        """
        segments = tuple(unquote(segment) for segment in path.split("/"))
        fitting = [template for template in self._templates if _fits(template, segments)]
        template = min(fitting, key=lambda each: [_is_placeholder(due) for due in each], default=None)
        if template is None:
            raise Problem("resource_not_found", "There is no such endpoint.")
        methods = self._templates[template]
        if method not in methods:
            allowed = ", ".join(sorted(methods))
            raise Problem("method_not_allowed", f"{method} is not possible here.", headers={"Allow": allowed})
        pairs = zip(template, segments, strict=True)
        return methods[method], {due[1:-1]: segment for due, segment in pairs if _is_placeholder(due)}


def _fits(template: tuple[str, ...], segments: tuple[str, ...]) -> bool:
    return len(template) == len(segments) and all(
        segment != "" if _is_placeholder(due) else segment == due
        for due, segment in zip(template, segments, strict=True)
    )


def _is_placeholder(segment: str) -> bool:
    return segment.startswith("{")
