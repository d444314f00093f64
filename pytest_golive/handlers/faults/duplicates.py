"""Duplicates: vendors deliver at least once, and a handler acts once."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from typing import Any

from pytest_golive.facts.body_path import at
from pytest_golive.handlers.catalogue import fault
from pytest_golive.handlers.genuine import with_fields, without_fields
from pytest_golive.handlers.parcel import Parcel
from pytest_golive.handlers.trial import Trial, envelope_of
from pytest_golive.handlers.wording import times

AT_ONCE = 20
"""Copies that are sent in the same moment."""

EARLIER_SECONDS = 2.0
"""How much older than the moment the signed time of a first attempt is."""

ROUNDS = 2
"""Times that is done: a race does not show every time."""

WORKERS = 12
"""Copies that are spread over the handler's workers."""

CROWD = 300
"""Events between an event and its copy: more than the size that caches usually have."""

ENOUGH = 257
"""How many of them have to be accepted, so that a memory of 256 ids would be seen."""

KINDS = 3
"""Kinds of changes that are tried until one takes effect."""

RECOVERY = (0.0, 0.5, 1.0, 2.0)
"""Pauses before the attempts after the work had failed."""

CRASHING = 3
"""Events that are under way when the handler is killed, where their work is held up."""

HELD_SECONDS = 1.0
"""How long their work is held up: a handler that works before it answers can bear it for all of them in turn."""

PATIENCE = 2
"""How many times as long as usual an effect is waited for after a crash."""

CHANGED = 2
"""Place in the life of a thing at which it changes, and may do so again and again."""

LONG = 299
"""Characters that two long ids have in common: beyond 255, at which columns often end."""


@fault("WH-30")
def sequential_duplicate(trial: Trial) -> None:
    """The same event again, as a retry: same id, a new attempt with its own time and signature.

    And one that comes genuinely after a forged delivery with its id: what was refused did not come at all.
    """
    trial.need_probe()
    # Signed a little earlier, so that the attempts differ as they do in life: no vendor comes again within the second.
    first = trial.genuine(sent_at=time.time() - EARLIER_SECONDS)
    trial.given(first)

    second = again(trial, first)
    trial.send(second)

    trial.must_act(second, 1, said="an event that came twice")
    forged = trial.genuine(secret=trial.wrong_secret(), said="a forged delivery")
    if not trial.send(forged).accepted:
        later = again(trial, forged, attempt=1)
        trial.send(later)
        trial.must_act(later, 1, said="an event whose id a forged delivery had named before")


@fault("WH-31")
def concurrent_duplicates(trial: Trial) -> None:
    """Copies over as many connections, all of them complete in the same moment."""
    trial.need_probe()
    for _ in range(ROUNDS):
        parcel = trial.genuine()
        receipts = trial.send_together([parcel] * AT_ONCE)
        accepted = sum(receipt.accepted for receipt in receipts)
        if not accepted:
            trial.cannot_tell(
                "at least one of the copies to be accepted", f"of {AT_ONCE} copies at once none was: {receipts[0].told}"
            )
        trial.must_act(parcel, 1, said=f"an event that came {AT_ONCE} times at once ({accepted} answered 2xx)")


@fault("WH-32")
def memory_of_one_process(trial: Trial) -> None:
    """Copies that any worker may get, each over a connection of its own; then one more after a restart."""
    first = trial.genuine()
    trial.given(first)
    for number in range(WORKERS):
        trial.send(again(trial, first, attempt=number + 2))
    trial.must_act(first, 1, said=f"an event that came again over {WORKERS} further connections")

    trial.lab.restart()
    # What the probe counts may itself be forgotten: what counts is whether there is more of it after the copy.
    known = trial.lab.count(first.event_id, at_least=1)
    second = again(trial, first)
    if not trial.send(second).accepted:
        trial.cannot_tell("the copy after the restart to be accepted", "it was not")
    seen = trial.lab.count(first.event_id, at_least=known) - known
    trial.must(
        seen == 0,
        expected="the event to take effect once",
        actual=f"an event that came again after a restart took effect {times(1 + seen)}",
    )


@fault("WH-33")
def short_memory(trial: Trial) -> None:
    """A memory that drops the ids of old events, or keeps a number of ids; the clock itself cannot be moved."""
    horizon = max(sum(one.waits_seconds) for one in trial.lab.setup.webhooks.retry.values())
    first = trial.genuine(occurred_at=time.time() - horizon)
    trial.given(first)
    trial.send(again(trial, first))
    trial.must_act(first, 1, said=f"an event of {horizon / 60:.0f} minutes ago that came twice")

    accepted = 0
    others = [trial.genuine() for _ in range(CROWD)]
    for begin in range(0, CROWD, AT_ONCE):
        # In small groups, so that it is their number that is tried, and not how many come at once.
        receipts = trial.lab.send_at_rate(others[begin : begin + AT_ONCE], per_second=200)
        accepted += sum(receipt.accepted for receipt in receipts)
    if accepted < ENOUGH:
        trial.cannot_tell(f"at least {ENOUGH} of {CROWD} other events to be accepted", f"{accepted} were")
    trial.lab.count(others[-1].event_id, at_least=1)
    trial.send(again(trial, first, attempt=3))
    trial.must_act(first, 1, said=f"an event that came again after {CROWD} others")
    trial.note(
        f"how long ids are kept by the clock does not show in one run: "
        f"the vendor's last attempt comes {horizon / 60:.0f} minutes after the first"
    )


@fault("WH-34")
def equal_content(trial: Trial) -> None:
    """Two events of the same second that differ in their ids, and in the id of the thing that each is about."""
    first = trial.genuine()
    trial.given(first)
    second = twin(trial, first)

    receipt = trial.send(second)

    trial.must_accept(second, receipt)
    trial.must_act(second, 1)


@fault("WH-35")
def two_changes(trial: Trial) -> None:
    """Two changes of one thing, in the order in which they happened."""
    kinds = repeatable(trial)[:KINDS]
    now = time.time()
    for kind in kinds:
        begun = beginning(trial, now - 120)
        first = trial.genuine(kind, subject=begun.subject, occurred_at=now - 60)
        if not trial.send(first).accepted or trial.lab.count(first.event_id, at_least=1) != 1:
            continue  # of no interest to this handler
        change = turned_back if "previous" in data_of(trial, first) else None
        second = trial.genuine(
            kind, subject=begun.subject, occurred_at=now, change=change, said=f"the second {kind} of one thing"
        )
        trial.must_accept(second, trial.send(second))
        trial.must_act(second, 1)
        return
    trial.cannot_tell(
        "a change that takes effect, to be followed by another",
        f"of {', '.join(kinds)} none did" if kinds else "the vendor has no event that may come twice for one thing",
    )


@fault("WH-36")
def duplicate_is_acknowledged(trial: Trial) -> None:
    """A vendor that gets no 2xx for a copy sends it again, and counts the endpoint as failing."""
    first = trial.genuine()
    trial.given(first)

    second = again(trial, first, said="the same event again")

    trial.must_accept(second, trial.send(second))


@fault("WH-37")
def failed_work(trial: Trial) -> None:
    """The work fails while the event comes first, and works when it comes again."""
    lab = trial.lab
    parcel = trial.genuine()
    with lab.downstream.behaving(status=500) as mood:
        receipt = trial.send(parcel)
        until = time.monotonic() + lab.probe.settle_seconds
        while not mood.hits and time.monotonic() < until:
            time.sleep(0.02)
    if not mood.hits:
        trial.cannot_tell("the handler to call what it needs for its work", f"{parcel.event} made it call nothing")

    second = again(trial, parcel)
    if not any(_accepted_after(trial, second, pause) for pause in RECOVERY):
        trial.cannot_tell("the event to be accepted once its work can be done", "it was not")
    said = f"an event whose work had failed ({receipt.told.split(' in ')[0]}), and that came again,"
    if receipt.accepted and lab.count(parcel.event_id, at_least=1) == 0:
        # It has promised to see to it, and may do so at a time of its own.
        trial.cannot_tell(f"an effect within {lab.probe.settle_seconds:g} s", f"{said} took effect not at all so far")
    trial.must_act(parcel, 1, said=said)


@fault("WH-38")
def crash_after_answer(trial: Trial) -> None:
    """Killed the moment the answers are there, with the work held up where golive has a hand in it."""
    lab, mood = trial.lab, None
    holds = lab.setup.handler.downstream
    parcels = [trial.genuine() for _ in range(CRASHING if holds else AT_ONCE)]
    with ExitStack() as held:
        if holds:
            mood = held.enter_context(lab.downstream.behaving(status=200, seconds=HELD_SECONDS))
        receipts = trial.send_together(parcels)
        lab.restart(kill=True)
    if mood is None or not mood.hits:
        trial.note("golive could not hold up the work of these events: it may have been done before the crash")
    promised = [parcel for parcel, receipt in zip(parcels, receipts, strict=True) if receipt.accepted]
    if not promised:
        trial.cannot_tell("genuine events to be accepted first", f"{parcels[0].event} {receipts[0].told}")
    until = time.monotonic() + PATIENCE * lab.probe.settle_seconds
    lost = sum(not _done_by(trial, parcel, until) for parcel in promised)
    trial.must(
        lost == 0,
        expected="every event that was answered 2xx to take effect once the handler is up again",
        actual=f"{lost} of {len(promised)} events that were answered 2xx right before a crash took no effect within "
        f"{PATIENCE * lab.probe.settle_seconds:g} s after it",
    )


@fault("WH-39")
def ids_compared_loosely(trial: Trial) -> None:
    """Ids that differ in case, where the vendor's are no UUIDs, and long ones that differ at their end."""
    if "{random}" in trial.lab.setup.webhooks.new_event_id:
        first = trial.genuine()
        trial.given(first)
        head, mark, tail = first.event_id.rpartition("_")
        second = trial.genuine(event_id=head + mark + tail.upper(), said="an event whose id differs in case alone")
        trial.must_accept(second, trial.send(second))
        _must_not_be_merged(trial, second)

    stem = trial.genuine().event_id.ljust(LONG, "0")
    long = trial.genuine(event_id=f"{stem}a", said=f"an event with an id of {LONG + 1} characters")
    receipt = trial.send(long)
    trial.must_not_fail(long, receipt)
    if receipt.accepted and trial.lab.count(long.event_id, at_least=1):
        second = trial.genuine(event_id=f"{stem}b", said=f"an event whose id differs in character {LONG + 1} alone")
        trial.must_accept(second, trial.send(second))
        _must_not_be_merged(trial, second)


@fault("WH-40")
def no_id(trial: Trial) -> None:
    """The id not there, null or empty, in body and header, under a right signature where that does not need it."""
    webhooks = trial.lab.setup.webhooks
    changes: Mapping[str, Callable[[dict[str, Any]], None]] = {
        "without its id": without_fields(webhooks.event_id),
        "with null as its id": with_fields({webhooks.event_id: None}),
        "with an empty id": with_fields({webhooks.event_id: ""}),
    }
    for said, change in changes.items():
        parcel = trial.genuine(change=change, said=f"an event {said}")
        header = webhooks.event_id_header
        if header is not None and "{event_id}" not in trial.lab.setup.scheme.signed:
            parcel = parcel.with_header(header, "") if "empty" in said else parcel.without_header(header)
        trial.must_not_fail(parcel, trial.send(parcel))


def again(trial: Trial, parcel: Parcel, *, attempt: int = 2, **knobs: Any) -> Parcel:
    """Return a further attempt of an event: the same bytes, signed anew."""
    return trial.genuine(parcel.event, event_id=parcel.event_id, body=parcel.body, attempt=attempt, **knobs)


def twin(trial: Trial, parcel: Parcel) -> Parcel:
    """Return an event like another, of the same moment; only what tells the two things apart differs.

    A right handler may take two events about one message for one: ids that are the thing's own are new as well.
    """
    moment_at = trial.lab.setup.webhooks.occurred_at
    kind = parcel.event.partition(".")[0]
    mine, other = data_of(trial, parcel), data_of(trial, trial.genuine(parcel.event))
    own = {parcel.subject, *(value for name, value in _texts(mine) if name in {"id", f"{kind}_id"})} - {""}
    # Both come of one example: what stands at a place of the one stands at the same place of the other.
    fresh = {one: new for (_, one), (_, new) in zip(_texts(mine), _texts(other), strict=True) if one in own}
    return trial.genuine(
        parcel.event,
        data=_renamed(mine, fresh),
        change=with_fields({moment_at: at(envelope_of(parcel), moment_at)}),
        said="an event with the content of another, and an id of its own,",
    )


def repeatable(trial: Trial) -> list[str]:
    """Return the kinds of events that may come twice for the thing of the control's event, with effect each time."""
    events = trial.lab.setup.webhooks.events
    place = _place_of_data(trial)

    def thing(name: str) -> Any:
        event = events[name]
        return at({place: event.data}, event.subject) if event.subject else None

    def may_come_twice(name: str) -> bool:
        event = events[name]
        own = f"{name.partition('.')[0]}_id"
        changes = bool(event.data.get("previous")) or (own in event.data and event.subject != f"{place}.{own}")
        return event.lifecycle is None or (event.lifecycle == CHANGED and changes)

    usual = trial.lab.event
    if thing(usual) is None:
        return []
    kinds = [name for name in events if thing(name) == thing(usual) and may_come_twice(name)]
    return sorted(kinds, key=lambda name: name != usual)


def beginning(trial: Trial, at_time: float) -> Parcel:
    """Return the event by which a thing begins, and have it done where the handler is known to act upon it."""
    begun = trial.genuine(occurred_at=at_time)
    if trial.lab.setup.webhooks.events[begun.event].lifecycle == 1:
        trial.given(begun)
    return begun


def turned_back(envelope: dict[str, Any]) -> None:
    """Change an event that tells what was before into the change back."""
    for data in envelope.values():
        before = data.get("previous") if isinstance(data, dict) else None
        if not isinstance(before, dict):
            continue
        for now in data.values():
            if isinstance(now, dict) and now is not before and before.keys() <= now.keys():
                for name in before:
                    before[name], now[name] = now[name], before[name]


def data_of(trial: Trial, parcel: Parcel) -> dict[str, Any]:
    """Return what an event says, without its envelope."""
    found = envelope_of(parcel).get(_place_of_data(trial))
    return found if isinstance(found, dict) else {}


def _must_not_be_merged(trial: Trial, parcel: Parcel) -> None:
    __tracebackhide__ = True
    # A probe that compares loosely itself may count more: what is lost is what matters.
    count = trial.lab.count(parcel.event_id, at_least=1)
    trial.must(count >= 1, expected="the event to take effect once", actual=f"{parcel.said} took effect {times(count)}")


def _accepted_after(trial: Trial, parcel: Parcel, pause: float) -> bool:
    time.sleep(pause)
    return trial.send(parcel).accepted


def _done_by(trial: Trial, parcel: Parcel, until: float) -> bool:
    while not trial.lab.count(parcel.event_id):
        if time.monotonic() >= until:
            return False
        time.sleep(0.1)
    return True


def _place_of_data(trial: Trial) -> str:
    return next((name for name, value in trial.lab.setup.webhooks.envelope.items() if value == "{data}"), "")


def _texts(place: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield every text of a JSON value with the name it stands under."""
    if isinstance(place, str):
        yield name, place
    elif isinstance(place, Mapping):
        for key, value in place.items():
            yield from _texts(value, key)
    elif isinstance(place, list):
        for value in place:
            yield from _texts(value, name)


def _renamed(place: Any, fresh: Mapping[str, str]) -> Any:
    if isinstance(place, str):
        return fresh.get(place, place)
    if isinstance(place, Mapping):
        return {name: _renamed(value, fresh) for name, value in place.items()}
    if isinstance(place, list):
        return [_renamed(value, fresh) for value in place]
    return place
