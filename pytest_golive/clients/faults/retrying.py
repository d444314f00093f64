"""Retrying: what is tried again, and what never."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from functools import partial

from pytest_golive.clients.catalogue import fault
from pytest_golive.clients.error_body import error_response
from pytest_golive.clients.judging import keys_of_writes, retrying
from pytest_golive.clients.judging.flaw import Flaw
from pytest_golive.clients.judging.retrying import Failure
from pytest_golive.clients.policy import Policy
from pytest_golive.clients.script import REAL, Step
from pytest_golive.clients.trace import Attempt, Call, Trace
from pytest_golive.clients.trial import Trial

OfCall = Callable[[Sequence[Attempt], Policy, Call | None], Flaw | None]

MANY = 20
"""Calls whose idempotency keys are compared."""

PERSONAL = re.compile(r"(email|phone|(customer|contact|user|person|first|last|full)_?name)$", re.IGNORECASE)
"""How names of arguments end whose values belong to a person."""


def first_of(trial: Trial, trace: Trace, judge: OfCall, operation: str | None = None) -> Flaw | None:
    """Return the first flaw of a drive's calls, which are judged one by one."""
    policy = trial.policy(operation)
    return next((flaw for call in trace.calls if (flaw := judge(trace.of_call(call), policy, call))), None)


def each_once(*statuses: int) -> Iterable[Step]:
    """Yield steps in which each failure is followed by the vendor's real answer."""
    for status in statuses:
        yield Step(status=status)
        yield REAL


def one_each(*statuses: int) -> Iterable[Step]:
    """Yield steps in which each request meets another failure."""
    return (Step(status=status) for status in statuses)


def refused_once(trial: Trial, more: str = "") -> Trace:
    """Have a call answered 429 with Retry-After of two seconds, then as the vendor really answers."""
    trace = trial.run(f"429 with Retry-After: 2{more}", Step(status=429, headers=(("Retry-After", "2"),)))
    trial.must_have_fired(trace)
    return trace


def answer_lost(trial: Trial) -> Trace:
    """Have a write done twice at the vendor: the first answer is lost in a reset, the second is a 504."""
    trace = trial.run(
        "done, and the answer lost",
        Step(breaks="reset", happens=True),
        Step(status=504, happens=True),
        calls=2,
    )
    trial.must_have_fired(trace)
    return trace


def answer_withheld(trial: Trial) -> Trace:
    """Have a write done at the vendor, and nothing answered until the client leaves."""
    trace = trial.run("done, and never answered", Step(breaks="hang", happens=True))
    trial.must_have_fired(trace)
    return trace


def gives_up(failure: Failure) -> OfCall:
    """Return the judgement of what has to be tried again."""
    return partial(retrying.gives_up_at_once, failure=failure)


@fault("CL-01")
def unavailable(trial: Trial) -> None:
    """502, 503 and 504, each followed by the vendor's real answer."""
    trace = trial.run("502, 503 and 504, each once", *each_once(502, 503, 504), calls=3)
    trial.must_have_fired(trace)
    trial.judge(first_of(trial, trace, gives_up("unavailable")), trace)


@fault("CL-02")
def broken_connection(trial: Trial) -> None:
    """A reset and a close in the place of an answer, each followed by the real one."""
    steps = (Step(breaks="reset"), REAL, Step(breaks="close"))
    trace = trial.run("a reset and a close, each once", *steps, calls=2)
    trial.must_have_fired(trace)
    trial.judge(first_of(trial, trace, gives_up("broken")), trace)


@fault("CL-03")
def rate_limited(trial: Trial) -> None:
    """429 with Retry-After, then the real answer."""
    if trial.policy().rate_limited != "must":
        trial.not_applicable(f"{trial.pack.title} leaves it open whether {trial.name} is tried again after 429")
    trial.judge(first_of(trial, refused_once(trial), gives_up("rate_limited")))


@fault("CL-04")
def refused_for_good(trial: Trial) -> None:
    """400, 404, 409 and 422, one for each call that takes them as final."""
    trace = trial.run("400, 404, 409 and 422", *one_each(400, 404, 409, 422), calls=4)
    trial.must_have_fired(trace)
    trial.judge(first_of(trial, trace, retrying.repeats_in_vain), trace)


@fault("CL-05")
def key_refused(trial: Trial) -> None:
    """401 for one call, 403 for another."""
    trace = trial.run("401 and 403", *one_each(401, 403), calls=2)
    trial.must_have_fired(trace)
    trial.judge(first_of(trial, trace, retrying.repeats_refused_key), trace)


@fault("CL-06")
def never_helps(trial: Trial) -> None:
    """413, 501 and 505."""
    judge = partial(retrying.repeats_in_vain, statuses=retrying.NEVER_HELPS)
    trace = trial.run("413, 501 and 505", *one_each(413, 501, 505), calls=3)
    trial.must_have_fired(trace)
    trial.judge(first_of(trial, trace, judge), trace)


@fault("CL-07")
def blind_repetition(trial: Trial) -> None:
    """A write that the vendor does, and of which the answer is lost, or never comes."""
    for drive in (answer_lost, answer_withheld):
        trace = drive(trial)
        trial.judge(first_of(trial, trace, retrying.repeats_blindly), trace)


@fault("CL-08")
def key_of_a_repetition(trial: Trial) -> None:
    """The same, by the keys of the tries."""
    for drive in (answer_lost, answer_withheld):
        trace = drive(trial)
        trial.judge(first_of(trial, trace, keys_of_writes.makes_a_new_key), trace)


@fault("CL-09")
def key_of_another_write(trial: Trial) -> None:
    """Two writes of different things."""
    trace = trial.run("two different calls", calls=2, warm=False)
    _must_have_sent(trial, trace)
    trial.judge(keys_of_writes.reuses_a_key(trace.attempts, [trial.policy()]), trace)


@fault("CL-10")
def body_under_a_key(trial: Trial) -> None:
    """A write that is tried again, after 429 and after a lost answer."""
    for drive in (refused_once, answer_lost):
        trace = drive(trial)
        trial.judge(first_of(trial, trace, keys_of_writes.changes_under_a_key), trace)


@fault("CL-11")
def weak_keys(trial: Trial) -> None:
    """Many calls, whose keys are compared."""
    trace = trial.run(f"{MANY} calls", calls=MANY, warm=False)
    _must_have_sent(trial, trace)
    telling = {
        value
        for call in trace.calls
        for name, value in call.arguments.items()
        if isinstance(value, str) and PERSONAL.search(name)
    }
    trial.judge(keys_of_writes.weak_keys(trace.attempts, trial.policy(), telling=sorted(telling)), trace)


@fault("CL-12")
def still_under_way(trial: Trial) -> None:
    """The vendor's answer that the first call with this key still runs, then the real one."""
    known = trial.pack.idempotency
    assert known is not None, "applies to vendors with idempotency keys"
    code = known.in_progress.codes[0] if known.in_progress.codes else None
    error = error_response(trial.pack, known.in_progress.statuses[0], code)
    step = Step(
        status=error.status, headers=tuple(error.headers.items()), body=error.body, said=f"{error.status} {code}"
    )
    trace = trial.run("the first call still runs", step)
    trial.must_have_fired(trace)
    trial.judge(first_of(trial, trace, keys_of_writes.mishandles_progress), trace)


@fault("CL-13")
def asked_again(trial: Trial) -> None:
    """408 or 425, as far as the vendor's pages know them, then the real answer."""
    known = [status for status in (408, 425) if trial.policy().statuses.get(status)]
    if not known:
        trial.not_applicable(f"{trial.pack.title} answers neither 408 nor 425")
    trace = trial.run(" and ".join(map(str, known)), *each_once(*known), calls=len(known))
    trial.must_have_fired(trace)
    trial.judge(first_of(trial, trace, gives_up("asked_again")), trace)


@fault("CL-14")
def body_of_a_repetition(trial: Trial) -> None:
    """A write that is tried again, after 429 and after a lost answer."""
    for drive in (refused_once, answer_lost):
        trace = drive(trial)
        trial.judge(first_of(trial, trace, retrying.loses_its_body), trace)


@fault("CL-16")
def final_after_passing(trial: Trial) -> None:
    """503, then 400, then the real answer that nobody must see."""
    trace = trial.run("503, then 400", *one_each(503, 400))
    trial.must_have_fired(trace)
    trial.judge(first_of(trial, trace, retrying.goes_on_after_the_end), trace)


def _must_have_sent(trial: Trial, trace: Trace) -> None:
    if retrying.never_sent(trace.attempts, trial.policy()):
        trial.cannot_tell(expected=f"requests for {trial.name}", actual="the client sent none")
