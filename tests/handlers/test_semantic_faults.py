"""What the faults of semantics say where they cannot be tried, and further ways to have them."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from pytest_golive.facts.finding import CannotTell, CheckFailed, NotVerified
from pytest_golive.handlers import event_shape
from pytest_golive.handlers.catalogue import functions
from pytest_golive.handlers.setup import Setup
from pytest_golive.handlers.trial import Trial
from pytest_golive.handlers.trying import try_fault
from pytest_golive.handling import example_setups
from pytest_golive.vendors.library import handler_faults, read_pack
from tests.handlers.handler_mutants import Mutant, flask_setup, under_test, written


def mutated(folder: Path, old: str, new: str) -> Setup:
    return flask_setup(folder, written(Mutant("WH-01", old, new, "", ""), folder))


def deployed(folder: Path, **changes: Any) -> Setup:
    """Return a handler at an address of its own; nothing is sent there."""
    said: dict[str, Any] = {
        "command": None,
        "path": None,
        "ready": None,
        "downstream": False,
        "effects": None,
        "environ": {},
    }
    started = flask_setup(folder)
    handler = started.handler.model_copy(update={**said, "url": "https://shop.example/hooks", **changes})
    return replace(started, handler=handler)


def told_by(setup: Setup, fault: str, ending: type[Exception]) -> tuple[str, str]:
    with under_test(setup) as lab, pytest.raises(ending) as caught:
        try_fault(lab, fault)

    finding = caught.value.finding  # type: ignore[attr-defined]  # both endings have one
    return finding.expected, re.sub("in [0-9]+ ms", "in NUMBER ms", finding.actual)


def test_details_that_are_not_fetched_cannot_fail(tmp_path: Path) -> None:
    setup = mutated(tmp_path, "    if not DOWNSTREAM_URL:\n", "    if True:\n")
    setup.handler.effects.__dict__["settle_seconds"] = 0.5

    assert told_by(setup, "WH-69", CannotTell) == (
        "the handler to call something for the event",
        "it called nothing",
    )


def test_the_time_in_another_unit_is_found_where_all_that_is_genuine_is_refused(tmp_path: Path) -> None:
    """The positive control fails, and this fault says why."""
    setup = mutated(
        tmp_path, "abs(time.time() - int(stamp)) > TOLERANCE_SECONDS", "abs(time.time() * 1000 - int(stamp)) > 300_000"
    )

    usual, other = "a genuine delivery answered 401", "one whose time is written in milliseconds answered 200"
    told = f"{usual} in NUMBER ms, and {other} in NUMBER ms"
    assert told_by(setup, "WH-27", CheckFailed) == ("a 2xx", told)


def test_who_refuses_every_unit_has_another_fault(tmp_path: Path) -> None:
    setup = mutated(tmp_path, "    if not is_genuine(raw):\n", "    if True:\n")
    expected, actual = told_by(setup, "WH-27", CannotTell)

    assert expected == "a 2xx and one effect"
    assert actual.startswith("the positive control failed: ")


@pytest.mark.parametrize("right", [True, False])
def test_marked_tests_are_tried_at_handlers_of_no_mode(right: bool, tmp_path: Path) -> None:
    """Selwise marks them, and nobody has to say which mode a handler serves."""
    old = 'is_test(event) != (MODE == "test")'
    changed = Mutant("WH-73", old, old if right else "False", "", "", source="handler.py", vendor="selwise")
    setup = flask_setup(tmp_path, written(changed, tmp_path), vendor="selwise")
    environ = {name: value for name, value in setup.handler.environ.items() if name != "MODE"}
    setup = replace(setup, handler=setup.handler.model_copy(update={"environ": environ}), mode=None)

    if right:
        with under_test(setup) as lab:
            try_fault(lab, "WH-73")
    else:
        told = "a test event answered 200 in NUMBER ms, and took effect once"
        assert told_by(setup, "WH-73", CheckFailed) == ("no effect", told)


def test_what_is_refused_has_no_effect(tmp_path: Path) -> None:
    setup = mutated(
        tmp_path,
        '        work.submit(carry_out, event_id)\n    return "taken", 200\n',
        "        work.submit(carry_out, event_id)\n"
        '    if "contact_id" not in data:\n'
        '        return "unusable", 400\n'
        '    return "taken", 200\n',
    )

    assert told_by(setup, "WH-67", CheckFailed) == (
        "what is refused to have no effect",
        "conversation.created without data.contact_id answered 400 in NUMBER ms, and took effect once",
    )


def test_a_secret_in_the_log_is_found(tmp_path: Path) -> None:
    setup = mutated(tmp_path, "prepare()\n\nif", 'print("secrets:", *SECRETS, flush=True)\nprepare()\n\nif')

    assert told_by(setup, "WH-77", CheckFailed) == (
        "a log without any",
        "its log holds the secret, the previous secret",
    )


def test_headers_in_the_log_of_what_is_refused_are_found(tmp_path: Path) -> None:
    setup = mutated(
        tmp_path,
        '        return "refused", 401\n',
        '        log.warning("refused %s", dict(request.headers))\n        return "refused", 401\n',
    )

    assert told_by(setup, "WH-77", CheckFailed) == ("a log without any", "its log holds a header's token")


def test_an_address_is_looked_for_only_on_this_machine(tmp_path: Path) -> None:
    with under_test(deployed(tmp_path)) as lab, pytest.raises(NotVerified) as caught:
        functions()["WH-74"](Trial(lab, handler_faults()["WH-74"]))

    assert str(caught.value) == (
        "handlers.shop-hooks.command is missing: golive's listener can be called only by a handler on this machine"
    )


def test_a_log_that_is_not_there_shows_nothing(tmp_path: Path) -> None:
    setup = deployed(tmp_path, logs=("log/*.txt", "shop.log"))
    with under_test(setup) as lab, pytest.raises(CannotTell) as caught:
        functions()["WH-77"](Trial(lab, handler_faults()["WH-77"]))

    finding = caught.value.finding
    assert (finding.expected, finding.actual) == ("a log to read", "no file is called log/*.txt or shop.log")


def test_events_of_which_nothing_can_be_varied_cannot_be_tried(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (setup,) = example_setups(["selwise"], tmp_path)
    event = "search_instant_open"
    webhooks = setup.webhooks.model_copy(update={"events": {event: setup.webhooks.events[event]}})
    bare = replace(setup, pack=setup.pack.model_copy(update={"webhooks": webhooks}))
    monkeypatch.setattr(event_shape, "read_schema", lambda vendor, file: {"type": "object"})

    assert told_by(bare, "WH-65", CannotTell) == ("an event of the vendor's with a word in it", "none has any")
    assert told_by(bare, "WH-66", CannotTell) == (
        "an event of the vendor's of which something may be missing",
        "none has any",
    )


def test_what_may_be_missing_follows_from_the_schema() -> None:
    pack, event = read_pack("timely"), "conversation.created"

    assert event_shape.nulls(pack, event) == ["data.assigned_to", "data.assigned_type"]
    assert event_shape.optional(pack, event) == ["data.assigned_to", "data.assigned_type"]
    assert event_shape.empty_lists(pack, event) == ["data.tags"]
    assert event_shape.required(pack, event) == [
        "event",
        "timestamp",
        "data",
        "data.conversation_id",
        "data.contact_id",
        "data.channel_id",
        "data.channel_type",
        "data.status",
        "data.tags",
        "data.created_at",
    ]


def test_what_cannot_be_provoked_says_why() -> None:
    assert handler_faults()["WH-68"].cannot == "this vendor sends each event in a delivery of its own"
    assert "WH-68" not in functions()
