"""Waiting: what calls do beside each other, during an outage and after it, and how the end of work is awaited."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any

from pytest_golive.clients.catalogue import fault
from pytest_golive.clients.faults.waiting import waited_for
from pytest_golive.clients.judging import beside, polling, spread, waiting
from pytest_golive.clients.judging.flaw import Flaw
from pytest_golive.clients.policy import Policy, succeeded
from pytest_golive.clients.script import REAL, Ask, Script, Step
from pytest_golive.clients.trace import Trace
from pytest_golive.clients.trial import Trial
from pytest_golive.sandbox.http import Response

PAUSE_SECONDS = 2
"""What the first call is asked to wait."""

LATER_SECONDS = 0.6
"""When further calls are asked for: the first has been answered by then."""

CROWD = 8
"""Calls at once."""

SLOW_SECONDS = 0.2
"""How long each request of a crowd is under way, so that those at once can be counted."""

OUTAGE_SECONDS = 2.0
APART_SECONDS = 0.15
"""Between calls that are asked for during an outage."""

BUNCHING_SECONDS = 0.3
"""golive's own lateness from which on calls that came apart may look as if they came together."""

LONG_OUTAGE_SECONDS = 6.0
"""Long enough for a breaker to open that bears five failures in a row, or ten: most do by then."""

OUTAGE_CALLS = 12
OUTAGE_APART = 0.5
"""How many calls are asked for while it lasts, one after the other, and in what distance."""

PROBES = (6.5, 8.0, 10.0, 12.0)
"""When it is asked whether calls succeed again, in seconds after the outage began."""

LATE_PROBES = (19.0, 39.0, 67.0)
"""The same for a breaker that is still open then: a minute is what many of them are set to."""

RESET_SECONDS = 3


@fault("CL-31")
def pause_for_all(trial: Trial) -> None:
    """429 for one call; others that begin while its Retry-After runs."""
    operation = trial.some("read")
    refusal = Step(status=429, headers=(("Retry-After", str(PAUSE_SECONDS)),))
    asks = [Ask(operation), *(Ask(operation, after=LATER_SECONDS, with_others=True) for _ in range(3))]

    def drive(trial: Trial, more: str) -> Trace:
        name = f"429 for one call, others beside it{more}"
        return trial.run(name, refusal, operation=operation, asks=asks)

    trace = waited_for(trial, drive, waiting.comes_back_early, operation)
    trial.judge(beside.pauses_alone(trace, trial.policy(operation)), trace)


@fault("CL-32")
def fewer_at_once(trial: Trial) -> None:
    """Many calls at once, all answered 429 for as long as they go on."""
    operation = trial.some("read")
    if not trial.policy(operation).grows:
        trial.not_applicable(f"{trial.pack.title}'s own sample goes on in even pauses")
    trace = trial.run(
        "429 to the end for many at once",
        operation=operation,
        asks=[Ask(operation, with_others=number > 0) for number in range(CROWD)],
        then=Step(status=429, wait=SLOW_SECONDS),
    )
    trial.must_have_fired(trace)
    sent = [one for one in trace.attempts if one.operation == operation]
    policy = trial.policy(operation)
    began, ended = sent[0].at, max(one.over_at for one in sent)
    trial.judge(beside.keeps_its_concurrency(sent, policy, from_at=began, until=ended), trace)


@fault("CL-33")
def nothing_left(trial: Trial) -> None:
    """An answer that says that nothing is left, and another call: a hint, since nobody has to read such headers."""
    operation = trial.some("read")
    limit = trial.pack.rate_limit
    policy = trial.policy(operation)
    if limit is None or policy.remaining is None or not limit.on_success:
        trial.not_applicable(f"{trial.pack.title} does not tell with its answers what is left")
    empty, reset = policy.remaining
    step = Step(headers=((empty, "0"), (reset, str(RESET_SECONDS))), said="nothing is left")
    trace = trial.run("an answer that says that nothing is left", step, operation=operation, calls=2, timed=True)
    trial.must_have_fired(trace)
    flaw = waiting.sends_with_nothing_left(trace.attempts, policy, zero=trace.zero)
    if flaw is not None:
        trial.warn(f"{flaw.actual} than an answer that said that nothing is left; better: {flaw.expected}")


@fault("CL-34")
def herd(trial: Trial) -> None:
    """Calls one after the other during an outage, and how they come back; in two drives, since once may be chance."""
    first, trace = _come_back(trial, "")
    if first is not None:
        again, trace = _come_back(trial, ", again")
        # Less makes no herd of calls that come one by one.
        trial.judge(again, trace, timed="late" if trace.lag_seconds > BUNCHING_SECONDS else "")


@fault("CL-35")
def recovery(trial: Trial) -> None:
    """Calls that fail in an outage, and calls after it; where a breaker lets nothing through, for a minute."""
    trace = _probed(trial, "an outage, and calls after it", PROBES)
    flaw = _not_recovered(trial, trace)
    if flaw is not None and not any(one.at > LONG_OUTAGE_SECONDS for one in trace.attempts):
        trace = _probed(trial, "an outage, and calls long after it", LATE_PROBES)
        flaw = _not_recovered(trial, trace)
    trial.judge(flaw, trace)


@fault("CL-36")
def polled_to_the_end(trial: Trial) -> None:
    """Work that never ends, and work that ends as failed."""
    policy = trial.policy()
    polls = policy.polling
    assert polls is not None, "only what is polled is tried"
    for word, judges in (
        (polls.waiting[0], (polling.polls_too_fast, polling.polls_for_ever)),
        (polls.failed[0], (polling.polls_past_the_end, polling.takes_failure_for_success)),
    ):
        trace = _polled(trial, policy, word)
        call = trial.call(trace)
        for judge in judges:
            flaw = judge(trace.of_call(call), policy, call)
            if flaw is not None and judge is polling.polls_for_ever and _may_go_on(trial, policy, trace):
                trial.cannot_tell(expected=flaw.expected, actual=f"{flaw.actual}; {_longer(trial, policy)}")
            trial.judge(flaw, trace)


def _may_go_on(trial: Trial, policy: Policy, trace: Trace) -> bool:
    """Whether a client that was still polling when golive stopped waiting may have had time left."""
    call = trial.call(trace)
    return call.outcome == "crash" and not trial.lab.setup.promises and call.seconds < _budget(policy)


def _budget(policy: Policy) -> float:
    usual = policy.polling.budget_seconds if policy.polling is not None else 0.0
    return policy.poll_budget_seconds if policy.poll_budget_seconds is not None else usual


def _longer(trial: Trial, policy: Policy) -> str:
    return f"{trial.lab.setup.key}.call_seconds has to be beyond the {_budget(policy):g} s that polling may take"


def _come_back(trial: Trial, more: str) -> tuple[Flaw | None, Trace]:
    operation = trial.some("read")
    asks = [Ask(operation, after=APART_SECONDS * number, with_others=number > 0) for number in range(CROWD + 2)]
    trace = trial.run(f"an outage, calls one by one{more}", operation=operation, asks=asks, script=outage())
    trial.must_have_fired(trace)
    good = [one.at for one in trace.attempts if one.operation == operation and succeeded(one)]
    if not good:
        return None, trace
    over = APART_SECONDS * (CROWD + 1)
    flaw = spread.comes_back_as_a_herd(trace.attempts, trial.policy(operation), back_at=min(good), asked_over=over)
    return flaw, trace


def outage(length: float = OUTAGE_SECONDS) -> Script:
    """Return a script by which everything is answered 503 for so many seconds, which begin with the first request."""
    return Script(choose=_unavailable_for(length))


def _unavailable_for(length: float) -> Callable[[str, int, Mapping[str, str], Mapping[str, str]], Step | None]:
    began: list[float] = []

    def choose(operation: str, before: int, query: Mapping[str, str], headers: Mapping[str, str]) -> Step | None:
        del operation, before, query, headers
        if not began:
            began.append(time.monotonic())
        return Step(status=503) if time.monotonic() - began[0] < length else REAL

    return choose


def _probed(trial: Trial, name: str, probes: tuple[float, ...]) -> Trace:
    during = [Ask(trial.name, after=OUTAGE_APART * number) for number in range(OUTAGE_CALLS)]
    later = [Ask(trial.name, after=after) for after in probes]
    trace = trial.run(name, asks=[*during, *later], script=outage(LONG_OUTAGE_SECONDS))
    trial.must_have_fired(trace)
    return trace


def _not_recovered(trial: Trial, trace: Trace) -> Flaw | None:
    first = trace.attempts[0].at if trace.attempts else 0.0
    return beside.does_not_recover(trace, trial.policy(), back_at=first + LONG_OUTAGE_SECONDS)


def _polled(trial: Trial, policy: Policy, word: str) -> Trace:
    polls = policy.polling
    assert polls is not None, "only what is polled is tried"

    def change(response: Response) -> Response:
        if response.status >= 400:
            return response
        said: dict[str, Any] = {**json.loads(response.body), polls.status: word}
        said.pop("answer", None)
        return replace(response, body=json.dumps(said).encode())

    script = Script(then={polls.operation: Step(change=change, said=f"the state is {word}")})
    trace = trial.run(f"the work stays {word}", script=script, asks=[Ask(trial.name)])
    if not polling.polls_of(trace.attempts, policy):
        trial.cannot_tell(expected="a poll for the state of the work", actual="the client sent none")
    return trace
