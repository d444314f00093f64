"""Timely.ai itself: whether it is up, and what a key is for."""

from __future__ import annotations

from typing import Any

from pytest_golive.sandbox.front import Call
from pytest_golive.sandbox.timely.dialects import Dialects
from pytest_golive.sandbox.timely.state import Key, moment


class Service:
    """Operations that are about no thing of a workspace."""

    def __init__(self, dialects: Dialects) -> None:
        self._dialects = dialects

    def get_health(self, call: Call[Key]) -> dict[str, Any]:
        """Return that all is well, to whoever asks."""
        del call
        told = {"status": "ok", "timestamp": moment()}
        return told if self._dialects.health == "bare" else {"data": {**told, "version": "1.0.0"}}

    def get_me(self, call: Call[Key]) -> dict[str, Any]:
        """Return where the key belongs and what it may do."""
        key = call.caller
        return {
            "data": {
                "id": key.id,
                "key_name": key.name,
                "company_id": key.workspace.company_id,
                "workspace_id": key.workspace.id,
                "scopes": list(key.scopes),
                "permissions": {},
                "is_active": key.is_active,
            }
        }
