"""Tells a value that a machine made from one that somebody wrote as an example."""

from __future__ import annotations

import itertools
import math
import re
from collections import Counter
from collections.abc import Iterator

from pytest_golive.credentials.secret import weakness

SHORTEST = 12
"""A shorter value says too little about who made it."""

LONGEST = 256
"""Longer ones are certificates, images, or values that were encrypted before they were written down."""

_LEAST_BITS = 2.8
"""Bits per character that a value has at least; twelve random digits and letters have about 3.3."""

_EXAMPLES = """
    example sample placeholder changeme change_me change-me dummy fake your mykey my_key my-key insert redacted xxxx
    apikey api_key api-key secret token foobar lorem qwerty asdf zxcv deadbeef cafebabe 0000 invalid notreal not_real
    mock stub todo fixme demo hidden masked wrong expired revoked corrupt fixture replace local here goes abcd 1234
    test staging sandbox production default
"""
_SAYS_SO = tuple(_EXAMPLES.split())
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[1-8][0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}", re.IGNORECASE)
_TYPE = re.compile(r"[a-z]{2,6}_(?:(?:[a-z]{2}_)?(?:live|prod|test|sandbox|staging)_)?")
_WORD = re.compile(r"[A-Za-z]{3,}|[a-z]+[0-9]?")
_REPEATED = re.compile(r"(.)\1{3}|^(.{1,8}?)\2+$")


def looks_made_by_a_machine(value: str) -> bool:
    """Whether a value could be a key somebody uses, and is no word, row of characters or placeholder."""
    body = _TYPE.sub("", value, count=1) if _TYPE.match(value) else value
    if not SHORTEST <= len(body) <= LONGEST or weakness(value) is not None or weakness(body) is not None:
        return False
    if _UUID.fullmatch(body):
        return len(set(body)) > 10 and not _REPEATED.search(body)
    lower = body.lower()
    if any(word in lower for word in _SAYS_SO) or _REPEATED.search(body) or _is_made_of_words(body):
        return False
    return _is_mixed(body) and _bits(body) >= _LEAST_BITS and not _counts_up(lower)


def _is_mixed(body: str) -> bool:
    """Whether digits stand in it, or capitals where no word begins."""
    turns = sum(first.islower() != second.islower() for first, second in _pairs(body))
    letters_alone = turns >= len(body) / 4 and not re.search("[a-z]{5}", body)
    return any(map(str.isalpha, body)) and (any(map(str.isdigit, body)) or letters_alone)


def _is_made_of_words(body: str) -> bool:
    parts = [part for part in re.split(r"[-_./]+", body) if part]
    return len(parts) > 1 and sum(_WORD.fullmatch(part) is not None for part in parts) > len(parts) / 2


def _bits(body: str) -> float:
    counts = Counter(body)
    return -sum(count / len(body) * math.log2(count / len(body)) for count in counts.values())


def _counts_up(lower: str) -> bool:
    """Whether half of it goes up or down in steps of one, also where two such rows are woven into each other."""
    return max(_share_in_rows(lower), min(_share_in_rows(lower[::2]), _share_in_rows(lower[1::2]))) >= 0.5


def _share_in_rows(text: str) -> float:
    in_rows, row, step = 0, 1, 0
    for first, second in [*_pairs(text), ("", "")]:
        now = ord(second) - ord(first) if second else 0
        if now in {-1, 1} and (row == 1 or now == step):
            row, step = row + 1, now
            continue
        in_rows += row if row >= 3 else 0
        row, step = (2, now) if now in {-1, 1} else (1, 0)
    return in_rows / max(len(text), 1)


def _pairs(text: str) -> Iterator[tuple[str, str]]:
    return itertools.pairwise(text)
