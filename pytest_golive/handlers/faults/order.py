"""Order and time: whatever the order in which events come, one state in the end."""

from __future__ import annotations

import itertools
import time
from collections.abc import Iterator
from dataclasses import replace

from pytest_golive.handlers.catalogue import fault
from pytest_golive.handlers.life import Step, moment, shown
from pytest_golive.handlers.orders import (
    AT_ONCE,
    Order,
    Stage,
    breaks,
    ends,
    in_words,
    orders,
    smallest,
    stage,
    unprobed_stage,
)
from pytest_golive.handlers.trial import Trial

ANOTHER_TENANT = "00000000-0000-4000-8000-00000000beef"

LOOK_SECONDS = 0.2
"""Between two looks at what the vendor was asked."""

TRIES = 3
"""Times a late event is sent before its error counts as one that stays."""


@fault("WH-41")
def change_before_creation(trial: Trial) -> None:
    """Each change of a thing, then the event that it was created by."""
    seen = stage(trial)
    creation = seen.steps[0]
    alone, *rights = seen.after_each([(creation,), *((creation, change) for change in seen.changes)])
    visible = [(change, right) for change, right in zip(seen.changes, rights, strict=True) if right != alone]
    if not visible:
        trial.cannot_tell("a change that the probe shows", f"none is to be seen after {creation.event}")
    found = seen.after_each([(change, creation) for change, _ in visible], hasty=True)
    for (change, right), state in zip(visible, found, strict=True):
        if state != right:
            _must_leave_one_state(seen, (change, creation), f"{change.event} came before {creation.event}")


@fault("WH-42")
def change_after_the_end(trial: Trial) -> None:
    """What ends a thing, then a change of it that is older."""
    seen = stage(trial)
    end = next((step for step in seen.steps if ends(step.event)), None)
    if end is None:
        trial.cannot_tell("an event that deletes or closes something", f"the handler acts upon none of a {seen.kind}")
    creation = seen.steps[0]
    older = [change for change in seen.changes if change.minute < end.minute]
    before = seen.after_each([(creation, change) for change in older])
    after = seen.after_each([(creation, change, end) for change in older])
    if before == after:
        trial.cannot_tell("an ending that the probe shows", f"{end.event} changes nothing that is to be seen")
    found = seen.after_each([(creation, end, change) for change in older], hasty=True)
    for change, right, state in zip(older, after, found, strict=True):
        if state != right:
            said = f"{change.event}, which is older, came after {end.event}"
            _must_leave_one_state(seen, (creation, end, change), said)


@fault("WH-43")
def older_change_after_a_newer_one(trial: Trial) -> None:
    """Two changes of one thing, the newer one first."""
    seen = stage(trial)
    creation, older, newer = _two_changes(seen)
    _must_leave_one_state(seen, (creation, newer, older), f"{older.name}, which is older, came after {newer.name}")


@fault("WH-44")
def every_order(trial: Trial) -> None:
    """Every order of the events of a life, each with duplicates and a late event; of long lives a sample."""
    seen = stage(trial)
    late = _late(seen)
    expected = seen.in_order(*seen.steps, late)
    tried = orders(seen.steps, late, trial.chance())
    for batch in iter(lambda: list(itertools.islice(tried, AT_ONCE)), []):
        for order, state in zip(batch, seen.after_each(batch, hasty=True), strict=True):
            if state == expected:
                continue
            # What was seen among many others has to be seen alone, too.
            broken = breaks(seen, order)
            if broken is None:
                trial.warn(f"an order that broke the handler among others held alone: {in_words(order)}")
                continue
            broken = smallest(seen, order) or broken
            trial.must(
                False,
                expected=f"the same state in whatever order they come: {shown(broken.expected)}",
                actual=f"{in_words(broken.order)}: the state is {shown(broken.found)}",
            )


@fault("WH-45")
def late_event_for_something_closed(trial: Trial) -> None:
    """A whole life, and when it is over a change of before, as often as a vendor would send it."""
    seen = stage(trial) if trial.lab.has_probe else unprobed_stage(trial)
    place = next((at for at, step in enumerate(seen.steps) if ends(step.event)), len(seen.steps) - 1)
    end = seen.steps[place]
    lived = seen.life()
    lived.arrive(seen.steps[: place + 1])
    if not lived.receipts[end].accepted:
        trial.cannot_tell("the end of something to be accepted first", f"{end.event} {lived.receipts[end].told}")
    if trial.lab.has_probe:
        trial.lab.count(lived.parcels[end].event_id, at_least=1)
    for change in seen.steps[: place + 1]:
        if change is end and place:
            continue
        late = replace(change, minute=change.minute + 0.5, told=f"a late {change.event}")
        for _ in range(TRIES):
            receipt = lived.send(late)
            if not receipt.failed:
                break
        trial.must(
            not receipt.failed,
            expected="a 2xx or 4xx",
            actual=f"{late.name} after {end.event} {receipt.told}, {TRIES} times in a row",
        )


@fault("WH-46")
def event_that_never_came(trial: Trial) -> None:
    """Something that the vendor lists and no event told of; until the handler has asked for a list, or knows it."""
    lab, webhooks = trial.lab, trial.lab.setup.webhooks
    api = lab.vendor_api
    kinds = [webhooks.kind_of(name) for name in (lab.event, *webhooks.events)]
    kind = next((kind for kind in kinds if kind and f"list_{kind}s" in lab.setup.pack.operations), None)
    if kind is None:
        trial.cannot_tell("a vendor that lists what its events are about", "it lists nothing of the kind")
    missed = api.ids(kind)[0]
    seconds = lab.setup.handler.reconcile_seconds
    before, until = len(api.asked()), time.monotonic() + seconds
    thing = f"{'an' if kind[0] in 'aeio' else 'a'} {kind}"
    while len(api.asked()) == before and lab.state(missed) is None:
        trial.must(
            time.monotonic() < until,
            expected=f"a list to be asked for, or a state that is right, within {seconds:g} s",
            actual=f"{thing} that no event told of is unknown to it, and it asked the vendor for no list",
        )
        time.sleep(LOOK_SECONDS)


@fault("WH-47")
def tenants_interleaved(trial: Trial) -> None:
    """Another tenant's events about a thing of the same id, between our own."""
    seen = stage(trial)
    for length in range(len(seen.steps) - 1, 0, -1):
        ours = seen.steps[:length]
        if _shows(seen, ours, seen.steps):
            break
    else:
        trial.cannot_tell("a change that the probe shows", f"no event of a {seen.kind} changes its state")
    theirs = [
        replace(step, minute=step.minute + 0.5, told=f"another tenant's {step.event}", tenant=ANOTHER_TENANT)
        for step in seen.steps
    ]
    both = [step for pair in itertools.zip_longest(ours, theirs) for step in pair if step is not None]
    expected, found = seen.compared(both, right=ours)
    trial.must(
        found == expected,
        expected=f"the state that its own tenant's events leave: {shown(expected)}",
        actual=f"with another tenant's events about the same id between them it is {shown(found)}",
    )


@fault("WH-48")
def ways_to_write_a_time(trial: Trial) -> None:
    """Two changes in their order, whose times are written with zones and fractions: compared as texts they are not."""
    seen = stage(trial)
    creation, older, newer = _two_changes(seen)
    expected = seen.in_order(creation, older, newer)
    for said, first, second in _written(seen, older, newer):
        steps = creation, replace(older, written=first), replace(newer, written=second)
        life = seen.life()
        for step in steps:
            receipt = life.send(step)
            trial.must(
                receipt.accepted,
                expected="a 2xx",
                actual=f"{step.name} of {step.written or moment(seen.beginning)} {receipt.told}",
            )
        found = life.comes_to(expected)
        trial.must(
            found == expected,
            expected=f"the state after {newer.name}: {shown(expected)}",
            actual=f"with {said} in their times it is {shown(found)}",
        )


def _written(seen: Stage, older: Step, newer: Step) -> Iterator[tuple[str, str, str]]:
    """Yield two times, the second later, that are no pair of texts in this order."""
    first, second = (seen.beginning + 60 * step.minute for step in (older, newer))
    yield "zones", _zoned(first, 5), _zoned(second, -7)
    yield "fractions", moment(second), moment(second).replace("Z", ".5Z")
    yield "seven digits of a fraction", moment(second).replace("Z", ".1000000Z"), moment(second).replace("Z", ".25Z")


def _zoned(seconds: float, hours: int) -> str:
    return moment(seconds + 3600 * hours).replace("Z", f"{hours:+03d}:00")


def _two_changes(seen: Stage) -> Order:
    """Return creation, an older change and a newer one that the probe tells apart.

    Raises:
        CannotTell: there are none.
    """
    creation, *later = seen.steps
    changes = [step for step in later if step.event.rpartition(".")[2] != "deleted"]
    pairs = [
        (older, newer) for newer in reversed(changes) for older in reversed(changes) if older.minute < newer.minute
    ]
    # The same kind of change twice: the older one with what the thing was created with.
    pairs += [
        (
            replace(change, told=f"an older {change.event}", content=creation.event),
            replace(change, minute=change.minute + 5, told=f"a newer {change.event}"),
        )
        for change in changes
    ]
    for older, newer in pairs:
        both = seen.after_each([(creation, older), (creation, older, newer), (creation, newer)])
        # The newer one has to decide alone: two messages add up, and show nothing of their order.
        if both[0] != both[1] and both[1] == both[2]:
            return creation, older, newer
    return seen.trial.cannot_tell("two changes that the probe tells apart", f"none of a {seen.kind} shows over another")


def _late(seen: Stage) -> Step:
    """Return an event that comes when all is over, and belongs far before."""
    step = (seen.changes or seen.steps)[0]
    return replace(step, minute=step.minute + 0.5, told=f"a late {step.event}")


def _shows(seen: Stage, before: Order, after: Order) -> bool:
    first, second = seen.after_each([before, after])
    return bool(first != second)


def _must_leave_one_state(seen: Stage, order: Order, said: str) -> None:
    __tracebackhide__ = True
    expected, found = seen.compared(order)
    seen.trial.must(
        found == expected,
        expected=f"the state that they leave in their order: {shown(expected)}",
        actual=f"{said}, and the state is {shown(found)}",
    )
