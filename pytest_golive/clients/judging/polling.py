"""How the end of an asynchronous operation is awaited: CL-36, CL-60."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

from pytest_golive.clients.judging.flaw import TOLERANCE, Flaw, came_to, rows, seconds, times
from pytest_golive.clients.policy import Policy, error_of, succeeded
from pytest_golive.clients.trace import Attempt, Call
from pytest_golive.facts.body_path import at

FEWEST_POLLS = 4


def polls_of(attempts: Sequence[Attempt], policy: Policy) -> tuple[Attempt, ...]:
    """Return the requests that ask for the state of what was submitted."""
    name = policy.polling.operation if policy.polling else None
    return tuple(one for one in attempts if one.operation == name and one.listener == "vendor")


def state(poll: Attempt, policy: Policy) -> str:
    """Return what a poll was told: waiting, done, failed, or "" for nothing that the pack knows."""
    polling = policy.polling
    if polling is None or not succeeded(poll):
        return ""
    said = at(error_of(poll), polling.status)
    known = {"waiting": polling.waiting, "done": polling.done, "failed": polling.failed}
    return next((name for name, words in known.items() if said in words), "")


def polls_too_fast(attempts: Sequence[Attempt], policy: Policy, call: Call | None = None) -> Flaw | None:
    """Judge the pauses between polls, on the average, so that ones that grow from a short one are right."""
    del call
    answered = [one for one in polls_of(attempts, policy) if succeeded(one)]
    if len(answered) < FEWEST_POLLS:
        return None
    between = [later.at - earlier.at for earlier, later in pairwise(answered)]
    mean = sum(between) / len(between)
    if mean >= policy.poll_floor_seconds - TOLERANCE:
        return None
    actual = f"{len(answered)} polls, {seconds(mean)} apart on the average"
    return Flaw(f"{seconds(policy.poll_floor_seconds)} and more between polls", actual, rows(answered))


def polls_past_the_end(attempts: Sequence[Attempt], policy: Policy, call: Call | None = None) -> Flaw | None:
    """Judge whether polling goes on after a final state; one more poll may have been under way."""
    del call
    polls = polls_of(attempts, policy)
    end = next((place for place, poll in enumerate(polls) if state(poll, policy) in ("done", "failed")), None)
    if end is None:
        return None
    later = [poll for poll in polls[end + 1 :] if poll.at > polls[end].over_at + TOLERANCE]
    if not later:
        return None
    said = at(error_of(polls[end]), policy.polling.status) if policy.polling else ""
    actual = f"{times(len(later))} more after the state was {said}"
    return Flaw("no poll after a final state", actual, rows([polls[end], *later]))


def takes_failure_for_success(attempts: Sequence[Attempt], policy: Policy, call: Call) -> Flaw | None:
    """Judge whether a call whose work failed at the vendor says so."""
    failed = [poll for poll in polls_of(attempts, policy) if state(poll, policy) == "failed"]
    if failed and call.outcome == "ok":
        return Flaw("the call to fail", "the state was failed, and the call succeeded", rows(failed))
    return None


def polls_for_ever(attempts: Sequence[Attempt], policy: Policy, call: Call) -> Flaw | None:
    """Judge whether polling for what never ends gives up within the client's own promise."""
    polls = polls_of(attempts, policy)
    ended = any(state(one, policy) in ("done", "failed") for one in polls)
    if not polls or ended or call.outcome not in ("crash", "ok"):
        return None
    actual = f"{times(len(polls))} polled over {seconds(polls[-1].at - polls[0].at)}, and {came_to(call)}"
    return Flaw("the call to fail once its budget is spent", actual, rows(polls))


def takes_acceptance_for_the_end(attempts: Sequence[Attempt], policy: Policy, call: Call) -> Flaw | None:
    """Judge whether a call that waits for the end asked for it at all: CL-60."""
    accepted = [one for one in attempts if one.operation == policy.operation and succeeded(one)]
    if policy.polling and accepted and call.outcome == "ok" and not polls_of(attempts, policy):
        actual = f"{policy.operation} was answered {accepted[-1].status}, and the call succeeded without a poll"
        return Flaw("the work's end to be asked for", actual, rows(accepted))
    return None
