"""What a check provoked, kept for a drawing: the last drives, up to a number of steps."""

from __future__ import annotations

from pytest_golive.facts.course import PARTS, STEPS, keep_part, keep_step, step, with_pauses
from pytest_golive.facts.current import CheckRecord


def test_pauses_stand_between_requests_that_do_not_overlap() -> None:
    """A moment between two of them is no pause."""
    steps = [step(3.0, 4.0, "c"), step(0.0, 1.0, "a"), step(1.01, 2.5, "b"), step(1.5, 2.0, "beside")]

    told = [(one["what"], one["begun"], one["ended"]) for one in with_pauses(steps)]

    assert told == [("a", 0.0, 1.0), ("b", 1.01, 2.5), ("beside", 1.5, 2.0), ("waits", 2.5, 3.0), ("c", 3.0, 4.0)]


def test_the_last_drives_are_kept() -> None:
    """Each once: what was driven again takes the place of what was seen before."""
    record = CheckRecord("a check")
    for number in range(PARTS + 2):
        keep_part(record, [step(0, 1, "x", "200", part=f"drive {number}")])
    keep_part(record, [step(0, 2, "again", "200", part="drive 3")])
    keep_part(record, [])

    assert [(one["part"], one["what"]) for one in record.timeline] == [
        ("drive 2", "x"),
        ("drive 4", "x"),
        ("drive 5", "x"),
        ("drive 3", "again"),
    ]


def test_a_drive_without_an_end_does_not_fill_the_report() -> None:
    record = CheckRecord("a check")
    keep_part(record, [step(number, number, "x", part="whole") for number in range(STEPS + 5)])
    for number in range(STEPS + 5):
        keep_step(record, step(number, number, "x", part="one by one"))

    assert [one["part"] for one in record.timeline].count("whole") == STEPS
    assert [one["part"] for one in record.timeline].count("one by one") == STEPS
