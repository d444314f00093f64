"""Traces from HAR archives, as browsers, proxies and load tools write them."""

from __future__ import annotations

import base64
import hashlib
import json
import math
from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from pytest_golive.clients.trace import KEPT_BYTES, Attempt, Connection, Fields, Trace
from pytest_golive.clients.trace_file import UnreadableTrace
from pytest_golive.facts.body_path import at

BEFORE = ("blocked", "dns", "connect", "send")
"""What happens before a request is there; `ssl` is a part of `connect`."""


def read(text: str, *, name: str = "archive") -> Trace:
    """Return the trace that an archive tells.

    Args:
        text: the archive, JSON.
        name: of the trace.

    Raises:
        UnreadableTrace: it is no archive, or an entry of it is none.
    """
    try:
        entries = at(json.loads(text), "log.entries")
    except ValueError:
        raise UnreadableTrace(0, "it is not JSON") from None
    if not isinstance(entries, list):
        raise UnreadableTrace(0, "it holds no log.entries, as a HAR archive does")
    begun = [_began(entry, number) for number, entry in enumerate(entries, start=1)]
    zero = min(begun, default=0.0)
    found = [
        _attempt(entry, number, start - zero)
        for number, (entry, start) in enumerate(zip(entries, begun, strict=True), start=1)
    ]
    ordered = sorted(found, key=lambda one: one.at)
    connections = {one.connection for one in ordered if one.connection}
    opened = {known: min(one.at for one in ordered if one.connection == known) for known in connections}
    return Trace(
        name=name,
        attempts=tuple(_numbered(one, number) for number, one in enumerate(ordered)),
        connections=tuple(Connection(known, "vendor", since) for known, since in sorted(opened.items())),
        zero=zero,
    )


def _numbered(attempt: Attempt, number: int) -> Attempt:
    return replace(attempt, number=number)


def _began(entry: Any, number: int) -> float:
    said = entry.get("startedDateTime") if isinstance(entry, dict) else None
    try:
        return datetime.fromisoformat(said).timestamp()  # type: ignore[arg-type]
    except (ValueError, TypeError):
        raise UnreadableTrace(0, f"entry {number}: startedDateTime: {said!r} is no date and time") from None


def _attempt(entry: Mapping[str, Any], number: int, start: float) -> Attempt:
    request, response = entry.get("request"), _object(entry.get("response"))
    if not isinstance(request, dict) or not isinstance(request.get("url"), str):
        raise UnreadableTrace(0, f"entry {number}: request.url is missing")
    scheme, _, rest = request["url"].rpartition("://")
    host, slash, path = rest.partition("/")
    body, answer = _sent(request), _content(_object(response.get("content")))
    there, first, last = _times(entry, start)
    status = int(_number(response.get("status"))) or None
    whole = _size(request, body)
    return Attempt(
        number=number,
        at=there,
        method=str(request.get("method", "GET")).upper(),
        target=f"{slash or '/'}{path}".partition("#")[0],
        headers=_fields(request.get("headers")),
        scheme=scheme or "http",
        host=host,
        connection=_connection(entry),
        body=body[:KEPT_BYTES],
        body_size=whole,
        body_sha256=hashlib.sha256(body).hexdigest() if body else "",
        body_at=there,
        answered_at=first if status else None,
        ended_at=last if status else None,
        left_at=None if status else last,
        status=status,
        answer_headers=_fields(response.get("headers")),
        answer=answer[:KEPT_BYTES],
    )


def _times(entry: Mapping[str, Any], start: float) -> tuple[float, float, float]:
    """Return when a request was there, when its answer began and when it ended."""
    timings = _object(entry.get("timings"))
    taken = {name: max(0.0, _number(timings.get(name))) / 1000 for name in (*BEFORE, "wait", "receive")}
    there = start + sum(taken[name] for name in BEFORE)
    first = there + taken["wait"]
    last = max(first + taken["receive"], start + _number(entry.get("time")) / 1000)
    return there, first, last


def _object(said: Any) -> dict[str, Any]:
    """Return an object of an archive; an empty one where there is none."""
    return said if isinstance(said, dict) else {}


def _number(said: Any) -> float:
    """Return a number of an archive; 0 where there is none."""
    return float(said) if isinstance(said, int | float) and math.isfinite(said) else 0.0


def _sent(request: Mapping[str, Any]) -> bytes:
    posted = _object(request.get("postData"))
    text = posted.get("text")
    if isinstance(text, str) and posted.get("encoding") == "base64":
        return _decoded(text)
    if isinstance(text, str):
        return text.encode("utf-8", "surrogatepass")
    return json.dumps(posted["params"]).encode() if posted.get("params") else b""


def _size(request: Mapping[str, Any], body: bytes) -> int:
    said = request.get("bodySize")
    return max(len(body), said) if isinstance(said, int) else len(body)


def _content(content: Mapping[str, Any]) -> bytes:
    text = content.get("text")
    if not isinstance(text, str):
        return b""
    return _decoded(text) if content.get("encoding") == "base64" else text.encode("utf-8", "surrogatepass")


def _decoded(text: str) -> bytes:
    try:
        return base64.b64decode(text)
    except ValueError:
        return text.encode("utf-8", "surrogatepass")


def _fields(said: Any) -> Fields:
    pairs = said if isinstance(said, list) else []
    return tuple((str(one.get("name", "")), str(one.get("value", ""))) for one in pairs if isinstance(one, dict))


def _connection(entry: Mapping[str, Any]) -> int:
    said = str(entry.get("connection") or "")
    return int(said) if said.isdecimal() else 0
