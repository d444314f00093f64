"""Keys of the public surface: issued, replaced, revoked."""

from __future__ import annotations

from typing import Any

from pytest_golive.sandbox.front import Call, Refusal
from pytest_golive.sandbox.selwise.access import Caller
from pytest_golive.sandbox.selwise.state import PublicKey, State, add_public_key, new_public_key, now

SHOWN = 14
"""Characters of a key that the list shows."""


class PublicKeys:
    """Operations on the public keys of a site."""

    def __init__(self, state: State) -> None:
        self._state = state

    def list_public_api_keys(self, call: Call[Caller]) -> list[dict[str, Any]]:
        """Return all keys, revoked ones too, without their values."""
        with self._state.lock:
            return [_shown(key) for key in self._state.sites[call.path["site_id"]].keys.values()]

    def create_public_api_key(self, call: Call[Caller]) -> dict[str, Any]:
        """Issue a key; its value is told here and never again."""
        with self._state.lock:
            site = self._state.sites[call.path["site_id"]]
            scopes = tuple(dict.fromkeys(call.body["scopes"]))
            key = add_public_key(site, str(call.body.get("name", "")), scopes)
            return {**_shown(key), "key": key.value}

    def rotate_public_api_key(self, call: Call[Caller]) -> dict[str, Any]:
        """Give a key another value; the old one is refused from now on."""
        with self._state.lock:
            key = self._key(call)
            if key.revoked_at is not None:
                raise Refusal(409, "public api key is revoked")
            key.value = new_public_key()
            return {"id": key.id, "key": key.value}

    def revoke_public_api_key(self, call: Call[Caller]) -> dict[str, Any]:
        """Revoke a key; once more changes nothing."""
        with self._state.lock:
            key = self._key(call)
            key.revoked_at = key.revoked_at or now()
            return {"id": key.id, "revokedAt": key.revoked_at}

    def _key(self, call: Call[Caller]) -> PublicKey:
        key = self._state.sites[call.path["site_id"]].keys.get(call.path["key_id"])
        if key is None:
            raise Refusal(404, "public api key not found")
        return key


def _shown(key: PublicKey) -> dict[str, Any]:
    return {
        "id": key.id,
        "name": key.name,
        "scopes": [*key.scopes],
        "prefix": key.value[:SHOWN],
        "createdAt": key.created_at,
        "lastUsedAt": key.last_used_at,
        "revokedAt": key.revoked_at,
    }
