"""Whether what a pack says of webhooks agrees with itself."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from pytest_golive.facts.body_path import at, holds
from pytest_golive.vendors.pack import Pack
from pytest_golive.vendors.webhooks import Event, Webhooks

PLACEHOLDER = re.compile(r"{(\w+)}")

IN_ENVELOPE = ("event_id", "event", "timestamp", "tenant", "mode", "version", "data")
IN_HEADERS = ("event_id", "event", "attempt", "timestamp", "delivery_id", "webhook_id", "tenant", "mode", "version")
IN_EVENT_ID = ("random", "uuid")

RETRIED = re.compile(r"network|timeout|[1-5]xx|[1-5][0-9][0-9]")

MEANT = {"event_id": "{event_id}", "event": "{event}", "occurred_at": "{timestamp}"}
"""Path of the pack -> what has to stand there in the envelope."""


def webhook_schemas(pack: Pack) -> dict[str, str]:
    """Return every schema file of an event with the place that names it."""
    files: dict[str, str] = {}
    for name, event in pack.webhooks.events.items() if pack.webhooks is not None else ():
        files.setdefault(event.json_schema, f"webhooks.events.{name}.schema")
    return files


def mistakes_of_webhooks(pack: Pack) -> Iterator[str]:
    """Yield every contradiction, one sentence each."""
    webhooks = pack.webhooks
    if webhooks is None:
        return
    yield from _of_names(webhooks, pack.credentials)
    yield from _of_templates(webhooks)
    yield from _of_envelope(webhooks)
    for name, event in webhooks.events.items():
        yield from _of_event(webhooks, name, event)


def _of_names(webhooks: Webhooks, credentials: Collection[str]) -> Iterator[str]:
    for place, name, kind, known in (
        ("secret", webhooks.secret, "credentials", credentials),
        ("usual", webhooks.usual, "signing schemes", webhooks.signing),
        ("usual_retry", webhooks.usual_retry, "retry schedules", webhooks.retry),
    ):
        if name not in known:
            yield f"webhooks.{place}: {name!r} is not one of the {kind}: {', '.join(known)}"
    for name, schedule in webhooks.retry.items():
        for kind in schedule.retried:
            if not RETRIED.fullmatch(kind):
                yield f"webhooks.retry.{name}.retried: {kind!r} is none of network, timeout, a class like 5xx, a status"
    for name, scheme in webhooks.signing.items():
        try:
            re.compile(scheme.matches or "")
        except re.error as error:
            yield f"webhooks.signing.{name}.matches: is no regular expression: {error}"


def _of_templates(webhooks: Webhooks) -> Iterator[str]:
    texts = [
        *((f"headers.{name}", text, IN_HEADERS) for name, text in webhooks.headers.items()),
        *(("envelope", text, IN_ENVELOPE) for text in _texts(webhooks.envelope)),
        ("new_event_id", webhooks.new_event_id, IN_EVENT_ID),
    ]
    for place, text, known in texts:
        for name in PLACEHOLDER.findall(text):
            if name not in known:
                yield f"webhooks.{place}: there is no {{{name}}}; there are: {', '.join(known)}"
    if not PLACEHOLDER.search(webhooks.new_event_id):
        yield f"webhooks.new_event_id: {webhooks.new_event_id!r} would be the id of every event"


def _of_envelope(webhooks: Webhooks) -> Iterator[str]:
    if list(webhooks.envelope.values()).count("{data}") != 1:
        yield "webhooks.envelope: {data} has to stand alone at one place, not inside of another"
    for name, meant in MEANT.items():
        path = getattr(webhooks, name)
        found = at(webhooks.envelope, path)
        if found != meant:
            yield f"webhooks.{name}: at {path} the envelope holds {found!r}, not {meant!r}"
    for name in ("tenant", "mode"):
        path = getattr(webhooks, name)
        if path is not None and not holds(webhooks.envelope, path):
            yield f"webhooks.{name}: the envelope has no {path}"
    for path in webhooks.test_event:
        if not any(holds(_whole(webhooks, event), path) for event in webhooks.events.values()):
            yield f"webhooks.test_event: no event has {path}"


def _of_event(webhooks: Webhooks, name: str, event: Event) -> Iterator[str]:
    for part in ("subject", "changed_at"):
        path = getattr(event, part)
        if path is not None and not holds(_whole(webhooks, event), path):
            yield f"webhooks.events.{name}.{part}: the event has no {path}"


def _whole(webhooks: Webhooks, event: Event) -> dict[str, Any]:
    return {name: event.data if value == "{data}" else value for name, value in webhooks.envelope.items()}


def _texts(template: Any) -> Iterator[str]:
    if isinstance(template, str):
        yield template
    elif isinstance(template, Mapping):
        for value in template.values():
            yield from _texts(value)
    elif isinstance(template, list | tuple):
        for value in template:
            yield from _texts(value)
