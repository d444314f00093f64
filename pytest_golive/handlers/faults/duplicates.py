"""Duplicates: vendors deliver at least once, and a handler acts once."""

from __future__ import annotations

from typing import Any

from pytest_golive.handlers.catalogue import fault
from pytest_golive.handlers.parcel import Parcel
from pytest_golive.handlers.trial import Trial

AT_ONCE = 20
"""Copies that are sent in the same moment."""

ROUNDS = 2
"""Times that is done: a race does not show every time."""


@fault("WH-30")
def sequential_duplicate(trial: Trial) -> None:
    """The same event again, as a retry: same id, a new attempt with its own time and signature."""
    trial.need_probe()
    first = trial.genuine()
    trial.given(first)

    second = again(trial, first)
    trial.send(second)

    trial.must_act(second, 1, said="an event that came twice")


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


@fault("WH-36")
def duplicate_is_acknowledged(trial: Trial) -> None:
    """A vendor that gets no 2xx for a copy sends it again, and counts the endpoint as failing."""
    first = trial.genuine()
    trial.given(first)

    second = again(trial, first, said="the same event again")

    trial.must_accept(second, trial.send(second))


def again(trial: Trial, parcel: Parcel, **knobs: Any) -> Parcel:
    """Return the next attempt of an event: the same bytes, signed anew."""
    return trial.genuine(parcel.event, event_id=parcel.event_id, body=parcel.body, attempt=2, **knobs)
