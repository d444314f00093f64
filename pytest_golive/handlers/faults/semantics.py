"""Semantics and evolution: what the vendor will send one day."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from pytest_golive.handlers.catalogue import fault
from pytest_golive.handlers.event_shape import (
    empty_lists,
    in_common,
    is_word,
    leaves,
    nulls,
    optional,
    place_of,
    required,
)
from pytest_golive.handlers.genuine import OTHER_MODE, with_fields, without_fields
from pytest_golive.handlers.lab import Lab
from pytest_golive.handlers.parcel import Parcel, Receipt
from pytest_golive.handlers.trial import Trial
from pytest_golive.handlers.wording import times

UNKNOWN_EVENT = "golive.unknown"

UNKNOWN_VALUE = "golive_new"

UNKNOWN_VERSION = "99.0.golive"
"""Another number and another name: nothing says that it can be read like the version that is known."""

UNUSABLE = (
    ("a body that breaks off", lambda raw: raw[: len(raw) // 2]),
    ("an empty body", lambda _: b""),
    ("NaN in its body", lambda raw: raw[:-1] + b',"golive":NaN}'),
    ("a list as its body", lambda _: b"[]"),
    ("null as its body", lambda _: b"null"),
    ("a text as its body", lambda _: b'"golive"'),
)
"""What is signed rightly, and no event."""

DEPTH = 100_000
DIGITS = 1_000_000

HOSTILE = (
    ("lists nested 100000 deep", b"[" * DEPTH + b"]" * DEPTH),
    ("objects nested 100000 deep", b'{"a":' * DEPTH + b"1" + b"}" * DEPTH),
    ("a number of 1000000 digits", b"9" * DIGITS),
    ("a number out of all range", b"1e999999999"),
    ("a NUL character", b'"golive\\u0000"'),
    ("half a surrogate pair", b'"golive\\ud800"'),
    ("a key of its prototype", b'{"__proto__":{"golive":1},"constructor":{"prototype":{"golive":1}}}'),
)
"""JSON that costs a careless parser its time, its stack or its store."""

GONE = 410

ASKING = 8
"""Questions that the effect probe is asked at the same time."""

ANOTHER_TENANT = "00000000-0000-4000-8000-00000000beef"
"""Written as every vendor writes its ids: it is refused for whose it is, not for how it looks."""


@fault("WH-63")
def unknown_event(trial: Trial) -> None:
    """A kind of event that the vendor has not had so far; its data has what all that are about something share."""
    webhooks = trial.lab.setup.webhooks
    known = [name for name, event in webhooks.events.items() if event.subject is not None]
    shared = in_common([json.loads(trial.genuine(name).body)[place_of(webhooks)] for name in known])
    parcel = trial.genuine(UNKNOWN_EVENT, data={**shared, "golive": "new"}, said="an event of an unknown kind")

    trial.must_accept(parcel, trial.send(parcel))


@fault("WH-64")
def unknown_field(trial: Trial) -> None:
    """New fields: in the envelope, in the data, and one that holds an object."""
    new = {"golive_new": "new", "data.golive_new": 1, "data.golive_object": {"deep": [None]}}
    parcel = trial.genuine(change=with_fields(new), said="an event with new fields")

    trial.must_accept(parcel, trial.send(parcel))
    if trial.lab.has_probe:
        trial.must_act(parcel)


@fault("WH-65")
def unknown_value(trial: Trial) -> None:
    """A word that the vendor has not used so far, in every place of its events where a word stands."""
    webhooks = trial.lab.setup.webhooks
    tried: set[str] = set()
    for event in _events(trial):
        for path, value in leaves(webhooks.events[event].data, place_of(webhooks)):
            if path in tried or not is_word(value):
                continue
            tried.add(path)
            change = with_fields({path: UNKNOWN_VALUE})
            parcel = trial.genuine(event, change=change, said=f"{event} with an unknown value in {path}")
            trial.must_not_fail(parcel, trial.send(parcel))
    if not tried:
        trial.cannot_tell("an event of the vendor's with a word in it", "none has any")


@fault("WH-66")
def nothing_there(trial: Trial) -> None:
    """Events that fit their schemas, and hold as little as those allow."""
    tried = False
    for parcel in _spare(trial):
        tried = True
        trial.must_not_fail(parcel, trial.send(parcel))
    if not tried:
        trial.cannot_tell("an event of the vendor's of which something may be missing", "none has any")


@fault("WH-67")
def something_required_missing(trial: Trial) -> None:
    """Each field that the schema requires, left out: refused without a trace, done, or passed over."""
    lab = trial.lab
    untouched = trial.genuine().subject
    nothing = lab.state(untouched) if untouched else None
    sent: list[tuple[Parcel, Receipt]] = []
    for path in required(lab.setup.pack, lab.event):
        if path != lab.setup.webhooks.event_id:  # that is a fault of its own
            parcel = trial.genuine(change=without_fields(path), said=f"{lab.event} without {path}")
            sent.append((parcel, trial.send(parcel)))
            trial.must_not_fail(*sent[-1])
    with ThreadPoolExecutor(ASKING) as pool:
        came = list(pool.map(lambda one: _what_came_of(lab, one[0]), sent))
    for (parcel, receipt), (count, state) in zip(sent, came, strict=True):
        told = f"{parcel.said} {receipt.told}"
        if not receipt.accepted:
            seen = f"{told}, and took effect {times(count)}"
            trial.must(count == 0, expected="what is refused to have no effect", actual=seen)
        if count == 0 and parcel.subject and state != nothing and not lab.count(parcel.event_id, at_least=1):
            # The work of a busy handler may come between the two questions: so it was asked once more.
            seen = f"{told}, took no effect, and yet its subject has a state"
            trial.must(False, expected="all of its effect, or none", actual=seen)


@fault("WH-70")
def malformed_json(trial: Trial) -> None:
    """Bodies that are no event, rightly signed."""
    for said, body in UNUSABLE:
        parcel = trial.genuine(body=body, said=f"a signed delivery with {said}")
        trial.must_not_fail(parcel, trial.send(parcel))


@fault("WH-71")
def hostile_json(trial: Trial) -> None:
    """Events with one more field that is hard on parsers; afterwards a usual one, for those that hang."""
    for said, value in HOSTILE:
        parcel = trial.genuine(body=_with_value(value), said=f"a signed delivery with {said}")
        trial.must_not_fail(parcel, trial.send(parcel))
    twice = json.dumps({trial.lab.setup.webhooks.event: UNKNOWN_EVENT})[1:].encode()
    parcel = trial.genuine(
        body=lambda raw: raw[:-1] + b"," + twice, said="a signed delivery with a key that is there twice"
    )
    trial.must_not_fail(parcel, trial.send(parcel))
    usual = trial.genuine(said="a usual event after all of them")
    trial.must_accept(usual, trial.send(usual))


@fault("WH-72")
def other_version(trial: Trial) -> None:
    """An event of a version that nobody knows yet."""
    parcel = trial.genuine(version=UNKNOWN_VERSION, said=f"an event of the API version {UNKNOWN_VERSION}")
    receipt = trial.send(parcel)

    trial.must_not_fail(parcel, receipt)
    _must_have_no_effect(trial, parcel, receipt)


@fault("WH-73")
def event_of_the_other_mode(trial: Trial) -> None:
    """An event of the mode that is not the handler's; where the vendor marks its tests, one that is marked."""
    lab = trial.lab
    mode = OTHER_MODE[lab.setup.mode or ("live" if lab.setup.webhooks.marks_tests else lab.mode)]
    parcel = trial.genuine(mode=mode, said=f"a {mode} event")
    receipt = trial.send(parcel)

    trial.must_not_fail(parcel, receipt)
    _must_have_no_effect(trial, parcel, receipt)


@fault("WH-76")
def wrong_for_good(trial: Trial) -> None:
    """What no further attempt makes any better."""
    webhooks = trial.lab.setup.webhooks
    place = place_of(webhooks)
    wrong: Mapping[str, Mapping[str, Any]] = {
        "with a list for its data": {place: []},
        "with a text for its data": {place: "golive"},
        "with a number for its id": {webhooks.event_id: 7},
        "with a list for its name": {webhooks.event: ["golive"]},
        "with a time that is none": {webhooks.occurred_at: "golive"},
    }
    parcels = [trial.genuine(change=with_fields(fields), said=f"an event {said}") for said, fields in wrong.items()]
    if webhooks.tenant is not None:
        parcels.insert(0, trial.genuine(tenant=ANOTHER_TENANT, said="an event of another tenant"))
    for parcel in parcels:
        trial.must_not_fail(parcel, trial.send(parcel))


@fault("WH-78")
def gone_by_mistake(trial: Trial) -> None:
    """What a handler has no use for: an unknown kind, another tenant, a thing it does not know."""
    for parcel in (
        trial.genuine(UNKNOWN_EVENT, data={"golive": "new"}, said="an event of an unknown kind"),
        trial.genuine(tenant=ANOTHER_TENANT, said="an event of another tenant"),
        trial.genuine(data={"golive": "?"}, said="an event about something unknown"),
    ):
        receipt = trial.send(parcel)
        trial.must(
            receipt.status != GONE,
            expected="any answer but 410",
            actual=f"{parcel.said} {receipt.told}",
        )


def _events(trial: Trial) -> list[str]:
    """Return the vendor's events, first the one that is known to take effect."""
    first = trial.lab.event
    return [first, *(name for name in trial.lab.setup.webhooks.events if name != first)]


def _spare(trial: Trial) -> Iterator[Parcel]:
    pack = trial.lab.setup.pack
    for event in _events(trial):
        if paths := nulls(pack, event):
            change = with_fields(dict.fromkeys(paths))
            yield trial.genuine(event, change=change, said=f"{event} with null wherever that is allowed")
        if paths := optional(pack, event):
            change = without_fields(*paths)
            yield trial.genuine(event, change=change, said=f"{event} without its optional fields")
        if paths := empty_lists(pack, event):
            change = with_fields({path: [] for path in paths})
            yield trial.genuine(event, change=change, said=f"{event} with empty lists")


def _what_came_of(lab: Lab, parcel: Parcel) -> tuple[int, Any]:
    """Return how often an event took effect and, where it did not, the state of its subject."""
    count = lab.count(parcel.event_id)
    return count, lab.state(parcel.subject) if count == 0 and parcel.subject else None


def _with_value(value: bytes) -> Any:
    return lambda raw: raw[:-1] + b',"golive":' + value + b"}"


def _must_have_no_effect(trial: Trial, parcel: Parcel, receipt: Receipt) -> None:
    __tracebackhide__ = True
    count = trial.lab.count(parcel.event_id)
    trial.must(
        count == 0,
        expected="no effect",
        actual=f"{parcel.said} {receipt.told}, and took effect {times(count)}",
    )
