from __future__ import annotations

import json

import pytest

from pytest_golive.facts.exchange import Exchange
from pytest_golive.report.ticket.exhibits import KEPT_CALLS, KEPT_SAMPLES, Exhibits, Latency, Scale, Step, latencies


def test_the_last_calls_are_kept() -> None:
    """A finding tells of the same; the number of the others is."""
    exhibits = Exhibits()
    exhibits.add({"check": "a", "exchanges": [json.dumps({"status": number}) for number in range(7)]})
    exhibits.add({"check": "b", "exchanges": [], "timeline": []})

    assert [call["status"] for call in exhibits.by_check["a"].calls] == [2, 3, 4, 5, 6]
    assert exhibits.by_check["a"].left_out == 7 - KEPT_CALLS
    assert "b" not in exhibits.by_check


def test_the_course_is_kept() -> None:
    """Some checks tell what happened when; how long a step took follows from it."""
    exhibits = Exhibits()
    steps = [{"begun": 0, "ended": 0.5, "what": "POST", "came": 429}, {"begun": 0.5, "ended": 0.4, "what": "waits"}]
    exhibits.add({"check": "a", "timeline": steps})

    course = exhibits.by_check["a"].course
    assert course == (Step(0.0, 0.5, "POST", "429"), Step(0.5, 0.4, "waits", kind="wait"))
    assert [step.seconds for step in course] == [0.5, 0.0]


def test_latencies_by_operation() -> None:
    """The slowest first, by what 95 of 100 calls keep to; calls without an operation are nobody's."""
    exhibits = Exhibits()
    hundred = [("list_contacts", number / 100) for number in range(1, 101)]
    exhibits.add({"check": "a", "vendor": "timely", "timings": [*hundred, ("", 9.0)]})
    exhibits.add({"check": "b", "vendor": "uppzy", "timings": [("chat", 3.0)]})

    assert latencies(exhibits.seconds) == (
        Latency("uppzy", "chat", 1, 3.0, 3.0, 3.0, 3.0),
        Latency("timely", "list_contacts", 100, 0.01, 0.5, 0.95, 1.0),
    )


@pytest.mark.parametrize(
    ("durations", "marks", "places"),
    [
        ((0.02, 3.0), (0.01, 0.1, 1.0, 10.0), (10.03, 82.57)),
        ((0.0, 0.0), (0.001, 0.01), (0.0, 0.0)),
        ((0.1, 0.1), (0.1, 1.0), (0.0, 0.0)),
        ((0.1, 100.0), (0.1, 1.0, 10.0, 100.0), (0.0, 100.0)),
    ],
)
def test_slow_and_fast_stand_on_one_axis(
    durations: tuple[float, float], marks: tuple[float, ...], places: tuple[float, float]
) -> None:
    """Each of its marks is ten times the one before; the first is at its beginning, the last at its end."""
    short, long = durations
    scale = Scale.of([Latency("timely", "list_contacts", 2, short, short, long, long)])

    assert scale.marks == pytest.approx(marks)
    assert (scale.place(short), scale.place(long)) == places
    assert (scale.place(scale.marks[0]), scale.place(scale.marks[-1])) == (0.0, 100.0)


def test_what_labs_send_is_no_latency_of_the_vendor() -> None:
    """A client's call to golive's own stand-in says nothing about the vendor."""
    assert "lab" not in json.loads(Exchange("chat", "POST", "http://127.0.0.1", lab=True).as_json())


def test_durations_are_kept_up_to_a_number() -> None:
    """A run of a hundred thousand calls does not fill the memory."""
    exhibits = Exhibits()
    exhibits.add({"check": "a", "vendor": "timely", "timings": [("list_contacts", 0.1)] * (KEPT_SAMPLES + 5)})

    assert latencies(exhibits.seconds)[0].count == KEPT_SAMPLES
