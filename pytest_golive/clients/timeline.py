"""A trace for readers: one line per request and per call, with the times between them."""

from __future__ import annotations

from collections.abc import Iterator

from pytest_golive.clients.trace import Attempt, Call, Trace

SHOWN_REQUEST = ("idempotency-key",)
SHOWN_ANSWER = ("retry-after", "location", "connection")

LONGEST = 120


def timeline(trace: Trace) -> Iterator[str]:
    """Yield what happened in the order in which it did, each line with its second since the beginning."""
    begun = min((*(call.began_at for call in trace.calls), *(one.at for one in trace.attempts)), default=0.0)
    rows: list[tuple[float, int, str]] = []
    for call in trace.calls:
        rows.append((call.began_at, 0, f"{call.id}  asked for {call.operation}"))
        rows.append((call.ended_at, 3, f"{call.id}  {outcome_of(call)} after {call.seconds:.2f} s"))
    before: dict[str | None, tuple[int, Attempt]] = {}
    for number, attempt in enumerate(trace.attempts, start=1):
        whose = attempt.call or "--"
        rows.append((attempt.at, 1, f"{whose}  {_asked(attempt, number)}{_pause(attempt, before.get(attempt.call))}"))
        rows.append((attempt.over_at, 2, f"{whose}  {_answered(attempt, number)}"))
        before[attempt.call] = (number, attempt)
    for one in trace.connections:
        at = one.closed_at if one.closed_at is not None else one.opened_at
        if one.handshake and at >= begun:
            rows.append((at, 1, f"--  connection {one.id} came to nothing: {one.handshake}"))
    for time, _, line in sorted(rows, key=lambda row: row[:2]):
        yield f"{time - begun:8.3f}  {line}"
    for step in trace.unfired:
        yield f"          never taken: {step}"
    if trace.lag_seconds > 0.05:
        yield f"          golive itself was late by up to {trace.lag_seconds * 1000:.0f} ms"


def outcome_of(call: Call) -> str:
    """Return what a call came to, in words."""
    if call.outcome == "ok":
        return "succeeded"
    if call.outcome == "crash":
        return f"crashed: {call.crash}"
    return f"failed as {call.outcome}: {_cut(call.message)!r}"


def _asked(attempt: Attempt, number: int) -> str:
    parts = [f"#{number} {attempt.method} {_cut(attempt.target)}"]
    if attempt.listener != "vendor":
        parts.append(f"at {attempt.listener}")
    if attempt.body_size:
        parts.append(f"{attempt.body_size} B {attempt.body_sha256[:8]}")
    parts += [f"{name}: {_cut(value)}" for name in SHOWN_REQUEST if (value := attempt.header(name))]
    parts.append(f"connection {attempt.connection}")
    return ", ".join(parts)


def _pause(attempt: Attempt, before: tuple[int, Attempt] | None) -> str:
    """Return how long after the end of the call's request before this one came; nothing where that still ran."""
    if before is None or attempt.at < before[1].over_at:
        return ""
    return f", {attempt.at - before[1].over_at:.3f} s after #{before[0]} ended"


def _answered(attempt: Attempt, number: int) -> str:
    if attempt.status is None:
        ended = attempt.fired or ("the client left" if attempt.left_at is not None else "no answer")
        return f"#{number} {ended}"
    kept = [f"{name}: {value}" for name in SHOWN_ANSWER if (value := attempt.answer_header(name)) is not None]
    said = [f"({attempt.fired})"] if attempt.fired and str(attempt.status) not in attempt.fired else []
    left = ["the client left before its end"] if attempt.left_at is not None else []
    return ", ".join([f"#{number} -> {attempt.status}", *kept, *said, *left])


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}…"
