"""A delivery as evidence: listed headers only, known secrets masked, bodies cut."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from pytest_golive.exchange.recorder import BODY_LIMIT, SHOWN_HEADERS
from pytest_golive.facts.course import Step, step
from pytest_golive.facts.exchange import Exchange
from pytest_golive.handlers.parcel import Header, Parcel, Receipt
from pytest_golive.handlers.setup import Setup

MASK = "***"

DELIVERIES = "deliveries"
SCHEDULED = "deliveries by the vendor's schedule"
"""What the course of deliveries is called, and that of those whose pauses are skipped."""

LANE = 40
WHAT = 100
"""Characters that a drawing has room for."""


def exchange_of(setup: Setup, parcel: Parcel, receipt: Receipt, scrub: Callable[[str], str]) -> Exchange:
    """Return what was sent and what came back, as a report may show it."""
    webhooks = setup.webhooks
    own = {*webhooks.headers, *([webhooks.event_id_header] if webhooks.event_id_header else [])}
    shown = SHOWN_HEADERS | {name.lower() for name in own} | {"transfer-encoding", "content-encoding", "expect"}
    # A signature gives nothing away; a token or a password is the secret itself.
    proof = frozenset(parcel.proof)
    visible = shown | proof if setup.scheme.signs else shown
    said = f"{parcel.event or parcel.method}: {parcel.said}" if parcel.said else parcel.event or parcel.method
    return Exchange(
        operation=said,
        method=parcel.method,
        url=scrub(parcel.url),
        request_headers=_listed(parcel.headers, visible, proof, scrub),
        request_body=_cut(parcel.body, scrub),
        status=receipt.status,
        response_headers=_listed(receipt.headers, SHOWN_HEADERS, frozenset(), scrub),
        response_body=_cut(receipt.body, scrub),
        seconds=receipt.seconds if receipt.seconds is not None else receipt.total_seconds,
        error=scrub(receipt.error) or None,
        lab=True,
    )


def delivery_of(parcel: Parcel, receipt: Receipt, scrub: Callable[[str], str], part: str = DELIVERIES) -> Step:
    """Return a delivery as a step of a check's course."""
    what = scrub(f"{parcel.event or parcel.method}{f': {parcel.said}' * bool(parcel.said)}")
    came = str(receipt.status) if receipt.status is not None else f"no answer: {receipt.ended}"
    lane = scrub(f"{parcel.event} {parcel.event_id}".strip())[:LANE]
    return step(receipt.begun, receipt.begun + receipt.total_seconds, what[:WHAT], came, lane=lane, part=part)


def _listed(
    headers: Iterable[Header], visible: frozenset[str], proof: frozenset[str], scrub: Callable[[str], str]
) -> dict[str, str]:
    shown: dict[str, str] = {}
    for name, value in headers:
        text = value if isinstance(value, str) else value.decode("latin-1")
        if name.lower() in visible:
            told = scrub(text)
            shown[name] = told if len(told) <= BODY_LIMIT else f"{told[:100]}… ({len(told)} characters in all)"
        elif name.lower() in proof:
            shown[name] = MASK
    return shown


def _cut(body: bytes, scrub: Callable[[str], str]) -> str:
    text = scrub(body[: 4 * BODY_LIMIT].decode("utf-8", "replace"))
    return text if len(body) <= BODY_LIMIT else f"{text[:BODY_LIMIT]}… ({len(body)} bytes in all)"
