"""The embedded Selwise to change, and a vendor that calls it."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any, Protocol

import pytest

from pytest_golive.credentials.redaction import Redactor
from pytest_golive.exchange.journal import Journal
from pytest_golive.exchange.permit import Permit
from pytest_golive.exchange.vendor import Vendor
from pytest_golive.facts.current import CheckRecord, recording
from pytest_golive.sandbox.http import Request, Response
from pytest_golive.sandbox.rehearsal import rehearse
from pytest_golive.sandbox.selwise import Selwise
from pytest_golive.sandbox.world import Sandbox
from pytest_golive.vendors.library import read_pack

STAGING = Permit("sandbox", production=False, allowed=frozenset())


class Interference:
    """Sees every request first; None lets the vendor answer."""

    def __init__(self) -> None:
        self.answer: Callable[[Selwise, Request], Response | None] = lambda app, request: None
        self.requests: list[Request] = []

    def calls(self, method: str) -> list[Request]:
        """Return the requests of a method."""
        return [one for one in self.requests if one.method == method]


class MakeVendor(Protocol):
    """Makes a vendor to call."""

    def __call__(self, permit: Permit = ..., **changes: Any) -> Vendor: ...


@pytest.fixture
def selwise() -> Selwise:
    """A fresh Selwise."""
    return Selwise()


@pytest.fixture
def between() -> Interference:
    """What a test puts between the caller and the vendor."""
    return Interference()


@pytest.fixture
def sandbox(selwise: Selwise, between: Interference) -> Iterator[Sandbox]:
    """The server in front of it; nothing may fail inside of it."""

    def served(request: Request) -> Response:
        between.requests.append(request)
        return between.answer(selwise, request) or selwise(request)

    with Sandbox(("selwise",), apps={"selwise": selwise}, wrap=lambda name, app: served) as running:
        yield running
    assert running.server.failures == []


@pytest.fixture
def record() -> Iterator[CheckRecord]:
    """The check that everything belongs to."""
    with recording(CheckRecord("a check")) as current:
        yield current


@pytest.fixture
def journal(tmp_path: Path) -> Journal:
    """An empty journal."""
    return Journal(tmp_path / "journal.jsonl")


@pytest.fixture
def make_vendor(sandbox: Sandbox, journal: Journal, record: CheckRecord) -> Iterator[MakeVendor]:
    """Make a vendor; every one is closed at the end."""
    made: list[Vendor] = []
    target = rehearse(sandbox)["sandbox"].targets["selwise"]
    redactor = Redactor([*target.credentials.values()])
    numbers = iter(range(1, 1000))

    def make(permit: Permit = STAGING, **changes: Any) -> Vendor:
        vendor = Vendor(
            read_pack("selwise"),
            replace(target, **changes),
            permit,
            strict=True,
            scrub=redactor.scrub,
            journal=journal,
            fresh=lambda kind: f"golive_{kind}_r_{next(numbers)}",
            run="r",
        )
        made.append(vendor)
        return vendor

    yield make
    for vendor in made:
        vendor.close()


@pytest.fixture
def vendor(make_vendor: MakeVendor) -> Vendor:
    """A vendor in the sandbox."""
    return make_vendor()
