"""From an operation of the pack and its arguments to one HTTP request."""

from __future__ import annotations

import base64
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

from pytest_golive.vendors.operation import Operation
from pytest_golive.vendors.pack import Authentication

PLACEHOLDER = re.compile(r"{(\w+)}")
FORM_TYPE = "multipart/form-data; boundary=golive"


@dataclass(frozen=True, slots=True)
class Call:
    """A request before it is sent.

    Attributes:
        method: request method.
        path: below the base URL, percent-encoded.
        query: query parameters.
        content: the body as bytes; None for a multipart body or none at all.
        files: multipart: the file part by its field name.
        form: multipart: the other fields.
        headers: headers that belong to the body.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    content: bytes | None = None
    files: Mapping[str, tuple[str, bytes, str]] | None = None
    form: Mapping[str, str] | None = None
    headers: Mapping[str, str] = field(default_factory=dict)


class MissingArgument(TypeError):
    """An operation was called without something its path needs."""


def path_names(operation: Operation) -> tuple[str, ...]:
    """Return the placeholders of an operation's path, in order."""
    return tuple(PLACEHOLDER.findall(operation.path))


def path_of(name: str, operation: Operation, values: Mapping[str, Any]) -> str:
    """Return the path with every placeholder filled and percent-encoded.

    Raises:
        MissingArgument: a placeholder has neither a configured id nor an argument.
    """

    def fill(match: re.Match[str]) -> str:
        if match[1] not in values:
            raise MissingArgument(f"{name} needs {match[1]!r}: its path is {operation.path}")
        return quote(str(values[match[1]]), safe="")

    return PLACEHOLDER.sub(fill, operation.path)


def body_arguments(operation: Operation, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments that belong to the body: neither in the path nor in the query."""
    elsewhere = {*path_names(operation), *operation.query}
    return {name: value for name, value in arguments.items() if name not in elsewhere}


def given_name(operation: Operation, body: Mapping[str, Any]) -> str:
    """Return the name that a body gives to what it creates, as the listing shows it; empty where it gives none."""
    creates = operation.creates
    if creates is None:
        return ""
    file = body.get(operation.request.file or "file") if operation.request is not None else None
    named = (
        body.get(creates.argument or ""),
        body.get(creates.listing.name or "") if creates.listing is not None else None,
        file.get("name") if isinstance(file, Mapping) else None,
    )
    return next((name for name in named if isinstance(name, str) and name), "")


def call_of(name: str, operation: Operation, ids: Mapping[str, str], arguments: Mapping[str, Any]) -> Call:
    """Return the request that an operation makes of its arguments.

    Args:
        name: name of the operation, for messages.
        operation: the operation.
        ids: the configured ids; an argument of the same name wins.
        arguments: everything else; what path and query do not take is the body.

    Raises:
        MissingArgument: the path needs something that was not given.
    """
    query = {key: str(arguments[key]) for key in operation.query if arguments.get(key) is not None}
    path = path_of(name, operation, {**ids, **arguments})
    if operation.request is None:
        return Call(operation.method, path, query)
    return with_body(Call(operation.method, path, query), operation, body_arguments(operation, arguments))


def with_body(call: Call, operation: Operation, body: Any) -> Call:
    """Return the call with a body: bytes as they are, a multipart form, else JSON."""
    if isinstance(body, bytes):
        content, headers = body, {"content-type": "application/json"}
    elif operation.request is not None and operation.request.media == "multipart" and isinstance(body, dict):
        return _multipart(call, operation.request.file or "file", body)
    else:
        content, headers = json.dumps(body, ensure_ascii=False).encode(), {"content-type": "application/json"}
    return Call(call.method, call.path, call.query, content=content, headers=headers)


def authorization(authentication: Authentication, key: str) -> dict[str, str]:
    """Return the header that carries the key, written as the vendor's scheme wants it."""
    written = {
        "plain": key,
        "bearer": f"Bearer {key}",
        "basic": f"Basic {base64.b64encode(f'{key}:'.encode()).decode()}",
    }[authentication.scheme]
    return {authentication.header: written}


def _multipart(call: Call, part: str, body: Mapping[str, Any]) -> Call:
    files: dict[str, tuple[str, bytes, str]] = {}
    form: dict[str, str] = {}
    for name, value in body.items():
        if name == part and isinstance(value, Mapping):
            content = str(value.get("content", "")).encode()
            files[name] = (str(value.get("name", "")), content, str(value.get("media_type", "text/plain")))
        else:
            form[name] = value if isinstance(value, str) else json.dumps(value)
    if files:
        return Call(call.method, call.path, call.query, files=files, form=form)
    # httpx writes a form without files in the other encoding, so this one is written out.
    return Call(call.method, call.path, call.query, content=_form(form), headers={"content-type": FORM_TYPE})


def _form(form: Mapping[str, str]) -> bytes:
    parts = [
        f'--golive\r\ncontent-disposition: form-data; name="{name}"\r\n\r\n{value}\r\n' for name, value in form.items()
    ]
    return ("".join(parts) + "--golive--\r\n").encode()
