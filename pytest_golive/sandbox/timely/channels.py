"""Timely.ai's channels: the ways in for customers."""

from __future__ import annotations

from typing import Any

from pytest_golive.sandbox.front import Call, Refusal
from pytest_golive.sandbox.timely.agents import agent_of
from pytest_golive.sandbox.timely.dialects import Dialects
from pytest_golive.sandbox.timely.paging import listed
from pytest_golive.sandbox.timely.state import Channel, Key, State, new_id


class Channels:
    """Operations on the channels of a workspace."""

    def __init__(self, state: State, dialects: Dialects) -> None:
        self._state = state
        self._dialects = dialects

    def list_channels(self, call: Call[Key]) -> dict[str, Any]:
        """Return the channels, the newest first."""
        kind = call.query.get("type")
        with self._state.lock:
            channels = [_shown(one) for one in call.caller.workspace.channels.values() if kind in {None, one.type}]
        return listed(channels, call.query, self._dialects.paging)

    def create_channel(self, call: Call[Key]) -> dict[str, Any]:
        """Make a channel; it is pending until it is connected in the dashboard."""
        workspace = call.caller.workspace
        with self._state.lock:
            agent = agent_of(workspace, call.body["agent_id"])
            if any(one.name == call.body["name"] for one in workspace.channels.values()):
                raise Refusal(409, "a channel has this name already", code="CHANNEL_ALREADY_CONNECTED")
            channel = Channel(new_id(), call.body["name"], call.body["type"], agent.id)
            workspace.channels[channel.id] = channel
            return {"data": _shown(channel)}


def _shown(channel: Channel) -> dict[str, Any]:
    return {name: getattr(channel, name) for name in ("id", "name", "type", "status", "agent_id", "created_at")}
