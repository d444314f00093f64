"""The positive control: a genuine event works, or nothing can be told of those that are not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from pytest_golive.handlers.parcel import Parcel, Receipt
from pytest_golive.handlers.wording import times

if TYPE_CHECKING:
    from pytest_golive.handlers.lab import Lab

CONTROL = "a genuine event is accepted, and takes effect once"


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
        for parcel, receipt in zip(parcels, lab.send_together(parcels), strict=True):
            seen = _worked(lab, parcel, receipt, told)
            if seen is not None:
                return seen
    raise lab.cannot_tell(CONTROL, "a 2xx and one effect", f"the positive control failed: {'; '.join(told[:3])}")


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
