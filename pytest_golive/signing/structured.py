"""Structured fields (RFC 9651), as far as signatures are written in them: dictionaries of inner lists and of bytes."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TypeAlias, TypeVar


class Token(str):
    """A word that stands without quotes."""

    __slots__ = ()


Kind = TypeVar("Kind")
Bare: TypeAlias = str | int | bool | bytes
Parameters: TypeAlias = Mapping[str, Bare]


@dataclass(frozen=True, slots=True)
class Component:
    """A string of an inner list, with its parameters."""

    name: str
    parameters: Parameters = field(default_factory=dict)

    @property
    def written(self) -> str:
        """As it stands in the list."""
        return written(self.name) + _parameters(self.parameters)


@dataclass(frozen=True, slots=True)
class InnerList:
    """Strings in parentheses, and the list's own parameters."""

    items: tuple[Component, ...]
    parameters: Parameters = field(default_factory=dict)

    @property
    def written(self) -> str:
        """As a header holds it."""
        return f"({' '.join(item.written for item in self.items)}){_parameters(self.parameters)}"


def written(value: Bare) -> str:
    """Return one value as a header holds it."""
    if isinstance(value, bool):
        return f"?{int(value)}"
    if isinstance(value, Token):
        return str(value)
    if isinstance(value, str):
        return '"' + value.replace("\\", "\\\\").replace('"', '\\"') + '"'
    if isinstance(value, bytes):
        return f":{base64.b64encode(value).decode()}:"
    return str(value)


def inner_lists(text: str) -> dict[str, InnerList]:
    """Read a dictionary of inner lists: `Signature-Input`.

    Raises:
        ValueError: it is none.
    """
    return {key: _all_of(InnerList, value) for key, value in _Reader(text).dictionary().items()}


def byte_strings(text: str) -> dict[str, bytes]:
    """Read a dictionary of byte strings: `Signature`, `Content-Digest`.

    Raises:
        ValueError: it is none.
    """
    return {key: _all_of(bytes, value) for key, value in _Reader(text).dictionary().items()}


def component(text: str) -> Component:
    """Read a component as a scheme names it, without the quotes around its name.

    Raises:
        ValueError: it is none.
    """
    name, semicolon, rest = text.partition(";")
    reader = _Reader(f'"{name}"{semicolon}{rest}')
    found = reader.component()
    reader.must_be_done()
    return found


def _parameters(parameters: Parameters) -> str:
    return "".join(f";{key}" + ("" if value is True else f"={written(value)}") for key, value in parameters.items())


def _all_of(kind: type[Kind], value: object) -> Kind:
    if not isinstance(value, kind):
        raise ValueError(f"a member is no {kind.__name__}")  # noqa: TRY004  # a header is wrong, not a caller
    return value


class _Reader:
    """Reads one header value from left to right."""

    KEY = re.compile(r"[a-z*][a-z0-9_.*-]*")
    STRING = re.compile(r'"((?:[ !#-\[\]-~]|\\["\\])*)"')
    INTEGER = re.compile(r"-?[0-9]{1,15}(?![0-9.])")
    BYTES = re.compile(r":([A-Za-z0-9+/=]*):")
    BOOLEAN = re.compile(r"\?([01])")
    TOKEN = re.compile(r"[A-Za-z*][!#$%&'*+.^_`|~:/A-Za-z0-9-]*")
    BETWEEN = re.compile(r"[ \t]*,[ \t]*")
    SPACES = re.compile(r" +")

    def __init__(self, text: str) -> None:
        self.text = text.strip(" ")
        self.at = 0

    def dictionary(self) -> dict[str, InnerList | Bare]:
        """Read all of it."""
        members: dict[str, InnerList | Bare] = {}
        while True:
            key = self._need(self.KEY, "a key").group()
            if key in members:
                raise ValueError(f"{key} stands there twice")
            self._literal("=")
            members[key] = self._inner_list() if self.text[self.at : self.at + 1] == "(" else self._item()
            if self.at == len(self.text):
                return members
            self._need(self.BETWEEN, "a comma")

    def component(self) -> Component:
        """Read a string with its parameters."""
        return Component(self._string(), self._parameters())

    def must_be_done(self) -> None:
        """Demand that nothing is left."""
        if self.at != len(self.text):
            raise ValueError(f"there is more at {self.at}")

    def _item(self) -> Bare:
        value = self._bare()
        self._parameters()
        return value

    def _inner_list(self) -> InnerList:
        self._literal("(")
        items: list[Component] = []
        self._skip(self.SPACES)
        while not self._skip(re.compile(r"\)")):
            if items and self.text[self.at - 1] != " ":
                raise ValueError(f"no space at {self.at}")
            items.append(self.component())
            self._skip(self.SPACES)
        return InnerList(tuple(items), self._parameters())

    def _parameters(self) -> dict[str, Bare]:
        found: dict[str, Bare] = {}
        while self._skip(re.compile(r"; *")):
            key = self._need(self.KEY, "a parameter").group()
            # A name that stands there twice counts with its last value, in its last place.
            found.pop(key, None)
            found[key] = self._bare() if self._skip(re.compile("=")) else True
        return found

    def _bare(self) -> Bare:
        start = self.text[self.at : self.at + 1]
        if start == '"':
            return self._string()
        if start == ":":
            return self._bytes()
        if start == "?":
            return self._need(self.BOOLEAN, "a boolean").group(1) == "1"
        if start.isalpha() or start == "*":
            return Token(self._need(self.TOKEN, "a token").group())
        return int(self._need(self.INTEGER, "a value").group())

    def _string(self) -> str:
        return re.sub(r"\\(.)", r"\1", self._need(self.STRING, "a string").group(1))

    def _bytes(self) -> bytes:
        try:
            return base64.b64decode(self._need(self.BYTES, "bytes").group(1), validate=True)
        except binascii.Error:
            raise ValueError(f"no base64 before {self.at}") from None

    def _need(self, pattern: re.Pattern[str], what: str) -> re.Match[str]:
        match = pattern.match(self.text, self.at)
        if match is None:
            raise ValueError(f"{what} is due at {self.at}")
        self.at = match.end()
        return match

    def _literal(self, text: str) -> None:
        self._need(re.compile(re.escape(text)), text)

    def _skip(self, pattern: re.Pattern[str]) -> bool:
        match = pattern.match(self.text, self.at)
        if match is not None:
            self.at = match.end()
        return match is not None
