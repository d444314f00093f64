"""What can be turned down while the vendor has trouble: calls at the same time, sync jobs, whole flows."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pytest_golive.golive import Golive
from pytest_golive.readiness.plan import PlannedCheck
from pytest_golive.source import code

MOST_AT_ONCE = 64
"""More calls of one service at the same time are as good as no limit."""


def test_concurrency_is_limited(golive: Golive, planned: PlannedCheck) -> None:
    """The service makes only so many calls at the same time.

    If this fails: limit the workers or connections of the client, and write the number into max_concurrent_calls.
    """
    most = int(golive.vendor(planned.vendor, planned.environment).setting("max_concurrent_calls"))
    golive.must(
        "calls at the same time have to be limited",
        1 <= most <= MOST_AT_ONCE,
        expected=f"max_concurrent_calls from 1 to {MOST_AT_ONCE}",
        actual=f"max_concurrent_calls is {most}",
    )


def test_concurrency_can_be_lowered(golive: Golive, planned: PlannedCheck) -> None:
    """The limit of calls at the same time is read from configuration.

    If this fails: read the limit where the program starts from the variable that settings.switches names.
    """
    name = _switch(golive, planned, "concurrency")
    _must_be_read(golive, name, "the limit of calls at the same time has to be read from configuration")


def test_sync_can_be_paused(golive: Golive, planned: PlannedCheck) -> None:
    """A switch pauses sync jobs, and a test has tried it.

    If this fails: ask the switch that settings.switches names before each batch, and write a test that turns it.
    """
    name = _switch(golive, planned, "sync_pause")
    _must_be_read(golive, name, "sync jobs have to look at a switch that pauses them")
    tests = code.tests_naming(golive.repository, name)
    golive.must(
        "the switch that pauses sync jobs has to be tested",
        tests,
        expected=f"a test that turns {name}",
        actual="no test mentions it",
    )


def test_flows_can_be_switched_off(golive: Golive, planned: PlannedCheck) -> None:
    """Each flow that calls the vendor has a switch of its own.

    If this fails: ask the switch that settings.switches.flows names before the flow begins.
    """
    flows = _switch(golive, planned, "flows")
    for flow, name in flows.items():
        _must_be_read(golive, name, f"the flow {flow} has to look at a switch that turns it off")


def _switch(golive: Golive, planned: PlannedCheck, which: str) -> Any:
    vendor = golive.vendor(planned.vendor, planned.environment)
    switches: Mapping[str, Any] = vendor.setting("switches")
    key = f"environments.{planned.environment}.vendors.{planned.vendor}.settings.switches.{which}"
    if not switches.get(which):
        golive.not_verified(f"{key} is missing: nobody says what turns it down", key=key)
    return switches[which]


def _must_be_read(golive: Golive, name: str, requirement: str) -> None:
    golive.must(
        requirement,
        code.files_naming(golive.repository, name),
        expected=f"code or configuration that reads {name}",
        actual=f"{name} stands in no file of {golive.repository.name} but golive.yaml, documents and tests",
    )
