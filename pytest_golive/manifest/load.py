"""Reads a golive.yaml whole, and tells everything that is wrong with it at once."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from pytest_golive.manifest.document import Document, read_document
from pytest_golive.manifest.explain import explain, listed
from pytest_golive.manifest.keys import VendorKeys
from pytest_golive.manifest.mistake import Mistake, Mistakes
from pytest_golive.manifest.model import Manifest
from pytest_golive.manifest.schema import manifest_schema

SANDBOX = "sandbox"
"""The built-in environment, which golive.yaml can therefore not define."""

CLIENT_PLACEHOLDERS = ("base_url", "api_key")
"""What golive fills into a client's `environ`, besides the ids of its vendor."""

HANDLER_PLACEHOLDERS = (
    "port",
    "secret",
    "previous_secret",
    "retired_secret",
    "foreign_secret",
    "tenant",
    "mode",
    "downstream_url",
)
"""What golive fills into a handler's `environ`."""

PLACEHOLDER = re.compile(r"\{([A-Za-z_][A-Za-z0-9_]*)\}")


def load_manifest(path: Path, keys: Sequence[VendorKeys]) -> Manifest:
    """Read and check golive.yaml for the vendors that there are packs for.

    Raises:
        Mistakes: everything that is wrong in it, with lines.
    """
    document = read_document(path)
    mistakes = [*explain(document, manifest_schema(keys)), *_cross_checks(document, keys)]
    if mistakes:
        raise Mistakes(mistakes)
    try:
        return Manifest.model_validate(document.data).read_from(document)
    except ValidationError as error:
        # What the schema lets through and the model does not, such as `golive: 1.0`.
        raise Mistakes(document.mistake(one["loc"], one["msg"]) for one in error.errors()) from None


def _cross_checks(document: Document, keys: Sequence[VendorKeys]) -> Iterator[Mistake]:
    """Yield what a schema cannot say.

    The document may be wrong in other ways too, so that each check looks only at what has the right kind.
    """
    yield from _environments(document)
    for name, client in _mappings(document.data, "clients"):
        ids = [vendor_id for key in keys if key.vendor == client.get("vendor") for vendor_id in key.ids]
        yield from _placeholders(document, ("clients", name), client, (*CLIENT_PLACEHOLDERS, *ids))
        yield from _unknown_operations(document, name, client, keys)
    for name, handler in _mappings(document.data, "handlers"):
        yield from _placeholders(document, ("handlers", name), handler, HANDLER_PLACEHOLDERS)
        yield from _only_when_started(document, ("handlers", name), handler)


def _environments(document: Document) -> Iterator[Mistake]:
    environments = dict(_mappings(document.data, "environments"))
    for name, environment in environments.items():
        if name == SANDBOX:
            yield document.mistake(("environments", name), "this environment is built in; choose another name")
        following = environment.get("releases_to")
        problem = _no_successor(name, following, environments) if isinstance(following, str) else None
        if problem:
            yield document.mistake(("environments", name, "releases_to"), problem)


def _no_successor(name: str, following: str, environments: Iterable[str]) -> str | None:
    if following == name:
        return "an environment cannot release to itself"
    if following not in environments:
        others = sorted(set(environments) - {name})
        return f"there is no environment {following!r} here{listed(others, following, 'there is')}"
    return None


def _placeholders(
    document: Document, path: tuple[str, ...], program: Mapping[str, Any], known: Sequence[str]
) -> Iterator[Mistake]:
    environ = program.get("environ")
    for variable, value in environ.items() if isinstance(environ, dict) else ():
        for name in PLACEHOLDER.findall(value) if isinstance(value, str) else ():
            if name not in known:
                told = f"nothing is filled in for {{{name}}}{listed(known, name, 'filled in are')}"
                yield document.mistake((*path, "environ", variable), told)


def _unknown_operations(
    document: Document, name: str, client: Mapping[str, Any], keys: Sequence[VendorKeys]
) -> Iterator[Mistake]:
    """Yield the operations of a client that its vendor does not have."""
    vendor = next((key for key in keys if key.vendor == client.get("vendor")), None)
    operations = client.get("operations")
    known = [*vendor.operations, *vendor.composites] if vendor is not None else []
    for position, given in enumerate(operations if known and isinstance(operations, list) else ()):
        if vendor is not None and isinstance(given, str) and given not in known:
            told = f"{vendor.title} has no operation {given!r}{listed(known, given, 'it has')}"
            yield document.mistake(("clients", name, "operations", position), told)


def _only_when_started(document: Document, path: tuple[str, ...], handler: Mapping[str, Any]) -> Iterator[Mistake]:
    if "url" not in handler or "app" in handler or "command" in handler:
        return
    for key in ("path", "restart"):
        if key in handler:
            told = "goes with app or command; a handler with url is started by others"
            yield document.mistake((*path, key), told)


def _mappings(data: Mapping[str, Any], key: str) -> Iterator[tuple[str, dict[str, Any]]]:
    section = data.get(key)
    for name, value in section.items() if isinstance(section, dict) else ():
        if isinstance(value, dict):
            yield name, value
