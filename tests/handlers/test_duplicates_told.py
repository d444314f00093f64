"""Where a fault of duplicates did not come about, the check says so: nothing is red or green by chance."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.facts.finding import CannotTell
from pytest_golive.handlers.faults.duplicates import twin
from pytest_golive.handlers.setup import Setup
from pytest_golive.handlers.trial import Trial, envelope_of
from pytest_golive.handlers.trying import try_fault
from pytest_golive.handling import example_setups
from pytest_golive.vendors.library import handler_faults
from tests.handlers.handler_mutants import Mutant, flask_setup, under_test, written

IGNORED = '    if name not in KNOWN:\n        return "ignored", 200\n'


def changed(folder: Path, old: str, new: str) -> Setup:
    setup = flask_setup(folder, written(Mutant("", old, new, "", ""), folder))
    setup.handler.effects.__dict__["settle_seconds"] = 0.5
    return setup


def unclear(setup: Setup, fault: str) -> tuple[str, str]:
    with under_test(setup) as lab, pytest.raises(CannotTell) as caught:
        try_fault(lab, fault)
    assert caught.value.finding.requirement == handler_faults()[fault].title
    return caught.value.finding.expected, caught.value.finding.actual


def test_work_that_calls_nothing_cannot_be_made_to_fail(tmp_path: Path) -> None:
    setup = changed(tmp_path, "    if not DOWNSTREAM_URL:\n", "    if True:\n")

    assert unclear(setup, "WH-37") == (
        "the handler to call what it needs for its work",
        "conversation.created made it call nothing",
    )


def test_who_answered_2xx_may_do_failed_work_at_a_time_of_its_own(tmp_path: Path) -> None:
    setup = changed(tmp_path, "    pause = 0.2\n", "    pause = 60\n")

    assert unclear(setup, "WH-37") == (
        "an effect within 0.5 s",
        "an event whose work had failed (answered 200), and that came again, took effect not at all so far",
    )


def test_an_event_that_is_never_accepted_again_tells_nothing(tmp_path: Path) -> None:
    setup = changed(
        tmp_path,
        '    if new:\n        work.submit(carry_out, event_id)\n    return "taken", 200\n',
        "    if app.extensions.get('open'):\n        return 'later', 503\n"
        "    if not call_downstream(event_id):\n        app.extensions['open'] = True\n        return 'later', 503\n"
        "    carry_out(event_id)\n    return 'taken', 200\n",
    )

    assert unclear(setup, "WH-37") == ("the event to be accepted once its work can be done", "it was not")


def test_a_handler_of_one_kind_of_event_has_no_changes(tmp_path: Path) -> None:
    setup = changed(tmp_path, IGNORED, IGNORED.replace("name not in KNOWN", 'name != "conversation.created"'))

    assert unclear(setup, "WH-35") == (
        "a change that takes effect, to be followed by another",
        "of message.received, message.sent, message.delivered none did",
    )


def test_a_copy_that_is_refused_after_a_restart_tells_nothing(tmp_path: Path) -> None:
    there = "    if new:\n        work.submit(carry_out, event_id)\n"
    setup = changed(
        tmp_path,
        there,
        f"{there}    elif 'old' not in app.extensions:\n        return 'not yet', 503\n"
        "    app.extensions['old'] = True\n",
    )

    assert unclear(setup, "WH-32") == ("the copy after the restart to be accepted", "it was not")


def test_a_crowd_that_is_turned_away_tells_nothing_of_memory(tmp_path: Path) -> None:
    setup = changed(
        tmp_path,
        IGNORED,
        "    app.extensions['came'] = app.extensions.get('came', 0) + 1\n"
        "    if app.extensions['came'] > 50:\n        return 'slower', 429\n" + IGNORED,
    )

    expected, actual = unclear(setup, "WH-33")

    assert expected == "at least 257 of 300 other events to be accepted"
    assert actual.removesuffix(" were").isdecimal()


def test_how_long_ids_are_kept_by_the_clock_is_left_open(tmp_path: Path) -> None:
    record = CheckRecord("WH-33")
    with under_test(flask_setup(tmp_path)) as lab, recording(record):
        try_fault(lab, "WH-33")

    (note,) = record.notes
    assert note == (
        "how long ids are kept by the clock does not show in one run: "
        "the vendor's last attempt comes 81 minutes after the first"
    )


def test_ids_that_are_no_uuids_alone_are_tried_in_another_case(tmp_path: Path) -> None:
    """A column of UUIDs does not tell cases apart, and is right."""
    (setup,) = example_setups(["selwise"], tmp_path)
    record = CheckRecord("WH-39")
    with under_test(setup) as lab, recording(record):
        lab.control()
        record.forget()
        try_fault(lab, "WH-39")

    assert len(record.exchanges) == 2


@pytest.mark.parametrize(
    ("event", "own", "alike"),
    [
        ("conversation.created", ["conversation_id"], ["contact_id", "channel_id", "created_at"]),
        ("message.received", ["conversation_id", "message_id"], ["contact_id", "content", "received_at"]),
    ],
)
def test_a_twin_is_about_another_thing_and_says_the_same(
    event: str, own: list[str], alike: list[str], tmp_path: Path
) -> None:
    with under_test(flask_setup(tmp_path)) as lab:
        trial = Trial(lab, handler_faults()["WH-34"])
        first = trial.genuine(event, occurred_at=1_790_000_000.0)
        second = twin(trial, first)

    one: dict[str, Any] = envelope_of(first)
    other: dict[str, Any] = envelope_of(second)
    assert first.event_id != second.event_id
    assert (one["event"], one["timestamp"]) == (other["event"], other["timestamp"])
    assert [name for name in own if one["data"][name] == other["data"][name]] == []
    assert [name for name in alike if one["data"][name] != other["data"][name]] == []


def test_a_change_that_tells_what_was_before_is_followed_by_the_change_back(tmp_path: Path) -> None:
    (setup,) = example_setups(["augno"], tmp_path)
    record = CheckRecord("WH-35")
    with under_test(setup) as lab, recording(record):
        lab.control()
        record.forget()
        try_fault(lab, "WH-35")

    data = [json.loads(exchange.request_body)["data"] for exchange in record.exchanges]
    assert len({one["object"]["id"] for one in data}) == 1
    assert [(one["object"]["name"], (one["previous"] or {}).get("name")) for one in data] == [
        ("Dozen", None),
        ("Twelve", "Dozen"),
        ("Dozen", "Twelve"),
    ]


@pytest.mark.parametrize(("downstream", "sent", "told"), [(True, 3, 0), (False, 20, 1)])
def test_a_crash_that_may_have_come_too_late_is_noted(downstream: bool, sent: int, told: int, tmp_path: Path) -> None:
    setup = flask_setup(tmp_path)
    if not downstream:
        environ = {**setup.handler.environ}
        del environ["DOWNSTREAM_URL"]
        setup = flask_setup(tmp_path, downstream=False, environ=environ)
    record = CheckRecord("WH-38")
    with under_test(setup) as lab, recording(record):
        lab.control()
        record.forget()
        try_fault(lab, "WH-38")

    assert len(record.exchanges) == sent
    assert (
        record.notes
        == ["golive could not hold up the work of these events: it may have been done before the crash"] * told
    )
