"""The positive control: a genuine event works, or nothing can be told of those that are not."""

from __future__ import annotations

import time
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from pytest_golive.handlers.effects import Answer, Probe
from pytest_golive.handlers.parcel import Parcel, Receipt
from pytest_golive.handlers.wording import times

if TYPE_CHECKING:
    from pytest_golive.handlers.lab import Lab

CONTROL = "a genuine event is accepted, and takes effect once"

MOST_TOLD = 3
"""Events of which it is told why they showed nothing."""

AGAIN_SECONDS = 0.2
"""Pause before all events are asked about once more."""


@dataclass(frozen=True, slots=True)
class Control:
    """What the positive control has shown.

    Attributes:
        event: the event that was accepted and, where a probe tells, took effect once.
        seconds: how long the handler took to answer.
        acting: events that were seen to take effect.
    """

    event: str
    seconds: float
    acting: tuple[str, ...] = ()


def controlled(lab: Lab) -> Control:
    """See that a genuine event is accepted in time and, where a probe tells, takes effect once.

    Raises:
        CannotTell: none is, or does; says what happened instead.
    """
    candidates = _candidates(lab)
    told: list[str] = []
    # The usual one first; the others only where the handler has no use for it.
    for batch in (candidates[:1], candidates[1:]):
        parcels = [lab.writer.write(event) for event in batch]
        sent = list(zip(parcels, lab.send_together(parcels), strict=True))
        for parcel, receipt in _acting_first(lab, sent):
            seen = _worked(lab, parcel, receipt, told)
            if seen is not None:
                return seen
    seen_instead = "; ".join(told[:MOST_TOLD]) + lab.last_words()
    raise lab.cannot_tell(CONTROL, "a 2xx and one effect", f"the positive control failed: {seen_instead}")


def _acting_first(lab: Lab, sent: list[tuple[Parcel, Receipt]]) -> list[tuple[Parcel, Receipt]]:
    """Return what was sent together, what takes effect before all else; where nothing does, a few to tell of.

    Many handlers act upon one kind of event or two: each of the others would be waited for in vain.
    """
    accepted = [parcel.event_id for parcel, receipt in sent if receipt.accepted]
    if len(sent) == 1 or not accepted or not lab.has_probe:
        return sent
    until = time.monotonic() + lab.probe.settle_seconds
    while True:
        acted = {one for one in accepted if lab.ask(partial(_count_now, event_id=one)).value}
        if acted:
            return sorted(sent, key=lambda pair: pair[0].event_id not in acted)
        if time.monotonic() > until:
            return sent[:MOST_TOLD]
        time.sleep(AGAIN_SECONDS)


def _count_now(probe: Probe, event_id: str) -> Answer:
    return probe.now(event_id)


def _worked(lab: Lab, parcel: Parcel, receipt: Receipt, told: list[str]) -> Control | None:
    if not receipt.accepted or receipt.seconds is None:
        told.append(f"{parcel.event} {receipt.told}")
        return None
    if receipt.seconds > lab.limit_seconds:
        told.append(f"{parcel.event} {receipt.told}, the vendor waits {lab.limit_seconds:g} s")
        return None
    if not lab.has_probe:
        return Control(parcel.event, receipt.seconds)
    answer = lab.ask(lambda probe: probe.count(parcel.event_id, at_least=1))
    if answer.value != 1:
        told.append(f"{parcel.event} {receipt.told} and took effect {times(answer.value)}")
        return None
    lab.probe.lag_seconds = answer.seconds
    return Control(parcel.event, receipt.seconds, (parcel.event,))


def _candidates(lab: Lab) -> list[str]:
    events = lab.setup.webhooks.events
    first = [name for name, event in events.items() if event.subject is not None]
    return first or list(events)
