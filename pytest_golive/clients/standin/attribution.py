"""Which call a request was made for, where several are under way at once."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

from pytest_golive.vendors.pack import Pack

LEADS_ON = 6
"""Characters; a shorter value of a request that stood in an earlier answer proves nothing."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A call that was under way.

    Attributes:
        id: of the call.
        operation: what the client was asked to do.
        arguments: with what.
    """

    id: str
    operation: str
    arguments: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Sent:
    """What of a request tells whose it is.

    Attributes:
        operation: what it is for.
        target: path and query.
        body: as sent.
        idempotency_key: its key; "" for none.
        under_way: the calls that were when it arrived.
        answer: what it was answered with.
    """

    operation: str | None
    target: str
    body: bytes
    idempotency_key: str
    under_way: tuple[Asked, ...]
    answer: bytes


class Desk:
    """Knows which calls are under way; used by the threads that ask for them."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._under_way: dict[str, Asked] = {}

    def begin(self, call: Asked) -> None:
        """Take note of a call that begins."""
        with self._lock:
            self._under_way[call.id] = call

    def end(self, call_id: str) -> None:
        """Take note of a call that is over."""
        with self._lock:
            self._under_way.pop(call_id, None)

    def under_way(self) -> tuple[Asked, ...]:
        """Return the calls that are under way now."""
        with self._lock:
            return tuple(self._under_way.values())


def attributed(requests: Sequence[Sent], pack: Pack) -> list[str | None]:
    """Return for each request, in order of arrival, the call it was made for; None where that is not certain."""
    before: list[tuple[Sent, str | None]] = []
    for request in requests:
        before.append((request, _call_of(request, before, pack)))
    return [call for _, call in before]


def _call_of(request: Sent, before: Sequence[tuple[Sent, str | None]], pack: Pack) -> str | None:
    candidates = request.under_way
    if len(candidates) <= 1:
        return candidates[0].id if candidates else None
    known = {call.id for call in candidates}
    by_key = {
        call
        for earlier, call in before
        if request.idempotency_key and earlier.idempotency_key == request.idempotency_key and call in known
    }
    if len(by_key) == 1:
        return by_key.pop()
    fitting = [call for call in candidates if request.operation in _operations_of(call.operation, pack)]
    if len(fitting) == 1:
        return fitting[0].id
    words = _words_of(request)
    by_arguments = [call.id for call in fitting if _is_told_by(call, fitting, words)]
    if len(by_arguments) == 1:
        return by_arguments[0]
    return _led_on(words, known, before)


def _operations_of(operation: str, pack: Pack) -> set[str]:
    """Return the operations that an operation of a client is made of."""
    composite = pack.composites.get(operation)
    return {operation} if composite is None else {operation, composite.submit, composite.poll}


def _is_told_by(call: Asked, others: Sequence[Asked], words: set[str]) -> bool:
    """Whether everything that sets this call apart from the others stands in the request."""
    mine = {
        name: value
        for name, value in call.arguments.items()
        if any(other.arguments.get(name) != value for other in others)
    }
    values = [value for given in mine.values() for value in _leaves(given)]
    return bool(values) and all(value in words for value in values)


def _led_on(words: set[str], known: set[str], before: Sequence[tuple[Sent, str | None]]) -> str | None:
    """Return the one call whose earlier answers hold what the request asks for: a cursor, the id of a job."""
    telling = [word.encode() for word in words if len(word) >= LEADS_ON]
    led = {call for earlier, call in before if call in known and any(word in earlier.answer for word in telling)}
    return led.pop() if len(led) == 1 else None


def _words_of(request: Sent) -> set[str]:
    """Return every value of the request: parts of its path and query, and of its body."""
    path, _, query = request.target.partition("?")
    words = {unquote(part) for part in path.split("/") if part}
    words |= {unquote(part.partition("=")[2].replace("+", " ")) for part in query.split("&") if part}
    try:
        words |= set(_leaves(json.loads(request.body)))
    except (ValueError, RecursionError):
        # A form: its parts stand on lines of their own.
        words |= {line.strip() for line in re.split(r"[\r\n]+", request.body.decode("utf-8", "replace"))}
    return words


def _leaves(value: Any) -> Iterator[str]:
    if isinstance(value, Mapping):
        yield from _all_leaves(value.values())
    elif isinstance(value, list | tuple):
        yield from _all_leaves(value)
    elif value is not None:
        yield str(value)


def _all_leaves(values: Iterable[Any]) -> Iterator[str]:
    for value in values:
        yield from _leaves(value)
