from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from pytest_golive.demands.refusal import bad_input_of, must_refuse
from pytest_golive.exchange.examples import Examples
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.exchange.walk import MOST_PAGES
from pytest_golive.facts.current import CheckRecord
from pytest_golive.facts.finding import CannotTell, CheckFailed
from pytest_golive.sandbox.http import Request, Response, json_response
from tests.unit.exchange.conftest import MakeVendor, Talk, chatted, listed

NO = json_response(400, {"error": "no"})
DUE = "400, 413, 415 or 422"
TITLE = "golive_document_e_1"

Judge = Callable[[str, str], None]


@pytest.fixture
def judge(vendor: Vendor) -> Judge:
    """Judge one bad input as the sandbox does."""
    return _judge_of(vendor)


@pytest.fixture
def lenient(make_vendor: MakeVendor) -> Judge:
    """Judge one bad input as for a real vendor."""
    return _judge_of(make_vendor(strict=False))


def _judge_of(vendor: Vendor) -> Judge:
    numbers = iter(range(1, 1000))
    examples = Examples(vendor, lambda kind: f"golive_{kind}_e_{next(numbers)}")
    return lambda operation, case: must_refuse(vendor, examples, operation, case)


def _failed(judge: Judge, operation: str, case: str) -> tuple[str, str]:
    with pytest.raises(CheckFailed) as failed:
        judge(operation, case)
    return failed.value.finding.requirement, failed.value.finding.actual


def _untold(judge: Judge, operation: str, case: str) -> tuple[str, str]:
    with pytest.raises(CannotTell) as untold:
        judge(operation, case)
    return untold.value.finding.requirement, untold.value.finding.actual


@pytest.mark.parametrize("status", [400, 413, 415, 422])
def test_a_refusal_by_one_of_the_vendors_statuses_is_right(talk: Talk, judge: Judge, status: int) -> None:
    """The pack names them."""
    talk.say("update_widget_config", json_response(status, {}))

    judge("update_widget_config", "body:not json")


def test_an_unknown_case_is_told(judge: Judge) -> None:
    """A plan and a schema that do not fit each other are golive's own mistake."""
    with pytest.raises(LookupError, match=r"^chat of uppzy has no bad input 'mood:missing'$"):
        judge("chat", "mood:missing")
    with pytest.raises(LookupError, match=r"^get_limits of uppzy has no bad input 'x'$"):
        judge("get_limits", "x")


@pytest.mark.parametrize("status", [401, 403, 429, 503])
def test_a_refusal_of_something_else_tells_nothing(talk: Talk, judge: Judge, status: int) -> None:
    """Key, rights, rate, or everything for now: the data was not looked at."""
    talk.say("update_widget_config", json_response(status, {"error": "no"}, {"Retry-After": "3600"}))

    assert _untold(judge, "update_widget_config", "body:not json") == (
        f"update_widget_config has to refuse the call with {DUE} when the body is not JSON",
        f'{status} {{"error": "no"}}',
    )


@pytest.mark.parametrize("status", [500, 502, 504])
def test_a_failure_at_the_vendor_is_never_right(talk: Talk, lenient: Judge, status: int) -> None:
    """Whether the refusal is stated or assumed, and whatever is tolerated."""
    talk.say("update_widget_config", json_response(status, {"error": "oops"}))

    assert _failed(lenient, "update_widget_config", "greeting:wrong type") == (
        (
            f"update_widget_config has to refuse the call with {DUE} when `greeting` is a list instead of text, "
            "never with a failure"
        ),
        f'{status} {{"error": "oops"}}',
    )


def test_a_stated_refusal_that_does_not_come_fails_anywhere(talk: Talk, lenient: Judge) -> None:
    """The vendor's pages say that feedback is good or bad."""
    talk.say("chat", chatted())
    talk.say("send_feedback", json_response(200, {"status": "ok"}))

    assert _failed(lenient, "send_feedback", "feedback:unknown value") == (
        f"send_feedback has to refuse the call with {DUE} when `feedback` holds a value that is not one of the allowed",
        '200 {"status": "ok"}',
    )


def test_an_assumed_refusal_that_does_not_come_is_noted(talk: Talk, lenient: Judge, record: CheckRecord) -> None:
    """With the case to correct in the pack."""
    talk.say("chat", chatted())
    talk.say("send_feedback", json_response(200, {"status": "ok"}))
    lenient("send_feedback", "request_id:null")

    assert record.observations == [
        (
            f"send_feedback: assumed that it would refuse the call with {DUE} when `request_id` is null, "
            'seen: 200 {"status": "ok"}; to change: operations.send_feedback (request_id:null) of uppzy'
        )
    ]


def test_what_is_tolerated_is_noted_with_its_reason(
    talk: Talk, lenient: Judge, judge: Judge, record: CheckRecord
) -> None:
    """In the sandbox it is not even that."""
    talk.say("update_widget_config", json_response(200, {}))
    judge("update_widget_config", "greeting:wrong type")
    assert record.observations == []

    lenient("update_widget_config", "greeting:wrong type")
    assert record.observations == [
        (
            "update_widget_config accepts a call in which `greeting` is a list instead of text: "
            "a key of the wrong type may be ignored"
        )
    ]


def test_another_refusal_than_expected_is_an_assumption_that_does_not_hold(
    talk: Talk, lenient: Judge, judge: Judge, record: CheckRecord
) -> None:
    """It is a refusal all the same."""
    talk.say("update_widget_config", json_response(409, {}))
    lenient("update_widget_config", "body:not json")

    assert record.observations == [
        (
            f"update_widget_config: assumed that it would refuse the call with {DUE} when the body is not JSON, "
            "seen: 409 {}; to change: operations.update_widget_config of uppzy"
        )
    ]
    assert _failed(judge, "update_widget_config", "body:not json")[1] == "409 {}"


def test_arguments_of_the_path_can_be_what_is_wrong(talk: Talk, judge: Judge) -> None:
    """A document that does not exist has to be a 404."""
    talk.say("create_text_document", json_response(201, {"id": "doc_1"}))
    talk.say("update_document", json_response(404, {}))
    judge("update_document", "document_id:names a document that does not exist")

    assert talk.heard[-1][1].path.endswith("/documents/golive-no-such-document")
    talk.say("update_document", NO)
    assert _failed(judge, "update_document", "document_id:names a document that does not exist")[0] == (
        "update_document has to refuse the call with 404 when `document_id` names a document that does not exist"
    )


def _listing(before: list[dict[str, Any]], after: list[dict[str, Any]], talk: Talk, operation: str) -> None:
    """List this until the operation was called, and that from then on."""

    def reply(request: Request) -> Response:
        return listed(*(after if operation in talk.called else before))

    talk.say("list_documents", reply)
    talk.say(operation, NO)


@pytest.mark.parametrize(
    ("case", "title"),
    [("content:missing", TITLE), ("title:missing", ""), ("title:null", TITLE), ("title:blank", "   ")],
)
def test_something_created_of_refused_data_is_found(talk: Talk, judge: Judge, case: str, title: str) -> None:
    """Under its own name, the one it was to have, the wrong one, or none."""
    old = {"id": "doc_1", "title": "old"}
    _listing([old], [old, {"id": "doc_2", "title": title}], talk, "create_text_document")

    requirement, actual = _failed(judge, "create_text_document", case)
    assert requirement.startswith("create_text_document has to create nothing when `")
    assert actual == "answered 400, and document doc_2 is there all the same"


def test_a_file_created_of_refused_data_is_found_by_its_name(talk: Talk, judge: Judge) -> None:
    """A listing shows files by their names."""
    _listing([], [{"id": "doc_2", "title": "golive.exe"}], talk, "upload_document")

    assert _failed(judge, "upload_document", "file:is a program") == (
        "upload_document has to create nothing when `file` is a program",
        "answered 400, and document doc_2 is there all the same",
    )


@pytest.mark.parametrize("case", ["content:missing", "title:missing"])
def test_what_others_write_meanwhile_is_not_taken_for_it(talk: Talk, judge: Judge, case: str) -> None:
    """Other checks, and other people, create things too."""
    nameless = {"id": "doc_1", "title": ""}
    _listing([nameless], [nameless, {"id": "doc_2", "title": "somebody's"}], talk, "create_text_document")

    judge("create_text_document", case)


def test_a_listing_that_fails_tells_nothing(talk: Talk, judge: Judge) -> None:
    """What the refused call created cannot be seen."""
    talk.say("create_text_document", NO)
    talk.say("list_documents", json_response(500, {"error": "oops"}))

    assert _untold(judge, "create_text_document", "content:missing") == (
        "list_documents has to answer 200",
        '500 {"error": "oops"}',
    )


def test_a_listing_too_long_to_be_searched_is_warned_of(talk: Talk, judge: Judge, record: CheckRecord) -> None:
    """That the data was refused holds all the same."""
    talk.say("create_text_document", NO)
    numbers = iter(range(10_000))
    talk.say("list_documents", lambda request: listed({"id": f"doc_{next(numbers)}", "title": "old"}))
    judge("create_text_document", "content:missing")
    judge("create_text_document", "title:missing")

    told = f"what create_text_document creates cannot be seen: more than {MOST_PAGES} items in list_documents"
    assert record.warnings == [told]


def test_what_is_not_listed_cannot_be_looked_for(talk: Talk, judge: Judge) -> None:
    """Then the refusal is all there is to judge."""
    talk.say("chat", chatted())
    talk.say("send_feedback", NO)
    judge("send_feedback", "feedback:missing")

    assert talk.called == ["chat", "send_feedback"]


def test_a_case_is_found_by_its_id(vendor: Vendor) -> None:
    """As the plan and the report name it."""
    assert bad_input_of(vendor, "chat", "message:blank").words == "`message` holds only blanks"
