"""What a client is asked to do: the pack's examples, filled with what the vendor behind the stand-in has."""

from __future__ import annotations

import json
import re
import secrets
import threading
from collections.abc import Iterable, Mapping
from typing import Any
from urllib.parse import urlencode

from pytest_golive.clients.vendor_behind import StoodIn
from pytest_golive.exchange.call import authorization, call_of, path_names
from pytest_golive.facts.body_path import at, first_at
from pytest_golive.facts.finding import CannotTell, Finding
from pytest_golive.facts.outcome import Effects
from pytest_golive.sandbox.http import Headers, Request, Response
from pytest_golive.vendors.operation import Operation
from pytest_golive.vendors.pack import Pack

PLACEHOLDER = re.compile(r"{(fresh|id|setting|answer|own|first):([^}]+)}")


class Examples:
    """Arguments of calls that succeed at one vendor. Thread-safe; what several calls share is made once.

    Args:
        vendor: the vendor behind a stand-in.
    """

    def __init__(self, vendor: StoodIn) -> None:
        self._vendor = vendor
        self._pack: Pack = vendor.pack
        self._answers: dict[str, Any] = {}
        self._lock = threading.RLock()

    def arguments(self, name: str) -> dict[str, Any]:
        """Return arguments for something a client can be asked for, under the names of the pack.

        A listing is asked for as a whole: it gets nothing but what its path needs.

        Raises:
            CannotTell: what the example needs is not there at the vendor.
        """
        composite = self._pack.composites.get(name)
        operation = self._pack.operations[composite.submit if composite is not None else name]
        filled = self._arguments(operation)
        if operation.effects is Effects.NONE:
            wanted = path_names(operation)
            return {key: value for key, value in filled.items() if key in wanted}
        return filled

    def _arguments(self, operation: Operation) -> dict[str, Any]:
        with self._lock:
            return {name: self._filled(value) for name, value in operation.example.items()}

    def _filled(self, value: Any) -> Any:
        if isinstance(value, Mapping):
            return {name: self._filled(each) for name, each in value.items()}
        if isinstance(value, list | tuple):
            return [self._filled(each) for each in value]
        if not isinstance(value, str):
            return value
        return PLACEHOLDER.sub(lambda match: self._value(match[1], match[2]), value)

    def _value(self, kind: str, name: str) -> str:
        if kind == "fresh":
            return f"golive_{name}_{secrets.token_hex(6)}"
        if kind == "id":
            return str(self._vendor.ids.get(name, ""))
        if kind == "setting":
            return str(self._pack.settings[name].example)
        operation, _, field = name.partition(".")
        if kind == "first":
            return self._first(operation, field)
        return self._field(operation, field, own=kind == "own")

    def first_page(self, name: str) -> tuple[Any, list[Any]]:
        """Return the body of a listing's first page, and its items; where it lists nothing, something is made first."""
        with self._lock:
            body, items = self._listed(name)
            maker = next((one for one, each in self._pack.operations.items() if _fills(each, name)), None)
            if not items and maker is not None:
                self._answer(maker, anew=True)
                self._answers.pop(name, None)
                body, items = self._listed(name)
            return body, items

    def _listed(self, name: str) -> tuple[Any, list[Any]]:
        paging = self._pack.operations[name].paging
        body = self._answer(name)
        lists = (at(body, path) if path else body for path in (paging.items if paging is not None else ("",)))
        return body, next((found for found in lists if isinstance(found, list)), [])

    def _first(self, name: str, field: str) -> str:
        _, items = self.first_page(name)
        return self._told(name, field, at(items[0], field) if items else None)

    def _field(self, name: str, field: str, *, own: bool) -> str:
        creates = self._pack.operations[name].creates
        paths = (field, *(creates.id if creates is not None else ()))
        return self._told(name, field, first_at(self._answer(name, anew=own), paths))

    def _told(self, name: str, field: str, found: Any) -> str:
        if isinstance(found, str | int):
            return str(found)
        raise CannotTell(
            Finding(
                requirement="the vendor behind the stand-in has what a client can be asked about",
                expected=f"an answer of {name} with `{field}`",
                actual=f"{json.dumps(found)}",
            )
        )

    def _answer(self, name: str, *, anew: bool = False) -> Any:
        """Return the body of the answer to an operation's example, asked once."""
        if anew or name not in self._answers:
            operation = self._pack.operations[name]
            self._answers[name] = body_of(answered(self._vendor, name, self._arguments(operation)))
        return self._answers[name]


def answered(vendor: StoodIn, name: str, arguments: Mapping[str, Any]) -> Response:
    """Return what the vendor behind a stand-in answers to golive itself."""
    pack = vendor.pack
    operation = pack.operations[name]
    call = call_of(name, operation, vendor.ids, arguments)
    headers = {
        **call.headers,
        **pack.headers,
        **authorization(pack.authentication_of(operation), key_for(vendor, [name])),
        "Accept": "application/json",
    }
    if pack.versioning is not None:
        headers[pack.versioning.header] = pack.versioning.version
    path = f"{pack.base_url.path}{call.path}"
    request = Request(call.method, path, dict(call.query), Headers(headers.items()), call.content or b"")
    return vendor.answer(request, f"{path}?{urlencode(call.query)}" if call.query else path)


def key_for(vendor: StoodIn, names: Iterable[str]) -> str:
    """Return the key for some operations: that of their own way in where all of them have it, else the usual one."""
    pack = vendor.pack
    ways = {pack.authentication_of(pack.operations[part]).credential for name in names for part in pack.calls_of(name)}
    own = vendor.secrets().get(ways.pop()) if len(ways) == 1 else None
    return own.reveal() if own is not None else vendor.api_key


def _fills(operation: Operation, listing: str) -> bool:
    """Whether an operation creates what a listing lists."""
    creates = operation.creates
    return creates is not None and creates.listing is not None and creates.listing.operation == listing


def body_of(answer: Response) -> Any:
    """Return the JSON of an answer; None where it holds none."""
    try:
        return json.loads(answer.body)
    except ValueError:
        return None
