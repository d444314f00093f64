"""Credentials in requests: which key was carried and where, and how requests are written down without any."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from urllib.parse import unquote, unquote_plus

from pytest_golive.clients.trace import Fields, Place
from pytest_golive.sandbox.front import key_of
from pytest_golive.sandbox.http import Headers, Request
from pytest_golive.vendors.pack import Pack

ALWAYS_HIDDEN = frozenset(("authorization", "proxy-authorization", "cookie", "set-cookie"))


@dataclass(frozen=True, slots=True)
class Carried:
    """A key that a request carried.

    Attributes:
        fingerprint: of the key.
        place: where it stood. Of several places the worst counts: an address is written into every log.
    """

    fingerprint: str
    place: Place


class Keys:
    """Knows the vendor's keys.

    Args:
        pack: says which headers carry a key.
        known: the keys by their values' names; those the client may have.
        fingerprint: names a key without giving it away.
        mask: takes every known secret out of a text.
    """

    def __init__(
        self, pack: Pack, known: Iterable[str], fingerprint: Callable[[str], str], mask: Callable[[str], str]
    ) -> None:
        self._ways = (pack.authentication, *pack.authentications.values())
        self._known = tuple(dict.fromkeys(key for key in known if key))
        self._fingerprint = fingerprint
        self._mask = mask
        self._hidden = ALWAYS_HIDDEN | {way.header.lower() for way in self._ways}

    def carried(self, target: str, fields: Fields, body: bytes) -> Carried | None:
        """Return the key that a request carried; None: none."""
        path, _, query = target.partition("?")
        in_header = self._in_headers(fields)
        places: tuple[tuple[Place, str | None], ...] = (
            ("query", self._within(query, unquote_plus(query))),
            ("path", self._within(path, unquote(path))),
            ("header", in_header),
            ("body", self._within(body.decode("utf-8", "replace"), _unescaped(body))),
        )
        return next((Carried(self._fingerprint(key), place) for place, key in places if key is not None), None)

    def hidden(self, fields: Iterable[tuple[str, str]]) -> Fields:
        """Return header fields with fingerprints in the place of credentials, and known secrets masked."""
        return tuple((name, self._shown(name, value)) for name, value in fields)

    def masked(self, content: bytes) -> bytes:
        """Return bytes with every known secret masked."""
        text = content.decode("utf-8", "surrogateescape")
        masked = self._mask(text)
        return content if masked == text else masked.encode("utf-8", "surrogateescape")

    def masked_text(self, text: str) -> str:
        """Return a text with every known secret masked."""
        return self._mask(text)

    def _in_headers(self, fields: Fields) -> str | None:
        request = Request("GET", "/", headers=Headers(fields))
        given = (key_of(way, request) for way in self._ways)
        usual = next((key for key in given if key), None)
        return usual or next((key for _, value in fields for key in self._known if key in value), None)

    def _within(self, *texts: str) -> str | None:
        return next((key for key in self._known for text in texts if key in text), None)

    def _shown(self, name: str, value: str) -> str:
        if name.lower() not in self._hidden:
            return self._mask(value)
        if name.lower() in {"cookie", "set-cookie"}:
            return self._fingerprint(value)
        way = next((way for way in self._ways if way.header.lower() == name.lower()), None)
        scheme, blank, rest = value.partition(" ")
        key = key_of(way, Request("GET", "/", headers=Headers([(name, value)]))) if way is not None else None
        if key is None or key == value:
            return f"{scheme} {self._fingerprint(rest)}" if blank else self._fingerprint(value)
        return f"{scheme} {self._fingerprint(key)}"


def _unescaped(body: bytes) -> str:
    """Return a JSON body with its escapes undone; "" for one that has none or is no JSON."""
    if b"\\" not in body:
        return ""
    try:
        return json.dumps(json.loads(body), ensure_ascii=False)
    except (ValueError, RecursionError):
        return ""


def lowered(fields: Fields) -> Mapping[str, str]:
    """Return header fields by name in small letters."""
    return dict(Headers(fields).items())
