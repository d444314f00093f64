"""The headers of one attempt."""

from __future__ import annotations

import base64
from collections.abc import Mapping

from pytest_golive.sandbox.deliveries.endpoint import Endpoint
from pytest_golive.sandbox.deliveries.event import Letter, sending
from pytest_golive.signing import sign
from pytest_golive.signing.scheme import filled, written
from pytest_golive.vendors.pack import Pack
from pytest_golive.vendors.webhooks import SigningScheme

MASK = "***"


def headers_of(pack: Pack, letter: Letter, number: int, now: float) -> dict[str, str]:
    """Return the headers of an attempt; those that prove it go before all others of the same name.

    Args:
        pack: of the vendor.
        letter: what is sent.
        number: of the attempt.
        now: Unix seconds at which it is sent.

    Raises:
        LookupError: the vendor has no such signing scheme.
        ValueError: the endpoint lacks what the scheme needs.
    """
    webhooks, endpoint = sending(pack), letter.endpoint
    scheme = scheme_of(pack, endpoint)
    values = {**letter.values, "attempt": str(number), "timestamp": written(scheme, now)}
    usual = {"Content-Type": "application/json", "User-Agent": f"{pack.title}-Webhooks (golive sandbox)"}
    if webhooks.event_id_header is not None:
        usual[webhooks.event_id_header] = letter.event_id
    further = {name: filled(value, values) for name, value in webhooks.headers.items()}
    known = _joined(usual, further, endpoint.headers)
    proof = sign(
        scheme,
        endpoint.secret,
        letter.body,
        timestamp=now,
        event_id=letter.event_id,
        webhook_id=endpoint.id,
        username=endpoint.username,
        header_name=endpoint.header_name,
        further_secrets=endpoint.further_secrets,
        url=endpoint.url,
        headers=known,
    )
    return _joined(known, proof)


def scheme_of(pack: Pack, endpoint: Endpoint) -> SigningScheme:
    """Return how deliveries to an endpoint are proven.

    Raises:
        LookupError: the vendor has no such scheme.
    """
    webhooks = sending(pack)
    name = endpoint.scheme or webhooks.usual
    if name not in webhooks.signing:
        raise LookupError(f"{pack.title} has no signing scheme {name!r}")
    return webhooks.signing[name]


def shown(endpoint: Endpoint, headers: Mapping[str, str]) -> dict[str, str]:
    """Return headers as a log may hold them: a signature gives nothing away, a token or password does."""
    if not endpoint.secret:
        return dict(headers)
    hidden = (endpoint.secret, base64.b64encode(f"{endpoint.username}:{endpoint.secret}".encode()).decode())
    return {name: MASK if any(secret in value for secret in hidden) else value for name, value in headers.items()}


def _joined(*parts: Mapping[str, str]) -> dict[str, str]:
    """Return headers of several sources as one; the later one wins, whatever the case of the name."""
    joined: dict[str, tuple[str, str]] = {}
    for part in parts:
        joined |= {name.lower(): (name, value) for name, value in part.items()}
    return dict(joined.values())
