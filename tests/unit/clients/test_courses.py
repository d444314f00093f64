"""A drive as the course of a check: calls, requests and pauses, for the report to draw."""

from __future__ import annotations

from pytest_golive.clients.course import course_of
from tests.unit.clients.traces import called, seen, sent


def test_calls_requests_and_pauses() -> None:
    """Path with its query, status with Retry-After, and what came in the place of an answer."""
    trace = seen(
        (
            sent(0.1, 429, answer_headers={"Retry-After": "2"}, target="/v1/things?page=2"),
            sent(2.2, None, fired="a reset in the place of an answer", listener="elsewhere"),
            sent(2.3, None, ended_at=None, left_at=4.0),
            sent(4.0, 200, left_at=4.005),
        ),
        called(message="Later."),
    )

    assert [(one["kind"], round(float(one["begun"]), 2), one["what"], one["came"]) for one in course_of(trace)] == [
        ("call", 0.0, "list_contacts", "failed as backend: 'Later.'"),
        ("attempt", 0.1, "GET /v1/things?page=2", "429, retry-after: 2"),
        ("wait", 0.11, "waits", ""),
        ("attempt", 2.2, "GET /v1/things at elsewhere", "no answer: a reset in the place of an answer"),
        ("wait", 2.21, "waits", ""),
        ("attempt", 2.3, "GET /v1/things", "no answer: the client left"),
        ("attempt", 4.0, "GET /v1/things", "200, the client left before its end"),
    ]
    assert {(one["lane"], one["part"]) for one in course_of(trace)} == {("c1", "by hand")}


def test_requests_that_nobody_asked_for_have_a_row_of_their_own() -> None:
    """Where there are calls; in recorded traffic, where nobody asked for any, they are the only row."""
    stray = sent(1.0, None, call=None, ended_at=None)
    with_calls = seen((sent(0.1, 200), stray), called("ok"))

    assert [one["lane"] for one in course_of(with_calls)] == ["c1", "c1", "no call"]
    (alone,) = course_of(seen((stray,)))
    assert (alone["lane"], alone["came"]) == ("", "no answer")


def test_secrets_are_masked() -> None:
    """In names, paths, and what a client said."""
    trace = seen((sent(0.0, 200, target="/v1/s3cret"),), called(message="s3cret"))

    told = str(list(course_of(trace, lambda text: text.replace("s3cret", "***"))))

    assert "s3cret" not in told
    assert "/v1/***" in told
