"""Timely.ai's conversations: who writes what, and whether the agent or a person answers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pytest_golive.sandbox.front import Call, Refusal
from pytest_golive.sandbox.timely import contacts
from pytest_golive.sandbox.timely.agents import agent_of, spend
from pytest_golive.sandbox.timely.dialects import Dialects
from pytest_golive.sandbox.timely.events import Events
from pytest_golive.sandbox.timely.formats import check_handoff, check_uri
from pytest_golive.sandbox.timely.knowledge import answer_to, wants_a_person
from pytest_golive.sandbox.timely.paging import listed
from pytest_golive.sandbox.timely.refusals import absent, invalid
from pytest_golive.sandbox.timely.state import (
    AiMode,
    Channel,
    Contact,
    Conversation,
    Key,
    Message,
    State,
    Workspace,
    new_id,
)


class Conversations:
    """Operations on conversations, their messages, and who answers them."""

    def __init__(self, state: State, events: Events, dialects: Dialects) -> None:
        self._state = state
        self._events = events
        self._dialects = dialects

    def list_conversations(self, call: Call[Key]) -> dict[str, Any]:
        """Return the conversations that fit, the newest first."""
        search, status, channel = (call.query.get(name) for name in ("search", "status", "channel"))
        with self._state.lock:
            found = [
                shown(one)
                for one in call.caller.workspace.conversations.values()
                if status in {None, one.status}
                and channel in {None, one.channel}
                and (search or "").lower() in (one.customer_name or "").lower()
            ]
        return listed(found, call.query, self._dialects.paging)

    def get_conversation(self, call: Call[Key]) -> dict[str, Any]:
        """Return one conversation."""
        with self._state.lock:
            return {"data": shown(_conversation(call))}

    def list_messages(self, call: Call[Key]) -> dict[str, Any]:
        """Return the messages of a conversation, the newest first."""
        since, until = (_time(call.query.get(name)) for name in ("since", "until"))
        with self._state.lock:
            found = [
                message_shown(one)
                for one in _conversation(call).messages.values()
                if (since is None or _read(one.created_at) >= since)
                and (until is None or _read(one.created_at) <= until)
            ]
        return listed(found, call.query, self._dialects.paging)

    def send_message(self, call: Call[Key]) -> dict[str, Any]:
        """Write a message; what a customer writes is answered by the agent, unless a person has taken over."""
        check_uri(call.body, "media_url")
        workspace = call.caller.workspace
        with self._state.lock:
            conversation = _conversation(call)
            message = write(
                conversation,
                call.body["content"],
                call.body.get("sender_type", "agent"),
                message_type=call.body.get("message_type") or call.body.get("type") or "text",
                media_url=call.body.get("media_url"),
                media_type=call.body.get("media_type"),
            )
            told = message_shown(message)
        self._events.message(workspace, conversation, message, call.caller.id)
        if message.sender_type == "customer":
            self._answer(workspace, conversation, message.content)
        return {"data": told}

    def update_message(self, call: Call[Key]) -> dict[str, Any]:
        """Change the text of a message of this conversation."""
        with self._state.lock:
            message = _conversation(call).messages.get(call.path["message_id"])
            if message is None:
                raise absent("message")
            message.content, message.is_edited = call.body["content"], True
            return {"data": message_shown(message)}

    def get_message(self, call: Call[Key]) -> dict[str, Any]:
        """Return one message."""
        with self._state.lock:
            message = call.caller.workspace.message(call.path["message_id"])
            if message is None:
                raise absent("message")
            return {"data": message_shown(message)}

    def start_handoff(self, call: Call[Key]) -> dict[str, Any]:
        """Let a person answer from now on; older pages have a body, in which both fields may be left out."""
        check_handoff(call.request.body)
        return self._switch(call, "paused")

    def resume_ai(self, call: Call[Key]) -> dict[str, Any]:
        """Let the agent answer again."""
        return self._switch(call, "auto")

    stop_human = resume_ai

    def start_human(self, call: Call[Key]) -> dict[str, Any]:
        """Take a conversation over, as an attendant does."""
        told = self.start_handoff(call)
        with self._state.lock:
            conversation = _conversation(call)
        self._events.handoff_completed(call.caller.workspace, conversation, attendant=call.caller.id)
        return told

    def start_channel_conversation(self, call: Call[Key]) -> dict[str, Any]:
        """Write to somebody first, on one channel."""
        workspace = call.caller.workspace
        with self._state.lock:
            channel = workspace.channels.get(call.path["channel_id"])
            if channel is None or channel.status != "active":
                raise absent("channel")
            email = channel.type == "email"
            if email and "@" not in call.body["to"]:
                raise invalid("to", "has to be an e-mail address")
            if not email:
                contacts.check_phone(call.body["to"], "to")
            to = {"email" if email else "phone": call.body["to"]}
            conversation, message = self._begin(workspace, channel, call.body["message"], call.caller.id, **to)
        return {"data": {"conversation_id": conversation.id, "message_id": message.id}}

    def send_message_anywhere(self, call: Call[Key]) -> dict[str, Any]:
        """Write to somebody, in the conversation there is or in a new one."""
        workspace, body = call.caller.workspace, call.body
        contacts.check_phone(body["contact"]["phone"], "contact.phone")
        with self._state.lock:
            agent = agent_of(workspace, body["agent_id"])
            channel = next(
                (one for one in workspace.channels.values() if one.type == body["channel"] and one.status == "active"),
                None,
            )
            if channel is None:
                raise absent("channel")
            known = contacts.find(workspace, phone=body["contact"]["phone"])
            there = (
                one
                for one in workspace.conversations.values()
                if known is not None
                and (one.contact_id, one.agent_id, one.channel_id) == (known.id, agent.id, channel.id)
                and one.status != "closed"
            )
            conversation = next(there, None)
            if conversation is None:
                name = body["contact"].get("name")
                conversation, message = self._begin(
                    workspace, channel, body["message"], call.caller.id, phone=body["contact"]["phone"], name=name
                )
            else:
                message = write(conversation, body["message"], "agent")
                self._events.message(workspace, conversation, message, call.caller.id)
        told = {"message_id": message.id, "conversation_id": conversation.id, "status": "queued"}
        return {"data": {**told, "created_at": message.created_at}}

    def _begin(
        self,
        workspace: Workspace,
        channel: Channel,
        text: str,
        sent_by: str,
        *,
        phone: str | None = None,
        email: str | None = None,
        name: str | None = None,
    ) -> tuple[Conversation, Message]:
        contact = contacts.find(workspace, phone=phone, email=email)
        if contact is None:
            fields = {"customer_name": name or phone or email, "customer_phone": phone, "customer_email": email}
            contact = contacts.add(workspace, fields)
            self._events.contact_created(workspace, contact)
        conversation = begin(workspace, channel, contact)
        message = write(conversation, text, "agent")
        self._events.conversation_created(workspace, conversation)
        self._events.message(workspace, conversation, message, sent_by)
        return conversation, message

    def _switch(self, call: Call[Key], mode: AiMode) -> dict[str, Any]:
        with self._state.lock:
            conversation = _conversation(call)
            changed, conversation.ai_mode = conversation.ai_mode != mode, mode
        if changed and mode == "paused":
            self._events.handoff_started(call.caller.workspace, conversation, "user_requested")
        return {"data": {"id": conversation.id, "ai_mode": mode}}

    def _answer(self, workspace: Workspace, conversation: Conversation, text: str) -> None:
        """Let the agent answer a customer, if it may."""
        with self._state.lock:
            agent = workspace.agents.get(conversation.agent_id)
            if conversation.ai_mode == "paused" or agent is None or agent.status != "active":
                return
            try:
                low = spend(agent)
            except Refusal:
                return  # without credits a channel still receives, and nobody answers
            message = write(conversation, answer_to(text), "ai")
            handed_over = wants_a_person(text)
            if handed_over:
                conversation.ai_mode = "paused"
        self._events.message(workspace, conversation, message, conversation.agent_id)
        if handed_over:
            self._events.handoff_started(workspace, conversation, "rule_triggered")
        if low:
            self._events.credits(workspace, agent, low)


def begin(workspace: Workspace, channel: Channel | None, contact: Contact, agent_id: str = "") -> Conversation:
    """Open a conversation with a contact."""
    conversation = Conversation(
        id=new_id(),
        channel=channel.type if channel else None,
        channel_id=channel.id if channel else new_id(),
        contact_id=contact.id,
        agent_id=agent_id or (channel.agent_id if channel else ""),
        customer_name=contact.customer_name,
    )
    workspace.conversations[conversation.id] = conversation
    return conversation


def write(conversation: Conversation, content: str, sender_type: str, **further: Any) -> Message:
    """Put a message into a conversation."""
    message = Message(new_id(), conversation.id, content, sender_type, **further)
    conversation.messages[message.id] = message
    conversation.last_message_at = message.created_at
    return message


def shown(conversation: Conversation) -> dict[str, Any]:
    """Return a conversation as the API shows it."""
    names = ("id", "channel", "channel_id", "contact_id", "agent_id", "customer_name", "status", "ai_mode")
    told = {name: getattr(conversation, name) for name in names}
    return {**told, "last_message_at": conversation.last_message_at, "created_at": conversation.created_at}


def message_shown(message: Message) -> dict[str, Any]:
    """Return a message as the API shows it."""
    names = ("id", "conversation_id", "content", "sender_type", "message_type", "media_url", "media_type", "is_edited")
    return {**{name: getattr(message, name) for name in names}, "created_at": message.created_at}


def _conversation(call: Call[Key]) -> Conversation:
    conversation = call.caller.workspace.conversations.get(call.path["conversation_id"])
    if conversation is None:
        raise absent("conversation")
    return conversation


def _time(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        time = _read(text)
    except ValueError:
        raise invalid("since", "has to be a date with time") from None
    if time.tzinfo is None:
        raise invalid("since", "has to name its offset")
    return time


def _read(text: str) -> datetime:
    return datetime.fromisoformat(text)
