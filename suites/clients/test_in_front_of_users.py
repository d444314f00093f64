"""What users of the application get to see and to do, through the clients that golive.yaml names."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

from pytest_golive.clients.error_body import error_response
from pytest_golive.clients.judging.shown import gives_away
from pytest_golive.clients.labs import Labs
from pytest_golive.clients.script import Ask, Scenario, Script, Step
from pytest_golive.clients.setup import Setup
from pytest_golive.clients.timeline import outcome_of
from pytest_golive.clients.trace import Attempt, Trace
from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.source import code

STATUSES = (401, 403, 429, 500)

BROKEN, SILENT = "a broken connection", "an answer that never comes"

MARK = "golive_says_a7c3f1"
"""What the vendor's error says: it belongs into the log, and into no text for users."""

ANSWERING = ("chat_async_and_wait", "chat")
"""What users ask, as far as a client can do it."""

RATING = "send_feedback"

FIELDS = ("session_id", "request_id", "feedback")

SHOWN = 6


def test_users_see_nothing_of_the_failure(golive: Golive, planned: PlannedCheck) -> None:
    """What a client shows its users of 401, 403, 429, 500, a broken connection and a timeout gives nothing away.

    If this fails: show a text of your own for each kind of failure, and keep the vendor's answer in the log.
    """
    setups = _clients(golive, planned, "nothing says what users are shown")
    for setup in setups:
        golive.client(setup.name).control(_asked(setup))
    drives: list[tuple[Setup, int | str]] = [(each, fault) for each in setups for fault in (*STATUSES, BROKEN)]
    # A question may take minutes; what only reads is given up soon.
    drives += [(each, SILENT) for each in setups if _reading(each)]

    def driven(drive: tuple[Setup, int | str]) -> tuple[Trace, tuple[Setup, int | str]]:
        return _failing(golive, *drive), drive

    with ThreadPoolExecutor(len(STATUSES) + 2) as pool:
        traces = list(pool.map(golive.carry(driven), drives))
    found = [
        f"{setup.name} on {fault} shows {' and '.join(told)}"
        for trace, (setup, fault) in traces
        if (told := list(_given_away(trace, fault)))
    ]
    golive.must(
        "what users are shown of a failure may give nothing away",
        not found,
        expected="a text of your own, without status, error, id, address or stack trace",
        actual="; ".join(found[:SHOWN]),
    )
    if not any(call.message or call.outcome == "ok" for trace, _ in traces for call in trace.calls):
        golive.cannot_tell(
            "clients have to say what users are shown",
            expected="a message with each failure",
            actual="none of them said anything",
        )


def _asked(setup: Setup) -> str:
    """Return what users ask; else whatever the client can do."""
    return next((name for name in ANSWERING if name in setup.operations), setup.operations[0])


def _reading(setup: Setup) -> str:
    """Return an operation that only reads; empty where the client has none."""
    operations = setup.pack.operations
    return next((name for name in setup.operations if name in operations and operations[name].method == "GET"), "")


def _failing(golive: Golive, setup: Setup, fault: int | str) -> Trace:
    operation = (_reading(setup) if fault == SILENT else "") or _asked(setup)
    step = Step(breaks="hang") if fault == SILENT else Step(breaks="reset")
    if isinstance(fault, int):
        coded = MARK if setup.pack.errors.code else None
        body = error_response(setup.pack, fault, coded, message=MARK).body
        step = Step(status=fault, headers=(("Content-Type", "application/json"),), body=body, said=str(fault))
    met = dict.fromkeys(setup.pack.calls_of(operation), step)
    scenario = Scenario(f"{operation}: what users see of {fault}", (Ask(operation),), Script(then=met))
    return golive.client(setup.name).run(scenario)


def _given_away(trace: Trace, fault: int | str) -> Iterator[str]:
    host = next((one.host for one in trace.attempts), "")
    for call in trace.calls:
        # A client may also answer with a text that takes the place of the real one.
        text = call.message if call.outcome != "ok" else json.dumps(call.result, ensure_ascii=False)
        yield from gives_away(
            text,
            status=fault if isinstance(fault, int) else None,
            marks={MARK: "the vendor's error"},
            ids=() if call.outcome == "ok" else trace.ids.values(),
            host=host,
        )


def test_rating_goes_through_the_application(golive: Golive, planned: PlannedCheck) -> None:
    """A rating that is given to the application reaches the vendor with its ids and value, and may be given again.

    If this fails: follow one rating through the application; session id and request id have to stay what they were.
    """
    setups = [each for each in _clients(golive, planned, "nothing rates an answer") if RATING in each.operations]
    if not setups:
        golive.not_verified(f"no client of {planned.vendor} has {RATING} among its operations", key="clients")
    for setup in setups:
        if _asked(setup) != RATING:
            golive.client(setup.name).control(_asked(setup))
        arguments: dict[str, Any] = {}
        trace = golive.client(setup.name).run(Scenario(f"{RATING}: given twice", (Ask(RATING), Ask(RATING))))
        for number, call in enumerate(trace.calls):
            arguments = arguments or call.arguments
            golive.must(
                "a rating has to be accepted, and the same one again",
                call.outcome == "ok",
                expected="a success, twice",
                actual=f"{setup.name}, {'again' if number else 'first'}: {outcome_of(call)}",
            )
        sent = [_body(one) for one in trace.of_operation(RATING)]
        wrong = [name for name in FIELDS if any(body.get(name) != arguments.get(name) for body in sent)]
        golive.must(
            "a rating has to reach the vendor with the ids and the value that were given",
            sent and not wrong,
            expected=f"{', '.join(FIELDS)} unchanged",
            actual=f"{setup.name} sent {'no rating' if not sent else 'another ' + ' and another '.join(wrong)}",
        )


def _body(attempt: Attempt) -> dict[str, Any]:
    try:
        value = json.loads(attempt.body)
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


def test_program_needs_its_key(golive: Golive, planned: PlannedCheck) -> None:
    """Without the variable that its key comes from, a client sends nothing.

    If this fails: read the key where the program starts, and stop the start when it is not there.
    """
    setups = [each for each in _clients(golive, planned, "nothing can be started without a key") if each.started]
    taking = [(each, names) for each in setups if (names := _variables(each))]
    if not taking:
        _must_be_read(golive, planned)
        return
    for setup, names in taking:
        environ = {name: value for name, value in setup.client.environ.items() if name not in names}
        bare = replace(setup, client=setup.client.model_copy(update={"environ": environ}))
        labs = Labs([bare], golive.redactor.scrub)
        try:
            operation = setup.operations[0]
            unset = dict.fromkeys(names, "")
            trace = labs.lab(setup.name).run(
                Scenario(f"{operation}: without {' and '.join(names)}", (Ask(operation),), environ=unset)
            )
        finally:
            labs.close()
        sent = [one for one in trace.attempts if one.operation is not None]
        wrong = [one for one in sent if one.credential is None or one.credential not in trace.keys]
        golive.must(
            "without the variable of its key a program may send nothing",
            not wrong,
            expected=f"a refusal to start, or an error, without {' and '.join(names)}",
            actual="; ".join(f"{setup.name} sent {one.method} {one.path} {_with_what(one)}" for one in wrong[:1]),
        )
        if sent:
            golive.note(f"{setup.name} took the key that each call brings, so its variable was not needed")


def _with_what(attempt: Attempt) -> str:
    return "without a key" if attempt.credential is None else "with a key that it was not given"


def _variables(setup: Setup) -> tuple[str, ...]:
    """Return the variables that a client takes its key from."""
    return tuple(name for name, value in setup.client.environ.items() if re.search(r"{api_key}", value))


def _must_be_read(golive: Golive, planned: PlannedCheck) -> None:
    """Without a client that takes its key from a variable: see that the code reads one."""
    __tracebackhide__ = True
    shape = golive.searcher.shape(planned.vendor)
    for name in shape.variables:
        files = code.files_naming(golive.repository, name)
        if files:
            golive.note(
                f"{files[0]} reads {name}; no client takes its key from a variable, so none was started without"
            )
            return
    golive.not_verified(
        f"no client of {planned.vendor} has {{api_key}} in its environ, and no file reads a variable of its key",
        key="clients",
    )


def _clients(golive: Golive, planned: PlannedCheck, what: str) -> Sequence[Setup]:
    __tracebackhide__ = True
    found = [each for each in golive.clients.setups.values() if each.vendor == planned.vendor]
    if not found:
        golive.not_verified(f"clients names no client of {planned.vendor}: {what}", key="clients")
    return found
