"""What Timely.ai tells its webhooks of: the bodies of the events that its operations cause."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_golive.sandbox.courier import Courier
from pytest_golive.sandbox.timely.state import Agent, Contact, Conversation, Message, Workspace, moment

WIDGET = {"website": "widget"}
"""Types of channels that events name otherwise."""

KINDS = {"file": "document"}
"""Kinds of messages that events name otherwise."""


class Events:
    """Publishes through the courier, once there is one.

    Attributes:
        courier: what delivers; None where nothing is delivered.
    """

    def __init__(self) -> None:
        self.courier: Courier | None = None

    def contact_created(self, workspace: Workspace, contact: Contact, source: str = "api") -> None:
        """Tell of a new contact."""
        self._publish(
            workspace,
            "contact.created",
            {
                "contact_id": contact.id,
                "name": contact.customer_name,
                "phone": contact.customer_phone,
                "email": contact.customer_email,
                "avatar_url": None,
                "source": source,
                "tags": list(contact.tags),
                "custom_fields": dict(contact.custom_fields),
                "assigned_to": None,
                "created_at": contact.created_at,
            },
        )

    def contact_updated(self, workspace: Workspace, contact: Contact, changes: Mapping[str, Any]) -> None:
        """Tell of a changed contact; a change that changes nothing is no event."""
        if changes:
            data = {"contact_id": contact.id, "changes": dict(changes), "updated_by": None, "updated_by_type": "api"}
            self._publish(workspace, "contact.updated", {**data, "updated_at": contact.updated_at})

    def contact_deleted(self, workspace: Workspace, contact: Contact) -> None:
        """Tell of a removed contact."""
        self._publish(workspace, "contact.deleted", {"contact_id": contact.id})

    def conversation_created(self, workspace: Workspace, conversation: Conversation) -> None:
        """Tell of a new conversation."""
        told = {"status": "open", "assigned_to": conversation.agent_id, "assigned_type": "agent", "tags": []}
        self._publish(
            workspace,
            "conversation.created",
            {**_about(conversation), **told, "created_at": conversation.created_at},
        )

    def message(self, workspace: Workspace, conversation: Conversation, message: Message, sent_by: str) -> None:
        """Tell of a message: what a customer wrote was received, everything else was sent and delivered."""
        content = {
            "message_id": message.id,
            **_about(conversation),
            "content": message.content,
            "type": KINDS.get(message.message_type, message.message_type),
            "media_url": message.media_url,
            "media_mime_type": message.media_type,
        }
        if message.sender_type == "customer":
            told = {"direction": "inbound", "received_at": message.created_at}
            self._publish(workspace, "message.received", {**content, **told})
            return
        kind = "agent" if message.sender_type in {"ai", "bot"} else "api"
        told = {"direction": "outbound", "sent_by": sent_by, "sent_by_type": kind, "sent_at": message.created_at}
        self._publish(workspace, "message.sent", {**content, **told})
        self._publish(
            workspace, "message.delivered", {"message_id": message.id, "conversation_id": message.conversation_id}
        )

    def handoff_started(self, workspace: Workspace, conversation: Conversation, reason: str) -> None:
        """Tell that a person is wanted."""
        told = {"handoff_reason": reason, "handoff_note": None, "queue_id": None, "started_at": moment()}
        self._publish(
            workspace,
            "agent.handoff_started",
            {**_about(conversation), "agent_id": conversation.agent_id, **told},
        )

    def handoff_completed(self, workspace: Workspace, conversation: Conversation, attendant: str) -> None:
        """Tell that a person has taken over."""
        now = moment()
        told = {"handoff_reason": "user_requested", "handoff_note": None, "queue_id": None, "attendant_id": attendant}
        self._publish(
            workspace,
            "agent.handoff_completed",
            {
                **_about(conversation),
                "agent_id": conversation.agent_id,
                **told,
                "handoff_wait_seconds": 0,
                "started_at": now,
                "completed_at": now,
            },
        )

    def credits(self, workspace: Workspace, agent: Agent, threshold_percent: int) -> None:
        """Tell that credits are low, or gone."""
        left, total = agent.credits_total - agent.credits_used, agent.credits_total
        if left <= 0:
            gone = {"service_status": "restricted", "credits_remaining": 0, "credits_total": total}
            self._publish(workspace, "credit.depleted", gone)
            return
        self._publish(
            workspace,
            "credit.low",
            {
                "credits_remaining": left,
                "credits_total": total,
                "credits_used": agent.credits_used,
                "usage_percentage": round(100 * agent.credits_used / total, 1),
                "alert_threshold_percentage": threshold_percent,
                "estimated_depletion_at": None,
                "billing_period_end": moment()[:10],
                "plan_id": "plan_sandbox",
                "plan_name": "Professional",
            },
        )

    def _publish(self, workspace: Workspace, event: str, data: Mapping[str, Any]) -> None:
        if self.courier is not None:
            self.courier.publish(event, data, tenant=workspace.id, whole=True)


def _about(conversation: Conversation) -> dict[str, Any]:
    channel = conversation.channel or "widget"
    return {
        "conversation_id": conversation.id,
        "contact_id": conversation.contact_id,
        "channel_id": conversation.channel_id,
        "channel_type": WIDGET.get(channel, channel),
    }
