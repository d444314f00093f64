"""The traffic after a key was replaced, read from real logs: right in many ways, and wrong in one at a time."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import suites.rotation.test_traffic as traffic
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.exchange.journal import Unwritten
from pytest_golive.facts.finding import CannotTell, CheckFailed, NotVerified, NotYet
from pytest_golive.facts.moment import read_from
from pytest_golive.facts.outcome import Severity
from pytest_golive.golive import Golive
from pytest_golive.manifest.environment import Environment, Target
from pytest_golive.manifest.model import Monitoring
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.review.reviews import Reviews, Watching

pytest.importorskip("duckdb")

PLANNED = PlannedCheck("c", "uppzy", "uppzy", "live", (), (), Severity.MAJOR, title="Traffic is as ever", fix="Look.")

SWITCHED = datetime(2026, 3, 30, 10, 10, tzinfo=UTC)
REVOKED = SWITCHED + timedelta(hours=2)
NOW = SWITCHED + timedelta(hours=30)

POLL = "/m2m/sites/:site/chat/requests/:id"

CHECKS = (
    traffic.test_traffic_is_as_before_the_switch,
    traffic.test_refusals_do_not_pile_up,
    traffic.test_retries_are_as_few_as_before_the_switch,
    traffic.test_nobody_is_refused_now,
    traffic.test_polls_are_not_refused_since_the_switch,
)

Check = Callable[[Golive, PlannedCheck], None]


@dataclass(frozen=True, slots=True)
class Some:
    """Calls of one kind, spread evenly.

    Attributes:
        begin: of the first.
        end: before which the last is.
        count: how many.
        endpoint: of the call.
        status: of the answer.
        retries: every so manieth is a retry; 0 for none.
        error: why there was no answer.
    """

    begin: datetime
    end: datetime
    count: int
    endpoint: str = "/chat"
    status: Any = 200
    retries: int = 50
    error: str = ""

    def lines(self) -> Iterator[Mapping[str, Any]]:
        """Yield the lines of a log."""
        for number in range(self.count):
            at = self.begin + (self.end - self.begin) * number / self.count
            again = self.retries and number % self.retries == 0
            yield {
                "time": at.isoformat(),
                "endpoint": self.endpoint,
                "status": self.status,
                "error.type": self.error,
                "http.request.resend_count": int(bool(again)),
            }


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


@pytest.fixture
def clock() -> Iterator[Clock]:
    standing = Clock()
    undo = read_from(standing)
    yield standing
    undo()


USUAL = (
    Some(SWITCHED - timedelta(days=8), NOW, 5000),
    Some(SWITCHED - timedelta(days=8), NOW, 2000, POLL),
    Some(SWITCHED - timedelta(days=8), NOW, 40, "/chat", 503),
)
"""Traffic that does not change."""


@dataclass(slots=True)
class Make:
    """Makes what a check gets: logs with these calls, and a golive.yaml with this rotation."""

    folder: Path
    made: list[Golive]

    def __call__(self, *calls: Some, monitoring: Monitoring | None = None, **rotation: datetime | None) -> Golive:
        told = {"switched": SWITCHED, "revoked": REVOKED} | rotation
        lines = (json.dumps(line) for some in calls for line in some.lines())
        (self.folder / "calls.jsonl").write_text("\n".join(lines) + "\n")
        named = {name: at.isoformat() for name, at in told.items() if at is not None}
        target = Target("uppzy", "http://127.0.0.1:9", rotation=named)
        golive = Golive(
            {"live": Environment("live", targets={"uppzy": target})},
            "live",
            run="r",
            sandbox=False,
            redactor=Redactor(),
            journal=Unwritten(),
            repository=self.folder,
        )
        golive.reviews = Reviews(Watching(self.folder, monitoring, ("calls.jsonl",)))
        self.made.append(golive)
        return golive


@pytest.fixture
def make(tmp_path: Path, clock: Clock) -> Iterator[Make]:
    making = Make(tmp_path, [])
    yield making
    for golive in making.made:
        golive.close()


def _told(check: Check, golive: Golive, error: type[Any]) -> tuple[str, str]:
    with pytest.raises(error) as raised:
        check(golive, PLANNED)
    finding = raised.value.finding
    assert finding.requirement == "Traffic is as ever"
    return finding.expected, finding.actual.replace(f"{golive.repository}/", "")


def _failed(check: Check, golive: Golive) -> tuple[str, str]:
    return _told(check, golive, CheckFailed)


DAY = "(2026-03-30 10:10 to 2026-03-31 10:10 UTC, by the logs calls.jsonl)"


def _outcomes(golive: Golive) -> dict[str, str]:
    found = {}
    for check in CHECKS:
        try:
            check(golive, PLANNED)
        except (CheckFailed, CannotTell, NotVerified) as error:
            found[check.__name__] = type(error).__name__
    return found


RIGHT: Mapping[str, tuple[Some, ...]] = {
    "as ever": USUAL,
    "growing": (*USUAL, Some(SWITCHED, NOW, 250)),
    "shrinking": (Some(SWITCHED - timedelta(days=8), SWITCHED, 4000), Some(SWITCHED, NOW, 500), USUAL[1]),
    "refused before the switch": (*USUAL, Some(SWITCHED - timedelta(hours=3), SWITCHED, 90, "/chat", 401)),
    "a few more retries": (*USUAL, Some(SWITCHED, NOW, 25, retries=5)),
    "as many failures as ever": (*USUAL, Some(SWITCHED - timedelta(days=8), NOW, 700, "/chat", 500)),
    "too many requests": (*USUAL, Some(SWITCHED, NOW, 60, "/chat", 429)),
    "status as text": tuple(replace(some, status=str(some.status)) for some in USUAL),
}


@pytest.mark.parametrize("name", RIGHT)
def test_a_rotation_that_nobody_noticed(make: Make, name: str) -> None:
    assert _outcomes(make(*RIGHT[name])) == {}


def test_calls_are_refused(make: Make) -> None:
    """Two within the day are seen, and do not yet fire the alert; those of a while ago are over."""
    some = Some(SWITCHED + timedelta(hours=1), SWITCHED + timedelta(hours=2), 2, "/chat", 401)
    golive = make(*USUAL, some)

    assert _failed(traffic.test_traffic_is_as_before_the_switch, golive) == (
        "no answer of 401",
        f"401: 2 of /chat {DAY}",
    )
    assert _outcomes(golive) == {"test_traffic_is_as_before_the_switch": "CheckFailed"}


def test_the_next_action_is_told(make: Make) -> None:
    some = Some(SWITCHED + timedelta(hours=1), SWITCHED + timedelta(hours=2), 2, "/chat", 401)

    with pytest.raises(CheckFailed) as failed:
        traffic.test_traffic_is_as_before_the_switch(make(*USUAL, some), PLANNED)

    assert failed.value.finding.fix == "Next action: look into it. Look."


@pytest.mark.parametrize(
    ("calls", "actual"),
    [
        (
            (Some(SWITCHED - timedelta(days=8), SWITCHED, 4000), Some(SWITCHED, NOW, 250)),
            "200 calls, 500 a week before",
        ),
        (
            (Some(SWITCHED - timedelta(days=8), SWITCHED, 4000), Some(SWITCHED, NOW, 1250)),
            "1,000 calls, 500 a week before",
        ),
    ],
    ids=["fewer", "more"],
)
def test_the_volume_changed(make: Make, calls: tuple[Some, ...], actual: str) -> None:
    assert _failed(traffic.test_traffic_is_as_before_the_switch, make(*calls)) == (
        "calls within 30 % of the same time a week before",
        f"{actual} {DAY}",
    )


def test_more_calls_fail(make: Make) -> None:
    failing = Some(SWITCHED, SWITCHED + timedelta(hours=24), 60, "/chat", 500)

    assert _failed(traffic.test_traffic_is_as_before_the_switch, make(*USUAL, failing)) == (
        "at most 1 points more failed calls than a week before",
        f"7.8 % (64 of 820) failed, 0.53 % (4 of 761) a week before {DAY}",
    )


def test_refusals_pile_up_after_the_revocation(make: Make) -> None:
    """Three within five minutes fire the alert; as many over a day do not; the limit is golive.yaml's."""
    first = REVOKED + timedelta(hours=1)
    burst = Some(first, first + timedelta(minutes=3), 3, "/chat", 401)
    spread = Some(first, first + timedelta(hours=10), 20, "/chat", 401)
    check = traffic.test_refusals_do_not_pile_up

    assert _failed(check, make(*USUAL, burst)) == ("fewer than 3 answers of 401 within 5 minutes", f"3 {DAY}")
    check(make(*USUAL, spread), PLANNED)
    check(make(*USUAL, burst, monitoring=Monitoring(alert_limits={"unauthorized": 5})), PLANNED)
    late = Some(SWITCHED + timedelta(hours=25), SWITCHED + timedelta(hours=25, minutes=3), 30, "/chat", 401)
    assert _failed(check, make(*USUAL, late)) == (
        "fewer than 3 answers of 401 within 5 minutes",
        "30 (2026-03-30 12:10 to 2026-03-31 12:10 UTC, by the logs calls.jsonl)",
    )


def test_what_is_watched_for_a_day_is_pending_until_then(make: Make, clock: Clock) -> None:
    """What is red already is red at once."""
    check = traffic.test_refusals_do_not_pile_up
    clock.now = SWITCHED + timedelta(hours=25)
    first = REVOKED + timedelta(hours=1)
    burst = Some(first, first + timedelta(minutes=3), 3, "/chat", 401)

    with pytest.raises(NotYet) as waits:
        check(make(*USUAL), PLANNED)
    told = "401 are watched until 2026-03-31 12:10 UTC, a day after switch and revocation"
    assert (waits.value.reason, waits.value.key) == (told, "")
    assert _failed(check, make(*USUAL, burst))[1] == f"3 {DAY}"

    key = "environments.live.vendors.uppzy.rotation.revoked"
    with pytest.raises(NotVerified) as missing:
        check(make(*USUAL, revoked=None), PLANNED)
    assert (missing.value.reason, missing.value.key) == (
        f"{key} is missing: nothing tells when the old key was revoked",
        key,
    )
    assert _failed(check, make(*USUAL, burst, revoked=None))[1] == f"3 {DAY}"
    with pytest.raises(NotYet):
        check(make(*USUAL, revoked=clock.now + timedelta(days=1)), PLANNED)


def test_a_storm_of_retries(make: Make) -> None:
    """More than a tenth; or more than twice as many as before; one percent is no storm after none at all."""
    check = traffic.test_retries_are_as_few_as_before_the_switch
    before = Some(SWITCHED - timedelta(days=7), SWITCHED, 7000, retries=50)

    assert _failed(check, make(before, Some(SWITCHED, SWITCHED + timedelta(hours=24), 1000, retries=4))) == (
        "at most 10 % of the calls to be retries",
        f"retries: 25 % (250 of 1,000), 2 % (140 of 7,000) in the week before {DAY}",
    )
    assert _failed(check, make(before, Some(SWITCHED, SWITCHED + timedelta(hours=24), 1000, retries=12))) == (
        "at most 2 times the share of the week before",
        f"retries: 8.4 % (84 of 1,000), 2 % (140 of 7,000) in the week before {DAY}",
    )
    none = replace(before, retries=0)
    check(make(none, Some(SWITCHED, SWITCHED + timedelta(hours=24), 1000, retries=110)), PLANNED)


def test_somebody_still_sends_the_old_key(make: Make) -> None:
    last = Some(NOW - timedelta(minutes=10), NOW, 4, POLL, 401)
    window = "(2026-03-31 15:10 to 2026-03-31 16:10 UTC, by the logs calls.jsonl)"

    assert _failed(traffic.test_nobody_is_refused_now, make(*USUAL, last)) == (
        "no answer of 401",
        f"401: 4 of {POLL} {window}",
    )


def test_polls_are_refused(make: Make) -> None:
    """Refused questions are no refused polls; polls that nobody can tell apart say nothing."""
    check = traffic.test_polls_are_not_refused_since_the_switch
    first = SWITCHED + timedelta(minutes=1)
    window = "2026-03-30 10:10 to 2026-03-31 16:10 UTC"
    polled = Some(first, first + timedelta(minutes=5), 7, POLL, 401)

    assert _failed(check, make(*USUAL, polled)) == (
        "no answer of 401",
        f"401: 7 of {POLL} ({window}, by the logs calls.jsonl)",
    )
    check(make(*USUAL, replace(polled, endpoint="/chat")), PLANNED)
    assert _told(check, make(USUAL[0]), CannotTell) == ("calls of get_chat_request", f"none ({window})")


def test_too_early_and_not_told(make: Make, clock: Clock) -> None:
    """Each check says what it waits for."""
    key = "environments.live.vendors.uppzy.rotation.switched"
    for check in CHECKS:
        with pytest.raises(NotVerified) as missing:
            check(make(*USUAL, switched=None), PLANNED)
        assert (missing.value.reason, missing.value.key) == (
            f"{key} is missing: nothing tells when the key was replaced",
            key,
        )
    clock.now = SWITCHED + timedelta(minutes=29)
    for check in CHECKS:
        with pytest.raises(NotYet) as waits:
            check(make(*USUAL), PLANNED)
        assert waits.value.reason == (
            "the traffic is looked at from 2026-03-30 10:40 UTC on, 30 minutes after the switch"
        )


def test_too_little_to_say_anything(make: Make) -> None:
    few = (Some(SWITCHED - timedelta(days=8), SWITCHED, 100), Some(SWITCHED, NOW, 10))
    golive = make(*few)

    assert _told(traffic.test_traffic_is_as_before_the_switch, golive, CannotTell) == (
        "50 calls in the same time a week before",
        "12 (2026-03-30 10:10 to 2026-03-31 10:10 UTC)",
    )
    assert _told(traffic.test_retries_are_as_few_as_before_the_switch, golive, CannotTell) == (
        "50 calls since the switch and in the week before",
        "8 and 87 (2026-03-30 10:10 to 2026-03-31 10:10 UTC)",
    )
    silent = make(Some(SWITCHED - timedelta(days=8), SWITCHED, 100))
    assert _told(traffic.test_nobody_is_refused_now, silent, CannotTell) == (
        "calls",
        "none (2026-03-31 15:10 to 2026-03-31 16:10 UTC)",
    )
    assert _told(traffic.test_refusals_do_not_pile_up, silent, CannotTell) == (
        "calls",
        "none (2026-03-30 10:10 to 2026-03-31 10:10 UTC)",
    )


@pytest.mark.parametrize(
    ("kinds", "seen"), [(("2xx", "4xx"), "2xx, 4xx"), ((None,), "no call has a status")], ids=["classes", "none"]
)
def test_what_does_not_tell_401(make: Make, kinds: tuple[Any, ...], seen: str) -> None:
    """A refused key hides among other refusals, and among calls that got no answer."""
    calls = [Some(SWITCHED - timedelta(days=8), NOW, 5000, status=kind, error="" if kind else "E") for kind in kinds]

    assert _told(traffic.test_nobody_is_refused_now, make(*calls), CannotTell) == (
        "calls counted by status code, such as 401",
        f"{seen}, by the logs calls.jsonl",
    )
