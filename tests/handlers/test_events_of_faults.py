"""Whatever fault is tried, what is sent for it is made of events of the vendor: they fit the pack's schemas."""

from __future__ import annotations

import contextlib
import json
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import MagicMock

import pytest

from pytest_golive.contract.judge import mismatches, validator
from pytest_golive.facts.finding import CannotTell, CheckFailed, NotVerified
from pytest_golive.handlers.catalogue import functions
from pytest_golive.handlers.control import Control
from pytest_golive.handlers.genuine import Writer
from pytest_golive.handlers.lab import Lab
from pytest_golive.handlers.parcel import Parcel, Receipt
from pytest_golive.handlers.setup import Setup, set_up
from pytest_golive.handlers.trial import Trial
from pytest_golive.manifest.model import Handler, Manifest
from pytest_golive.sandbox.deliveries.event import Letter
from pytest_golive.vendors.library import handler_faults, read_schema

VENDORS = ("augno", "selwise", "timely")
URL = "http://127.0.0.1:1/hooks"


class Noting(Writer):
    """Writes as ever, and keeps each event as it was before a fault changed it."""

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup, URL)
        self.genuine: list[Parcel] = []

    def write(self, event: str, **knobs: Any) -> Parcel:
        if event in self.setup.webhooks.events:
            self.genuine.append(super().write(event, **{**knobs, "change": None, "body": None, "version": ""}))
        return super().write(event, **knobs)

    def letter(self, event: str, **knobs: Any) -> Letter:
        letter = super().letter(event, **knobs)
        self.genuine.append(Parcel(self.url, event=event, body=letter.body))
        return letter


class Agreeing(Lab):
    """A handler that accepts all that it is sent; nothing is sent really."""

    def __init__(self, setup: Setup) -> None:
        super().__init__(setup)
        self.noting = Noting(setup)

    @property
    def writer(self) -> Writer:
        return self.noting

    @property
    def probe(self) -> Any:
        return MagicMock(settle_seconds=1.0, lag_seconds=0.0)

    @property
    def downstream(self) -> Any:
        mood = MagicMock(hits=1)
        mood.__enter__.return_value = mood
        return MagicMock(**{"behaving.return_value": mood})

    @property
    def deaths(self) -> int:
        return 0

    def control(self) -> Control:
        events = self.setup.webhooks.events
        first = next(name for name, event in events.items() if event.subject is not None)
        return Control(first, 0.01, (first,))

    def send(self, parcel: Parcel, *, timeout_seconds: float | None = None) -> Receipt:
        return Receipt("answered", status=200, seconds=0.01)

    def send_together(self, parcels: Sequence[Parcel], **_: Any) -> tuple[Receipt, ...]:
        return tuple(map(self.send, parcels))

    def send_at_rate(self, parcels: Sequence[Parcel], **_: Any) -> tuple[Receipt, ...]:
        return tuple(map(self.send, parcels))

    def count(self, event_id: str, *, at_least: int = 0) -> int:
        return at_least

    def state(self, subject: str, *, until: Any = None) -> Any:
        return {"state": "there"}

    @property
    def vendor_api(self) -> Any:
        return MagicMock()

    @contextmanager
    def stopped(self, **_: Any) -> Iterator[None]:
        yield

    def restart(self, *, kill: bool = False) -> None:
        pass

    def log(self) -> str:
        return ""


@pytest.fixture
def hurried(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody waits."""
    ahead = [0.0]
    now = time.monotonic

    def sleep(seconds: float) -> None:
        ahead[0] += seconds

    def monotonic() -> float:
        ahead[0] += 0.05
        return now() + ahead[0]

    monkeypatch.setattr(time, "sleep", sleep)
    monkeypatch.setattr(time, "monotonic", monotonic)


def agreeing(vendor: str) -> Agreeing:
    handler = {
        "vendor": vendor,
        "command": ["x"],
        "downstream": True,
        "effects": {"path": "/effects"},
        "environ": {
            name.upper(): f"{{{name}}}"
            for name in ("secret", "previous_secret", "retired_secret", "foreign_secret", "tenant", "mode")
        },
    }
    manifest = Manifest(golive=1, project="shop", handlers={"hooks": Handler.model_validate(handler)})
    return Agreeing(set_up(manifest, "hooks", Path(), sandbox=True))


LONG_IDS = {"WH-39"}
"""Faults whose point is an id longer than the vendor's; a handler may refuse it."""

CASES = [(vendor, fault) for vendor in VENDORS for fault in functions()]


@pytest.mark.parametrize(("vendor", "fault_id"), CASES)
@pytest.mark.usefixtures("hurried")
def test_the_genuine_events_of_a_fault_fit_their_schemas(vendor: str, fault_id: str) -> None:
    lab, fault = agreeing(vendor), handler_faults()[fault_id]
    # By the time it gives up it has sent what it sends first.
    with contextlib.suppress(CannotTell, CheckFailed, NotVerified):
        functions()[fault_id](Trial(lab, fault))

    for parcel in lab.noting.genuine:
        schema = read_schema(vendor, lab.setup.webhooks.events[parcel.event].json_schema)
        wrong = mismatches(validator(schema), json.loads(parcel.body))
        allowed = {lab.setup.webhooks.event_id} if fault_id in LONG_IDS else set()
        assert [one.sentence for one in wrong if one.where not in allowed] == [], parcel.event


@pytest.mark.usefixtures("hurried")
def test_nearly_every_fault_sends_such_events() -> None:
    """The test above is no empty one; the rest sends events that the vendor does not have."""
    without = set()
    for fault_id, function in functions().items():
        lab = agreeing("timely")
        with contextlib.suppress(CannotTell, CheckFailed, NotVerified):
            function(Trial(lab, handler_faults()[fault_id]))
        if not lab.noting.genuine:
            without.add(fault_id)

    assert len(without) <= 5, without
