"""What was decided about the findings of the week before: written down, done in time, with an effect."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

import suites.review.test_decisions as decisions
from pytest_golive.credentials.redaction import Redactor
from pytest_golive.exchange.journal import Unwritten
from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.facts.finding import CheckFailed, NotVerified
from pytest_golive.facts.moment import read_from
from pytest_golive.facts.outcome import Severity
from pytest_golive.golive import Golive
from pytest_golive.manifest.environment import Environment, Target
from pytest_golive.manifest.mistake import Mistakes
from pytest_golive.manifest.model import Monitoring
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.review.decisions import read_decisions
from pytest_golive.review.reviews import Reviews, Watching
from pytest_golive.review.sources.example import ExampleTraffic
from pytest_golive.review.traffic import Question, Row

PLANNED = PlannedCheck(
    "c", "uppzy", "uppzy", "live", (), (), Severity.MINOR, title="Findings are decided on", fix="Do."
)

NOW = datetime(2026, 3, 31, 12, tzinfo=UTC)
LAST = NOW - timedelta(weeks=1)
TOLD = "(2026-03-24 12:00 to 2026-03-31 12:00 UTC, by the example's traffic)"

NAME = "uppzy errors chat"
FOUND = "15 % (150 of 1,000) failed, 0.7 % (7 of 1,000) the week before"
STILL = "15 % (150 of 1,000) failed, 15 % (150 of 1,000) the week before"


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock that stands."""

    def moment(self) -> datetime:
        """Return the time."""
        return NOW

    def seconds(self) -> float:
        """Return nothing that anybody asks for."""
        return 0.0


class Failing(ExampleTraffic):
    """The example's traffic, in which an endpoint fails in some weeks."""

    def __init__(self, *weeks: int) -> None:
        super().__init__({"environment": "live"})
        self._weeks = weeks

    def counts(self, question: Question) -> tuple[Row, ...]:
        """Return more failures in the weeks that end so many weeks ago."""
        rows = super().counts(question)
        ago = (NOW - question.window.end) // timedelta(weeks=1)
        if question.of != "requests" or ago not in self._weeks or question.window.seconds > 700_000:
            return rows
        more = {("chat", "503"): 148.0, ("chat", "200"): 849.0}
        return tuple(
            replace(row, value=more.get((row.label("endpoint"), row.label("status")), row.value)) for row in rows
        )


@dataclass(frozen=True, slots=True)
class Make:
    """Makes what a check gets: traffic that fails in these weeks, and this file of decisions."""

    folder: Path

    def __call__(self, *weeks: int, decided: str | None = None) -> Golive:
        monitoring = Monitoring(decisions=None if decided is None else "decisions.yaml")
        (self.folder / "decisions.yaml").write_text(f"golive: 1\ndecisions:{chr(10) + decided if decided else ' []'}")
        golive = Golive(
            {"live": Environment("live", targets={"uppzy": Target("uppzy", "http://127.0.0.1:9")})},
            "live",
            run="r",
            sandbox=False,
            redactor=Redactor(),
            journal=Unwritten(),
            repository=self.folder,
        )
        watching = Watching(self.folder, monitoring, vendors=("uppzy",), environments=("live",))
        golive.reviews = Reviews(watching, example=lambda _: Failing(*weeks))
        return golive


@pytest.fixture
def record() -> Iterator[CheckRecord]:
    with recording(CheckRecord("c")) as made:
        yield made


@pytest.fixture
def make(tmp_path: Path, record: CheckRecord) -> Iterator[Make]:
    undo = read_from(Clock())
    yield Make(tmp_path)
    undo()


def _item(name: str = NAME, decision: str = "yes", due: str = "2026-04-02", **more: str) -> str:
    told = {"finding": name, "decision": decision, "reason": "Vendor", "owner": "Ana", "due": due, **more}
    return "".join(
        f"  {'-' if number == 0 else ' '} {key}: {value}\n" for number, (key, value) in enumerate(told.items())
    )


def _failed(golive: Golive) -> tuple[str, str]:
    with pytest.raises(CheckFailed) as failed:
        decisions.test_findings_have_decisions(golive, PLANNED)
    return failed.value.finding.expected, failed.value.finding.actual


RIGHT = {
    "nothing was found": ((), None),
    "found this week, decided on in the next": ((0,), None),
    "found last week, and decided on": ((1,), _item()),
    "a no": ((0, 1), _item(decision="no", due="2026-04-30")),
    "done, and better": ((1,), _item(due="2026-03-28", done="2026-03-27")),
    "done this week, and not yet seen in a whole week": ((0, 1), _item(due="2026-03-28", done="2026-03-26")),
    "decided anew": ((0, 1), _item(done="2026-03-01", due="2026-03-02") + _item()),
    "of another environment, and of this one": ((1,), _item(environment="live")),
    "extra blanks and a boolean": ((1,), _item(name="uppzy  errors   chat ", decision="true")),
}


@pytest.mark.parametrize("name", RIGHT)
def test_findings_that_are_seen_to(make: Make, name: str) -> None:
    weeks, decided = RIGHT[name]

    decisions.test_findings_have_decisions(make(*weeks, decided=decided), PLANNED)


def test_nobody_decided(make: Make, record: CheckRecord) -> None:
    """With a file; without one the key is told. This week's findings are named, so that they can be decided on."""
    assert _failed(make(0, 1, decided="")) == (
        f"a decision on {NAME}: yes or no, why, who, until when",
        f"{NAME}: none; the review of the week before found {FOUND} {TOLD}",
    )
    assert record.notes == [f"{NAME}: {STILL} (tune retries)"]
    with pytest.raises(NotVerified) as missing:
        decisions.test_findings_have_decisions(make(1), PLANNED)
    assert (missing.value.reason, missing.value.key) == (
        f"monitoring.decisions is missing: nothing tells what was decided on {NAME}",
        "monitoring.decisions",
    )


def test_decisions_that_nobody_kept_to(make: Make) -> None:
    """Not done in time; not looked at again; done long ago, and nothing is better."""
    assert _failed(make(1, decided=_item(due="2026-03-30"))) == (
        f"what was decided about {NAME} to be done by 2026-03-30",
        f"{NAME}: decisions.yaml:3: not done yet, by Ana {TOLD}",
    )
    assert _failed(make(1, decided=_item(decision="no", due="2026-03-30"))) == (
        f"{NAME} to be looked at again by 2026-03-30",
        f"{NAME}: decisions.yaml:3: that day is over, Ana decides anew {TOLD}",
    )
    assert _failed(make(0, 1, decided=_item(due="2026-03-22", done="2026-03-21"))) == (
        f"what was done about {NAME} to have an effect",
        f"{NAME}: decisions.yaml:3: done on 2026-03-21, by Ana, and still {STILL} {TOLD}",
    )


WRONG = {
    _item(
        "upzy errors /chat"
    ): "finding: no vendor of golive.yaml is called 'upzy'; did you mean uppzy? There are: uppzy",
    _item("uppzy error /chat"): (
        "finding: no finding is called 'error /chat'; did you mean errors? There are: errors, volume, rate limit, "
        "timeouts, async timeouts, low confidence, bad ratings, retries, polling, deliveries, rollout, incident"
    ),
    _item("uppzy retries /chat"): "finding: retries is about all of the traffic: leave out '/chat'",
    _item("uppzy incident"): "finding: an incident is named by the hour it began in: incident 2026-11-24T10",
    _item(owner="todo"): "owner: is not filled in",
    _item(environment="life"): (
        "environment: there is no environment 'life' in golive.yaml; did you mean live? There is: live"
    ),
    _item(due="2026-02-30"): "due: is no day of the calendar, as 2026-11-21",
    _item(done="2026-04-30"): "done: lies in the future",
    _item(at="2026-03-30", done="2026-03-20"): "done: lies before the day on which it was decided",
}


@pytest.mark.parametrize("text", WRONG, ids=list(WRONG.values()))
def test_what_is_no_decision_is_told_with_its_line(tmp_path: Path, text: str) -> None:
    path = tmp_path / "decisions.yaml"
    path.write_text(f"golive: 1\ndecisions:\n{text}")

    with pytest.raises(Mistakes) as wrong:
        read_decisions(path, ("uppzy",), ("live",), NOW)

    assert [str(each).partition(": decisions[0].")[2] for each in wrong.value.mistakes] == [WRONG[text]]
