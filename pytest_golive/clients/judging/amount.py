"""How much is sent: the number of tries, their time in all, layers that multiply, storms."""

from __future__ import annotations

from collections.abc import Sequence

from pytest_golive.clients.judging.flaw import TOLERANCE, Flaw, came_to, rows, seconds, times
from pytest_golive.clients.judging.tries import Tries, gaps, tries_of
from pytest_golive.clients.policy import Policy
from pytest_golive.clients.trace import Attempt, Call, Trace

MULTIPLIED = 5
"""Tries beyond which a pattern of layers counts, where golive.yaml names no number."""

LIKE = 0.25
"""By how much pauses that are the same may differ, as a share."""

SILENT = "gave no answer"
"""What a crash of a call says that was not answered in time."""

LIKE_SECONDS = 0.02
"""The same in seconds, for short ones."""

FALLS = 1.5
"""A pause begins a new burst where the one before it was so many times as long."""


def does_not_end(attempts: Sequence[Attempt], policy: Policy, call: Call | None = None) -> Flaw | None:
    """Judge whether tries end: by number, or with the call at the latest: CL-27."""
    for tries in tries_of(attempts, policy):
        if len(tries) > policy.most_tries:
            named = ", as golive.yaml says" if policy.tries_named else ""
            actual = f"{policy.operation} was sent {times(len(tries))}"
            return Flaw(f"at most {policy.most_tries} tries{named}", actual, rows(tries))
        if call is not None and call.outcome == "crash" and _was_at_it(tries, call):
            actual = f"{policy.operation} was sent {times(len(tries))}, and {came_to(call)}"
            return Flaw("an end after a bounded number of tries", actual, rows(tries))
    return None


def breaks_its_promise(call: Call, promised_seconds: float, *, tolerance: float = 0.5) -> Flaw | None:
    """Judge whether a call took longer than the client promises: CL-28.

    Args:
        call: the call.
        promised_seconds: golive.yaml's `call_seconds`.
        tolerance: time that starting and reading may take, in seconds.
    """
    if call.seconds <= promised_seconds + tolerance and not (
        call.outcome == "crash" and call.seconds >= promised_seconds - TOLERANCE
    ):
        return None
    end = came_to(call) if call.outcome == "crash" else f"it took {seconds(call.seconds)}"
    return Flaw(f"an end within {promised_seconds:g} s", f"{call.operation}: {end}")


def layers_multiply(attempts: Sequence[Attempt], policy: Policy, call: Call | None = None) -> Flaw | None:
    """Judge whether tries come in equal bursts, as they do where two layers try again: CL-29.

    Pauses that are drawn at random hide it; then only the number of tries shows it, which is CL-27.
    """
    del call
    allowed = policy.most_tries if policy.tries_named else MULTIPLIED
    for tries in tries_of(attempts, policy):
        if len(tries) <= allowed:
            continue
        size = burst(gaps(tries))
        if size:
            actual = (
                f"{policy.operation} was sent {times(len(tries))}: {len(tries) // size} bursts of {size}, "
                "each with the same pauses"
            )
            return Flaw(f"one layer that tries again, at most {allowed} tries", actual, rows(tries))
    return None


def burst(pauses: Sequence[float]) -> int:
    """Return the size of the equal bursts that tries came in; 0: they did not.

    Args:
        pauses: those between all tries, in order, in seconds.
    """
    tries = len(pauses) + 1
    for size in range(2, tries // 2 + 1):
        if tries % size:
            continue
        within = [pauses[start : start + size - 1] for start in range(0, tries, size)]
        between = [pauses[place] for place in range(size - 1, len(pauses), size)]
        equal = all(_like(mine, first) for own in within for mine, first in zip(own, within[0], strict=True))
        falls = all(pause > FALLS * max(own[0], LIKE_SECONDS) for pause, own in zip(between, within[1:], strict=True))
        # Without a pause anywhere, any number of tries looks like bursts.
        if equal and falls:
            return size
    return 0


def storms(trace: Trace, policies: Sequence[Policy], *, until: float | None = None) -> Flaw | None:
    """Judge whether many failing calls made more requests than bounded retries would: CL-30.

    What is still sent for calls that have ended counts too.

    Args:
        trace: of calls that all fail.
        policies: of the operations called.
        until: requests later than this are not looked at; None: all are.
    """
    most = max(policy.most_tries for policy in policies)
    names = {policy.operation for policy in policies}
    sent = [
        one
        for one in trace.attempts
        if one.operation in names and one.listener == "vendor" and (until is None or one.at <= until)
    ]
    calls = [call for call in trace.calls if until is None or call.began_at <= until]
    allowed = len(calls) * most
    late = [one for one in sent if calls and one.at > max(call.ended_at for call in calls) + 1.0]
    if calls and (len(sent) > allowed or late):
        after = f", {len(late)} of them after the last had ended" if late else ""
        actual = f"{len(calls)} calls made {len(sent)} requests{after}"
        return Flaw(f"at most {allowed} requests, and none for calls that have ended", actual, rows(late or sent))
    return None


def amplification(trace: Trace, operations: Sequence[str]) -> float:
    """Return how many requests each call made, on the average."""
    sent = [one for one in trace.attempts if one.operation in operations and one.listener == "vendor"]
    return len(sent) / len(trace.calls) if trace.calls else 0.0


def _was_at_it(tries: Tries, call: Call) -> bool:
    """Whether a call that fell silent was still trying: it paused for longer than it took to fall silent since."""
    pauses = gaps(tries)
    since = call.ended_at - tries[-1].over_at
    return len(pauses) >= 2 and since <= 4 * max(pauses) + 1.0 and SILENT in call.crash


def _like(one: float, other: float) -> bool:
    return abs(one - other) <= max(LIKE_SECONDS, LIKE * max(one, other))
