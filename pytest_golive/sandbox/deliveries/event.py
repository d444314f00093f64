"""One event as it goes over the wire: the pack's envelope around the pack's example, or around what is given."""

from __future__ import annotations

import copy
import json
import re
import secrets
import string
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from pytest_golive.facts.body_path import at
from pytest_golive.sandbox.deliveries.endpoint import Endpoint
from pytest_golive.vendors.pack import Pack
from pytest_golive.vendors.webhooks import Webhooks

FRESH = re.compile(r"{fresh:([\w.]+)}")
NAMED = re.compile(r"{([a-z_]+)}")
LETTERS = string.ascii_lowercase + string.digits


@dataclass(frozen=True, slots=True)
class Letter:
    """An event on its way to one endpoint: what all of its attempts have in common.

    Attributes:
        endpoint: where it goes.
        event: its name.
        event_id: its id.
        delivery_id: id of this event at this endpoint.
        body: the bytes.
        test: whether it is a test event.
        values: what the templates of headers may name, but for attempt and timestamp.
    """

    endpoint: Endpoint
    event: str
    event_id: str
    delivery_id: str
    body: bytes
    test: bool
    values: Mapping[str, str] = field(repr=False)


def compose(
    pack: Pack,
    endpoint: Endpoint,
    event: str,
    data: Mapping[str, Any],
    *,
    event_id: str,
    now: float,
    test: bool = False,
) -> Letter:
    """Return an event as the vendor writes it.

    Args:
        pack: of the vendor.
        endpoint: where it goes.
        event: its name.
        data: what it is about, see :func:`data_of`.
        event_id: its id.
        now: Unix seconds at which it happened.
        test: whether it is a test event.
    """
    webhooks = sending(pack)
    values = {
        "event_id": event_id,
        "event": event,
        "tenant": endpoint.tenant,
        "mode": endpoint.mode,
        "version": endpoint.version or (pack.versioning.version if pack.versioning else ""),
        "webhook_id": endpoint.id,
        "delivery_id": str(uuid.uuid4()),
    }
    envelope = _filled(webhooks.envelope, {**values, "timestamp": _moment(now)}, copy.deepcopy(dict(data)))
    if test:
        for path, value in webhooks.test_event.items():
            _put(envelope, path, value)
        # What the envelope calls it, the headers and the log call it, too.
        event = values["event"] = str(at(envelope, webhooks.event) or event)
    # Compact, and letters as they are: whoever verifies what he wrote anew from the parsed body is found out.
    body = json.dumps(envelope, ensure_ascii=False, separators=(",", ":")).encode()
    return Letter(endpoint, event, event_id, values["delivery_id"], body, test, values)


def data_of(
    pack: Pack,
    event: str,
    data: Mapping[str, Any] | None = None,
    *,
    now: float,
    names: dict[str, str] | None = None,
) -> dict[str, Any]:
    """Return what an event is about: the pack's example as of now, with what is given put over it.

    Args:
        pack: of the vendor.
        event: name of the event.
        data: what is known; the rest is as in the example.
        now: Unix seconds; the example's time of change becomes this one, so that a later event is a later one.
        names: the example's new names by kind, as far as they are known; what is new is added. None: all are new.

    Raises:
        LookupError: the vendor has no such event.
    """
    webhooks = sending(pack)
    if event not in webhooks.events:
        raise LookupError(f"{pack.title} has no event {event!r}")
    made: dict[str, Any] = _renewed(webhooks.events[event].data, {} if names is None else names)
    changed_at = _within_data(webhooks, webhooks.events[event].changed_at)
    if changed_at is not None and isinstance(at(made, changed_at), str):
        _put(made, changed_at, _moment(now))
    both: dict[str, Any] = _merged(made, data or {})
    return both


def new_event_id(pack: Pack) -> str:
    """Return the id of a new event, written as the vendor does."""
    template = sending(pack).new_event_id
    return template.replace("{uuid}", str(uuid.uuid4())).replace("{random}", _random(24))


def sending(pack: Pack) -> Webhooks:
    """Return how a vendor sends webhooks.

    Raises:
        ValueError: it sends none.
    """
    if pack.webhooks is None:
        raise ValueError(f"{pack.title} sends no webhooks")
    return pack.webhooks


def _filled(template: Any, values: Mapping[str, str], data: Mapping[str, Any]) -> Any:
    if template == "{data}":
        return data
    if isinstance(template, str):
        return NAMED.sub(lambda match: values.get(match.group(1), match.group(0)), template)
    if isinstance(template, Mapping):
        return {name: _filled(value, values, data) for name, value in template.items()}
    if isinstance(template, list | tuple):
        return [_filled(value, values, data) for value in template]
    return template


def _renewed(example: Any, names: dict[str, str]) -> Any:
    """Return an example with new names; what stands there twice is the same thing, and gets one name."""
    if isinstance(example, str):
        return FRESH.sub(lambda match: names.setdefault(match.group(1), _fresh(match.group(1))), example)
    if isinstance(example, Mapping):
        return {name: _renewed(value, names) for name, value in example.items()}
    if isinstance(example, list | tuple):
        return [_renewed(value, names) for value in example]
    return example


def _within_data(webhooks: Webhooks, path: str | None) -> str | None:
    """Return a path in the envelope as one in the data; None where it does not lead there."""
    place = next((name for name, value in webhooks.envelope.items() if value == "{data}"), "")
    return path.removeprefix(f"{place}.") if path is not None and path.startswith(f"{place}.") else None


def _merged(example: Any, given: Any) -> Any:
    if isinstance(example, Mapping) and isinstance(given, Mapping):
        both = {**example, **given}
        return {name: _merged(example[name], both[name]) if name in example else both[name] for name in both}
    return given


def _put(envelope: Any, path: str, value: Any) -> None:
    *parents, last = path.split(".")
    for name in parents:
        envelope = envelope[name]
    envelope[last] = value


def _moment(now: float) -> str:
    return f"{datetime.fromtimestamp(now, UTC):%Y-%m-%dT%H:%M:%SZ}"


def _fresh(kind: str) -> str:
    if kind == "uuid":
        return str(uuid.uuid4())
    name = f"golive-{_random(8)}"
    return f"{name}@example.com" if kind == "email" else name


def _random(length: int) -> str:
    return "".join(secrets.choice(LETTERS) for _ in range(length))
