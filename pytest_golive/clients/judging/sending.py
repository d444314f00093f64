"""What requests carry, and where they go: keys, versions, identity."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from typing import Any

from pytest_golive.clients.judging.flaw import Flaw, rows, times
from pytest_golive.clients.judging.tries import own_of, repeats
from pytest_golive.clients.policy import Policy, succeeded
from pytest_golive.clients.trace import Attempt, Call, Trace

ANONYMOUS = re.compile(
    r"(python-)?(requests|httpx|urllib3?|aiohttp)|python/|python-urllib|axios|node-fetch|node|undici|got|"
    r"go-http-client|okhttp|java|apache-httpclient|guzzlehttp|curl|php|ruby|faraday|reqwest",
    re.IGNORECASE,
)
"""How names of libraries begin, as they stand there when nobody says who calls."""

REQUEST_IDS = re.compile(
    r"(x-)?(request|correlation|trace|client-request)-?id|traceparent|x-amzn-trace-id|b3", re.IGNORECASE
)
"""Headers by which a request may be found again."""

TIME = re.compile(r"(time|date|timestamp|_at|At)$")
MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d|1[5-9]\d{8}(\d{3})?")


def sends_its_key_elsewhere(trace: Trace) -> Flaw | None:
    """Judge whether the vendor's key reached another host: CL-70."""
    seen = [one for one in trace.attempts if one.listener == "elsewhere" and one.credential is not None]
    if not seen:
        return None
    actual = f"{seen[0].host or 'another host'} was sent the key in its {seen[0].credential_in or 'request'}"
    return Flaw("the key to go to the vendor only", actual, rows(seen))


def sends_its_key_in_clear(trace: Trace) -> Flaw | None:
    """Judge whether the vendor's key went over plain http where https was to be had: CL-73."""
    seen = [one for one in trace.attempts if one.listener == "plain" and one.credential is not None]
    if not seen:
        return None
    return Flaw("the key to go over https only", f"{seen[0].method} {seen[0].path} carried it over http", rows(seen))


def carries_its_key_in_the_url(attempts: Sequence[Attempt], policy: Policy, call: Call | None = None) -> Flaw | None:
    """Judge whether the vendor's key stands in an address: CL-74."""
    del policy, call
    seen = [one for one in attempts if one.credential_in in ("query", "path")]
    if not seen:
        return None
    actual = f"{seen[0].method} {seen[0].path} carried it in its {seen[0].credential_in}"
    return Flaw("the key in a header", actual, rows(seen))


def keeps_a_refused_key(trace: Trace, policy: Policy) -> Flaw | None:
    """Judge whether calls after a 401 still carry the key that was refused: CL-80."""
    refused: dict[str, Attempt] = {}
    for one in own_of(trace.attempts, policy):
        first = refused.get(one.credential or "")
        if first is not None and one.call != first.call:
            actual = f"a later {policy.operation} carried the key that was answered 401"
            return Flaw("the key to be read again after a 401", actual, rows([first, one]))
        if one.status == 401 and one.credential:
            refused.setdefault(one.credential, one)
    return None


def names_no_version(attempts: Sequence[Attempt], policy: Policy, call: Call | None = None) -> Flaw | None:
    """Judge whether each request names the pinned version of the API: CL-81."""
    del call
    if policy.version is None:
        return None
    header, version = policy.version
    wrong = [one for one in attempts if one.operation is not None and one.header(header) != version]
    if not wrong:
        return None
    said = wrong[0].header(header)
    actual = f"{wrong[0].operation} was sent {f'with {said!r}' if said else 'without it'}"
    return Flaw(f"{header}: {version} on every request", actual, rows(wrong))


def goes_past_the_address(trace: Trace) -> Flaw | None:
    """Judge whether calls reach the address that the client was given: CL-82."""
    if any(one.listener == "vendor" for one in trace.attempts) or not trace.calls:
        return None
    actual = f"{times(len(trace.calls))} called, and nothing arrived there"
    return Flaw("requests at the address that it was given", actual)


def request_id(attempt: Attempt) -> str | None:
    """Return by what a request may be found again; None: by nothing."""
    return next((value for name, value in attempt.headers if REQUEST_IDS.fullmatch(name)), None)


def cannot_be_found_again(trace: Trace) -> Flaw | None:
    """Judge whether calls carry a request id, each one of its own: CL-84."""
    sent = [one for one in trace.attempts if one.listener == "vendor" and one.call is not None]
    without = [one for one in sent if request_id(one) is None]
    if without:
        return Flaw("a request id on every request", f"{without[0].operation} was sent without one", rows(without))
    seen: dict[str, Attempt] = {}
    for one in sent:
        first = seen.setdefault(request_id(one) or "", one)
        if first.call != one.call:
            return Flaw("a request id of its own for each call", "two calls carried the same one", rows([first, one]))
    return None


def does_not_say_who_calls(attempts: Sequence[Attempt], policy: Policy, call: Call | None = None) -> Flaw | None:
    """Judge whether requests say who calls, and not only with which library: CL-85."""
    del policy, call
    for one in attempts:
        said = one.header("user-agent") or ""
        products = [word for word in re.sub(r"\([^)]*\)", "", said).split() if word]
        if all(ANONYMOUS.match(word) for word in products):
            actual = f"User-Agent: {said}" if said else "no User-Agent"
            return Flaw("a User-Agent with a name of its own", actual, rows([one]))
    return None


def changes_its_times(attempts: Sequence[Attempt], policy: Policy, call: Call | None = None) -> Flaw | None:
    """Judge whether the time of an event changes when it is sent again: CL-88."""
    del call
    for failed, following in repeats(attempts, policy):
        before, after = dict(_times(_json(failed))), dict(_times(_json(following)))
        changed = sorted(place for place in before.keys() & after.keys() if before[place] != after[place])
        if changed:
            actual = f"{policy.operation} was sent again with another {changed[0]}"
            return Flaw("the time at which it happened, on every try", actual, rows([failed, following]))
    return None


def repeats_its_first_step(
    attempts: Sequence[Attempt], first: Policy, second: Policy, call: Call | None = None
) -> Flaw | None:
    """Judge whether a failed second step makes the first be done again: CL-90."""
    del call
    done = [one for one in own_of(attempts, first) if succeeded(one)]
    failed = [one for one in own_of(attempts, second) if not succeeded(one)]
    again = [one for one in done[1:] if failed and one.at > failed[0].at]
    if not again:
        return None
    actual = f"{first.operation} was sent again after {second.operation} had failed"
    return Flaw(f"{second.operation} alone to be tried again", actual, rows([done[0], *failed, *again]))


def overwrites_blindly(attempts: Sequence[Attempt], policy: Policy, call: Call | None = None) -> Flaw | None:
    """Judge whether a write that was refused because of a newer version is forced through: CL-91."""
    del call
    for failed, following in repeats(attempts, policy):
        looked = any(one.method == "GET" and failed.at < one.at < following.at for one in attempts)
        if failed.status == 412 and not looked:
            actual = f"{policy.operation} was sent again after a 412, without reading what is there"
            return Flaw("what is there to be read before the next try", actual, rows([failed, following]))
    return None


def _json(attempt: Attempt) -> Any:
    try:
        return json.loads(attempt.body)
    except ValueError:
        return None


def _times(value: Any, place: str = "") -> list[tuple[str, str]]:
    """Return the fields of a body that hold a time, with their places."""
    if isinstance(value, dict):
        return [found for name, each in value.items() for found in _times(each, f"{place}.{name}" if place else name)]
    if isinstance(value, list):
        return [found for number, each in enumerate(value) for found in _times(each, f"{place}.{number}")]
    named = TIME.search(place)
    return [(place, str(value))] if named and MOMENT.match(str(value)) else []
