"""What is known of one change: each step with its time and its answer, and what was read around it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from pytest_golive.changes.difference import Difference, difference
from pytest_golive.exchange.answer import Answer
from pytest_golive.facts.exchange import Exchange
from pytest_golive.facts.finding import CannotTell, Finding, NotVerified

Config = Mapping[str, Any]

IN_ORDER = ("snapshot_before", "config", "test", "health", "logs", "switch_off", "test_mode", "restore")
"""The steps of a change, in the order in which they have to come."""

STATES = frozenset({"success", "failed", "retrying", "filtered", "test"})
"""What a log entry may say of an event; of another word nobody knows what it means."""


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a change.

    Attributes:
        kind: what it is, one of :data:`IN_ORDER`.
        at: monotonic seconds at which it began.
        over: monotonic seconds at which it ended.
    """

    kind: str
    at: float
    over: float


@dataclass(frozen=True, slots=True)
class Sent:
    """An event that was sent to see what becomes of it.

    Attributes:
        event: its name.
        event_id: its id.
        entries: what the provider's log says of it.
        seconds: how long it took to show there, or how long was waited for it in vain.
    """

    event: str
    event_id: str
    entries: Sequence[Mapping[str, Any]]
    seconds: float

    @property
    def states(self) -> tuple[str, ...]:
        """The states that the log tells of it, the newest first."""
        return tuple(str(one.get("status")) for one in self.entries)


@dataclass(frozen=True, slots=True)
class Switched:
    """One switch, thrown by itself.

    Attributes:
        field: which one.
        before: the configuration before.
        answer: to the call that threw it.
        after: the configuration after; None where the call was refused.
        sent: an event sent meanwhile; or why none was.
    """

    field: str
    before: Config
    answer: Answer
    after: Config | None
    sent: Sent | NotVerified | CannotTell | None


@dataclass(frozen=True, slots=True)
class Damage:
    """A mapping taken away on purpose, and put back.

    Attributes:
        name: the event whose mapping was taken away.
        before: the configuration before.
        damaged: the configuration without it.
        restored: the configuration after it was put back.
        test: the answer to the test after that.
    """

    name: str
    before: Config
    damaged: Config
    restored: Config
    test: Answer


@dataclass(slots=True)
class ChangeRecord:
    """One change, as far as it went.

    Attributes:
        provider: the one that was changed.
        planned: dotted names of what was meant to change.
        hidden: dotted names of its secrets.
        steps: in the order in which they were made.
        answers: by what was asked for: `list`, `health_before`, `config`, `test` …
        before: the configuration before.
        changed: the configuration after the config step.
        others: the other providers before and after the config step, by name.
        sent: an event sent after the change; or why none was.
        new_entries: entries of the log that were not there before the change.
        switched: the switches that were thrown, by field.
        wrong: the configuration after a switch of a wrong type was sent.
        damage: a mapping taken away on purpose, and put back.
        bodies: what was written, with the names of secrets in their place.
        after: the configuration after all was put back.
        ended: why the flow ended early; None where it was gone through.
        exchanges: the calls that were made.
    """

    provider: str
    planned: tuple[str, ...] = ()
    hidden: tuple[str, ...] = ()
    steps: list[Step] = field(default_factory=list)
    answers: dict[str, Answer] = field(default_factory=dict)
    before: Config | None = None
    changed: Config | None = None
    others: tuple[Mapping[str, Config], Mapping[str, Config]] | None = None
    sent: Sent | NotVerified | CannotTell | None = None
    new_entries: Sequence[Mapping[str, Any]] = ()
    switched: dict[str, Switched] = field(default_factory=dict)
    wrong: Config | None = None
    damage: Damage | None = None
    bodies: list[Config] = field(default_factory=list)
    after: Config | None = None
    ended: Finding | None = None
    exchanges: tuple[Exchange, ...] = ()

    def step(self, kind: str) -> Step | None:
        """Return the step of this kind; None where it was not made."""
        return next((step for step in self.steps if step.kind == kind), None)

    def answer(self, what: str) -> Answer:
        """Return an answer.

        Raises:
            CannotTell: the flow ended before it was asked for.
        """
        if what not in self.answers:
            raise self.lacking()
        return self.answers[what]

    def difference(self, before: Config, after: Config) -> Difference:
        """Return what two readings of the provider differ in."""
        return difference(before, after, self.hidden)

    def lacking(self) -> CannotTell:
        """Return why nothing can be said: the flow did not come so far."""
        return CannotTell(
            self.ended
            or Finding(
                requirement=f"the change of {self.provider} has to be gone through",
                expected="every step made",
                actual="the flow ended early",
            )
        )
