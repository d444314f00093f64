"""Answers that a vendor may give by its own schemas, and that look unlike those a client has seen so far."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from pytest_golive.sandbox.http import Response
from pytest_golive.vendors.operation import Operation

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True)
class Spot:
    """A field that stands in an answer and in its schema.

    Attributes:
        holder: the object that it stands in; changing it changes the answer.
        name: of the field.
        schema: what is said of it, references and `allOf` resolved.
        required: whether it has to be there.
        path: where it stands, its own name last.
    """

    holder: dict[str, Any]
    name: str
    schema: Mapping[str, Any]
    required: bool
    path: Path

    @property
    def value(self) -> Any:
        """What stands there."""
        return self.holder[self.name]

    @property
    def kinds(self) -> tuple[str, ...]:
        """The types that it may have."""
        kinds = self.schema.get("type", ())
        return (kinds,) if isinstance(kinds, str) else tuple(kinds)

    def put(self, value: Any) -> None:
        """Let it be another value."""
        self.holder[self.name] = value

    def drop(self) -> None:
        """Let it be missing."""
        del self.holder[self.name]


def spots(schema: Mapping[str, Any], body: Any) -> list[Spot]:
    """Return the fields of a body that its schema knows, outer ones first."""
    return list(_spots(schema, schema, body, ()))


def objects(schema: Mapping[str, Any], body: Any) -> list[dict[str, Any]]:
    """Return the objects of a body whose fields the schema names; free maps are not among them."""
    found = {id(spot.holder): spot.holder for spot in spots(schema, body)}
    return list(found.values())


def in_items(operation: Operation, spot: Spot) -> bool:
    """Whether a field belongs to what is listed, and not to the pages; of what is no listing every field does."""
    if operation.paging is None:
        return True
    return any(_stands_below(spot.path, path) for path in operation.paging.items)


def altered(alter: Callable[[Any], None]) -> Callable[[Response], Response]:
    """Return the change of an answer that alters its JSON in place; refusals and what is no JSON stay as they are."""

    def change(answer: Response) -> Response:
        body = json_in(answer)
        if body is None or not 200 <= answer.status < 300:
            return answer
        alter(body)
        return with_content(answer, json.dumps(body, ensure_ascii=False).encode())

    return change


def json_in(answer: Response) -> Any:
    """Return the JSON of an answer; None: it holds none."""
    try:
        return json.loads(answer.body)
    except ValueError:
        return None


def with_content(answer: Response, content: bytes, **headers: str) -> Response:
    """Return an answer with another body, and with further header fields (`content_encoding`)."""
    fields = {name: value for name, value in answer.headers.items() if name.lower() != "content-length"}
    fields |= {name.replace("_", "-").title(): value for name, value in headers.items()}
    return replace(answer, headers=fields, body=content)


def _stands_below(path: Path, items: str) -> bool:
    names = tuple(items.split(".")) if items else ()
    return path[: len(names)] == names and len(path) > len(names) and isinstance(path[len(names)], int)


def _spots(root: Mapping[str, Any], schema: Mapping[str, Any], value: Any, path: Path) -> Iterator[Spot]:
    schema = merged(root, schema)
    if isinstance(value, list):
        for position, item in enumerate(value):
            yield from _spots(root, schema.get("items") or {}, item, (*path, position))
    if not isinstance(value, dict):
        return
    required = schema.get("required", ())
    for name, inner in schema.get("properties", {}).items():
        if name in value:
            where = (*path, name)
            yield Spot(value, name, merged(root, inner), name in required, where)
            yield from _spots(root, inner, value.get(name), where)


def merged(root: Mapping[str, Any], schema: Any) -> dict[str, Any]:
    """Return a schema with its reference followed, and what `allOf` adds; alternatives are left out."""
    if not isinstance(schema, Mapping):
        return {}
    known = dict(schema)
    reference = known.pop("$ref", None)
    if isinstance(reference, str) and reference.startswith("#"):
        place: Any = root
        for step in reference.removeprefix("#").strip("/").split("/") if reference != "#" else ():
            place = place[step]
        known = merged(root, place) | known
    for part in known.pop("allOf", ()):
        known = {**merged(root, part), **known}
    return known
