"""Traces as files: golive's own there and back, other people's lines, HAR archives."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from typing import Any

import pytest

from pytest_golive.clients import har, trace_file
from pytest_golive.clients.recorded import made_ready, vendor_of
from pytest_golive.clients.trace import Attempt, Connection, Trace
from pytest_golive.clients.trace_file import UnreadableTrace
from pytest_golive.credentials.secret import fingerprint
from tests.unit.clients.traces import AUGNO, TIMELY, called, row

KEY = "tly_live_4f9a8b7c6d5e4f3a"


def test_there_and_back() -> None:
    trace = Trace(
        "CL-17",
        attempts=row(429, 200, headers=(("Accept", "a"), ("Accept", "b")), answer_headers=(("Retry-After", "2"),)),
        connections=(Connection(1, "vendor", 0.0, closed_at=1.0, closed_by="client", requests=2),),
        calls=(called("ok", result={"items": []}),),
        log=("started",),
        leaks=("api_key",),
        zero=1_790_000_000.5,
        lag_seconds=0.01,
        unfired=("503",),
        leak_places=(("api_key", "log"),),
        keys=("0123456789ab",),
        ids={"tenant_id": "t_1"},
        lates=((1.5, 0.02),),
    )

    assert trace == trace_file.read(trace_file.written(trace))


@pytest.mark.parametrize("body", [b"\xff\xfe", "ä".encode(), b""])
def test_any_bytes_there_and_back(body: bytes) -> None:
    trace = Trace("x", attempts=row(200, body=body, answer=body))

    assert trace == trace_file.read(trace_file.written(trace))


def test_lines_of_a_log() -> None:
    lines = [
        json.dumps(
            {"at": "2026-11-28T10:00:02Z", "method": "get", "url": "https://h:1/v1/contacts?page=2", "status": 200}
        ),
        "",
        json.dumps({"at": "2026-11-28T10:00:00Z", "method": "POST", "target": "/v1/contacts", "body": {"a": 1}}),
    ]

    trace = trace_file.read(lines, name="log")

    assert [(one.at, one.method, one.target, one.body, one.status) for one in trace.attempts] == [
        (0.0, "POST", "/v1/contacts", b'{"a": 1}', None),
        (2.0, "GET", "/v1/contacts?page=2", b"", 200),
    ]
    assert (
        trace.name,
        trace.attempts[0].number,
        trace.attempts[1].host,
        trace.attempts[1].scheme,
    ) == ("log", 0, "h:1", "https")


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("x", "line 1: it is not JSON"),
        ("[]", "line 1: it is no JSON object"),
        ('{"golive_trace": 2}', "line 1: golive_trace: 2 is not known; it is 1"),
        ('{"golive_trace": 1, "nam": "x"}', "line 1: nobody knows nam; did you mean name?"),
        ('{"at": 0, "method": "GET"}', "line 1: target is missing"),
        ('{"attempt": {"method": "GET", "target": "/"}}', "line 1: at is missing"),
        ('{"at": 0, "methd": "GET", "target": "/"}', "line 1: nobody knows methd; did you mean method?"),
        (
            '{"at": "soon", "method": "GET", "target": "/"}',
            "line 1: at: 'soon' is neither seconds nor a date and time",
        ),
        (
            '{"at": 0, "method": "GET", "target": "/", "headers": 1}',
            "line 1: headers is neither an object nor a list of pairs",
        ),
        ('{"at": 0, "method": "GET", "target": "/", "body_base64": "*"}', "line 1: body_base64 is not base64"),
        ('{"at": 0, "method": "GET", "target": "/", "status": "200"}', "line 1: status: '200' is no whole number"),
        ('{"at": 0, "method": "GET", "target": "/", "call": 7}', "line 1: call: 7 is no text"),
        ('{"golive_trace": 1, "zero": "now"}', "line 1: zero: 'now' is no number of seconds"),
        (
            '{"call": {"id": "c1", "operation": "x", "arguments": {}, "began_at": 0, "ended_at": 1, "outcome": "no"}}',
            "line 1: outcome: 'no' is none of ok, user, backend, crash",
        ),
    ],
)
def test_what_is_no_trace(line: str, problem: str) -> None:
    with pytest.raises(UnreadableTrace) as refused:
        trace_file.read([line])

    assert problem == str(refused.value)


def entry(start: str, url: str, status: int, **more: Any) -> dict[str, Any]:
    return {
        "startedDateTime": start,
        "time": 130,
        "timings": {"blocked": 5, "dns": -1, "connect": 10, "ssl": 5, "send": 5, "wait": 100, "receive": 10},
        "request": {"method": "GET", "url": url, "headers": [{"name": "x-api-key", "value": KEY}], **more},
        "response": {
            "status": status,
            "headers": [{"name": "Retry-After", "value": "2"}],
            "content": {"text": base64.b64encode(b"{}").decode(), "encoding": "base64"},
        },
        "connection": "7",
    }


def test_an_archive() -> None:
    url = "https://api.timelyai.com.br/v1/contacts?page=1#top"
    entries = [entry("2026-11-28T10:00:01.000Z", url, 200), entry("2026-11-28T10:00:00.000Z", url, 429)]

    trace = har.read(json.dumps({"log": {"entries": entries}}), name="har")

    first, second = trace.attempts
    assert (first.number, first.status) == (0, 429)
    assert [first.at, first.answered_at, first.ended_at] == [pytest.approx(time) for time in (0.02, 0.12, 0.13)]
    assert (
        second.target,
        second.host,
        second.scheme,
        second.connection,
        second.answer,
        second.answer_header("retry-after"),
    ) == ("/v1/contacts?page=1", "api.timelyai.com.br", "https", 7, b"{}", "2")
    (connection,) = trace.connections
    assert (connection.id, round(connection.opened_at, 3)) == (7, 0.02)


def test_a_failed_request_of_an_archive_has_no_status() -> None:
    entries = [
        entry("2026-11-28T10:00:00Z", "http://h/v1/contacts", 0, method="POST", postData={"text": "{}"}, bodySize=40)
    ]

    (attempt,) = har.read(json.dumps({"log": {"entries": entries}})).attempts

    assert (attempt.status, attempt.answered_at, attempt.body_size, attempt.body) == (None, None, 40, b"{}")
    assert attempt.left_at == pytest.approx(0.13)


def test_an_archive_with_nothing_but_a_request() -> None:
    bare = {"startedDateTime": "2026-11-28T10:00:00Z", "request": {"url": "http://h"}, "response": {"status": "?"}}

    (attempt,) = har.read(json.dumps({"log": {"entries": [bare]}})).attempts

    assert (attempt.method, attempt.target, attempt.status, attempt.at) == ("GET", "/", None, 0.0)


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("{", "it is not JSON"),
        ("{}", "it holds no log.entries, as a HAR archive does"),
        ('{"log": {"entries": [{}]}}', "entry 1: startedDateTime: None is no date and time"),
        (
            '{"log": {"entries": [{"startedDateTime": "2026-11-28T10:00:00Z"}]}}',
            "entry 1: request.url is missing",
        ),
    ],
)
def test_what_is_no_archive(text: str, problem: str) -> None:
    with pytest.raises(UnreadableTrace) as refused:
        har.read(text)

    assert problem == str(refused.value)


def recorded(*rows: tuple[float, str, str, int | None], **fields: Any) -> Trace:
    return Trace(
        "recorded",
        attempts=tuple(
            Attempt(number, at, method, target, status=status, ended_at=at + 0.01, answered_at=at + 0.01, **fields)
            for number, (at, method, target, status) in enumerate(rows)
        ),
    )


def calls_of(trace: Trace) -> list[str | None]:
    return [one.call for one in made_ready(trace, TIMELY).attempts]


def test_whose_api_it_is() -> None:
    assert vendor_of(recorded((0, "GET", "/v1/contacts", 200)).attempts) == "timely"
    assert vendor_of(recorded((0, "GET", "/api/v1/m2m/tenants/t/limits", 200)).attempts) == "uppzy"
    assert vendor_of(recorded((0, "GET", "/proxy/v1/contacts", 200)).attempts) == "timely"
    assert vendor_of(recorded((0, "GET", "/nothing", 200)).attempts) is None


def test_a_repetition_soon_after_a_failure_is_the_same_call() -> None:
    rows = [(0.0, "GET", "/v1/contacts", 503), (1.0, "GET", "/v1/contacts", 200), (2.0, "GET", "/v1/contacts", 200)]

    assert calls_of(recorded(*rows)) == ["r1", "r1", "r3"]


def test_long_after_it_is_another_one() -> None:
    assert calls_of(recorded((0.0, "GET", "/v1/contacts", 503), (60.0, "GET", "/v1/contacts", 200))) == ["r1", "r2"]


def test_unless_it_was_asked_to_wait() -> None:
    trace = recorded(
        (0.0, "GET", "/v1/contacts", 429), (60.0, "GET", "/v1/contacts", 200), answer_headers=(("Retry-After", "60"),)
    )

    assert calls_of(trace) == ["r1", "r1"]


def refused_twice(gap: float, **headers: str) -> Trace:
    trace = recorded((0.0, "GET", "/v1/contacts", 404), (gap, "GET", "/v1/contacts", 404))
    named = tuple(
        replace(one, headers=(("X-Request-ID", headers[name]),)) if name in headers else one
        for one, name in zip(trace.attempts, ("first", "second"), strict=True)
    )
    return replace(trace, attempts=named)


@pytest.mark.parametrize(
    ("trace", "calls"),
    [
        (refused_twice(1.0), ["r1", "r1"]),
        (refused_twice(10.0), ["r1", "r2"]),
        (refused_twice(1.0, first="a", second="b"), ["r1", "r2"]),
        (refused_twice(10.0, first="a", second="a"), ["r1", "r1"]),
    ],
)
def test_after_a_final_refusal_it_has_to_be_surely_the_same(trace: Trace, calls: list[str]) -> None:
    assert calls_of(trace) == calls


def test_calls_beside_each_other_come_back_in_turn() -> None:
    rows = [(0.0, "GET", "/v1/contacts", 503), (0.005, "GET", "/v1/contacts", 503)]
    again = [(1.0, "GET", "/v1/contacts", 503), (1.005, "GET", "/v1/contacts", 200)]

    assert calls_of(recorded(*rows, *again)) == ["r1", "r2", "r1", "r2"]


def test_pages_of_one_listing_are_one_call() -> None:
    trace = recorded(
        (0.0, "GET", "/v1/contacts?page=1&per_page=2", 200),
        (1.0, "GET", "/v1/contacts?page=2&per_page=2", 200),
        (2.0, "GET", "/v1/contacts?page=1&per_page=5", 200),
        (3.0, "GET", "/elsewhere", 200),
    )

    assert calls_of(trace) == ["r1", "r1", "r3", None]


def test_a_walk_that_begins_anew_is_another_call() -> None:
    pages = [(float(place), "GET", f"/v1/contacts?page={page}", 200) for place, page in enumerate((1, 2, 3, 1, 3))]

    assert calls_of(recorded(*pages)) == ["r1", "r1", "r1", "r4", "r5"]


def test_a_cursor_goes_on_with_the_answer_that_named_it() -> None:
    def asked(at: float, cursor: str, answer: str) -> Attempt:
        target = "/v1/catalog/units" + (f"?cursor={cursor}" if cursor else "")
        return Attempt(0, at, "GET", target, status=200, ended_at=at + 0.01, answer=answer.encode())

    trace = Trace("x", attempts=(asked(0, "", '{"a%2F"}'), asked(1, "a%2F", '{"b"}'), asked(2, "c", "{}")))

    assert [one.call for one in made_ready(trace, AUGNO).attempts] == ["r1", "r1", "r3"]


def test_other_bodies_are_other_calls() -> None:
    trace = Trace("x", attempts=row(503, 201))
    first, second = trace.attempts
    rows = tuple(
        replace(one, method="POST", target="/v1/contacts", operation=None, call=None, body_size=1, body_sha256=body)
        for one, body in ((first, "1"), (second, "2"))
    )

    assert calls_of(replace(trace, attempts=rows)) == ["r1", "r2"]


def test_credentials_are_not_kept() -> None:
    headers = (("X-Api-Key", KEY), ("Cookie", "session=verysecret1"), ("Accept", "*/*"))
    trace = recorded((0.0, "GET", "/v1/contacts?api_key=" + KEY, 200), headers=headers)

    (attempt,) = made_ready(trace, TIMELY).attempts

    assert (fingerprint(KEY), "header") == (attempt.credential, attempt.credential_in)
    assert (
        ("X-Api-Key", f"[{fingerprint(KEY)}]"),
        ("Cookie", f"[{fingerprint('session=verysecret1')}]"),
        ("Accept", "*/*"),
    ) == attempt.headers
    assert f"/v1/contacts?api_key=[{fingerprint(KEY)}]" == attempt.target


def test_a_key_in_the_address_is_found() -> None:
    (attempt,) = made_ready(recorded((0.0, "GET", "/v1/contacts?api_key=" + KEY, 200)), TIMELY).attempts

    assert (fingerprint(KEY), "query") == (attempt.credential, attempt.credential_in)
