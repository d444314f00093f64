"""Fields whose name says that they hold a secret, though nobody configured it: one that the vendor has just issued."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from typing import Any

WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
LAST = frozenset({"secret", "secrets", "password", "passwd", "passphrase", "token", "authorization", "credential"})
LAST_TWO = frozenset(
    (first, "key")
    for first in ("api", "private", "secret", "access", "signing", "encryption", "secure", "auth", "authentication")
)
NOT_SECRET = frozenset({"page", "next", "previous", "prev", "continuation", "cursor", "sync", "id", "type"})
"""Words beside `token` that say that it is a place in a list."""

SHORTEST = 8
LONGEST_WORD = 16
"""From this length on, letters and digits mixed under the name `key` are a key; shorter ones may be a plain name."""

VEILED = re.compile(r"[*•…]|\.\.\.|\[[\w.]+ [0-9a-f]{12}\]")
"""How a secret looks that somebody has masked already."""


def says_secret(name: str) -> bool:
    """Whether a field of this name holds a secret."""
    words = [word.lower() for word in WORDS.findall(name)]
    if not words or NOT_SECRET & set(words):
        return False
    return words[-1] in LAST or tuple(words[-2:]) in LAST_TWO or words in (["apikey"], ["key"])


def is_secret(name: str, value: object) -> bool:
    """Whether this value of a field is a secret: named so, long enough, and not masked already."""
    if not isinstance(value, str) or len(value) < SHORTEST or VEILED.search(value) or not says_secret(name):
        return False
    if name.lower() != "key":
        return not value.isspace()
    # `key` also names what is looked up by it: an event, a field of a form.
    mixed = any(letter.isdigit() for letter in value) and any(letter.isalpha() for letter in value)
    return mixed and len(value) >= LONGEST_WORD and " " not in value


def replaced(value: Any, change: Callable[[str], str], name: str = "") -> Any:
    """Return a nested value with every secret in it changed."""
    if isinstance(value, Mapping):
        return {key: replaced(each, change, str(key)) for key, each in value.items()}
    if isinstance(value, list):
        return [replaced(each, change, name) for each in value]
    return change(value) if is_secret(name, value) else value


def secrets_in(value: Any, name: str = "") -> Iterator[str]:
    """Yield every secret of a nested value."""
    if isinstance(value, Mapping):
        for key, each in value.items():
            yield from secrets_in(each, str(key))
    elif isinstance(value, list):
        for each in value:
            yield from secrets_in(each, name)
    elif is_secret(name, value):
        yield str(value)
