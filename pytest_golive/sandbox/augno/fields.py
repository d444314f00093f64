"""What a request body may hold, field by field, and the refusal of each body that does not."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any, Literal

from pytest_golive.sandbox.augno.problem import Problem, malformed, missing

LONGEST_TEXT = 255
LARGEST_BODY = 1024 * 1024
"""Bytes of a request body; more is refused."""

ADDRESS = re.compile(r"[^@\s]+@[^@\s]+\.[^@\s]+")
DECIMAL = re.compile(r"-?[0-9]+(\.[0-9]+)?")
DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
TIME = r"[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,9})?([Zz]|[+-][0-9]{2}:[0-9]{2})"
MOMENT = re.compile(f"{DAY.pattern}[Tt ]{TIME}")
HALF_CHARACTER = re.compile(rb"\\u[dD][89a-fA-F]")
COUNTRY = re.compile(r"[A-Za-z]{2}")

Sort = Literal[
    "text", "email", "country", "decimal", "integer", "boolean", "choice", "moment", "day", "texts", "object", "objects"
]


@dataclass(frozen=True, slots=True)
class Field:
    """One field of a request body.

    Attributes:
        name: how it is called.
        sort: what it holds; `moment` is a date with or without a time, `texts` a list of ids.
        required: it may not be left out when something is created.
        nullable: null clears it.
        blank: a text may be empty.
        nonzero: a decimal may not be zero.
        choices: the values a `choice` may have.
        inner: the fields of an `object`, or of each of the `objects`.
        absent: the code of the refusal when it is left out.
    """

    name: str
    sort: Sort = "text"
    required: bool = False
    nullable: bool = False
    blank: bool = True
    nonzero: bool = False
    choices: tuple[str, ...] = ()
    inner: tuple[Field, ...] = ()
    absent: str = "missing_field"


def read_object(raw: bytes) -> dict[str, Any]:
    """Return a request body as a JSON object; nothing at all is an empty one.

    Raises:
        Problem: it is too large, no JSON, or no object.
    """
    if len(raw) > LARGEST_BODY:
        raise Problem("validation_failed", "The request body is larger than 1 MiB.")
    if not raw.strip():
        return {}
    try:
        body = json.loads(raw)
        if HALF_CHARACTER.search(raw):
            body = _whole_characters(body)
    except (ValueError, RecursionError):
        raise Problem("validation_failed", "The request body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise Problem("invalid_format", "The request body must be a JSON object.")
    return body


def read_fields(fields: Iterable[Field], body: Mapping[str, Any], *, patch: bool = False) -> dict[str, Any]:
    """Return the fields that were sent, judged one by one.

    Args:
        fields: what may be sent.
        body: what was sent.
        patch: nothing is required but something, and a blank text is one written wrongly.

    Raises:
        Problem: the first that is wrong: unknown fields before wrong ones, those before missing ones.
    """
    if patch and not body:
        raise Problem("validation_failed", "At least one field is required.")
    return _read(tuple(fields), body, patch=patch, within="")


def _read(fields: tuple[Field, ...], body: Mapping[str, Any], *, patch: bool, within: str) -> dict[str, Any]:
    known = {field.name: field for field in fields}
    for name in body:
        if name not in known:
            raise Problem("parameter_unknown", f"Unknown field: {within}{name}.", f"{within}{name}")
    found = {name: _value(known[name], body[name], f"{within}{name}", patch=patch) for name in body}
    for field in fields if not patch else ():
        if field.required and field.name not in body:
            raise Problem(field.absent, f"{within}{field.name} is required.", f"{within}{field.name}")
    return found


def _value(field: Field, value: Any, param: str, *, patch: bool) -> Any:
    if value is None:
        if field.nullable:
            return None
        raise Problem("invalid_format", f"{param} may not be null.", param)
    if field.sort in {"text", "email", "country"}:
        return _text(field, value, param, patch=patch)
    if field.sort in {"object", "objects", "texts"}:
        return _compound(field, value, param)
    return _scalar(field, value, param)


def _text(field: Field, value: Any, param: str, *, patch: bool) -> str:
    if not isinstance(value, str):
        raise malformed(param, "a string")
    if not value.strip() and (field.required or not field.blank):
        if field.required and not patch:
            raise missing(param)
        raise Problem("invalid_format", f"{param} may not be blank.", param)
    if len(value) > LONGEST_TEXT and field.name not in {"note", "notes", "description"}:
        raise malformed(param, f"at most {LONGEST_TEXT} characters")
    if field.sort == "email" and value and not ADDRESS.fullmatch(value):
        raise malformed(param, "an e-mail address")
    if field.sort == "country" and not COUNTRY.fullmatch(value):
        raise malformed(param, "a country code of two letters")
    return value


def _scalar(field: Field, value: Any, param: str) -> Any:
    if field.sort == "choice":
        return _choice(field, value, param)
    if field.sort == "decimal":
        return _decimal(field, value, param)
    if field.sort == "boolean":
        if not isinstance(value, bool):
            raise malformed(param, "true or false")
        return value
    if field.sort == "integer":
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise malformed(param, "a whole number, not below 0")
        return value
    return _time(field, value, param)


def _choice(field: Field, value: Any, param: str) -> str:
    if not isinstance(value, str):
        raise malformed(param, "a string")
    if value not in field.choices:
        raise Problem("parameter_invalid", f"{param} must be one of: {', '.join(field.choices)}.", param)
    return value


def _decimal(field: Field, value: Any, param: str) -> str:
    if not isinstance(value, str) or len(value) > LONGEST_TEXT or not DECIMAL.fullmatch(value):
        raise malformed(param, "a decimal number, written as a string")
    if field.nonzero and Decimal(value) == 0:
        raise Problem("invalid_format", f"{param} may not be zero.", param)
    return value


def _time(field: Field, value: Any, param: str) -> str:
    due = "a date (YYYY-MM-DD)" if field.sort == "day" else "a date and time (RFC 3339)"
    if not isinstance(value, str) or (read_day(value) if field.sort == "day" else read_moment(value)) is None:
        raise malformed(param, due)
    return value


def _compound(field: Field, value: Any, param: str) -> Any:
    if field.sort == "object":
        if not isinstance(value, dict):
            raise malformed(param, "an object")
        return _read(field.inner, value, patch=False, within=f"{param}.")
    if not isinstance(value, list):
        raise malformed(param, "a list")
    if field.required and not value:
        raise Problem("invalid_format", f"{param} may not be empty.", param)
    if field.sort == "texts":
        if not all(isinstance(each, str) and each for each in value):
            raise malformed(param, "a list of ids")
        return list(value)
    if not all(isinstance(each, dict) for each in value):
        raise malformed(param, "a list of objects")
    # A field of a list's item is named alone, as Augno does: product_id, not lines[0].product_id.
    return [_read(field.inner, each, patch=False, within="") for each in value]


def read_day(text: str) -> date | None:
    """Return a date written as YYYY-MM-DD; None for anything else."""
    try:
        return date.fromisoformat(text) if DAY.fullmatch(text) else None
    except ValueError:
        return None


def read_moment(text: str) -> datetime | None:
    """Return a date and time with its zone, as RFC 3339 writes it, in UTC; None for anything else."""
    try:
        return datetime.fromisoformat(text.upper()).astimezone(UTC) if MOMENT.fullmatch(text) else None
    except (ValueError, OverflowError):
        return None


def _whole_characters(value: Any) -> Any:
    """Return a body in which halves of characters are replaced: no answer could be written with them."""
    text = json.dumps(value, ensure_ascii=False).encode("utf-16", "surrogatepass")
    return json.loads(text.decode("utf-16", "replace"))
