"""Request bodies as values: JSON, and multipart forms with their files."""

from __future__ import annotations

import json
from email.message import Message
from email.parser import BytesParser
from email.policy import HTTP
from typing import Any

from pytest_golive.sandbox.http import Request


class UnreadableError(ValueError):
    """The body is not what its content type says, or of no use at all."""


class WrongMediaError(ValueError):
    """The body is of a kind that the operation does not take."""


def read_json(request: Request) -> Any:
    """Return the body read as JSON, whatever content type it was sent with.

    Raises:
        UnreadableError: it is not JSON.
    """
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError):
        raise UnreadableError("the body is not JSON") from None


def read_multipart(request: Request) -> dict[str, Any]:
    """Return the parts of a form by name: text as it is, a file as ``name``, ``content`` and ``media_type``.

    Raises:
        WrongMediaError: the body is no form.
        UnreadableError: it says that it is one, but its parts cannot be told apart.
    """
    content_type = request.headers.get("content-type", "")
    if not content_type.lower().startswith("multipart/form-data"):
        raise WrongMediaError("the body is no multipart form")
    form = BytesParser(policy=HTTP).parsebytes(
        b"Content-Type: " + content_type.encode("latin-1") + b"\r\n\r\n" + request.body
    )
    if not form.is_multipart():
        raise UnreadableError("the form has no boundary, or no parts")
    parts = [part for part in form.get_payload() if isinstance(part, Message)]
    return {str(part.get_param("name", "", "content-disposition")): _value_of(part) for part in parts}


def _value_of(part: Message) -> Any:
    payload = part.get_payload(decode=True)
    content = payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""
    name = part.get_filename()
    if name is None:
        return content
    return {"name": name, "content": content, "media_type": part.get_content_type()}
