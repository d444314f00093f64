"""The traffic of a week, read from real logs: right in many ways, and wrong in one at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypedDict

import pytest

import suites.review.test_calls as calls
import suites.review.test_incidents as incidents
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.exchange.journal import Unwritten
from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.facts.finding import CannotTell, CheckFailed, NotVerified, NotYet
from pytest_golive.facts.moment import read_from
from pytest_golive.facts.outcome import Severity
from pytest_golive.golive import Golive
from pytest_golive.manifest.environment import Environment, Target
from pytest_golive.manifest.model import Monitoring
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.review.reviews import Reviews, Watching

pytest.importorskip("duckdb")

PLANNED = PlannedCheck("c", "uppzy", "uppzy", "live", (), (), Severity.MAJOR, title="Calls are right", fix="Look.")

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
BEGIN = NOW - timedelta(weeks=5)
WEEK = NOW - timedelta(weeks=1)
TUESDAY = datetime(2026, 3, 31, 0, tzinfo=UTC)
TOLD = "(2026-03-24 12:00 to 2026-03-31 12:00 UTC, by the logs calls.jsonl)"

SETTINGS = {
    "poll_interval_seconds": 2.5,
    "poll_budget_seconds": 90,
    "max_retries": 3,
    "retry_cap_seconds": 8,
}

SUBMIT, POLL = "/m2m/sites/:site/chat/async", "/m2m/sites/:site/chat/requests/:id"

Check = Callable[[Golive, PlannedCheck], None]

CHECKS: tuple[Check, ...] = (
    calls.test_refused_calls_are_not_tried_again,
    calls.test_limited_calls_are_tried_again,
    calls.test_unknown_ids_name_their_caller,
    calls.test_requests_are_polled_rarely,
    calls.test_no_message_is_sent_in_a_loop,
    calls.test_retries_end_while_the_vendor_fails,
    calls.test_async_jobs_do_not_pile_up,
    calls.test_launch_goes_well,
    calls.test_handler_takes_deliveries,
    incidents.test_incidents_are_followed_up,
    incidents.test_bursts_cause_no_429,
    incidents.test_calls_have_no_gap,
)


@dataclass(frozen=True, slots=True)
class Some:
    """Calls of one kind, spread evenly.

    Attributes:
        count: how many.
        told: what a line tells beside the usual.
        begin: of the first.
        end: before which the last is.
        every: what every so manieth line tells in its place.
    """

    count: int
    told: Mapping[str, Any] = field(default_factory=dict)
    begin: datetime = BEGIN
    end: datetime = NOW
    every: Mapping[int, Mapping[str, Any]] = field(default_factory=dict)

    def lines(self) -> Iterator[dict[str, Any]]:
        """Yield the lines of a log."""
        for number in range(self.count):
            at = self.begin + (self.end - self.begin) * number / self.count
            line = {"endpoint": "/chat", "status": 200, "integration": "shop", **self.told}
            for often, other in self.every.items():
                line |= other if number % often == 0 else {}
            yield {"time": at.isoformat(), **line}


@dataclass(slots=True)
class Clock:
    """A clock that stands."""

    now: datetime = NOW

    def moment(self) -> datetime:
        """Return the time."""
        return self.now

    def seconds(self) -> float:
        """Return nothing that anybody asks for."""
        return 0.0


USUAL = (
    Some(8400, every={50: {"http.request.resend_count": 1}, 200: {"status": 503}, 333: {"status": 429}}),
    Some(840, {"endpoint": SUBMIT, "status": 202}),
    Some(3360, {"endpoint": POLL}),
    Some(
        1000, {"endpoint": None, "status": None, "webhook_delivery": "success"}, every={400: {"webhook_delivery": 500}}
    ),
    Some(35, {"endpoint": "", "status": None, "async_oldest_seconds": 40, "async_queue_depth": 3}),
    Some(200, {"session_id": "s1", "message_hash": "m1"}),
)
"""Traffic that is right: a retry now and then, failures now and then, the same question again and again."""


@dataclass(slots=True)
class Make:
    """Makes what a check gets: logs with these calls."""

    folder: Path
    made: list[Golive]

    def __call__(self, *made: Some, production: bool = True, **settings: Any) -> Golive:
        lines = (json.dumps(line) for some in made for line in some.lines())
        (self.folder / "calls.jsonl").write_text("\n".join(lines) + "\n")
        monitoring = Monitoring.model_validate(settings.pop("monitoring", {}))
        target = Target("uppzy", "http://127.0.0.1:9", settings={**SETTINGS, **settings})
        golive = Golive(
            {"live": Environment("live", production=production, targets={"uppzy": target})},
            "live",
            run="r",
            sandbox=False,
            redactor=Redactor(),
            journal=Unwritten(),
            repository=self.folder,
        )
        watching = Watching(self.folder, monitoring, ("calls.jsonl",), vendors=("uppzy",), environments=("live",))
        golive.reviews = Reviews(watching)
        self.made.append(golive)
        return golive


@pytest.fixture
def record() -> Iterator[CheckRecord]:
    with recording(CheckRecord("c")) as made:
        yield made


@pytest.fixture
def make(tmp_path: Path, record: CheckRecord) -> Iterator[Make]:
    undo = read_from(Clock())
    making = Make(tmp_path, [])
    yield making
    for golive in making.made:
        golive.close()
    undo()


def _told(check: Check, golive: Golive, error: type[Any] = CheckFailed) -> tuple[str, str]:
    with pytest.raises(error) as raised:
        check(golive, PLANNED)
    finding = raised.value.finding
    assert finding.requirement == "Calls are right"
    return finding.expected, finding.actual.replace(f"{golive.repository}/", "")


def _outcomes(golive: Golive, *but: Check) -> dict[str, str]:
    found = {}
    for check in CHECKS:
        if check in but:
            continue
        try:
            check(golive, PLANNED)
        except (CheckFailed, CannotTell, NotVerified) as error:
            found[check.__name__.removeprefix("test_")] = f"{type(error).__name__} {error}"
    return found


class Span(TypedDict):
    """When calls were made."""

    begin: datetime
    end: datetime


def at(hours: float, length: float = 1.0) -> Span:
    """Return a span that begins so many hours before the end of the week."""
    begin = NOW - timedelta(hours=hours)
    return {"begin": begin, "end": begin + timedelta(hours=length)}


RIGHT: Mapping[str, tuple[Some, ...]] = {
    "as ever": USUAL,
    "refused, and each call tried once": (*USUAL, Some(40, {"status": 401}, **at(50, 5))),
    "refused once after a retry": (
        *USUAL,
        Some(20, {"status": 401}, every={7: {"http.request.resend_count": 1}}, **at(30)),
    ),
    "429 that are tried again": (
        *USUAL,
        Some(15, {"status": 429}, every={2: {"http.request.resend_count": 1}}, **at(99, 3)),
    ),
    "404 with a name": (*USUAL, Some(30, {"status": 404}, **at(5))),
    "polled as often as allowed": (*USUAL, Some(168 * 33, {"endpoint": POLL}, WEEK)),
    "the same message often, and answered": (
        *USUAL,
        Some(60, {"session_id": "monitor", "message_hash": "ping"}, **at(60, 0.5)),
    ),
    "the same message each minute, and never answered": (
        *USUAL,
        Some(30, {"session_id": "monitor", "message_hash": "ping", "status": 200}, **at(60, 0.5)),
        Some(3, {"session_id": "s9", "message_hash": "m9", "status": 503}, **at(20, 0.01)),
    ),
}


@pytest.mark.parametrize("name", RIGHT)
def test_traffic_that_is_right(make: Make, name: str, record: CheckRecord) -> None:
    """A launch is watched more closely: in its first days no call may be refused."""
    but = () if name == "as ever" else (calls.test_launch_goes_well,)

    assert _outcomes(make(*RIGHT[name]), *but) == {}
    assert record.warnings == []


def test_a_refused_call_is_tried_again(make: Make) -> None:
    """Three retries follow each 401; retries that are not counted by status say nothing."""
    check = calls.test_refused_calls_are_not_tried_again
    again = Some(
        40, {"status": 401, "http.request.resend_count": 1}, every={4: {"http.request.resend_count": 0}}, **at(50)
    )

    assert _told(check, make(*USUAL, again)) == (
        "one try for each call that is refused with 401",
        f"retries with 401: 75 % (30 of 40) {TOLD}",
    )
    with pytest.raises(NotVerified) as missing:
        check(make(Some(500), Some(99, {"status": None, "error.type": "X", "http.request.resend_count": 1})), PLANNED)
    assert missing.value.reason.replace(str(make.folder) + "/", "") == (
        "retries are not counted by status, by the logs calls.jsonl; add the label to them"
    )


def test_429_reach_who_called(make: Make, record: CheckRecord) -> None:
    """Most are left alone; or they are many, and tried again."""
    check = calls.test_limited_calls_are_tried_again
    left = Some(120, {"status": 429}, **at(90, 9))
    plain = Some(8400, every={100: {"http.request.resend_count": 1}})

    assert _told(check, make(plain, left)) == (
        "each call that gets 429 to be tried again",
        f"at least 87 % (104 of 120) were not: 120 answers of 429, 16 retries {TOLD}",
    )
    check(make(plain, Some(240, {"status": 429}, every={1: {"http.request.resend_count": 1}}, **at(90, 9))), PLANNED)
    assert [each.replace(str(make.folder) + "/", "") for each in record.warnings] == [
        f"429: 12 % (240 of 1,920); more than 1 % of the calls are worth a look {TOLD}"
    ]
    assert _told(check, make(Some(100, every={9: {"http.request.resend_count": 1}})), CannotTell) == (
        "50 calls in the week",
        f"20 {TOLD}",
    )
    with pytest.raises(NotVerified) as missing:
        check(make(Some(100)), PLANNED)
    assert missing.value.reason.replace(str(make.folder) + "/", "") == (
        "the logs calls.jsonl: no line has http.request.resend_count, or another of its usual names; "
        "say under monitoring what it is called"
    )


def test_404_without_a_name(make: Make) -> None:
    """Of the last day; where there was none, any call of the week."""
    check = calls.test_unknown_ids_name_their_caller
    nameless = Some(30, {"status": 404}, every={3: {"integration": ""}}, **at(5))
    earlier = Some(30, {"status": 404, "integration": ""}, **at(50))
    day = "(2026-03-30 12:00 to 2026-03-31 12:00 UTC, by the logs calls.jsonl)"

    assert _told(check, make(*USUAL, nameless)) == (
        "each 404 of the last day to name the integration",
        f"33 % (10 of 30) do not {day}",
    )
    assert _told(check, make(*USUAL, earlier)) == (
        "each call of the week, for there was no 404, to name the integration",
        f"1.2 % (30 of 2,590) do not {TOLD}",
    )
    assert _told(check, make(Some(9, end=WEEK)), CannotTell) == (
        "each call of the week, for there was no 404,",
        f"none {TOLD}",
    )


def test_requests_are_polled_too_often(make: Make) -> None:
    """Twice as often: two pollers ask for the same."""
    check = calls.test_requests_are_polled_rarely

    assert _told(check, make(*_polled(168 * 80))) == (
        "at most 37 polls for each request: 90 s, one every 2.5 s",
        f"80.0 (13,440 of 168 requests) {TOLD}",
    )
    assert _told(check, make(Some(100, {"endpoint": POLL})), CannotTell) == (
        "50 requests that were submitted",
        f"0 {TOLD}",
    )


def _polled(polls: int) -> tuple[Some, ...]:
    return Some(168, {"endpoint": SUBMIT, "status": 202}, WEEK), Some(polls, {"endpoint": POLL}, WEEK)


def test_a_message_is_sent_in_a_loop(make: Make) -> None:
    """Two layers, each with its three retries; whoever does not tell messages apart is told so."""
    check = calls.test_no_message_is_sent_in_a_loop
    loop = Some(16, {"session_id": "s7", "message_hash": "ab12", "status": 503}, **at(40, 0.02))

    assert _told(check, make(*USUAL, loop)) == (
        "each message sent at most 4 times: one try and its retries",
        f"ab12 of s7 16 times from 2026-03-29 20:00 UTC {TOLD}",
    )
    with pytest.raises(NotVerified) as missing:
        check(make(Some(100)), PLANNED)
    assert missing.value.reason.replace(str(make.folder) + "/", "") == (
        "the logs calls.jsonl: no line has message_hash, or another of its usual names; "
        "say under monitoring what it is called"
    )


OUTAGE = {"status": 503, "duration_seconds": 9.0}


def test_retries_have_no_end(make: Make, record: CheckRecord) -> None:
    """More than three for each call; three for each are worth a warning, as the client may do so."""
    check = calls.test_retries_end_while_the_vendor_fails
    storm = Some(400, {**OUTAGE, "http.request.resend_count": 1}, **at(30))
    bounded = Some(
        400, {**OUTAGE, "http.request.resend_count": 1}, every={3: {"http.request.resend_count": 0}}, **at(30)
    )

    assert _told(check, make(*USUAL, storm)) == (
        "at most 3 retries for each call",
        f"retries: 96 % (401 of 416) while the vendor failed {TOLD}",
    )
    check(make(*USUAL, bounded), PLANNED)
    assert [each.replace(str(make.folder) + "/", "") for each in record.warnings] == [
        f"retries: 64 % (267 of 416) while the vendor failed; a budget of 10 % spares it {TOLD}"
    ]


def test_jobs_pile_up(make: Make) -> None:
    """The oldest is too old; or more wait than came."""
    check = calls.test_async_jobs_do_not_pile_up
    submitted = Some(840, {"endpoint": SUBMIT, "status": 202})

    assert _told(check, make(submitted, Some(9, {"async_oldest_seconds": 500}))) == (
        "no job to wait for more than 180 s, twice the polling budget",
        f"the oldest waited for 500 s {TOLD}",
    )
    assert _told(check, make(submitted, Some(9, {"async_queue_depth": 40}))) == (
        "no job to wait for more than 180 s, twice the polling budget",
        f"40 waited, and no more than 1 came within 180 s {TOLD}",
    )
    check(make(Some(60, {"endpoint": SUBMIT}, **at(9, 0.04)), Some(9, {"async_queue_depth": 40})), PLANNED)
    with pytest.raises(NotVerified) as missing:
        check(make(submitted), PLANNED)
    assert missing.value.reason.replace(str(make.folder) + "/", "") == (
        "the logs calls.jsonl: no line has async_queue_depth, or another of its usual names; "
        "say under monitoring what it is called"
    )


def test_a_launch_that_goes_badly(make: Make) -> None:
    """Everything at once; before the launch, and elsewhere, nothing is due."""
    check = calls.test_launch_goes_well
    bad = Some(
        900, {"duration_seconds": 3.0}, WEEK, NOW, {9: {"status": 500}, 10: {"status": 403}, 11: {"status": 429}}
    )
    monitoring = {"thresholds": {"agreed_seconds": 2}}

    assert _told(check, make(bad, monitoring=monitoring)) == (
        (
            "less than 1 % of the calls to fail; no answer of 401 or 403; less than 0.1 % of the calls to get 429; "
            "95 of 100 calls within the 2 s that are agreed"
        ),
        f"18 % (162 of 900) failed; 81 of 403; 429: 9.1 % (82 of 900); 3 s {TOLD}",
    )
    assert _told(check, make(Some(900), monitoring=monitoring), CannotTell) == (
        "95 of 100 calls within 2 s",
        "durations are kept by nobody, and thresholds.agreed_seconds tells how long calls may take",
    )
    for some, production, told in (
        (Some(9, {}, BEGIN - timedelta(days=9), BEGIN), True, "due after the launch: nothing has been called yet"),
        (bad, False, "due after the launch, in production"),
    ):
        with pytest.raises(NotYet) as waits:
            check(make(some, production=production), PLANNED)
        assert waits.value.reason == told


def test_deliveries_fail(make: Make, record: CheckRecord) -> None:
    """Exactly 1 % passes; what waits does not count."""
    check = calls.test_handler_takes_deliveries

    def some(every: int, word: object = "failed") -> Some:
        told = {"status": None, "webhook_delivery": "success"}
        return Some(1000, told, WEEK, NOW, {every: {"webhook_delivery": word}})

    assert _told(check, make(some(66))) == (
        "at most 1 % of the deliveries to fail",
        f"1.6 % (16 of 1,000) failed {TOLD}",
    )
    check(make(some(100)), PLANNED)
    assert [each.replace(str(make.folder) + "/", "") for each in record.warnings] == [
        f"deliveries: 1 % (10 of 1,000) failed; more than 1 %, and 5 at least, are a finding {TOLD}"
    ]
    few = Some(120, {"status": None, "webhook_delivery": "success"}, WEEK, NOW, {40: {"webhook_delivery": "failed"}})
    check(make(few), PLANNED)
    assert "2.5 % (3 of 120) failed" in record.warnings[-1]
    check(make(some(20, "pending")), PLANNED)
    assert _told(check, make(Some(200, {"webhook_delivery": "ok"})), CannotTell) == (
        "100 deliveries in the week",
        f"40 {TOLD}",
    )


def test_an_incident_wants_a_decision(make: Make, record: CheckRecord) -> None:
    """With its shape, to be attached; once something is decided, it is told and no more."""
    check = incidents.test_incidents_are_followed_up
    usual = (Some(8400, {"duration_seconds": 0.4}), Some(840, {"endpoint": "/limits", "duration_seconds": 0.1}))
    outage = Some(100, OUTAGE, **at(50, 2))
    shape = (
        "2026-03-29 10:00 to 2026-03-29 12:00 UTC: 83 % (100 of 120) failed of /chat; "
        "122 calls, 22 usually: /chat 98 %, /limits 1.6 %; 95 of 100 within 9 s, 0.4 s in the week before"
    )
    golive = make(*usual, outage)

    assert _told(check, golive) == (
        "a decision on each time in which the vendor failed",
        f"uppzy incident 2026-03-29T10: {shape} {TOLD}",
    )
    (make.folder / "decisions.yaml").write_text(
        "decisions: [{finding: uppzy incident 2026-03-29T10, decision: yes, reason: x, owner: Ana, due: 2026-04-02}]"
    )
    check(make(*usual, outage, monitoring={"decisions": "decisions.yaml"}), PLANNED)
    assert record.notes[-1] == f"uppzy incident 2026-03-29T10: {shape}"


def test_a_burst_meets_the_limit(make: Make) -> None:
    """Calls at once are a burst; as many 429 without one are none."""
    check = incidents.test_bursts_cause_no_429
    burst = Some(600, every={3: {"status": 429}}, **at(70, 5 / 60))
    slow = Some(40, {"status": 429}, **at(70, 10))

    assert _told(check, make(USUAL[0], burst)) == (
        "at most 2 times the calls a minute that 95 of 100 times of the week stay below",
        "120 calls a minute while 429 came, 0.2 at 95 of 100 times (2026-03-28 14:00 to 2026-03-28 14:05 UTC) " + TOLD,
    )
    check(make(USUAL[0], slow), PLANNED)


def _office(day: int, count: int, first: int = 8, last: int = 18) -> Some:
    """Return the calls of a working day, by its number from the first day of the five weeks."""
    begin = datetime(2026, 2, 24, tzinfo=UTC) + timedelta(days=day)
    return Some(count, {}, begin + timedelta(hours=first), begin + timedelta(hours=last))


OFFICE = tuple(_office(day, 200) for day in range(36) if (datetime(2026, 2, 24) + timedelta(days=day)).weekday() < 5)
"""Monday to Friday, from 8 to 18."""


def test_a_gap_within_a_day(make: Make, record: CheckRecord) -> None:
    """Nights, weekends and a holiday are none, nor is an hour less after the clocks were changed; half a day may be."""
    check = incidents.test_calls_have_no_gap
    thursday = 30
    gap = (*OFFICE[:22], _office(thursday, 60, 8, 11), _office(thursday, 60, 15, 18), *OFFICE[23:])

    assert _told(check, make(*gap)) == (
        "calls in each hour in which there always are some",
        f"none from 2026-03-26 11:00 to 2026-03-26 15:00 UTC, where there usually are 80 {TOLD}",
    )
    holiday = (*OFFICE[:22], *OFFICE[23:])
    shifted = (*OFFICE[:22], _office(thursday, 180, 8, 17), *OFFICE[23:])
    for days in (OFFICE, holiday, shifted):
        check(make(*days), PLANNED)
    assert record.warnings == []
    check(make(*OFFICE[:22], _office(thursday, 120, 8, 13), *OFFICE[23:]), PLANNED)
    assert [each.replace(str(make.folder) + "/", "") for each in record.warnings] == [
        (
            "calls: none from 2026-03-26 13:00 to 2026-03-26 18:00 UTC, where there usually are 100; "
            f"it was a shorter day, or something stood still {TOLD}"
        )
    ]
    assert _told(check, make(*OFFICE[12:]), CannotTell) == (
        "calls in each of the 4 weeks before",
        f"in 2 of them {TOLD}",
    )


@pytest.mark.parametrize(
    "check",
    [
        calls.test_refused_calls_are_not_tried_again,
        calls.test_limited_calls_are_tried_again,
        calls.test_unknown_ids_name_their_caller,
        calls.test_launch_goes_well,
        incidents.test_bursts_cause_no_429,
    ],
)
def test_classes_of_statuses_say_nothing(make: Make, check: Check) -> None:
    """4xx may be any of them."""
    golive = make(Some(900, {"status": "4xx"}, every={2: {"http.request.resend_count": 1, "status": "2xx"}}))

    assert _told(check, golive, CannotTell) == (
        "calls counted by status code, such as 429",
        "2xx, 4xx, by the logs calls.jsonl",
    )


def test_the_next_action_is_told(make: Make) -> None:
    loop = Some(16, {"session_id": "s7", "message_hash": "ab12", "status": 503}, **at(40, 0.02))

    with pytest.raises(CheckFailed) as failed:
        calls.test_no_message_is_sent_in_a_loop(make(*USUAL, loop), PLANNED)

    assert failed.value.finding.fix == "Next action: tune retries. Look."
