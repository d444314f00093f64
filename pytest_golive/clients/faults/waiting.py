"""Waiting: how long, how often, how much."""

from __future__ import annotations

from pytest_golive.clients.catalogue import fault
from pytest_golive.clients.judging.waiting import comes_back_early
from pytest_golive.clients.script import Step
from pytest_golive.clients.trial import Trial


@fault("CL-17")
def retry_after_in_seconds(trial: Trial) -> None:
    """429 with Retry-After of two seconds, then the vendor's real answer."""
    trace = trial.run("429 with Retry-After: 2", Step(status=429, headers=(("Retry-After", "2"),)), timed=True)
    trial.must_have_fired(trace)
    flaw = comes_back_early(trace.of_call("c1"), trial.policy(), trial.call(trace))
    trial.judge(flaw, trace, timed="early")
