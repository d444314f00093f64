"""What every embedded vendor does the same way, by its pack: find, authenticate, read, validate, hand on.

A vendor is a subclass of :class:`Front` that says whom a key belongs to and what its refusals look like, and
some subjects: objects whose methods are called as the pack's operations are.
"""

from __future__ import annotations

import base64
import binascii
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Generic, TypeVar

from jsonschema import Draft202012Validator, FormatChecker
from jsonschema.exceptions import ValidationError, best_match

from pytest_golive.sandbox.bodies import UnreadableError, WrongMediaError, read_json, read_multipart
from pytest_golive.sandbox.http import Request, Response, json_response
from pytest_golive.sandbox.routing import Route, Routes, UnknownPathError, WrongMethodError
from pytest_golive.sandbox.server import LARGEST_BODY
from pytest_golive.vendors.fact import Refused
from pytest_golive.vendors.library import read_schema
from pytest_golive.vendors.operation import Operation
from pytest_golive.vendors.pack import Authentication, Pack, Versioning

FORMATS = FormatChecker(formats=("email", "uuid", "date"))
"""Formats that jsonschema judges without further packages."""


class Refusal(Exception):  # an answer, not an error of ours
    """A request is refused.

    Attributes:
        status: the status to answer with.
        text: the reason, for people.
        code: the reason, for programs, where the vendor has such codes.
        field: the request's field that is wrong, if it is about one.
        headers: header fields of the answer.
    """

    def __init__(
        self,
        status: int,
        text: str,
        *,
        code: str | None = None,
        field: str | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(f"{status} {text}")
        self.status = status
        self.text = text
        self.code = code
        self.field = field
        self.headers = headers or {}


Caller = TypeVar("Caller")


@dataclass(frozen=True, slots=True)
class Call(Generic[Caller]):
    """A request that was let in.

    Attributes:
        operation: name of the operation.
        caller: whom the key belongs to, as the vendor says it.
        path: values of the path's placeholders.
        query: query parameters that the pack knows, numbers read as such.
        body: the body, valid by the operation's request schema; None where it takes none.
        request: all of it.
    """

    operation: str
    caller: Caller
    path: Mapping[str, str]
    query: Mapping[str, Any]
    body: Any
    request: Request


Handler = Callable[[Call[Any]], Any]


class Front(ABC, Generic[Caller]):
    """An embedded vendor.

    Args:
        pack: the contract.
        subjects: objects that between them have a method for each operation. It gets the :class:`Call` and
            returns the body to answer with, by the first status that the pack expects, or a whole
            :class:`Response`.

    Raises:
        LookupError: an operation of the pack is served by no subject.
    """

    def __init__(self, pack: Pack, subjects: tuple[object, ...]) -> None:
        self.pack = pack
        self._routes = Routes(pack)
        self._handlers = {name: _handler(name, subjects) for name in pack.operations}

    def owns(self, path: str) -> bool:
        """Whether this vendor answers for a path, be it a known one or not."""
        return path.startswith(f"{self.pack.base_url.path}/")

    def __call__(self, request: Request) -> Response:
        """Return the answer to a request. Key and scope are judged before the body is."""
        try:
            route = self._find(request)
            self.check_headers(request)
            operation = self.pack.operations[route.operation]
            caller = self._caller(operation, request)
            self.admit(caller, route)
            query = self._query(operation, request)
            body = self._body(operation, request)
            answer = self._handlers[route.operation](
                Call(route.operation, caller, route.arguments, query, body, request)
            )
        except Refusal as refusal:
            return self.refused(refusal)
        return answer if isinstance(answer, Response) else json_response(operation.response.statuses[0], answer)

    def _caller(self, operation: Operation, request: Request) -> Caller:
        if operation.open:
            return self.anyone()
        if operation.authentication is not None:
            return self.caller_by(operation.authentication, key_of(self.pack.authentication_of(operation), request))
        return self.caller_of(key_of(self.pack.authentication, request))

    def anyone(self) -> Caller:
        """Return the caller of an operation that needs no key; for vendors that have such."""
        raise NotImplementedError(f"{self.pack.vendor} does not say who calls without a key")

    def caller_by(self, authentication: str, key: str | None) -> Caller:
        """Return whom a key of another kind belongs to; by default the kinds are told apart by their values alone.

        Args:
            authentication: one of the pack's `authentications`.
            key: the key; None where none was sent.

        Raises:
            Refusal: the key opens nothing.
        """
        del authentication
        return self.caller_of(key)

    @abstractmethod
    def caller_of(self, key: str | None) -> Caller:
        """Return whom a key belongs to; None where none was sent.

        Raises:
            Refusal: the key opens nothing.
        """

    @abstractmethod
    def admit(self, caller: Caller, route: Route) -> None:
        """Let a caller in to what the path names, before the body is read.

        Raises:
            Refusal: it is not the caller's, does not exist, or was asked for too often.
        """

    @abstractmethod
    def refused(self, refusal: Refusal) -> Response:
        """Return a refusal in the vendor's error shape."""

    def check_headers(self, request: Request) -> None:
        """Demand the further headers that the pack names, before the key is looked at.

        Raises:
            Refusal: one is missing.
        """
        for name in self.pack.headers:
            if not request.headers.get(name):
                raise Refusal(400, f"{name} is required", field=name)
        versioning = self.pack.versioning
        if versioning is not None:
            self.check_version(versioning, request.headers.get(versioning.header))

    def check_version(self, versioning: Versioning, version: str | None) -> None:
        """Demand a version that is served.

        Raises:
            Refusal: it is missing, unknown or no longer served.
        """
        if not version:
            raise _refusal(versioning.missing, f"{versioning.header} is required", versioning.header)
        if version == versioning.old_version and versioning.too_old is not None:
            raise _refusal(versioning.too_old, f"{version} is no longer served", versioning.header)
        if version != versioning.version:
            told = f"{version} is not a version; supported: {versioning.version}"
            raise _refusal(versioning.unknown, told, versioning.header)

    def _find(self, request: Request) -> Route:
        try:
            return self._routes.find(request.method, request.path)
        except UnknownPathError:
            raise Refusal(404, "not found") from None
        except WrongMethodError as wrong:
            raise Refusal(405, "method not allowed", headers={"Allow": ", ".join(wrong.allowed)}) from None

    def _query(self, operation: Operation, request: Request) -> dict[str, Any]:
        values: dict[str, Any] = {}
        unknown = self.pack.errors.unknown_query
        for name in request.query:
            if unknown is not None and name not in operation.query:
                raise _refusal(unknown, f"{name} is unknown", name)
        for name, parameter in operation.query.items():
            if name not in request.query:
                if parameter.required:
                    raise Refusal(400, f"{name} is required", field=name)
                continue
            values[name] = _read(parameter.json_schema.get("type"), request.query[name])
            if not Draft202012Validator(parameter.json_schema, format_checker=FORMATS).is_valid(values[name]):
                raise Refusal(400, f"{name} is invalid", field=name)
        return values

    def _body(self, operation: Operation, request: Request) -> Any:
        if operation.request is None:
            return None
        if len(request.body) > LARGEST_BODY:
            raise Refusal(413, "body too large")
        try:
            body = read_json(request) if operation.request.media == "json" else read_multipart(request)
        except UnreadableError:
            raise Refusal(400, "invalid payload") from None
        except WrongMediaError as wrong:
            raise Refusal(415, str(wrong)) from None
        error = best_match(_validator(self.pack.vendor, operation.request.json_schema).iter_errors(body))
        if error is not None:
            raise complaint(error)
        return body


def key_of(authentication: Authentication, request: Request) -> str | None:
    """Return the key a request was sent with; None where there is none, or it is not written rightly."""
    value = request.headers.get(authentication.header, "").strip()
    known = (authentication.scheme, *authentication.also)
    if known == ("plain",):
        return value or None
    scheme, _, key = value.partition(" ")
    if scheme.lower() not in known:
        return value or None if "plain" in known else None
    if scheme.lower() == "bearer":
        return key.strip() or None
    try:
        user, _, _ = base64.b64decode(key, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return None
    return user or None


def _refusal(refused: Refused, text: str, field: str) -> Refusal:
    return Refusal(refused.statuses[0], text, code=next(iter(refused.codes), None), field=field)


def complaint(error: ValidationError) -> Refusal:
    """Return the refusal of a body that does not fit its schema."""
    due: Any = error.validator_value
    given: Any = error.instance
    if error.validator == "required":
        field = next(name for name in due if name not in given)
        return Refusal(400, f"{field} is required", field=field)
    if not error.absolute_path:
        return Refusal(400, "invalid payload")
    field = str(error.absolute_path[0])
    if error.validator == "enum":
        return Refusal(400, f"{field} must be {' or '.join(map(repr, due))}", field=field)
    return Refusal(400, f"{field} is invalid", field=field)


def _handler(name: str, subjects: tuple[object, ...]) -> Handler:
    for subject in subjects:
        handler: Handler | None = getattr(subject, name, None)
        if handler is not None:
            return handler
    raise LookupError(f"no subject serves {name}")


def _read(kind: object, text: str) -> Any:
    if kind == "integer" and text.removeprefix("-").isdecimal():
        return int(text)
    if kind == "boolean" and text in {"true", "false"}:
        return text == "true"
    return text


@cache
def _validator(vendor: str, file: str) -> Draft202012Validator:
    return Draft202012Validator(read_schema(vendor, file), format_checker=FORMATS)
