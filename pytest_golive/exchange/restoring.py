"""What a write replaces is read and written down before, and put back after, whatever happens in between."""

from __future__ import annotations

import re
import threading
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any

from pytest_golive.cassettes.transport import NotRecorded
from pytest_golive.exchange.journal import Created, Journal
from pytest_golive.facts.body_path import at
from pytest_golive.facts.finding import NotVerified
from pytest_golive.vendors.operation import Overwrites

if TYPE_CHECKING:
    from pytest_golive.exchange.answer import Answer
    from pytest_golive.exchange.vendor import Vendor

KIND = "state"
"""The kind of a journal entry that something is put back by."""

MASKED = re.compile(r"^[*•·]{3,}$")
"""What a secret reads as: it must never be written back."""

CREDENTIAL = re.compile(r"^{credential:(\w+)}$")

REFUSED_TOO = range(400, 500)
"""Where reading is refused so, there is nothing that the write could replace."""


class Before:
    """What was there before this process wrote over it.

    Args:
        vendor: whose.
        journal: where it is written down.
    """

    def __init__(self, vendor: Vendor, journal: Journal) -> None:
        self._vendor = vendor
        self._journal = journal
        self._lock = threading.Lock()
        self._known: dict[tuple[str, ...], Created] = {}

    def keep(self, name: str, arguments: Mapping[str, Any]) -> None:
        """Write down what a call is about to replace; once for each thing, by whichever process comes first.

        Raises:
            NotVerified: it holds a secret that only golive.yaml could put back, and does not.
            CannotTell: it cannot be read.
        """
        overwrites = self._vendor.operation(name).overwrites
        if overwrites is None:
            return
        key = _key(self._vendor, name, overwrites, arguments)
        with self._lock:
            if key not in self._known:
                with self._vendor.sharing(f"before.{'.'.join(key)}"):
                    thing = self._written_down(name, overwrites, arguments)
                if thing is not None:
                    self._known[key] = thing

    def found(self, name: str, arguments: Mapping[str, Any]) -> Mapping[str, Any] | None:
        """Return how this run found what a call replaces; None where the run did not write over it.

        Empty where nothing was there. What replaces it again may have been told by another process.

        Raises:
            NotVerified: it holds a secret that only golive.yaml could put back, and does not.
        """
        overwrites = self._vendor.operation(name).overwrites
        assert overwrites is not None, f"{name} replaces nothing"
        key = _key(self._vendor, name, overwrites, arguments)
        shared = _shared(self._vendor, overwrites, arguments)
        with self._lock:
            thing = self._known.get(key) or self._journal.noted(self._thing(name, shared, {}))
        if thing is not None:
            return thing.puts_back if thing.operation == name else {}
        return self._replayed(name, key, overwrites.read, shared)

    def _replayed(
        self, name: str, key: tuple[str, ...], read: str, shared: Mapping[str, Any]
    ) -> Mapping[str, Any] | None:
        """Return what the recorded run found, which may have written in another order than this replay."""
        if not self._vendor.replays:
            return None
        try:
            with self._vendor.sharing(f"before.{'.'.join(key)}"):
                answer = self._vendor.call(read, **shared)
        except NotRecorded:
            return None
        if answer.status == 404:
            return {}
        return kept(self._vendor, name, shared, answer.json) if answer.succeeded else None

    def put_back(self, name: str, arguments: Mapping[str, Any]) -> Answer | None:
        """Put back what a call replaced, and strike it out once that succeeded; None where nothing was replaced.

        Raises:
            CannotTell: no answer came.
        """
        overwrites = self._vendor.operation(name).overwrites
        assert overwrites is not None, f"{name} replaces nothing"
        key = _key(self._vendor, name, overwrites, arguments)
        with self._lock:
            thing = self._known.get(key)
            if thing is None:
                return None
            answer = send_back(self._vendor, thing)
            if answer.succeeded:
                self._journal.remove(thing)
                del self._known[key]
            return answer

    def _written_down(self, name: str, overwrites: Overwrites, arguments: Mapping[str, Any]) -> Created | None:
        shared = _shared(self._vendor, overwrites, arguments)
        if self._journal.held_elsewhere(self._thing(name, shared, {})):
            return None
        answer = self._vendor.call(overwrites.read, **shared)
        if answer.status == 404 and overwrites.unless_there is not None:
            return self._intended(self._thing(overwrites.unless_there, shared, shared))
        if answer.status in REFUSED_TOO and answer.status != 429:
            return None
        if not answer.succeeded or not shows_all(self._vendor, name, answer.json):
            answer.cannot_tell(f"tell what {name} is about to replace")
        return self._intended(self._thing(name, shared, {**shared, **kept(self._vendor, name, shared, answer.json)}))

    def _thing(self, operation: str, shared: Mapping[str, Any], arguments: Mapping[str, Any]) -> Created:
        vendor = self._vendor
        name = ", ".join(str(value) for value in shared.values()) or operation
        return Created(
            vendor.run, vendor.permit.environment, vendor.name, operation, KIND, name, puts_back=dict(arguments)
        )

    def _intended(self, thing: Created) -> Created:
        self._journal.intend(thing)
        return thing


def kept(vendor: Vendor, name: str, arguments: Mapping[str, Any], shown: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body that puts back what was read, with `{credential:NAME}` in the place of each secret.

    Raises:
        NotVerified: a secret reads masked, and golive.yaml does not hold it.
    """
    overwrites = vendor.operation(name).overwrites
    assert overwrites is not None, f"{name} replaces nothing"
    body: dict[str, Any] = {field: _copy(shown[field]) for field in overwrites.keep if field in shown}
    for secret in overwrites.hidden:
        if any(str(arguments.get(key)) != value for key, value in secret.where.items()):
            continue
        if secret.credential in vendor.target.credentials:
            _put(body, secret.path, f"{{credential:{secret.credential}}}")
        elif at(body, secret.path) is not None:
            vendor.key(secret.credential)
    for path in _masked(body):
        reason = f"{name} is not made: {path} reads masked, and no credential of golive.yaml could put it back"
        raise NotVerified(reason)
    return body


def shows_all(vendor: Vendor, name: str, shown: Any) -> bool:
    """Whether what was read holds everything that the pack says is always there, so that it can be put back whole."""
    overwrites = vendor.operation(name).overwrites
    assert overwrites is not None, f"{name} replaces nothing"
    schema = vendor.judge(vendor.operation(overwrites.read).response.json_schema).schema
    always = schema.get("required", ()) if isinstance(schema, Mapping) else ()
    return isinstance(shown, Mapping) and all(field in shown for field in overwrites.keep if field in always)


def revealed(vendor: Vendor, value: Any) -> Any:
    """Return arguments with each `{credential:NAME}` replaced by the secret itself, to be sent and not kept.

    Raises:
        NotVerified: golive.yaml does not hold it.
    """
    if isinstance(value, Mapping):
        return {name: revealed(vendor, inner) for name, inner in value.items()}
    if isinstance(value, list | tuple):
        return [revealed(vendor, inner) for inner in value]
    found = CREDENTIAL.match(value) if isinstance(value, str) else None
    return vendor.key(found[1]).reveal() if found else value


def send_back(vendor: Vendor, thing: Created) -> Answer:
    """Make the call that puts back what was there.

    Raises:
        NotVerified: it needs a secret that golive.yaml does not hold, or is not allowed here.
        CannotTell: no answer came.
    """
    return vendor.call_unkept(thing.operation, **revealed(vendor, thing.puts_back or {}))


def _shared(vendor: Vendor, overwrites: Overwrites, arguments: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments that name what is replaced: those of the pack, and ids given in the place of configured."""
    names = (*overwrites.by, *vendor.pack.ids)
    return {name: arguments[name] for name in names if name in arguments}


def _key(vendor: Vendor, name: str, overwrites: Overwrites, arguments: Mapping[str, Any]) -> tuple[str, ...]:
    return (name, *(f"{key}={value}" for key, value in sorted(_shared(vendor, overwrites, arguments).items())))


def _copy(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {name: _copy(inner) for name, inner in value.items()}
    return [_copy(inner) for inner in value] if isinstance(value, list) else value


def _put(body: dict[str, Any], path: str, value: Any) -> None:
    *parents, last = path.split(".")
    place: Any = body
    for name in parents:
        place = place.get(name) if isinstance(place, dict) else None
    if isinstance(place, dict):
        place[last] = value


def _masked(value: Any, path: str = "") -> Iterator[str]:
    if isinstance(value, Mapping):
        for name, inner in value.items():
            yield from _masked(inner, f"{path}.{name}" if path else str(name))
    elif isinstance(value, str) and MASKED.match(value):
        yield path
