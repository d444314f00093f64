"""What stands in the place of a secret: of its shape, and opening nothing."""

from __future__ import annotations

import hashlib
import hmac
import re
import string
from collections.abc import Iterable

from pytest_golive.credentials.secret import Secret, StandIn

KINDS = (string.ascii_lowercase, string.ascii_uppercase, string.digits)
HEX = re.compile(r"[0-9a-f]+")
PUBLIC = re.compile(r"(?:(?:sk|pk|rk|ak|api|key|secret|token|whsec|live|test|sandbox|production|prod|int)[_-])+")
"""How many secrets begin, which gives nothing away: the kind, and the mode."""

SHORTEST_REST = 8
"""Characters that have to follow such a beginning, so that it is only one."""


def secret_of(value: str, name: str, fingerprint: str) -> Secret:
    """Return a secret that was sent with its fingerprint: a stand-in where the two do not belong together."""
    real = Secret(value, name)
    return real if real.fingerprint == fingerprint else StandIn(value, name, fingerprint)


SHOWN_END = 4
"""Last characters of a key that vendors show beside asterisks; a stand-in that is compared with those ends alike."""

LONG = 20
"""Characters that a key has to have besides, for that to give nothing away."""


def stand_in(value: str, salt: bytes, prefixes: Iterable[str] = (), *, same_end: bool = False) -> str:
    """Return a text of the same shape as a secret: letters and digits replaced by others of their kind.

    Args:
        value: the secret.
        salt: makes the replacement one-way; never written down.
        prefixes: further public beginnings, kept as they are.
        same_end: whether a long one ends as the secret does.
    """
    head = _public(value, prefixes)
    rest = value[len(head) :]
    digits = iter(_stream(rest, salt))
    kinds = (string.hexdigits[:16],) if HEX.fullmatch(rest) else KINDS
    made = "".join(_other(letter, kinds, next(digits)) for letter in rest)
    kept = SHOWN_END if same_end and len(rest) >= LONG else 0
    return head + made[: len(made) - kept] + rest[len(rest) - kept :]


def _public(value: str, prefixes: Iterable[str]) -> str:
    match = PUBLIC.match(value)
    begun = [prefix for prefix in prefixes if value.startswith(prefix)] + ([match[0]] if match else [])
    return max((head for head in begun if len(value) - len(head) >= SHORTEST_REST), key=len, default="")


def _other(letter: str, kinds: tuple[str, ...], number: int) -> str:
    kind = next((kind for kind in kinds if letter in kind), "")
    return kind[number % len(kind)] if kind else letter


def _stream(text: str, salt: bytes) -> bytes:
    made = b""
    while len(made) < len(text):
        made += hmac.digest(salt, f"{len(made)} {text}".encode("utf-8", "surrogatepass"), hashlib.sha256)
    return made
