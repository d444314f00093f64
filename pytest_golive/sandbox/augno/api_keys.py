"""Augno's API keys: whom one opens what for, and how it is created, replaced and revoked."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any, ClassVar

from pytest_golive.sandbox.augno.brand import Brand
from pytest_golive.sandbox.augno.endpoints import ADMIN, Asked, Endpoint, Reply
from pytest_golive.sandbox.augno.fields import Field, read_moment
from pytest_golive.sandbox.augno.moments import in_utc, random_text
from pytest_golive.sandbox.augno.problem import Problem, malformed
from pytest_golive.sandbox.augno.queries import LISTING, Parameter
from pytest_golive.sandbox.augno.resource import Core, Resource, referred
from pytest_golive.sandbox.augno.state import Account, Row, State, digest
from pytest_golive.sandbox.augno.views import show

LONGEST_OVERLAP = timedelta(days=30)
"""How long a replaced key may go on."""

SEEN_AGAIN = timedelta(hours=24)
"""How old `last_used_at` gets before it is refreshed."""

EMPTY = frozenset({"", "undefined", "None", "null"})
"""What stands in the header when a program has no key and does not notice."""


class KeyRing:
    """All keys there are, as requests present them.

    Args:
        state: everything.
        brand: the names of the API.
    """

    def __init__(self, state: State, brand: Brand) -> None:
        self._state = state
        self._brand = brand

    def issue(self, account: Account, name: str, role_id: str, expires_at: str | None = None) -> tuple[Row, str]:
        """Make a key; return its row and its text, which is nowhere kept."""
        prefix = f"{self._brand.key_prefix}{account.mode}_"
        secret = f"{prefix}{random_text(22)}_{random_text(50)}"
        values = {
            "name": name,
            "role_id": role_id,
            "redacted_value": f"{prefix}****{secret[-4:]}",
            "last_used_at": None,
            "expires_at": expires_at,
            "revoked_at": None,
        }
        row = self._state.new_row("apke", values)
        account.table("api_key").add(row)
        self._state.keys[digest(secret)] = (row, account)
        return row, secret

    def open(self, authorization: str | None, cookies: str | None) -> tuple[Row, Account]:
        """Return the key that a request came with, and the account it opens.

        Raises:
            Problem: there is none, or it opens nothing any more.
        """
        secret = self._secret(authorization or "")
        if "session" in (cookies or "").lower():
            raise Problem("invalid_credentials", "Send an API key or a session cookie, not both.")
        known = self._state.keys.get(digest(secret))
        if known is None:
            raise Problem("invalid_credentials", "The API key is not valid.")
        row, account = known
        status = status_of(row, self._state.now())
        if status != "active":
            raise Problem(f"api_key_{status}", f"This API key is {status}.")
        self._seen(row)
        return row, account

    def row_of(self, secret: str) -> Row:
        """Return the row of a key.

        Raises:
            KeyError: there is no such key.
        """
        return self._state.keys[digest(secret)][0]

    def _secret(self, authorization: str) -> str:
        scheme, _, rest = authorization.strip().partition(" ")
        if scheme.lower() not in {"bearer", "basic"}:
            raise Problem("invalid_credentials", "The Authorization header holds no API key: send Bearer or Basic.")
        secret = rest.strip() if scheme.lower() == "bearer" else _user(rest.strip())
        if secret in EMPTY:
            hint = "Is the environment variable that holds it set?"
            raise Problem("invalid_credentials", f"The API key is {secret or 'empty'}. {hint}")
        return secret

    def _seen(self, row: Row) -> None:
        last, now = row["last_used_at"], self._state.clock()
        if last is None or now - datetime.fromisoformat(last) >= SEEN_AGAIN:
            row.values["last_used_at"] = in_utc(now)


class ApiKeys(Resource):
    """The keys of an account, for those whose role is to administrate it."""

    kind, plural, title, prefix = "api_key", "api_keys", "API key", "apke"
    path, permission = "/v1/auth/api-keys", ADMIN
    includes = frozenset({"role"})
    filters: ClassVar[Mapping[str, Parameter]] = {"statuses": Parameter("list", ("active", "revoked", "expired"))}

    def __init__(self, core: Core, ring: KeyRing) -> None:
        super().__init__(core)
        self._ring = ring

    def endpoints(self) -> Iterable[Endpoint]:
        """Return the calls there are."""
        includes, expires = self.includes, Field("expires_at", "moment", nullable=True)
        new = (Field("name", required=True), Field("role_id", required=True), expires)
        listed = {**LISTING, **self.filters}
        yield Endpoint("list_api_keys", "GET", self.path, ADMIN, self.list, query=listed, includes=includes)
        yield Endpoint("get_api_key", "GET", self.one, ADMIN, self.get, includes=includes)
        yield Endpoint("create_api_key", "POST", self.path, ADMIN, self.create, 201, includes=includes, fields=new)
        yield Endpoint("revoke_api_key", "DELETE", self.one, ADMIN, self.delete)
        yield Endpoint(
            "rotate_api_key",
            "POST",
            f"{self.one}/actions/rotate",
            ADMIN,
            self.rotate,
            201,
            includes=includes,
            fields=(expires, Field("revoke_at", "moment", nullable=True)),
        )

    def matches(self, account: Account, row: Row, query: Mapping[str, Any]) -> bool:
        """Whether it has one of the statuses that were asked for."""
        status = status_of(row, self.core.state.now())
        return status in query.get("statuses", (status,)) and super().matches(account, row, query)

    def create(self, asked: Asked) -> Reply:
        """Make a key, and show its secret this once."""
        role = referred(asked.account, "role", asked.body["role_id"], "role_id")
        assert role is not None  # the field is required and not nullable
        row, secret = self._ring.issue(asked.account, asked.body["name"], role.id, self._expiry(asked))
        self.core.changes.made(asked, "create", self.kind, row)
        return self._created(asked, row, secret)

    def rotate(self, asked: Asked) -> Reply:
        """Replace a key by one of the same name and role; the old one dies at once, or when it is said to."""
        old, now = self.row(asked), self.core.state.now()
        status = status_of(old, now)
        if status != "active":
            raise Problem(f"api_key_{status}", f"This API key is {status}.")
        revoked_at = self._revocation(asked)
        row, secret = self._ring.issue(asked.account, old["name"], old["role_id"], self._expiry(asked))
        before, old.values, old.updated_at = old.values, {**old.values, "revoked_at": revoked_at}, now
        self.core.changes.made(asked, "update", self.kind, old, before)
        self.core.changes.made(asked, "create", self.kind, row)
        return self._created(asked, row, secret)

    def delete(self, asked: Asked) -> Reply:
        """Revoke a key, at once and for good."""
        row, now = self.row(asked), self.core.state.now()
        if status_of(row, now) == "revoked":
            raise Problem("resource_gone", "This API key was revoked before.")
        before, row.values, row.updated_at = row.values, {**row.values, "revoked_at": now}, now
        self.core.changes.made(asked, "delete", self.kind, row, before)
        return Reply({})

    def _created(self, asked: Asked, row: Row, secret: str) -> Reply:
        info = show(asked.account, self.kind, row, asked.wants)
        body = {"object": "created_api_key", "api_key_secret": secret, "api_key_info": info}
        return Reply(body, f"{self.path}/{row.id}")

    def _expiry(self, asked: Asked) -> str | None:
        moment = _moment(asked.body.get("expires_at"))
        if moment is not None and moment <= self.core.state.clock():
            raise malformed("expires_at", "in the future")
        return None if moment is None else in_utc(moment)

    def _revocation(self, asked: Asked) -> str:
        now, moment = self.core.state.clock(), _moment(asked.body.get("revoke_at"))
        if moment is not None and moment - now > LONGEST_OVERLAP:
            raise malformed("revoke_at", f"at most {LONGEST_OVERLAP.days} days ahead")
        return in_utc(now if moment is None else max(moment, now))


class Sandboxes(Resource):
    """The sandboxes of an account; none can be made from within one."""

    kind, plural, title, prefix = "sandbox", "sandboxes", "sandbox", "sbac"
    path, permission = "/v1/core/sandboxes", "sandboxes"
    includes = frozenset({"owner_account"})

    def endpoints(self) -> Iterable[Endpoint]:
        """Return the calls there are."""
        new = (
            Field("name", required=True),
            Field("mode", "choice", choices=("blank", "seeded")),
        )
        includes, path, needs = self.includes, self.path, self.needs
        yield Endpoint("list_sandboxes", "GET", path, needs("read"), self.list, query=LISTING, includes=includes)
        yield Endpoint("create_sandbox", "POST", path, needs("create"), self.create, 201, includes=includes, fields=new)
        yield Endpoint("delete_sandbox", "DELETE", self.one, needs("delete"), self.delete, 202)

    def list(self, asked: Asked) -> Reply:
        """Return a page of them, newest first."""
        _check_is_production(asked.account)
        return super().list(asked)

    def create(self, asked: Asked) -> Reply:
        """Make one, if the plan has one left."""
        account = asked.account
        _check_is_production(account)
        used = len(account.table(self.kind))
        if used >= account.sandboxes_allowed:
            quota = {"limit": account.sandboxes_allowed, "used": used, "reset_at": None}
            raise Problem("limit_exceeded", "The plan allows no more sandboxes.", quota=quota)
        return super().create(asked)

    def delete(self, asked: Asked) -> Reply:
        """Delete one."""
        _check_is_production(asked.account)
        return super().delete(asked)


def status_of(row: Row, now: str) -> str:
    """Return active, revoked or expired. A key that is to be revoked later is active until then."""
    if row["revoked_at"] is not None and row["revoked_at"] <= now:
        return "revoked"
    return "expired" if row["expires_at"] is not None and row["expires_at"] <= now else "active"


def _check_is_production(account: Account) -> None:
    if account.mode != "prod":
        raise Problem("insufficient_permissions", "Sandboxes cannot be managed from within a sandbox.")


def _user(text: str) -> str:
    """Return the user of basic credentials; the password is empty, the colon is not optional."""
    try:
        user, colon, _ = base64.b64decode(text, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        user, colon = "", ""
    if not colon:
        raise Problem("invalid_credentials", "Basic credentials are the API key and a colon, in base64.")
    return user


def _moment(text: str | None) -> datetime | None:
    return None if text is None else read_moment(text)
