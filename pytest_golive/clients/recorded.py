"""Makes recorded requests fit to be judged: which operation each asks for, which belong to one call, no credential."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import replace
from urllib.parse import parse_qsl, quote, urlencode

from pytest_golive.cassettes.secret_fields import says_secret
from pytest_golive.clients.judging.sending import request_id
from pytest_golive.clients.judging.tries import alike, asked_in_seconds
from pytest_golive.clients.policy import Policy, succeeded
from pytest_golive.clients.trace import Attempt, Fields, Place, Trace
from pytest_golive.credentials.secret import fingerprint
from pytest_golive.sandbox.routing import Routes, UnknownPathError, WrongMethodError
from pytest_golive.vendors.library import packs, read_pack
from pytest_golive.vendors.pack import Pack

LATEST_SECONDS = 30.0
"""A request that comes later than this after a failure, and after what Retry-After asked for, is a new call."""

AT_ONCE_SECONDS = 5.0
"""A request that comes later than this after a final refusal is nobody's repetition."""

KEPT_OPEN = 200
"""So many calls are looked at for one that a request goes on with."""

CREDENTIALS = frozenset({"authorization", "proxy-authorization", "cookie", "x-api-key", "api-key", "set-cookie"})
MASKED = re.compile(r"\[[\w.-]* ?[0-9a-f]{12}\]|[*•]{3,}|\[?(redacted|filtered|masked)\]?", re.IGNORECASE)


def vendor_of(attempts: Iterable[Attempt]) -> str | None:
    """Return the vendor whose operations most of the requests ask for; None: nobody's."""
    asked = list(attempts)
    found = {}
    for name in packs():
        pack = read_pack(name)
        routes = Routes(pack)
        found[name] = sum(1 for one in asked if _operation(one, pack, routes))
    best = max(found, key=lambda name: found[name], default=None)
    return best if best is not None and found[best] else None


def made_ready(trace: Trace, pack: Pack) -> Trace:
    """Return a recorded trace as one of the lab is: with operations, calls and fingerprints.

    Requests that already say their operation or call keep it.
    """
    routes = Routes(pack)
    named = [
        replace(_without_credentials(one, pack), operation=one.operation or _operation(one, pack, routes))
        for one in trace.attempts
    ]
    grouped = _grouped(named, pack)
    guessed = {one.call for one, before in zip(grouped, named, strict=True) if before.call is None and one.call}
    return replace(trace, attempts=grouped, guessed=frozenset(guessed))


def call_ids(trace: Trace) -> tuple[str, ...]:
    """Return the ids of the calls that requests were made for, in order."""
    return tuple(dict.fromkeys(one.call for one in trace.attempts if one.call is not None))


def _operation(attempt: Attempt, pack: Pack, routes: Routes) -> str | None:
    base = pack.base_url.path
    path = attempt.path
    if base and not path.startswith(f"{base}/") and f"{base}/" in path:
        path = path[path.index(f"{base}/") :]
    try:
        return routes.find(attempt.method, path).operation
    except (UnknownPathError, WrongMethodError):
        return None


def _grouped(attempts: Sequence[Attempt], pack: Pack) -> tuple[Attempt, ...]:
    """Give requests to calls: a repetition soon after a failure, and the next page of a listing, to the same one."""
    policies = {name: Policy.of(pack, name) for name in {one.operation for one in attempts} if name is not None}
    last: list[Attempt] = []
    found: list[Attempt] = []
    for one in attempts:
        if one.call is None and one.operation is not None:
            # Of several that wait, the one that has waited longest: calls beside each other come back in turn.
            before = next((other for other in last if _goes_on(other, one, policies[one.operation])), None)
            one = replace(one, call=before.call if before is not None else f"r{len(found) + 1}")  # noqa: PLW2901
        if one.operation is not None:
            last = [*[other for other in last if other.call != one.call][-KEPT_OPEN:], one]
        found.append(one)
    return tuple(found)


def _goes_on(before: Attempt, one: Attempt, policy: Policy) -> bool:
    """Whether a request goes on with what another one began."""
    if (before.operation, before.method, before.path) != (one.operation, one.method, one.path):
        return False
    soon = one.at - before.over_at <= LATEST_SECONDS + (asked_in_seconds(before) or 0.0)
    if not soon or before.over_at > one.at:
        return False
    if succeeded(before):
        return _next_page(before, one, policy)
    if before.query != one.query or not (alike(before, one) or policy.key_of(before) is not None):
        return False
    return policy.again(before) != "never" or _surely_the_same(before, one, policy)


def _surely_the_same(before: Attempt, one: Attempt, policy: Policy) -> bool:
    """Whether a request after a final refusal is a repetition, and not somebody's next call for the same."""
    if policy.key_of(before) is not None:
        return policy.key_of(before) == policy.key_of(one)
    ids = request_id(before), request_id(one)
    if None not in ids:
        return ids[0] == ids[1]
    return one.at - before.over_at <= AT_ONCE_SECONDS


def _next_page(before: Attempt, one: Attempt, policy: Policy) -> bool:
    if policy.paging is None or policy.paging.page is None:
        return False
    page, style = policy.paging.page, policy.paging.style
    first, second = dict(parse_qsl(before.query)), dict(parse_qsl(one.query))
    here, there = first.pop(page, ""), second.pop(page, "")
    if not there or here == there or (first != second and style != "cursor"):
        return False
    if style == "cursor":
        # A cursor goes on with the answer that named it.
        return not before.answer or any(form.encode() in before.answer for form in (there, quote(there, safe="")))
    numbers = (here or ("1" if style == "page_number" else "0")), there
    if not all(number.isdecimal() for number in numbers):
        return False
    step = int(numbers[1]) - int(numbers[0])
    return step == 1 if style == "page_number" else step > 0


def _without_credentials(attempt: Attempt, pack: Pack) -> Attempt:
    """Return a request with fingerprints in the place of credentials."""
    known = {way.header.lower() for way in (pack.authentication, *pack.authentications.values())}
    headers, credential = _masked_fields(attempt.headers, known)
    place: Place | None = "header" if credential else None
    query, in_query = _masked_query(attempt.query)
    if in_query and not credential:
        credential, place = in_query, "query"
    return replace(
        attempt,
        headers=headers,
        target=f"{attempt.path}?{query}" if attempt.query else attempt.target,
        credential=attempt.credential or credential,
        credential_in=attempt.credential_in or place,
    )


def _masked_fields(headers: Fields, known: Iterable[str]) -> tuple[Fields, str | None]:
    kept, credential = [], None
    named = {*known, *CREDENTIALS}
    for name, value in headers:
        if name.lower() in named and not MASKED.search(value) and value:
            secret = value.rpartition(" ")[2]
            if name.lower() in known:
                credential = fingerprint(secret)
            kept.append((name, f"[{fingerprint(secret)}]"))
        else:
            kept.append((name, value))
    return tuple(kept), credential


def _masked_query(query: str) -> tuple[str, str | None]:
    pairs = parse_qsl(query, keep_blank_values=True)
    secret = next((value for name, value in pairs if says_secret(name) and value), None)
    if secret is None:
        return query, None
    shown = [(name, f"[{fingerprint(value)}]" if says_secret(name) else value) for name, value in pairs]
    return urlencode(shown, safe="[]"), fingerprint(secret)
