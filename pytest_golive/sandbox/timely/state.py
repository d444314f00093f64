"""What Timely.ai remembers: workspaces with their keys, contacts, agents, channels, conversations and webhooks."""

from __future__ import annotations

import secrets
import threading
import uuid
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Literal

AiMode = Literal["auto", "paused"]


def moment(at: datetime | None = None) -> str:
    """Return a time, now by default, as the API writes it."""
    return f"{at or datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"


@dataclass(slots=True)
class Contact:
    """A person that agents write with."""

    id: str
    customer_name: str
    customer_email: str | None = None
    customer_phone: str | None = None
    status: str = "active"
    tags: list[str] = field(default_factory=list)
    custom_fields: dict[str, Any] = field(default_factory=dict)
    further: dict[str, Any] = field(default_factory=dict)
    created_at: str = field(default_factory=moment)
    updated_at: str = field(default_factory=moment)


@dataclass(slots=True)
class Agent:
    """An assistant; a new one is inactive, and then does not answer.

    Attributes:
        credits_total: what it may use.
        credits_used: what it has used.
    """

    id: str
    name: str
    description: str | None = None
    avatar_url: str | None = None
    status: Literal["active", "inactive"] = "inactive"
    model: str = "gpt-4o-mini"
    temperature: float = 0.7
    credits_total: int = 1000
    credits_used: int = 0
    created_at: str = field(default_factory=moment)
    updated_at: str = field(default_factory=moment)


@dataclass(slots=True)
class Change:
    """One change of how an agent behaves."""

    id: str
    agent_id: str
    changed: str
    old_value: Any
    new_value: Any
    changed_by: str
    created_at: str = field(default_factory=moment)


@dataclass(slots=True)
class TransferRule:
    """What hands a conversation over, as the older API shows it."""

    id: str
    agent_id: str
    name: str
    keyword: str
    is_active: bool = True


@dataclass(slots=True)
class Message:
    """One message of a conversation."""

    id: str
    conversation_id: str
    content: str
    sender_type: str
    message_type: str = "text"
    media_url: str | None = None
    media_type: str | None = None
    is_edited: bool = False
    created_at: str = field(default_factory=moment)


@dataclass(slots=True)
class Conversation:
    """What a contact and an agent, or a person, write on one channel."""

    id: str
    channel: str | None
    channel_id: str
    contact_id: str
    agent_id: str
    customer_name: str | None
    status: Literal["open", "closed", "pending"] = "open"
    ai_mode: AiMode = "auto"
    last_message_at: str | None = None
    created_at: str = field(default_factory=moment)
    messages: dict[str, Message] = field(default_factory=dict)


@dataclass(slots=True)
class Channel:
    """A way in for customers."""

    id: str
    name: str
    type: str
    agent_id: str
    status: str = "pending"
    created_at: str = field(default_factory=moment)


@dataclass(slots=True)
class Webhook:
    """An address that events are sent to.

    Attributes:
        scheme: how its deliveries are signed; None for the usual way.
        past: rows of deliveries from before the start of the sandbox.
    """

    id: str
    url: str
    events: tuple[str, ...]
    secret: str = field(repr=False)
    name: str | None = None
    description: str | None = None
    is_active: bool = True
    scheme: str | None = None
    created_at: str = field(default_factory=moment)
    past: list[dict[str, Any]] = field(default_factory=list)


@dataclass(slots=True)
class Workspace:
    """A part of a company with everything of its own.

    Attributes:
        production: whether addresses of webhooks have to be public and encrypted.
    """

    id: str
    company_id: str
    production: bool = False
    contacts: dict[str, Contact] = field(default_factory=dict)
    agents: dict[str, Agent] = field(default_factory=dict)
    changes: list[Change] = field(default_factory=list)
    transfer_rules: list[TransferRule] = field(default_factory=list)
    channels: dict[str, Channel] = field(default_factory=dict)
    conversations: dict[str, Conversation] = field(default_factory=dict)
    webhooks: dict[str, Webhook] = field(default_factory=dict)

    def message(self, message_id: str) -> Message | None:
        """Return a message of any conversation; None where there is none."""
        found = (one.messages.get(message_id) for one in self.conversations.values())
        return next((message for message in found if message is not None), None)


@dataclass(slots=True)
class Key:
    """An API key: one workspace, and what it may do there."""

    id: str
    name: str
    workspace: Workspace
    scopes: tuple[str, ...]
    is_active: bool = True


class State:
    """Everything, behind one lock. Whoever reads or writes holds it; nobody sleeps with it."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.keys: dict[str, Key] = {}
        self.workspaces: dict[str, Workspace] = {}

    def add_workspace(self, company_id: str, *, production: bool) -> Workspace:
        """Open a workspace."""
        workspace = Workspace(new_id(), company_id, production)
        self.workspaces[workspace.id] = workspace
        return workspace

    def add_key(self, workspace: Workspace, name: str, scopes: tuple[str, ...], *, is_active: bool = True) -> str:
        """Issue a key, and return it."""
        value = f"tly_live_{secrets.token_urlsafe(24)}"
        self.keys[value] = Key(new_id(), name, workspace, scopes, is_active)
        return value


def new_id() -> str:
    """Return an id that nobody has yet."""
    return str(uuid.uuid4())
