"""How long is waited before the next try."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Sequence

from pytest_golive.clients.judging.flaw import DATE_TOLERANCE, TOLERANCE, Flaw, came_to, rows, seconds, times
from pytest_golive.clients.judging.tries import (
    asked_by_date,
    asked_in_seconds,
    gap,
    gaps,
    moment,
    repeats,
    tries_of,
)
from pytest_golive.clients.policy import Policy, succeeded
from pytest_golive.clients.trace import Attempt, Call

HOT = 0.05
"""A pause below this is none, in seconds."""

GROWTH = 1.3
"""Pauses of which the longest is less than so many times the shortest do not grow."""


Late = Callable[[float], float]


def punctual(moment: float) -> float:
    """Return that golive was never late."""
    del moment
    return 0.0


def comes_back_early(
    attempts: Sequence[Attempt],
    policy: Policy,
    call: Call | None = None,
    *,
    statuses: Collection[int] = (429,),
    at_least: float = 0.0,
    late: Late = punctual,
) -> Flaw | None:
    """Judge whether a Retry-After in seconds was waited for: CL-17, CL-22, and CL-20 for long ones.

    Longer than the vendor's own cap is nobody made to wait. Waiting longer, and giving up, are right.

    Args:
        attempts: a call's.
        policy: of the operation.
        call: the call.
        statuses: answers that it counts with.
        at_least: shorter ones are not looked at, in seconds.
        late: by how many seconds a request that was noticed at a moment may have been there before.
    """
    del call
    for failed, following in repeats(attempts, policy):
        asked = asked_in_seconds(failed)
        if failed.status not in statuses or asked is None or asked < at_least:
            continue
        due = min(asked, policy.retry_after_cap_seconds)
        waited = gap(failed, following)
        if waited - late(following.at) < due - TOLERANCE:
            after = f"a {failed.status} with Retry-After: {asked:g}"
            actual = f"{policy.operation} was sent again {seconds(waited)} after {after}"
            return Flaw(f"at least {seconds(due)} before the next try", actual, rows([failed, following]))
    return None


def comes_back_before_the_date(
    attempts: Sequence[Attempt], policy: Policy, call: Call | None = None, *, zero: float = 0.0, late: Late = punctual
) -> Flaw | None:
    """Judge whether a Retry-After that is a date was waited for, to the second: CL-18; as with seconds."""
    del call
    for failed, following in repeats(attempts, policy):
        asked = asked_by_date(failed, zero)
        if asked is None or asked <= DATE_TOLERANCE:
            continue
        due = min(asked, policy.retry_after_cap_seconds) - DATE_TOLERANCE
        waited = gap(failed, following)
        if waited - late(following.at) < due - TOLERANCE:
            actual = (
                f"{policy.operation} was sent again {seconds(waited)} after a {failed.status} whose Retry-After was "
                f"{seconds(asked)} away"
            )
            return Flaw(f"at least {seconds(due)} before the next try", actual, rows([failed, following]))
    return None


def breaks_on_retry_after(attempts: Sequence[Attempt], policy: Policy, call: Call | None) -> Flaw | None:
    """Judge whether a Retry-After that cannot be read was survived: CL-19.

    Where a try after 429 is a must, giving up is no answer to it; a crash never is.
    """
    for tries in tries_of(attempts, policy):
        odd = [one for one in tries if one.status in (429, 503) and _is_odd(one)]
        if not odd:
            continue
        said = " and ".join(f"{value!r}" for value in _values(odd[-1]))
        crashed = call is not None and call.outcome == "crash"
        gave_up = len(tries) == 1 and policy.again(odd[-1]) == "must" and (call is None or call.outcome != "ok")
        if crashed or gave_up:
            actual = f"{policy.operation} was answered {odd[-1].status} with Retry-After {said}; {came_to(call)}"
            return Flaw("another try after a pause of its own", actual, rows(tries))
    return None


def waits_for_ever(
    attempts: Sequence[Attempt], policy: Policy, call: Call | None, *, absurd: float = 3600.0
) -> Flaw | None:
    """Judge whether a call that was asked to wait absurdly long ended all the same: CL-21."""
    asked = [one for one in attempts if one.operation == policy.operation and (asked_in_seconds(one) or 0) >= absurd]
    if not asked or call is None or call.outcome != "crash":
        return None
    actual = f"after Retry-After: {asked_in_seconds(asked[-1]):g}, {came_to(call)}"
    return Flaw("the call to fail within its own promise", actual, rows(asked))


def does_not_pause(
    attempts: Sequence[Attempt], policy: Policy, call: Call | None = None, *, past_date: bool = False
) -> Flaw | None:
    """Judge whether there was no pause before any of several retries: CL-24; CL-23 for a Retry-After in the past.

    One retry at once may be chance, or a new connection: at least two have to be seen.
    """
    del call
    for tries in tries_of(attempts, policy):
        failed = tries[:-1] if succeeded(tries[-1]) else tries
        if past_date and not all(_is_past(one) for one in failed):
            continue
        pauses = gaps(tries)
        if len(pauses) >= 2 and max(pauses) < HOT:
            after = " with a Retry-After in the past" if past_date else ""
            again = f"{policy.operation} was sent again {times(len(pauses))}{after}"
            actual = f"{again}, after at most {seconds(max(pauses))} each"
            return Flaw(f"a pause before a retry ({HOT:g} s and more)", actual, rows(tries))
    return None


def pauses_do_not_grow(attempts: Sequence[Attempt], policy: Policy, call: Call | None = None) -> Flaw | None:
    """Judge whether the pauses of at least three retries are all about the same: CL-25.

    Without a pause at all it is CL-24; a Retry-After says itself how long to wait.
    """
    del call
    for tries in tries_of(attempts, policy):
        pauses = gaps(tries)
        if not policy.grows or len(pauses) < 3 or any(_values(one) for one in tries) or min(pauses) < HOT:
            continue
        if max(pauses) < GROWTH * min(pauses):
            actual = f"{policy.operation} was sent again after {_listed(pauses)}"
            return Flaw(f"pauses that grow (the longest at least {GROWTH:g} times the shortest)", actual, rows(tries))
    return None


def sends_with_nothing_left(attempts: Sequence[Attempt], policy: Policy, *, zero: float = 0.0) -> Flaw | None:
    """Judge whether a request was sent although the answer before said that nothing was left: CL-33.

    Args:
        attempts: all of a trace.
        policy: of any operation of the vendor.
        zero: the trace's zero, since some vendors tell the reset as a time of day.
    """
    if policy.remaining is None:
        return None
    sent = [one for one in attempts if one.listener == "vendor"]
    for place, one in enumerate(sent):
        if one.answer_header(policy.remaining[0]) != "0" or one.status == 429:
            continue
        # What was under way when the answer came could not know of it.
        following = next((other for other in sent[place + 1 :] if gap(one, other) > 0), None)
        if following is None:
            continue
        wait = _until_reset(one, policy.remaining[1], zero)
        waited = gap(one, following)
        if wait is not None and waited < wait - DATE_TOLERANCE:
            actual = f"{following.operation or following.path} was sent {seconds(waited)} later"
            return Flaw(f"no request for the {seconds(wait)} until the reset", actual, rows([one, following]))
    return None


def _until_reset(attempt: Attempt, header: str, zero: float) -> float | None:
    said = attempt.answer_header(header) or ""
    if not said.isdecimal():
        return None
    number = float(said)
    known = attempt.answered_at if attempt.answered_at is not None else attempt.over_at
    return number - zero - known if number > 1e9 else number


def _values(attempt: Attempt) -> list[str]:
    return [value for name, value in attempt.answer_headers if name.lower() == "retry-after"]


def _is_odd(attempt: Attempt) -> bool:
    values = _values(attempt)
    return bool(values) and (len(values) > 1 or (asked_in_seconds(attempt) is None and moment(values[0]) is None))


def _is_past(attempt: Attempt) -> bool:
    due = asked_by_date(attempt, zero=0.0) if attempt.answer_header("date") else None
    return due is not None and due <= 0


def _listed(pauses: Sequence[float]) -> str:
    *most, last = map(seconds, pauses)
    return f"{', '.join(most)} and {last}" if most else last


def pauses(attempts: Sequence[Attempt], policy: Policy) -> Iterator[float]:
    """Yield every pause between two tries, in seconds."""
    for failed, following in repeats(attempts, policy):
        yield gap(failed, following)
