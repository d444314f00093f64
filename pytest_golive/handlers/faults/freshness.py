"""Freshness: what was recorded cannot be played again, and what comes late is taken."""

from __future__ import annotations

import time

from pytest_golive.handlers.catalogue import fault
from pytest_golive.handlers.trial import Trial

HOUR = 3600.0
DAY = 24 * HOUR
"""Far beyond any tolerance: vendors differ in what they say, and nobody allows an hour."""

WITHIN_SECONDS = (60.0, 240.0, -30.0)
"""Ages within the five minutes that are usual; the last is a clock that goes ahead."""


@fault("WH-23")
def stale(trial: Trial) -> None:
    """Rightly signed, an hour and a day ago."""
    for said, age in (("an hour ago", HOUR), ("a day ago", DAY)):
        parcel = trial.genuine(sent_at=time.time() - age, said=f"a delivery signed {said}")
        trial.must_refuse(parcel, trial.send(parcel))


@fault("WH-24")
def in_the_future(trial: Trial) -> None:
    """Rightly signed, with a time that is yet to come."""
    for said, ahead in (("an hour ahead", HOUR), ("a day ahead", DAY)):
        parcel = trial.genuine(sent_at=time.time() + ahead, said=f"a delivery signed {said} of the clock")
        trial.must_refuse(parcel, trial.send(parcel))


@fault("WH-26")
def within_the_tolerance(trial: Trial) -> None:
    """Some minutes on its way, or from a clock that goes a little ahead."""
    for age in WITHIN_SECONDS:
        said = f"a delivery signed {abs(age):.0f} s {'ago' if age > 0 else 'ahead of the clock'}"
        parcel = trial.genuine(sent_at=time.time() - age, said=said)
        trial.must_accept(parcel, trial.send(parcel))


@fault("WH-28")
def late_event(trial: Trial) -> None:
    """An event of three days ago, whose delivery is signed now, as after a long outage."""
    parcel = trial.genuine(occurred_at=time.time() - 3 * DAY, attempt=5, said="an event of three days ago")

    trial.must_accept(parcel, trial.send(parcel))
    trial.must_act(parcel)


@fault("WH-29")
def replayed(trial: Trial) -> None:
    """The very same bytes again, signature and time included."""
    trial.need_probe()
    parcel = trial.genuine()
    trial.given(parcel)

    trial.send(parcel)

    trial.must_act(parcel, 1, said="a request that was sent twice, byte for byte,")
