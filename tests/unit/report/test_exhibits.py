from __future__ import annotations

import json

from pytest_golive.report.ticket.exhibits import KEPT_CALLS, KEPT_SAMPLES, Exhibits, Latency, Step, latencies


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
    assert course == (Step(0.0, 0.5, "POST", "429"), Step(0.5, 0.4, "waits"))
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


def test_durations_are_kept_up_to_a_number() -> None:
    """A run of a hundred thousand calls does not fill the memory."""
    exhibits = Exhibits()
    exhibits.add({"check": "a", "vendor": "timely", "timings": [("list_contacts", 0.1)] * (KEPT_SAMPLES + 5)})

    assert latencies(exhibits.seconds)[0].count == KEPT_SAMPLES
