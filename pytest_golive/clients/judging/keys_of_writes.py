"""Idempotency keys: one per call, the same for each of its tries, and nothing else under it."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from math import log2

from pytest_golive.clients.judging.flaw import Flaw, came_to, rows, told
from pytest_golive.clients.judging.tries import alike, own_of, repeats, tries_of
from pytest_golive.clients.policy import Policy
from pytest_golive.clients.trace import Attempt, Call

UUID = re.compile(r"[0-9a-f]{8}-?[0-9a-f]{4}-?[1-8][0-9a-f]{3}-?[89ab][0-9a-f]{3}-?[0-9a-f]{12}", re.IGNORECASE)

FEWEST_KEYS = 10
"""Keys below which nothing can be said about how they are made."""

FEWEST_BITS = 20.0
"""Keys that differ in less than this could be guessed, or meet each other."""

SHORTEST_KEY = 8
SHORTEST_TELLING = 5


def makes_a_new_key(attempts: Sequence[Attempt], policy: Policy, call: Call | None = None) -> Flaw | None:
    """Judge whether a repeated write carries another key than before: CL-08.

    After 429 nothing was done, and any key is right; a corrected body needs a new one.
    """
    del call
    for failed, following in repeats(attempts, policy):
        old, new = policy.key_of(failed), policy.key_of(following)
        if failed.status == 429 or policy.is_in_progress(failed) or not alike(failed, following):
            continue
        if old is not None and old != new and (failed.status is None or policy.passes(failed)):
            carried = "another one" if new else "none"
            actual = f"{policy.operation} was sent again after {_end(failed)} with {carried}"
            return Flaw(f"the {policy.key_header} of the first try", actual, rows([failed, following]))
    return None


def reuses_a_key(attempts: Sequence[Attempt], policies: Collection[Policy]) -> Flaw | None:
    """Judge whether two different writes carried one key: CL-09.

    Equal writes may share one: that is how a double submission is prevented.

    Args:
        attempts: all of a trace, with their calls.
        policies: of the operations to look at.
    """
    seen: dict[str, Attempt] = {}
    for policy in policies:
        for one in own_of(attempts, policy):
            key = policy.key_of(one)
            if key is None:
                continue
            first = seen.setdefault(key, one)
            if first.call == one.call and first.call is not None and first.operation == one.operation:
                continue
            if (first.method, first.path) != (one.method, one.path) or not alike(first, one):
                said = one.operation if one.operation != first.operation else "another body"
                actual = f"{first.operation} and {said} carried the same one"
                return Flaw(f"a {policy.key_header} of its own for each write", actual, rows([first, one]))
    return None


def changes_under_a_key(attempts: Sequence[Attempt], policy: Policy, call: Call | None = None) -> Flaw | None:
    """Judge whether a repeated write carries another body under the same key: CL-10."""
    del call
    for failed, following in repeats(attempts, policy):
        key = policy.key_of(failed)
        whole = failed.body_at is not None and following.body_at is not None
        if whole and key is not None and key == policy.key_of(following) and not alike(failed, following):
            actual = f"{policy.operation} was sent again with another body under the same {policy.key_header}"
            return Flaw("the same body under the same key", actual, rows([failed, following]))
    return None


def weak_keys(attempts: Sequence[Attempt], policy: Policy, *, telling: Collection[str] = ()) -> Flaw | None:
    """Judge how the keys of many calls are made: CL-11.

    Args:
        attempts: all of a trace, with their calls.
        policy: of the operation that was called.
        telling: values of arguments that belong to a person: a name, an address.
    """
    firsts: dict[str | None, Attempt] = {}
    for one in own_of(attempts, policy):
        if policy.key_of(one):
            firsts.setdefault(one.call, one)
    keyed = [(one, policy.key_of(one) or "") for one in firsts.values()]
    keys = [key for _, key in keyed]
    problem = _problem(keys, policy.longest_key) or _told_by(keys, telling)
    return Flaw(f"a random {policy.key_header} for each call", problem, rows(firsts.values())) if problem else None


def mishandles_progress(attempts: Sequence[Attempt], policy: Policy, call: Call | None) -> Flaw | None:
    """Judge what follows the answer that the first call with a key is still under way: CL-12."""
    for tries in tries_of(attempts, policy):
        for place, one in enumerate(tries):
            if not policy.is_in_progress(one) or policy.key_of(one) is None:
                continue
            following = tries[place + 1] if place + 1 < len(tries) else None
            if following is None and (call is None or call.outcome != "ok"):
                actual = f"{policy.operation} was not sent again after the {told(one)}; {came_to(call)}"
                return Flaw("another try under the same key", actual, rows(tries))
            if following is not None and policy.key_of(following) != policy.key_of(one):
                actual = f"{policy.operation} was sent again after the {told(one)} under another key"
                return Flaw("another try under the same key", actual, rows(tries))
    return None


def bits(keys: Sequence[str]) -> float:
    """Return how much keys differ: the sum over their places of the bits that the letters seen there tell."""
    width = max(map(len, keys))
    return sum(log2(len({key[place : place + 1] for key in keys})) for place in range(width))


def _problem(keys: Sequence[str], longest: int) -> str:
    twice = next((key for key, count in Counter(keys).items() if count > 1), None)
    if twice is not None:
        return "two calls carried the same one"
    if longest and (long := max(map(len, keys), default=0)) > longest:
        return f"one has {long} characters, and the vendor takes {longest}"
    if keys and (short := min(map(len, keys))) < SHORTEST_KEY:
        return f"one has {short} characters"
    if len(keys) >= FEWEST_KEYS and not all(UUID.search(key) for key in keys) and bits(keys) < FEWEST_BITS:
        return f"{len(keys)} of them differ in {bits(keys):.0f} bits only, as counters and times do"
    return ""


def _told_by(keys: Sequence[str], telling: Collection[str]) -> str:
    for value in telling:
        if len(value) >= SHORTEST_TELLING and any(value.lower() in key.lower() for key in keys):
            return "one holds a value that belongs to a person"
    return ""


def _end(attempt: Attempt) -> str:
    return f"a {told(attempt)}" if attempt.status else "no answer"
