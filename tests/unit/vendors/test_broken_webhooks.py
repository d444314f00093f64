"""Every kind of contradiction in what a pack says of webhooks, each in a pack that has only this one."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from pytest_golive.vendors.consistency import mistakes_of
from pytest_golive.vendors.library import packs, read_pack, read_schema
from pytest_golive.vendors.pack import Pack
from pytest_golive.vendors.webhook_consistency import mistakes_of_webhooks

VENDOR = "timely"


def changed(*path: str, value: object) -> Pack:
    """Return Timely.ai's pack with one value changed, by its path below `webhooks`."""
    values: dict[str, Any] = copy.deepcopy(read_pack(VENDOR).model_dump(by_alias=True))
    place = values["webhooks"]
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return Pack.model_validate(values)


def names(kind: str) -> str:
    webhooks = read_pack(VENDOR).webhooks
    return ", ".join(getattr(webhooks, kind) if kind != "credentials" else read_pack(VENDOR).credentials)


ENVELOPE = "event_id, event, timestamp, tenant, mode, version, data"
HEADERS = "event_id, event, attempt, timestamp, delivery_id, webhook_id, tenant, mode, version"

BROKEN: dict[str, tuple[Pack, str]] = {
    "secret": (
        changed("secret", value="hook_secret"),
        f"webhooks.secret: 'hook_secret' is not one of the credentials: {names('credentials')}",
    ),
    "usual": (
        changed("usual", value="sig_x"),
        f"webhooks.usual: 'sig_x' is not one of the signing schemes: {names('signing')}",
    ),
    "usual retry": (
        changed("usual_retry", value="never"),
        f"webhooks.usual_retry: 'never' is not one of the retry schedules: {names('retry')}",
    ),
    "retried": (
        changed("retry", "start", "retried", value=["5xx", "429", "network", "timeout", "6xx"]),
        "webhooks.retry.start.retried: '6xx' is none of network, timeout, a class like 5xx, a status",
    ),
    "matches": (
        changed("signing", "sig_a", "matches", value="[0-9"),
        "webhooks.signing.sig_a.matches: is no regular expression: unterminated character set at position 0",
    ),
    "header": (
        changed("headers", "X-Timely-Event-Id", value="{eventid}"),
        f"webhooks.headers.X-Timely-Event-Id: there is no {{eventid}}; there are: {HEADERS}",
    ),
    "envelope": (
        changed("envelope", "more", value=["{secret}", 1]),
        f"webhooks.envelope: there is no {{secret}}; there are: {ENVELOPE}",
    ),
    "id of events": (
        changed("new_event_id", value="evt_{uid}"),
        "webhooks.new_event_id: there is no {uid}; there are: random, uuid",
    ),
    "same id for all": (
        changed("new_event_id", value="evt_1"),
        "webhooks.new_event_id: 'evt_1' would be the id of every event",
    ),
    "event id": (
        changed("event_id", value="workspace_id"),
        "webhooks.event_id: at workspace_id the envelope holds '{tenant}', not '{event_id}'",
    ),
    "event": (
        changed("event", value="type"),
        "webhooks.event: at type the envelope holds None, not '{event}'",
    ),
    "time": (
        changed("occurred_at", value="event"),
        "webhooks.occurred_at: at event the envelope holds '{event}', not '{timestamp}'",
    ),
    "tenant": (changed("tenant", value="workspace"), "webhooks.tenant: the envelope has no workspace"),
    "mode": (changed("mode", value="livemode"), "webhooks.mode: the envelope has no livemode"),
    "test event": (changed("test_event", value={"test.on": True}), "webhooks.test_event: no event has test.on"),
    "subject": (
        changed("events", "contact.created", "subject", value="data.id"),
        "webhooks.events.contact.created.subject: the event has no data.id",
    ),
    "time of change": (
        changed("events", "contact.created", "changed_at", value="data.at"),
        "webhooks.events.contact.created.changed_at: the event has no data.at",
    ),
}


@pytest.mark.parametrize("name", list(BROKEN))
def test_a_contradiction_is_told(name: str) -> None:
    """By its place, and with what would be right; nothing else is told."""
    pack, expected = BROKEN[name]

    assert list(mistakes_of_webhooks(pack)) == [expected]


def test_the_data_has_its_place() -> None:
    """One, beside the other parts of the envelope."""
    pack = changed("envelope", "data", value="{event}")
    told = list(mistakes_of_webhooks(pack))

    assert told[0] == "webhooks.envelope: {data} has to stand alone at one place, not inside of another"


@pytest.mark.parametrize("vendor", packs())
def test_shipped_packs_do_not_contradict_themselves(vendor: str) -> None:
    """Nor their other brands."""
    for profile in (None, *read_pack(vendor).profiles):
        assert list(mistakes_of_webhooks(read_pack(vendor, profile))) == []


def test_schemas_of_events_are_read_with_the_others() -> None:
    """One that is missing, or broken, is told where it is named."""
    pack = changed("events", "contact.created", "schema", value="events/contact.made.json")

    def read(file: str) -> dict[str, Any]:
        if file == "events/contact.updated.json":
            raise ValueError("it is broken")
        return read_schema(VENDOR, file)

    told = [one for one in mistakes_of(pack, [], read) if one.startswith("webhooks")]

    assert told == [
        "webhooks.events.contact.created.schema: there is no schema file events/contact.made.json",
        "webhooks.events.contact.updated.schema: events/contact.updated.json is not JSON: it is broken",
    ]
