"""What calls do beside each other: pauses that hold for all, how many are under way, recovery."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_golive.clients.judging.flaw import TOLERANCE, Flaw, came_to, rows, seconds, times
from pytest_golive.clients.judging.tries import asked_in_seconds, own_of
from pytest_golive.clients.policy import Policy, succeeded
from pytest_golive.clients.trace import Attempt, Call, Trace

SETTLED = 0.3
"""How long after an answer other calls of the same process know of it, in seconds."""

STEADY = 0.9
"""Where the later half of the time sees this share of the requests of the first half, nothing was lowered."""


def pauses_alone(trace: Trace, policy: Policy) -> Flaw | None:
    """Judge whether calls that began after a 429 are sent before its Retry-After is over: CL-31.

    What was under way when the 429 came is nobody's fault.
    """
    sent = own_of(trace.attempts, policy)
    for refused in sent:
        asked = asked_in_seconds(refused) if refused.status == 429 else None
        if asked is None or refused.answered_at is None:
            continue
        until = refused.answered_at + min(asked, policy.retry_after_cap_seconds)
        begun = {call.id: call.began_at for call in trace.calls if call.began_at >= refused.answered_at + SETTLED}
        first = min(begun.values(), default=until)
        # Of equal calls at the same time nobody can tell whose requests are whose.
        early = [one for one in sent if first <= one.at < until - TOLERANCE and (one.call is None or one.call in begun)]
        if early:
            after = seconds(early[0].at - refused.answered_at)
            actual = f"another call was sent {after} after a 429 with Retry-After: {asked:g}"
            return Flaw("no call before the time the vendor named", actual, rows([refused, *early]))
    return None


def most_at_once(attempts: Sequence[Attempt]) -> int:
    """Return how many requests were under way at once at most."""
    edges = sorted([(one.at, 1) for one in attempts] + [(one.over_at, -1) for one in attempts])
    most = under_way = 0
    for _, step in edges:
        under_way += step
        most = max(most, under_way)
    return most


def keeps_its_concurrency(attempts: Sequence[Attempt], policy: Policy, *, from_at: float, until: float) -> Flaw | None:
    """Judge whether under lasting 429 as much is under way as before: CL-32.

    Either is right: fewer at once, or fewer in the same time.

    Args:
        attempts: of many calls at once, all answered 429.
        policy: of their operation.
        from_at: when that began.
        until: when it ended.
    """
    sent = [one for one in own_of(attempts, policy) if from_at <= one.at <= until]
    middle = (from_at + until) / 2
    first = [one for one in sent if one.at < middle]
    later = [one for one in sent if one.at >= middle]
    if len(first) < 4 or most_at_once(first) < 2:
        return None
    if most_at_once(later) >= most_at_once(first) and len(later) >= STEADY * len(first):
        before = f"{len(first)} requests, {most_at_once(first)} at once"
        actual = f"{before}, and later {len(later)}, {most_at_once(later)} at once"
        return Flaw("fewer requests at once, or in the same time, while 429 lasts", actual, rows(later))
    return None


def does_not_recover(trace: Trace, policy: Policy, *, back_at: float) -> Flaw | None:
    """Judge whether a call succeeds once the vendor is back: CL-35.

    Args:
        trace: of calls before, during and after an outage.
        policy: of their operation.
        back_at: when the vendor was back.
    """
    later = [call for call in trace.calls if call.began_at >= back_at]
    if not later or any(call.outcome == "ok" for call in later):
        return None
    sent = [one for one in own_of(trace.attempts, policy) if one.at >= back_at]
    good = sum(map(succeeded, sent))
    last = later[-1]
    within = f"asked {times(len(later))} in the {seconds(last.ended_at - back_at)} after the outage"
    actual = f"{within}, with {len(sent)} requests of which {good} succeeded: {came_to(last)}"
    return Flaw("a call that succeeds again", actual, rows(sent))


def first_success(calls: Sequence[Call], *, back_at: float) -> float | None:
    """Return how long after an outage a call succeeded, in seconds; None: none did."""
    good = [call.ended_at - back_at for call in calls if call.began_at >= back_at and call.outcome == "ok"]
    return min(good, default=None)
