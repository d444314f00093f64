"""A trace as lines: what was asked for, sent, answered, and how long was waited between."""

from __future__ import annotations

from dataclasses import replace

import pytest

from pytest_golive.clients.timeline import outcome_of, timeline
from pytest_golive.clients.trace import Attempt, Call, Connection, Trace
from tests.unit.clients.traces import called, seen

CALL = Call("c1", "create_contact", {}, began_at=1.0, ended_at=4.5, outcome="ok")


def attempt(number: int, at: float, **fields: object) -> Attempt:
    usual = {"connection": 1, "call": "c1", "answered_at": at + 0.1, "ended_at": at + 0.2, "status": 200}
    return Attempt(number, at, "POST", "/v1/contacts", **{**usual, **fields})  # type: ignore[arg-type]


def test_lines_stand_in_the_order_of_time() -> None:
    trace = Trace(
        "x",
        attempts=(
            attempt(
                5,
                1.5,
                status=429,
                answer_headers=(("Retry-After", "2"), ("Server", "x")),
                fired="429, Retry-After: 2",
                headers=(("Idempotency-Key", "k1"),),
                body_size=9,
                body_sha256="abcdef0123456789",
            ),
            attempt(6, 4.0, connection=2),
        ),
        calls=(CALL,),
    )

    assert list(timeline(trace)) == [
        "   0.000  c1  asked for create_contact",
        "   0.500  c1  #1 POST /v1/contacts, 9 B abcdef01, idempotency-key: k1, connection 1",
        "   0.700  c1  #1 -> 429, retry-after: 2",
        "   3.000  c1  #2 POST /v1/contacts, connection 2, 2.300 s after #1 ended",
        "   3.200  c1  #2 -> 200",
        "   3.500  c1  succeeded after 3.50 s",
    ]


def test_what_nobody_asked_for_and_what_broke_is_told_too() -> None:
    trace = Trace(
        "x",
        attempts=(
            attempt(0, 0.0, call=None, listener="elsewhere", status=None, fired="a reset in the place of an answer"),
            attempt(1, 0.1, call=None, ended_at=None, left_at=3.0, status=None),
            attempt(2, 4.0, call=None, left_at=4.1, fired="a slow answer"),
        ),
        unfired=("get_me, request 1: 503",),
        lag_seconds=0.2,
    )

    assert list(timeline(trace)) == [
        "   0.000  --  #1 POST /v1/contacts, at elsewhere, connection 1",
        "   0.100  --  #2 POST /v1/contacts, connection 1",
        "   0.200  --  #1 a reset in the place of an answer",
        "   3.000  --  #2 the client left",
        "   4.000  --  #3 POST /v1/contacts, connection 1, 1.000 s after #2 ended",
        "   4.100  --  #3 -> 200, (a slow answer), the client left before its end",
        "          never taken: get_me, request 1: 503",
        "          golive itself was late by up to 200 ms",
    ]


@pytest.mark.parametrize(
    ("call", "told"),
    [
        (CALL, "succeeded"),
        (replace(CALL, outcome="user", message="No e-mail."), "failed as user: 'No e-mail.'"),
        (replace(CALL, outcome="backend", message="x" * 200), f"failed as backend: '{'x' * 120}…'"),
        (replace(CALL, outcome="crash", crash="its process ended with 1"), "crashed: its process ended with 1"),
    ],
)
def test_what_a_call_came_to(call: Call, told: str) -> None:
    assert outcome_of(call) == told


def test_connections_that_came_to_nothing_are_shown() -> None:
    """Where a client refuses a certificate, there is no request to show."""
    refused = Connection(0, "vendor", 0.1, 0.2, "client", handshake="tlsv1 alert unknown ca")
    before = Connection(1, "vendor", -1.0, -0.5, "client", handshake="http request")
    used = Connection(2, "vendor", 0.3, 0.4, "client", requests=1)
    trace = seen((), called(message="Later."), connections=(refused, before, used))

    assert list(timeline(trace)) == [
        "   0.000  c1  asked for list_contacts",
        "   0.200  --  connection 0 came to nothing: tlsv1 alert unknown ca",
        "   5.000  c1  failed as backend: 'Later.' after 5.00 s",
    ]
