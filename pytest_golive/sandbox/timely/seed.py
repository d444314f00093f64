"""What is in a workspace from the start, so that reading checks have something to look at."""

from __future__ import annotations

import uuid
from typing import Any

from pytest_golive.sandbox.timely import contacts
from pytest_golive.sandbox.timely.conversations import begin, write
from pytest_golive.sandbox.timely.knowledge import answer_to
from pytest_golive.sandbox.timely.state import Agent, Change, Channel, TransferRule, Webhook, Workspace, new_id
from pytest_golive.sandbox.timely.webhooks import register

PEOPLE = ("Ana Souza", "Bruno Lima", "Carla Dias", "Diego Alves", "Elisa Rocha", "Fabio Nunes", "Gabi Castro")
QUESTIONS = ("What are your opening hours?", "How long does delivery take?", "Can I return an item?")
PAST = "2026-05-04T12:00:0{number}Z"
SUBSCRIBED = (
    "message.received",
    "message.sent",
    "conversation.created",
    "contact.created",
    "contact.updated",
    "agent.handoff_started",
    "credit.low",
)


def fill(workspace: Workspace) -> None:
    """Put agents, channels, people and what they wrote into a workspace.

    The first agent is the active one, the first channel its WhatsApp number, the first conversation the one for tests.
    """
    shop = Agent(new_id(), "Shop assistant", "answers questions about the shop", status="active", credits_used=100)
    draft = Agent(new_id(), "Draft assistant")
    workspace.agents |= {one.id: one for one in (shop, draft)}
    workspace.changes.append(Change(new_id(), shop.id, "system_prompt", "", "Be kind and brief.", "ana@example.com"))
    workspace.transfer_rules.append(TransferRule(new_id(), shop.id, "asks for a person", "human"))
    kinds = (("WhatsApp", "whatsapp"), ("Website", "website"))
    channels = [Channel(new_id(), name, kind, shop.id, status="active") for name, kind in kinds]
    workspace.channels |= {one.id: one for one in channels}
    people = [
        contacts.add(
            workspace,
            {
                "customer_name": name,
                "customer_email": f"{name.split()[0].lower()}@example.com",
                "customer_phone": f"+120255501{10 + number}",
            },
        )
        for number, name in enumerate(PEOPLE)
    ]
    for number, person in enumerate(people[:5]):
        conversation = begin(workspace, channels[number % 2], person)
        question = QUESTIONS[number % len(QUESTIONS)]
        write(conversation, question, "customer")
        write(conversation, answer_to(question), "ai")
    next(reversed(workspace.conversations.values())).status = "closed"


def register_shop(workspace: Workspace, url: str) -> Webhook:
    """Register the address of the example shop, with a past of deliveries that it took."""
    hook = register(workspace, url, SUBSCRIBED, name="shop")
    hook.past = [_delivered(hook, number) for number in range(1, 5)]
    return hook


def _delivered(hook: Webhook, number: int) -> dict[str, Any]:
    event, at = SUBSCRIBED[number % 2], PAST.format(number=number)
    return {
        "id": str(uuid.uuid5(uuid.NAMESPACE_OID, f"{hook.id}/{number}")),
        "webhook_id": hook.id,
        "event": event,
        "event_type": event,
        "status": "success",
        "status_code": 200,
        "http_status": 200,
        "response_time_ms": 40 + number,
        "attempt": 1,
        "next_retry_at": None,
        "created_at": at,
        "delivered_at": at,
    }
