"""What is right to do after each kind of failure of one operation: the vendor's own rules, as values to judge by."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from pytest_golive.clients.trace import Attempt
from pytest_golive.facts.body_path import at
from pytest_golive.facts.outcome import Effects
from pytest_golive.vendors.operation import Operation, OperationRetry, Paging, Polling
from pytest_golive.vendors.pack import Pack

Again = Literal["must", "may", "care", "never"]
"""Whether a call is to be made again: it must be; either is right; only with a key or after looking; it must not."""

BOUND = 10
"""Tries of one call beyond which nobody calls it bounded, where golive.yaml names no number."""

SLOWEST_POLL_FLOOR = 1.0
"""Nobody is asked for longer pauses between polls than this, unless golive.yaml names one, in seconds."""

PASSING = frozenset({408, 425, 500, 502, 503, 504})
"""Statuses that say that a later try may succeed, where a pack does not list them."""


OPEN = frozenset({408, 425})
"""Those of them after which giving up is right too, where the vendor's pages do not know them."""


@dataclass(frozen=True, slots=True)
class Policy:
    """What the vendor asks of a client that calls one of its operations.

    Attributes:
        vendor: name of its pack.
        operation: name of the operation.
        method: of its requests.
        safe: it only reads.
        rate_limited: what is right after 429.
        server_error: after 408, 425 and 5xx.
        silence: when nobody knows whether the request was done.
        statuses: statuses that the vendor says are final (False) or passing (True).
        codes: the same of codes in its error bodies; they count for more.
        code_path: where the code stands in an error body.
        transient_path: where an error body says whether a later try may help.
        key_header: header by which this operation may be repeated without doing it twice; None: there is none.
        longest_key: characters that such a key may have; 0: not said.
        in_progress: statuses by which a key is refused whose first call is still under way.
        in_progress_codes: codes that say so.
        retry_after_cap_seconds: nobody has to wait longer than this because of a Retry-After.
        most_tries: requests for one thing, the first included, that are still bounded.
        tries_named: golive.yaml names that number.
        grows: pauses have to grow.
        spread: pauses have to be spread.
        timeout_seconds: how long an answer may take, so that no client may hang up before.
        paging: how it is walked through; None: it is no listing.
        polling: how its end is awaited; None: it is not polled.
        poll_floor_seconds: shortest pause between polls.
        poll_budget_seconds: how long polling may go on; None: not said.
        version: header and version that each request has to name.
        credential_header: header that carries the key, in lower case.
        remaining: header that tells how many requests are left, and the one that tells when there will be more.
    """

    vendor: str
    operation: str
    method: str = "GET"
    safe: bool = True
    rate_limited: Again = "must"
    server_error: Again = "must"
    silence: Again = "must"
    statuses: Mapping[int, bool] = field(default_factory=dict)
    codes: Mapping[str, bool] = field(default_factory=dict)
    code_path: str | None = None
    transient_path: str | None = None
    key_header: str | None = None
    longest_key: int = 0
    in_progress: tuple[int, ...] = ()
    in_progress_codes: tuple[str, ...] = ()
    retry_after_cap_seconds: float = 60.0
    most_tries: int = BOUND
    tries_named: bool = False
    grows: bool = True
    spread: bool = True
    timeout_seconds: float = 0.0
    paging: Paging | None = None
    polling: Polling | None = None
    poll_floor_seconds: float = SLOWEST_POLL_FLOOR
    poll_budget_seconds: float | None = None
    version: tuple[str, str] | None = None
    credential_header: str = "authorization"
    remaining: tuple[str, str] | None = None

    @classmethod
    def of(cls, pack: Pack, name: str, settings: Mapping[str, Any] | None = None) -> Policy:
        """Return the policy for an operation of a pack; of a composite, that of what it submits.

        Args:
            pack: the vendor's.
            name: of an operation or composite.
            settings: what golive.yaml says under `settings`: numbers of its own win.
        """
        own = settings or {}
        operation = pack.operations[pack.calls_of(name)[0]]
        named = own.get("max_retries")
        return cls(
            vendor=pack.vendor,
            operation=pack.calls_of(name)[0],
            method=operation.method,
            safe=operation.effects is Effects.NONE,
            rate_limited=_after_429(pack, operation.retry),
            server_error=_after_server_error(operation),
            silence=_after_silence(operation),
            statuses={status: said.retry == "bounded" for status, said in pack.errors.statuses.items()},
            codes={code: said.retry == "bounded" for code, said in pack.errors.codes.items()},
            code_path=pack.errors.code,
            transient_path=pack.errors.transient,
            **_keys(pack, operation),
            retry_after_cap_seconds=pack.retry.retry_after_cap_seconds,
            most_tries=1 + named if isinstance(named, int) else max(BOUND, 1 + pack.retry.max_retries),
            tries_named=isinstance(named, int),
            grows=pack.retry.factor > 1,
            spread=pack.retry.jitter != "none",
            timeout_seconds=operation.timeout_seconds,
            paging=operation.paging if operation.paging and operation.paging.style != "none" else None,
            **_polls(operation, own),
            version=_version(pack, own),
            credential_header=pack.authentication_of(operation).header.lower(),
            remaining=_remaining(pack),
        )

    def again(self, attempt: Attempt) -> Again:
        """Return what is right after this request; meaningless after one that succeeded."""
        status = attempt.status
        if status is None:
            return self._with_key(attempt, self.silence)
        if status == 429:
            return self.rate_limited
        if self.is_in_progress(attempt):
            return "must" if self.key_of(attempt) else "never"
        if not self.passes(attempt):
            return "never"
        if status in OPEN and status not in self.statuses:
            return "may"
        return self._with_key(attempt, self.server_error)

    def passes(self, attempt: Attempt) -> bool:
        """Whether the vendor says that a later try of this failed request may help."""
        body = error_of(attempt)
        if self.transient_path is not None and isinstance(said := at(body, self.transient_path), bool):
            return said
        code = at(body, self.code_path) if self.code_path else None
        if isinstance(code, str) and code in self.codes and attempt.status in self.statuses:
            return self.codes[code] or self.statuses[attempt.status or 0]
        status = attempt.status or 0
        return self.statuses.get(status, status in PASSING)

    def is_in_progress(self, attempt: Attempt) -> bool:
        """Whether the vendor says that the first call with this key is still under way."""
        if attempt.status not in self.in_progress:
            return False
        code = at(error_of(attempt), self.code_path) if self.code_path else None
        return not self.in_progress_codes or code in self.in_progress_codes

    def key_of(self, attempt: Attempt) -> str | None:
        """Return the idempotency key of a request; None: it has none that the vendor knows."""
        return (attempt.header(self.key_header) or None) if self.key_header else None

    def _with_key(self, attempt: Attempt, without: Again) -> Again:
        if without in ("care", "never") and self.key_of(attempt):
            return "may"
        return without


def succeeded(attempt: Attempt) -> bool:
    """Whether a request got what it asked for, or was sent elsewhere."""
    return attempt.status is not None and attempt.status < 400


def error_of(attempt: Attempt) -> Any:
    """Return the JSON of an answer's body; None: it is none."""
    try:
        return json.loads(attempt.answer)
    except ValueError:
        return None


def _after_429(pack: Pack, retry: OperationRetry) -> Again:
    if retry.rate_limited == "no":
        return "never"
    if retry.rate_limited == "yes" or pack.retry.retry_after == "required":
        return "must"
    return "may"


def _after_server_error(operation: Operation) -> Again:
    said = operation.retry.server_error
    return {"yes": "must", "bounded": "may", "no": "never"}[said]  # type: ignore[return-value]


def _after_silence(operation: Operation) -> Again:
    said = operation.retry.timeout
    if said == "yes":
        return "must" if operation.effects is Effects.NONE else "may"
    return "care" if said == "with_care" else "never"


def _keys(pack: Pack, operation: Operation) -> dict[str, Any]:
    known = pack.idempotency
    if known is None or operation.method not in known.methods:
        return {}
    return {
        "key_header": known.header,
        "longest_key": known.longest,
        "in_progress": known.in_progress.statuses,
        "in_progress_codes": known.in_progress.codes,
    }


def _polls(operation: Operation, own: Mapping[str, Any]) -> dict[str, Any]:
    polling = operation.polling
    if polling is None:
        return {}
    interval = own.get("poll_interval_seconds")
    budget = own.get("poll_budget_seconds")
    floor = min(SLOWEST_POLL_FLOOR, polling.interval_seconds)
    return {
        "polling": polling,
        "poll_floor_seconds": float(interval) if isinstance(interval, int | float) else floor,
        "poll_budget_seconds": float(budget) if isinstance(budget, int | float) else None,
    }


def _version(pack: Pack, own: Mapping[str, Any]) -> tuple[str, str] | None:
    if pack.versioning is None:
        return None
    return pack.versioning.header, str(own.get("api_version", pack.versioning.version))


def _remaining(pack: Pack) -> tuple[str, str] | None:
    headers = pack.rate_limit.headers if pack.rate_limit else {}
    return (headers["remaining"], headers["reset"]) if {"remaining", "reset"} <= headers.keys() else None
