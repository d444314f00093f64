"""One change of an integration, as the team's record tells it: its steps, and the state before and after."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, time
from typing import Any

from pytest_golive.papers.changes.fields import snake
from pytest_golive.papers.changes.states import State, provider_of
from pytest_golive.papers.changes.steps import NOT_DONE, PLANNED, Kind, Phase, outcome_of
from pytest_golive.papers.text.record_times import moments_in

_GOES = re.compile(
    r"remov|delet|drop|no longer|\bnot\b|without|retir|renam|replac|stop|clean|obsolete|unused|entfern|lösch|umbenannt"
    r"|ersetz|nicht mehr|elimin|quit|borr|reemplaz|renombr|sin\b|exclu|apag|substitu|renome|sem\b",
    re.IGNORECASE,
)
"""What is said of something that is meant to go."""

WEBHOOK, LAYER = "webhook", "data layer"


@dataclass(frozen=True, slots=True)
class Step:
    """One step that a record tells.

    Attributes:
        kind: which.
        phase: whether it says of itself that it is about the state before or after.
        times: the times it tells, in their order.
        outcome: passed, failed, or empty.
        held: what stands there.
        text: all its words.
        line: where it stands.
        by: who made it; empty where that is not told.
    """

    kind: Kind
    phase: Phase = ""
    times: tuple[datetime, ...] = ()
    outcome: str = ""
    held: Any = None
    text: str = ""
    line: int = 1
    by: str = ""

    @property
    def at(self) -> datetime | None:
        """When it was made; None where that is not told."""
        return self.times[0] if self.times else None

    @property
    def is_exact(self) -> bool:
        """Whether the hour is told too."""
        return self.at is not None and self.at.time() != time()


@dataclass(frozen=True, slots=True)
class Change:
    """One change, as its record tells it.

    Attributes:
        paper: name of the file.
        line: where the record begins.
        name: what the team calls it.
        targets: the provider, webhook or data layer that was changed.
        site: id of its site; empty where that is not told.
        environment: where; empty where that is not told.
        owner: who made it; empty where that is not told.
        day: the day it tells; None where it tells none.
        planned: what was meant to change, in its words.
        steps: in the order of their times, then of the record.
        ordered: whether the order in the record means something by itself.
        before: the state before.
        after: the state after.
    """

    paper: str
    line: int
    name: str
    targets: tuple[str, ...] = ()
    site: str = ""
    environment: str = ""
    owner: str = ""
    day: date | None = None
    planned: tuple[str, ...] = ()
    steps: tuple[Step, ...] = ()
    ordered: bool = True
    before: State = field(default_factory=State)
    after: State = field(default_factory=State)

    @property
    def place(self) -> str:
        """File and line."""
        return f"{self.paper}:{self.line}"

    @property
    def config(self) -> Step | None:
        """The step that changed something; None where the record has none."""
        return next((step for step in self.steps if step.kind == "config"), None)

    @property
    def at(self) -> datetime | None:
        """When something was changed; None where that is not told."""
        return self.config.at if self.config is not None else None

    @property
    def provider(self) -> str:
        """The provider that was changed; empty where it was something else."""
        return next((each for each in self.targets if provider_of(each)), "")

    def of(self, *kinds: Kind) -> list[Step]:
        """Return the steps of these kinds."""
        return [step for step in self.steps if step.kind in kinds]

    def has_planned(self, name: str) -> bool:
        """Whether a dotted name, as `eventMapping.purchase`, was meant to change."""
        words = " ".join(self.planned)
        tokens = {_plain(each) for each in re.split(r"[\s,;`'\"()\[\]]+", words)}
        wanted = {_plain(name), *(_plain(name[:at]) for at, sign in enumerate(name) if sign == ".")}
        if any(token in wanted or token.endswith(tuple(f".{each}" for each in wanted)) for token in tokens):
            return True
        # In a sentence the member alone is named, and what becomes of it; as part of another name it is another thing.
        member = re.search(rf"(?<![\w.-]){re.escape(name.rpartition('.')[2])}(?![\w-])", words)
        return member is not None and _GOES.search(words) is not None


def _plain(token: str) -> str:
    parts = re.sub(r"\W+$", "", token).split(".")
    return ".".join(snake(part).replace("_", "") for part in parts)


def was_made(step: Step) -> bool:
    """Whether a step was made, and not only prepared or left out: what a record says of its way back."""
    told = {snake(name): value for name, value in step.held.items()} if isinstance(step.held, Mapping) else {}
    for name in ("performed", "done", "needed", "executed", "made", "used", "required", "triggered", "nötig", "hecho"):
        if name in told:
            return outcome_of(told[name]) == "passed" or bool(moments_in(told[name]))
    if isinstance(step.held, Mapping) and step.times and not isinstance(step.held.get("text"), str):
        return not NOT_DONE.search(step.text)
    for sentence in re.split(r"\n|(?<=[a-z)])[.;]\s", step.text):
        words = re.sub(r"^\W*roll(?:ed)?[ _-]?back\W*", "", sentence, flags=re.IGNORECASE)
        if not words.strip() or NOT_DONE.search(words) or PLANNED.search(words):
            continue
        if moments_in(words, date.min) or outcome_of(words) == "passed":
            return True
    return False
