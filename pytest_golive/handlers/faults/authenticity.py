"""Authenticity: only what the vendor sent counts."""

from __future__ import annotations

from pytest_golive.handlers.catalogue import fault
from pytest_golive.handlers.parcel import Parcel
from pytest_golive.handlers.trial import Trial


@fault("WH-01")
def unsigned(trial: Trial) -> None:
    """Each header that proves where a delivery comes from, left out by itself, then all of them."""
    whole = trial.genuine()
    lacking: list[tuple[str, ...]] = [(name,) for name in whole.proof]
    if len(lacking) > 1:
        lacking.append(whole.proof)
    for names in lacking:
        parcel = trial.genuine().without_header(*names).saying(f"a delivery without {' and '.join(names)}")

        trial.must_refuse(parcel, trial.send(parcel))


@fault("WH-02")
def wrong_secret(trial: Trial) -> None:
    """Everything right but the secret, which is a new one of the same form."""
    parcel = trial.genuine(secret=trial.wrong_secret(), said="a delivery signed with another secret")

    trial.must_refuse(parcel, trial.send(parcel))


@fault("WH-03")
def tampered_body(trial: Trial) -> None:
    """One byte of the body is another one than when it was signed; the JSON stays valid."""
    parcel = trial.genuine()
    sent = parcel.with_body(tampered(parcel)).saying("a delivery whose body was changed after signing")

    trial.must_refuse(sent, trial.send(sent))


def tampered(parcel: Parcel) -> bytes:
    """Return the body with one letter changed: the event is about another thing now, and still well formed."""
    subject = parcel.subject.encode()
    if subject and subject in parcel.body:
        return parcel.body.replace(subject, subject[:-1] + (b"x" if subject[-1:] != b"x" else b"y"))
    # White space before the end changes the bytes and not the meaning.
    return parcel.body[:-1] + b" " + parcel.body[-1:]
