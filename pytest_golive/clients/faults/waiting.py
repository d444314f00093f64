"""Waiting: how long, and how much."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from functools import partial

from pytest_golive.clients.catalogue import fault
from pytest_golive.clients.faults.retrying import OfCall, each_once, first_of, refused_once
from pytest_golive.clients.judging import amount, spread, waiting
from pytest_golive.clients.judging.flaw import Flaw
from pytest_golive.clients.script import REAL, Ask, Step
from pytest_golive.clients.trace import Trace
from pytest_golive.clients.trial import Trial

SHORT_SECONDS = 2
"""What Retry-After asks for where it is to be waited for."""

BEYOND_SECONDS = 2
"""By how much a Retry-After is longer than the client's own promise."""

ODD = ("abc", "-5", "1.5", "")
"""Retry-After as it must not be, and is."""

ABSURD = 86400

IN_THE_EAST = {"TZ": "Asia/Tokyo"}
"""Variables of a process whose local time is ahead of GMT."""

SPREAD_CALLS = 10
"""Calls whose first pauses are compared."""

STORM_CALLS = 4
"""Calls that fail one after the other in an outage."""

STORM_WATCH_SECONDS = 3.0
"""How long after the last of them is looked whether something is still sent."""

START_SECONDS = 0.5
"""What reading a call and writing its answer may take."""

SLOW_SHARE = 0.4
"""Which share of a call's own promise each of its failures takes."""

MODERATE_SHARE = 0.2
"""The same of the time that golive waits for a client that promises nothing: four tries fit into it."""


def asked_to_wait(said: str, status: int = 429) -> Step:
    """Return a refusal with a Retry-After."""
    return Step(status=status, headers=(("Retry-After", said),))


def twice(trial: Trial, judge: Callable[[str], Flaw | None]) -> None:
    """Fail where a flaw that may be chance shows in two drives; the argument tells their names apart.

    Raises:
        CheckFailed: it does.
    """
    flaw = judge("")
    if flaw is not None:
        trial.judge(judge(", again"))


def waited_for(
    trial: Trial, drive: Callable[[Trial, str], Trace], judge: Callable[..., Flaw | None], operation: str | None = None
) -> Trace:
    """Fail where a call came back too early; where golive's own lateness may hide that, drive once more.

    Args:
        trial: the fault and the client.
        drive: makes the drive; its second argument tells the names of two apart.
        judge: takes a call's requests, and how much earlier than noticed they may have been there as `late`.
        operation: what was called; None: what is tried.

    Raises:
        CheckFailed: it did.
        CannotTell: it may have, and both drives cannot tell.
    """
    __tracebackhide__ = True
    for more in ("", ", again"):
        trace = drive(trial, more)
        trial.must_have_fired(trace)
        trial.judge(first_of(trial, trace, judge, operation), trace)
        if first_of(trial, trace, partial(judge, late=trace.late_at), operation) is None:
            return trace
    return trial.cannot_tell(
        expected="golive's own loop in time, when the next try came",
        actual=f"it was late by {trace.lag_seconds * 1000:.0f} ms",
    )


def refused(
    said: str, header: str, status: int = 429, environ: Mapping[str, str] | None = None
) -> Callable[[Trial, str], Trace]:
    """Return a drive in which a call is refused once, with a Retry-After."""
    return lambda trial, more: trial.run(f"{said}{more}", asked_to_wait(header, status), environ=environ or {})


@fault("CL-17")
def retry_after_in_seconds(trial: Trial) -> None:
    """429 with Retry-After of two seconds, then the vendor's real answer."""
    waited_for(trial, refused_once, waiting.comes_back_early)


@fault("CL-18")
def retry_after_as_date(trial: Trial) -> None:
    """429 whose Retry-After is a date four seconds on, then the real answer.

    The client's clock stands in the east: to whoever takes the date for local time, it was hours ago.
    """
    drive = refused("429 with Retry-After as a date", "{date+4}", environ=IN_THE_EAST)
    waited_for(trial, drive, waiting.comes_back_before_the_date)


@fault("CL-19")
def retry_after_malformed(trial: Trial) -> None:
    """429 with values that cannot be read, each followed by the real answer."""
    steps = [step for said in ODD for step in (asked_to_wait(said), REAL)]
    both = Step(status=429, headers=(("Retry-After", "1"), ("Retry-After", "2")))
    trace = trial.run("429 with odd values of Retry-After", *steps, both, calls=len(ODD) + 1)
    trial.must_have_fired(trace)
    trial.judge(first_of(trial, trace, waiting.breaks_on_retry_after), trace)


@fault("CL-20")
def retry_after_beyond_a_cap(trial: Trial) -> None:
    """429 with a Retry-After beyond what a call may take: nothing is sent before it is over."""
    promised = math.ceil(trial.lab.setup.call_seconds) + BEYOND_SECONDS
    asked = min(promised, int(trial.policy().retry_after_cap_seconds))
    waited_for(trial, refused(f"429 with Retry-After: {asked}", str(asked)), waiting.comes_back_early)


@fault("CL-21")
def retry_after_absurd(trial: Trial) -> None:
    """429 with a Retry-After of a day: the call ends all the same."""
    trace = trial.run(f"429 with Retry-After: {ABSURD}", asked_to_wait(str(ABSURD)))
    trial.must_have_fired(trace)
    trial.judge(first_of(trial, trace, waiting.waits_for_ever), trace)


@fault("CL-22")
def retry_after_with_503(trial: Trial) -> None:
    """503 with Retry-After of two seconds, then the real answer."""
    drive = refused(f"503 with Retry-After: {SHORT_SECONDS}", str(SHORT_SECONDS), 503)
    waited_for(trial, drive, partial(waiting.comes_back_early, statuses=(503,)))


@fault("CL-23")
def retry_after_in_the_past(trial: Trial) -> None:
    """429 to the end, whose Retry-After is yesterday."""
    judge = partial(waiting.does_not_pause, past_date=True)
    twice(trial, partial(_always, trial, "429 whose Retry-After is yesterday", asked_to_wait("{date-86400}"), judge))


@fault("CL-24")
def no_pause(trial: Trial) -> None:
    """503 to the end: before one of the retries there is a pause."""
    twice(trial, partial(_unavailable, trial, waiting.does_not_pause))


@fault("CL-25")
def constant_pause(trial: Trial) -> None:
    """503 to the end: the pauses grow."""
    if not trial.policy().grows:
        trial.not_applicable(f"{trial.pack.title}'s own sample waits equally long each time")
    twice(trial, partial(_unavailable, trial, waiting.pauses_do_not_grow))


@fault("CL-26")
def no_jitter(trial: Trial) -> None:
    """Several calls, each answered 503 once: their first pauses differ."""
    if not trial.policy().spread:
        trial.not_applicable(f"{trial.pack.title}'s own sample waits equally long each time")
    twice(trial, partial(_first_pauses, trial))


@fault("CL-27")
def unbounded(trial: Trial) -> None:
    """503 to the end, then 429 to the end: both come to an end by themselves."""
    for said, step in (("503 to the end", Step(status=503)), ("429 to the end", Step(status=429))):
        trace = trial.run(said, then=step)
        trial.must_have_fired(trace)
        trial.judge(first_of(trial, trace, amount.does_not_end), trace)


@fault("CL-28")
def no_deadline(trial: Trial) -> None:
    """503 to the end, each of which takes a good part of what a call may take."""
    setup = trial.lab.setup
    share = SLOW_SHARE if setup.promises else MODERATE_SHARE
    trace = trial.run("slow 503 to the end", then=Step(status=503, wait=share * setup.call_seconds))
    trial.must_have_fired(trace)
    late = START_SECONDS + trace.lag_seconds
    trial.judge(amount.breaks_its_promise(trial.call(trace), setup.patience_seconds, tolerance=late), trace)


@fault("CL-29")
def layers_that_multiply(trial: Trial) -> None:
    """503 to the end: the tries come in no equal bursts."""
    twice(trial, partial(_unavailable, trial, amount.layers_multiply))


@fault("CL-30")
def retry_storm(trial: Trial) -> None:
    """Several calls during an outage, and the time after them."""
    operation = trial.some("read")
    trace = trial.run(
        f"an outage for {STORM_CALLS} calls",
        operation=operation,
        asks=[Ask(operation)] * STORM_CALLS,
        then=Step(status=503),
        watch_seconds=STORM_WATCH_SECONDS,
    )
    trial.must_have_fired(trace)
    trial.judge(amount.storms(trace, [trial.policy(operation)]), trace)
    each = amount.amplification(trace, [operation])
    if each > 2:
        trial.warn(f"in an outage each call makes {each:.1f} requests, and no budget holds for all calls together")


def _always(trial: Trial, said: str, step: Step, judge: OfCall, more: str) -> Flaw | None:
    trace = trial.run(f"{said}{more}", then=step)
    trial.must_have_fired(trace)
    return first_of(trial, trace, judge)


def _unavailable(trial: Trial, judge: OfCall, more: str) -> Flaw | None:
    return _always(trial, "503 to the end", Step(status=503), judge, more)


def _first_pauses(trial: Trial, more: str) -> Flaw | None:
    trace: Trace = trial.run(
        f"503 once for each of {SPREAD_CALLS} calls{more}", *each_once(*[503] * SPREAD_CALLS), calls=SPREAD_CALLS
    )
    trial.must_have_fired(trace)
    return spread.pauses_are_not_spread(spread.first_pauses(trace, trial.policy()), trial.policy())
