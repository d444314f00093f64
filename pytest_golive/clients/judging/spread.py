"""What one run cannot tell: statistics over many calls, each with its number, its measure and its threshold."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from pytest_golive.clients.judging.flaw import Flaw, rows, seconds
from pytest_golive.clients.judging.tries import gaps, tries_of
from pytest_golive.clients.policy import Policy
from pytest_golive.clients.trace import Attempt, Trace

FEWEST = 6
"""First pauses below which nothing can be said."""

NARROW = 0.02
"""Where half of the pauses lie within this share of their median, from the shortest on, they are not spread."""

NARROW_SECONDS = 0.01
NOISY = 0.05
"""What clocks and scheduling do to pauses that are the same: so many seconds, and at most this share of short ones."""

HERD_SECONDS = 0.1
"""How long an instant is."""

HERD_SHARE = 0.7
"""From this share of calls in one instant on they are a herd."""


def first_pauses(trace: Trace, policy: Policy) -> tuple[float, ...]:
    """Return the first pause of every call that was tried again, in seconds."""
    found = []
    for call in trace.calls:
        for tries in tries_of(trace.of_call(call), policy):
            found += [gaps(tries)[0]] if len(tries) > 1 else []
    return tuple(found)


def pauses_are_not_spread(pauses: Sequence[float], policy: Policy) -> Flaw | None:
    """Judge whether the first pauses of many calls are all the same: CL-26.

    Args:
        pauses: one of each call, after the same failure.
        policy: of the operation.
    """
    if not policy.spread or len(pauses) < FEWEST:
        return None
    # Scheduling makes pauses longer, never shorter: the shorter half tells how they were meant.
    middle = median(pauses)
    width = middle - min(pauses)
    allowed = max(NARROW * middle, min(NARROW_SECONDS, NOISY * middle))
    if width >= allowed:
        return None
    actual = f"{len(pauses)} first pauses around {seconds(middle)}, the shorter half within {width * 1000:.1f} ms"
    return Flaw(f"pauses that differ (the shorter half by {allowed * 1000:.0f} ms and more)", actual)


def comes_back_as_a_herd(
    attempts: Sequence[Attempt], policy: Policy, *, back_at: float, asked_over: float
) -> Flaw | None:
    """Judge whether calls that were asked one by one come all at once when the vendor is back: CL-34.

    Args:
        attempts: of calls of the policy's operation that were asked at even intervals during an outage.
        policy: of the operation.
        back_at: when the outage ended.
        asked_over: over how many seconds they were asked.
    """
    firsts = sorted(_first_after(attempts, policy, back_at))
    if len(firsts) < FEWEST or asked_over < 5 * HERD_SECONDS:
        return None
    most = max(sum(1 for other in firsts if 0 <= other - one <= HERD_SECONDS) for one in firsts)
    if most < HERD_SHARE * len(firsts):
        return None
    actual = f"{most} of {len(firsts)} calls came within {HERD_SECONDS:g} s, asked over {seconds(asked_over)}"
    expected = f"fewer than {HERD_SHARE:.0%} of the calls within {HERD_SECONDS:g} s of each other"
    return Flaw(expected, actual, rows(one for one in attempts if one.at >= back_at))


def _first_after(attempts: Sequence[Attempt], policy: Policy, back_at: float) -> list[float]:
    firsts: dict[str, float] = {}
    for one in attempts:
        if one.operation == policy.operation and one.at >= back_at and one.call is not None:
            firsts.setdefault(one.call, one.at)
    if not firsts:  # equal calls at the same time: nobody can tell whose requests are whose
        return [one.at for one in attempts if one.operation == policy.operation and one.at >= back_at]
    # Calls that had nothing to wait for are no part of a herd.
    before = {one.call for one in attempts if one.at < back_at}
    return [at for call, at in firsts.items() if call in before]
