"""An error as a vendor writes it, made of its pack: what a scripted failure looks like to a client."""

from __future__ import annotations

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from pytest_golive.sandbox.http import Response, json_response
from pytest_golive.vendors.library import read_schema
from pytest_golive.vendors.pack import Pack

MESSAGE = "The request could not be served."


def error_response(pack: Pack, status: int, code: str | None = None, *, message: str = MESSAGE) -> Response:
    """Return an error in the vendor's own shape.

    Args:
        pack: the vendor's contract.
        status: the status.
        code: the code for programs; None for the usual one of the status, if the vendor has codes.
        message: the text for people.
    """
    code = code or _usual_code(pack, status)
    body = _made(read_schema(pack.vendor, pack.errors.body), message)
    for path, value in _told(pack, status, code).items():
        _put(body, path, value)
    return json_response(status, body)


def phrase_of(status: int) -> str:
    """Return the words that go with a status; for one that has none, those of its class."""
    try:
        return HTTPStatus(status).phrase
    except ValueError:
        return "Client Error" if status < 500 else "Server Error"


def _usual_code(pack: Pack, status: int) -> str | None:
    if pack.errors.code is None:
        return None
    codes = [code for code, known in pack.errors.codes.items() if status in known.statuses]
    if codes:
        return codes[0]
    phrase = "_".join(re.findall("[A-Za-z]+", phrase_of(status).replace("'", "")))
    written_large = any(code.isupper() for code in pack.errors.codes)
    return phrase.upper() if written_large else phrase.lower()


def _told(pack: Pack, status: int, code: str | None) -> dict[str, Any]:
    errors = pack.errors
    known = errors.codes.get(code or "")
    kinds = known.types if known is not None else ()
    transient = known.retry if known is not None else _retry_of(pack, status)
    told = {
        errors.code: code,
        errors.type: kinds[0] if kinds else None,
        errors.status: status,
        errors.transient: transient == "bounded",
    }
    return {path: value for path, value in told.items() if path is not None and value is not None}


def _retry_of(pack: Pack, status: int) -> str:
    return pack.errors.statuses[status].retry if status in pack.errors.statuses else "never"


def _made(schema: Any, message: str) -> Any:
    """Return a value that fits a schema of the simple kind that error bodies have."""
    if not isinstance(schema, Mapping):
        return message  # true: anything fits
    kinds = schema.get("type", "object")
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if "null" in kinds:
        return None
    if "const" in schema or "enum" in schema:
        return schema.get("const", next(iter(schema.get("enum", ())), None))
    if "object" in kinds:
        return {name: _made(each, message) for name, each in schema.get("properties", {}).items()}
    if "string" in kinds:
        return "https://docs.example/errors" if schema.get("format") == "uri" else message
    plain: dict[str, Any] = {"integer": 0, "number": 0, "boolean": False, "array": []}
    return plain.get(next(iter(kinds), ""))


def _put(body: Any, path: str, value: Any) -> None:
    *above, last = path.split(".")
    for name in above:
        body = body.setdefault(name, {}) if isinstance(body, dict) else {}
    if isinstance(body, dict):
        body[last] = value
