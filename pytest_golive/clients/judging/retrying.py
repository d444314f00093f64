"""When a call is tried again: after what it must be, and after what it never is."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import pairwise
from typing import Literal

from pytest_golive.clients.judging.flaw import Flaw, all_told, came_to, got, rows, times, told
from pytest_golive.clients.judging.tries import alike, own_of, repeats, tries_of
from pytest_golive.clients.policy import Policy, succeeded
from pytest_golive.clients.trace import Attempt, Call

FINAL = frozenset({400, 404, 409, 422})
REFUSED = frozenset({401, 403})
NEVER_HELPS = frozenset({413, 501, 505})
UNCERTAIN = frozenset({500, 502, 504})
"""Statuses after which nobody knows whether a write was done."""

Failure = Literal["unavailable", "broken", "rate_limited", "asked_again"]

STATUSES: dict[Failure, frozenset[int | None]] = {
    "unavailable": frozenset({502, 503, 504}),
    "broken": frozenset({None}),
    "rate_limited": frozenset({429}),
    "asked_again": frozenset({408, 425}),
}


def gives_up_at_once(
    attempts: Sequence[Attempt], policy: Policy, call: Call | None, *, failure: Failure
) -> Flaw | None:
    """Judge whether what has to be tried again after a failure was: CL-01, CL-02, CL-03, CL-13.

    A call that succeeded all the same is none of these faults.
    """
    if call is not None and call.outcome == "ok":
        return None
    for tries in tries_of(attempts, policy):
        first = tries[0]
        if len(tries) == 1 and first.status in STATUSES[failure] and not succeeded(first):
            if policy.again(first) != "must":
                continue
            what = f"a {told(first)}" if first.status else "a connection that broke"
            actual = f"{policy.operation} was sent once and {got(first)}; {came_to(call)}"
            return Flaw(f"another try after {what}", actual, rows(tries))
    return None


def repeats_in_vain(
    attempts: Sequence[Attempt], policy: Policy, call: Call | None = None, *, statuses: Collection[int] = FINAL
) -> Flaw | None:
    """Judge whether what was refused for good was sent again all the same: CL-04, CL-06.

    Not the same is what carries another body. What the vendor itself calls passing is not final.
    """
    del call
    for tries in tries_of(attempts, policy):
        refused = next((one for one in tries[:-1] if one.status in statuses and policy.again(one) == "never"), None)
        if refused is None:
            continue
        later = [one for one in tries if one.at > refused.at and alike(one, refused)]
        if later:
            again = f"sent again {times(len(later))}"
            actual = f"{policy.operation} was answered {told(refused)} and {again}: {all_told(tries)}"
            return Flaw(f"no further try after a {told(refused)}", actual, rows(tries))
    return None


def repeats_refused_key(attempts: Sequence[Attempt], policy: Policy, call: Call | None = None) -> Flaw | None:
    """Judge whether a refused key was sent again: CL-05.

    Right are one more try with another key, and with the same one where a token was fetched in between.
    """
    del call
    for tries in tries_of(attempts, policy):
        renewals = 0
        for failed, following in pairwise(tries):
            if failed.status not in REFUSED or policy.again(failed) != "never":
                continue
            renewals += failed.status == 401 and _renewed(attempts, failed, following)
            if renewals == 1 and _renewed(attempts, failed, following) and failed.status == 401:
                continue
            actual = f"{policy.operation} was sent {times(len(tries))}: {all_told(tries)}"
            return Flaw("no further try with a key that was refused", actual, rows(tries))
    return None


def goes_on_after_the_end(attempts: Sequence[Attempt], policy: Policy, call: Call | None = None) -> Flaw | None:
    """Judge whether tries went on after a final failure that followed a passing one: CL-16."""
    del call
    for tries in tries_of(attempts, policy):
        for place, one in enumerate(tries[1:-1], start=1):
            final = one.status is not None and policy.again(one) == "never" and one.status not in REFUSED
            passing = policy.again(tries[place - 1]) != "never"
            if final and passing and alike(one, tries[place + 1]):
                actual = f"{policy.operation} was sent {times(len(tries))}: {all_told(tries)}"
                return Flaw(f"no further try after the {told(one)}", actual, rows(tries))
    return None


def repeats_blindly(attempts: Sequence[Attempt], policy: Policy, call: Call | None = None) -> Flaw | None:
    """Judge whether a write that may have been done was sent again without a key: CL-07.

    Looking in between whether it was done makes it right, where the vendor asks for care.
    """
    del call
    for failed, following in repeats(attempts, policy):
        if policy.safe or not _uncertain(failed) or policy.again(failed) not in ("care", "never"):
            continue
        looked = policy.again(failed) == "care" and any(
            one.method == "GET" and failed.at < one.at < following.at for one in attempts
        )
        if looked or not alike(failed, following) or (policy.key_of(failed) and policy.key_of(following)):
            continue
        end = f"a {told(failed)}" if failed.status else "no answer"
        without = f" without {policy.key_header}" if policy.key_header else ""
        actual = f"{policy.operation} was sent again{without} after {end}"
        return Flaw("no blind repetition of what may have been done", actual, rows([failed, following]))
    return None


def loses_its_body(attempts: Sequence[Attempt], policy: Policy, call: Call | None = None) -> Flaw | None:
    """Judge whether a repeated request lost its body, or a part of it: CL-14."""
    del call
    for failed, following in repeats(attempts, policy):
        if failed.body_at is None or not failed.body_size or following.body_size >= failed.body_size:
            continue
        a_part = failed.body.endswith(following.body) or failed.body.startswith(following.body)
        if following.body_at is None or a_part:
            actual = f"{policy.operation} was sent again with {following.body_size} of {failed.body_size} bytes"
            return Flaw("the whole body, each time it is sent", actual, rows([failed, following]))
    return None


def _uncertain(attempt: Attempt) -> bool:
    """Whether a request may have been done: it arrived whole, and no answer says what came of it."""
    return attempt.body_at is not None and (attempt.status is None or attempt.status in UNCERTAIN)


def _renewed(attempts: Sequence[Attempt], failed: Attempt, following: Attempt) -> bool:
    """Whether a key was renewed between two tries: it is another one, or something beside the API was asked."""
    fetched = any(one.operation is None and failed.at < one.at < following.at for one in attempts)
    return fetched or following.credential != failed.credential


def never_sent(attempts: Sequence[Attempt], policy: Policy) -> bool:
    """Whether no request for the operation arrived, so that nothing about it can be judged."""
    return not own_of(attempts, policy)
