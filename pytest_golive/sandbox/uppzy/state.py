"""What Uppzy remembers: keys, workspaces, sites, and what was written and said there."""

from __future__ import annotations

import secrets
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

PLANS_WITH_API = frozenset({"level2", "level3"})
WIDGET = {"title": "Chat", "greeting": "Hello! How can we help?", "color": "#0b6e4f", "position": "right"}

KeyState = Literal["active", "revoked", "expired"]


@dataclass(slots=True)
class Key:
    """An API key and the workspace it belongs to."""

    tenant_id: str
    state: KeyState = "active"


@dataclass(slots=True)
class Tenant:
    """A workspace."""

    id: str
    plan: str = "level2"
    requests: int = 0


@dataclass(slots=True)
class Document:
    """Something that answers may rest on, once it is active and ready.

    Attributes:
        fields: title, content or question and answer, category.
        ready_at: monotonic time from which it can be used.
    """

    id: str
    fields: dict[str, str]
    status: str
    ready_at: float

    @property
    def ready(self) -> bool:
        """Whether it was taken in by now."""
        return time.monotonic() >= self.ready_at


@dataclass(slots=True)
class Session:
    """A conversation."""

    id: str
    status: Literal["open", "closed"] = "open"
    email: str | None = None


@dataclass(slots=True)
class Question:
    """A message and what becomes of it.

    Attributes:
        started_at: monotonic time from which it is worked on, no longer pending.
        done_at: monotonic time at which it is finished.
        fails: whether it ends without an answer.
        outcome: the answer's fields; None before anybody looked.
        feedback: the first rating.
        day: on which it was asked, UTC, as 2026-11-21.
    """

    id: str
    session_id: str
    message: str
    email: str | None
    started_at: float
    done_at: float
    fails: bool = False
    outcome: dict[str, Any] | None = None
    feedback: str | None = None
    day: str = field(default_factory=lambda: datetime.now(UTC).strftime("%Y-%m-%d"))


@dataclass(slots=True)
class Site:
    """A website with a chatbot of its own."""

    id: str
    tenant_id: str
    widget: dict[str, Any] = field(default_factory=lambda: dict(WIDGET))
    documents: dict[str, Document] = field(default_factory=dict)
    sessions: dict[str, Session] = field(default_factory=dict)
    questions: dict[str, Question] = field(default_factory=dict)

    def count(self, email: str | None = None) -> dict[str, int]:
        """Return how many sessions and questions there were, of one visitor or of all."""
        return {
            "sessions": sum(email in {None, one.email} for one in self.sessions.values()),
            "questions": sum(email in {None, one.email} for one in self.questions.values()),
        }

    def ratings(self, first: str, last: str) -> dict[str, int]:
        """Return how many answers to questions of these days were rated good and bad."""
        given = Counter(one.feedback for one in self._asked(first, last))
        return {"good": given["good"], "bad": given["bad"]}

    def levels(self, first: str, last: str) -> dict[str, int]:
        """Return how many answers to questions of these days were how sure."""
        told = Counter((one.outcome or {}).get("confidence_level") for one in self._asked(first, last))
        return {level: told[level] for level in ("low", "medium", "high")}

    def _asked(self, first: str, last: str) -> list[Question]:
        return [one for one in self.questions.values() if first <= one.day <= last]


class State:
    """Everything, behind one lock. Whoever reads or writes holds it; nobody sleeps with it."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.keys: dict[str, Key] = {}
        self.tenants: dict[str, Tenant] = {}
        self.sites: dict[str, Site] = {}

    def add_tenant(self) -> Tenant:
        """Open a workspace."""
        tenant = Tenant(new_id("ten"))
        self.tenants[tenant.id] = tenant
        return tenant

    def add_site(self, tenant: Tenant) -> Site:
        """Open a site in a workspace."""
        site = Site(new_id("site"), tenant.id)
        self.sites[site.id] = site
        return site

    def add_key(self, tenant: Tenant, environment: str, state: KeyState = "active") -> str:
        """Issue a key, and return it."""
        value = f"upz_{environment}_{secrets.token_urlsafe(24)}"
        self.keys[value] = Key(tenant.id, state)
        return value

    def sites_of(self, tenant: Tenant) -> list[Site]:
        """Return the sites of a workspace."""
        return [site for site in self.sites.values() if site.tenant_id == tenant.id]


def new_id(kind: str) -> str:
    """Return an id that nobody has yet."""
    return f"{kind}_{secrets.token_hex(16)}"
