"""The handler that whoever starts the sandbox names for a vendor's events."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

from pytest_golive.sandbox.deliveries.endpoint import Endpoint
from pytest_golive.sandbox.deliveries.event import sending
from pytest_golive.sandbox.deliveries.headers import scheme_of
from pytest_golive.signing.key import key_in, new_secret
from pytest_golive.vendors.pack import Pack

USERNAME = "golive"
HEADER_NAME = "X-API-Key"
"""What is taken where a scheme has a name or a header to choose."""


@dataclass(frozen=True, slots=True)
class Destination:
    """Where a vendor's events go.

    Attributes:
        endpoint: the place.
        secret_variable: environment variable that holds the secret; None where it was made up.
    """

    endpoint: Endpoint
    secret_variable: str | None = None

    @property
    def host(self) -> str:
        """The host that is sent to."""
        return urlsplit(self.endpoint.url).hostname or ""

    def described(self) -> dict[str, Any]:
        """Return what a handler needs to know; a secret that was given is not repeated."""
        endpoint = self.endpoint
        told: dict[str, Any] = {"id": endpoint.id, "url": endpoint.url, "scheme": endpoint.scheme}
        if self.secret_variable is not None:
            told["secret_variable"] = self.secret_variable
        elif endpoint.secret:
            told["secret"] = endpoint.secret
        if endpoint.username:
            told["username"] = endpoint.username
        if endpoint.header_name:
            told["header_name"] = endpoint.header_name
        return told


def destination(
    pack: Pack,
    url: str,
    *,
    scheme: str | None = None,
    retry: str | None = None,
    secret: str | None = None,
    secret_variable: str | None = None,
) -> Destination:
    """Return where a vendor's events go.

    Args:
        pack: of the vendor.
        url: the handler's.
        scheme: name of one of the pack's signing schemes; None for the usual one.
        retry: name of one of the pack's schedules; None for what the vendor takes.
        secret: what sender and receiver share; None for one that is made up.
        secret_variable: environment variable that the secret was read from.

    Raises:
        LookupError: the vendor has no such scheme.
        ValueError: the vendor sends no webhooks, or the secret holds no key.
    """
    endpoint = Endpoint(f"golive-{pack.vendor}", url, "", scheme=scheme or sending(pack).usual, retry=retry)
    found = scheme_of(pack, endpoint)
    if found.strategy != "none":
        endpoint.secret = secret or new_secret(found)
    if found.signs:
        key_in(found, endpoint.secret)
    if found.strategy == "basic":
        endpoint.username = USERNAME
    if "{header_name}" in "".join(found.headers):
        endpoint.header_name = HEADER_NAME
    return Destination(endpoint, secret_variable)
