"""The vendor's API, embedded, for a handler that asks it: what it lists, and which lists the handler asked for."""

from __future__ import annotations

import json
import re
import threading
from collections.abc import Mapping
from typing import Any

from pytest_golive.exchange.call import authorization
from pytest_golive.sandbox.http import App, Headers, Request, Response
from pytest_golive.vendors.operation import Operation
from pytest_golive.vendors.pack import Pack


class VendorApi:
    """An embedded vendor that takes note of what it is asked. Thread-safe.

    Args:
        pack: of the vendor.
    """

    def __init__(self, pack: Pack) -> None:
        from pytest_golive.sandbox.world import Sandbox  # all embedded vendors, which few handlers need

        self._pack = pack
        self._lock = threading.Lock()
        self._asked: list[str] = []
        self._lists = {name: _pattern(one) for name, one in pack.operations.items() if _is_list(name, one)}
        self._sandbox = Sandbox((pack.vendor,), wrap=lambda _, app: self._noting(app))
        self._sandbox.start()

    @property
    def values(self) -> Mapping[str, str]:
        """What `environ` may name: base_url, api_key, and the vendor's ids."""
        connection = self._sandbox.connection(self._pack.vendor)
        base_url = self._sandbox.base_url(self._pack.vendor)
        return {**connection.ids, "base_url": base_url, "api_key": connection.api_key}

    def asked(self) -> tuple[str, ...]:
        """Return the lists that were asked for so far, by the names of their operations; each time counts."""
        with self._lock:
            return tuple(self._asked)

    def ids(self, kind: str) -> list[str]:
        """Return the ids of the things of a kind that the vendor lists: conversation, customer."""
        operation = self._pack.operations[f"list_{kind}s"]
        connection = self._sandbox.connection(self._pack.vendor)
        headers = authorization(self._pack.authentication, connection.api_key)
        versioning = self._pack.versioning
        if versioning is not None:
            headers[versioning.header] = versioning.version
        app = self._sandbox.apps[self._pack.vendor]
        answer = app(Request("GET", connection.base_path + operation.path, headers=Headers(headers.items())))
        return _ids(json.loads(answer.body))

    def close(self) -> None:
        """Listen no more."""
        self._sandbox.stop()

    def _noting(self, app: App) -> App:
        def noted(request: Request) -> Response:
            response = app(request)
            if request.method == "GET" and 200 <= response.status <= 299:
                base = self._sandbox.connection(self._pack.vendor).base_path
                path = request.path.removeprefix(base)
                with self._lock:
                    self._asked += [name for name, known in self._lists.items() if known.fullmatch(path)]
            return response

        return noted


def _is_list(name: str, operation: Operation) -> bool:
    return name.startswith("list_") and operation.method == "GET"


def _pattern(operation: Operation) -> re.Pattern[str]:
    steps = re.split(r"{\w+}", operation.path)
    return re.compile("[^/]+".join(re.escape(step) for step in steps))


def _ids(body: Any) -> list[str]:
    """Return the ids in the first list of things in an answer."""
    if isinstance(body, list):
        return [str(one["id"]) for one in body if isinstance(one, dict) and "id" in one]
    if isinstance(body, dict):
        return next((ids for ids in map(_ids, body.values()) if ids), [])
    return []
