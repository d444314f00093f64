"""Deliveries that come again by the vendor's schedule: what right handlers may do, and what is told of others."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import pytest

from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.facts.finding import CannotTell, CheckFailed, Finding
from pytest_golive.handlers.downstream import Downstream
from pytest_golive.handlers.genuine import Writer
from pytest_golive.handlers.program import Program
from pytest_golive.handlers.redelivery import Redelivery
from pytest_golive.handlers.setup import Setup
from pytest_golive.handlers.trying import try_fault
from pytest_golive.handling import example_setups
from pytest_golive.sandbox.deliveries.clock import SkippingClock
from tests.handlers.handler_mutants import Mutant, flask_setup, under_test, written

WORKS = '    if new:\n        work.submit(carry_out, event_id)\n    return "taken", 200\n'

WORKS_FIRST = """\
    if new and not call_downstream(event_id):
        with database() as db:
            db.execute("DELETE FROM inbox WHERE event_id = ?", (event_id,))
        return "later", 503
    carry_out(event_id)
    return "taken", 200
"""

SHORT = {"path": "/golive/effects", "settle_seconds": 1}


def changed(folder: Path, old: str, new: str) -> Setup:
    return flask_setup(folder, written(Mutant("", old, new, "", ""), folder), effects=SHORT)


def found(setup: Setup, fault: str, kind: type[CheckFailed] | type[CannotTell] = CheckFailed) -> Finding:
    with under_test(setup) as lab:
        try:
            try_fault(lab, fault)
        except kind as caught:
            return caught.finding
    pytest.fail("nothing was found")


def test_who_works_before_answering_is_right_as_well(tmp_path: Path) -> None:
    """It refuses while the work fails, and the vendor comes again: the same event, with a time and signature of now."""
    record = CheckRecord("WH-79")
    with under_test(changed(tmp_path, WORKS, WORKS_FIRST)) as lab, recording(record):
        lab.control()
        record.forget()
        try_fault(lab, "WH-79")

    assert [exchange.status for exchange in record.exchanges] == [503, 503, 200]
    assert [exchange.operation for exchange in record.exchanges] == [
        f"conversation.created: attempt {number}" for number in (1, 2, 3)
    ]
    waits = [one["begun"] for one in record.timeline]
    assert [(one["what"], one["came"]) for one in record.timeline] == [
        ("conversation.created: attempt 1", "503"),
        ("conversation.created: attempt 2", "503"),
        ("conversation.created: attempt 3", "200"),
    ]
    assert {one["part"] for one in record.timeline} == {"deliveries by the vendor's schedule"}
    assert len({one["lane"] for one in record.timeline}) == 1
    assert waits[0] == 0
    assert float(waits[1]) >= 1, "pauses that were skipped are drawn as long as they are"
    assert len({exchange.request_body for exchange in record.exchanges}) == 1
    assert len({exchange.request_headers["X-Timely-Event-Id"] for exchange in record.exchanges}) == 1


def test_work_that_calls_nothing_cannot_fail(tmp_path: Path) -> None:
    finding = found(changed(tmp_path, "    if not DOWNSTREAM_URL:\n", "    if True:\n"), "WH-79", CannotTell)

    assert (finding.expected, finding.actual) == (
        "the handler to call what it needs for its work",
        "conversation.created made it call nothing",
    )


def test_who_answered_2xx_may_do_failed_work_at_a_time_of_its_own(tmp_path: Path) -> None:
    finding = found(changed(tmp_path, "    pause = 0.2\n", "    pause = 60\n"), "WH-79", CannotTell)

    said = "an event whose work failed once, and that came again for as long as it was refused,"
    assert (finding.expected, finding.actual) == ("an effect within 1 s", f"{said} took effect not at all so far")


def test_who_never_takes_what_failed_once_is_told_what_it_loses(tmp_path: Path) -> None:
    never = WORKS_FIRST.replace('return "later", 503', 'failed.add(event_id)\n        return "later", 503')
    setup = changed(
        tmp_path,
        WORKS,
        f'    if event_id in failed:\n        return "later", 503\n{never}\n\nfailed: set[str] = set()\n',
    )

    finding = found(setup, "WH-79")

    assert finding.expected == "a 2xx once the work can be done"
    assert finding.actual.startswith("conversation.created answered 503 in ")
    assert finding.actual.endswith(
        " ms, the last of 6 attempts within 0:21:20 by the vendor's schedule: "
        "it is lost, and the endpoint is marked as failing"
    )


def test_who_refuses_after_a_restart_is_told_what_it_loses(tmp_path: Path) -> None:
    setup = changed(
        tmp_path, WORKS, f'    if BACKLOG:\n        return "", 500\n{WORKS}\n\nBACKLOG = os.path.exists(DATABASE)\n'
    )

    finding = found(setup, "WH-80")

    assert finding.expected == "a 2xx once the handler is up again"
    assert finding.actual.startswith("conversation.created answered 500 in ")


def test_a_handler_that_is_there_though_it_was_stopped_tells_nothing(tmp_path: Path) -> None:
    """Behind a server that answers for it, say."""
    setup = flask_setup(tmp_path, effects=SHORT)
    with under_test(setup) as lab, pytest.MonkeyPatch.context() as patch:
        lab.control()
        patch.setattr(Program, "stop", lambda *_, **__: None)
        patch.setattr(Program, "start", lambda _: None)
        with pytest.raises(CannotTell) as caught:
            try_fault(lab, "WH-80")
        patch.undo()

    assert caught.value.finding.expected == "no answer from a handler that was stopped"
    assert caught.value.finding.actual.startswith("conversation.created answered 200 in ")


@pytest.mark.parametrize("fault", ["WH-80", "WH-81"])
def test_who_asks_for_patience_is_not_judged_by_pauses_that_are_skipped(fault: str, tmp_path: Path) -> None:
    limited = f'    if BACKLOG or name == "credit.low":\n        return "busy", 429, {{"Retry-After": "30"}}\n{WORKS}'
    source = written(Mutant("", WORKS, f"{limited}\n\nBACKLOG = os.path.exists(DATABASE)\n", "", ""), tmp_path)
    text = source.read_text()
    source.write_text(
        text.replace("    if name not in KNOWN:\n", '    if name not in KNOWN and name != "credit.low":\n').replace(
            "    if not isinstance(subject, str) or not subject:\n",
            '    if name != "credit.low" and not (isinstance(subject, str) and subject):\n',
        )
    )
    finding = found(flask_setup(tmp_path, source, effects=SHORT), fault, CannotTell)

    assert finding.expected == "an answer other than 429"
    assert " answered 429 in " in finding.actual


@pytest.mark.parametrize(
    ("answer", "told"),
    [
        ("404", []),
        ("422", []),
        ("403", ["credit.low", "credit.depleted"]),
        ("410", ["credit.low", "credit.depleted"]),
        ("503", ["credit.low", "credit.depleted"]),
    ],
)
def test_what_is_of_no_use_may_be_refused_and_what_fails_may_not(answer: str, told: list[str], tmp_path: Path) -> None:
    refusing = f'    if name.startswith("credit."):\n        return "", {answer}\n    if name not in KNOWN:\n'
    record = CheckRecord("WH-81")
    with under_test(changed(tmp_path, "    if name not in KNOWN:\n", refusing)) as lab, recording(record):
        if not told:
            try_fault(lab, "WH-81")
        else:
            with pytest.raises(CheckFailed) as caught:
                try_fault(lab, "WH-81")

    if told:
        assert caught.value.finding.expected == "every kind to be accepted"
        assert caught.value.finding.actual.startswith(f"credit.low answered {answer} in ")
        assert caught.value.finding.actual.endswith("the endpoint is marked as failing; and 1 further kind")
    else:
        assert [text.split(" in ")[0] for text in record.warnings] == [
            f"{name} answered {answer}" for name in ("credit.low", "credit.depleted")
        ]


@pytest.mark.parametrize(
    ("vendor", "status", "told"),
    [
        ("selwise", 400, "one attempt: it is lost then"),
        ("selwise", 500, "4 attempts within 0:07:00 by the vendor's schedule: it is lost then"),
        ("augno", 500, "11 attempts within 2 days, 17:36:00 by the vendor's schedule: it is a dead letter then"),
    ],
)
def test_what_is_lost_is_told_as_the_vendor_has_it(vendor: str, status: int, told: str, tmp_path: Path) -> None:
    (setup,) = example_setups([vendor], tmp_path)
    with served(status) as url, closing(Redelivery(setup, Writer(setup, url))) as courier:
        sent = courier.deliver(next(iter(setup.webhooks.events)))
        while courier.again(sent):
            pass

        assert courier.given_up(sent).endswith(f" ms, the last of {told}")
        assert not courier.receipt(sent).accepted


@contextmanager
def served(status: int) -> Iterator[str]:
    """Have a handler that answers so, whatever comes; yield its address."""
    downstream = Downstream()
    with closing(downstream), downstream.behaving(status=status):
        yield downstream.url


def test_a_pause_is_skipped_only_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(SkippingClock, "PATIENCE_SECONDS", 0.05)

    with pytest.raises(TimeoutError) as caught:
        SkippingClock().skip()

    assert str(caught.value) == "nothing waits for its next attempt"
