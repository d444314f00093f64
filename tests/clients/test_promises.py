"""A client that names no `call_seconds` has promised nothing: it gets more time, and has to end all the same."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_golive.clients import setup as setups
from pytest_golive.clients.setup import Setup
from pytest_golive.manifest.model import Client
from tests.clients.client_mutants import Mutant, mutant_setup
from tests.clients.client_runs import outcome, under_test
from tests.clients.mutants_of_waiting import MUTANTS, TRIES

PATIENCE_SECONDS = 5.0

SLOW = {"RETRY_BASE_SECONDS": "1", "CALL_SECONDS": "60"}

ENDLESS = next(one for one in MUTANTS if one.name == "without an end")
SLOWLY_FAILED = next(one for one in MUTANTS if one.fault == "CL-28")
STILL_TRYING = Mutant("CL-27", TRIES, "TRIES = 7\n", "", "", environ=SLOW)

POLLED = r"\d+ times polled over .*"
SILENT = r"the client crashed: it gave no answer for 5 s.*"

EXPECTED = {
    "polls beyond its budget": f"alarm: {POLLED}, and {SILENT}",
    "polls within its budget": f"inconclusive: {POLLED}; "
    r"clients\.uppzy-httpx\.call_seconds has to be beyond the 90 s that polling may take, "
    "expected the call to fail once its budget is spent",
    "slow failures": "held",
    "tries without an end": rf"alarm: list_contacts was sent \d times, and {SILENT}, "
    "expected an end after a bounded number of tries",
}


@pytest.fixture(autouse=True)
def short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setups, "PATIENCE_SECONDS", PATIENCE_SECONDS)


def without_promise(setup: Setup) -> Setup:
    """Return the same client without `call_seconds`; what stands in its place is shorter than golive's patience."""
    said = setup.client.model_fields_set - {"call_seconds"}
    client = Client.model_construct(_fields_set=said, **{**setup.client.__dict__, "call_seconds": 4.0})
    return replace(setup, client=client)


def tried(mutant: Mutant, operation: str, folder: Path, budget: int | None = None) -> str:
    setup = without_promise(mutant_setup(mutant, folder))
    if budget is not None:
        setup = replace(setup, settings={"poll_interval_seconds": 0.5, "poll_budget_seconds": budget})
    with under_test(setup) as lab:
        return outcome(lab, mutant.fault, operation)


def test_what_takes_long_may_and_what_has_no_end_may_not(tmp_path: Path) -> None:
    """Together, since they mostly wait."""
    with ThreadPoolExecutor(4) as pool:
        told = {
            "polls beyond its budget": pool.submit(tried, ENDLESS, "chat_async_and_wait", tmp_path / "1", 3),
            "polls within its budget": pool.submit(tried, ENDLESS, "chat_async_and_wait", tmp_path / "2", 90),
            "slow failures": pool.submit(tried, SLOWLY_FAILED, "list_contacts", tmp_path / "3"),
            "tries without an end": pool.submit(tried, STILL_TRYING, "list_contacts", tmp_path / "4"),
        }

    assert {name: each.result() for name, each in told.items() if not re.fullmatch(EXPECTED[name], each.result())} == {}


def test_who_promises_is_waited_for_as_long_as_promised(tmp_path: Path) -> None:
    setup = mutant_setup(ENDLESS, tmp_path)

    assert (setup.patience_seconds, without_promise(setup).patience_seconds) == (8.0, 5.0)
