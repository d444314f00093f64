"""What state events leave behind in one order and in another, and the smallest order that breaks a handler."""

from __future__ import annotations

import itertools
import random
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

from pytest_golive.handlers.life import Life, Step, an_hour_ago
from pytest_golive.handlers.lifecycle import lifecycles
from pytest_golive.handlers.trial import Trial

ENDINGS = ("deleted", "closed", "canceled", "cancelled", "removed", "archived")
"""Last words of events after which a thing is no more what it was."""

AT_ONCE = 12
"""Lives that are told at once, each about a thing of its own."""

WHOLE = 5
"""Events up to which every order is tried."""

SAMPLE = 120
"""Orders that are tried of longer lives: as many as five events have."""

UNORDERED = 5
"""Events that are tried of a vendor that does not tell in what order they come."""

Order = tuple[Step, ...]


@dataclass(frozen=True, slots=True)
class Stage:
    """A kind of thing of whose life a handler takes notice, and what it has to be compared with.

    Attributes:
        trial: sends and judges.
        kind: conversation.
        steps: the events that the handler acts upon, in the order of their times.
        beginning: Unix seconds of every life.
    """

    trial: Trial
    kind: str
    steps: Order
    beginning: float

    @property
    def changes(self) -> Order:
        """The steps after the first that end nothing."""
        return tuple(step for step in self.steps[1:] if not ends(step.event))

    def life(self) -> Life:
        """Return a new thing's life."""
        return Life(self.trial, self.kind, self.beginning)

    def in_order(self, *steps: Step) -> Any:
        """Return the state that events leave behind when they come in the order of their times."""
        return self.after(_in_order(steps))

    def compared(self, order: Sequence[Step], *, right: Sequence[Step] | None = None) -> tuple[Any, Any]:
        """Return the state that events leave in the order of their times, and the one that they leave in this order.

        Where they differ, the first is looked at again: a state that was read too early proves nothing.

        Args:
            order: of arrival.
            right: the events whose state it has to be; None for the same ones.
        """
        steps = order if right is None else right
        expected = self.in_order(*steps)
        found = self.after(order, expected)
        if found != expected:
            again = self.in_order(*steps)
            if again != expected:
                expected, found = again, self.after(order, again)
        return expected, found

    def after(self, steps: Sequence[Step], expected: Any = ..., *, hasty: bool = False) -> Any:
        """Return the state that events leave behind in this order.

        Args:
            steps: in the order of their arrival.
            expected: the state that is waited for.
            hasty: nothing is waited for but that the state stands still; who sees something wrong looks again.
        """
        life = self.life()
        life.arrive(steps)
        if expected is not ...:
            return life.comes_to(expected)
        if not hasty:
            self._wait(life)
        return life.told(self.trial.lab.state(life.subject))

    def after_each(self, orders: Iterable[Sequence[Step]], *, hasty: bool = False) -> list[Any]:
        """Return the states after each of several orders, told at the same time."""
        with ThreadPoolExecutor(AT_ONCE) as pool:
            return list(pool.map(lambda order: self.after(order, hasty=hasty), orders))

    def _wait(self, life: Life) -> None:
        """Wait until the events that the handler acts upon have been worked off."""
        known = {step.event for step in self.steps}
        ids = [parcel.event_id for step, parcel in life.parcels.items() if step.event in known]
        with ThreadPoolExecutor(max(1, len(ids))) as pool:
            list(pool.map(lambda event_id: self.trial.lab.count(event_id, at_least=1), ids))


def ends(event: str) -> bool:
    """Whether a thing is over with an event."""
    return event.rpartition(".")[2] in ENDINGS


def stage(trial: Trial) -> Stage:
    """Return the kind of thing whose life the handler takes notice of; found out once a run.

    Raises:
        CannotTell: there is none of which it acts upon two events and tells a state.
    """
    kind, steps, beginning = trial.lab.known("stage", lambda: _found(trial))
    if not steps:
        trial.cannot_tell(
            "a handler that acts upon two events of one thing, and whose probe tells its state", "it does so for none"
        )
    return Stage(trial, kind, steps, beginning)


def unprobed_stage(trial: Trial) -> Stage:
    """Return the life that the control's event belongs to, whatever the handler does about it."""
    kind, names = next(_lives(trial))
    return Stage(trial, kind, _steps(names), an_hour_ago())


def orders(steps: Order, late: Step, chance: random.Random) -> Iterator[Order]:
    """Yield the orders to be tried: all of up to five events, of more a sample; with duplicates, a late event last."""
    backwards = steps[::-1]
    tried: Iterable[Order] = itertools.permutations(steps)
    if len(steps) > WHOLE:
        tried = itertools.chain([backwards], (tuple(chance.sample(steps, len(steps))) for _ in range(SAMPLE - 1)))
    for order in tried:
        mixed = list(order)
        for step in chance.sample(order, 2):
            mixed.insert(chance.randint(mixed.index(step) + 1, len(mixed)), step)
        yield (*mixed, late)


@dataclass(frozen=True, slots=True)
class Broken:
    """An order that breaks a handler.

    Attributes:
        order: of arrival.
        expected: the state that the same events leave in the order of their times.
        found: the state that they leave in this order.
    """

    order: Order
    expected: Any
    found: Any


def smallest(stage: Stage, order: Order) -> Broken | None:
    """Return the smallest part of an order that breaks the handler by itself: one event twice, two, or three."""
    once = tuple(dict.fromkeys(order))
    for size in (1, 2, 3):
        parts = [part for part in itertools.combinations(once, size) if size == 1 or not _sorted(part)]
        if size == 1:
            parts = [(step, step) for (step,) in parts if order.count(step) > 1]
        parts.sort(key=lambda part: sorted(step.minute for step in part))
        states = stage.after_each([*(_in_order(part) for part in parts), *parts], hasty=True)
        for part, right, wrong in zip(parts, states, states[len(parts) :], strict=False):
            broken = breaks(stage, part) if right != wrong else None
            if broken is not None:
                return broken
    return None


def breaks(stage: Stage, order: Order) -> Broken | None:
    """Return what an order leaves behind, with nothing else going on in this trial; None where that is right."""
    expected, found = stage.compared(order)
    return Broken(order, expected, found) if found != expected else None


def in_words(order: Order) -> str:
    """Return an order as a finding names it."""
    if len(order) == 2 and order[0] == order[1]:
        return f"{order[0].name} twice"
    if len(order) == 2:
        return f"{order[0].name} before {order[1].name}"
    return f"{', '.join(step.name for step in order)} in this order"


def _found(trial: Trial) -> tuple[str, Order, float]:
    beginning = an_hour_ago()
    for kind, names in itertools.islice(_lives(trial), 3):
        life = Life(trial, kind, beginning)
        life.arrive(_steps(names))
        counts = _counts(trial, life)
        acting = _steps([step.event for step, count in counts.items() if count])
        if len(acting) < 2:
            continue
        seen = Stage(trial, kind, acting, beginning)
        if len({repr(state) for state in seen.after_each([acting[:1], acting])}) > 1:
            return kind, acting, beginning
    return "", (), beginning


def _counts(trial: Trial, life: Life) -> dict[Step, int]:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        asked = {step: pool.submit(trial.lab.count, parcel.event_id) for step, parcel in life.parcels.items()}
        return {step: count.result() for step, count in asked.items()}


def _steps(names: Sequence[str]) -> Order:
    return tuple(Step(name, 10.0 * place) for place, name in enumerate(names))


def _lives(trial: Trial) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield the lives that a handler may be told of, first the one that the control's event belongs to."""
    webhooks = trial.lab.setup.webhooks
    known, event = lifecycles(webhooks), trial.lab.event
    own = webhooks.kind_of(event)
    if own is not None and own not in known:
        others = [name for name in webhooks.events if webhooks.kind_of(name) == own and name != event]
        yield own, (event, *others[: UNORDERED - 1])
    yield from sorted(known.items(), key=lambda life: event not in life[1])


def _in_order(steps: Iterable[Step]) -> Order:
    return tuple(sorted(dict.fromkeys(steps), key=lambda step: step.minute))


def _sorted(steps: Sequence[Step]) -> bool:
    return all(first.minute <= second.minute for first, second in itertools.pairwise(steps))
