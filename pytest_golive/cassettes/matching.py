"""Whether a call is one that was recorded, and in which parts it differs if not."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, urlsplit

from pytest_golive.cassettes.filtering import CREDENTIAL, OPERATION, TARGET
from pytest_golive.cassettes.secret_fields import is_secret

if TYPE_CHECKING:
    from vcr.request import Request

ABSENT: Any = object()
SHOWN = 60
"""Characters of a value that a sentence shows."""

MOST = 3
"""Differences that a sentence tells."""

INCIDENTAL = frozenset({OPERATION, TARGET, "accept", "traceparent", "date", "x-request-id", "x-correlation-id"})
"""Headers of a request that make no other call of it."""


@dataclass(frozen=True, slots=True)
class Difference:
    """One part in which a call is not the recorded one.

    Attributes:
        part: which: query parameter `page`, header idempotency-key, body field `message`.
        recorded: what it was; :data:`ABSENT` for nothing.
        now: what it is.
    """

    part: str
    recorded: Any
    now: Any

    def __str__(self) -> str:
        return f"{self.part} was {_shown(self.recorded)} and is {_shown(self.now)}"


def same_call(now: Request, recorded: Request) -> bool:
    """Return whether two requests are the same call; vcrpy asks this."""
    return next(differences(now, recorded), None) is None


def alike(now: Request, recorded: Request) -> bool:
    """Whether two calls are of one operation, so that it makes sense to tell how they differ."""
    return all(
        (now.headers.get(name) or "") == (recorded.headers.get(name) or "") for name in (TARGET, OPERATION)
    ) and bool(now.method == recorded.method)


def differences(now: Request, recorded: Request) -> Iterator[Difference]:
    """Yield every part in which a call differs from a recorded one.

    The host is none: a sandbox listens on another port each time, and which vendor is meant is told apart from it.
    """
    if (now.headers.get(TARGET) or "") != (recorded.headers.get(TARGET) or ""):
        yield Difference("vendor", recorded.headers.get(TARGET), now.headers.get(TARGET))
    if now.method != recorded.method:
        yield Difference("method", recorded.method, now.method)
    mine, theirs = urlsplit(now.uri), urlsplit(recorded.uri)
    if mine.path != theirs.path:
        yield Difference("path", theirs.path, mine.path)
    yield from _pairs("query parameter", _query(theirs.query), _query(mine.query))
    yield from _headers(recorded, now)
    yield from _bodies(recorded, now)


def told(found: list[Difference]) -> str:
    """Return differences as one sentence."""
    more = f" and {len(found) - MOST} more" if len(found) > MOST else ""
    return f"{'; '.join(map(str, found[:MOST]))}{more}"


def _query(text: str) -> dict[str, Any]:
    values: dict[str, list[str]] = {}
    for name, value in parse_qsl(text, keep_blank_values=True):
        values.setdefault(name, []).append(value)
    return {name: found[0] if len(found) == 1 else found for name, found in values.items()}


def _headers(recorded: Request, now: Request) -> Iterator[Difference]:
    names = {name.lower() for each in (recorded, now) for name in each.headers} - INCIDENTAL
    for name in sorted(names):
        was, is_ = recorded.headers.get(name), now.headers.get(name)
        if was != is_:
            yield Difference("key" if name == CREDENTIAL else f"header {name}", _or_absent(was), _or_absent(is_))


def _or_absent(value: Any) -> Any:
    return ABSENT if value is None else value


def _pairs(what: str, was: Mapping[str, Any], is_: Mapping[str, Any]) -> Iterator[Difference]:
    for name in sorted(was.keys() | is_.keys()):
        secret = is_secret(name, was.get(name)) and is_secret(name, is_.get(name))
        if was.get(name, ABSENT) != is_.get(name, ABSENT) and not secret:
            yield Difference(f"{what} `{name}`", was.get(name, ABSENT), is_.get(name, ABSENT))


def _bodies(recorded: Request, now: Request) -> Iterator[Difference]:
    was, is_ = _body(recorded), _body(now)
    if isinstance(was, dict | list) and type(was) is type(is_):
        # Field by field, also where Python thinks they are equal: to it true is 1.
        yield from _fields(was, is_, "", "")
    elif was != is_ or type(was) is not type(is_):
        yield Difference("body", was, is_)


def _body(request: Request) -> Any:
    content: Any = request.body
    if not content:
        return ABSENT
    content = content if isinstance(content, bytes) else str(content).encode("utf-8", "surrogatepass")
    try:
        return json.loads(content)
    except (ValueError, RecursionError):
        return content


def _fields(was: Any, is_: Any, path: str, name: str) -> Iterator[Difference]:
    """Yield the fields of two JSON values that differ; two secrets in one place count as one."""
    if isinstance(was, dict) and isinstance(is_, dict):
        for key in [*was, *(key for key in is_ if key not in was)]:
            inner = f"{path}.{key}" if path else key
            yield from _fields(was.get(key, ABSENT), is_.get(key, ABSENT), inner, key)
    elif isinstance(was, list) and isinstance(is_, list):
        for index, (one, other) in enumerate(zip_longest(was, is_, fillvalue=ABSENT)):
            yield from _fields(one, other, f"{path}[{index}]", name)
    elif (was != is_ or type(was) is not type(is_)) and not (is_secret(name, was) and is_secret(name, is_)):
        yield Difference(f"body field `{path}`", was, is_)


def _shown(value: Any) -> str:
    if value is ABSENT:
        return "absent"
    if isinstance(value, bytes):
        try:
            value = value.decode()
        except UnicodeDecodeError:
            return f"{len(value)} bytes"
    text = repr(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return text if len(text) <= SHOWN else f"{text[:SHOWN]}…"
