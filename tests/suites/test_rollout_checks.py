"""The checks of what batches did, on made-up traffic and sync logs: right in many ways, and wrong in one at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

import suites.review.test_decisions as decisions
import suites.review.test_rollouts as checks
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.exchange.journal import Unwritten
from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.facts.finding import CannotTell, CheckFailed, NotApplicable, NotVerified, NotYet
from pytest_golive.facts.moment import read_from
from pytest_golive.facts.outcome import Severity
from pytest_golive.golive import Golive
from pytest_golive.manifest.environment import Environment, Target
from pytest_golive.papers.named import Papers
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.review.decisions import unknown
from pytest_golive.review.reviews import Reviews
from pytest_golive.review.traffic import Counted, Label, Labels, Level, NotKept, Question, Row, Sent, Slot
from pytest_golive.review.window import Window
from tests.suites.planned_checks import ROLLOUTS

PLANNED = PlannedCheck("c", "uppzy", "uppzy", "live", (), (), Severity.MAJOR, title="Batches are fine", fix="Look.")
NOW = datetime(2026, 11, 20, 0, 40, tzinfo=UTC)
HOUR = timedelta(hours=1)

Check = Callable[[Golive, PlannedCheck], None]
Rate = Callable[[datetime], float]

ALL: Mapping[str, Check] = {
    name.removeprefix("test_"): check for name, check in vars(checks).items() if name.startswith("test_")
}


def _at(day: int, hour: int = 0, minute: int = 0) -> datetime:
    return datetime(2026, 11, day, hour, minute, tzinfo=UTC)


def _from(begin: datetime, before: float, after: float) -> Rate:
    return lambda at: after if at >= begin else before


def _even(share: float) -> Rate:
    return lambda at: share


@dataclass(slots=True)
class Made:
    """Traffic of a site, even over the hours: shares that change with time.

    Attributes:
        bad: share of bad ratings.
        low: share of answers of low confidence.
        errors: share of 5xx among the calls of chat.
        late: share of timeouts among them.
        other_errors: share of 5xx of other calls.
        other_site: share of bad ratings of another site; None: figures name no site.
        ratings: how many of each site there are in an hour.
        unkept: what nobody counts.
        title: what it is.
    """

    bad: Rate = field(default_factory=lambda: _even(0.1))
    low: Rate = field(default_factory=lambda: _even(0.08))
    errors: Rate = field(default_factory=lambda: _even(0.002))
    late: Rate = field(default_factory=lambda: _even(0.002))
    other_errors: Rate = field(default_factory=lambda: _even(0.002))
    other_site: Rate | None = None
    ratings: float = 3
    unkept: tuple[Counted, ...] = ()
    title: str = "made-up traffic"

    def counts(self, question: Question) -> tuple[Row, ...]:
        """Return sums over the window."""
        if question.of in self.unkept:
            raise NotKept(question.of, f"made-up traffic has no {question.of}")
        sums: dict[tuple[str, ...], float] = {}
        for labels, rate, per_hour in self._series(question.of):
            key = tuple(labels.get(name, "") for name in question.by)
            sums[key] = sums.get(key, 0.0) + _sum(rate, question) * per_hour
        return tuple(Row(dict(zip(question.by, key, strict=True)), round(count)) for key, count in sums.items())

    def busiest(self, question: Question, seconds: int) -> float:
        """Return nothing: nobody asks."""
        raise NotImplementedError

    def quantile(self, share: float, question: Question) -> tuple[Row, ...]:
        """Return nothing: nobody asks."""
        raise NotImplementedError

    def slots(self, question: Question, seconds: int) -> tuple[Slot, ...]:
        """Return nothing: nobody asks."""
        raise NotImplementedError

    def highest(self, of: Level, window: Window, where: Labels) -> float:
        """Return nothing: nobody asks."""
        raise NotImplementedError

    def sent_again(self, window: Window, where: Labels, most: int, pause_seconds: float) -> tuple[Sent, ...]:
        """Return nothing: nobody asks."""
        raise NotImplementedError

    def _series(self, of: Counted) -> Iterator[tuple[Mapping[Label, str], Rate, float]]:
        if of == "feedback":
            for site, bad in (("s-1", self.bad), ("s-2", self.other_site)):
                if bad is not None:
                    named: dict[Label, str] = {"site_id": site} if self.other_site else {}
                    yield {"feedback": "bad", **named}, bad, self.ratings
                    yield {"feedback": "good", **named}, _rest(bad), self.ratings
        elif of == "answers":
            yield {"confidence_level": "low"}, self.low, 10
            yield {"confidence_level": "high"}, _rest(self.low), 10
        elif of == "requests":
            for endpoint, failed in (
                ("/m2m/sites/:id/chat", self.errors),
                ("/m2m/tenants/:id/limits", self.other_errors),
            ):
                yield {"endpoint": endpoint, "status": "503"}, failed, 60
                yield {"endpoint": endpoint, "status": "200"}, _rest(failed), 60
        else:
            yield {"endpoint": "/m2m/sites/:id/chat"}, self.late, 60


def _rest(rate: Rate) -> Rate:
    return lambda at: 1 - rate(at)


def _sum(rate: Rate, question: Question) -> float:
    """Return the integral of a rate over the window, in hours."""
    step = HOUR if question.window.seconds >= 7200 else timedelta(minutes=1)
    at, found = question.window.start, 0.0
    while at < question.window.end:
        found += rate(at) * (step / HOUR)
        at += step
    return found


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


@pytest.fixture(autouse=True)
def clock() -> Iterator[Clock]:
    standing = Clock()
    undo = read_from(standing)
    yield standing
    undo()


@pytest.fixture(autouse=True)
def record() -> Iterator[CheckRecord]:
    with recording(CheckRecord("a check")) as current:
        yield current


HEAD = "source_id,document_id,batch_id,published_at,state\n"
LOG = f"{HEAD}cms-1,doc-1,B-1,2026-11-10T09:00Z,\ncms-2,doc-2,B-2,2026-11-16T09:00Z,\n"
"""Two batches of one document each, six days apart."""


def _golive(folder: Path, made: Made | None = None, log: str = LOG, changes: str = "", **features: bool) -> Golive:
    target = Target("uppzy", "http://127.0.0.1:9", ids={"site_id": "s-1", "tenant_id": "t-1"}, features=features)
    golive = Golive(
        {"live": Environment("live", targets={"uppzy": target})},
        "live",
        run="r",
        sandbox=False,
        redactor=Redactor(),
        journal=Unwritten(),
        repository=folder,
    )
    golive.papers = Papers(folder, sync_log=log, change_log=changes)
    golive.reviews = Reviews(example=lambda environment: made or Made())
    return golive


def _outcomes(golive: Golive) -> dict[str, str]:
    found = {}
    for name, check in ALL.items():
        try:
            check(golive, PLANNED)
        except (CheckFailed, CannotTell, NotVerified) as error:
            found[name] = type(error).__name__
    return found


def _told(check: Check, golive: Golive, error: type[Any] = CheckFailed) -> tuple[str, ...]:
    with pytest.raises(error) as raised:
        check(golive, PLANNED)
    if isinstance(raised.value, NotVerified):
        return (raised.value.reason, raised.value.key)
    finding = raised.value.finding
    assert finding.requirement == "Batches are fine"
    return (finding.expected, finding.actual, finding.fix) if finding.fix else (finding.expected, finding.actual)


def test_every_check_of_rollouts_is_here() -> None:
    assert sorted(ALL) == sorted(ROLLOUTS)


RIGHT: Mapping[str, tuple[Made, str]] = {
    "as ever": (Made(), LOG),
    "a bit worse": (Made(bad=_from(_at(10, 9), 0.1, 0.13)), LOG),
    "better": (Made(bad=_from(_at(10, 9), 0.2, 0.1), low=_from(_at(16), 0.3, 0.1)), LOG),
    "more are sent one day": (Made(), f"{LOG}cms-3,doc-3,B-2,2026-11-16T09:30Z,\n"),
    "only days are told": (Made(), LOG.replace("T09:00Z", "")),
    "nobody rates at other sites": (Made(other_site=_even(0.0)), LOG),
}


@pytest.mark.parametrize("name", RIGHT)
def test_rollouts_that_did_no_harm(tmp_path: Path, name: str) -> None:
    made, log = RIGHT[name]

    assert _outcomes(_golive(tmp_path, made, log)) == {}


def test_a_batch_that_made_ratings_worse(tmp_path: Path) -> None:
    """The batch is named, with its documents and the next action; the rollout went on all the same."""
    golive = _golive(tmp_path, Made(bad=_from(_at(10, 9), 0.1, 0.3)))

    assert _told(checks.test_batches_made_nothing_worse, golive) == (
        "less than 2 times the share of bad ratings before",
        "batch B-1: bad ratings: 30 % (130 of 432) since, 9.9 % (50 of 504) in the 7 days before (by made-up traffic)",
        "Next action: roll back batch B-1 (set to draft: doc-1). Look.",
    )
    assert _told(checks.test_rollout_pauses_when_ratings_get_worse, golive) == (
        "less than 2 times the share of bad ratings before",
        (
            "batch B-2: it was published, though bad ratings had risen: 30 % (130 of 432) since batch B-1, 9.9 % (50 "
            "of 504) in the 7 days before it; no pause is recorded (by made-up traffic)"
        ),
        "Next action: pause the rollout, batch B-2. Look.",
    )
    assert _outcomes(golive) == dict.fromkeys(
        ("batches_made_nothing_worse", "rollout_pauses_when_ratings_get_worse"), "CheckFailed"
    )


PAUSED = {
    "in the sync log": (f"{LOG},,B-1,2026-11-12,paused\n", ""),
    "in the change log": (LOG, "- 2026-11-12: paused after B-1\n- 2026-11-16: B-2\n"),
    "taken back": (LOG, "- 2026-11-12: rolled back B-1\n- 2026-11-16: B-2\n"),
}


@pytest.mark.parametrize("how", PAUSED)
def test_a_rise_with_a_recorded_pause(tmp_path: Path, how: str) -> None:
    log, changes = PAUSED[how]
    golive = _golive(tmp_path, Made(bad=_from(_at(10, 9), 0.1, 0.3)), log, changes)

    checks.test_rollout_pauses_when_ratings_get_worse(golive, PLANNED)


def test_a_pause_that_came_too_late(tmp_path: Path) -> None:
    """After the next batch had begun."""
    golive = _golive(tmp_path, Made(bad=_from(_at(10, 9), 0.1, 0.3)), f"{LOG},,B-1,2026-11-18T09:00Z,paused\n")

    assert _outcomes(golive)["rollout_pauses_when_ratings_get_worse"] == "CheckFailed"


def test_a_batch_that_made_answers_less_sure(tmp_path: Path) -> None:
    golive = _golive(tmp_path, Made(low=_from(_at(16, 9), 0.08, 0.25)))

    assert _told(checks.test_batches_made_nothing_worse, golive) == (
        "less than 10 points more of low confidence than before",
        (
            "batch B-2: low confidence: 25 % (218 of 870) since, 8 % (115 of 1,440) between the batch before and this "
            "one (by made-up traffic)"
        ),
        "Next action: roll back batch B-2 (set to draft: doc-2). Look.",
    )
    assert _outcomes(golive) == {"batches_made_nothing_worse": "CheckFailed"}


def test_a_batch_after_which_calls_fail(tmp_path: Path) -> None:
    """Only where other endpoints show that it is no outage."""
    rise = _from(_at(16, 9), 0.002, 0.06)

    assert _told(checks.test_batches_made_nothing_worse, _golive(tmp_path, Made(errors=rise))) == (
        "at most 2 % of 5xx, or 2 times the share before",
        (
            "batch B-2: 5xx: 6 % (313 of 5,220) since, 0.2 % (17 of 8,640) between the batch before and this one "
            "(by made-up traffic)"
        ),
        "Next action: roll back batch B-2 (set to draft: doc-2). Look.",
    )
    assert _told(
        checks.test_batches_made_nothing_worse, _golive(tmp_path, Made(errors=rise, other_errors=rise)), CannotTell
    ) == (
        "at most 2 % of 5xx, or 2 times the share before",
        (
            "batch B-2: 5xx: 6 % (313 of 5,220) since, 0.2 % (17 of 8,640) between the batch before and this one, but "
            "that share rose of other endpoints as well, to 6 % (313 of 5,220) from 0.2 % (17 of 8,640): it need not "
            "be the cause (by made-up traffic)"
        ),
    )


def test_an_outage_between_two_batches(tmp_path: Path) -> None:
    """It came and went: no batch did that."""
    golive = _golive(tmp_path, Made(errors=lambda at: 0.4 if at.day == 13 else 0.002))

    assert _told(checks.test_batches_made_nothing_worse, golive, CannotTell) == (
        "at most 2 % of 5xx, or 2 times the share before",
        (
            "batch B-1: 5xx: 6.8 % (590 of 8,640) since, 0.2 % (20 of 10,080) in the 7 days before, but in the first "
            "third of that time it was 0.21 % (6 of 2,880) only: it need not be the cause (by made-up traffic)"
        ),
    )
    assert _outcomes(golive) == {"batches_made_nothing_worse": "CannotTell"}


def test_what_rose_at_other_sites_as_well(tmp_path: Path) -> None:
    rise = _from(_at(16, 9), 0.1, 0.3)
    golive = _golive(tmp_path, Made(bad=rise, other_site=rise))

    assert _told(checks.test_batches_made_nothing_worse, golive, CannotTell) == (
        "less than 2 times the share of bad ratings before",
        (
            "batch B-2: bad ratings: 30 % (78 of 261) since, 10 % (43 of 432) between the batch before and this one, "
            "but that share rose at other sites as well, to 30 % (78 of 261) from 10 % (43 of 432): it need not be the "
            "cause (by made-up traffic)"
        ),
    )


def test_what_is_not_counted(tmp_path: Path) -> None:
    """What is found by other figures is said all the same."""
    golive = _golive(tmp_path, Made(unkept=("feedback",)))
    told = ("made-up traffic has no feedback; say under monitoring what it is called", "monitoring")
    assert _told(checks.test_batches_made_nothing_worse, golive, NotVerified) == told
    assert _told(checks.test_batches_are_watched, golive, NotVerified) == told
    assert _told(checks.test_rollout_pauses_when_ratings_get_worse, golive, NotVerified) == told

    golive = _golive(tmp_path, Made(unkept=("feedback",), low=_from(_at(16, 9), 0.08, 0.25)))
    assert _outcomes(golive)["batches_made_nothing_worse"] == "CheckFailed"
    # A team without ratings is judged by confidence alone.
    assert _outcomes(_golive(tmp_path, Made(unkept=("feedback", "timeouts")), feedback=False)).keys() == {
        "rollout_pauses_when_ratings_get_worse"
    }


def test_batches_are_watched(tmp_path: Path, record: CheckRecord, clock: Clock) -> None:
    """The shares since each batch of the week are told."""
    checks.test_batches_are_watched(_golive(tmp_path), PLANNED)
    assert record.notes == ["since batch B-2: bad ratings 10 % (26 of 261), low confidence 8 % (70 of 870)"]

    clock.now = _at(17, 8)
    alone = f"{HEAD}cms-2,doc-2,B-2,2026-11-16T09:00Z,\n"
    assert _told(checks.test_batches_are_watched, _golive(tmp_path, log=alone), NotYet) == (
        "the newest batch is looked at from 2026-11-17 09:00 UTC on, a day after it",
        "",
    )
    clock.now = _at(16, 8)
    few = Made(bad=_even(0.0), low=_even(0.0))
    assert _outcomes(_golive(tmp_path, few)).get("batches_are_watched") is None
    clock.now = _at(9)
    assert _told(checks.test_batches_are_watched, _golive(tmp_path), NotApplicable) == (
        "not applicable: no batch was published in 2026-11-02 00:00 to 2026-11-09 00:00 UTC",
        "",
    )
    assert _told(checks.test_sync_pauses_when_calls_fail, _golive(tmp_path), NotApplicable) == (
        "not applicable: no batch was published in 2026-11-02 00:00 to 2026-11-09 00:00 UTC",
        "",
    )
    assert _told(checks.test_rollout_pauses_when_ratings_get_worse, _golive(tmp_path), NotApplicable) == (
        "not applicable: no batch followed another one in 2026-11-02 00:00 to 2026-11-09 00:00 UTC",
        "",
    )
    assert _told(checks.test_batches_made_nothing_worse, _golive(tmp_path), NotApplicable) == (
        "not applicable: no batch was published in the two weeks before 2026-11-09 00:00 UTC",
        "",
    )


def test_logs_that_tell_too_little(tmp_path: Path) -> None:
    log = "source_id,document_id,batch_id\ncms-1,doc-1,B-1\n"
    for check in ALL.values():
        assert _told(check, _golive(tmp_path, log=log), NotVerified) == (
            "the sync log tells no times of its batches: figures have no before",
            "operations.sync_log",
        )
        assert _told(check, _golive(tmp_path, content_sync=False), NotApplicable) == (
            "not applicable: the feature content_sync is switched off in golive.yaml",
            "",
        )


def test_a_batch_that_nobody_decided_on(tmp_path: Path) -> None:
    """What was found of a batch in the week before needs its decision, as every other finding."""
    kept: tuple[Counted, ...] = ("retries", "deliveries", "delivery_failures")
    golive = _golive(tmp_path, Made(low=_from(_at(10, 9), 0.02, 0.14), unkept=kept), LOG, async_chat=False)

    assert _told(decisions.test_findings_have_decisions, golive, NotVerified) == (
        "monitoring.decisions is missing: nothing tells what was decided on uppzy rollout B-1",
        "monitoring.decisions",
    )
    taken_back = _golive(
        tmp_path, Made(low=_from(_at(10, 9), 0.02, 0.14), unkept=kept), LOG, "- rolled back B-1\n", async_chat=False
    )
    decisions.test_findings_have_decisions(taken_back, PLANNED)


def test_a_sync_of_every_night(tmp_path: Path) -> None:
    """With batches of any size, and few ratings: nothing is wrong; what each night did cannot be told."""
    nights = [_at(1, 2) - timedelta(days=20) + timedelta(days=number, minutes=number % 7) for number in range(40)]
    log = HEAD + "".join(
        f"cms-{number}-{each},doc-{number}-{each},job-{number},{(night + timedelta(minutes=each)).isoformat()},\n"
        for number, night in enumerate(nights)
        for each in range((3, 14, 1, 30, 6)[number % 5])
    )

    assert _outcomes(_golive(tmp_path, Made(), log)) == {}
    assert _outcomes(_golive(tmp_path, Made(ratings=0.1), log)) == {"batches_made_nothing_worse": "CannotTell"}


@pytest.mark.parametrize(
    ("name", "problem"),
    [
        ("uppzy rollout", "a rollout is named by its batch: rollout B-12"),
        ("uppzy rollout B-12", ""),
        ("uppzy rollout B-12+B-13", ""),
    ],
)
def test_names_of_rollouts(name: str, problem: str) -> None:
    assert unknown(name, ["uppzy"]) == problem


LARGE = "".join(f"cms-{number},doc-{number},B-3,2026-11-{{}},\n" for number in range(3, 23))


def test_a_bigger_batch_that_did_not_wait(tmp_path: Path, record: CheckRecord) -> None:
    """For a day of figures; for good ones."""
    quick = _golive(tmp_path, log=LOG + LARGE.format(*["16T20:30Z"] * 20))
    assert _told(checks.test_growth_waited_for_good_figures, quick) == (
        "a day of figures before a bigger batch",
        "batch B-3: it began 11.5 hours after batch B-2 (by made-up traffic)",
        "Next action: pause the rollout, batch B-3. Look.",
    )

    worse = Made(low=_from(_at(16, 9), 0.08, 0.25))
    golive = _golive(tmp_path, worse, LOG + LARGE.format(*["18T09:00Z"] * 20))
    assert _told(checks.test_growth_waited_for_good_figures, golive) == (
        "less than 10 points more of low confidence than before",
        (
            "batch B-3: low confidence had risen: 25 % (120 of 480) since batch B-2, 8 % (134 of 1,680) in the 7 days "
            "before it (by made-up traffic)"
        ),
        "Next action: pause the rollout, batch B-3. Look.",
    )

    checks.test_growth_waited_for_good_figures(_golive(tmp_path, log=LOG + LARGE.format(*["18T09:00Z"] * 20)), PLANNED)
    assert record.notes == []
    checks.test_growth_waited_for_good_figures(_golive(tmp_path), PLANNED)
    assert record.notes == ["no batch of the last 28 days was bigger than the one before it and more than a small one"]


def _minutes(count: int) -> str:
    return "".join(f"cms-{n},doc-{n},B-3,{(_at(18, 9) + timedelta(minutes=n)).isoformat()},\n" for n in range(count))


def test_a_sync_that_went_on_while_calls_failed(tmp_path: Path) -> None:
    rise = _from(_at(18, 9, 20), 0.002, 0.4)
    golive = _golive(tmp_path, Made(errors=rise), LOG + _minutes(90))

    assert _told(checks.test_sync_pauses_when_calls_fail, golive) == (
        "at most 2 % of 5xx, or 2 times the share before",
        (
            "batch B-3: 5xx: 6.7 % (4 of 60) by 2026-11-18 09:30 UTC, 0.2 % (40 of 20,160) in the week before; 49 more "
            "documents were sent until 10:29 UTC, and no pause is recorded (by made-up traffic)"
        ),
        "Next action: pause the sync, batch B-3. Look.",
    )

    paused = _golive(tmp_path, Made(errors=rise), LOG + _minutes(90), "- 2026-11-18 09:50: sync of B-3 paused\n")
    checks.test_sync_pauses_when_calls_fail(paused, PLANNED)


def test_a_sync_of_which_only_the_day_is_told(tmp_path: Path) -> None:
    log = f"{LOG}cms-3,doc-3,B-3,2026-11-18,\n"
    golive = _golive(tmp_path, Made(errors=lambda at: 0.4 if at.day == 18 else 0.002), log)

    assert _told(checks.test_sync_pauses_when_calls_fail, golive, CannotTell) == (
        "at most 2 % of 5xx, or 2 times the share before",
        (
            "5xx: 20 % (579 of 2,880) on the days of batch B-3, 0.2 % (40 of 20,160) in the week before; the sync log "
            "tells no times: whether it went on cannot be told (by made-up traffic)"
        ),
    )
