"""A client that names no `call_seconds` has promised nothing: what takes long is told, and not held against it."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

from pytest_golive.clients.setup import Setup
from pytest_golive.manifest.model import Client
from tests.clients.client_mutants import Mutant, mutant_setup
from tests.clients.client_runs import outcome, under_test
from tests.clients.mutants_of_waiting import MUTANTS, TRIES


def without_promise(setup: Setup) -> Setup:
    """Return the same client with the same time, which is golive's own now."""
    said = setup.client.model_fields_set - {"call_seconds"}
    client = Client.model_construct(_fields_set=said, **setup.client.__dict__)
    return replace(setup, client=client)


def mutant_of(fault: str, name: str = "") -> Mutant:
    return next(one for one in MUTANTS if (one.fault, one.name) == (fault, name))


def test_polling_that_is_not_over_is_not_told(tmp_path: Path) -> None:
    endless = replace(mutant_of("CL-36", "without an end"), changes={"call_seconds": 4})
    setup = without_promise(mutant_setup(endless, tmp_path))
    with under_test(replace(setup, settings={"poll_interval_seconds": 0.5})) as lab:
        told = outcome(lab, "CL-36", "chat_async_and_wait")

    assert told.startswith("inconclusive: ")
    assert told.endswith(
        "; clients.uppzy-httpx.call_seconds has to be beyond the 90 s that polling may take, "
        "expected the call to fail once its budget is spent"
    )


def test_slow_failures_take_less_of_it(tmp_path: Path) -> None:
    setup = without_promise(mutant_setup(mutant_of("CL-28"), tmp_path))
    with under_test(setup) as lab:
        assert outcome(lab, "CL-28", "list_contacts") == "held"


def test_tries_that_are_not_over_are_not_told(tmp_path: Path) -> None:
    slow = {"RETRY_BASE_SECONDS": "1", "CALL_SECONDS": "60"}
    patient = Mutant("CL-27", TRIES, "TRIES = 7\n", "", "", environ=slow, changes={"call_seconds": 5})
    setup = without_promise(mutant_setup(patient, tmp_path))
    with under_test(setup) as lab:
        told = outcome(lab, "CL-27", "list_contacts")

    assert re.fullmatch(
        r"inconclusive: list_contacts was sent \d times, and the client crashed: it gave no answer for 5 s.*; "
        r"clients\.timely-httpx\.call_seconds says how long a call may take, "
        r"expected an end after a bounded number of tries",
        told,
    )
