"""Orders of events: which are tried, what is named of one that breaks a handler, and what is compared of a state."""

from __future__ import annotations

import itertools
import json
import random
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import pytest

from pytest_golive.facts.finding import CannotTell, CheckFailed
from pytest_golive.handlers.catalogue import functions
from pytest_golive.handlers.control import Control
from pytest_golive.handlers.genuine import Writer
from pytest_golive.handlers.lab import Lab
from pytest_golive.handlers.life import Step, shown
from pytest_golive.handlers.orders import in_words, orders, smallest, stage
from pytest_golive.handlers.parcel import Parcel, Receipt
from pytest_golive.handlers.trial import Trial
from pytest_golive.handling import example_setups
from pytest_golive.vendors.library import handler_faults
from tests.handlers.handler_mutants import flask_setup, under_test

FIVE = tuple(Step(name, 10.0 * place) for place, name in enumerate("abcde"))
LATE = Step("b", 10.5, told="a late b")

TAKEN = ("conversation.created", "message.received", "conversation.closed")

State = Callable[[list[dict[str, Any]]], Any]


class Pretending(Lab):
    """A handler in golive's own process: its state is a function of what came, in the order in which it came."""

    def __init__(self, folder: Path, state: State, taken: Sequence[str] = TAKEN, statuses: Sequence[int] = ()) -> None:
        super().__init__(flask_setup(folder))
        self.taken, self.statuses, self._state = taken, list(statuses), state
        self.came: list[dict[str, Any]] = []

    @property
    def writer(self) -> Writer:
        return Writer(self.setup, "http://127.0.0.1:1/hooks")

    @property
    def probe(self) -> Any:
        class Quick:
            lag_seconds = 0.0

        return Quick()

    def control(self) -> Control:
        return Control("conversation.created", 0.01)

    def send(self, parcel: Parcel, *, timeout_seconds: float | None = None) -> Receipt:
        status = self.statuses.pop(0) if self.statuses else 200
        event = json.loads(parcel.body)
        if status == 200 and event["event"] in self.taken:
            self.came.append(event)
        return Receipt("answered", status=status, seconds=0.01)

    def count(self, event_id: str, *, at_least: int = 0) -> int:
        return int(any(event["event_id"] == event_id for event in list(self.came)))

    def state(self, subject: str, *, until: Any = None) -> Any:
        return self._state([event for event in list(self.came) if event["data"].get("conversation_id") == subject])


@pytest.fixture(autouse=True)
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pytest_golive.handlers.life.PAUSE_SECONDS", 0.0)


def names(events: list[dict[str, Any]]) -> list[str]:
    return [event["event"].partition(".")[2] for event in events]


def newest(events: list[dict[str, Any]]) -> Any:
    """A right one: what happened last, and how much there is."""
    if not events:
        return None
    last = max(events, key=lambda event: event["timestamp"])
    return {"last": last["event"], "events": len({event["event_id"] for event in events})}


def trial_of(lab: Lab, fault: str = "WH-44") -> Trial:
    return Trial(lab, handler_faults()[fault])


def found(lab: Lab, fault: str) -> tuple[str, str]:
    with pytest.raises((CheckFailed, CannotTell)) as caught:
        functions()[fault](trial_of(lab, fault))
    told = caught.value
    assert isinstance(told, CheckFailed | CannotTell)
    return told.finding.expected, told.finding.actual


def test_every_order_of_five_events_is_tried_with_duplicates_and_a_late_event() -> None:
    tried = list(orders(FIVE, LATE, random.Random(1)))

    assert {tuple(dict.fromkeys(order[:-1])) for order in tried} == set(itertools.permutations(FIVE))
    assert {len(order) for order in tried} == {8}
    assert {order[-1] for order in tried} == {LATE}
    assert all(len(set(order[:-1])) == 5 for order in tried)


def test_of_more_than_five_events_a_sample_is_tried_that_is_the_same_every_time() -> None:
    six = (*FIVE, Step("f", 50.0))

    tried = list(orders(six, LATE, random.Random(1)))

    assert tried == list(orders(six, LATE, random.Random(1)))
    assert len(tried) == 120
    assert tuple(dict.fromkeys(tried[0][:-1])) == six[::-1]


@pytest.mark.parametrize(
    ("order", "words"),
    [
        (FIVE[1::-1], "b before a"),
        ((FIVE[0], FIVE[0]), "a twice"),
        ((FIVE[0], FIVE[2], LATE), "a, c, a late b in this order"),
    ],
)
def test_an_order_in_words(order: tuple[Step, ...], words: str) -> None:
    assert in_words(order) == words


@pytest.mark.parametrize(
    ("state", "words"),
    [
        (
            lambda events: (
                {**newest(events), "written": "received" in names(events)[: names(events).index("closed")]}
                if "closed" in names(events)
                else newest(events)
            ),
            "conversation.closed before message.received",
        ),
        (lambda events: {**newest(events), "came": len(events)} if events else None, "conversation.closed twice"),
        (
            lambda events: (
                {**newest(events), "lost": names(events)[:3] == ["created", "closed", "received"]} if events else None
            ),
            "conversation.created, conversation.closed, message.received in this order",
        ),
    ],
    ids=["pair", "twice", "triple"],
)
def test_the_smallest_order_that_breaks_a_handler_is_named(state: State, words: str, tmp_path: Path) -> None:
    seen = stage(trial_of(Pretending(tmp_path, state)))
    created, received, closed = seen.steps

    broken = smallest(seen, (created, closed, received, closed))

    assert broken is not None
    assert in_words(broken.order) == words


def test_an_order_that_breaks_nothing_has_no_smallest_part(tmp_path: Path) -> None:
    seen = stage(trial_of(Pretending(tmp_path, newest)))

    assert smallest(seen, seen.steps[::-1]) is None


def test_ids_times_and_the_order_of_lists_make_no_difference(tmp_path: Path) -> None:
    def told(events: list[dict[str, Any]]) -> Any:
        if not events:
            return None
        return {
            "id": events[0]["data"]["conversation_id"],
            "seen": 1_790_000_000 + len(events),
            "events": [{"id": event["event_id"], "at": event["timestamp"]} for event in events],
        }

    seen = stage(trial_of(Pretending(tmp_path, told)))

    assert (
        seen.compared(seen.steps[::-1])
        == (
            {
                "id": "<conversation>",
                "seen": "<time>",
                "events": [
                    {"id": "<id of conversation.closed>", "at": "<time>"},
                    {"id": "<id of conversation.created>", "at": "<time>"},
                    {"id": "<id of message.received>", "at": "<time>"},
                ],
            },
        )
        * 2
    )


def test_what_is_refused_comes_again_behind_the_others(tmp_path: Path) -> None:
    lab = Pretending(tmp_path, newest)
    seen = stage(trial_of(lab))
    lab.came, lab.statuses = [], [503, 200, 200]
    created, received, closed = seen.steps

    seen.life().arrive((closed, created, received))

    assert names(lab.came) == ["created", "received", "closed"]


def test_a_long_state_is_cut() -> None:
    assert shown({"state": "x" * 200}) == '{"state": "' + "x" * 149 + "…"


@pytest.mark.parametrize("fault", ["WH-41", "WH-42", "WH-43", "WH-44", "WH-45", "WH-47", "WH-48"])
def test_a_handler_of_which_nothing_can_be_told(fault: str, tmp_path: Path) -> None:
    assert found(Pretending(tmp_path, newest, ["conversation.created"]), fault) == (
        "a handler that acts upon two events of one thing, and whose probe tells its state",
        "it does so for none",
    )


@pytest.mark.parametrize(
    ("fault", "taken", "told"),
    [
        ("WH-41", TAKEN[::2], ("a change that the probe shows", "none is to be seen after conversation.created")),
        (
            "WH-42",
            TAKEN[:2],
            ("an event that deletes or closes something", "the handler acts upon none of a conversation"),
        ),
        (
            "WH-42",
            TAKEN[::2],
            ("an ending that the probe shows", "conversation.closed changes nothing that is to be seen"),
        ),
        (
            "WH-43",
            TAKEN,
            ("two changes that the probe tells apart", "none of a conversation shows over another"),
        ),
    ],
)
def test_a_fault_that_does_not_come_about(
    fault: str, taken: tuple[str, ...], told: tuple[str, str], tmp_path: Path
) -> None:
    assert found(Pretending(tmp_path, newest, taken), fault) == told


def test_the_end_has_to_be_accepted_before_something_late_tells(tmp_path: Path) -> None:
    lab = Pretending(tmp_path, newest)
    stage(trial_of(lab))
    lab.statuses = [200, 200, *[422] * 4]

    assert found(lab, "WH-45") == (
        "the end of something to be accepted first",
        "conversation.closed answered 422 in 10 ms",
    )


def test_a_time_that_is_refused_is_told_as_it_was_written(tmp_path: Path) -> None:
    def last(events: list[dict[str, Any]]) -> Any:
        return max(events, key=lambda event: event["timestamp"])["event"] if events else None

    class Strict(Pretending):
        def send(self, parcel: Parcel, *, timeout_seconds: float | None = None) -> Receipt:
            if not json.loads(parcel.body)["timestamp"].endswith("Z"):
                return Receipt("answered", status=400, seconds=0.01)
            return super().send(parcel)

    expected, actual = found(Strict(tmp_path, last), "WH-48")

    assert expected == "a 2xx"
    assert actual.startswith("message.received of 20")
    assert actual.endswith("+05:00 answered 400 in 10 ms")


def test_what_breaks_only_among_others_is_a_warning(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    class Hurried(Pretending):
        """Tells a state too early where nobody waits for one."""

        def state(self, subject: str, *, until: Any = None) -> Any:
            came = [event["timestamp"] for event in self.came if event["data"]["conversation_id"] == subject]
            early = until is None and len(came) > 4 and came[0] != min(came)
            return "too early" if early else super().state(subject)

    told: list[str] = []
    monkeypatch.setattr(Trial, "warn", lambda _, text: told.append(text))

    functions()["WH-44"](trial_of(Hurried(tmp_path, newest)))

    assert len(told) == 4, "those of the six orders that do not begin with the creation"
    assert told[-1].startswith("an order that broke the handler among others held alone: conversation.closed, ")
    assert told[-1].endswith(", a late message.received in this order")


def test_of_a_vendor_that_lists_nothing_nothing_can_be_asked(tmp_path: Path) -> None:
    (setup,) = example_setups(["selwise"], tmp_path)
    with under_test(setup) as lab, pytest.raises(CannotTell) as caught:
        functions()["WH-46"](trial_of(lab, "WH-46"))

    finding = caught.value.finding
    assert (finding.expected, finding.actual) == (
        "a vendor that lists what its events are about",
        "it lists nothing of the kind",
    )
