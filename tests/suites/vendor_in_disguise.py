"""How a right vendor is turned into a wrong one: its app, wrapped."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import cache
from typing import Any

from pytest_golive.sandbox.http import App, Request, Response, json_response
from pytest_golive.sandbox.routing import Routes, UnknownPathError, WrongMethodError
from pytest_golive.vendors.library import read_pack

Embedded = Any
"""An embedded vendor; a twist may look at its state and at its pack."""

Wrap = Callable[[Embedded], App]
Twist = Callable[[Embedded, Request], Response]
"""Answers a request in the app's place; may ask the app first."""


def operation_of(app: Embedded, request: Request) -> str:
    """Return the operation a request calls; empty for an unknown path."""
    try:
        return _routes(app.pack.vendor).find(request.method, request.path).operation
    except (UnknownPathError, WrongMethodError):
        return ""


def on(operation: str, twist: Twist) -> Wrap:
    """Twist the answers to one operation; the others stay right."""

    def wrap(app: Embedded) -> App:
        return lambda request: twist(app, request) if operation_of(app, request) == operation else app(request)

    return wrap


def everywhere(twist: Twist) -> Wrap:
    """Twist every answer."""

    def wrap(app: Embedded) -> App:
        return lambda request: twist(app, request)

    return wrap


def before(change: Callable[[Embedded], object]) -> Wrap:
    """Change something of the vendor before the run begins; its answers are its own."""

    def wrap(app: Embedded) -> App:
        change(app)
        changed: App = app
        return changed

    return wrap


def answers(status: int, body: Any = None, headers: Mapping[str, str] | None = None) -> Twist:
    """Answer always so."""
    return lambda app, request: json_response(status, {"error": "broken"} if body is None else body, headers)


def once_it_succeeds(change: Callable[[Response], Response]) -> Twist:
    """Let the app answer, and change a success; refusals stay."""

    def twist(app: Embedded, request: Request) -> Response:
        response = app(request)
        return change(response) if response.status < 300 else response

    return twist


def holding(**fields: Any) -> Twist:
    """Put these fields into the body of every success."""
    return once_it_succeeds(lambda response: _with_body(response, lambda body: {**body, **fields}))


def lacking(*names: str) -> Twist:
    """Take these fields out of the body of every success."""
    return once_it_succeeds(
        lambda response: _with_body(response, lambda body: {k: v for k, v in body.items() if k not in names})
    )


def being(body: Any) -> Twist:
    """Put this body in the place of the one of every success."""
    return once_it_succeeds(lambda response: _with_body(response, lambda _: body))


def failing(status: int = 500) -> Twist:
    """Turn every success into a failure."""
    return once_it_succeeds(lambda response: json_response(status, {"error": "broken"}))


def in_state(status: str) -> Twist:
    """Answer a poll with this state, whatever the request's is."""

    def changed(response: Response) -> Response:
        body = json_of(response.body)
        return json_response(200, {name: body[name] for name in ("session_id", "request_id")} | {"status": status})

    return once_it_succeeds(changed)


def page(text: str) -> Twist:
    """Put an HTML page in the place of every success."""
    return once_it_succeeds(lambda response: Response(200, {"Content-Type": "text/html"}, text.encode()))


def when(condition: Callable[[Embedded, Request], bool], twist: Twist) -> Twist:
    """Twist only the answers to some requests."""
    return lambda app, request: twist(app, request) if condition(app, request) else app(request)


def sent(**fields: Any) -> Callable[[Embedded, Request], bool]:
    """Say whether a request's body holds these fields; None stands for one that is left out."""

    def condition(app: Embedded, request: Request) -> bool:
        body = json_of(request.body)
        return isinstance(body, dict) and all(body.get(name) == value for name, value in fields.items())

    return condition


def json_of(content: bytes) -> Any:
    """Return a body read as JSON, None where it is none."""
    try:
        return json.loads(content)
    except ValueError:
        return None


def sending(request: Request, body: Any) -> Request:
    """Return the request with another body."""
    return Request(request.method, request.path, request.query, request.headers, json.dumps(body).encode())


def with_key(request: Request, key: str, header: str = "x-api-key") -> Request:
    """Return the request with another key: as the value of this header is written, `Bearer` and all."""
    return with_header(request, header, key)


def with_header(request: Request, header: str, value: str) -> Request:
    """Return the request with another value of a header."""
    headers = {**{name: request.headers[name] for name in request.headers}, header.lower(): value}
    return Request(request.method, request.path, request.query, _Headers(headers), request.body)


@cache
def _routes(vendor: str) -> Routes:
    return Routes(read_pack(vendor))


class _Headers(dict[str, str]):
    """Header fields whose names are asked for in any case."""

    def get(self, name: str, default: Any = None) -> Any:
        return super().get(name.lower(), default)


def at(request: Request, path: str) -> Request:
    """Return the request with another path."""
    return Request(request.method, path, request.query, request.headers, request.body)


def _with_body(response: Response, change: Callable[[Any], Any]) -> Response:
    return json_response(response.status, change(json_of(response.body)))
