"""Whether what looks like one call's repetition may as well be several calls that ask for the same.

Where a recording does not say which request belongs to which call, several workers that ask for the same thing look
like one that asks too often. A flaw counts there only if as many of them would hardly come about by chance.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from itertools import pairwise

from pytest_golive.clients.judging.sending import request_id
from pytest_golive.clients.policy import Policy, succeeded
from pytest_golive.clients.trace import Attempt, Trace

SURE = 0.01
"""As many repetitions are one client's doing where chance alone explains them with less than this."""

SHORTEST = 1.0
"""How much around a case is looked at for calls beside it, at least, in seconds."""

Case = Sequence[Attempt]
"""The requests that were taken for one call's."""

Window = Callable[[Case], float]
"""Within how many seconds after a failure another request of a case would look like the flaw."""

_Thing = tuple[str, str, str]


class Neighbours:
    """How often each thing was asked for in a recording, by whichever call."""

    def __init__(self, trace: Trace) -> None:
        self._done: dict[_Thing, list[tuple[float, str | None]]] = {}
        self._together: set[_Thing] = set()
        latest: dict[_Thing, float] = {}
        for one in trace.attempts:
            thing = _thing(one)
            if one.at < latest.get(thing, -math.inf):
                self._together.add(thing)
            latest[thing] = max(one.over_at, latest.get(thing, -math.inf))
            if succeeded(one):
                self._done.setdefault(thing, []).append((one.at, one.call))
        times = [one.at for one in trace.attempts]
        self._length = max(max(times) - min(times), SHORTEST) if times else SHORTEST

    def chance(self, case: Case, window: float) -> float:
        """Return how likely another call asks for the same within a time after a case's failure.

        Calls are told by their success. The more frequent of two counts: around the case, and over the whole recording.
        """
        thing, call = _thing(case[0]), case[0].call
        others = [at for at, of in self._done.get(thing, ()) if of != call]
        if not others:
            return 1.0 if thing in self._together else 0.0
        reach = max(window, SHORTEST)
        since, until = case[0].at - reach, case[-1].over_at + reach
        beside = sum(since <= at <= until for at in others) / (until - since)
        return 1.0 - math.exp(-max(beside, len(others) / self._length) * window)


def surely_one_call(case: Case, policy: Policy) -> bool:
    """Whether the requests of a case name the same key of idempotency, or the same id."""
    return all(
        (policy.key_of(one) is not None and policy.key_of(one) == policy.key_of(other))
        or (request_id(one) is not None and request_id(one) == request_id(other))
        for one, other in pairwise(case)
    )


def explained(chances: Sequence[float], seen: int) -> bool:
    """Whether as many cases as were seen, or more, come about by chance.

    Args:
        chances: of each case, those that were not seen too.
        seen: how many were.
    """
    return seen > 0 and _at_least(chances, seen) >= SURE


def _at_least(chances: Sequence[float], seen: int) -> float:
    """Return the chance of so many or more of independent events (the Poisson binomial distribution)."""
    below: list[float] = [1.0, *[0.0] * (seen - 1)]
    reached = 0.0
    for chance in chances:
        reached += below[-1] * chance
        for count in range(seen - 1, 0, -1):
            below[count] += (below[count - 1] - below[count]) * chance
        below[0] *= 1.0 - chance
    return reached


def _thing(attempt: Attempt) -> _Thing:
    return attempt.method, attempt.target, attempt.body_sha256
