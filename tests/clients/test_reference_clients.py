"""Right clients in four stacks raise no alarm, whatever is done to them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.clients.client_programs import setup_of
from tests.clients.client_runs import cases_of, tried, under_test

HERE = {
    "httpx": ("timely", ["list_contacts", "create_contact"]),
    "requests": ("uppzy", ["get_limits", "chat", "chat_async_and_wait"]),
    "aiohttp": ("selwise", ["list_integration_logs", "put_integration"]),
    "node": ("augno", ["list_units", "create_unit"]),
}
"""Each stack with another vendor; all stacks with all vendors and operations are tried by bench/client_matrix.py."""

RIGHT = ("held", "not verified: ", "inconclusive: it was late by ")
"""What may come of a fault: it does not show; the client lacks what it needs, or cannot have it; the machine was too
busy to judge times."""

PATIENT = {"CL-38"}
"""What can only be seen with the times of production; test_patient_clients.py tries it."""


@pytest.mark.parametrize("stack", HERE)
def test_a_right_client_raises_no_alarm(stack: str, tmp_path: Path) -> None:
    """No failure, and nothing inconclusive either but for times on a busy machine."""
    if stack == "node" and shutil.which("node") is None:
        pytest.skip("node is not on this machine")
    vendor, operations = HERE[stack]
    setup = setup_of(stack, vendor, tmp_path, operations=operations)
    with under_test(setup) as lab:
        outcomes = tried(lab, [case for case in cases_of(setup) if case[0] not in PATIENT])

    assert {case: told for case, told in outcomes.items() if not told.startswith(RIGHT)} == {}
