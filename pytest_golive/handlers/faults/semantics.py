"""Semantics and evolution: what the vendor will send one day."""

from __future__ import annotations

from pytest_golive.handlers.catalogue import fault
from pytest_golive.handlers.genuine import with_fields
from pytest_golive.handlers.trial import Trial

UNKNOWN_EVENT = "golive.unknown"

UNUSABLE = (
    ("a body that breaks off", lambda raw: raw[: len(raw) // 2]),
    ("an empty body", lambda _: b""),
    ("NaN in its body", lambda raw: raw[:-1] + b',"golive":NaN}'),
    ("a list as its body", lambda _: b"[]"),
    ("null as its body", lambda _: b"null"),
    ("a text as its body", lambda _: b'"golive"'),
)
"""What is signed rightly, and no event."""

GONE = 410


@fault("WH-63")
def unknown_event(trial: Trial) -> None:
    """A kind of event that the vendor has not had so far."""
    parcel = trial.genuine(UNKNOWN_EVENT, data={"golive": "new"}, said="an event of an unknown kind")

    trial.must_accept(parcel, trial.send(parcel))


@fault("WH-64")
def unknown_field(trial: Trial) -> None:
    """New fields: in the envelope, in the data, and one that holds an object."""
    new = {"golive_new": "new", "data.golive_new": 1, "data.golive_object": {"deep": [None]}}
    parcel = trial.genuine(change=with_fields(new), said="an event with new fields")

    trial.must_accept(parcel, trial.send(parcel))
    if trial.lab.has_probe:
        trial.must_act(parcel)


@fault("WH-70")
def malformed_json(trial: Trial) -> None:
    """Bodies that are no event, rightly signed."""
    for said, body in UNUSABLE:
        parcel = trial.genuine(body=body, said=f"a signed delivery with {said}")
        trial.must_not_fail(parcel, trial.send(parcel))


@fault("WH-78")
def gone_by_mistake(trial: Trial) -> None:
    """What a handler has no use for: an unknown kind, another tenant, a thing it does not know."""
    for parcel in (
        trial.genuine(UNKNOWN_EVENT, data={"golive": "new"}, said="an event of an unknown kind"),
        trial.genuine(tenant="golive-another-tenant", said="an event of another tenant"),
        trial.genuine(data={"golive": "?"}, said="an event about something unknown"),
    ):
        receipt = trial.send(parcel)
        trial.must(
            receipt.status != GONE,
            expected="any answer but 410",
            actual=f"{parcel.said} {receipt.told}",
        )
