"""Bodies as a person reads them in a file, and as the very bytes they were.

A JSON body is indented where it is written in one of the usual spellings, so that it can be written so again; a text
stays a text; everything else stays bytes.
"""

from __future__ import annotations

import json
import re
from typing import Any

SPELLINGS: dict[str, dict[str, Any]] = {
    "json": {"ensure_ascii": False},
    "json ascii": {"ensure_ascii": True},
    "json compact": {"ensure_ascii": False, "separators": (",", ":")},
    "json compact ascii": {"ensure_ascii": True, "separators": (",", ":")},
}
"""The usual ways to write JSON, by the name a cassette gives them."""

UNWRITABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")
"""Characters that YAML cannot hold, or not exactly."""

BOUNDARY = "golive"


def parsed(text: str) -> Any:
    """Return what a JSON text says.

    Raises:
        ValueError: it is no JSON.
    """
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("nested too deep") from None


def spelling_of(text: str, value: Any) -> str | None:
    """Return the usual spelling in which a value is written, None where it is another one."""
    for name, how in SPELLINGS.items():
        try:
            if json.dumps(value, **how) == text:
                return name
        except (ValueError, RecursionError):
            return None
    return None


def spelled(value: Any, spelling: str) -> str:
    """Return a value in one of the usual spellings."""
    return json.dumps(value, **SPELLINGS[spelling])


def indented(value: Any) -> str:
    """Return a value as a file shows it; letters beyond ASCII are escaped, so that YAML shows lines as lines."""
    return json.dumps(value, indent=2, ensure_ascii=True) + "\n"


def decoded(content: bytes) -> str | bytes:
    """Return a body as text, if it is one that a file can hold exactly, else its bytes."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        return content
    return content if UNWRITABLE.search(text) else text


def boundary_of(content_type: str) -> str | None:
    """Return what separates the parts of a multipart body; None for any other body."""
    match = re.match(r"multipart/[\w-]+\s*;.*?boundary=\"?([^\";]+)\"?", content_type, re.IGNORECASE)
    return match[1] if match else None


def with_known_boundary(content: bytes, content_type: str) -> tuple[bytes, str]:
    """Return a multipart body and its type with one boundary that is always the same; clients make up a new one."""
    boundary = boundary_of(content_type)
    if boundary is None:
        return content, content_type
    known = content.replace(f"--{boundary}".encode(), f"--{BOUNDARY}".encode())
    return known, content_type.replace(boundary, BOUNDARY)
