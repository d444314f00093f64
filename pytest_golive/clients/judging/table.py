"""Which judgement decides which fault, for traces that nobody provoked: recorded traffic."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from pytest_golive.clients.judging import amount, keys_of_writes, paging, polling, retrying, sending, spread, waiting
from pytest_golive.clients.judging.coincidence import Neighbours, Window, explained, surely_one_call
from pytest_golive.clients.judging.flaw import Flaw
from pytest_golive.clients.judging.tries import (
    asked_by_date,
    asked_in_seconds,
    gaps,
    own_of,
    repeats,
    tries_of,
)
from pytest_golive.clients.policy import Policy, succeeded
from pytest_golive.clients.trace import Attempt, Call, Trace

OfCall = Callable[[Sequence[Attempt], Policy, Call | None], Flaw | None]
Shows = Callable[[Sequence[Attempt], Policy], bool]
ByCall = Mapping[str, tuple[Attempt, ...]]

LONG = 10.0
"""A Retry-After from here on is a long one, in seconds."""

SOON = 30.0
"""Within this after a failure a request for the same may be the next try, in seconds."""

WORKERS = 20
"""So many calls of a recording may be refused for their key before anybody has to know of it."""

ENDING = 5.0
"""Failures so shortly before the end of a recording say nothing about what followed, in seconds."""


@dataclass(frozen=True, slots=True)
class Judgement:
    """How one fault shows in a call.

    Attributes:
        fault: of the catalogue.
        judge: finds it in the requests of one call.
        shows: whether a call's requests can show it at all.
        by_all: found only where every call that can show it does: giving up once is nobody's fault.
        window: within how many seconds another call that asks for the same would look like the flaw, where calls were
            guessed; None: none would.
    """

    fault: str
    judge: OfCall
    shows: Shows
    by_all: bool = False
    window: Window | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a trace says about one fault.

    Attributes:
        fault: of the catalogue.
        cases: calls that could show it.
        flaws: what was found, one for each call that has it.
        unsure: how many were found that may as well be several calls that ask for the same; then nothing is decided.
    """

    fault: str
    cases: int
    flaws: tuple[Flaw, ...] = ()
    unsure: int = 0


def judged(trace: Trace, policies: Sequence[Policy]) -> tuple[Verdict, ...]:
    """Return what a trace says about every fault that a trace can show, in the order of the catalogue.

    Args:
        trace: with its operations and calls.
        policies: of the operations in it.
    """
    by_call, neighbours = _by_call(trace), Neighbours(trace)
    found = [_over_calls(trace, policies, one, by_call, neighbours) for one in _of_calls(trace)]
    found += _over_all(trace, policies, by_call)
    return tuple(sorted(found, key=lambda verdict: verdict.fault))


def _over_calls(
    trace: Trace, policies: Sequence[Policy], judgement: Judgement, by_call: ByCall, neighbours: Neighbours
) -> Verdict:
    calls = {call.id: call for call in trace.calls}
    cases, flaws, chances, doubtful = 0, [], [], 0
    for policy in policies:
        for attempts in _calls(by_call, policy):
            if not judgement.shows(attempts, policy):
                continue
            cases += 1
            flaw = judgement.judge(attempts, policy, calls.get(attempts[0].call or ""))
            flaws += [flaw] if flaw is not None else []
            if judgement.window is None or attempts[0].call not in trace.guessed or surely_one_call(attempts, policy):
                continue
            chances.append(neighbours.chance(own_of(attempts, policy), judgement.window(attempts)))
            doubtful += flaw is not None
    if judgement.by_all and not trace.calls and len(flaws) < cases:
        flaws = []
    if doubtful == len(flaws) and explained(chances, doubtful):
        return Verdict(judgement.fault, 0, unsure=doubtful)
    return Verdict(judgement.fault, cases, tuple(flaws))


def _by_call(trace: Trace) -> ByCall:
    """Return the requests of each call, so that a long recording is gone through once."""
    found: dict[str, list[Attempt]] = {}
    for one in trace.attempts:
        if one.call is not None:
            found.setdefault(one.call, []).append(one)
    return {call: tuple(attempts) for call, attempts in found.items()}


def _calls(by_call: ByCall, policy: Policy) -> Iterator[tuple[Attempt, ...]]:
    """Yield the requests of each call in which the operation was asked for."""
    for attempts in by_call.values():
        if any(one.operation == policy.operation and one.listener == "vendor" for one in attempts):
            yield attempts


def _of_calls(trace: Trace) -> Iterator[Judgement]:
    end = max((one.over_at for one in trace.attempts), default=0.0)
    yield from _about_retrying(trace, end)
    yield from _about_keys()
    yield from _about_waiting(trace)
    yield from _about_pages()
    yield Judgement("CL-36", polling.polls_too_fast, _has_polls)
    yield Judgement("CL-74", sending.carries_its_key_in_the_url, _keyed_anywhere)
    yield Judgement("CL-81", sending.names_no_version, lambda _, policy: policy.version is not None)
    yield Judgement("CL-85", sending.does_not_say_who_calls, _says_headers)
    yield Judgement("CL-88", sending.changes_its_times, _repeated_with_body, window=_soon)


def _about_retrying(trace: Trace, end: float) -> Iterator[Judgement]:
    failures: tuple[tuple[str, retrying.Failure], ...] = (
        ("CL-01", "unavailable"),
        ("CL-02", "broken"),
        ("CL-03", "rate_limited"),
        ("CL-13", "asked_again"),
    )
    for fault, failure in failures:
        gives_up = partial(retrying.gives_up_at_once, failure=failure)
        yield Judgement(fault, gives_up, partial(_failed_early_enough, failure, trace, end), by_all=True)
    yield Judgement("CL-04", _in_vain(trace, retrying.FINAL), partial(_answered, retrying.FINAL), window=_soon)
    yield Judgement(
        "CL-05",
        partial(_more_than_twice, trace, retrying.repeats_refused_key),
        partial(_answered, retrying.REFUSED),
        window=_soon,
    )
    yield Judgement(
        "CL-06", _in_vain(trace, retrying.NEVER_HELPS), partial(_answered, retrying.NEVER_HELPS), window=_soon
    )
    yield Judgement(
        "CL-07", retrying.repeats_blindly, lambda some, policy: not policy.safe and _failed(some, policy), window=_soon
    )
    yield Judgement("CL-14", retrying.loses_its_body, _repeated_with_body, window=_soon)
    yield Judgement(
        "CL-16", retrying.goes_on_after_the_end, lambda some, policy: _longest(some, policy) > 1, window=_soon
    )


def _about_keys() -> Iterator[Judgement]:
    yield Judgement("CL-08", keys_of_writes.makes_a_new_key, _repeated_with_key, window=_soon)
    yield Judgement("CL-10", keys_of_writes.changes_under_a_key, _repeated_with_key, window=_soon)
    yield Judgement("CL-12", keys_of_writes.mishandles_progress, _in_progress, window=_soon)


def _about_waiting(trace: Trace) -> Iterator[Judgement]:
    yield Judgement("CL-17", waiting.comes_back_early, partial(_asked_to_wait, (429,), 0.0), window=_until_then)
    by_date = partial(waiting.comes_back_before_the_date, zero=trace.zero)
    yield Judgement("CL-18", by_date, partial(_asked_by_date, trace.zero), window=partial(_until_the_date, trace.zero))
    long = partial(waiting.comes_back_early, statuses=(429, 503), at_least=LONG)
    yield Judgement("CL-20", long, partial(_asked_to_wait, (429, 503), LONG), window=_until_then)
    unavailable = partial(waiting.comes_back_early, statuses=(503,))
    yield Judgement("CL-22", unavailable, partial(_asked_to_wait, (503,), 0.0), window=_until_then)
    yield Judgement("CL-24", waiting.does_not_pause, lambda some, policy: _longest(some, policy) > 2, window=_soon)
    yield Judgement(
        "CL-25",
        waiting.pauses_do_not_grow,
        lambda some, policy: policy.grows and _longest(some, policy) > 3,
        window=_soon,
    )
    yield Judgement("CL-27", amount.does_not_end, _failed, window=_soon)
    yield Judgement(
        "CL-29", amount.layers_multiply, lambda some, policy: _longest(some, policy) > amount.MULTIPLIED, window=_soon
    )


def _about_pages() -> Iterator[Judgement]:
    yield Judgement("CL-63", paging.stops_at_the_first, _more_than_one_page, by_all=True)
    yield Judgement("CL-64", paging.walks_for_ever, _more_than_one_page)
    yield Judgement("CL-65", paging.goes_beyond_the_last, _more_than_one_page)
    yield Judgement("CL-67", paging.stops_before_the_last, _more_than_one_page, by_all=True)
    yield Judgement("CL-68", paging.changes_its_question, _more_than_one_page)
    yield Judgement("CL-69", paging.asks_for_too_many_at_once, _more_than_one_page)


def _over_all(trace: Trace, policies: Sequence[Policy], by_call: ByCall) -> Iterator[Verdict]:
    keyed = [one for policy in policies for one in own_of(trace.attempts, policy) if policy.key_of(one)]
    reused = keys_of_writes.reuses_a_key(trace.attempts, policies)
    yield Verdict("CL-09", len({one.call for one in keyed}) if len(keyed) > 1 else 0, (reused,) if reused else ())
    yield _verdict("CL-11", [_weak(trace, policy) for policy in policies])
    yield _verdict("CL-26", [_spread(by_call, policy) for policy in policies])
    some = next(iter(policies), None)
    empty = some.remaining[0] if some and some.remaining else None
    told = [one for one in trace.attempts if empty and one.answer_header(empty) == "0" and one.status != 429]
    sent = waiting.sends_with_nothing_left(trace.attempts, some, zero=trace.zero) if some else None
    yield Verdict("CL-33", len(told), (sent,) if sent else ())
    yield _verdict("CL-80", [_refused_key(trace, policy) for policy in policies])


def _verdict(fault: str, found: Sequence[tuple[int, Flaw | None]]) -> Verdict:
    return Verdict(fault, sum(cases for cases, _ in found), tuple(flaw for _, flaw in found if flaw is not None))


def _weak(trace: Trace, policy: Policy) -> tuple[int, Flaw | None]:
    calls = {one.call for one in own_of(trace.attempts, policy) if policy.key_of(one)}
    if len(calls) < keys_of_writes.FEWEST_KEYS:
        return 0, None
    return len(calls), keys_of_writes.weak_keys(trace.attempts, policy)


def _spread(by_call: ByCall, policy: Policy) -> tuple[int, Flaw | None]:
    pauses = [
        gaps(tries)[0]
        for attempts in _calls(by_call, policy)
        for tries in tries_of(attempts, policy)
        if len(tries) > 1 and tries[0].status not in (429, None) and not tries[0].answer_header("retry-after")
    ]
    enough = policy.spread and len(pauses) >= spread.FEWEST
    return len(pauses) if enough else 0, spread.pauses_are_not_spread(pauses, policy)


def _refused_key(trace: Trace, policy: Policy) -> tuple[int, Flaw | None]:
    refused = [one for one in own_of(trace.attempts, policy) if one.status == 401 and one.credential]
    flaw = sending.keeps_a_refused_key(trace, policy)
    still_refused = flaw is not None and trace.attempts[flaw.rows[-1]].status == 401
    # Each worker of a team has to be told once, and nobody knows here how many there are.
    often = bool(trace.calls) or len({one.call for one in refused}) > WORKERS
    return len(refused), flaw if still_refused and often else None


def _in_vain(trace: Trace, statuses: frozenset[int]) -> OfCall:
    return partial(_more_than_twice, trace, partial(retrying.repeats_in_vain, statuses=statuses))


def _more_than_twice(
    trace: Trace, judge: OfCall, attempts: Sequence[Attempt], policy: Policy, call: Call | None
) -> Flaw | None:
    """Find repetitions of what is final; where the call was guessed, one more read may be one more call."""
    flaw = judge(attempts, policy, call)
    doubtful = attempts[0].call in trace.guessed and policy.safe and not surely_one_call(attempts, policy)
    return None if flaw is not None and doubtful and len(flaw.rows) < 3 else flaw


def _failed_early_enough(
    failure: retrying.Failure, trace: Trace, end: float, attempts: Sequence[Attempt], policy: Policy
) -> bool:
    return any(
        tries[0].status in retrying.STATUSES[failure]
        and policy.again(tries[0]) == "must"
        and (bool(trace.calls) or len(tries) > 1 or _time_left(tries[0], end))
        for tries in tries_of(attempts, policy)
    )


def _time_left(failed: Attempt, end: float) -> bool:
    """Whether the recording goes on for long enough to hold another try."""
    return end - failed.over_at > ENDING + (asked_in_seconds(failed) or 0.0)


def _answered(statuses: frozenset[int], attempts: Sequence[Attempt], policy: Policy) -> bool:
    return any(one.status in statuses for one in own_of(attempts, policy))


def _failed(attempts: Sequence[Attempt], policy: Policy) -> bool:
    return any(not succeeded(one) for one in own_of(attempts, policy))


def _longest(attempts: Sequence[Attempt], policy: Policy) -> int:
    return max(map(len, tries_of(attempts, policy)), default=0)


def _repeated_with_body(attempts: Sequence[Attempt], policy: Policy) -> bool:
    return any(failed.body_size for failed, _ in repeats(attempts, policy))


def _repeated_with_key(attempts: Sequence[Attempt], policy: Policy) -> bool:
    return any(policy.key_of(failed) for failed, _ in repeats(attempts, policy))


def _in_progress(attempts: Sequence[Attempt], policy: Policy) -> bool:
    return any(policy.is_in_progress(one) for one in own_of(attempts, policy))


def _asked_to_wait(statuses: tuple[int, ...], at_least: float, attempts: Sequence[Attempt], policy: Policy) -> bool:
    return any(
        failed.status in statuses and (asked_in_seconds(failed) or -1.0) >= at_least
        for failed, _ in repeats(attempts, policy)
    )


def _asked_by_date(zero: float, attempts: Sequence[Attempt], policy: Policy) -> bool:
    return any(asked_by_date(failed, zero) is not None for failed, _ in repeats(attempts, policy))


def _soon(case: Sequence[Attempt]) -> float:
    """Return within how many seconds a request for the same looks like the next try."""
    del case
    return SOON


def _until_then(case: Sequence[Attempt]) -> float:
    """Return how long a case was asked to wait, in seconds."""
    return max((asked_in_seconds(one) or 0.0 for one in case), default=0.0)


def _until_the_date(zero: float, case: Sequence[Attempt]) -> float:
    return max((asked_by_date(one, zero) or 0.0 for one in case), default=0.0)


def _more_than_one_page(attempts: Sequence[Attempt], policy: Policy) -> bool:
    style = policy.paging
    return style is not None and any(
        paging.place(one, style) not in ("", "1", "0") or paging.has_more(one, style)
        for one in paging.pages_of(attempts, policy)
    )


def _has_polls(attempts: Sequence[Attempt], policy: Policy) -> bool:
    return len(polling.polls_of(attempts, policy)) >= polling.FEWEST_POLLS


def _keyed_anywhere(attempts: Sequence[Attempt], policy: Policy) -> bool:
    return any(one.credential is not None for one in own_of(attempts, policy))


def _says_headers(attempts: Sequence[Attempt], policy: Policy) -> bool:
    return any(one.headers for one in own_of(attempts, policy))
