"""How connections and time are dealt with: who ends a call, who hangs up, what stays open."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence

from pytest_golive.clients.judging.flaw import TOLERANCE, Flaw, came_to, rows, seconds, times
from pytest_golive.clients.standin.serving import AFTER_CLOSE
from pytest_golive.clients.trace import Attempt, Call, Trace

FEWEST_LEAKED = 5
"""Open connections that a pool may well hold; what is above, for calls one after the other, was left behind."""

HEDGE_SECONDS = 0.9
"""A second request this soon after the first was not sent because the first one's time was up."""

HELD_UP_SECONDS = 1.0
"""Pauses before a call that are nobody's doing: starting a thread, taking turns."""


def does_not_end_by_itself(call: Call, promised_seconds: float, *, why: str) -> Flaw | None:
    """Judge whether a call ended within the time its client promises: CL-37, CL-39, CL-40.

    Args:
        call: the call.
        promised_seconds: what golive.yaml says, else two minutes.
        why: what it met: "nothing was answered".
    """
    if call.outcome != "crash" or call.seconds < promised_seconds - TOLERANCE:
        return None
    actual = f"{why}, and {call.operation} was still under way after {seconds(call.seconds)}"
    return Flaw(f"an end by itself within {promised_seconds:g} s", actual)


def hangs_up_early(
    attempts: Sequence[Attempt], least_seconds: float, late_at: Callable[[float], float] = lambda _: 0.0
) -> Flaw | None:
    """Judge whether a client left before an answer that came within the time the vendor names: CL-38.

    Args:
        attempts: of one call, the first of which was answered late.
        least_seconds: how long the vendor asks to wait.
        late_at: by how many seconds a request that was noticed at a moment may have been there before.
    """
    for one in attempts:
        waited = None if one.left_at is None else one.left_at - one.at
        if waited is not None and waited + late_at(one.at) < least_seconds - TOLERANCE:
            return Flaw(
                f"an answer to be waited for {least_seconds:g} s", f"it left after {seconds(waited)}", rows([one])
            )
    return None


def fails_by_an_idle_connection(trace: Trace, call: Call, first: Sequence[Attempt]) -> Flaw | None:
    """Judge whether a call failed because the connection of an earlier one had been closed meanwhile: CL-41.

    Args:
        trace: the drive.
        call: the later call.
        first: requests of the earlier one.
    """
    if call.outcome == "ok":
        return None
    closed = {one.id for one in trace.connections if one.closed_by == "standin"} & {one.connection for one in first}
    actual = f"the connection had been closed while idle, and {came_to(call)}"
    return Flaw("a new connection, and a success", actual, rows(one for one in first if one.connection in closed))


def uses_a_closing_connection(attempts: Sequence[Attempt]) -> Flaw | None:
    """Judge whether a connection was used after `Connection: close`: CL-42."""
    again = [one for one in attempts if one.fired == AFTER_CLOSE]
    if not again:
        return None
    actual = f"{again[0].method} {again[0].path} was sent over it"
    return Flaw("no further request over a connection that was said to be over", actual, rows(again))


def leaves_connections_open(trace: Trace, *, most: int = FEWEST_LEAKED) -> Flaw | None:
    """Judge whether failed calls, made one after the other, each left a connection open: CL-43.

    What counts are connections that were open when the last call had ended.
    """
    if not trace.calls:
        return None
    last = max(call.ended_at for call in trace.calls)
    begun = min(call.began_at for call in trace.calls)
    open_then = [
        one
        for one in trace.connections
        if one.listener == "vendor"
        and one.opened_at <= last
        and (one.closed_at is None or one.closed_at > last)
        and (one.opened_at >= begun or one.requests)
    ]
    if len(open_then) <= most or 4 * len(open_then) < len(trace.calls):
        return None
    actual = f"after {times(len(trace.calls))} in a row, {len(open_then)} were open"
    return Flaw(f"at most {most} open connections", actual)


def is_held_up(trace: Trace, hanging: Call, beside: Call) -> Flaw | None:
    """Judge whether a call of another endpoint waited for one that hangs: CL-44.

    Args:
        trace: the drive.
        hanging: the call to which nothing is answered.
        beside: a call of another operation that began meanwhile.
    """
    own = trace.of_call(beside)
    waited = (own[0].at if own else beside.ended_at) - beside.began_at - trace.lag_seconds
    late = waited > HELD_UP_SECONDS and waited > 0.5 * (hanging.ended_at - beside.began_at)
    if not late or (not own and beside.outcome == "ok"):
        return None
    sent = f"was sent {seconds(waited)} after it was asked for" if own else f"was never sent; {came_to(beside)}"
    return Flaw(f"{beside.operation} at once", f"while {hanging.operation} hung, {beside.operation} {sent}", rows(own))


def takes_a_late_answer(call: Call, tries: Sequence[Attempt], mark: str) -> Flaw | None:
    """Judge whether a call came to what an earlier try was answered late: CL-45.

    Who sends a second request early, while the first is still waited for, means to take whichever comes first.

    Args:
        call: the call.
        tries: its requests; the first was answered once the second had arrived.
        mark: what stood in the late answer only.
    """
    hedges = len(tries) > 1 and tries[1].at - tries[0].at < HEDGE_SECONDS
    if call.outcome != "ok" or mark not in json.dumps(call.result) or len(tries) < 2 or hedges:
        return None
    return Flaw("the answer of the last try", f"{call.operation} came to what an earlier try was answered later")
