"""Foreign text on a page: vendors answer with whatever they like, and a reader has to see what it was.

Markup is the template engine's business, which escapes everything. What it does not look at is done here: text that
cannot be written, that turns the words around it about, or that is as long as a book.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

LONGEST = 4_000
"""Characters of one field that any page shows."""

REPLACED = "\ufffd"

_UNWRITTEN = re.compile("[\ud800-\udfff\ufffe\uffff]")
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_TURNING = re.compile("[\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u2069\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]")
"""What changes the direction of text, breaks lines where no line ends, or takes no room at all."""


def plain(value: object, longest: int = LONGEST) -> str:
    """Return a value as text that shows what it holds and nothing else.

    Args:
        value: what is to be shown.
        longest: characters at most; what is left out is counted.
    """
    text = value if isinstance(value, str) else str(value)
    shown = text if len(text) <= longest else text[:longest]
    shown = _UNWRITTEN.sub(REPLACED, shown.replace("\r\n", "\n"))
    shown = _TURNING.sub(_named, _UNSEEN.sub(_named, shown))
    return shown if len(text) <= longest else f"{shown}… (cut: {len(text):,} characters in all)"


def one_line(value: object, longest: int = LONGEST) -> str:
    """Return a value as text without line breaks."""
    return " ".join(plain(value, longest).split())


def plain_json(value: Any) -> Any:
    """Return a nested value in which every text is plain, names of keys included."""
    if isinstance(value, str):
        return plain(value)
    if isinstance(value, Mapping):
        return {plain(name): plain_json(each) for name, each in value.items()}
    return [plain_json(each) for each in value] if isinstance(value, list | tuple) else value


def _named(found: re.Match[str]) -> str:
    """Return the number of a character that has no picture of its own in most fonts."""
    return f"[U+{ord(found[0]):04X}]"
