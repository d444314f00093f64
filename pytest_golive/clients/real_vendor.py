"""The vendor of a real environment behind the stand-in: what a client makes there is journaled, and removed again."""

from __future__ import annotations

import json
import secrets
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import httpx

from pytest_golive.clients.vendor_behind import ForwardedVendor
from pytest_golive.credentials.secret import Secret
from pytest_golive.exchange.call import given_name
from pytest_golive.exchange.journal import Created, Journal
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.body_path import first_at
from pytest_golive.facts.finding import CannotTell, NotVerified
from pytest_golive.sandbox.http import Request, Response
from pytest_golive.vendors.operation import Operation

if TYPE_CHECKING:
    from pytest_golive.clients.setup import Setup

PREVIOUS = "previous_api_key"


class RealVendor(ForwardedVendor):
    """A vendor in the chosen environment, as golive itself calls it.

    Args:
        vendor: the vendor, with its keys, ids and what may be done there.
        transport: what reaches it.
        journal: where creations are written down.
        fresh: names what is created without a name.
        alone: whether nobody else calls the vendor, so that its connections are closed with these.
    """

    def __init__(
        self,
        vendor: Vendor,
        *,
        transport: httpx.BaseTransport,
        journal: Journal,
        fresh: Callable[[str], str],
        alone: bool = False,
    ) -> None:
        target = vendor.target
        previous = target.credentials.get(PREVIOUS)
        super().__init__(
            vendor.pack,
            vendor.base_url,
            vendor.key(vendor.pack.authentication.credential).reveal(),
            target.ids,
            transport=transport,
            replaced_key=previous.reveal() if previous is not None else "",
            further={"version": vendor.api_version} if vendor.api_version else {},
        )
        self._vendor = vendor
        self._journal = journal
        self._fresh = fresh
        self._alone = alone

    def close(self) -> None:
        """Close the connections to the vendor."""
        super().close()
        if self._alone:
            self._vendor.close()

    def secrets(self) -> Mapping[str, Secret]:
        """Return every key that golive.yaml has for this vendor, by name."""
        return {**super().secrets(), **self._vendor.target.credentials}

    def answer(self, request: Request, target: str) -> Response:
        """Return the real vendor's answer; 403 for what may not be done there, 502 where it cannot be reached."""
        found = self.route_of(request.method, request.path)
        if found is None:
            return super().answer(request, target)
        model = self.pack.operations[found.operation]
        arguments = {**found.arguments, **request.query, **_fields(request.body)}
        try:
            self._vendor.permit.check(found.operation, model)
            self._vendor.before.keep(found.operation, arguments)
        except (NotVerified, CannotTell):
            return self.refusal(403)
        created = self._intended(found.operation, model, arguments)
        try:
            response = self.forwarded(request, target)
        except httpx.HTTPError as error:
            # It may have been done: what was written down stays, and is looked for by its name.
            return self._unreached(request, error)
        if created is not None:
            self._confirm(created, model, response)
        return response

    def _intended(self, name: str, model: Operation, arguments: Mapping[str, Any]) -> Created | None:
        if model.creates is None:
            return None
        given = given_name(model, arguments) or self._fresh(model.creates.kind)
        vendor = self._vendor
        created = Created(
            vendor.run,
            vendor.permit.environment,
            vendor.name,
            name,
            model.creates.kind,
            given,
            call=secrets.token_hex(4),
        )
        self._journal.intend(created)
        return created

    def _confirm(self, created: Created, model: Operation, response: Response) -> None:
        if response.status >= 400:
            self._journal.remove(created)
            return
        paths = model.creates.id if model.creates is not None else ()
        found = first_at(_fields(response.body), paths) if paths else created.name
        self._journal.confirm(created, None if found is None else str(found))


def real_vendor(
    vendor: Vendor,
    setup: Setup,
    *,
    transport: Callable[[str], httpx.BaseTransport],
    journal: Journal,
    fresh: Callable[[str], str],
) -> RealVendor:
    """Return the vendor of the chosen environment, to lie behind the drives of a client.

    Args:
        vendor: as golive calls it.
        setup: the client, whose key in golive.yaml is named where this cannot be.
        transport: makes what reaches an address.
        journal: where creations are written down.
        fresh: names what is created without a name.

    Raises:
        NotVerified: the environment is marked production, or lacks what a call needs.
    """
    if vendor.permit.production:
        key = f"{setup.key}.behind"
        raise NotVerified(
            f"{key}: {vendor.permit.environment} is marked production, and no client is tried there", key=key
        )
    return RealVendor(vendor, transport=transport(vendor.base_url), journal=journal, fresh=fresh)


def _fields(body: bytes) -> dict[str, Any]:
    try:
        read = json.loads(body)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}
