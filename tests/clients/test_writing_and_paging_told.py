"""What the faults of paging and writing say where they end without a finding, and what they take for none."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from pytest_golive.clients.faults.writing import numbers_of
from pytest_golive.clients.lab import Lab
from pytest_golive.clients.labs import Labs
from pytest_golive.clients.setup import Setup
from pytest_golive.clients.trace import Attempt, Call, Trace
from pytest_golive.clients.trial import Trial
from pytest_golive.clients.trying import try_fault
from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.facts.finding import CannotTell, CheckFailed, NotApplicable, NotVerified
from pytest_golive.manifest.model import Client
from pytest_golive.vendors.library import client_faults, read_pack

Seen = Callable[[Trace], Lab]

READ = Call("c1", "list_contacts", {}, 0.0, 1.0, "ok", result={"items": [{"id": "1"}]})
WRITTEN = Call("c1", "create_contact", {}, 0.0, 1.0, "ok", result={"id": "1"})


def sent(operation: str, number: int = 0, target: str = "/v1/contacts", **fields: Any) -> Attempt:
    usual = {"operation": operation, "call": "c1", "status": 200, "ended_at": number + 0.1}
    return Attempt(number, float(number), "GET", target, **{**usual, **fields})


@pytest.fixture
def seen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Callable[..., Lab]]:
    """Makes a lab whose drives have all seen the same."""
    labs: list[Labs] = []

    def made(trace: Trace, vendor: str = "timely", **said: Any) -> Lab:
        usual = {"command": ["x"], "operations": ["list_contacts", "create_contact"], "vendor": vendor}
        setup = Setup("shop", Client.model_validate({**usual, **said}), read_pack(vendor), tmp_path)
        labs.append(Labs([setup]))
        lab = labs[-1].lab("shop")
        monkeypatch.setattr(lab, "run", lambda _: trace)
        monkeypatch.setattr(lab, "plain", lambda _: trace)
        monkeypatch.setattr(lab, "control", lambda _: trace)
        return lab

    yield made
    for each in labs:
        each.close()


@pytest.mark.parametrize(
    ("fault", "operation", "trace", "expected", "actual"),
    [
        ("CL-63", "list_contacts", Trace("x", calls=(READ,)), "a request for list_contacts", "the client sent none"),
        (
            "CL-63",
            "list_contacts",
            Trace(
                "x", (sent("list_contacts"),), calls=(Call("c1", "list_contacts", {}, 0, 1, "backend", message="No"),)
            ),
            "list_contacts of three pages to succeed",
            "it failed as backend: 'No'",
        ),
        (
            "CL-66",
            "list_contacts",
            Trace("x", (sent("list_contacts"),), calls=(READ,)),
            "a request for the second page",
            "the client sent none",
        ),
        ("CL-84", None, Trace("x", calls=(READ,)), "a request for list_contacts", "the client sent none"),
    ],
)
def test_a_fault_that_did_not_come_about_is_inconclusive(
    seen: Seen, fault: str, operation: str | None, trace: Trace, expected: str, actual: str
) -> None:
    with pytest.raises(CannotTell) as caught:
        try_fault(seen(trace), fault, operation)

    finding = caught.value.finding
    assert (finding.requirement, finding.expected, finding.actual) == (client_faults()[fault].title, expected, actual)


def test_a_second_step_that_never_came_is_inconclusive(seen: Callable[..., Lab]) -> None:
    lab = seen(Trace("x", (sent("chat_async"),)), "uppzy", operations=["chat_async_and_wait"])

    with pytest.raises(CannotTell) as caught:
        try_fault(lab, "CL-90", "chat_async_and_wait")

    assert (caught.value.finding.expected, caught.value.finding.actual) == (
        "a request for get_chat_request",
        "the client sent none",
    )


ONCE = Trace("x", (sent("list_contacts"),), calls=(READ,))
TWICE = Trace("x", (sent("list_contacts", status=503), sent("list_contacts", 1)), calls=(READ,))
WROTE = Trace("x", (sent("create_contact"),), calls=(WRITTEN,))


@pytest.mark.parametrize(
    ("fault", "operation", "trace", "reason"),
    [
        ("CL-87", "list_contacts", ONCE, "the client sent list_contacts once, and left it at that"),
        ("CL-87", "list_contacts", TWICE, "the client sends no number of the try"),
        ("CL-88", "create_contact", WROTE, "the client sent create_contact once, and left it at that"),
    ],
)
def test_what_cannot_be_wrong_is_not_applicable(
    seen: Seen, fault: str, operation: str, trace: Trace, reason: str
) -> None:
    with pytest.raises(NotApplicable) as caught:
        try_fault(seen(trace), fault, operation)

    assert caught.value.reason == f"not applicable: {reason}"


@pytest.mark.parametrize(
    ("fault", "vendor", "operation", "reason"),
    [
        ("CL-63", "uppzy", "list_documents", "no answer of list_documents says whether there are further pages"),
        (
            "CL-67",
            "selwise",
            "list_integration_logs",
            "list_integration_logs is paged by offsets, which an empty page would not move",
        ),
        ("CL-92", "selwise", "test_integration", "test_integration takes no body"),
    ],
)
def test_what_the_vendor_does_not_have_is_not_applicable(
    seen: Callable[..., Lab], fault: str, vendor: str, operation: str, reason: str
) -> None:
    with pytest.raises(NotApplicable) as caught:
        try_fault(seen(Trace("x"), vendor, operations=[operation]), fault, operation)

    assert caught.value.reason == f"not applicable: {reason}"


def test_without_a_log_the_vendors_ids_cannot_be_looked_for(seen: Callable[..., Lab]) -> None:
    failed = sent("list_units", status=500, answer_headers=(("Request-ID", "rq_1"),))
    lab = seen(Trace("x", (failed,)), "augno", command=None, url="http://127.0.0.1:9/golive", operations=["list_units"])

    with pytest.raises(NotVerified) as caught:
        try_fault(lab, "CL-84")

    assert caught.value.reason == "clients.shop.command is missing: golive cannot see what the client logs"
    assert caught.value.key == "clients.shop.command"


def test_a_result_without_items_is_noted(seen: Seen) -> None:
    pages = tuple(sent("list_contacts", number, f"/v1/contacts?page={number}") for number in (1, 2, 3))
    call = Call("c1", "list_contacts", {}, 0.0, 1.0, "ok", result=None)
    record = CheckRecord("x")

    with recording(record):
        try_fault(seen(Trace("x", pages, calls=(call,))), "CL-65", "list_contacts")

    assert record.notes == ["the result of list_contacts has no items with ids to look at"]


def test_a_success_with_something_else_is_told_so(seen: Seen) -> None:
    failed = sent("list_contacts", 1, "/v1/contacts?page=2", status=500)
    call = Call("c1", "list_contacts", {}, 0.0, 1.0, "ok", result="much")

    with pytest.raises(CheckFailed) as caught:
        try_fault(seen(Trace("x", (failed,), calls=(call,))), "CL-66", "list_contacts")

    told = "page 2 was answered 500 once, and the call succeeded with something else than items"
    assert caught.value.finding.actual == told


def test_input_that_nobody_minds_is_noted(seen: Seen) -> None:
    fitting = sent("create_contact", body=b'{"customer_name": "Ada"}', status=201)
    record = CheckRecord("x")

    with recording(record):
        try_fault(seen(Trace("x", (fitting,), calls=(WRITTEN,))), "CL-92", "create_contact")

    (note,) = record.notes
    assert note.endswith(": the vendor, or the client before it, found nothing wrong with it")


def test_an_operation_without_texts_is_noted(seen: Callable[..., Lab]) -> None:
    fitting = sent("update_contact", body=b'{"tags": ["a"]}')
    record = CheckRecord("x")

    with recording(record):
        try_fault(seen(Trace("x", (fitting,)), operations=["update_contact"]), "CL-92", "update_contact")

    assert record.notes == ["update_contact needs no text that could be empty"]


def test_a_body_that_is_no_json_is_told(seen: Seen) -> None:
    form = sent("create_contact", body=b"customer_name=Ada", body_size=17)

    with pytest.raises(CheckFailed) as caught:
        try_fault(seen(Trace("x", (form,), calls=(WRITTEN,))), "CL-92", "create_contact")

    finding = caught.value.finding
    assert (finding.expected, finding.actual) == (
        "a body of JSON",
        "create_contact was sent with 17 bytes that are none",
    )


@pytest.mark.parametrize(
    ("name", "value", "is_one"),
    [
        ("X-Retry-Count", "1", True),
        ("x-stainless-retry-count", "0", True),
        ("Amz-Sdk-Request", "attempt=2; max=3", True),
        ("X-Attempt", "3", True),
        ("X-Max-Retry", "3", False),
        ("X-Retry", "true", False),
        ("Retry-After", "3", False),
    ],
)
def test_headers_that_number_tries_are_known(name: str, value: str, is_one: bool) -> None:

    assert bool(numbers_of(sent("list_contacts", headers=((name, value),)))) is is_one


def test_a_trial_is_of_one_operation(seen: Seen) -> None:
    trial = Trial(seen(Trace("x")), client_faults()["CL-93"], "create_contact")

    assert trial.described.method == "POST"
