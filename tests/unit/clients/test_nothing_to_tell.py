"""Faults of retrying and waiting where there is nothing to tell: what a trial says instead."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, cast

import pytest

from pytest_golive.clients.catalogue import functions
from pytest_golive.clients.lab import Lab
from pytest_golive.clients.policy import Policy
from pytest_golive.clients.script import Scenario
from pytest_golive.clients.setup import Setup
from pytest_golive.clients.trace import Trace
from pytest_golive.clients.trial import Trial
from pytest_golive.facts.finding import CannotTell, Finding, NotVerified
from pytest_golive.manifest.model import Client
from pytest_golive.vendors.library import client_faults, read_pack
from tests.unit.clients.traces import called, numbered, seen, sent

OPERATIONS = {
    "timely": ["list_contacts", "create_contact"],
    "uppzy": ["get_limits", "create_text_document", "chat_async_and_wait"],
    "augno": ["list_units", "create_unit"],
}


class SeenLab:
    """A lab whose client always does the same."""

    def __init__(self, vendor: str, drive: Callable[[Scenario], Trace]) -> None:
        said: dict[str, Any] = {"vendor": vendor, "command": ["x"], "operations": OPERATIONS[vendor]}
        self.setup = Setup("shop", Client.model_validate(said), read_pack(vendor), Path())
        self.pack = self.setup.pack
        self.run = drive
        self.scrub = str

    def policy(self, operation: str) -> Policy:
        return Policy.of(self.pack, operation)

    def cannot_tell(self, requirement: str, expected: str, actual: str) -> CannotTell:
        return CannotTell(Finding(requirement, expected, actual))


def nothing(scenario: Scenario) -> Trace:
    del scenario
    return seen([], called())


def late(scenario: Scenario) -> Trace:
    """Return what looks right, at a moment at which golive was half a second late."""
    del scenario
    policy = Policy.of(read_pack("timely"), "list_contacts")
    refused = sent(0, 429, policy, answer_headers={"Retry-After": "2"}, fired="429")
    attempts = numbered([refused, sent(2.2, 200, policy)])
    return seen(attempts, called("ok"), lag_seconds=0.5, lates=((2.2, 0.5),))


def tried(fault: str, vendor: str, operation: str | None, drive: Callable[[Scenario], Trace] = nothing) -> None:
    lab = cast("Lab", SeenLab(vendor, drive))
    functions()[fault](Trial(lab, client_faults()[fault], operation))


@pytest.mark.parametrize(
    ("fault", "vendor", "operation", "reason"),
    [
        (
            "CL-03",
            "uppzy",
            "create_text_document",
            "Uppzy leaves it open whether create_text_document is tried again after 429",
        ),
        ("CL-13", "timely", "list_contacts", "Timely.ai answers neither 408 nor 425"),
        ("CL-25", "timely", "list_contacts", "Timely.ai's own sample waits equally long each time"),
        ("CL-26", "timely", "list_contacts", "Timely.ai's own sample waits equally long each time"),
        ("CL-32", "timely", None, "Timely.ai's own sample goes on in even pauses"),
        ("CL-33", "uppzy", None, "Uppzy does not tell with its answers what is left"),
    ],
)
def test_what_cannot_show(fault: str, vendor: str, operation: str | None, reason: str) -> None:
    with pytest.raises(NotVerified) as told:
        tried(fault, vendor, operation)

    assert told.value.reason == f"not applicable: {reason}"


@pytest.mark.parametrize(
    ("fault", "vendor", "operation", "expected"),
    [
        ("CL-09", "augno", "create_unit", "requests for create_unit"),
        ("CL-11", "augno", "create_unit", "requests for create_unit"),
        ("CL-17", "timely", "list_contacts", "a request that meets the fault"),
        ("CL-36", "uppzy", "chat_async_and_wait", "a poll for the state of the work"),
    ],
)
def test_a_client_that_sends_nothing(fault: str, vendor: str, operation: str, expected: str) -> None:
    with pytest.raises(CannotTell) as told:
        tried(fault, vendor, operation)

    assert (told.value.finding.expected, told.value.finding.actual) == (expected, "the client sent none")


def test_golive_was_late_at_that_very_moment() -> None:
    with pytest.raises(CannotTell) as told:
        tried("CL-17", "timely", "list_contacts", late)

    assert told.value.finding.expected == "golive's own loop in time, when the next try came"
    assert told.value.finding.actual == "it was late by 500 ms"
