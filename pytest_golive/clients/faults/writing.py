"""Writing: what requests carry, what happens once, and how it can be found again."""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Any

from pytest_golive.clients.catalogue import fault
from pytest_golive.clients.judging.flaw import Flaw
from pytest_golive.clients.judging.sending import (
    cannot_be_found_again,
    changes_its_times,
    does_not_say_who_calls,
    overwrites_blindly,
    repeats_its_first_step,
    request_id,
)
from pytest_golive.clients.judging.tries import repeats
from pytest_golive.clients.script import Ask, Script, Step
from pytest_golive.clients.timeline import outcome_of
from pytest_golive.clients.trace import Attempt, Trace
from pytest_golive.clients.trial import Trial
from pytest_golive.contract.bad_input import BadInput, bad_inputs
from pytest_golive.contract.judge import mismatches, validator
from pytest_golive.facts.body_path import at
from pytest_golive.sandbox.http import Response
from pytest_golive.vendors.library import read_schema
from pytest_golive.vendors.operation import Batch

VENDORS_ID = re.compile(r"(x-)?(amzn-)?(request|correlation|trace)-?id", re.IGNORECASE)
"""Headers of answers by which a vendor finds a call again."""

NUMBER_OF_TRY = re.compile(
    r"(x-)?((?!max|limit)[a-z]+-)?(attempt|retry|try)([-_](count|number|no|attempt))?|amz-sdk-request", re.IGNORECASE
)
"""Headers in which clients say which try it is."""

DIGITS = re.compile(r"\d+")

SLOW_SECONDS = 1.5
"""Long enough for a second request to be sent meanwhile, and within what any vendor wants waited."""

MOMENT_SECONDS = 0.4
"""Long enough for the one of two calls to be under way when the other one ends."""

REFUSED_SECONDS = "1"


@fault("CL-84")
def request_ids(trial: Trial) -> None:
    """Two calls, both answered 500 to the end: each is found again by an id of its own, or by the vendor's."""
    operation = trial.some("read", "write")
    trace = trial.run("500 to the end, two calls", then=Step(status=500), calls=2, operation=operation)
    sent = [one for one in trace.attempts if one.operation is not None]
    if not sent:
        trial.cannot_tell(expected=f"a request for {operation}", actual="the client sent none")
    if any(request_id(one) is not None for one in sent):
        trial.judge(cannot_be_found_again(replace(trace, attempts=tuple(sent))), trace)
        return
    given = vendors_ids(trial, sent)
    if not given:
        trial.warn("requests carry no id, and this vendor answers with none: no call can be found again")
        return
    if not trial.lab.setup.started:
        trial.not_verified("command", "golive cannot see what the client logs")
    said = "\n".join([*trace.log, *(call.message for call in trace.calls)])
    trial.must(
        any(one in said for one in given),
        expected="a request id of its own on every request, or the vendor's in the log",
        actual=f"requests carried none, and none of the {len(given)} that the vendor answered with was logged",
    )


def vendors_ids(trial: Trial, sent: Sequence[Attempt]) -> list[str]:
    """Return the ids that the vendor's answers carried."""
    names = [name for name in trial.pack.answer_headers if VENDORS_ID.fullmatch(name)]
    found = [one.answer_header(name) for one in sent for name in names]
    return [value for value in found if value]


@fault("CL-85")
def identity(trial: Trial) -> None:
    """Plain calls say which program sends them."""
    operation = trial.some("read", "write")
    trace = trial.lab.control(operation)
    trial.judge(does_not_say_who_calls(trace.of_operation(operation), trial.policy(operation)), trace)


@fault("CL-87")
def number_of_try(trial: Trial) -> None:
    """Two 503, and then the real answer: a number of the try, where one is sent, counts."""
    trace = trial.run("503 twice", Step(status=503), Step(status=503))
    attempts = trace.of_operation(trial.name)
    if len(attempts) < 2:
        trial.not_applicable(f"the client sent {trial.name} once, and left it at that")
    told = [one for one in attempts if numbers_of(one)]
    if not told:
        trial.not_applicable("the client sends no number of the try")
    name, first = next(iter(numbers_of(told[0]).items()))
    values = [numbers_of(one).get(name) for one in attempts]
    trial.must(
        len(told) == 1 or len(set(values)) == len(values),
        expected=f"another {name} with each try",
        actual=f"{len(told)} tries carried {name}: {first}",
    )


def numbers_of(attempt: Attempt) -> dict[str, str]:
    """Return the headers of a request that say which try it is."""
    numbered = (
        (name.lower(), DIGITS.search(value)) for name, value in attempt.headers if NUMBER_OF_TRY.fullmatch(name)
    )
    return {name: found[0] for name, found in numbered if found is not None}


@fault("CL-88")
def time_of_event(trial: Trial) -> None:
    """A write is refused with 429 for a second: what it says of when something happened stays the same."""
    refused = Step(status=429, headers=(("Retry-After", REFUSED_SECONDS),))
    trace = trial.run("429 with Retry-After: 1", refused)
    policy = trial.policy()
    if not list(repeats(trace.attempts, policy)):
        trial.not_applicable(f"the client sent {trial.name} once, and left it at that")
    trial.judge(changes_its_times(trace.attempts, policy), trace)


@fault("CL-89")
def partial_batch(trial: Trial) -> None:
    """Of three things in a batch the second one is rejected, in an answer that is a success otherwise."""
    batch = trial.described.batch
    assert batch is not None, "tried with batches"
    things = three_things(trial, batch)
    rejected = str(things[1][batch.id])
    step = Step(change=lambda answer: with_rejected(answer, batch, rejected), said="one of three rejected")
    ask = Ask(trial.name, further={batch.items: things})
    trace = trial.run("one of three rejected", asks=[ask], script=Script(steps={trial.name: (step,)}))
    trial.must_have_fired(trace)
    later = [sent_in(one, batch) for one in trace.of_operation(trial.name)[1:]]
    taken = {str(each[batch.id]) for each in things} - {rejected}
    again = sorted({one for ids in later for one in ids} & taken)
    trial.must(
        not again,
        expected="nothing that was taken to be sent again",
        actual=f"{len(again)} of the 2 that were taken were sent again",
    )
    call = trial.call(trace)
    said = json.dumps([call.result, call.message], ensure_ascii=False)
    trial.must(
        call.outcome != "ok" or rejected in said or any(rejected in ids for ids in later) or "reject" in said.lower(),
        expected="the one that was rejected to be told, or sent again",
        actual="the call succeeded, and said nothing of the one that was rejected",
    )


def three_things(trial: Trial, batch: Batch) -> list[dict[str, Any]]:
    """Return three things for a batch, each like the example's, under ids of their own."""
    example = trial.described.example[batch.items][0]
    numbers = trial.chance()
    made: list[dict[str, Any]] = []
    for _ in range(3):
        thing = json.loads(re.sub(r"{fresh:(\w+)}", lambda found: f"golive_{found[1]}", json.dumps(example)))
        thing[batch.id] = f"golive_{numbers.getrandbits(48):012x}"
        made.append(thing)
    return made


def with_rejected(answer: Response, batch: Batch, rejected: str) -> Response:
    """Return a batch's answer in which one thing was not taken."""
    body = copy.deepcopy(json.loads(answer.body))
    *way, last = batch.rejected.split(".")
    place = at(body, ".".join(way)) if way else body
    place[last] = [{batch.id: rejected, batch.reason: "not now"}]
    for name, value in place.items():
        if isinstance(value, int) and not isinstance(value, bool) and value == 3:
            place[name] = 2
    return Response(answer.status, answer.headers, json.dumps(body).encode())


def sent_in(attempt: Attempt, batch: Batch) -> set[str]:
    """Return the ids of the things that a request carried."""
    try:
        things = json.loads(attempt.body)[batch.items]
    except (ValueError, KeyError, TypeError):
        return set()
    return {str(each.get(batch.id)) for each in things if isinstance(each, dict)}


@fault("CL-90")
def first_step_again(trial: Trial) -> None:
    """The second step of a task is answered 503 once: it is repeated alone, or the task given up."""
    submit, poll = trial.pack.calls_of(trial.name)
    trace = trial.run("503 once for the second step", script=Script(steps={poll: (Step(status=503),)}))
    if not any(one.operation == poll for one in trace.fired()):
        trial.cannot_tell(expected=f"a request for {poll}", actual="the client sent none")
    first, second = trial.policy(submit), trial.policy(poll)
    trial.judge(repeats_its_first_step(trace.of_call("c1"), first, second), trace)


@fault("CL-91")
def lost_update(trial: Trial) -> None:
    """An update is answered 412 to the end: somebody has changed the thing meanwhile."""
    trace = trial.run("412 to the end", then=Step(status=412))
    trial.must_have_fired(trace)
    trial.judge(overwrites_blindly(trace.attempts, trial.policy()), trace)
    call = trial.call(trace)
    trial.must(
        call.outcome != "ok",
        expected="the call to fail",
        actual=f"{trial.name} was answered 412 to the end, and the call succeeded",
    )


@fault("CL-92")
def invalid_data(trial: Trial) -> None:
    """What is sent of a right call fits the schema; one with something wrong in it ends as the user's mistake."""
    request = trial.described.request
    if request is None:
        trial.not_applicable(f"{trial.name} takes no body")
    schema = read_schema(trial.pack.vendor, request.json_schema)
    if request.media == "json":
        # Looked at first: what does not fit may be why the vendor refuses it.
        trial.judge(unfit(trial.lab.plain(trial.name), trial.name, schema))
    trial.lab.control(trial.name)
    wrong = wrong_input(trial, schema)
    if wrong is None:
        trial.note(f"{trial.name} needs no text that could be empty")
        return
    trace = trial.run(wrong.words, asks=[Ask(trial.name, further={wrong.field: wrong.value})])
    if any(one.status is not None and one.status < 300 for one in trace.of_operation(trial.name)):
        trial.note(f"{wrong.words}: the vendor, or the client before it, found nothing wrong with it")
        return
    call = trial.call(trace)
    trial.must(
        call.outcome == "user",
        expected="a failure told as the user's mistake",
        actual=f"{wrong.words}: {trial.name} {outcome_of(call)}",
    )


def unfit(trace: Trace, name: str, schema: dict[str, Any]) -> Flaw | None:
    """Judge whether the body of a right call fits the vendor's schema."""
    judge = validator(schema)
    for attempt in trace.of_operation(name):
        try:
            body = json.loads(attempt.body)
        except ValueError:
            return Flaw("a body of JSON", f"{name} was sent with {attempt.body_size} bytes that are none")
        wrong = mismatches(judge, body)
        if wrong:
            return Flaw("a body that fits the vendor's schema", f"{name} was sent with one that does not: {wrong[0]}")
    return None


def wrong_input(trial: Trial, schema: dict[str, Any]) -> BadInput | None:
    """Return an input that the vendor refuses: a text that has to be there, and is empty.

    Values of another kind, or none at all, may already break what hands arguments to the client.
    """
    required = set(schema.get("required", []))
    cases = bad_inputs(trial.pack, trial.described, schema)
    wanted = (one for one in cases if one.field in required and one.tolerated is None and one.change is None)
    return next((one for one in wanted if one.value == ""), None)


@fault("CL-93")
def double_submit(trial: Trial) -> None:
    """A write whose answer takes a moment, and two equal ones at once: each call writes once."""
    slow = trial.run("an answer that takes a moment", Step(wait=SLOW_SECONDS, said="a slow answer"))
    trial.must_have_fired(slow)
    trial.judge(submits_twice(trial, slow), slow)
    moment = Step(wait=MOMENT_SECONDS, said="a slow answer")
    together = trial.run("two equal calls at once", moment, calls=2, together=True)
    written = [one for one in together.of_operation(trial.name) if done(one)]
    # Which of two equal calls a request is for does not show; how many there are does.
    keys = {trial.policy().key_of(one) or f"none {one.number}" for one in written}
    trial.must(
        len(keys) <= len(together.calls),
        expected=f"{len(together.calls)} writes for {len(together.calls)} calls",
        actual=f"{len(keys)} succeeded",
    )


def submits_twice(trial: Trial, trace: Trace) -> Flaw | None:
    """Judge whether a call sent its write again while it was under way, or after it had succeeded."""
    policy = trial.policy()
    for call in trace.calls:
        sent = [one for one in trace.of_call(call) if one.operation == policy.operation]
        for first, second in pairwise(sent):
            open_still = second.at < first.over_at
            same = policy.key_of(first) is not None and policy.key_of(first) == policy.key_of(second)
            if (open_still or done(first)) and not same:
                when = "while the first was under way" if open_still else "after the first had succeeded"
                return Flaw(f"one {trial.name} for one call", f"a second one was sent {when}", (first.number,))
    return None


def done(attempt: Attempt) -> bool:
    """Whether a request was answered with a success."""
    return attempt.status is not None and attempt.status < 300
