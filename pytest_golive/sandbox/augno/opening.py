"""The two accounts of a rehearsal: what a client needs to know of each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Literal

from pytest_golive.sandbox.augno.api_keys import KeyRing
from pytest_golive.sandbox.augno.moments import in_utc
from pytest_golive.sandbox.augno.seed import furnish, role_named
from pytest_golive.sandbox.augno.state import Account, Mode, State
from pytest_golive.sandbox.connection import Connection

MODES: Mapping[str, Mode] = {"sandbox": "test", "production": "prod"}
"""The environments, with what the prefixes of their keys say."""

OWN_KEY = "shop-integration"
DOCS_KEY = "Doc API Key [System Generated]"
DOCS_KEY_LIVES = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Opening:
    """An account that is ready to be used.

    Attributes:
        mode: what webhooks say of it.
        ids: what is configured, by the names the pack has for it.
        keys: its keys by name.
    """

    account: Account
    mode: Literal["test", "live"]
    ids: Mapping[str, str]
    keys: Mapping[str, str]

    def connection(self, version: str, profile: str) -> Connection:
        """Return how it is reached, under the brand that a profile of the pack names."""
        return Connection(
            base_path="",
            api_key=self.keys["api_key"],
            previous_api_key=self.keys["previous_api_key"],
            ids=self.ids,
            keys={name: key for name, key in self.keys.items() if name not in {"api_key", "previous_api_key"}},
            settings={"api_version": version},
            forbidden=("list_sandboxes",),
            profile=profile,
            # Keys and sandboxes are managed with a key of an admin role; the usual one is not.
            further={"version": version, "audit_key": self.keys["audit_key"]},
        )


def open_account(state: State, ring: KeyRing, environment: str) -> Opening:
    """Return a new account with all that an integration needs, and keys of every kind."""
    mode = MODES[environment]
    account = state.open_account(f"Golive Works, {environment}", mode)
    ids = furnish(state, account)

    def issue(name: str, role: str, expires_at: str | None = None) -> str:
        return ring.issue(account, name, role_named(account, role).id, expires_at)[1]

    keys = {
        "previous_api_key": issue(OWN_KEY, "Integration"),
        "api_key": issue(OWN_KEY, "Integration"),
        "expired_key": issue("trial", "Integration"),
        "limited_key": issue("unit-reader", "Unit reader"),
        "audit_key": issue("golive-audit", "Administrator"),
    }
    ring.row_of(keys["previous_api_key"]).values["revoked_at"] = state.now()
    ring.row_of(keys["expired_key"]).values["expires_at"] = state.now()
    if mode == "test":
        issue(DOCS_KEY, "Administrator", in_utc(state.clock() + DOCS_KEY_LIVES))
    return Opening(account, "test" if mode == "test" else "live", ids, keys)
