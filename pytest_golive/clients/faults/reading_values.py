"""Reading: values that have to come through as they were sent, and answers that are not the end of the matter."""

from __future__ import annotations

import gzip
import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from itertools import pairwise
from typing import Any

from pytest_golive.clients.altering import Spot, altered, in_items, json_in, objects, spots, with_content
from pytest_golive.clients.catalogue import fault
from pytest_golive.clients.script import REAL, Script, Step
from pytest_golive.clients.timeline import outcome_of
from pytest_golive.clients.trace import Attempt, Call, Trace
from pytest_golive.clients.trial import Trial
from pytest_golive.facts.body_path import at
from pytest_golive.sandbox.http import Response
from pytest_golive.vendors.library import read_schema

LONG_NUMBER = 2**53 + 1
"""The first integer that a float cannot hold. RFC 8259 lets a reader lose it, so this is a hint, and no failure."""

LONG_NUMBER_FIELD = "golive_long_number"

DECIMAL = "1234567.000000000000000001"
"""An amount with more digits than a float holds; sent as text, where the vendor sends amounts as text."""

MOMENT = "2026-03-29T01:30:00.250000+05:30"
"""A moment, neither written in UTC nor in whole seconds."""

MOMENT_TOLERANCE = 1.0
"""Who keeps whole seconds only keeps the moment all the same."""

LETTERS = "Zoë Ğüneş, 東京, Łódź 🦊 «ok»"

BOMB_BYTES = 32 * 1024 * 1024
"""So much an answer of a few kilobytes becomes: enough to see what a client does, not enough to harm a machine."""

WORDS = frozenset({"name", "title", "answer", "message", "note", "content", "description", "label", "abbreviation"})
"""Fields that hold what people wrote, by the last word of their names."""

SUCCESS = "a success, as without it"

Same = Callable[[Any, Any], bool]


@fault("CL-56")
def digits_lost(trial: Trial) -> None:
    """Amounts that are sent as text, with eighteen decimals; and an integer of 54 bits in a field more."""
    hint_at_lost_integers(trial)
    schema = read_schema(trial.pack.vendor, trial.described.response.json_schema)

    def wanted(spot: Spot) -> Any:
        # An amount as text: its pattern takes digits and a point, and no letters.
        pattern = spot.schema.get("pattern", "")
        if isinstance(spot.value, str) and "[0-9]" in pattern and "\\." in pattern and "a-z" not in pattern.lower():
            return DECIMAL
        return None

    must_keep(trial, "long numbers", schema, wanted, same_number, "numbers")


def hint_at_lost_integers(trial: Trial) -> None:
    """Warn where an integer comes out of the client as another one."""
    schema = read_schema(trial.pack.vendor, trial.described.response.json_schema)

    def alter(body: Any) -> None:
        for one in objects(schema, body):
            one[LONG_NUMBER_FIELD] = LONG_NUMBER

    trace = trial.run("a long integer", then=Step(change=altered(alter), said="a long integer"))
    for call in trace.calls:
        for field, value in pairs(call.result):
            if field == LONG_NUMBER_FIELD and not same_number(LONG_NUMBER, value):
                trial.warn(f"the client reads the integer {LONG_NUMBER} as {json.dumps(value)}")
                return


@fault("CL-57")
def moment_lost(trial: Trial) -> None:
    """Times with an offset and a fraction."""
    schema = read_schema(trial.pack.vendor, trial.described.response.json_schema)

    def wanted(spot: Spot) -> Any:
        return MOMENT if spot.schema.get("format") == "date-time" and isinstance(spot.value, str) else None

    must_keep(trial, "times with an offset", schema, wanted, same_moment, "times")


@fault("CL-58")
def letters_lost(trial: Trial) -> None:
    """Letters of several scripts in UTF-8, without a word about it; then a byte order mark before all of it."""
    schema = read_schema(trial.pack.vendor, trial.described.response.json_schema)

    def wanted(spot: Spot) -> Any:
        plain = not {"enum", "const", "format", "pattern"} & set(spot.schema)
        return LETTERS if plain and isinstance(spot.value, str) and last_word(spot.name) in WORDS else None

    def plain_text(answer: Response) -> Response:
        return with_content(answer, answer.body, content_type="application/json")

    marked = Step(change=lambda answer: with_content(answer, b"\xef\xbb\xbf" + answer.body), said="a byte order mark")
    trace = trial.run("a byte order mark", then=marked)
    trial.must_have_fired(trace)
    for call in trace.calls:
        # RFC 8259 lets a reader refuse it; it has to say so.
        actual = f"after a byte order mark the call {outcome_of(call)}"
        trial.must(call.outcome != "crash", expected="an answer of the client, a success or a failure", actual=actual)
    must_keep(trial, "letters of many scripts", schema, wanted, same_text, "texts", then=plain_text)


def last_word(name: str) -> str:
    """Return the last word of a field's name: `customer_name` and `displayName` are names."""
    separated = "".join(f"_{letter.lower()}" if letter.isupper() else letter for letter in name)
    return separated.split("_")[-1]


def must_keep(  # what is sent, and how it is found again
    trial: Trial,
    name: str,
    schema: Mapping[str, Any],
    wanted: Callable[[Spot], Any],
    same: Same,
    what: str,
    *,
    then: Callable[[Response], Response] = lambda answer: answer,
) -> None:
    """Demand that altered values come out of the client as they were sent, where it keeps their names."""
    sent: dict[str, list[Any]] = trial.lab.known((trial.name, name), dict)

    def alter(body: Any) -> None:
        for spot in spots(schema, body):
            value = wanted(spot) if in_items(trial.described, spot) else None
            if value is not None:
                spot.put(value)
                sent.setdefault(spot.name, [])
        for field, value in pairs(body):
            if field in sent:
                sent[field].append(value)

    change = altered(alter)
    trace = trial.run(name, then=Step(change=lambda answer: then(change(answer)), said=name))
    trial.must_have_fired(trace)
    if not sent:
        trial.not_applicable(f"no answer of {trial.name} holds such {what}")
    for call in trace.calls:
        actual = f"after {name} the call {outcome_of(call)}"
        trial.must(call.outcome == "ok", expected=SUCCESS, actual=actual)
        must_hold(trial, call, sent, same)


def must_hold(trial: Trial, call: Call, sent: Mapping[str, list[Any]], same: Same) -> None:
    """Demand that what a call came to holds, under the names of what was sent, nothing but that."""
    for field, value in pairs(call.result):
        known = sent.get(field)
        if known and not any(same(one, value) for one in known):
            trial.must(
                False,
                expected=f"`{field}` as it was sent: {json.dumps(known[0], ensure_ascii=False)}",
                actual=f"the client answered with {json.dumps(value, ensure_ascii=False)}",
            )


def pairs(value: Any) -> Iterator[tuple[str, Any]]:
    """Yield every field of a value that is no object or list, with what it holds."""
    if isinstance(value, dict):
        for name, inner in value.items():
            if isinstance(inner, dict | list):
                yield from pairs(inner)
            else:
                yield name, inner
    elif isinstance(value, list):
        for inner in value:
            yield from pairs(inner)


def same_number(sent: Any, found: Any) -> bool:
    """Whether a number is the same, be it written as text."""
    if found is None or isinstance(found, bool) or isinstance(sent, bool):
        return bool(sent == found)
    try:
        return Decimal(str(sent)) == Decimal(str(found))
    except InvalidOperation:
        return bool(sent == found)


def same_moment(sent: Any, found: Any) -> bool:
    """Whether two values are the same moment: text, or seconds or milliseconds since 1970; what is neither may be."""
    due = moment_of(sent)
    seen = moment_of(found)
    if due is None or seen is None:
        return True
    return any(abs(due - one) <= MOMENT_TOLERANCE for one in (seen, seen / 1000))


def moment_of(value: Any) -> float | None:
    """Return the seconds since 1970 of a moment; None: it is none."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        return float(value)
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).timestamp()


def same_text(sent: Any, found: Any) -> bool:
    """Whether a text is the same."""
    return bool(sent == found)


@fault("CL-59")
def compressed(trial: Trial) -> None:
    """The real answer in each encoding that the client says it reads; then a small one that becomes a large one."""
    accepted = accepted_encodings(trial)
    for encoding in accepted:
        trace = trial.run(
            f"compressed by {encoding}", then=Step(change=packed(encoding), said=f"an answer in {encoding}")
        )
        trial.must_have_fired(trace)
        for call in trace.calls:
            actual = f"it accepts {encoding}, and after an answer in it the call {outcome_of(call)}"
            trial.must(call.outcome == "ok", expected=SUCCESS, actual=actual)
    if not accepted:
        trial.not_applicable("its requests accept no compressed answers")
    encoding = accepted[0]
    trace = trial.run(f"a bomb in {encoding}", then=Step(change=bomb(encoding), said="a bomb"))
    trial.must_have_fired(trace)
    for call in trace.calls:
        actual = f"after {BOMB_BYTES // 1024**2} MiB in a few kilobytes the call {outcome_of(call)}"
        trial.must(call.outcome != "crash", expected="an answer of the client, a success or a failure", actual=actual)


def accepted_encodings(trial: Trial) -> list[str]:
    """Return the encodings that the client's plain requests ask for, and that golive can write."""
    attempts = trial.lab.control(trial.name).of_operation(trial.name)
    asked = {attempt.header("accept-encoding") or "" for attempt in attempts}
    named = {
        part.partition(";")[0].strip().lower()
        for value in asked
        for part in value.split(",")
        if "q=0" not in part.replace(" ", "").split(";") and "q=0.0" not in part.replace(" ", "")
    }
    return [encoding for encoding in ("gzip", "deflate") if encoding in named]


def packed(encoding: str) -> Callable[[Response], Response]:
    """Return the change of an answer that compresses it."""

    def change(answer: Response) -> Response:
        return with_content(answer, compress(encoding, answer.body), content_encoding=encoding)

    return change


def bomb(encoding: str) -> Callable[[Response], Response]:
    """Return the change of an answer that adds many megabytes of blanks, and compresses it."""

    def change(answer: Response) -> Response:
        content = compress(encoding, answer.body + b" " * BOMB_BYTES, level=1)
        return with_content(answer, content, content_encoding=encoding)

    return change


def compress(encoding: str, body: bytes, level: int = 6) -> bytes:
    """Return a body in an encoding that Content-Encoding may name."""
    return gzip.compress(body, level, mtime=0) if encoding == "gzip" else zlib.compress(body, level)


@fault("CL-60")
def taken_for_done(trial: Trial) -> None:
    """Work that has only begun: the first answer is 202, and the end has to be asked for."""
    trace = trial.lab.control(trial.name)
    submit, poll = trial.pack.calls_of(trial.name)
    polling = trial.pack.operations[submit].polling
    assert polling is not None, "a composite is polled"
    for call in trace.calls:
        polls = [attempt for attempt in trace.attempts if attempt.operation == poll and attempt.call == call.id]
        ended = any(state_of(attempt, polling.status) in polling.done for attempt in polls)
        trial.must(
            ended or call.outcome != "ok",
            expected=f"success once an answer of {poll} says {' or '.join(polling.done)}",
            actual=f"success after {len(polls)} answers of {poll}, of which none said so",
        )


def state_of(attempt: Attempt, path: str) -> Any:
    """Return what an answer says of how far something is."""
    return at(json_in(Response(200, {}, attempt.answer)), path)


JSON = ("Content-Type", "application/json")

REDIRECTS = (301, 302, 303, 307, 308)


@fault("CL-61")
def write_turned_into_another(trial: Trial) -> None:
    """Five redirects on the same host, of a kind each; who follows one meets the next, and at last a success.

    That success looks like the real one whatever it is asked by, so that it shows who does not notice the difference.
    """
    done = [one for one in trial.lab.control(trial.name).of_operation(trial.name) if is_success(one)]
    last = Step(status=done[-1].status, headers=(JSON,), body=done[-1].answer) if done else REAL
    steps = [
        Step(status=status, headers=(("Location", "{vendor}{target}"),), body=b"", said=str(status))
        for status in REDIRECTS
    ]
    path = trial.described.path
    here = {"", *(name for name, known in trial.pack.operations.items() if known.path == path)}

    def step(operation: str, number: int, *_: object) -> Step | None:
        if operation == trial.name and number < len(steps):
            return steps[number]
        return last if operation in here else None

    trace = trial.run("redirects of a write", script=Script(choose=step), calls=len(steps))
    trial.must_have_fired(trace)
    for call in trace.calls:
        turned = first_turned(trace, call)
        if turned is None or call.outcome != "ok":
            continue
        before, after = turned
        how = f"{after.method} with {after.body_size} bytes" if after.body_size else f"{after.method} without a body"
        trial.must(
            False,
            expected=f"{before.method} with the same body after {before.status}, or a failure",
            actual=f"it went on with {how}, and told a success",
        )


def is_success(attempt: Attempt) -> bool:
    """Whether a request was answered with a success."""
    return attempt.status is not None and 200 <= attempt.status < 300


def first_turned(trace: Trace, call: Call) -> tuple[Attempt, Attempt] | None:
    """Return the first redirect of a call that was followed by another method or body, with what followed."""
    attempts = trace.of_call(call)
    for before, after in pairwise(attempts):
        redirected = before.status in REDIRECTS and after.path == before.path
        if before.status == 303 and after.method == "GET":
            continue  # what 303 asks for
        if redirected and (before.method, before.body_sha256) != (after.method, after.body_sha256):
            return before, after
    return None


@fault("CL-62")
def order_of_fields(trial: Trial) -> None:
    """Every object of the answer has its fields in the opposite order."""

    def alter(body: Any) -> None:
        for one in _objects(body):
            fields = list(one.items())
            one.clear()
            one.update(reversed(fields))

    trace = trial.run("fields in another order", then=Step(change=altered(alter), said="fields in another order"))
    trial.must_have_fired(trace)
    for call in trace.calls:
        actual = f"after fields in another order the call {outcome_of(call)}"
        trial.must(call.outcome == "ok", expected=SUCCESS, actual=actual)
        answers = [json_in(Response(200, {}, attempt.answer)) for attempt in trace.of_call(call) if attempt.fired]
        if any(answer is None for answer in answers):
            continue
        sent: dict[str, list[Any]] = {}
        for field, value in pairs(answers):
            sent.setdefault(field, []).append(value)
        fields = {"id", *(trial.described.paging.id if trial.described.paging is not None else ())}
        ids = [value for name, values in sent.items() if name in fields for value in values]
        must_hold(trial, call, {"id": ids}, same_text)


def _objects(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _objects(inner)
