"""The lab: the control comes first, a drive is made once, what a client lacks is named, times are judged with care."""

from __future__ import annotations

import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pytest_golive.clients import trying
from pytest_golive.clients.judging.flaw import Flaw
from pytest_golive.clients.lab import Lab, embedded
from pytest_golive.clients.labs import Labs
from pytest_golive.clients.script import Ask, Scenario, Step
from pytest_golive.clients.trace import Trace
from pytest_golive.clients.trial import Trial
from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.facts.finding import CannotTell, CheckFailed, NotApplicable, NotVerified
from pytest_golive.vendors.library import client_faults
from tests.clients.client_runs import under_test
from tests.clients.small_client import small

CONTROL = "a plain call succeeds"
REFUSED = Step(status=429, headers=(("Retry-After", "1"),))


def trial_of(lab: Lab, fault: str = "CL-17", operation: str | None = "list_contacts") -> Trial:
    return Trial(lab, client_faults()[fault], operation)


def test_the_control_is_driven_once_for_all_that_ask(tmp_path: Path) -> None:
    with under_test(small(tmp_path)) as lab:
        seen: list[Trace] = []
        threads = [threading.Thread(target=lambda: seen.append(lab.control("list_contacts"))) for _ in range(3)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert [trace.name for trace in lab.drives] == ["list_contacts: plain"]
    assert all(trace is seen[0] for trace in seen)
    assert [call.outcome for call in seen[0].calls] == ["ok", "ok"]


def test_a_client_that_fails_without_any_fault_is_inconclusive(tmp_path: Path) -> None:
    """It is looked at once more: a busy machine may be to blame."""
    with under_test(small(tmp_path, environ={"REFUSES": "list_contacts"})) as lab, pytest.raises(CannotTell) as caught:
        trying.try_fault(lab, "CL-17", "list_contacts")

    finding = caught.value.finding
    assert (finding.requirement, finding.expected) == (CONTROL, "a success without any fault")
    assert finding.actual == "the positive control failed: list_contacts failed as user: 'No.'"
    assert [trace.name for trace in lab.drives] == ["list_contacts: plain", "list_contacts: plain once more"]


def test_a_call_before_the_fault_that_fails_is_inconclusive(tmp_path: Path) -> None:
    with (
        under_test(small(tmp_path, environ={"REFUSES": "create_contact"})) as lab,
        pytest.raises(CannotTell) as caught,
    ):
        trial_of(lab).run("nothing", operation="create_contact")

    assert caught.value.finding.actual == "the call before the fault failed: create_contact failed as user: 'No.'"


def test_a_client_that_cannot_be_started_is_inconclusive(tmp_path: Path) -> None:
    with under_test(small(tmp_path, command=["/is/not/there"])) as lab, pytest.raises(CannotTell) as caught:
        lab.control("list_contacts")

    finding = caught.value.finding
    assert (finding.requirement, finding.expected) == (CONTROL, "a client that can be started")
    assert "/is/not/there" in finding.actual


def test_a_vendor_that_golive_does_not_embed_is_not_verified(tmp_path: Path) -> None:
    setup = small(tmp_path)
    foreign = replace(setup, pack=setup.pack.model_copy(update={"vendor": "acme", "title": "Acme"}))

    with pytest.raises(NotVerified) as caught:
        embedded(foreign)

    assert caught.value.key == "clients.shop.behind"
    assert caught.value.reason == (
        "clients.shop.behind is missing: golive embeds no Acme to answer behind the faults; "
        "`environment` lets the real one answer"
    )


def test_what_golive_does_not_start_is_named(tmp_path: Path) -> None:
    elsewhere = small(tmp_path, command=None, url="http://127.0.0.1:9/golive")
    with under_test(elsewhere) as lab, pytest.raises(NotVerified) as caught:
        trying.try_fault(lab, "CL-71")

    told = "clients.shop.command is missing: CL-71 cannot be tried without it"
    assert (caught.value.reason, caught.value.key) == (told, "clients.shop.command")


def test_who_does_one_call_after_the_other_cannot_be_wrong_with_several(tmp_path: Path) -> None:
    with under_test(small(tmp_path)) as lab, pytest.raises(NotApplicable) as caught:
        trying.try_fault(lab, "CL-31")

    told = "not applicable: clients.shop.concurrent is not true: it does one call after the other"
    assert caught.value.reason == told


def test_a_trace_begins_with_the_script(tmp_path: Path) -> None:
    """The call that warms the client up, and its requests, are no part of it."""
    with under_test(small(tmp_path, environ={"PAUSE": "0"})) as lab:
        trace = trial_of(lab).run("429 once", REFUSED)

    assert [(call.id, call.operation, call.outcome) for call in trace.calls] == [("c1", "list_contacts", "ok")]
    assert [(one.call, one.status, one.fired) for one in trace.attempts] == [
        ("c1", 429, "429, Retry-After: 1"),
        ("c1", 200, ""),
    ]
    assert 0 <= trace.calls[0].began_at <= trace.attempts[0].at <= trace.calls[0].ended_at


def test_calls_beside_each_other_have_processes_of_their_own(tmp_path: Path) -> None:
    """Where the client does one after the other; and later ones wait for what is under way."""
    asks = [Ask("list_contacts"), Ask("list_contacts", with_others=True), Ask("create_contact")]
    with under_test(small(tmp_path, environ={"SAYS": "here"})) as lab:
        slow = Step(wait=0.4)
        trace = trial_of(lab).run("beside", slow, slow, asks=asks)

    first, second, third = trace.calls
    assert second.began_at < first.ended_at
    assert third.began_at >= max(first.ended_at, second.ended_at)
    assert len(trace.log) == 4  # the warm-up's as well


def test_arguments_are_put_over_the_example_or_left_out(tmp_path: Path) -> None:
    asks = [Ask("create_contact", further={"customer_name": "Ada"}, left_out=("tags",))]
    with under_test(small(tmp_path)) as lab:
        trace = trial_of(lab).run("other arguments", asks=asks)

    assert set(trace.calls[0].arguments) == {"customer_name", "customer_email"}
    assert trace.calls[0].arguments["customer_name"] == "Ada"


def test_requests_are_evidence_of_who_asks(tmp_path: Path) -> None:
    record = CheckRecord("a check")
    with under_test(small(tmp_path, environ={"PAUSE": "0"})) as lab, recording(record):
        trial_of(lab).run("429 once", REFUSED)

    (refused, answered) = record.exchanges
    assert (refused.operation, refused.status) == ("list_contacts: 429, Retry-After: 1", 429)
    assert refused.response_headers["Retry-After"] == "1"
    assert (answered.operation, answered.status, answered.method) == ("list_contacts", 200, "GET")
    assert not any(name.lower() == "x-api-key" for name in answered.request_headers)
    assert [(one["kind"], one["came"]) for one in record.timeline] == [
        ("call", "succeeded"),
        ("attempt", "429, retry-after: 1"),
        ("attempt", "200"),
    ]
    assert (refused.lab, answered.lab) == (True, True)


def test_a_fault_that_nobody_met_is_inconclusive(tmp_path: Path) -> None:
    with under_test(small(tmp_path)) as lab, pytest.raises(CannotTell) as caught:
        trial_of(lab).must_have_fired(Trace("nothing"))

    finding = caught.value.finding
    assert finding.requirement == client_faults()["CL-17"].title
    assert (finding.expected, finding.actual) == ("a request that meets the fault", "the client sent none")


FLAW = Flaw("this", "that")


@pytest.mark.parametrize(
    ("flaw", "timed", "lag", "outcome"),
    [
        (FLAW, "", 1.0, CheckFailed),
        (FLAW, "early", 1.0, CheckFailed),  # gaps look longer than they were, so it did come early
        (None, "early", 1.0, CannotTell),
        (FLAW, "late", 1.0, CannotTell),
        (None, "late", 1.0, None),
        (FLAW, "late", 0.05, CheckFailed),
        (None, "early", 0.05, None),
    ],
)
def test_lateness_of_golive_itself_is_minded(
    tmp_path: Path, flaw: Flaw | None, timed: Any, lag: float, outcome: type[Exception] | None
) -> None:
    trace = Trace("a drive", lag_seconds=lag)
    with under_test(small(tmp_path)) as lab:
        trial = trial_of(lab)
        if outcome is None:
            trial.judge(flaw, trace, timed=timed)
            return
        with pytest.raises(outcome) as caught:
            trial.judge(flaw, trace, timed=timed)

    finding = caught.value.finding  # type: ignore[attr-defined]
    told = ("golive's own loop within 50 ms, as times are judged", "it was late by 1000 ms")
    assert (finding.expected, finding.actual) == (("this", "that") if outcome is CheckFailed else told)


def test_a_late_drive_is_made_once_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with under_test(small(tmp_path)) as lab:
        monkeypatch.setattr(lab, "run", lambda scenario: Trace(scenario.name, lag_seconds=0.2))

        trace = trial_of(lab).run("something", timed=True)

    assert trace.name == "list_contacts: something once more"


def test_a_trial_knows_what_the_client_has(tmp_path: Path) -> None:
    with under_test(small(tmp_path)) as lab:
        trial = trial_of(lab, "CL-84", None)

        assert (trial.of_kind("read"), trial.of_kind("write")) == (("list_contacts",), ("create_contact",))
        assert trial.some("update", "write") == "create_contact"
        with pytest.raises(NotApplicable, match="not applicable: shop has no operation it could show in"):
            trial.some("polled")
        with pytest.raises(LookupError, match="CL-84 is tried with the client as a whole"):
            _ = trial.name
        with pytest.raises(NotVerified, match=r"clients.shop.concurrent is missing: one at a time tells nothing"):
            trial.not_verified("concurrent", "one at a time tells nothing")


def test_who_cannot_be_found_again_is_warned_where_the_vendor_names_no_calls_either(tmp_path: Path) -> None:
    record = CheckRecord("a check")
    with under_test(small(tmp_path)) as lab, recording(record):
        trying.try_fault(lab, "CL-84")

    assert record.warnings == [
        "requests carry no id, and this vendor answers with none: no call can be found again",
    ]


def test_labs_are_made_once_and_by_name(tmp_path: Path) -> None:
    labs = Labs([small(tmp_path)])
    try:
        assert labs.lab("shop") is labs.lab("shop")
        with pytest.raises(LookupError, match="there is no client 'crm'; there are: shop"):
            labs.lab("crm")
    finally:
        labs.close()


def test_a_scenario_may_name_the_addresses_of_the_other_listeners(tmp_path: Path) -> None:
    source = (
        "import json, os, sys\nfor line in sys.stdin:\n    call = json.loads(line)\n"
        "    print(json.dumps({'call_id': call['call_id'], 'ok': True, 'result': os.environ['SEEN']}), flush=True)\n"
    )
    scenario = Scenario("addresses", (Ask("list_contacts"),), environ={"SEEN": "{elsewhere} {proxy} {other}"})
    with under_test(small(tmp_path, source)) as lab:
        elsewhere, proxy, other = lab.run(scenario).calls[0].result.split()

    assert elsewhere.startswith("http://")
    assert proxy.startswith("http://127.0.0.1:")
    assert other == "{other}"
