"""Reading: failures that have to be told as failures, and answers that may look a little different tomorrow."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from typing import Any

from pytest_golive.clients.altering import Spot, altered, in_items, objects, spots, with_content
from pytest_golive.clients.catalogue import fault
from pytest_golive.clients.error_body import error_response
from pytest_golive.clients.script import Script, Step
from pytest_golive.clients.timeline import outcome_of
from pytest_golive.clients.trace import Call, Trace
from pytest_golive.clients.trial import Trial
from pytest_golive.facts.outcome import Effects
from pytest_golive.sandbox.http import Response
from pytest_golive.vendors.library import read_schema

NEW_VALUE = "golive_new_value"

NEW_FIELD = "golive_new_field"

PAGE = (
    b"<!DOCTYPE html><html><head><title>Sorry</title></head><body><h1>We are being worked on</h1>"
    b'<p>Please come back later. <a href="/">Home</a> {&nbsp;}</p></body></html>'
)

EITHER_WAY = (404, 405, 409, 410, 413, 415)
"""Statuses that one team tells its users of and another one does not, both for good reasons."""

ORDERLY = "an answer of the client, a success or a failure in its own words"

FAILURE = "a failure, told as the backend's"


def needs_the_body(trial: Trial) -> bool:
    """Whether nobody can know what a call came to without the body of its answer."""
    operation = trial.described
    return operation.effects is Effects.NONE or operation.creates is not None or operation.polling is not None


def must_be_orderly(trial: Trial, trace: Trace) -> None:
    """Demand that no call of a drive crashed."""
    trial.must_have_fired(trace)
    for call in trace.calls:
        trial.must(call.outcome != "crash", expected=ORDERLY, actual=told(trace, call))


def must_fail(trial: Trial, trace: Trace) -> None:
    """Demand that each call of a drive failed, and was told as the backend's failure."""
    trial.must_have_fired(trace)
    for call in trace.calls:
        trial.must(call.outcome == "backend", expected=FAILURE, actual=told(trace, call))


def must_be_no_success(trial: Trial, trace: Trace) -> None:
    """Demand of each call that it did not crash and, where its result stands in the answer, that it failed."""
    must_be_orderly(trial, trace)
    if not needs_the_body(trial):
        return
    for call in trace.calls:
        trial.must(call.outcome != "ok", expected="a failure", actual=told(trace, call))


def must_succeed(trial: Trial, trace: Trace) -> None:
    """Demand that each call of a drive succeeded."""
    trial.must_have_fired(trace)
    for call in trace.calls:
        trial.must(call.outcome == "ok", expected="a success, as without it", actual=told(trace, call))


def told(trace: Trace, call: Call) -> str:
    """Return what a call met and what it came to, in words."""
    met = list(dict.fromkeys(attempt.fired for attempt in trace.of_call(call) if attempt.fired))
    return f"after {' and '.join(met) or 'what it met'} the call {outcome_of(call)}"


@fault("CL-46")
def failure_swallowed(trial: Trial) -> None:
    """Every request is answered 500."""
    must_fail(trial, trial.run("500 to the end", then=Step(status=500, said="500 to the end")))


@fault("CL-47")
def error_in_the_body(trial: Trial) -> None:
    """200 with an error in the body; then each of the vendor's codes with its own status."""
    code = next((name for name, known in trial.pack.errors.codes.items() if known.status >= 500), None)
    body = error_response(trial.pack, 500, code).body
    step = Step(status=200, headers=(JSON,), body=body, said="200 with an error in the body")
    must_be_no_success(trial, trial.run("200 with an error in the body", then=step))
    must_tell_apart(trial)


JSON = ("Content-Type", "application/json")


def must_tell_apart(trial: Trial) -> None:
    """Answer one call after the other with another code of the vendor, and look whose mistake each is told to be."""
    codes = codes_for_good(trial)
    if not codes:
        return
    steps = [
        Step(status=known, headers=(JSON,), body=error_response(trial.pack, known, code).body, said=f"{known} {code}")
        for code, known in codes
    ]
    trace = trial.run("one code after the other", *steps, calls=len(steps))
    trial.must_have_fired(trace)
    for call in trace.calls:
        met = [attempt.fired for attempt in trace.of_call(call)]
        status, _, code = (met[-1] if met else "").partition(" ")
        if not code or call.outcome == "crash":
            continue
        due = trial.pack.errors.codes[code].concerns
        if call.outcome == due or not decided(trial, int(status), due, call):
            continue
        trial.must(
            False,
            expected=f"a failure, told as the {due}'s",
            actual=f"after {status} {code} the call {outcome_of(call)}",
        )


def codes_for_good(trial: Trial) -> list[tuple[str, int]]:
    """Return the vendor's codes that end a call, each with its status; those that say something of the key last."""
    codes = [(code, known.status) for code, known in trial.pack.errors.codes.items() if known.retry == "never"]
    asked = [one for one in codes if 400 <= one[1] < 500 and one[1] != 499]
    return sorted(asked, key=lambda one: one[1] in (401, 402, 403))


def decided(trial: Trial, status: int, due: str, call: Call) -> bool:
    """Whether there are no two opinions about whose mistake this is."""
    failed = call.outcome != "ok"
    # Who was asked for a listing without a word gave no input that could be wrong.
    if status in EITHER_WAY or (failed and (due == "either" or (due == "user" and not call.arguments))):
        return False
    return trial.pack.errors.told_apart or (due == "backend" and status in (401, 403))


@fault("CL-48")
def nothing_in_the_answer(trial: Trial) -> None:
    """204, and 200 without a byte, in turns."""
    steps = (
        Step(status=204, body=b"", said="204"),
        Step(status=200, headers=(JSON,), body=b"", said="200 without a body"),
    )
    script = Script(
        choose=lambda name, number, *_: steps[number % 2] if name in trial.pack.calls_of(trial.name)[:1] else None
    )
    must_be_orderly(trial, trial.run("nothing in the answer", calls=2, script=script))


@fault("CL-49")
def cut_off(trial: Trial) -> None:
    """The first half of the real answer's JSON, with the length of that half."""
    step = Step(change=half, said="JSON that was cut off")
    must_be_no_success(trial, trial.run("cut off", then=step))


def half(answer: Response) -> Response:
    """Return an answer with the first half of its body."""
    return with_content(answer, answer.body[: max(1, len(answer.body) // 2)])


@fault("CL-50")
def shorter_than_announced(trial: Trial) -> None:
    """A body that ends before its length, and one with a chunk whose size is no number."""
    short = Step(breaks="close_in_answer", said="a body shorter than its length")
    must_be_no_success(trial, trial.run("shorter than announced", then=short))
    broken = Step(breaks="bad_chunk", said="a broken chunk")
    must_be_no_success(trial, trial.run("a broken chunk", then=broken))


@fault("CL-51")
def page_instead_of_an_error(trial: Trial) -> None:
    """A page for people with 403, as walls in front of a vendor send it, and one with 502 to the end."""
    html = (("Content-Type", "text/html; charset=utf-8"),)
    refused = Step(status=403, headers=html, body=PAGE, said="403 with a page of HTML")
    down = Step(status=502, headers=html, body=PAGE, said="502 with a page of HTML")
    trace = trial.run("pages of HTML", refused, then=down, calls=2)
    trial.must_have_fired(trace)
    for call in trace.calls:
        trial.must(
            call.outcome in ("backend", "user"),
            expected="a failure in the client's own words",
            actual=told(trace, call),
        )


@fault("CL-52")
def detail_lost(trial: Trial) -> None:
    """400 with the vendor's error body; what it says has to stand in the client's log or in what it answers."""
    mark = trial.lab.known((trial.name, "mark"), lambda: secrets.token_hex(6))
    code, message, request_id = f"golive_{mark}", f"golive says {mark}", f"golive-rq-{mark}"
    named = next((name for name in trial.pack.answer_headers if "request-id" in name.lower()), None)
    fields = (JSON, (named, request_id)) if named else (JSON,)
    body = error_response(trial.pack, 400, code if trial.pack.errors.code else None, message=message).body
    trace = trial.run("an error that says something", then=Step(status=400, headers=fields, body=body, said="400"))
    trial.must_have_fired(trace)
    said = "\n".join([*trace.log, *(f"{call.message} {call.crash}" for call in trace.calls)])
    if named:
        what, kept = f"the vendor's {named}", request_id in said
    else:
        what, kept = "status, code or message of the error", any(one in said for one in (code, message, "400"))
    if not kept and not trace.log:
        trial.not_applicable("it writes no log to standard error or standard output")
    trial.must(kept, expected=f"{what} in the log or in the answer", actual="it stands in neither")


@fault("CL-53")
def unknown_value(trial: Trial) -> None:
    """Every field with a fixed set of values has one that nobody knew."""
    known = polling_fields(trial) | asked_with(trial)

    def fits(spot: Spot) -> bool:
        values = spot.schema.get("enum", ())
        several = len([value for value in values if isinstance(value, str)]) > 1
        return several and isinstance(spot.value, str) and spot.name not in known and in_items(trial.described, spot)

    must_bear(trial, "values nobody knew", fits, lambda spot: spot.put(NEW_VALUE), "a field with a fixed set of values")


def asked_with(trial: Trial) -> set[str]:
    """Return the fields that a call itself is made with: a client may rightly look whether they come back."""
    return set(trial.described.example)


def polling_fields(trial: Trial) -> set[str]:
    """Return the fields by which clients tell how far something is: what they say decides."""
    told_by = [one.polling for one in trial.pack.operations.values() if one.polling is not None]
    concerned = [one for one in told_by if trial.described.polling is one or trial.name == one.operation]
    return {one.status for one in concerned}


@fault("CL-54")
def unknown_field(trial: Trial) -> None:
    """Every object that the schema describes has a field more."""
    schema = read_schema(trial.pack.vendor, trial.described.response.json_schema)

    def alter(body: Any) -> None:
        for one in objects(schema, body):
            one[NEW_FIELD] = {"since": "tomorrow", "values": [1, None, "x"]}

    step = Step(change=altered(alter), said="fields nobody knew")
    must_succeed(trial, trial.run("fields nobody knew", then=step))


@fault("CL-55")
def nothing_in_a_field(trial: Trial) -> None:
    """Fields that may be null are; then fields that may be missing are."""
    operation = trial.described

    def may_be_null(spot: Spot) -> bool:
        return "null" in spot.kinds and in_items(operation, spot) and not is_needed(trial, spot)

    def may_be_missing(spot: Spot) -> bool:
        # What is only not required may be one of two names for the same, of which one is always there.
        return not spot.required and may_be_null(spot)

    null = bears(trial, "null in fields", may_be_null, lambda spot: spot.put(None))
    missing = bears(trial, "fields that are missing", may_be_missing, lambda spot: spot.drop())
    if not (null or missing):
        trial.not_applicable(f"no answer of {trial.name} has a field that may be null or missing")


def is_needed(trial: Trial, spot: Spot) -> bool:
    """Whether a call is about this very field, whatever the schema allows."""
    operation = trial.described
    ids = set(operation.creates.id if operation.creates else ()) | set(operation.paging.id if operation.paging else ())
    polled = any(trial.name == one.polling.operation for one in trial.pack.operations.values() if one.polling)
    names = {
        "id",
        "data",
        *ids,
        *asked_with(trial),
        *polling_fields(trial),
        *(operation.polling.arguments.values() if operation.polling else ()),
    }
    return polled or spot.name in names or ".".join(map(str, spot.path)) in names


def must_bear(trial: Trial, name: str, fits: Callable[[Spot], bool], alter: Callable[[Spot], None], what: str) -> None:
    """Demand that a call succeeds though fields of its answer are altered."""
    if not bears(trial, name, fits, alter):
        trial.not_applicable(f"no answer of {trial.name} has {what}")


def bears(trial: Trial, name: str, fits: Callable[[Spot], bool], alter: Callable[[Spot], None]) -> bool:
    """Demand that a call succeeds though fields of its answer are altered; tell whether there are such fields."""
    schema = read_schema(trial.pack.vendor, trial.described.response.json_schema)
    seen: list[str] = trial.lab.known((trial.name, name), list)

    def change(body: Any) -> None:
        for spot in [one for one in spots(schema, body) if fits(one)]:
            if spot.name in spot.holder:
                alter(spot)
                seen.append(spot.name)

    trace = trial.run(name, then=Step(change=altered(change), said=name))
    trial.must_have_fired(trace)
    if not seen:
        return False
    fields = ", ".join(f"`{one}`" for one in sorted(set(seen)))
    for call in trace.calls:
        actual = f"with {name} ({fields}) the call {outcome_of(call)}"
        trial.must(call.outcome == "ok", expected="a success, as without it", actual=actual)
    return True
