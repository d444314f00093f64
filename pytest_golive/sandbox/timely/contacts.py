"""Timely.ai's contacts: one for each number and each e-mail address."""

from __future__ import annotations

import re
from typing import Any

from pytest_golive.sandbox.front import Call
from pytest_golive.sandbox.http import Response, json_response
from pytest_golive.sandbox.timely.dialects import Dialects
from pytest_golive.sandbox.timely.events import Events
from pytest_golive.sandbox.timely.paging import listed
from pytest_golive.sandbox.timely.refusals import absent, invalid
from pytest_golive.sandbox.timely.state import Contact, Key, State, Workspace, moment, new_id

E164 = re.compile(r"\+[1-9][0-9]{6,14}")
PLAIN = ("customer_name", "customer_email", "customer_phone", "status", "tags", "custom_fields")
FURTHER = ("customer_company", "customer_position", "notes", "source", "metadata")


class Contacts:
    """Operations on the contacts of a workspace."""

    def __init__(self, state: State, events: Events, dialects: Dialects) -> None:
        self._state = state
        self._events = events
        self._dialects = dialects

    def list_contacts(self, call: Call[Key]) -> dict[str, Any]:
        """Return the contacts that fit, the newest first."""
        search, status = str(call.query.get("search", "")).lower(), call.query.get("status")
        with self._state.lock:
            found = [
                one
                for one in call.caller.workspace.contacts.values()
                if status in {None, one.status}
                and any(
                    search in (value or "").lower()
                    for value in (one.customer_name, one.customer_email, one.customer_phone)
                )
            ]
            if "sort" in call.query:
                found.sort(key=lambda one: str(getattr(one, call.query["sort"]) or ""))
            return listed([shown(one) for one in found], call.query, self._dialects.paging)

    def create_contact(self, call: Call[Key]) -> dict[str, Any] | Response:
        """Make a contact, or return the one that has the number or the address already."""
        body, workspace = call.body, call.caller.workspace
        check_phone(body.get("customer_phone"), "customer_phone")
        with self._state.lock:
            known = find(workspace, phone=body.get("customer_phone"), email=body.get("customer_email"))
            if known is not None:
                return json_response(200, {"data": shown(known)})
            contact = add(workspace, body)
        self._events.contact_created(workspace, contact)
        return {"data": shown(contact)}

    def get_contact(self, call: Call[Key]) -> dict[str, Any]:
        """Return one contact."""
        with self._state.lock:
            return {"data": shown(_contact(call))}

    def update_contact(self, call: Call[Key]) -> dict[str, Any]:
        """Change the fields that were sent."""
        check_phone(call.body.get("customer_phone"), "customer_phone")
        with self._state.lock:
            contact = _contact(call)
            changes: dict[str, Any] = {}
            for name in PLAIN:
                before = getattr(contact, name)
                if name in call.body and call.body[name] != before:
                    changes[name.removeprefix("customer_")] = {"before": before, "after": call.body[name]}
                    setattr(contact, name, call.body[name])
            contact.further |= {name: call.body[name] for name in FURTHER if name in call.body}
            contact.updated_at = moment()
            told = shown(contact)
        self._events.contact_updated(call.caller.workspace, contact, changes)
        return {"data": told}

    def delete_contact(self, call: Call[Key]) -> dict[str, Any]:
        """Remove a contact for good."""
        with self._state.lock:
            contact = _contact(call)
            del call.caller.workspace.contacts[contact.id]
        self._events.contact_deleted(call.caller.workspace, contact)
        return {"data": {"deleted": True}}


def shown(contact: Contact) -> dict[str, Any]:
    """Return a contact as the API shows it."""
    plain = {name: getattr(contact, name) for name in PLAIN}
    times = {"created_at": contact.created_at, "updated_at": contact.updated_at}
    return {"id": contact.id, **plain, **contact.further, **times}


def check_phone(phone: str | None, field: str) -> None:
    """Refuse a number without a country code.

    Raises:
        Refusal: it is none.
    """
    if phone is not None and E164.fullmatch(phone) is None:
        raise invalid(field, "has to be a number in E.164", "INVALID_PHONE_FORMAT")


def find(workspace: Workspace, *, phone: str | None = None, email: str | None = None) -> Contact | None:
    """Return the contact who has this number or this address; None where nobody has."""
    for one in workspace.contacts.values():
        if (phone and one.customer_phone == phone) or (email and one.customer_email == email):
            return one
    return None


def add(workspace: Workspace, fields: dict[str, Any]) -> Contact:
    """Put a new contact into a workspace."""
    contact = Contact(new_id(), **{name: fields[name] for name in PLAIN if name in fields})
    contact.further = {name: fields[name] for name in FURTHER if name in fields}
    workspace.contacts[contact.id] = contact
    return contact


def _contact(call: Call[Key]) -> Contact:
    contact = call.caller.workspace.contacts.get(call.path["contact_id"])
    if contact is None:
        raise absent("contact")
    return contact
