"""Finds in a call's requests what was one thing sent again and again, and how long the pauses between were."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import pairwise
from urllib.parse import parse_qsl

from pytest_golive.clients.policy import Policy, succeeded
from pytest_golive.clients.trace import Attempt

Tries = tuple[Attempt, ...]
"""One thing that was asked for, and each time it was sent, in order."""

BOUNDARY = re.compile(r"boundary=\"?([^\";,\s]+)", re.IGNORECASE)
SECONDS = re.compile(r"\d{1,9}")


def own_of(attempts: Sequence[Attempt], policy: Policy) -> Tries:
    """Return the requests for the policy's operation that reached the vendor, in order."""
    return tuple(one for one in attempts if one.operation == policy.operation and one.listener == "vendor")


def tries_of(attempts: Sequence[Attempt], policy: Policy) -> tuple[Tries, ...]:
    """Return the requests for the policy's operation, those for the same thing together.

    The same thing is the same path and the same page of it. What succeeded is over: the next request is a new thing.
    """
    open_ones: dict[tuple[str, ...], list[Attempt]] = {}
    found: list[list[Attempt]] = []
    for attempt in own_of(attempts, policy):
        what = _what(attempt, policy)
        tries = open_ones.get(what)
        if tries is None or succeeded(tries[-1]):
            tries = open_ones[what] = []
            found.append(tries)
        tries.append(attempt)
    return tuple(map(tuple, found))


def repeats(attempts: Sequence[Attempt], policy: Policy) -> Iterator[tuple[Attempt, Attempt]]:
    """Yield each request that failed with the next one for the same thing."""
    for tries in tries_of(attempts, policy):
        yield from pairwise(tries)


def gap(failed: Attempt, following: Attempt) -> float:
    """Return how long was waited between the beginning of an answer and the next try, in seconds."""
    known = failed.answered_at if failed.answered_at is not None else failed.over_at
    return following.at - known


def gaps(tries: Tries) -> tuple[float, ...]:
    """Return the pauses between tries, in seconds."""
    return tuple(gap(failed, following) for failed, following in pairwise(tries))


def asked_in_seconds(attempt: Attempt) -> float | None:
    """Return how long a Retry-After in seconds asks to wait; None: there is no such one, or more than one."""
    said = _retry_after(attempt)
    return float(said) if said is not None and SECONDS.fullmatch(said) else None


def asked_by_date(attempt: Attempt, zero: float) -> float | None:
    """Return how long a Retry-After that is a date asks to wait, in seconds after the answer; None: there is none.

    Args:
        attempt: what was answered so.
        zero: the trace's zero in seconds since 1970, for answers that carry no Date.
    """
    due = moment(_retry_after(attempt))
    if due is None:
        return None
    given = moment(attempt.answer_header("date"))
    known = attempt.answered_at if attempt.answered_at is not None else attempt.over_at
    return due - (given if given is not None else zero + known)


def moment(text: str | None) -> float | None:
    """Return a date of a header in seconds since 1970; None: it is none."""
    if not text or not text.strip()[:1].isalpha():
        return None
    try:
        found: datetime = parsedate_to_datetime(text)
    except (ValueError, TypeError, IndexError):
        return None
    return (found if found.tzinfo else found.replace(tzinfo=UTC)).timestamp()


def alike(one: Attempt, other: Attempt) -> bool:
    """Whether two requests carry the same body: the same bytes, the same JSON, or the same parts."""
    if (one.body_size, one.body_sha256) == (other.body_size, other.body_sha256):
        return True
    return _content(one) == _content(other)


def _retry_after(attempt: Attempt) -> str | None:
    values = [value.strip() for name, value in attempt.answer_headers if name.lower() == "retry-after"]
    return values[0] if len(values) == 1 else None


def _what(attempt: Attempt, policy: Policy) -> tuple[str, ...]:
    page = policy.paging.page if policy.paging else None
    place = [value for name, value in parse_qsl(attempt.query, keep_blank_values=True) if name == page]
    return (attempt.method, attempt.path, *place)


def _content(attempt: Attempt) -> object:
    if len(attempt.body) < attempt.body_size:
        return attempt.body_sha256
    kind = attempt.header("content-type") or ""
    if boundary := BOUNDARY.search(kind):
        return hashlib.sha256(attempt.body.replace(boundary[1].encode(), b"")).hexdigest()
    try:
        return json.loads(attempt.body)
    except ValueError:
        return attempt.body_sha256 or attempt.body
