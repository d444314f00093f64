"""What was decided about the findings of weekly reviews: a file under version control, and whether it was kept to."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import Field

from pytest_golive.manifest.document import Document, read_document
from pytest_golive.manifest.explain import Place, explain, listed
from pytest_golive.manifest.mistake import Mistake, Mistakes
from pytest_golive.manifest.model import DayOrMoment, EnvironmentName, Frozen, Text
from pytest_golive.manifest.schema import schema_of
from pytest_golive.manifest.values import is_filled_in
from pytest_golive.review.action import Action
from pytest_golive.review.findings import KINDS
from pytest_golive.review.trends import Trend
from pytest_golive.review.window import Window

ONE_DAY = timedelta(days=1)

PEOPLE_WRITE = ("reason", "owner")

DAYS = ("at", "due", "done")


class Decision(Frozen):
    """What was decided about a finding."""

    finding: Text = Field(description="its name, as the review tells it: uppzy errors /chat")
    environment: EnvironmentName | None = Field(default=None, description="where; default: everywhere")
    decision: Literal["yes", "no", True, False] = Field(
        description="yes: something is done about it; no: it can be borne until the day it is due"
    )
    action: Text | None = Field(default=None, description="what is done; default: the next action of the finding")
    reason: Text = Field(description="why")
    owner: Text = Field(description="who sees to it")
    at: DayOrMoment | None = Field(default=None, description="when it was decided, UTC")
    due: DayOrMoment = Field(description="last day by which it is done, or looked at again, UTC")
    done: DayOrMoment | None = Field(default=None, description="when it was done, UTC")


class DecisionsFile(Frozen):
    """A file of decisions."""

    golive: Annotated[Literal[1] | None, Field(description="version of this file's layout")] = None
    decisions: tuple[Decision, ...] = Field(default=(), description="what was decided, the oldest first")


@dataclass(frozen=True, slots=True)
class Decisions:
    """A file of decisions, read and checked.

    Attributes:
        path: the file.
        records: what it holds, in its order.
        lines: the line of each.
    """

    path: Path
    records: tuple[Decision, ...] = ()
    lines: tuple[int, ...] = ()

    @property
    def names(self) -> frozenset[str]:
        """The findings that there is a decision about."""
        return frozenset(plain(each.finding) for each in self.records)

    def about(self, vendor: str, environment: str) -> tuple[tuple[Decision, str], ...]:
        """Return the decisions about one vendor's findings in an environment, each with its place."""
        return tuple(
            (each, f"{self.path.name}:{line}")
            for each, line in zip(self.records, self.lines, strict=True)
            if plain(each.finding).split(" ")[0] == vendor and each.environment in {None, environment}
        )


def plain(name: str) -> str:
    """Return the name of a finding without the blanks that people add."""
    return " ".join(name.split())


def incident_name(vendor: str, window: Window) -> str:
    """Return the name of an incident: by the hour it began in."""
    return f"{vendor} incident {window.start:%Y-%m-%dT%H}"


def read_decisions(path: Path, vendors: Collection[str], environments: Collection[str], now: datetime) -> Decisions:
    """Read a file of decisions.

    Args:
        path: the file.
        vendors: those of golive.yaml.
        environments: those of golive.yaml.
        now: the time.

    Raises:
        Mistakes: everything that is wrong in it, with lines: also a finding that no review can have.
    """
    document = read_document(path)
    mistakes = [*explain(document, schema_of(DecisionsFile))]
    records = document.data.get("decisions")
    for number, record in enumerate(records if isinstance(records, list) else ()):
        if isinstance(record, dict):
            mistakes += _of_record(document, number, record, vendors, environments, now)
    if mistakes:
        raise Mistakes(mistakes)
    file = DecisionsFile.model_validate(document.data)
    lines = tuple(document.line(("decisions", number)) for number in range(len(file.decisions)))
    return Decisions(path, file.decisions, lines)


def _of_record(
    document: Document,
    number: int,
    record: Mapping[str, Any],
    vendors: Collection[str],
    environments: Collection[str],
    now: datetime,
) -> Iterator[Mistake]:
    place = ("decisions", number)
    finding = record.get("finding")
    problem = unknown(plain(finding), vendors) if isinstance(finding, str) else ""
    if problem:
        yield document.mistake((*place, "finding"), problem)
    for name in PEOPLE_WRITE:
        value = record.get(name)
        if isinstance(value, str) and value and not is_filled_in(value):
            yield document.mistake((*place, name), "is not filled in")
    environment = record.get("environment")
    if isinstance(environment, str) and environment not in environments:
        told = f"there is no environment {environment!r} in golive.yaml{listed(environments, environment, 'there is')}"
        yield document.mistake((*place, "environment"), told)
    yield from _of_days(document, place, record, now)


def _of_days(document: Document, place: Place, record: Mapping[str, Any], now: datetime) -> Iterator[Mistake]:
    for name in DAYS:
        value = record.get(name)
        if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d", value) and _day(value) is None:
            yield document.mistake((*place, name), "is no day of the calendar, as 2026-11-21")
    days = {name: _day(record.get(name)) for name in DAYS}
    for name in ("at", "done"):
        # Half the world has a later day than UTC.
        if (day := days[name]) is not None and day > now + ONE_DAY:
            yield document.mistake((*place, name), "lies in the future")
    for name in ("due", "done"):
        if (day := days[name]) is not None and (at := days["at"]) is not None and day + ONE_DAY <= at:
            yield document.mistake((*place, name), "lies before the day on which it was decided")


def unknown(name: str, vendors: Collection[str]) -> str:
    """Return why no review can have a finding of this name; empty where one can."""
    vendor, _, rest = name.partition(" ")
    if vendor not in vendors:
        return f"no vendor of golive.yaml is called {vendor!r}{listed(vendors, vendor, 'there are')}"
    kind = next((kind for kind in sorted(KINDS, key=len, reverse=True) if (rest + " ").startswith(kind + " ")), None)
    if kind is None:
        word = next((kind for kind in KINDS if rest.startswith(kind.split(" ")[0])), rest.partition(" ")[0])
        return f"no finding is called {rest!r}{listed(KINDS, word, 'there are')}"
    about = rest[len(kind) :].strip()
    if about and not KINDS[kind]:
        return f"{kind} is about all of the traffic: leave out {about!r}"
    if not about and kind == "rollout":
        return "a rollout is named by its batch: rollout B-12"
    if not about and kind == "incident":
        return "an incident is named by the hour it began in: incident 2026-11-24T10"
    return ""


# Whether it was kept to ----------------------------------------------------------


def judge_decisions(
    decided: Collection[tuple[Decision, str]],
    before: Mapping[str, Trend],
    now: Mapping[str, Trend],
    week: Window,
) -> tuple[Trend, ...]:
    """Return what was not decided, what is overdue, and what was done and had no effect.

    Args:
        decided: decisions, the oldest first, each with its place.
        before: what the review of the week before found, by name.
        now: what this week's finds.
        week: this week.
    """
    latest = {plain(each.finding): (each, place) for each, place in decided}
    found = [*_undecided(latest, before)]
    for name, (each, place) in latest.items():
        due, done = _last(each.due), each.done and _day(each.done)
        if done is None and due < week.end:
            found.append(_overdue(name, each, place))
        elif done and done + ONE_DAY <= week.start and name in now:
            expected = f"what was done about {name} to have an effect"
            actual = f"{place}: done on {each.done}, by {each.owner}, and still {now[name].actual}"
            found.append(Trend(name, expected, actual, now[name].action))
    return tuple(found)


def _undecided(latest: Collection[str], before: Mapping[str, Trend]) -> Iterator[Trend]:
    for name, trend in before.items():
        if name not in latest:
            expected = f"a decision on {name}: yes or no, why, who, until when"
            yield Trend(name, expected, f"none; the review of the week before found {trend.actual}", trend.action)


def _overdue(name: str, decision: Decision, place: str) -> Trend:
    if decision.decision in ("no", False):
        expected = f"{name} to be looked at again by {decision.due}"
        return Trend(name, expected, f"{place}: that day is over, {decision.owner} decides anew", Action.LOOK_INTO)
    expected = f"what was decided about {name} to be done by {decision.due}"
    actual = f"{place}: not done yet, by {decision.owner}"
    return Trend(name, expected, actual, Action.LOOK_INTO)


def _day(text: Any) -> datetime | None:
    """Return the moment a day or moment begins; None where there is none."""
    if not isinstance(text, str):
        return None
    try:
        return datetime.fromisoformat(text.removesuffix("Z")).replace(tzinfo=UTC)
    except ValueError:
        return None


def _last(text: str) -> datetime:
    """Return when a day, or a moment, is over."""
    begun = _day(text)
    assert begun is not None, "days are checked when the file is read"
    return begun + (timedelta() if "T" in text else ONE_DAY)
