from __future__ import annotations

from collections.abc import Callable

import pytest

from pytest_golive.exchange.answer import SHOWN, Answer, either
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.current import CheckRecord
from pytest_golive.facts.finding import CannotTell, CheckFailed, Finding
from pytest_golive.facts.outcome import Evidence
from pytest_golive.sandbox.http import Response, json_response
from tests.unit.exchange.conftest import KEY, MakeVendor, Talk, chatted

Asked = Callable[..., Answer]


@pytest.fixture
def limits(talk: Talk, make_vendor: MakeVendor) -> Asked:
    """Ask for limits, which are answered so."""

    def ask(reply: Response, *, strict: bool = True) -> Answer:
        talk.say("get_limits", reply)
        return make_vendor(strict=strict).call("get_limits")

    return ask


def _failed(demand: Callable[[], object]) -> Finding:
    with pytest.raises(CheckFailed) as failed:
        demand()
    return failed.value.finding


def _untold(demand: Callable[[], object]) -> Finding:
    with pytest.raises(CannotTell) as untold:
        demand()
    return untold.value.finding


def test_a_demand_that_does_not_hold_is_a_finding(limits: Asked) -> None:
    """Requirement, expected and actual; by default status and body are shown."""
    answer = limits(json_response(200, {"limits": {}}))
    answer.must("be there", holds=True)

    assert _failed(lambda: answer.must("name a plan", holds=False)) == Finding(
        "get_limits has to name a plan", "to name a plan", '200 {"limits": {}}'
    )
    assert _failed(lambda: answer.must("be quick", holds=False, actual="9 s")).actual == "9 s"


def test_a_long_body_is_cut_and_a_secret_masked(limits: Asked) -> None:
    """A finding goes into a ticket."""
    answer = limits(json_response(400, {"error": f"{KEY} {'g' * SHOWN}"}))

    assert answer.told.startswith('400 {"error": "[uppzy.api_key ')
    assert answer.told.endswith("g…")
    assert len(answer.told) == len("400 ") + SHOWN + len("…")
    assert KEY not in _failed(lambda: answer.fail("x", f"saw {KEY}")).actual


@pytest.mark.parametrize("status", [200, 201, 299])
def test_a_success_is_any_2xx(limits: Asked, status: int) -> None:
    """As clients see it."""
    assert limits(json_response(status, {}), strict=False).succeeded


@pytest.mark.parametrize("status", [301, 400, 404, 500, 503])
def test_anything_else_is_a_failure(limits: Asked, status: int) -> None:
    """The statuses that the pack expects are named."""
    finding = _failed(limits(json_response(status, {"error": "no"})).must_succeed)

    assert (finding.requirement, finding.actual) == ("get_limits has to answer 200", f'{status} {{"error": "no"}}')


def test_a_429_tells_nothing(limits: Asked) -> None:
    """The vendor did not look at the call: neither green nor its fault."""
    answer = limits(json_response(429, {}, {"Retry-After": "3600"}))
    finding = _untold(answer.must_succeed)

    assert finding.actual == "429 {} (the vendor limits the rate)"
    assert (answer.rate_limited, _untold(answer.must_fit)) == (True, finding)


def test_the_vendors_pause_is_not_the_vendors_slowness(talk: Talk, vendor: Vendor) -> None:
    """What was waited for its sake is not counted, and that it limited the rate is known."""
    talk.say("get_limits", json_response(429, {}, {"Retry-After": "1"}), json_response(200, {"limits": {}}))
    answer = vendor.call("get_limits")

    assert (answer.status, answer.rate_limited) == (200, True)
    assert answer.seconds < 0.9


@pytest.mark.parametrize("status", [429, 503])
def test_a_vendor_that_is_not_there_refuses_nothing(limits: Asked, status: int) -> None:
    """Whether it would have refused the call cannot be told."""
    answer = limits(json_response(status, {"error": "later"}, {"Retry-After": "3600"}))
    finding = _untold(lambda: answer.must_be_refused("say 404", {404}))

    assert (finding.requirement, finding.actual) == ("get_limits has to say 404", f'{status} {{"error": "later"}}')


def test_a_refusal_is_one_of_the_named_statuses(limits: Asked) -> None:
    """Not any status but success: a 500 is no refusal."""
    limits(json_response(404, {})).must_be_refused("say 404", {403, 404})
    limits(json_response(503, {})).must_be_refused("say that it is closed", {503})

    assert _failed(lambda: limits(json_response(200, {})).must_be_refused("say 404", {404})).actual == "200 {}"
    assert _failed(lambda: limits(json_response(500, {})).must_be_refused("say 404", {404})).actual == "500 {}"


def test_another_success_than_expected_is_only_noted_where_it_is_assumed(limits: Asked, record: CheckRecord) -> None:
    """In the sandbox the assumption has to hold."""
    limits(json_response(203, {"limits": {}}), strict=False).must_succeed()

    assert record.observations == [
        (
            "get_limits: assumed that it would answer 200, seen: 203; "
            "to change: operations.get_limits.response.statuses of uppzy"
        )
    ]
    assert _failed(limits(json_response(203, {"limits": {}})).must_succeed).actual == "203"


def test_an_assumed_fact_of_the_schema_is_noted_once_and_does_not_fail(limits: Asked, record: CheckRecord) -> None:
    """With the file to change; in the sandbox it fails."""
    answer = limits(json_response(200, {"limits": 5}), strict=False)
    answer.must_fit()
    answer.must_fit()

    assert record.observations == [
        (
            "get_limits: assumed that it would fit schemas/uppzy/get_limits.response.json, seen: `limits` is a whole "
            "number, an object is due; to change: schemas/uppzy/get_limits.response.json of uppzy"
        )
    ]
    finding = _failed(limits(json_response(200, {"limits": 5})).must_fit)
    assert finding.actual == "`limits` is a whole number, an object is due (assumed)"


def test_what_every_item_has_wrong_is_noted_once(talk: Talk, make_vendor: MakeVendor, record: CheckRecord) -> None:
    """Of a page of a hundred it would be a hundred lines that say the same."""
    items = [{"id": f"doc_{number}", "status": "hidden"} for number in range(3)]
    talk.say("list_documents", json_response(200, {"items": items}))
    make_vendor(strict=False).call("list_documents").must_fit()

    assert record.observations == [
        (
            "list_documents: assumed that it would fit schemas/uppzy/list_documents.response.json, seen: "
            "`items[0].status` is 'hidden', one of 'active', 'draft' is due; "
            "to change: schemas/uppzy/list_documents.response.json of uppzy"
        )
    ]


def test_a_documented_fact_of_the_schema_fails_anywhere(
    talk: Talk, make_vendor: MakeVendor, record: CheckRecord
) -> None:
    """What is only assumed beside it is not part of the failure."""
    talk.say("chat", chatted(answer=5, confidence_level="sure"))
    answer = make_vendor(strict=False).call("chat", session_id="s", message="m")
    finding = _failed(answer.must_fit)

    assert finding.requirement == "chat has to fit schemas/uppzy/chat.response.json"
    assert finding.actual == "`answer` is a whole number, text is due (documented)"
    assert record.observations == []


def test_a_list_of_equal_faults_is_told_in_part(talk: Talk, vendor: Vendor) -> None:
    """Fifty wrong items are one fault."""
    talk.say("list_usage_history", json_response(200, {"items": list(range(7))}))
    finding = _failed(vendor.call("list_usage_history").must_fit)

    told = [f"`items[{number}]` is a whole number, an object is due (assumed)" for number in range(5)]
    assert finding.actual == "; ".join([*told, "and 2 more"])


@pytest.mark.parametrize(
    "reply",
    [
        Response(200, {"Content-Type": "text/html"}, b"<h1>Hello</h1>"),
        Response(200, {"Content-Type": "text/html"}, b"[" * 100_000),
        Response(200, {"Content-Type": "text/html"}, b'{"a": "\xff\xfe"}'),
    ],
    ids=["html", "without end", "no utf-8"],
)
def test_a_body_that_is_no_json_is_a_failure(limits: Asked, reply: Response) -> None:
    """With the content type, which often tells the reason."""
    finding = _failed(limits(reply).must_fit)

    assert finding.requirement == "get_limits has to be JSON"
    assert finding.actual.endswith(" with content-type text/html")
    assert limits(reply).identifier(("id",)) is None


def test_a_success_without_a_body_is_no_json(limits: Asked) -> None:
    """Where a body is due."""
    assert _failed(lambda: limits(Response(200)).json).actual == "200 with content-type absent"


@pytest.mark.parametrize(
    ("body", "identifier"),
    [
        ({"id": "doc_1"}, "doc_1"),
        ({"id": 7}, "7"),
        ({"document_id": "doc_2"}, "doc_2"),
        ({"id": "", "document_id": "doc_2"}, "doc_2"),
        ({"id": None}, None),
        ({}, None),
        ([], None),
    ],
)
def test_an_identifier_is_the_first_field_that_holds_one(limits: Asked, body: object, identifier: str | None) -> None:
    """Fields are tried in order."""
    assert limits(json_response(200, body)).identifier(("id", "document_id")) == identifier


def test_unknown_fields_are_told_by_their_path(limits: Asked) -> None:
    """They are no failure."""
    answer = limits(json_response(200, {"limits": {"a": 1}, "plan": "level2"}))
    answer.must_fit()

    assert answer.unknown_fields() == ("plan",)


def test_a_documented_fact_that_does_not_hold_fails(limits: Asked, record: CheckRecord) -> None:
    """An assumed one is an observation, and names what to change."""
    answer = limits(json_response(200, {}), strict=False)
    answer.differs(Evidence.ASSUMED, "be blue", "red", "operations.get_limits")

    assert record.observations == [
        "get_limits: assumed that it would be blue, seen: red; to change: operations.get_limits of uppzy"
    ]
    finding = _failed(lambda: answer.differs(Evidence.DOCUMENTED, "be blue", "red", "operations.get_limits"))
    assert finding == Finding("get_limits has to be blue", "to be blue", "red")


@pytest.mark.parametrize(
    ("statuses", "told"), [((200,), "200"), ((400, 404), "400 or 404"), ((400, 413, 415), "400, 413 or 415")]
)
def test_statuses_are_told_as_a_sentence_does(statuses: tuple[int, ...], told: str) -> None:
    """Commas, and one "or"."""
    assert either(statuses) == told
