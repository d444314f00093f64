"""The course of a check as a drawing: where everything stands, and the same in words."""

from __future__ import annotations

import itertools

import pytest

from pytest_golive.report.ticket.drawing import LANES, LETTER, TIERS, Label, drawings, look_of
from pytest_golive.report.ticket.durations import nice_steps, seconds
from pytest_golive.report.ticket.exhibits import Step


def request(begun: float, came: str, took: float = 0.1, lane: str = "c1", part: str = "429 twice") -> Step:
    return Step(begun, begun + took, "GET /v1/contacts", came, "attempt", lane, part)


def pause(begun: float, ended: float, lane: str = "c1", part: str = "429 twice") -> Step:
    return Step(begun, ended, "waits", "", "wait", lane, part)


CALL = Step(100.0, 110.0, "list_contacts", "failed as backend: 'Later: not now.'", "call", "c1", "429 twice")
COURSE = (
    CALL,
    request(100.0, "429, retry-after: 2"),
    pause(100.1, 102.0),
    request(102.0, "no answer: a reset"),
    pause(102.1, 109.0),
    request(109.0, "200", took=1.0),
)


def test_a_row_is_drawn_on_an_axis_of_time() -> None:
    """From the first thing that happened on; refused ones are taller, so that no colour is needed to tell them."""
    (drawn,) = drawings(COURSE)

    assert drawn.title == "429 twice"
    assert [(mark.look, mark.x, mark.width) for mark in drawn.marks] == [
        ("call", 0.0, 100.0),
        ("refused", 0.0, 1.0),
        ("wait", 1.0, 19.0),
        ("silent", 20.0, 1.0),
        ("wait", 21.0, 69.0),
        ("answered", 90.0, 10.0),
    ]
    heights = {mark.look: mark.height for mark in drawn.marks}
    assert heights["refused"] > heights["answered"] == heights["call"] > heights["wait"] == 0
    assert [(label.text, label.anchor) for label in drawn.labels] == [
        ("429", "start"),
        ("none", "middle"),
        ("200", "middle"),
        ("1.9 s", "middle"),
        ("6.9 s", "middle"),
    ]
    assert drawn.rows == (Label("list_contacts: failed as backend", 0, 12),)
    assert [(tick.text, tick.x, tick.anchor) for tick in drawn.ticks] == [
        ("0", 0.0, "start"),
        ("2.0 s", 20.0, "middle"),
        ("4.0 s", 40.0, "middle"),
        ("6.0 s", 60.0, "middle"),
        ("8.0 s", 80.0, "middle"),
        ("10.0 s", 100.0, "end"),
    ]
    assert drawn.height > drawn.axis > max(mark.y for mark in drawn.marks)


def test_the_same_in_words() -> None:
    """For who does not see it; the table has every step, from the first one on."""
    (drawn,) = drawings(COURSE)

    assert drawn.told == (
        "list_contacts: 429, retry-after: 2 at 0 ms, waits 1.9 s, no answer: a reset at 2.0 s, waits 6.9 s, "
        "200 at 9.0 s; failed as backend: 'Later: not now.' in the end. 10.0 s in all."
    )
    assert [(round(step.begun, 3), step.what) for step in drawn.steps] == [
        (0.0, "list_contacts"),
        (0.0, "GET /v1/contacts"),
        (0.1, "waits"),
        (2.0, "GET /v1/contacts"),
        (2.1, "waits"),
        (9.0, "GET /v1/contacts"),
    ]


def test_each_drive_has_its_drawing_and_each_call_its_row() -> None:
    """In the order they were made in; what is more than a page has room for is counted."""
    course = [request(number, "200", lane=f"c{number}") for number in range(LANES + 3)]
    before = [request(0.0, "200", part="plain", lane="")]

    plain, many = drawings([*before, *course])

    assert (plain.title, plain.rows, plain.more) == ("plain", (), 0)
    assert plain.told == "200 at 0 ms. 100 ms in all."
    assert [row.text for row in many.rows] == [f"c{number}" for number in range(LANES)]
    assert many.more == 3
    assert drawings(()) == ()


def test_labels_keep_out_of_each_others_way() -> None:
    """On the narrowest screen; what finds no room is left to the table, and statuses go before pauses."""
    hundred = [request(number / 10, "503", took=0.05) for number in range(60)]
    pauses = [pause(number / 10 + 0.05, number / 10 + 0.1) for number in range(59)]

    (drawn,) = drawings([*pauses, *hundred])

    assert len(drawn.labels) < 60
    assert {label.text for label in drawn.labels} == {"503"}
    by_line: dict[float, list[float]] = {}
    for label in drawn.labels:
        by_line.setdefault(label.y, []).append(label.x)
    assert len(by_line) == TIERS
    for places in by_line.values():
        middles = sorted(places)[1:-1]  # those at the ends stand by their own end
        assert all(after - before >= LETTER * 4 - 0.1 for before, after in itertools.pairwise(middles))


def test_what_took_no_time_is_still_seen() -> None:
    """A single answer at once; one at the very end."""
    (drawn,) = drawings([request(5.0, "200", took=0.0)])
    (late,) = drawings([request(0.0, "200"), request(1000.0, "500", took=0.0)])

    assert [mark.width > 0 for mark in drawn.marks] == [True]
    assert late.marks[-1].x + late.marks[-1].width <= 100
    assert late.marks[-1].width > 0


@pytest.mark.parametrize(
    ("came", "look"),
    [("200", "answered"), ("302", "answered"), ("404", "refused"), ("503, retry-after: 1", "refused"), ("", "silent")],
)
def test_how_an_answer_looks(came: str, look: str) -> None:
    assert look_of(request(0.0, came)) == look


@pytest.mark.parametrize(
    ("value", "told"),
    [
        (0.0005, "0 ms"),
        (0.9994, "999 ms"),
        (0.9996, "1.0 s"),
        (119.9, "119.9 s"),
        (120, "2.0 min"),
        (7200, "2.0 h"),
        (172_800, "2.0 days"),
    ],
)
def test_durations_as_people_read_them(value: float, told: str) -> None:
    assert seconds(value) == told


@pytest.mark.parametrize(
    ("whole", "steps"),
    [
        (0.0123, (0.0, 0.005, 0.01)),
        (0.7, (0.0, 0.2, 0.4, 0.6)),
        (4.0, (0.0, 1.0, 2.0, 3.0, 4.0)),
        (61.0, (0.0, 20.0, 40.0, 60.0)),
        (5000.0, (0.0, 1800.0, 3600.0)),
        (500_000.0, (0.0, 100_000.0, 200_000.0, 300_000.0, 400_000.0, 500_000.0)),
    ],
)
def test_an_axis_counts_as_people_do(whole: float, steps: tuple[float, ...]) -> None:
    assert nice_steps(whole) == pytest.approx(steps)
