"""A secret as a value that can be used, compared and named, and never printed."""

from __future__ import annotations

import hashlib
import hmac
import re
from typing import NoReturn

SHORTEST = 8
"""A shorter secret would also mask ordinary words wherever they stand in a report."""

_KEY = b"pytest-golive/1"
_COMMON = """
    access-key apikey api-key api-token authorization bearer changeme change-me credential default dummy
    example fill-me-in fixme insert-key-here letmein my-api-key my-secret no-secret not-set null none
    passphrase password placeholder replace-me replaceme sample secret secret-key something test-api-key
    test-key test-secret test-token testing to-be-defined todo token tbd undefined username your-key-here
    iloveyou qwertyuiop trustno sunshine princess football welcome abcdefgh abcdefghi abcdefghij
"""
_COMMON_WORDS = frozenset(_COMMON.split())
_PLACEHOLDER = re.compile(
    r"""<[^<>]*> | \$?\{[\w .-]*\} | \{\{.*\}\} | \[[\w .-]*\] | %\(\w*\)s | \$[A-Z_]+   # not filled in
      | (put|insert|enter|paste|add|replace|change)[-_ ]?(me|your|the|this|with)(?![a-z]).*
      | your[-_ ].*
      | x{4,}[-_x]*x{4,}
    """,
    re.VERBOSE | re.IGNORECASE | re.DOTALL,
)


def fingerprint(value: str) -> str:
    """Return the 12 hex digits that stand for a secret: equal for equal secrets, and no way back."""
    digest = hmac.new(_KEY, value.encode("utf-8", "surrogatepass"), hashlib.sha256)
    return digest.hexdigest()[:12]


class Secret:
    """A secret value under a name such as ``uppzy.api_key``; only :meth:`reveal` gives the value away."""

    __slots__ = ("_fingerprint", "_value", "name")

    def __init__(self, value: str, name: str) -> None:
        self._value = value
        self._fingerprint = fingerprint(value)
        self.name = name

    def reveal(self) -> str:
        """Return the value itself, for the one place that has to send it."""
        return self._value

    @property
    def fingerprint(self) -> str:
        """The 12 hex digits that may be shown and compared in place of the value."""
        return self._fingerprint

    def __repr__(self) -> str:
        return f"<Secret {self.name} {self._fingerprint}>"

    __str__ = __repr__

    def __format__(self, spec: str) -> str:
        return format(repr(self), spec)

    def __eq__(self, other: object) -> bool:
        if not isinstance(other, Secret):
            return NotImplemented
        mine, theirs = (secret.reveal().encode("utf-8", "surrogatepass") for secret in (self, other))
        return hmac.compare_digest(mine, theirs)

    def __hash__(self) -> int:
        return hash(self._fingerprint)

    def __reduce__(self) -> NoReturn:
        raise TypeError(f"the secret {self.name} is neither copied nor pickled: pass its name and read it again")

    def __reduce_ex__(self, protocol: object) -> NoReturn:
        self.__reduce__()


def weakness(value: str) -> str | None:
    """Return why `value` cannot be a real secret, in a sentence without the value; None when it can."""
    if len(value) < SHORTEST:
        return f"the secret is shorter than {SHORTEST} characters, too short to be masked in a report"
    if len(set(value)) == 1:
        return "the secret is one character repeated, surely not the real one"
    if _is_placeholder(value.strip()):
        return "the secret is a placeholder or a common word, surely not the real one"
    return None


def _is_placeholder(value: str) -> bool:
    words = re.sub(r"[\s_]+", "-", value.lower())
    stem = words.rstrip("0123456789!.-")  # password1, changeme-123!
    digits_in_a_row = value in "01234567890123456789" or value in "98765432109876543210"
    return stem in _COMMON_WORDS or digits_in_a_row or _PLACEHOLDER.fullmatch(value) is not None


class StandIn(Secret):
    """Used in the place of a secret that a replay does not need; shown with the fingerprint of the real one."""

    __slots__ = ()

    def __init__(self, value: str, name: str, fingerprint: str) -> None:
        super().__init__(value, name)
        self._fingerprint = fingerprint
