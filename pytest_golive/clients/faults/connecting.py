"""Connecting: who ends a call, who hangs up, and what becomes of connections."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from pytest_golive.clients.catalogue import fault
from pytest_golive.clients.judging.connections import (
    does_not_end_by_itself,
    fails_by_an_idle_connection,
    hangs_up_early,
    is_held_up,
    leaves_connections_open,
    takes_a_late_answer,
    uses_a_closing_connection,
)
from pytest_golive.clients.script import Ask, Script, Step
from pytest_golive.clients.trial import Trial
from pytest_golive.sandbox.http import Response

NOTHING = Step(breaks="hang", said="no answer")

JUST_IN_TIME = 0.5
"""By how much earlier than the vendor's own limit a slow answer comes, in seconds."""

DRIP_SECONDS = 0.25
"""Seconds between two bytes of an answer that never ends; short enough for every timeout between two bytes."""

IDLE_SECONDS = 0.3
RESTS_SECONDS = 1.0
"""How long after the first call the second one follows: the connection is long closed then."""

FAILED_CALLS = 24
NEVER_AGAIN = (404, 501, 400)
"""Statuses after which nobody tries again, so that no pause lies between the calls; one is of the vendor's failures."""

LARGE = 200_000
"""Bytes of an error's body: nobody reads it by accident."""

LATER_SECONDS = 0.5
"""How much later the second try is answered than the first."""

LATE = "golive-late"
"""What stands in a late answer only."""


@fault("CL-37")
def no_answer(trial: Trial) -> None:
    """Nothing is ever answered."""
    trace = trial.run("nothing is answered", NOTHING, then=NOTHING)
    trial.must_have_fired(trace)
    flaw = does_not_end_by_itself(trial.call(trace), trial.lab.setup.patience_seconds, why="nothing was answered")
    trial.judge(flaw, trace)


@fault("CL-38")
def slow_answer(trial: Trial) -> None:
    """The vendor's real answer, just within the time that the vendor asks its clients to wait."""
    patience = trial.pack.patience
    operation = trial.pack.calls_of(trial.name)[0]
    if patience is None or (patience.operations and operation not in patience.operations):
        trial.not_applicable(f"{trial.pack.title} names no time that {trial.name} has to be waited for")
    excuse = trial.lab.setup.settings.get(patience.unless or "")
    if excuse:
        trial.not_applicable(f"less is agreed upon: {excuse}")
    step = Step(wait=patience.seconds - JUST_IN_TIME, said="a slow answer")
    trace = trial.run("an answer just in time", step)
    trial.must_have_fired(trace)
    trial.judge(hangs_up_early(tuple(trace.fired()), patience.seconds - JUST_IN_TIME, trace.late_at), trace)


@fault("CL-39")
def dripping_answer(trial: Trial) -> None:
    """The real answer, followed by blanks, byte by byte, for longer than the call may take."""
    promised = trial.lab.setup.patience_seconds
    blanks = b" " * int((2 * promised + 20) / DRIP_SECONDS)

    def longer(answer: Response) -> Response:
        return replace(answer, body=answer.body + blanks)

    step = Step(change=longer, pause=DRIP_SECONDS, said="an answer that drips for ever")
    trace = trial.run("an answer that drips for ever", step, then=step)
    trial.must_have_fired(trace)
    trial.judge(does_not_end_by_itself(trial.call(trace), promised, why="the answer dripped"), trace)


@fault("CL-40")
def no_connection(trial: Trial) -> None:
    """New connections are neither accepted nor refused."""
    operation = trial.some("read", "operation", "polled")
    trace = trial.run("nobody accepts", operation=operation, script=Script(connects="silent"))
    if trace.attempts:
        trial.cannot_tell(expected="an address that accepts no connection", actual="a request arrived all the same")
    flaw = does_not_end_by_itself(trial.call(trace), trial.lab.setup.patience_seconds, why="no connection was accepted")
    trial.judge(flaw, trace)


@fault("CL-41")
def idle_connection(trial: Trial) -> None:
    """Two calls, between which the connection is closed without a word."""
    step = Step(idles=IDLE_SECONDS, said=f"the real answer, closed after {IDLE_SECONDS:g} s without use")
    asks = [Ask(trial.name), Ask(trial.name, rests=RESTS_SECONDS)]
    trace = trial.run("closed while idle", asks=asks, script=Script(then={"*": step, trial.name: step}))
    first, second = trace.calls
    if first.outcome != "ok":
        trial.cannot_tell(expected="a first call that succeeds", actual=f"{first.operation} failed")
    if any(one.closed_at is None or one.closed_at > second.began_at for one in _of(trial, trace, "c1")):
        trial.cannot_tell(expected="a connection that is closed before the second call", actual="it was in use")
    trial.judge(fails_by_an_idle_connection(trace, second, trace.of_call("c1")), trace)


@fault("CL-42")
def closing_connection(trial: Trial) -> None:
    """Two calls, the first of which is answered with `Connection: close`."""
    step = Step(closes=True, said="the real answer, Connection: close")
    trace = trial.run("the connection is said to be over", step, then=step, calls=2)
    trial.must_have_fired(trace)
    trial.judge(uses_a_closing_connection(trace.attempts), trace)


@fault("CL-43")
def connections_of_errors(trial: Trial) -> None:
    """Many calls, one after the other, each refused with a large body."""
    body = json.dumps({"error": "refused", "details": "x" * LARGE}).encode()
    steps = [Step(status, body=body, said=f"{status} with a large body") for status in NEVER_AGAIN]
    met = trial.pack.calls_of(trial.name)[0]
    script = Script(choose=lambda name, came, *_: steps[came % len(steps)] if name == met else None)
    trace = trial.run("many large errors", script=script, calls=FAILED_CALLS)
    trial.must_have_fired(trace)
    trial.judge(leaves_connections_open(trace), trace)


@fault("CL-44")
def one_endpoint_hangs(trial: Trial) -> None:
    """One operation is never answered; another one is asked for meanwhile."""
    names = [*trial.of_kind("read"), *trial.of_kind("write"), *trial.of_kind("polled")]
    if len(names) < 2:
        trial.not_applicable(f"{trial.lab.name} has one operation only")
    hanging, other = names[-1], names[0]
    asks = [Ask(other, warm_up=True), Ask(hanging), Ask(other, with_others=True, after=0.3)]
    script = Script(then={trial.pack.calls_of(hanging)[0]: NOTHING})
    trace = trial.run(f"{hanging} hangs", asks=asks, script=script, warm=False)
    trial.must_have_fired(trace)
    hung, beside = trace.calls
    trial.judge(is_held_up(trace, hung, beside), trace)


@fault("CL-45")
def late_answer(trial: Trial) -> None:
    """The first try is answered once the second one has arrived, and with something else; the second a moment later."""
    step = Step(
        change=_other,
        until_next=True,
        wait=trial.lab.setup.patience_seconds + 5.0,
        said="another answer, once the next try has arrived",
    )
    after = Step(wait=LATER_SECONDS, said="the real answer, a moment later")
    trace = trial.run("the first answer comes late", step, after)
    trial.must_have_fired(trace)
    call = trial.call(trace)
    tries = [one for one in trace.of_call(call) if one.operation == trial.policy().operation]
    trial.judge(takes_a_late_answer(call, tries, LATE), trace)


def _of(trial: Trial, trace: Any, call: str) -> list[Any]:
    del trial
    used = {one.connection for one in trace.of_call(call)}
    return [one for one in trace.connections if one.id in used]


def _other(answer: Response) -> Response:
    """Return the same answer about other things."""
    try:
        body = json.loads(answer.body)
    except ValueError:
        return answer
    return replace(answer, body=json.dumps(_marked(body)).encode())


def _marked(value: Any) -> Any:
    if isinstance(value, list):
        return [_marked(each) for each in value]
    if not isinstance(value, dict):
        return value
    marked = {name: _marked(each) for name, each in value.items()}
    named = {name: f"{LATE}-{each}" for name, each in value.items() if isinstance(each, str) and _names(name)}
    return {**marked, **named}


def _names(field: str) -> bool:
    return field == "id" or field.endswith("_id") or field in {"name", "title"}
