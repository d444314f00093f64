"""The public surface: events and orders come in, and pass on to providers and webhooks."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from typing import Any

from jsonschema import Draft202012Validator

from pytest_golive.sandbox.front import Call, Refusal
from pytest_golive.sandbox.selwise.access import Caller
from pytest_golive.sandbox.selwise.entries import entry
from pytest_golive.sandbox.selwise.filters import passes
from pytest_golive.sandbox.selwise.hooks import Hooks
from pytest_golive.sandbox.selwise.integrations import wrong_secret
from pytest_golive.sandbox.selwise.state import Integration, Site, State, new_id
from pytest_golive.sandbox.selwise.validation import canonical
from pytest_golive.vendors.library import read_schema

ENVELOPE = frozenset({"event", "eventId", "timestamp"})
"""What of an event says which one it is, and not what it is about."""

CATEGORIES = ("necessary", "analytics", "marketing", "preferences")
"""What a visitor can agree to."""


class Ingestion:
    """Operations that need a public key, or a browser on the site's domain."""

    def __init__(self, state: State, hooks: Hooks) -> None:
        self._state = state
        self._hooks = hooks

    def get_public_config(self, call: Call[Caller]) -> dict[str, Any]:
        """Return what the widget starts with."""
        with self._state.lock:
            layer = dict(self._site(call).layer)
        return {
            "batchingEnabled": False,
            "batchSize": 50,
            "flushInterval": 30,
            "offlinePersistence": True,
            "dataLayerConfig": layer,
        }

    get_tracking_config = get_public_config

    def send_events_batch(self, call: Call[Caller]) -> dict[str, Any]:
        """Take events: each once, by its id; those that lack something are told, and lost."""
        site = self._site(call)
        accepted, rejected = 0, []
        for event in call.body["events"]:
            reason = _unusable(event)
            if reason is not None:
                rejected.append({"eventId": event["eventId"], "reason": reason})
                continue
            accepted += 1
            with self._state.lock:
                known = event["eventId"] in site.event_ids
                site.event_ids.add(event["eventId"])
            if not known:
                self._pass_on(site, event)
        return {"accepted": accepted, "rejected": rejected}

    def identify_user(self, call: Call[Caller]) -> dict[str, Any]:
        """Say who a visitor is; the same again changes nothing."""
        with self._state.lock:
            users = self._site(call).users
            merged = call.body["externalId"] in users
            users.setdefault(call.body["externalId"], {}).update(call.body)
        return {"success": True, "merged": merged}

    def update_user_traits(self, call: Call[Caller]) -> dict[str, Any]:
        """Keep what a visitor is like."""
        who = str(call.body.get("externalId") or call.body.get("visitorId") or "")
        with self._state.lock:
            self._site(call).users.setdefault(who, {})["traits"] = call.body.get("traits", {})
        return {"success": True}

    def set_consent(self, call: Call[Caller]) -> dict[str, Any]:
        """Keep what a visitor agreed to, gathered in `categories` or not: no page shows the body."""
        given = call.body.get("categories", call.body)
        agreed = {name: given[name] for name in CATEGORIES if name in given}
        with self._state.lock:
            self._site(call).consents[call.body.get("visitorId", "")] = agreed
        return {"success": True}

    def withdraw_consent(self, call: Call[Caller]) -> dict[str, Any]:
        """Forget what a visitor agreed to."""
        with self._state.lock:
            self._site(call).consents.pop(call.query.get("visitorId", ""), None)
        return {}

    def create_order(self, call: Call[Caller]) -> dict[str, Any]:
        """Store an order; one that is there already is a conflict."""
        order = call.body["orderId"]
        with self._state.lock:
            orders = self._site(call).orders
            if order in orders:
                raise Refusal(409, "order exists", field="orderId")
            orders[order] = new_id()
            return {"id": orders[order], "orderId": order}

    def _pass_on(self, site: Site, event: Mapping[str, Any]) -> None:
        payload = {name: value for name, value in event.items() if name not in ENVELOPE}
        with self._state.lock:
            for mine in site.integrations.values():
                forward(site, mine, event, payload)
        order = payload.get("order")
        about = {"orderId": order["id"]} if event["event"] == "purchase" and isinstance(order, Mapping) else {}
        self._hooks.publish(site, event["event"], {**about, **payload}, _uuid(event["eventId"]))

    def _site(self, call: Call[Caller]) -> Site:
        site = self._state.site_by_key(call.path["site_key"])
        assert site is not None, "nobody is let in to a site that does not exist"
        return site


def forward(site: Site, mine: Integration, event: Mapping[str, Any], payload: Mapping[str, Any]) -> None:
    """Send an event to one provider, as far as mapping, filter and switches let it, and write that down."""
    name = event["event"]
    if not mine.enabled or name not in mine.event_mapping:
        return
    told: dict[str, Any] = {
        "provider": mine.provider,
        "eventId": event["eventId"],
        "mappedName": mine.event_mapping[name],
        "requestPayload": dict(payload),
    }
    wrong = wrong_secret(site, mine)
    if not passes(mine.filters, name, payload):
        logged = entry("filtered", name, **told)
    elif mine.test_mode:
        logged = entry("test", name, **told)
    elif wrong is not None:
        error = {"code": "unauthorized", "message": f"the provider refuses {wrong}"}
        logged = entry("failed", name, httpStatus=401, error=error, durationMs=8, **told)
    else:
        site.receipts.append((mine.provider, event["eventId"]))
        logged = entry("success", name, httpStatus=204, durationMs=8, **told)
    site.logs[mine.provider].append(logged)


def _unusable(event: Mapping[str, Any]) -> str | None:
    """Return why an event is lost, None where it is whole."""
    name = event["event"]
    if name not in canonical():
        return f"{name} is not a canonical event"
    data = read_schema("selwise", f"events/{name}.json")["properties"]["data"]
    if not Draft202012Validator(data).is_valid(dict(event)):
        return f"{name} lacks its least fields"
    return None


def _uuid(text: str) -> str:
    try:
        return str(uuid.UUID(text))
    except ValueError:
        return str(uuid.uuid4())
