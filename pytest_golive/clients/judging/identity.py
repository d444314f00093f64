"""Whose key a client carries, whose ids it names, and what of them it gives away."""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Collection, Sequence
from typing import Any

from pytest_golive.clients.judging.flaw import Flaw, rows, times, told
from pytest_golive.clients.judging.tries import own_of
from pytest_golive.clients.policy import Policy
from pytest_golive.clients.trace import Attempt, Call, Trace
from pytest_golive.sandbox.routing import Routes, UnknownPathError, WrongMethodError
from pytest_golive.vendors.pack import Pack

MOST_WITH_A_REFUSED_KEY = 2
"""Requests of one call with one key that is refused: the key was read again, and turned out to be the same."""

FOR_KEYS = re.compile("key|token|auth|secret|credential", re.IGNORECASE)
"""Names of headers in which nobody is surprised to meet a key, though the vendor reads another one."""

PLAIN_HTTP = "http request"
"""Why a handshake failed, in OpenSSL's words, where a request stood in its place."""

STACK_TRACE = re.compile(
    r"Traceback \(most recent call last\)"
    r"|^\s*File \"[^\"]+\", line \d+"
    r"|^\s*at (?:async )?[\w.$<>\[\] ]+ ?\([^()\n]*:\d+(?::\d+)?\)"
    r"|goroutine \d+ \[running\]"
    r"|^#\d+ [^\n]+\(\d+\): ",
    re.MULTILINE,
)

MOST_OBJECTS = 20
"""Objects within one message that are looked at."""

MOST_SHOWN = 120
"""Letters of a message that a finding shows."""

KEY_HEADERS = frozenset({"authorization", "proxy-authorization", "cookie"})


def enters_by(trace: Trace, proof: str) -> Flaw | None:
    """Judge whether requests were sent over a connection that proves nothing: CL-71, CL-72.

    Args:
        trace: of a drive against a listener with such a certificate.
        proof: the certificate in words.
    """
    sent = [one for one in trace.attempts if one.listener == "vendor"]
    if not sent:
        return None
    with_key = ", and the key with it" if any(one.credential for one in sent) else ""
    return Flaw("no request", f"{sent[0].method} {sent[0].path} was sent to {proof}{with_key}", rows(sent))


def speaks_plain_http(trace: Trace) -> Flaw | None:
    """Judge whether plain http was spoken to an address with https: CL-73."""
    if not any(one.listener == "vendor" and one.handshake == PLAIN_HTTP for one in trace.connections):
        return None
    return Flaw("https, as the address says", "a request was sent there over plain http")


def sends_its_key_away(trace: Trace, listener: str, where: str) -> Flaw | None:
    """Judge whether a key that the vendor got also reached another listener: CL-70, CL-73, CL-83.

    Args:
        trace: the drive.
        listener: which one.
        where: that listener in words.
    """
    own = {one.credential for one in trace.attempts if one.listener == "vendor"} | set(trace.keys)
    seen = [one for one in trace.attempts if one.listener == listener and one.credential in own - {None}]
    if not seen:
        return None
    return Flaw("the key to go to the vendor only", f"{where} got it in its {_place(seen[0])}", rows(seen))


def carries_another_key(trace: Trace, pack: Pack) -> Flaw | None:
    """Judge whether all requests carry the key that the client was given: CL-77.

    Without knowing which key that was, nothing can be said.
    """
    if not trace.keys:
        return None
    for one in trace.attempts:
        operation = pack.operations.get(one.operation or "")
        if one.listener != "vendor" or operation is None or operation.open or one.credential in trace.keys:
            continue
        carried = "another key" if one.credential else "no key"
        return Flaw("the key that it was given", f"{one.operation} was sent with {carried}", rows([one]))
    return None


def names_other_ids(trace: Trace, pack: Pack) -> Flaw | None:
    """Judge whether ids of configuration in paths are those that the client was given: CL-78.

    An id that the call itself names is right as well, and so is one that the vendor has told before.
    """
    routes = Routes(pack)
    for place, one in enumerate(trace.attempts):
        if one.listener != "vendor" or one.operation is None:
            continue
        try:
            named = routes.find(one.method, one.path).arguments
        except (UnknownPathError, WrongMethodError):
            continue
        asked = {str(value) for call in trace.calls for value in call.arguments.values()}
        known = asked | set(trace.ids.values())
        for name, value in named.items():
            told = any(value.encode() in earlier.answer for earlier in trace.attempts[:place])
            if name in pack.ids and name in trace.ids and value not in known and not told:
                return Flaw(f"the {name} that it was given", f"{one.operation} was sent with another one", rows([one]))
    return None


def insists_on_a_refused_key(
    attempts: Sequence[Attempt], policy: Policy, call: Call, *, statuses: Collection[int] = (401,)
) -> Flaw | None:
    """Judge whether one call sends a key again and again that was refused: CL-80.

    Args:
        attempts: of the call.
        policy: of its operation.
        call: the call.
        statuses: those by which the vendor refuses keys.
    """
    refused: dict[str, list[Attempt]] = {}
    for one in own_of(attempts, policy):
        if one.status in statuses and one.credential:
            refused.setdefault(one.credential, []).append(one)
    for again in refused.values():
        if len(again) > MOST_WITH_A_REFUSED_KEY:
            actual = f"{call.operation} sent it {times(len(again))}"
            return Flaw(f"a refused key at most {times(MOST_WITH_A_REFUSED_KEY)} in a call", actual, rows(again))
    return None


def gives_its_key_away(trace: Trace, secrets: Collection[str], *, place: str, where: str) -> Flaw | None:
    """Judge whether a key stood in what a client wrote: CL-75, CL-76.

    Args:
        trace: the drive.
        secrets: names of keys; what else leaked is another matter.
        place: log or message.
        where: the same in words.
    """
    leaked = [name for name, there in trace.leak_places if there == place and name in secrets]
    return Flaw(f"no key in {where}", f"{leaked[0]} stood there") if leaked else None


def shows_what_is_for_the_team(trace: Trace) -> Flaw | None:
    """Judge whether users are shown a stack trace, or an answer of the vendor as it came: CL-76.

    A text that the vendor wrote for users may be shown, and so may a code or a request id.
    """
    for call in trace.calls:
        if call.outcome not in {"user", "backend"}:
            continue
        shown = _objects_in(call.message)
        met = [one for one in trace.of_call(call) if any(each in shown for each in _raw_answers(one.answer))]
        if met:
            actual = f"after a {told(met[-1])}, {call.operation} showed the vendor's answer as it came"
            return Flaw("a text of the client's own", f"{actual}: {call.message[:MOST_SHOWN]!r}", rows(met))
        if STACK_TRACE.search(call.message):
            actual = f"{call.operation} showed a stack trace: {call.message[:MOST_SHOWN]!r}"
            return Flaw("a text of the client's own", actual)
    return None


def _raw_answers(body: bytes) -> list[dict[str, Any]]:
    """Return the object that an answer holds, and those within: an error, mostly."""
    read = _json_at(body.decode("utf-8", "replace"))
    if not isinstance(read, dict) or not read:
        return []
    return [read, *(each for each in read.values() if isinstance(each, dict) and each)]


def _objects_in(message: str) -> list[Any]:
    """Return the objects that are written as JSON, or as Python writes them, in what a call shows."""
    found: list[Any] = []
    at = message.find("{")
    while at >= 0 and len(found) < MOST_OBJECTS:
        found += [value for read in (_json_at, _literal_at) if (value := read(message[at:])) is not None]
        at = message.find("{", at + 1)
    return found


def _json_at(text: str) -> Any:
    try:
        return json.JSONDecoder().raw_decode(text)[0]
    except (ValueError, RecursionError):
        return None


def _literal_at(text: str) -> Any:
    try:
        return ast.literal_eval(text[: text.rfind("}") + 1])
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        return None


def says_its_key(trace: Trace, key_headers: Collection[str]) -> Flaw | None:
    """Judge whether a key stands in a header that is not for keys, such as User-Agent: CL-76.

    Args:
        trace: the drive.
        key_headers: headers that carry keys by the vendor's contract.
    """
    meant = KEY_HEADERS | {name.lower() for name in key_headers}
    for one in trace.attempts:
        known = [fingerprint for fingerprint in (*trace.keys, one.credential) if fingerprint]
        for name, value in one.headers:
            for_keys = name.lower() in meant or FOR_KEYS.search(name) is not None
            if not for_keys and any(fingerprint in value for fingerprint in known):
                return Flaw("no key in what is said of the client", f"it stood in {name}", rows([one]))
    return None


def _place(attempt: Attempt) -> str:
    return {"query": "query", "path": "path", "body": "body"}.get(attempt.credential_in or "", "headers")
