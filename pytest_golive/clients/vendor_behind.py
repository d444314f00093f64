"""What lies behind the stand-in: the vendor whose true answers a client gets when no fault is due.

In a drive that is a vendor of its own, embedded and made for this drive alone. Where the team wants it, it is a real
one in a staging environment, to which requests are handed on.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import cached_property
from typing import Protocol

import httpx

from pytest_golive.clients.error_body import error_response
from pytest_golive.credentials.secret import Secret
from pytest_golive.sandbox.augno import Augno
from pytest_golive.sandbox.augno.versions import SERVED
from pytest_golive.sandbox.http import Request, Response, json_response
from pytest_golive.sandbox.routing import Route, Routes, UnknownPathError, WrongMethodError
from pytest_golive.sandbox.server import LARGEST_BODY
from pytest_golive.sandbox.world import VENDORS, VendorApp
from pytest_golive.vendors.library import read_pack
from pytest_golive.vendors.pack import Pack

ENVIRONMENT = "sandbox"

_OF_THE_CONNECTION = frozenset(
    ("connection", "keep-alive", "proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "host")
)


class StoodIn(Protocol):
    """The vendor that a stand-in stands in for. Its methods may be called from several threads at once.

    Attributes:
        failures: what went wrong in it, in words: it answered all the same, and a client may have taken that for the
            vendor's doing.
    """

    failures: list[str]

    @property
    def pack(self) -> Pack:
        """The vendor's contract."""

    @property
    def api_key(self) -> str:
        """The key that opens it."""

    @property
    def replaced_key(self) -> str:
        """The key that the last rotation replaced; empty where none is known."""

    @property
    def ids(self) -> Mapping[str, str]:
        """The configured ids."""

    @property
    def further(self) -> Mapping[str, str]:
        """What else a client needs, by name: an API version, further keys."""

    def secrets(self) -> Mapping[str, Secret]:
        """Return every key a client may have, by name, so that it can be masked."""

    def answer(self, request: Request, target: str) -> Response:
        """Return the true answer to a request; what it asks for really happens.

        Args:
            request: the request.
            target: its path and query as sent.
        """

    def refusal(self, status: int) -> Response:
        """Return an error of this status as the vendor writes it; nothing happens."""

    def operation_of(self, method: str, path: str) -> str | None:
        """Return the operation of the pack that a request is for; None: no operation has this path."""

    def close(self) -> None:
        """Let go of what it holds."""


class _Known:
    """What any vendor behind knows by its pack."""

    def __init__(self, pack: Pack) -> None:
        self.pack = pack
        self.failures: list[str] = []
        self._routes = Routes(pack)

    def operation_of(self, method: str, path: str) -> str | None:
        """Return the operation of the pack that a request is for."""
        found = self.route_of(method, path)
        return None if found is None else found.operation

    def route_of(self, method: str, path: str) -> Route | None:
        """Return the same with the values of the path's placeholders."""
        try:
            return self._routes.find(method, path)
        except (UnknownPathError, WrongMethodError):
            return None

    def refusal(self, status: int) -> Response:
        """Return an error of this status as the vendor writes it."""
        return error_response(self.pack, status)

    def close(self) -> None:
        """Let go of nothing."""


class EmbeddedVendor(_Known):
    """A vendor of golive's own sandbox, made for one drive.

    Args:
        name: the vendor.
        profile: the brand; None for the pack's own.
        version: the version of the API that the team has pinned, which is served beside the usual one; "" for none.
        app: the vendor, where one was made already.

    Raises:
        KeyError: golive embeds no such vendor.
    """

    def __init__(
        self, name: str, profile: str | None = None, *, version: str = "", app: VendorApp | None = None
    ) -> None:
        self.app: VendorApp = app or _made(name, profile, version)
        self._connection = self.app.connections()[ENVIRONMENT]
        super().__init__(read_pack(name, profile or self._connection.profile))
        self.api_key = self._connection.api_key
        self.replaced_key = self._connection.previous_api_key
        self.ids = self._connection.ids
        self.further = self._connection.further

    def secrets(self) -> Mapping[str, Secret]:
        """Return the keys of this environment, by name."""
        keys = {"api_key": self.api_key, "previous_api_key": self.replaced_key, **self._connection.keys}
        return {name: Secret(value, f"{self.pack.vendor}.{name}") for name, value in keys.items() if value}

    def answer(self, request: Request, target: str) -> Response:
        """Return the embedded vendor's answer; 500 where it fails."""
        del target  # the request says it all
        oversized = getattr(self.app, "oversized", None) if len(request.body) > LARGEST_BODY else None
        try:
            response: Response = (oversized or self.app)(request)
        except Exception as error:  # whatever it is: the client is answered
            told = f"{type(error).__name__}: {error}" if str(error) else type(error).__name__
            self.failures.append(f"the embedded {self.pack.title} failed at {request.method} {request.path}: {told}")
            return json_response(500, {"error": "sandbox failure"})
        return response

    def refusal(self, status: int) -> Response:
        """Return an error of this status with the headers that every answer of the vendor has."""
        bare = super().refusal(status)
        return Response(status, {**self._usual_headers(), **bare.headers}, bare.body)

    def _usual_headers(self) -> dict[str, str]:
        # What no path leads to is answered, too, with an id of its own; and nothing happens.
        answer = self.app(Request("GET", f"{self.pack.base_url.path}/golive-nowhere"))
        wanted = {name.lower() for name in self._told_always}
        return {name: value for name, value in answer.headers.items() if name.lower() in wanted}

    @cached_property
    def _told_always(self) -> tuple[str, ...]:
        return tuple(self.pack.answer_headers)


class ForwardedVendor(_Known):
    """A vendor in a real environment: what the client sends is handed on as it is.

    Args:
        pack: the vendor's contract.
        base_url: where the vendor is.
        api_key: the key the client is given.
        ids: the configured ids.
        replaced_key: the key before the last rotation; empty where none is known.
        further: what else a client needs.
        transport: what reaches the vendor.
        timeout_seconds: how long an answer is waited for.
    """

    def __init__(
        self,
        pack: Pack,
        base_url: str,
        api_key: str,
        ids: Mapping[str, str],
        *,
        transport: httpx.BaseTransport,
        replaced_key: str = "",
        further: Mapping[str, str] | None = None,
        timeout_seconds: float = 120.0,
    ) -> None:
        super().__init__(pack)
        self.api_key = api_key
        self.replaced_key = replaced_key
        self.ids = ids
        self.further = further or {}
        self._origin = httpx.URL(base_url).copy_with(raw_path=b"/")
        self._base = httpx.URL(base_url).path.rstrip("/")
        self._client = httpx.Client(transport=transport, trust_env=False, timeout=timeout_seconds)

    def secrets(self) -> Mapping[str, Secret]:
        """Return both keys, by name."""
        keys = {"api_key": self.api_key, "previous_api_key": self.replaced_key}
        return {name: Secret(value, f"{self.pack.vendor}.{name}") for name, value in keys.items() if value}

    def answer(self, request: Request, target: str) -> Response:
        """Return the real vendor's answer; 502 in the vendor's shape where it cannot be reached."""
        try:
            return self.forwarded(request, target)
        except httpx.HTTPError as error:
            return self._unreached(request, error)

    def _unreached(self, request: Request, error: httpx.HTTPError) -> Response:
        told = f"{request.method} {request.path} did not reach {self.pack.title}: {type(error).__name__}"
        self.failures.append(told)
        return self.refusal(502)

    def forwarded(self, request: Request, target: str) -> Response:
        """Return the real vendor's answer.

        Raises:
            httpx.HTTPError: it cannot be reached.
        """
        below = target.removeprefix(self.pack.base_url.path)
        url = self._origin.copy_with(raw_path=f"{self._base}{below}".encode("latin-1"))
        headers = {
            name: value
            for name, value in request.headers.items()
            if name not in _OF_THE_CONNECTION | {"content-length"}
        }
        answer = self._client.request(request.method, url, headers=headers, content=request.body)
        return Response(answer.status_code, _handed_on(answer.headers), answer.content)

    def close(self) -> None:
        """Close the connections to the vendor."""
        self._client.close()


def _made(name: str, profile: str | None, version: str) -> VendorApp:
    if name == "augno":
        versions = SERVED if version in {"", *SERVED} else (*SERVED, version)
        return Augno(profile or name, versions=versions)
    return VENDORS[name]()


def _handed_on(headers: httpx.Headers) -> dict[str, str]:
    # The content was unpacked on its way, if it was packed.
    dropped = _OF_THE_CONNECTION | {"content-length", "content-encoding", "date"}
    return {name: value for name, value in headers.items() if name.lower() not in dropped}
