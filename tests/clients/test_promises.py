"""A client that names no `call_seconds` has promised nothing: it gets more time, and has to end all the same."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pytest

from pytest_golive.clients import setup as setups
from pytest_golive.clients.setup import Setup
from pytest_golive.manifest.model import Client
from tests.clients.client_mutants import Mutant, mutant_setup
from tests.clients.client_runs import outcome, under_test
from tests.clients.mutants_of_waiting import MUTANTS, TRIES

ENDLESS = next(one for one in MUTANTS if one.name == "without an end")
LONGER = (
    r"clients\.uppzy-httpx\.call_seconds has to be beyond the 90 s that polling may take, "
    r"expected the call to fail once its budget is spent"
)
SLOW = {"RETRY_BASE_SECONDS": "1", "CALL_SECONDS": "60"}


@pytest.fixture(autouse=True)
def short_patience(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(setups, "PATIENCE_SECONDS", 5.0)


def without_promise(setup: Setup) -> Setup:
    """Return the same client without `call_seconds`; what stands in its place is shorter than golive's patience."""
    said = setup.client.model_fields_set - {"call_seconds"}
    client = Client.model_construct(_fields_set=said, **{**setup.client.__dict__, "call_seconds": 4.0})
    return replace(setup, client=client)


@pytest.mark.parametrize(
    ("budget", "expected"),
    [
        (3, r"alarm: \d+ times polled over .*, and the client crashed: it gave no answer for 5 s.*"),
        (90, r"inconclusive: \d+ times polled over .*; " + LONGER),
    ],
)
def test_polling_ends_within_its_budget(budget: int, expected: str, tmp_path: Path) -> None:
    setup = without_promise(mutant_setup(ENDLESS, tmp_path))
    settings = {"poll_interval_seconds": 0.5, "poll_budget_seconds": budget}
    with under_test(replace(setup, settings=settings)) as lab:
        assert re.fullmatch(expected, outcome(lab, "CL-36", "chat_async_and_wait"))


def test_slow_failures_may_take_longer_in_all(tmp_path: Path) -> None:
    mutant = next(one for one in MUTANTS if one.fault == "CL-28")
    with under_test(without_promise(mutant_setup(mutant, tmp_path))) as lab:
        assert outcome(lab, "CL-28", "list_contacts") == "held"


def test_tries_have_to_end_all_the_same(tmp_path: Path) -> None:
    mutant = Mutant("CL-27", TRIES, "TRIES = 7\n", "", "", environ=SLOW)
    with under_test(without_promise(mutant_setup(mutant, tmp_path))) as lab:
        told = outcome(lab, "CL-27", "list_contacts")

    assert re.fullmatch(
        r"alarm: list_contacts was sent \d times, and the client crashed: it gave no answer for 5 s.*, "
        r"expected an end after a bounded number of tries",
        told,
    )


def test_who_promises_is_waited_for_as_long_as_promised(tmp_path: Path) -> None:
    setup = mutant_setup(ENDLESS, tmp_path)

    assert (setup.patience_seconds, without_promise(setup).patience_seconds) == (8.0, 5.0)
