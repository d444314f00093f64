"""Timely.ai's agents: made, switched on and off, asked, and paid for with credits."""

from __future__ import annotations

import time
from typing import Any

from pytest_golive.sandbox.front import Call, Refusal
from pytest_golive.sandbox.timely.dialects import Dialects
from pytest_golive.sandbox.timely.events import Events
from pytest_golive.sandbox.timely.formats import check_uri
from pytest_golive.sandbox.timely.knowledge import answer_to, wants_a_person
from pytest_golive.sandbox.timely.paging import listed
from pytest_golive.sandbox.timely.refusals import absent
from pytest_golive.sandbox.timely.state import (
    Agent,
    Change,
    Contact,
    Conversation,
    Key,
    Message,
    State,
    Workspace,
    moment,
    new_id,
)

LOW_PERCENT = 20
"""Share of the credits at which they are called low."""

FIELDS = ("name", "description", "avatar_url", "model", "temperature")


class Agents:
    """Operations on the agents of a workspace.

    Attributes:
        think_seconds: how long an answer takes; may be changed while it runs.
    """

    def __init__(self, state: State, events: Events, dialects: Dialects, think_seconds: float) -> None:
        self._state = state
        self._events = events
        self._dialects = dialects
        self.think_seconds = think_seconds

    def list_agents(self, call: Call[Key]) -> dict[str, Any]:
        """Return the agents, the newest first."""
        status = call.query.get("status")
        with self._state.lock:
            agents = [shown(one) for one in call.caller.workspace.agents.values() if status in {None, one.status}]
        return listed(agents, call.query, self._dialects.paging)

    def create_agent(self, call: Call[Key]) -> dict[str, Any]:
        """Make an agent; it does not answer before it is activated."""
        check_uri(call.body, "avatar_url")
        agent = Agent(new_id(), **{name: call.body[name] for name in FIELDS if name in call.body})
        with self._state.lock:
            call.caller.workspace.agents[agent.id] = agent
            return {"data": shown(agent)}

    def get_agent(self, call: Call[Key]) -> dict[str, Any]:
        """Return one agent."""
        with self._state.lock:
            return {"data": shown(_agent(call))}

    def delete_agent(self, call: Call[Key]) -> dict[str, Any]:
        """Remove an agent."""
        with self._state.lock:
            del call.caller.workspace.agents[_agent(call).id]
        return {"data": {"deleted": True}}

    def activate_agent(self, call: Call[Key]) -> dict[str, Any]:
        """Let an agent answer."""
        return self._set_status(call, "active")

    def deactivate_agent(self, call: Call[Key]) -> dict[str, Any]:
        """Keep an agent from answering."""
        return self._set_status(call, "inactive")

    def ask_agent(self, call: Call[Key]) -> dict[str, Any]:
        """Answer a question while the caller waits, in a conversation for testing."""
        workspace, message = call.caller.workspace, call.body["message"]
        with self._state.lock:
            agent = _agent(call)
            if agent.status != "active":
                raise Refusal(400, "the agent is inactive")
            low = spend(agent)
            conversation = self._conversation(workspace, agent, call.body)
        time.sleep(self.think_seconds)
        answer, handed_over = answer_to(message), wants_a_person(message)
        with self._state.lock:
            for text, sender in ((message, "customer"), (answer, "ai")):
                written = Message(new_id(), conversation.id, text, sender)
                conversation.messages[written.id] = written
                conversation.last_message_at = written.created_at
            if handed_over:
                conversation.ai_mode = "paused"
        if handed_over:
            self._events.handoff_started(workspace, conversation, "rule_triggered")
        if low:
            self._events.credits(workspace, agent, low)
        return {"data": {"conversation_id": conversation.id, "response": answer}}

    def get_agent_credits(self, call: Call[Key]) -> dict[str, Any]:
        """Return what an agent has left."""
        with self._state.lock:
            agent = _agent(call)
            used, total = agent.credits_used, agent.credits_total
        return {"data": {"credits_remaining": total - used, "credits_used": used, "credits_total": total}}

    def list_agent_changes(self, call: Call[Key]) -> dict[str, Any]:
        """Return how an agent was changed, the latest first."""
        names = ("id", "old_value", "new_value", "changed_by", "created_at")
        with self._state.lock:
            agent = _agent(call)
            changes = [one for one in call.caller.workspace.changes if one.agent_id == agent.id]
            rows = [{"field": one.changed, **{name: getattr(one, name) for name in names}} for one in changes]
        return listed(rows, call.query, self._dialects.paging)

    def list_transfer_rules(self, call: Call[Key]) -> dict[str, Any]:
        """Return what hands an agent's conversations over, as the older API shows it."""
        with self._state.lock:
            agent = _agent(call)
            rows = [
                {
                    "id": one.id,
                    "agent_id": agent.id,
                    "name": one.name,
                    "condition_type": "keyword",
                    "condition_config": {"keywords": [one.keyword]},
                    "target_type": "team",
                    "target_id": None,
                    "priority": number,
                    "is_active": one.is_active,
                }
                for number, one in enumerate(call.caller.workspace.transfer_rules, 1)
                if one.agent_id == agent.id
            ]
        return listed(rows, call.query, self._dialects.paging)

    def _set_status(self, call: Call[Key], status: Any) -> dict[str, Any]:
        with self._state.lock:
            agent = _agent(call)
            if agent.status != status:
                change = Change(new_id(), agent.id, "status", agent.status, status, call.caller.name)
                call.caller.workspace.changes.append(change)
                agent.status, agent.updated_at = status, moment()
            return {"data": shown(agent)}

    def _conversation(self, workspace: Workspace, agent: Agent, body: dict[str, Any]) -> Conversation:
        """Return the conversation to go on with, or a new one on no channel."""
        if "conversation_id" in body:
            known = workspace.conversations.get(body["conversation_id"])
            if known is None:
                raise absent("conversation")
            return known
        contact = workspace.contacts.get(body.get("contact_id", ""))
        if "contact_id" in body and contact is None:
            raise absent("contact")
        contact = contact or Contact(new_id(), "Test")
        channel = next((one for one in workspace.channels.values() if one.agent_id == agent.id), None)
        conversation = Conversation(
            id=new_id(),
            channel=None,
            channel_id=channel.id if channel else new_id(),
            contact_id=contact.id,
            agent_id=agent.id,
            customer_name=contact.customer_name,
        )
        workspace.conversations[conversation.id] = conversation
        return conversation


def spend(agent: Agent) -> int:
    """Take a credit; return the threshold, in percent, if the rest has just become low or nothing, else 0.

    Raises:
        Refusal: there are none.
    """
    if agent.credits_used >= agent.credits_total:
        raise Refusal(402, "no credits are left", code="PLAN_LIMIT_REACHED")
    limit = agent.credits_total * LOW_PERCENT / 100
    before = agent.credits_total - agent.credits_used
    agent.credits_used += 1
    after = before - 1
    return LOW_PERCENT if after == 0 or after <= limit < before else 0


def agent_of(workspace: Workspace, agent_id: str) -> Agent:
    """Return an agent of a workspace.

    Raises:
        Refusal: it has no such agent.
    """
    agent = workspace.agents.get(agent_id)
    if agent is None:
        raise absent("agent")
    return agent


def shown(agent: Agent) -> dict[str, Any]:
    """Return an agent as the API shows it."""
    names = ("id", "name", "description", "avatar_url", "status", "model", "temperature", "created_at", "updated_at")
    return {name: getattr(agent, name) for name in names}


def _agent(call: Call[Key]) -> Agent:
    return agent_of(call.caller.workspace, call.path["agent_id"])
