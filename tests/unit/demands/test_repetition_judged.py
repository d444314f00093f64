from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_golive.demands.repetition import must_repeat_well
from pytest_golive.exchange.examples import Examples
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.current import CheckRecord
from pytest_golive.facts.finding import CannotTell, CheckFailed
from pytest_golive.sandbox.http import Response, json_response
from tests.unit.exchange.conftest import MakeVendor, Talk, chatted

FIRST = json_response(201, {"id": "doc_1"})
ANOTHER = "make another one or be refused as a conflict (409) when the same call comes again"

Judge = Callable[[str], None]


@pytest.fixture
def judge(vendor: Vendor) -> Judge:
    """Judge a repetition as the sandbox does."""
    return _judge_of(vendor)


@pytest.fixture
def lenient(make_vendor: MakeVendor) -> Judge:
    """Judge a repetition as for a real vendor."""
    return _judge_of(make_vendor(strict=False))


def _judge_of(vendor: Vendor) -> Judge:
    examples = Examples(vendor, lambda kind: f"golive_{kind}")
    return lambda operation: must_repeat_well(vendor, examples, operation)


def _failed(judge: Judge, operation: str) -> tuple[str, str]:
    with pytest.raises(CheckFailed) as failed:
        judge(operation)
    return failed.value.finding.requirement, failed.value.finding.actual


@pytest.mark.parametrize("second", [json_response(201, {"id": "doc_2"}), json_response(409, {})])
def test_another_one_or_a_conflict_is_right_for_a_document(talk: Talk, judge: Judge, second: Response) -> None:
    """The pack accepts both."""
    talk.say("create_text_document", FIRST, second)

    judge("create_text_document")


@pytest.mark.parametrize(
    ("second", "told"),
    [
        (FIRST, '201 {"id": "doc_1"} (the same id as before)'),
        (json_response(404, {}), "404 {} (it is gone)"),
        (json_response(410, {}), "410 {} (it is gone)"),
        (json_response(400, {}), "400 {} (it was refused, or failed)"),
        (json_response(500, {}), "500 {} (it was refused, or failed)"),
    ],
)
def test_anything_else_is_told_in_words(talk: Talk, judge: Judge, second: Response, told: str) -> None:
    """What was seen, and what that means."""
    talk.say("create_text_document", FIRST, second)

    assert _failed(judge, "create_text_document") == (f"create_text_document has to {ANOTHER}", told)


def test_two_answers_without_an_id_cannot_be_told_apart(talk: Talk, judge: Judge) -> None:
    """That is not another one."""
    talk.say("create_text_document", json_response(201, {}))

    assert _failed(judge, "create_text_document")[1] == "201 {} (no id to tell them apart)"


def test_an_assumed_repetition_that_does_not_hold_is_noted(talk: Talk, lenient: Judge, record: CheckRecord) -> None:
    """With the fact to change in the pack."""
    talk.say("create_text_document", FIRST)
    lenient("create_text_document")

    assert record.observations == [
        (
            f'create_text_document: assumed that it would {ANOTHER}, seen: 201 {{"id": "doc_1"}} '
            "(the same id as before); to change: operations.create_text_document.repetition of uppzy"
        )
    ]


def test_a_stated_repetition_that_does_not_hold_fails_anywhere(talk: Talk, lenient: Judge) -> None:
    """The vendor's pages say that closing twice succeeds."""
    talk.say("chat", chatted())
    talk.say("close_session", json_response(200, {"status": "ok"}), json_response(409, {}))

    assert _failed(lenient, "close_session") == (
        "close_session has to succeed and change nothing when the same call comes again",
        "409 {} (a conflict)",
    )


def test_what_the_repeated_answer_leaves_out_is_looked_at(talk: Talk, judge: Judge) -> None:
    """A second date would mean that the rating counted twice."""
    dated = json_response(200, {"status": "ok", "feedback_submitted_at": "2026-11-21T09:00:00Z"})
    talk.say("chat", chatted())
    talk.say("send_feedback", dated)

    assert _failed(judge, "send_feedback") == (
        "send_feedback has to leave out feedback_submitted_at when the same call comes again",
        '200 {"status": "ok", "feedback_submitted_at": "2026-11-21T09:00:00Z"}',
    )


@pytest.mark.parametrize("body", [{"status": "ok"}, [], None])
def test_a_repeated_answer_without_the_field_is_right(talk: Talk, judge: Judge, body: object) -> None:
    """Whatever else it is: other checks judge that."""
    talk.say("chat", chatted())
    talk.say("send_feedback", json_response(200, {"status": "ok"}), json_response(200, body))

    judge("send_feedback")


def test_a_first_call_that_fails_is_a_failure(talk: Talk, judge: Judge) -> None:
    """A valid call has to be answered; no other check may make it."""
    talk.say("upload_document", json_response(500, {"error": "oops"}))

    assert _failed(judge, "upload_document") == ("upload_document has to answer 201", '500 {"error": "oops"}')


@pytest.mark.parametrize("status", [429, 503])
def test_a_vendor_that_is_not_there_repeats_nothing(talk: Talk, judge: Judge, status: int) -> None:
    """What it would have done cannot be told."""
    talk.say("create_text_document", FIRST, json_response(status, {}, {"Retry-After": "3600"}))
    with pytest.raises(CannotTell) as untold:
        judge("create_text_document")

    assert untold.value.finding.requirement == (
        "create_text_document has to be answered when the same call comes again"
    )
    assert untold.value.finding.actual == f"{status} {{}}"


def test_only_what_the_pack_knows_to_repeat_is_repeated(judge: Judge) -> None:
    """Anything else is golive's own mistake."""
    with pytest.raises(AssertionError, match="get_limits"):
        judge("get_limits")
