"""Requests and responses as values, so that a vendor's behaviour is a function from one to the other."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Protocol


class Headers(Mapping[str, str]):
    """Header fields by name, whatever its case. One that is sent twice reads as one list (RFC 9110, 5.3)."""

    __slots__ = ("_values",)

    def __init__(self, fields: Iterable[tuple[str, str]] = ()) -> None:
        self._values: dict[str, str] = {}
        for name, value in fields:
            key = name.lower()
            self._values[key] = f"{self._values[key]}, {value}" if key in self._values else value

    def __getitem__(self, name: str) -> str:
        return self._values[name.lower()]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __len__(self) -> int:
        return len(self._values)


@dataclass(frozen=True, slots=True)
class Request:
    """What a client sent.

    Attributes:
        method: in capital letters.
        path: still percent-encoded, without the query.
        query: the last value of each parameter.
        headers: by name, whatever its case.
        body: as it came, chunks joined.
        query_values: every value of each parameter, in order; those of `query` where no more is given.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=Headers)
    body: bytes = b""
    query_values: Mapping[str, Sequence[str]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.query and not self.query_values:
            object.__setattr__(self, "query_values", {name: (value,) for name, value in self.query.items()})


@dataclass(frozen=True, slots=True)
class Response:
    """What a client gets; the server adds the length."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""


class App(Protocol):
    """Something that answers requests, from many threads at once."""

    def __call__(self, request: Request) -> Response:
        """Return the answer to one request."""


def json_response(status: int, body: Any, headers: Mapping[str, str] | None = None) -> Response:
    """Return a response with ``body`` written as JSON."""
    # Half of a surrogate pair, as a query may hold it, is no text that can be sent.
    content = json.dumps(body, ensure_ascii=False).encode("utf-8", "replace")
    return Response(status, {"Content-Type": "application/json", **(headers or {})}, content)
