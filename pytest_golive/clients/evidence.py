"""A client's requests as evidence: listed headers only, known secrets masked, bodies cut."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from pytest_golive.clients.course import course_of
from pytest_golive.clients.trace import Attempt, Fields, Trace
from pytest_golive.exchange.recorder import BODY_LIMIT, SHOWN_HEADERS
from pytest_golive.facts.course import keep_part
from pytest_golive.facts.current import current
from pytest_golive.facts.exchange import Exchange

if TYPE_CHECKING:
    from pytest_golive.clients.setup import Setup

MOST = 40
"""Of a drive so many requests are kept as evidence: a client that never stops would fill the report."""


def keep(trace: Trace, setup: Setup, scrub: Callable[[str], str]) -> None:
    """Keep the requests and the course of a drive as evidence of the check that looks at it."""
    record = current()
    if record is None:
        return
    pack = setup.pack
    own = {pack.idempotency.header.lower()} if pack.idempotency is not None else set()
    own |= {pack.versioning.header.lower()} if pack.versioning is not None else set()
    record.exchanges.extend(exchange_of(attempt, SHOWN_HEADERS | own, scrub) for attempt in trace.attempts[:MOST])
    keep_part(record, course_of(trace, scrub))


def exchange_of(attempt: Attempt, shown: frozenset[str], scrub: Callable[[str], str]) -> Exchange:
    """Return a request and its answer as a report may show them; what was done to it stands beside its operation."""
    said = f"{attempt.operation or attempt.path}: {attempt.fired}" if attempt.fired else attempt.operation or ""
    return Exchange(
        operation=said,
        method=attempt.method,
        url=scrub(f"{attempt.scheme}://{attempt.host}{attempt.target}"),
        request_headers=_listed(attempt.headers, shown, scrub),
        request_body=_cut(attempt.body, scrub),
        status=attempt.status,
        response_headers=_listed(attempt.answer_headers, shown | {"retry-after", "location"}, scrub),
        response_body=_cut(attempt.answer, scrub),
        seconds=max(0.0, attempt.over_at - attempt.at),
        error=None if attempt.status is not None else attempt.fired or "the client left",
        lab=True,
    )


def _listed(fields: Fields, shown: frozenset[str], scrub: Callable[[str], str]) -> dict[str, str]:
    return {name: scrub(value) for name, value in fields if name.lower() in shown}


def _cut(body: bytes, scrub: Callable[[str], str]) -> str:
    text = scrub(body[: 4 * BODY_LIMIT].decode("utf-8", "replace"))
    return text if len(body) <= BODY_LIMIT else f"{text[:BODY_LIMIT]}… ({len(body)} bytes in all)"
