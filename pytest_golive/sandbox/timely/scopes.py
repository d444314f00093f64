"""What a key may do: scopes, in the four vocabularies of the vendor's pages."""

from __future__ import annotations

from collections.abc import Collection, Iterable

from pytest_golive.vendors.pack import Pack

ALL = (
    "agents:read",
    "agents:write",
    "agents:delete",
    "channels:read",
    "channels:write",
    "contacts:read",
    "contacts:write",
    "conversations:read",
    "messages:read",
    "messages:write",
    "chats:write",
    "transfer-rules:read",
    "webhooks:read",
    "webhooks:write",
    "webhooks:delete",
)
"""Everything the embedded operations ask for, in the words of the API reference."""


def allows(pack: Pack, held: Iterable[str], needed: Collection[str]) -> bool:
    """Whether a key with these scopes may do what needs one of the others; nothing needed is allowed to all."""
    if not needed:
        return True
    aliases = pack.privileges.aliases if pack.privileges is not None else {}
    meant = {meaning for scope in held for meaning in aliases.get(scope, (scope,))}
    # The two coarse words of the oldest page stand for everything of their kind.
    return any(scope in meant or scope.rpartition(":")[2] in meant for scope in needed)
